"""A server whose results are kept in a bucket of a real S3 server."""

from __future__ import annotations

from pathlib import Path

import httpx

from tests.seaweed import environment, seaweed
from tests.server.process import serving
from tests.voices.speech import TEXT


def test_results_are_in_the_bucket_behind_signed_links(tmp_path: Path) -> None:
    with seaweed(tmp_path / "s3") as store:
        settings = {"VOXCUE_STORAGE": f"{store.url}/mine", **store.env}
        with serving(tmp_path, **settings) as server, server.client() as client:
            reply = client.post("/v1/speech", json={"text": TEXT}).json()
            for file in reply["files"].values():
                assert file["url"].startswith(store.env["AWS_ENDPOINT_URL"])
                fetched = httpx.get(file["url"], trust_env=False)  # without any key: the link is signed
                assert fetched.status_code == 200
                assert len(fetched.content) == file["size"]
                assert httpx.get(file["url"].split("?")[0], trust_env=False).status_code == 403
            again = client.get(f"/v1/speech/{reply['id']}").json()
            assert again["words"] == reply["words"]
            part = client.get(f"/v1/speech/{reply['id']}/files/speech.wav", headers={"Range": "bytes=0-3"})
            assert part.content == b"RIFF"
            wav = client.get(f"/v1/speech/{reply['id']}/files/speech.wav").content
            added = client.post(
                "/v1/voices", data={"name": "Cleo", "transcript": TEXT}, files={"audio": ("c.wav", wav)}
            )
            assert added.status_code == 201
            assert "Signature" not in server.log.read_text()


def test_wrong_keys_are_an_error_of_the_storage(tmp_path: Path) -> None:
    with seaweed(tmp_path / "s3") as store:
        wrong = environment(store.port, secret="not-the-secret")
        with serving(tmp_path, VOXCUE_STORAGE=store.url, **wrong) as server, server.client() as client:
            answer = client.post("/v1/speech", json={"text": "Kept nowhere."})
            assert answer.status_code == 502
            assert "not-the-secret" not in answer.text
            inline = client.post("/v1/speech", json={"text": "Kept nowhere.", "delivery": "inline"})
            assert inline.status_code == 200
