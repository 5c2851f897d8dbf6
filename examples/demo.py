"""Speak the example texts into out/, preview their captions, and print what it took: ``make demo``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

EXAMPLES = Path(__file__).parent
OUT = EXAMPLES.parent / "out"
STYLES = {"time-machine": "karaoke", "numbers": "highlight"}


def voxcue(*arguments: str) -> dict[str, Any]:
    """Run the command as a user would and return its JSON document."""
    command = [sys.executable, "-m", "voxcue", *arguments, "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        sys.exit(done.returncode)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def main() -> None:
    """Make both demos and print the table."""
    table = Table("text", "speech", "taken", "real-time factor", "words timed", "files", title="Voxcue demo")
    for name, style in STYLES.items():
        folder = OUT / name
        shown = folder.relative_to(OUT.parent)
        print(f"{name}: speaking into {shown}, then rendering the previews ...", flush=True)
        made = voxcue("speak", "-f", str(EXAMPLES / f"{name}.txt"), "-o", str(folder), "--style", style)
        previews = voxcue("preview", str(folder))
        files = [Path(path).name for path in (*made["files"].values(), *previews["files"].values())]
        table.add_row(
            name,
            f"{made['duration']:.1f} s",
            f"{made['seconds_taken']:.1f} s",
            f"{made['real_time_factor']:.3f}",
            str(made["words"]),
            f"{shown}/: " + ", ".join(files),
        )
    Console(width=None if sys.stdout.isatty() else 110).print(table)


if __name__ == "__main__":
    main()
