"""Input that is malformed, absurd or clever gets an error of the one shape, and never reaches a file."""

from __future__ import annotations

import gzip
import io
import json
import struct
import time
import zipfile
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile

from tests.server.hostile import raw
from tests.server.hostile.raw import refused
from tests.server.process import Server

HEADER = {"Content-Type": "application/json"}


def post(client: httpx.Client, body: bytes | str, **headers: str) -> httpx.Response:
    """A body as it is, to `/v1/speech`."""
    return client.post("/v1/speech", content=body, headers=HEADER | headers)


def wav(seconds: float = 1.5, rate: int = 8000, format: str = "WAV", **more: Any) -> bytes:  # noqa: A002
    """A recording that is not silent."""
    noise = np.random.default_rng(0).normal(0, 0.1, round(seconds * rate))
    file = io.BytesIO()
    soundfile.write(file, noise, rate, format=format, **more)
    return file.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[1]", b"null", b'"x"', b"\xff\xfe", b'{"text": "\xff"}', b"[" * 100_000, b'{"text":' * 50_000,  # noqa: E501
        b'{"text": "Hi.", "seed": 1' + b"0" * 5000 + b"}", b'{"text": "Hi."} {}', b"text=Hi", b"\x00" * 100,
        b'{"text": ' + b"[" * 900 + b"]" * 900 + b"}", b'{"text": "Hi.", "text": ""}',
    ],
    ids=range(15),
)  # fmt: skip
def test_json_that_is_none_is_an_error(client: httpx.Client, body: bytes) -> None:
    answer = post(client, body)
    assert answer.status_code in {400, 422}
    refused(answer, answer.status_code)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("speed", value) for value in ("NaN", "Infinity", "-Infinity", "1e999", "-0.0", "1e-400", "null", "[]")],  # noqa: E501
        *[("seed", value) for value in ("NaN", "-1", "1.5", "1e999", "99999999999999999999", '"x"')],
        *[("font_size", value) for value in ("NaN", "1e999", "-5", "0")],
        *[("text", value) for value in ('"\\ud800"', '"a\\udfffb"', "5", "[]", "{}", "null")],
        *[(field, '"\\ud800"') for field in ("voice", "engine", "language", "aligner", "style", "format")],
        ("captions", '["ass", "srt", "vtt", "json", "csv", "ass"]'), ("captions", '["exe"]'),
        ("\\ud800", "1"), ("a\\r\\nX-Evil: 1", "1"), ("k" * 50_000, "1"), ("__class__", "1"), ("", "1"),
        ("voice", '{"audio_url": "x", "\\udc00": 1}'), ("voice", '{"audio_url": ""}'), ("voice", '""'),
    ],
)  # fmt: skip
def test_a_value_out_of_its_range_is_named(client: httpx.Client, field: str, value: str) -> None:
    text = "" if field == "text" else '"text": "Hi.", '
    answer = post(client, f'{{{text}"{field}": {value}}}')
    assert refused(answer, 422)["code"] == "request-invalid"
    assert "x-evil" not in answer.headers


@pytest.mark.parametrize("field", ["voice", "engine", "aligner", "style"])
@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "..\\x", "a\x00b", "a\r\nX-Evil: 1", "\u202e", "x" * 100, "%2e%2e%2f", "${jndi:x}"],
)
def test_a_name_that_nobody_has_is_an_error(client: httpx.Client, field: str, name: str) -> None:
    answer = client.post("/v1/speech", json={"text": "Hi.", field: name})
    assert refused(answer, 400)["code"] == f"{field}-unknown"
    assert "x-evil" not in answer.headers


def test_control_characters_are_spoken_around_and_given_back(client: httpx.Client) -> None:
    text = "One\x00 two\x1b[0m \x7fthree \u202efour\u2028 five\ufeff."
    reply = client.post("/v1/speech", json={"text": text, "delivery": "inline"}).json()
    assert "".join(word["text"] + word["space"] for word in reply["words"]) == text


