"""How long each stage of a reading took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")


class Clock:
    """Adds up seconds by stage. Stages overlap, so their sum may be more than the time that passed."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def __call__(self, stage: str) -> Generator[None]:
        """Count what happens inside the ``with`` block."""
        begun = perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] += perf_counter() - begun

    def each(self, stage: str, items: Iterable[T]) -> Generator[T]:
        """Yield ``items`` and count the waiting for them; closing this closes them."""
        source = iter(items)
        try:
            while True:
                with self(stage):
                    try:
                        item = next(source)
                    except StopIteration:
                        return
                yield item
        finally:
            if isinstance(source, Generator):
                source.close()
