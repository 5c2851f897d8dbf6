"""A real S3 server hands out what is asked for, to whom the operator's keys let it."""

from __future__ import annotations

from pathlib import Path

import obstore
import pytest
from obstore.store import S3Store

from tests.seaweed import BUCKET, environment, seaweed
from voxcue.errors import FetchError, LimitError
from voxcue.fetch import fetch

BODY = bytes(range(256)) * 10_000


def test_an_object_is_fetched_from_a_real_store(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a"

    def get(key: str, max_bytes: int = len(BODY)) -> None:
        fetch(f"s3://{BUCKET}/{key}", target, max_bytes=max_bytes, seconds=20, buckets=[BUCKET])

    with seaweed(tmp_path_factory.mktemp("seaweed")) as server:
        for name, value in server.env.items():
            monkeypatch.setenv(name, value)
        obstore.put(S3Store(BUCKET, allow_http="true"), "a b/c.wav", BODY)
        get("a b/c.wav")
        assert target.read_bytes() == BODY
        target.unlink()
        with pytest.raises(LimitError):
            get("a b/c.wav", len(BODY) - 1)
        with pytest.raises(FetchError, match="no such object"):
            get("a b/d.wav")
        for name, value in environment(server.port, secret="wrong").items():
            monkeypatch.setenv(name, value)
        with pytest.raises(FetchError, match="does not hand it out"):
            get("a b/c.wav")
    assert list(tmp_path.iterdir()) == []
