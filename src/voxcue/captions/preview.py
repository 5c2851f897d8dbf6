"""A preview of captions as a player would show them: a video with the speech, or three moments in one image.

libass draws the ASS file over a quiet dark background, through ffmpeg. Knows nothing of words or styles
beyond the size written in the file.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from voxcue.captions.ffmpeg import run, workplace
from voxcue.errors import OutputError, UsageError
from voxcue.output import OutputFolder
from voxcue.types import Word

_RATE = 25
_TOP, _BOTTOM = "0x232B3E", "0x10131C"
_BT709 = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")


def preview_video(
    ass: Path,
    audio: Path,
    out: Path,
    *,
    duration: float,
    on_progress: Callable[[float], None] | None = None,
) -> None:
    """Write an MP4 of ``audio`` with the captions of ``ass`` burned in: 720p in the shape of the captions.

    ``duration`` is the length of the audio in seconds; ``on_progress`` is told the share done, 0 to 1.
    Raises ``OutputError`` or ``UnavailableError``. ``out`` appears only when complete.
    """
    width, height = _shape(ass, 720)

    def report(seconds: float) -> None:
        if on_progress:
            on_progress(min(seconds / max(duration, 1e-9), 1.0))

    with workplace() as folder, OutputFolder(out.parent.resolve()) as output:
        _bring(ass, folder / "captions.ass")
        source = _existing(audio)
        # The background is drawn once and repeated by reference; each frame then costs little more
        # than its captions.
        still = f"{_gradient(width, height)}:rate={_RATE},trim=end_frame=1,{_to_video('yuv420p')}"
        captions = f"loop=loop=-1:size=1,setpts=N/{_RATE}/TB,ass=captions.ass:fontsdir=fonts"
        video = ("-c:v", "libx264", "-preset", "ultrafast", "-tune", "stillimage", "-crf", "21", *_BT709)
        run(
            [
                *("-f", "lavfi", "-i", f"{still},{captions}"),
                *("-i", str(source), "-map", "0:v:0", "-map", "1:a:0"),
                *(*video, "-r", str(_RATE), "-g", str(_RATE * 5)),
                *(
                    "-c:a",
                    "aac",
                    "-aac_coder",
                    "fast",
                    "-b:a",
                    "128k",
                    "-t",
                    f"{duration:.3f}",
                    "-movflags",
                    "+faststart",
                ),
                *("-f", "mp4", str(output.part(out.name))),
            ],
            folder,
            report,
        )
        report(duration)


def preview_image(ass: Path, out: Path, times: Sequence[float]) -> None:
    """Write a PNG with the captions of ``ass`` at each of ``times`` (seconds), side by side.

    Raises ``UsageError`` if there are no times, ``OutputError`` or ``UnavailableError``.
    """
    if not times:
        raise UsageError(
            "moments-missing", "A preview image needs at least one moment to show.", "Give some times."
        )
    width, height = _shape(ass, 720)
    with workplace() as folder, OutputFolder(out.parent.resolve()) as output:
        _bring(ass, folder / "captions.ass")
        # One frame a moment, each with the time stamp of its moment: no frame in between is drawn.
        stamps = "".join(f"if(eq(N,{index}),{time * 1000:.0f}," for index, time in enumerate(times))
        stamps += "0" + ")" * len(times)
        frames = f"{_gradient(width, height)}:rate={_RATE},trim=end_frame={len(times)},settb=1/1000"
        drawn = f"setpts='{stamps}',{_to_video('yuv444p')},ass=captions.ass:fontsdir=fonts"
        tiled = f"scale=iw/2:ih/2:flags=area,format=rgb24,tile={len(times)}x1:padding=4:color=black"
        run(
            [
                *("-f", "lavfi", "-i", f"{frames},{drawn},{tiled}"),
                *(
                    "-frames:v",
                    "1",
                    "-update",
                    "1",
                    "-c:v",
                    "png",
                    "-f",
                    "image2",
                    str(output.part(out.name)),
                ),
            ],
            folder,
        )


def moments(words: Sequence[Word], n: int = 3) -> list[float]:
    """``n`` good moments to look at, in seconds and in order: mid-word, spread over the speech."""
    spoken = [word for word in words if word.spoken and word.end > word.start]
    if not spoken:
        return [word.start for word in words[:1]] * min(n, 1)
    picked = {round((place + 0.55) / n * len(spoken) - 0.5) for place in range(n)}
    chosen = [spoken[min(max(index, 0), len(spoken) - 1)] for index in sorted(picked)]
    return [word.start + 0.6 * (word.end - word.start) for word in chosen]


def _gradient(width: int, height: int) -> str:
    return (
        f"gradients=s={width}x{height}:c0={_TOP}:c1={_BOTTOM}:x0=0:y0=0:x1={width // 4}:y1={height}"
        ":nb_colors=2:speed=0.00001:seed=1"
    )


def _to_video(pixels: str) -> str:
    return f"scale=out_color_matrix=bt709:out_range=tv,format={pixels}"


def _shape(ass: Path, short_side: int) -> tuple[int, int]:
    """The size of the preview in pixels: the shape of the captions, with the given short side."""
    head = _existing(ass).read_text(encoding="utf-8-sig", errors="replace")[:4096]
    sizes = [re.search(rf"(?m)^PlayRes{axis}:\s*(\d+)", head) for axis in "XY"]
    width, height = (
        int(match.group(1)) if match else default for match, default in zip(sizes, (16, 9), strict=True)
    )
    scale = short_side / max(min(width, height), 1)
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise UsageError("preview-source-missing", f"There is no file '{path}'.", "Check the path.")
    return path.resolve()


def _bring(source: Path, target: Path) -> None:
    try:
        shutil.copyfile(_existing(source), target)
    except OSError as error:
        raise OutputError(
            "preview-failed", f"'{source}' cannot be read: {error.strerror}.", "Check its rights."
        ) from None
