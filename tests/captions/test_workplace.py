"""The folder that ffmpeg works in is whole, or its absence is explained."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from voxcue.captions.ffmpeg import workplace
from voxcue.errors import OutputError


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def full(*_: Any, **__: Any) -> Any:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/somewhere")


def test_it_holds_our_fonts_and_is_gone_afterwards(temporary: Path) -> None:
    with workplace() as folder:
        assert list((folder / "fonts").glob("*.ttf"))
        assert "fontconfig" in (folder / "fonts.conf").read_text(encoding="utf-8")
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("call", ["shutil.copyfile", "os.mkdir", "pathlib.Path.write_text"])
def test_a_full_disk_is_said_and_leaves_nothing(
    call: str, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call, full)
    with pytest.raises(OutputError) as caught, workplace():
        pass
    monkeypatch.undo()
    error = caught.value
    assert error.code == "preview-failed"
    assert error.message == "No temporary folder can be made: No space left on device."
    assert "TMPDIR" in error.hint
    assert list(temporary.iterdir()) == []
