"""Running one stage of the pipeline while the next one works on what it made before."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextvars import copy_context
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import TypeVar

from voxcue.cancel import cancellable, checkpoint

T = TypeVar("T")

_WAIT = 0.1
"""Seconds after which a waiting stage looks whether it is still wanted."""


class _Unwanted(Exception):  # noqa: N818
    """Ends a stage between two steps of its work; nobody hears of it."""


class _End:
    """The end of a stage, and the error that ended it early, if one did."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def ahead(items: Iterable[T], depth: int = 2) -> Generator[T]:
    """Yield ``items`` unchanged, made in a thread that runs at most ``depth`` of them ahead.

    An error in the thread is raised here, in its place. Closing the generator ends the thread at its next
    `checkpoint`, as does whatever ends the work here, and closes ``items``, if it is a generator.
    """
    queue: Queue[T | _End] = Queue(depth)
    unwanted = Event()
    work = (_produce, items, queue, unwanted)
    thread = Thread(target=copy_context().run, args=work, name="voxcue-stage", daemon=True)
    thread.start()
    try:
        while not isinstance(item := _take(queue), _End):
            yield item
        if item.error:
            raise item.error
    finally:
        unwanted.set()
        thread.join()


def _produce(items: Iterable[T], queue: Queue[T | _End], unwanted: Event) -> None:
    def ask() -> None:
        if unwanted.is_set():
            raise _Unwanted

    error: BaseException | None = None
    try:
        with cancellable(ask):
            for item in items:
                if not _put(queue, item, unwanted):
                    break
    except BaseException as caught:  # carried over to the consumer's thread
        error = caught
    finally:
        if isinstance(items, Generator):
            items.close()
    _put(queue, _End(error), unwanted)


def _put(queue: Queue[T | _End], item: T | _End, unwanted: Event) -> bool:
    while not unwanted.is_set():
        try:
            queue.put(item, timeout=_WAIT)
        except Full:
            continue
        return True
    return False


def _take(queue: Queue[T | _End]) -> T | _End:
    while True:  # a wait with a limit, so that Ctrl-C is heard on every system
        try:
            return queue.get(timeout=_WAIT)
        except Empty:
            checkpoint()
