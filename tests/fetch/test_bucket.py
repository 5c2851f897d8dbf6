"""Objects are fetched from buckets that the operator has named, within their size and their time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.fetch.server import giving, serving
from voxcue.errors import FetchError, LimitError
from voxcue.fetch import fetch

BODY = bytes(range(256)) * 10_000
WHEN = {"last_modified": "Mon, 02 Jan 2023 00:00:00 GMT", "etag": '"1"'}


def answer(request: BaseHTTPRequestHandler) -> None:
    """What an S3 endpoint answers, as far as reading one object goes."""
    match request.path:
        case "/bucket/folder/a%20b.wav" | "/bucket/folder/a%20b.wav?":
            giving(BODY, 200, **WHEN)(request)
        case "/bucket/denied":
            giving(b"<Error><Code>AccessDenied</Code></Error>", 403)(request)
        case "/bucket/slow":
            request.send_response(200)
            for name, value in {"Content-Length": "1000", "Last-Modified": WHEN["last_modified"]}.items():
                request.send_header(name, value)
            request.send_header("ETag", '"1"')
            request.end_headers()
            for _ in range(100):
                request.wfile.write(b"x")
                time.sleep(0.1)
        case _:
            giving(b"<Error><Code>NoSuchKey</Code></Error>", 404)(request)


@pytest.fixture(autouse=True)
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An S3 endpoint on this machine, named as an operator names one."""
    with serving(answer) as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        yield


def refusal(
    url: str, tmp_path: Path, max_bytes: int = len(BODY), seconds: float = 10
) -> FetchError | LimitError:
    """The error for a URL; nothing is left behind."""
    with pytest.raises((FetchError, LimitError)) as caught:
        fetch(url, tmp_path / "a", max_bytes=max_bytes, seconds=seconds, buckets=["bucket", "other"])
    assert list(tmp_path.iterdir()) == []
    error = caught.value
    assert isinstance(error, FetchError | LimitError)
    return error


def test_an_object_arrives_as_it_is(tmp_path: Path) -> None:
    url = "s3://bucket/folder/a b.wav"
    fetch(url, tmp_path / "a", max_bytes=len(BODY), seconds=10, buckets=["bucket"])
    assert (tmp_path / "a").read_bytes() == BODY
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("bucket", ["private", "Bucket", "bucket2", "", "bucke", "127.0.0.1", "bucket@x"])
def test_other_buckets_are_refused(bucket: str, tmp_path: Path) -> None:
    assert refusal(f"s3://{bucket}/key", tmp_path).code == "bucket-refused" if bucket else "url-invalid"


def test_no_bucket_is_allowed_unless_named(tmp_path: Path) -> None:
    with pytest.raises(FetchError) as caught:
        fetch("s3://bucket/key", tmp_path / "a", max_bytes=1, seconds=1, buckets=())
    assert caught.value.code == "bucket-refused"


@pytest.mark.parametrize("key", ["missing", "denied"])
def test_an_object_that_is_not_handed_out_has_a_status(key: str, tmp_path: Path) -> None:
    assert refusal(f"s3://bucket/{key}", tmp_path).code == "url-status"


@pytest.mark.parametrize("key", ["../other/key", "a//b", "./a", "a/../../b"])
def test_a_key_does_not_lead_out_of_its_bucket(key: str, tmp_path: Path) -> None:
    assert refusal(f"s3://bucket/{key}", tmp_path).code in {"url-invalid", "url-status"}


def test_a_large_object_is_refused_by_its_size(tmp_path: Path) -> None:
    error = refusal("s3://bucket/folder/a b.wav", tmp_path, max_bytes=len(BODY) - 1)
    assert error.code == "fetch-too-large"


def test_a_slow_store_is_cut_off_in_time(tmp_path: Path) -> None:
    begun = time.monotonic()
    assert refusal("s3://bucket/slow", tmp_path, seconds=0.5).code == "url-timeout"
    assert time.monotonic() - begun < 3


def test_a_store_that_is_not_there_is_unreachable_or_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert refusal("s3://bucket/key", tmp_path, seconds=1).code in {"url-unreachable", "url-timeout"}