def test_a_compressed_request_is_not_inflated(client: httpx.Client) -> None:
    bomb = gzip.compress(b'{"text": "' + b"a" * 50_000_000 + b'"}')
    begun = time.monotonic()
    refused(post(client, bomb, **{"Content-Encoding": "gzip"}), 400)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "\xff;;="]
)
def test_json_under_another_name_is_not_read(client: httpx.Client, kind: str) -> None:
    answer = client.post(
        "/v1/speech", content=b'{"text": "Hi."}', headers={b"Content-Type": kind.encode("latin-1")}
    )
    refused(answer, 422, "request-invalid")


@pytest.mark.parametrize(
    "name",
    [
        "..", ".", "../x", "..%2f..%2fx", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "%252e%252e%252fx", "..%5c..%5cx",
        "%c0%ae%c0%ae%c0%af", "%ef%bc%8e%ef%bc%8e%ef%bc%8fx", "a%00.wav", "a%0d%0aX-Evil:1", "%2fetc%2fpasswd",  # noqa: E501
        "C:%5cx", "x" * 300, "x" * 100, "%ff%fe", "con", "~root", "....//", "result.json", "%F0%9F%92%A9", "a%2fb",  # noqa: E501
    ],
)  # fmt: skip
def test_no_name_leads_out_of_its_folder(server: Server, name: str) -> None:
    for path in (f"/v1/voices/{name}", f"/v1/voices/{name}/audio", f"/v1/speech/{name}", f"/studio/{name}",
                 f"/v1/speech/{name}/captions.ass", f"/v1/speech/{name}/preview.png",
                 f"/v1/speech/{name}/files/speech.wav", f"/v1/speech/{'0' * 32}/files/{name}"):  # fmt: skip
        answer = raw.send(server.url, "GET", path)
        if answer.status == 307:  # to the same without its last slash
            assert "location: http://localhost/" in answer.head
            continue
        assert answer.status in {404, 405, 422}, path
        answer.error()
        assert "x-evil" not in answer.head.lower()
    assert raw.send(server.url, "DELETE", f"/v1/voices/{name}").status in {307, 404, 405, 422}


def test_a_result_has_no_files_but_its_own(client: httpx.Client) -> None:
    mine = client.post("/v1/speech", json={"text": "Mine.", "captions": ["srt"]}).json()["id"]
    other = client.post("/v1/speech", json={"text": "Other."}).json()["id"]
    for name in (
        "result.json",
        f"..%2f{other}%2fspeech.wav",
        f"../{other}/speech.wav",
        "captions.ass",
        "SPEECH.WAV",
    ):
        refused(client.get(f"/v1/speech/{mine}/files/{name}"), 404)
    refused(client.get(f"/v1/speech/{mine.upper()}x"), 404)


@pytest.mark.parametrize(
    "name",
    ["../x", "a/b", "a\\b", ".hidden", "a\x00b", "a\r\nX: 1", " a", "\u202e", "", "x" * 65, "\U0001f4a9"],
)
def test_a_voice_cannot_have_a_name_that_is_a_path(client: httpx.Client, name: str) -> None:
    answer = client.post("/v1/voices", data={"name": name}, files={"audio": ("a.wav", wav())})
    refused(answer, 422 if name == "" else 400)


@pytest.mark.parametrize(
    "name", ["../../x.wav", "/etc/passwd", 'a"b\r\n.wav', "\u0000", "x" * 5000, "..\\..\\x"]
)
def test_the_name_of_an_upload_is_no_path(client: httpx.Client, name: str) -> None:
    answer = client.post("/v1/voices", data={"name": "Nobody"}, files={"audio": (name, b"no audio")})
    error = refused(answer, answer.status_code)
    assert answer.status_code in {400, 422}
    assert len(error["message"]) < 400


