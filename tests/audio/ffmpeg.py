"""ffmpeg as the maker of files and as the independent meter of loudness and true peak."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe


def convert(source: Path, target: Path, *options: str) -> Path:
    """Encode a file as another, its format taken from the target's name."""
    command = [get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", "-i", f"file:{source}"]
    subprocess.run([*command, *options, f"file:{target}"], check=True)
    return target


def loudness(path: Path) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dBTP of a file (EBU R128)."""
    command = [get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-i", f"file:{path}"]
    options = ["-af", "ebur128=peak=true", "-f", "null", "-"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=True)
    summary = done.stderr[done.stderr.rindex("Summary:") :]
    integrated = re.search(r"I:\s+(-?[\d.]+) LUFS", summary)
    peak = re.search(r"Peak:\s+(-?[\d.]+|-inf) dBFS", summary)
    assert integrated
    assert peak
    return float(integrated[1]), float(peak[1])
