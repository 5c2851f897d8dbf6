"""Running the ffmpeg binary of ``imageio-ffmpeg``: in a folder of its own, with our fonts, with plain errors.

Every path inside a filter is a plain name in that folder, so nothing needs escaping there, whatever the real
paths look like. Knows nothing of captions.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path

from voxcue.captions.metrics import FONTS
from voxcue.errors import OutputError, UnavailableError
from voxcue.ffmpeg import executable

_SYSTEM_FONTS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "~/Library/Fonts",
)


@contextmanager
def workplace() -> Iterator[Path]:
    """A temporary folder with our fonts and a font configuration in it; gone afterwards.

    Raises ``OutputError`` (``preview-failed``) if it cannot be made or filled.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="voxcue-preview-"))
    except OSError as error:
        raise _no_room(error.strerror) from None
    try:
        try:
            _furnish(folder)
        except shutil.Error as error:  # of copytree: its argument lists source, destination, reason
            raise _no_room(str(error.args[0][0][2]).partition("] ")[2].partition(": ")[0]) from None
        except OSError as error:
            raise _no_room(error.strerror) from None
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _furnish(folder: Path) -> None:
    shutil.copytree(FONTS, folder / "fonts")
    folders = "".join(f"<dir>{escape(str(path))}</dir>" for path in (folder / "fonts", *_SYSTEM_FONTS))
    (folder / "fonts.conf").write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n'
        f"<fontconfig>{folders}"
        '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
        f"<cachedir>{escape(str(folder / 'cache'))}</cachedir></fontconfig>\n",
        encoding="utf-8",
    )


def _no_room(reason: str | None) -> OutputError:
    return OutputError(
        "preview-failed",
        f"No temporary folder can be made: {reason or 'its files cannot be written'}.",
        "Free some space there, or name a folder that can be written to in TMPDIR.",
    )


def run(arguments: Sequence[str], folder: Path, on_seconds: Callable[[float], None] | None = None) -> None:
    """Run ffmpeg in ``folder``; ``on_seconds`` is told how many seconds of output are done.

    Raises ``OutputError`` (``preview-failed``) with ffmpeg's own last words if it fails. If anything
    interrupts the call, ffmpeg is killed before the exception goes on.
    """
    command = [
        executable(),
        "-hide_banner",
        "-nostdin",
        "-v",
        "error",
        "-y",
        "-progress",
        "pipe:1",
        *arguments,
    ]
    environment = {**os.environ, "FONTCONFIG_FILE": str(folder / "fonts.conf")}
    log = folder / "ffmpeg.log"
    try:
        with log.open("wb") as errors:
            process = subprocess.Popen(
                command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
            )
            with process:
                try:
                    _follow(process, on_seconds)
                except BaseException:
                    process.kill()
                    raise
    except OSError as error:
        raise UnavailableError(
            "ffmpeg-missing",
            f"ffmpeg cannot be started: {error.strerror}.",
            "Install the imageio-ffmpeg package again.",
        ) from None
    if process.returncode:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["no reason given"]
        raise OutputError(
            "preview-failed",
            f"ffmpeg could not make the preview: {lines[-1].strip().rstrip('.')}.",
            "Check the free space, and that the captions and the audio are whole.",
        )


def _follow(process: subprocess.Popen[str], on_seconds: Callable[[float], None] | None) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        key, _, value = line.strip().partition("=")
        if on_seconds and key == "out_time_us" and value.lstrip("-").isdigit():
            on_seconds(max(int(value), 0) / 1e6)
    process.wait()
