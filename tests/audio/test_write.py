"""Audio files that grow piece by piece; a disk that takes no more is an error, never a shorter file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from voxcue.audio.read import read
from voxcue.audio.write import FORMATS, AudioWriter, check_format
from voxcue.errors import OutputError, UsageError
from voxcue.types import Clip

resource = pytest.importorskip("resource", reason="limits on the size of files are a matter of Unix")

RATE = 24_000
NOISE = np.random.default_rng(0).uniform(-0.5, 0.5, int(2.345 * RATE)).astype(np.float32)


def write(path: Path, kind: str, pieces: list[np.ndarray]) -> Path:
    with AudioWriter(path, kind, RATE) as writer:
        for piece in pieces:
            writer.write(Clip(piece, RATE))
    return path


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """The kernel refuses to let a file grow beyond that many bytes, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_reads_back_with_its_length_and_rate(kind: str, tmp_path: Path) -> None:
    clip = read(write(tmp_path / f"a.{kind}", kind, [NOISE]))
    assert clip.sample_rate == RATE or kind == "opus"
    assert abs(clip.duration - len(NOISE) / RATE) <= 0.06


@pytest.mark.parametrize("kind", ["wav", "flac"])
def test_lossless_formats_keep_the_samples_to_16_bits(kind: str, tmp_path: Path) -> None:
    samples = read(write(tmp_path / "a", kind, [NOISE])).samples
    np.testing.assert_allclose(samples, NOISE, atol=1 / 32768)


@pytest.mark.parametrize("kind", FORMATS)
def test_many_pieces_make_the_same_file_as_one(kind: str, tmp_path: Path) -> None:
    cuts = np.random.default_rng(1).integers(0, len(NOISE), 50)
    pieces = np.split(NOISE, [0, *sorted(cuts), len(NOISE)])
    whole, grown = write(tmp_path / "whole", kind, [NOISE]), write(tmp_path / "grown", kind, pieces)
    np.testing.assert_array_equal(read(whole).samples, read(grown).samples)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_long_piece_is_written_whole(kind: str, tmp_path: Path) -> None:
    minute = np.tile(NOISE, 26)[: 60 * RATE]
    assert abs(read(write(tmp_path / "a", kind, [minute])).duration - 60) <= 0.06


@pytest.mark.parametrize("kind", FORMATS)
def test_a_name_may_be_anything(kind: str, tmp_path: Path) -> None:
    assert read(write(tmp_path / "-söng ♥ 'a' 100%.part", kind, [NOISE])).duration > 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
@pytest.mark.parametrize("kind", FORMATS)
def test_a_disk_that_is_full_is_an_output_error(kind: str) -> None:
    with pytest.raises(OutputError, match="No space left on device") as caught:
        write(Path("/dev/full"), kind, [NOISE] * 20)
    assert caught.value.code == "output-unwritable"


@pytest.mark.parametrize("missing", [1, 200, 5_000])
@pytest.mark.parametrize("kind", FORMATS)
def test_a_disk_too_small_for_the_last_bytes_is_an_output_error(
    kind: str,
    missing: int,
    tmp_path: Path,
) -> None:
    size = write(tmp_path / "whole", kind, [NOISE]).stat().st_size
    with room_for(size - missing), pytest.raises(OutputError, match="File too large"):
        write(tmp_path / "cut", kind, [NOISE])


@pytest.mark.parametrize("kind", FORMATS)
def test_a_place_that_cannot_be_written_to_is_an_output_error(kind: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "no folder" / "a", tmp_path / "file" / "a", tmp_path):
        with pytest.raises(OutputError, match=r"cannot be written: [A-Z][a-z ]+\.$") as caught:
            write(place, kind, [NOISE])
        assert caught.value.code == "output-unwritable"
        assert str(place) in caught.value.message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_rights_is_an_output_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="Permission denied"):
        write(tmp_path / "a.wav", "wav", [NOISE])


def test_an_unknown_format_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    assert [check_format(name) for name in FORMATS] == ["wav", "flac", "mp3", "opus"]
    with pytest.raises(UsageError, match="'aac'; known: wav, flac, mp3, opus"):
        AudioWriter(tmp_path / "a.aac", "aac", RATE)
    assert not list(tmp_path.iterdir())


def write_then(wrong: Any, path: Path) -> None:
    with AudioWriter(path, "wav", RATE) as writer:
        writer.write(Clip(NOISE, RATE))
        writer.write(wrong)


def test_an_error_inside_is_not_hidden_and_the_file_is_closed(tmp_path: Path) -> None:
    with pytest.raises(AttributeError, match="no attribute 'samples'"):
        write_then(None, tmp_path / "a.wav")
    assert read(tmp_path / "a.wav").duration > 2
