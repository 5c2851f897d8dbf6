"""Peak memory of one hour of speech beside five minutes: what streams does not grow."""

from __future__ import annotations

import tempfile
from pathlib import Path

from common import figure, pages, run, voxcue


def peak(minutes: float) -> float:
    """Peak resident MiB of a whole process that speaks so long a text."""
    with tempfile.TemporaryDirectory() as name:
        text = Path(name) / "text.txt"
        text.write_text(pages(minutes), encoding="utf-8")
        return run(voxcue("speak", "-f", str(text), "-o", str(Path(name) / "out")))[1]


def main() -> None:
    """Print the figure."""
    short, long = peak(5), peak(60)
    figure(
        "peak memory, an hour over five minutes",
        hour_mib=long,
        five_minutes_mib=short,
        ratio=long / short,
        aim=1.2,
    )


if __name__ == "__main__":
    main()
