"""Stages run ahead of each other, pass errors on, and end when nobody wants them any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator

import pytest

from voxcue.cancel import cancellable, checkpoint
from voxcue.pipeline.overlap import ahead


def stages() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "voxcue-stage"]


def test_items_arrive_in_order() -> None:
    assert list(ahead(range(100))) == list(range(100))


def test_the_next_item_is_made_while_this_one_is_used() -> None:
    made = [threading.Event() for _ in range(5)]

    def source() -> Generator[int]:
        for item, event in enumerate(made):
            event.set()
            yield item

    for item in ahead(source()):
        assert made[min(item + 1, 4)].wait(timeout=10)


def test_at_most_depth_items_wait() -> None:
    made = []

    def endless() -> Generator[int]:
        for item in range(1000):
            made.append(item)
            yield item

    items = ahead(endless(), depth=2)
    next(items)
    time.sleep(0.3)
    assert len(made) <= 5
    items.close()


def test_an_error_arrives_in_its_place() -> None:
    def failing() -> Generator[int]:
        yield 1
        raise ValueError("broken")

    items = ahead(failing())
    assert next(items) == 1
    with pytest.raises(ValueError, match="broken"):
        next(items)
    assert not stages()


def test_closing_early_ends_the_thread_and_closes_the_source() -> None:
    closed = threading.Event()

    def source() -> Generator[int]:
        try:
            while True:
                yield 1
        finally:
            closed.set()

    items = ahead(source())
    next(items)
    items.close()
    assert closed.is_set()
    assert not stages()


def long_work(stopped: threading.Event) -> Generator[int]:
    yield 0
    try:
        while True:
            time.sleep(0.005)
            checkpoint()
    finally:
        stopped.set()


def test_closing_stops_work_at_its_next_step_through_all_stages() -> None:
    stopped = threading.Event()
    items = ahead(ahead(ahead(long_work(stopped))))
    assert next(items) == 0
    assert not stopped.wait(0.05)
    items.close()
    assert stopped.is_set()
    assert not stages()


def test_what_ends_the_work_of_the_consumer_ends_that_of_its_stages() -> None:
    stopped, enough = threading.Event(), threading.Event()

    def ask() -> None:
        if enough.is_set():
            raise InterruptedError

    with cancellable(ask):
        items = ahead(ahead(long_work(stopped)))
        assert next(items) == 0
        enough.set()
        with pytest.raises(InterruptedError):
            next(items)
    assert stopped.is_set()
    assert not stages()
