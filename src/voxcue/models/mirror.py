"""Models from a folder or a bucket of one's own, VOXCUE_MODELS_MIRROR: objects ``<model>/<file name>``."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from voxcue.errors import NotFoundError, OutputError, StorageError, UsageError
from voxcue.models.catalogue import Entry, File
from voxcue.models.failures import unreachable
from voxcue.models.part import Part


class Mirror:
    """A source of the files of one model.

    Raises:
        UsageError: ``models-mirror-invalid``.
        UnavailableError: ``model-unreachable``.
    """

    def __init__(self, url: str, entry: Entry) -> None:
        from voxcue.storage import Storage

        self._url = url
        self._entry = entry
        if is_local(url) and not Path(unquote(urlsplit(url).path)).is_dir():  # Storage would make it
            raise unreachable(f"The model '{entry.name}'", f"there is no folder '{url}'", _HINT)
        try:
            self._storage = Storage(url)
        except UsageError as error:
            raise UsageError(
                "models-mirror-invalid",
                f"VOXCUE_MODELS_MIRROR cannot be used. {error.message}",
                error.hint.replace("VOXCUE_STORAGE", "VOXCUE_MODELS_MIRROR"),
            ) from error

    def size(self, file: File) -> int:
        """Bytes of a file.

        Raises:
            UnavailableError: ``model-unreachable``.
        """
        with self._guard(file):
            return self._storage.size(self._key(file))

    def pull(self, file: File, part: Part, size: int) -> None:  # noqa: ARG002
        """Write what the part lacks.

        Raises:
            UnavailableError: ``model-unreachable``.
            OutputError: ``models-unwritable``.
        """
        chunks = self._storage.chunks(self._key(file), start=part.tell())
        while True:
            with self._guard(file):
                chunk = next(chunks, b"")
            if not chunk:
                return
            part.write(chunk)

    def _key(self, file: File) -> str:
        return f"{self._entry.name}/{file.name}"

    @contextmanager
    def _guard(self, file: File) -> Generator[None]:
        try:
            yield
        except NotFoundError as error:
            reason = f"it is not at '{self._url.rstrip('/')}/{self._key(file)}'"
            raise unreachable(f"The file '{file.path}'", reason, _HINT) from error
        except (StorageError, OutputError) as error:
            raise unreachable(
                f"The file '{file.path}'", f"the mirror failed. {error.message}", _HINT
            ) from error


_HINT = "Check VOXCUE_MODELS_MIRROR; it holds MODEL/FILE for each file, as in F5TTS_v1_Base/vocab.txt."


def is_local(url: str) -> bool:
    """Whether a mirror is a folder, which needs no network."""
    return url.startswith("file:")
