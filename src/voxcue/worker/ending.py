"""The end of a worker: said once, from any thread or a signal, heard by whoever listens then or later."""

from __future__ import annotations

from collections.abc import Callable


class Ending:
    """Not set at first; never unset."""

    def __init__(self) -> None:
        self._is_set = False
        self._listener: Callable[[], object] | None = None

    def set(self) -> None:
        """It is time to end. Safe in a signal handler: nothing waits here."""
        self._is_set = True
        if self._listener:
            self._listener()

    def listen(self, listener: Callable[[], object]) -> None:
        """Have ``listener`` called when it is time, which may be at once, and may be twice."""
        self._listener = listener
        if self._is_set:
            listener()
