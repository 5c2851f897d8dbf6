"""How many requests are worked on at once, how many may wait, and when the next one is turned away."""

from __future__ import annotations

import asyncio
import math
from time import monotonic

from voxcue.errors import BusyError, UnavailableError


class Gate:
    """Lets ``max_running`` requests in; ``max_waiting`` more may wait, in order of arrival.

    For one event loop. Whoever entered must leave.
    """

    def __init__(self, max_running: int, max_waiting: int) -> None:
        self.max_running = max_running
        self.max_waiting = max_waiting
        self.running = 0
        self.waiting = 0
        self.closed = False
        self._turns = asyncio.Semaphore(max_running)
        self._usual = 1.0  # seconds that a request takes, as a moving average

    async def enter(self) -> float:
        """Wait for a turn; returns the seconds waited.

        Raises:
            BusyError: ``server-busy``, as many wait already as may.
            UnavailableError: ``server-stopping``.
        """
        self._refuse_when_closed()
        if self._turns.locked() and self.waiting >= self.max_waiting:
            raise self._busy()
        begun = monotonic()
        self.waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self.waiting -= 1
        self.running += 1
        if self.closed:
            self.leave(0.0)
            self._refuse_when_closed()
        return monotonic() - begun

    def leave(self, seconds: float) -> None:
        """Give the turn back after so many seconds of work."""
        self.running -= 1
        self._usual += (seconds - self._usual) / 16
        self._turns.release()

    def close(self) -> None:
        """Let nobody in any more; those who wait are turned away when their turn comes."""
        self.closed = True

    def _refuse_when_closed(self) -> None:
        if self.closed:
            raise UnavailableError("server-stopping", "This server is stopping.", "Try again in a moment.")

    def _busy(self) -> BusyError:
        wait = max(1, math.ceil(self._usual * (self.waiting + 1) / self.max_running))
        return BusyError(
            "server-busy",
            f"This server works on {self.running} requests, and {self.waiting} wait; it takes no more.",
            f"Try again in {wait} s.",
            retry_after=wait,
        )
