"""A folder whose files appear under their final names only when all of them are complete."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex
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
        self._token = token_hex(4)

    def part(self, name: str) -> Path:
        """Where to write the file that will be called ``name``."""
        final = self.path / name
        if final.is_dir():
            raise self._unwritable(IsADirectoryError(f"'{name}' in it is a folder"))
        self._parts[final] = self._temporary(name)
        return self._parts[final]

    def write(self, name: str, text: str) -> None:
        """Write a whole text file, UTF-8 with the line ends that the text has."""
        try:
            self.part(name).write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise self._unwritable(error) from error

    def __enter__(self) -> Self:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            probe = self._temporary("probe")
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

    def _temporary(self, name: str) -> Path:
        return self.path / f".{name}.{self._token}.part"

    def _unwritable(self, error: OSError) -> OutputError:
        return OutputError(
            "output-unwritable",
            f"The output folder '{self.path}' cannot be written to: {error.strerror or error}.",
            "Choose another folder with -o, or check its rights and the free space.",
        )
