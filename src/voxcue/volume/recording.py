"""Run the command line and note which files it opens: ``python -m voxcue.volume.recording LIST serve ...``.

On SIGUSR1 the paths are written to the file LIST, one a line: what Python opened, and what is mapped into
memory (shared libraries, weights). `voxcue.volume.packing` makes a pack of them.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
from pathlib import Path


def main() -> None:
    """Install the hook, then be ``voxcue``."""
    target = Path(sys.argv.pop(1))
    opened: set[str] = set()

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str):
            opened.add(arguments[0])

    def write(_signal: int, _frame: object) -> None:
        paths = sorted(opened.copy() | _mapped())
        temporary = target.with_name(f"{target.name}.part")
        temporary.write_text("".join(f"{path}\n" for path in paths if "\n" not in path), encoding="utf-8")
        temporary.replace(target)

    sys.addaudithook(note)
    signal.signal(signal.SIGUSR1, write)
    runpy.run_module("voxcue", run_name="__main__", alter_sys=True)


def _mapped() -> set[str]:
    """The files that are mapped into this process (Linux)."""
    lines = Path(f"/proc/{os.getpid()}/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    fields = (line.split(maxsplit=5) for line in lines)
    return {each[5] for each in fields if len(each) == 6 and each[5].startswith("/")}


if __name__ == "__main__":
    main()
