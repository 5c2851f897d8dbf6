"""Check that every file that the docs, workflows and a Dockerfile name exists: ``make check``.

What is looked at: links and backquoted paths in Markdown, paths in workflows and in the Makefile, and the
sources of COPY and ADD in a Dockerfile. A path is checked when it begins with a folder or is a file of this
repository; output folders and placeholders are not.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MADE = ("out/", ".venv/", "dist/", "build/")
"""Folders that the commands make."""

_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
_QUOTED = re.compile(r"`([^`\s]+)`")
_WORD = re.compile(r"(?<![\w/.:@-])(?:\./)?([\w.-]+(?:/[\w.*-]+)+/?)(?![\w/:@*-])")
_COPY = re.compile(r"^\s*(?:COPY|ADD)\s+(?!.*--from=)(?:--\S+\s+)*(.+)$", re.MULTILINE)


def main() -> int:
    """Print what is named but missing; 1 if there is any."""
    files = tracked()
    missing = [
        f"{source}: '{name}' does not exist"
        for source in sorted(files)
        for name in sorted(set(named(source)))
        if not exists(source, name)
    ]
    print("\n".join(missing) or f"paths: every file named in {len(files)} tracked files exists")
    return 1 if missing else 0


def tracked() -> list[str]:
    """Files that git knows or would add, relative to the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if (ROOT / line).is_file()]


def named(source: str) -> Iterator[str]:
    """The paths that one file names."""
    text = (ROOT / source).read_text(encoding="utf-8", errors="replace") if readable(source) else ""
    if source.endswith(".md"):
        yield from _LINK.findall(text)
        yield from filter(is_path, _QUOTED.findall(text))
    elif Path(source).name.startswith("Dockerfile"):
        for arguments in _COPY.findall(text):
            yield from arguments.split()[:-1]
    elif source.startswith(".github/") or source in {"Makefile", ".ci/run"}:
        yield from filter(is_path, _WORD.findall(text))


def readable(source: str) -> bool:
    """Whether the file is of a kind that names paths."""
    return (
        source.endswith((".md", ".yml", ".yaml"))
        or source in {"Makefile", ".ci/run"}
        or "Dockerfile" in source
    )


def is_path(name: str) -> bool:
    """Whether a word is a path in this repository: its first folder is one of ours."""
    first, _, rest = name.removeprefix("./").partition("/")
    return (
        bool(first)
        and bool(rest)
        and not name.startswith(MADE)
        and (ROOT / first).is_dir()
        and "<" not in name
    )


def exists(source: str, name: str) -> bool:
    """Whether the path exists, from the root or from the file that names it; ``*`` must match something."""
    bases = (ROOT, (ROOT / source).parent)
    return any(any(base.glob(name)) if "*" in name else (base / name).exists() for base in bases)


if __name__ == "__main__":
    sys.exit(main())
