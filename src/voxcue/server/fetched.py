"""Voices behind the URLs of requests: fetched, prepared, and kept ready by what was fetched."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import file_digest, sha256
from threading import Lock

from voxcue.server.uploads import recording
from voxcue.settings import Settings
from voxcue.types import Reference
from voxcue.voices import prepare, reference

_KEPT = 64
"""Voices kept ready, of half a megabyte each."""


class FetchedVoices:
    """References of recordings that requests name by URL; many threads may ask.

    Each request fetches its recording, so that it gets what is there now; preparing it, which takes longer,
    is done once for the same bytes and transcript.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._ready: OrderedDict[bytes, Reference] = OrderedDict()
        self._lock = Lock()

    def reference(self, url: str, transcript: str | None) -> Reference:
        """The voice of a recording.

        Raises:
            FetchError: the URL is not allowed, or does not answer.
            VoxcueError: whatever `voxcue.voices.prepare` raises.
        """
        with recording(self._settings, None, url) as path:
            with path.open("rb") as file:
                key = file_digest(file, "sha256").digest() + sha256((transcript or "").encode()).digest()
            with self._lock:
                if key in self._ready:
                    self._ready.move_to_end(key)
                    return self._ready[key]
            made = prepare(path, transcript, max_seconds=self._settings.max_audio_seconds)
        ready = reference("recording", made.clip, made.transcript)
        with self._lock:
            self._ready[key] = ready
            while len(self._ready) > _KEPT:
                self._ready.popitem(last=False)
        return ready
