"""The captions of a finished folder as a player will show them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from voxcue.audio.read import check
from voxcue.captions import FORMATS, moments, preview_image, preview_video, render, style, track_from_json
from voxcue.errors import UsageError
from voxcue.settings import settings


def preview(
    folder: Path,
    *,
    audio: Path | None = None,
    style_name: str | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> dict[str, Path]:
    """Render ``preview.png``, three moments side by side, and ``preview.mp4``, the whole with its sound.

    Args:
        folder: one that holds a ``words.json``.
        audio: the recording, where ``words.json`` does not know it.
        style_name: another look than that of ``captions.ass``, which stays as it is.
        on_progress: is told the share done, 0 to 1.

    Raises:
        UsageError: there is nothing to preview in the folder, or no such style.
        AudioError: the audio is missing or cannot be read.
        OutputError: the previews cannot be written.
    """
    words = folder / FORMATS["json"]
    try:
        track = track_from_json(words.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            "preview-empty",
            f"There is no words.json that can be read in '{folder}'.",
            f"Fill the folder first, for example with: voxcue speak TEXT -o {folder}",
        ) from error
    if audio is None and track.audio is None:
        raise UsageError(
            "preview-audio-missing",
            f"The words.json in '{folder}' does not say where its audio is.",
            "Name the recording that its words were timed against with --audio.",
        )
    sound = audio or folder / (track.audio or "")
    check(sound)
    made = {"image": folder / "preview.png", "video": folder / "preview.mp4"}
    with ExitStack() as stack:
        captions = folder / FORMATS["ass"]
        if style_name or not captions.is_file():
            captions = Path(stack.enter_context(TemporaryDirectory(prefix="voxcue-"))) / "captions.ass"
            look = style(style_name or settings().style)
            captions.write_text(render("ass", track, look), encoding="utf-8", newline="")
        preview_image(captions, made["image"], moments(track.words))
        preview_video(captions, sound, made["video"], duration=track.duration, on_progress=on_progress)
    return made