def zipped() -> bytes:
    """A ZIP file of a hundred megabytes of nothing."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.wav", bytes(100_000_000))
    return file.getvalue()


def hours_of_wav() -> bytes:
    """A WAV header that announces 40 hours, with a second behind it."""
    data = bytearray(wav(1.0))
    data[40:44] = struct.pack("<I", 0x7FFFFFF0)
    return bytes(data)


@pytest.mark.parametrize(
    ("make", "codes"),
    [
        (zipped, {"audio-unreadable"}),
        (lambda: b"\x89PNG\r\n\x1a\n" + bytes(5000), {"audio-unreadable"}),
        (lambda: b"\x7fELF\x02\x01\x01" + bytes(5000), {"audio-unreadable"}),
        (lambda: b"#EXTM3U\nfile:///etc/passwd\n", {"audio-unreadable"}),
        (lambda: b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>", {"audio-unreadable"}),  # noqa: E501
        (lambda: b"", {"audio-unreadable", "audio-empty"}),
        (lambda: wav()[:30], {"audio-unreadable", "audio-empty"}),
        (lambda: wav(0.1), {"audio-too-short"}),
        (lambda: soundless("WAV", 2.0), {"audio-silent"}),
        (lambda: soundless("FLAC", 4000.0), {"audio-too-long"}),
        (lambda: soundless("OGG", 4000.0, subtype="OPUS"), {"audio-too-long"}),
        (lambda: soundless("MP3", 4000.0), {"audio-too-long"}),
    ],
)  # fmt: skip
def test_a_file_that_is_no_fit_recording_is_refused(client: httpx.Client, make: Any, codes: set[str]) -> None:
    data = make()
    begun = time.monotonic()
    answer = client.post("/v1/voices", data={"name": "Nobody"}, files={"audio": ("x.wav", data)})
    error = refused(answer, answer.status_code)
    assert error["code"] in codes
    assert answer.status_code == (413 if error["code"] == "audio-too-long" else 422)
    assert time.monotonic() - begun < 10
    refused(client.get("/v1/voices/Nobody"), 404)


def soundless(format: str, seconds: float, **more: Any) -> bytes:  # noqa: A002
    """Much silence in a small file."""
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", 8000, 1, format=format, **more) as out:
        for _ in range(round(seconds)):
            out.write(np.zeros(8000, np.float32))
    return file.getvalue()


def test_a_length_that_a_header_invents_is_not_believed(client: httpx.Client) -> None:
    answer = client.post("/v1/voices", data={"name": "Liar"}, files={"audio": ("x.wav", hours_of_wav())})
    if answer.status_code == 201:
        assert answer.json()["duration"] < 2
        client.delete("/v1/voices/Liar")
    else:
        refused(answer, answer.status_code)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost:22/", "http://[::1]/", "http://0.0.0.0/", "http://169.254.169.254/latest",
        "http://metadata.google.internal/", "http://0x7f000001/", "http://2130706433/", "http://127.1/", "http://10.0.0.1/",
        "http://[::ffff:127.0.0.1]/", "http://user:pass@127.0.0.1/", "file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://x/",  # noqa: E501
        "s3://secrets/key", "//127.0.0.1/", "http://", "http://a b/", "http://127.0.0.1:99999/", "http://\r\nX: 1/", "x" * 4096,  # noqa: E501
        "data:audio/wav;base64,AAAA", "http://[", "http://\u2460\u2461\u2466.0.0.1/",
    ],
)  # fmt: skip
def test_no_url_leads_into_the_network_of_the_server(client: httpx.Client, url: str) -> None:
    begun = time.monotonic()
    answer = client.post("/v1/voices", data={"name": "Nobody", "audio_url": url})
    assert refused(answer, 422)["code"] in {"url-refused", "url-invalid", "bucket-refused", "url-unreachable"}
    answer = client.post("/v1/align", data={"text": "Hi.", "audio_url": url})
    refused(answer, 422)
    assert time.monotonic() - begun < 5


def test_the_server_is_no_way_to_itself(client: httpx.Client, server: Server) -> None:
    answer = client.post("/v1/voices", data={"name": "Nobody", "audio_url": f"{server.url}/healthz"})
    refused(answer, 422, "url-refused")


FORM = "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--x\r\n\r\n--x--"),
        ("multipart/form-data; boundary=", b"--x--"),
        ("multipart/form-data; boundary=" + "x" * 5000, b"--x--"),
        (FORM, b""),
        (FORM, b"--x\r\n"),
        (FORM, b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n"),
        (FORM, b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n\xff\xfe\r\n--x--\r\n'),
        (FORM, b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\na\r\n--x--\r\n'),
        (FORM, b"--x\r\n" + b"X: 1\r\n" * 10_000 + b"\r\na\r\n--x--\r\n"),
        (FORM, b"--x\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\na\r\n--x--\r\n"),
        (FORM, b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\na\r\n' * 1000 + b"--x--\r\n"),
        (
            FORM,
            b'--x\r\nContent-Disposition: form-data; name="audio"; filename="a"\r\n\r\na\r\n' * 3
            + b"--x--\r\n",
        ),
        (
            FORM,
            b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n' + b"a" * 600_000 + b"\r\n--x--\r\n",
        ),
        (FORM, b'--x\r\nContent-Disposition: form-data; name="audio"\r\n\r\nno file\r\n--x--\r\n'),
        (
            FORM + "; charset=utf-7",
            b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\na\r\n--x--\r\n',
        ),
        (
            FORM + "; charset=nonsense",
            b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\na\r\n--x--\r\n',
        ),
        ("application/x-www-form-urlencoded", b"name=%ff&audio_url=%00"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % number for number in range(1000))),
        ("application/json", b'{"name": "a"}'),
        ("text/plain", b"name=a"),
    ],
    ids=range(20),
)
def test_forms_that_are_none_are_errors(client: httpx.Client, kind: str, body: bytes) -> None:
    for path in ("/v1/voices", "/v1/align"):
        answer = client.post(path, content=body, headers={"Content-Type": kind})
        assert answer.status_code in {400, 413, 422}, answer.text
        refused(answer, answer.status_code)


@pytest.mark.parametrize("given", ["a\x0bb", "x" * 65, "", "a b", "\xff", "<script>", "../x"])
def test_a_request_id_of_the_client_is_used_only_if_plain(server: Server, given: str) -> None:
    answer = raw.send(server.url, "GET", "/nothing", f"X-Request-ID: {given}")
    if answer.status != 400:
        assert answer.error()["request_id"] != given
    answer = raw.send(server.url, "GET", "/nothing", "X-Request-ID: mine-1", "X-Request-ID: second")
    assert answer.error()["request_id"] == "mine-1"


@pytest.mark.parametrize(
    "given",
    ["bytes=5-2", "bytes=-0", "bytes=99999999999999999999-", "bytes=0-1,3-4", "bytes=a-b", "x", "bytes=--1"],
)
def test_odd_ranges_are_ignored_or_refused(client: httpx.Client, given: str) -> None:
    url = client.post("/v1/speech", json={"text": "Hi.", "captions": ["srt"]}).json()["files"]["srt"]["url"]
    answer = client.get(url, headers={"Range": given})
    if answer.status_code != 200:
        refused(answer, 416, "range-invalid")


@pytest.mark.parametrize(
    "query", ["at=nan", "at=-1", "at=1e999", "font_size=nan", "font_size=1", "style=" + "x" * 101]
)
def test_absurd_looks_are_refused(client: httpx.Client, query: str) -> None:
    name = client.post("/v1/speech", json={"text": "Hi."}).json()["id"]
    refused(client.get(f"/v1/speech/{name}/preview.png?{query}"), 422)
    refused(client.get(f"/v1/speech/{name}/preview.png?style=../../x"), 400, "style-unknown")
    assert client.get(f"/v1/speech/{name}/preview.png?at=1e6").status_code in {200, 400, 422}


def test_openai_names_are_checked_as_ours(client: httpx.Client) -> None:
    for ask, status in [
        ({"input": "Hi.", "model": "../x"}, 400), ({"input": "Hi.", "voice": "x\r\n"}, 400), ({"input": ""}, 422),  # noqa: E501
        ({"input": "Hi.", "response_format": "aac"}, 400), ({"input": "Hi.", "speed": 9.5}, 400), ({}, 422),
        ({"input": "Hi.", "voice": {"id": "x"}}, 400), ({"input": "\x00"}, 422),
    ]:  # fmt: skip
        refused(client.post("/v1/audio/speech", content=json.dumps(ask), headers=HEADER), status)
