"""A folder whose files appear under their final names only when all of them are complete."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from voxcue.errors import OutputError


class OutputFolder:
    """Collects files under temporary names; leaving the context renames them, or removes them on an error.

    Raises:
        OutputError: the folder cannot be made or written to.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._parts: dict[Path, Path] = {}

    def part(self, name: str) -> Path:
        """Where to write the file that will be called ``name``."""
        temporary = self.path / f".{name}.{os.getpid()}.part"
        self._parts[self.path / name] = temporary
        return temporary

    def write(self, name: str, text: str) -> None:
        """Write a whole text file, UTF-8 with the line ends that the text has."""
        try:
            self.part(name).write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise self._unwritable(error) from error

    def __enter__(self) -> Self:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            probe = self.path / f".{os.getpid()}.part"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise self._unwritable(error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                for final, temporary in self._parts.items():
                    temporary.replace(final)
        except OSError as failure:
            raise self._unwritable(failure) from failure
        finally:
            for temporary in self._parts.values():
                temporary.unlink(missing_ok=True)

    def _unwritable(self, error: OSError) -> OutputError:
        return OutputError(
            "output-unwritable",
            f"The output folder '{self.path}' cannot be written to: {error.strerror or error}.",
            "Choose another folder with -o, or check its rights and the free space.",
        )
