"""Long work that can be told to stop: whoever starts it says how to ask, and it asks between its steps.

A context variable carries the question, so that what lies between need not pass it on.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar

_ASK: ContextVar[Callable[[], None] | None] = ContextVar("voxcue_cancel", default=None)


@contextmanager
def cancellable(ask: Callable[[], None]) -> Generator[None]:
    """Work in this block, in this thread, calls ``ask`` between its steps; it raises to end the work.

    What is asked outside the block is asked as well.
    """
    outer = _ASK.get()

    def both() -> None:
        if outer:
            outer()
        ask()

    token = _ASK.set(both)
    try:
        yield
    finally:
        _ASK.reset(token)


def checkpoint() -> None:
    """Between two steps of long work: raises if the work is not wanted any more."""
    if ask := _ASK.get():
        ask()
