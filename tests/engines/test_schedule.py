"""Whose turn it is: everything once and in order, batches of like lengths, no one waits for a book."""

from __future__ import annotations

import random
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engines.fake import CLIP, request
from voxcue.engines.schedule import Caller, Job, Schedule
from voxcue.types import Clip

LENGTHS = st.lists(st.integers(1, 300), max_size=30)


def speak(batch: list[Job]) -> None:
    for job in batch:
        job.caller.done[job.index] = CLIP


def collect_all(schedule: Schedule) -> None:
    for caller in list(schedule.callers):
        while caller.taken in caller.done:
            schedule.collect(caller, 0.0)


def book(schedule: Schedule, sentences: int = 10_000, length: int = 80) -> Caller:
    return schedule.join([request("x" * length)] * sentences, 0.0)


def spoken_until_first(schedule: Schedule, caller: Caller) -> int:
    """Passes that others get before the caller's first utterance begins."""
    for count in range(1000):
        batch = schedule.take()
        if any(job.caller is caller for job in batch):
            return count
        speak(batch)
        collect_all(schedule)
    raise AssertionError("starved")


def collect_one(schedule: Schedule, window: int, handed: dict[Caller, list[object]]) -> None:
    for caller in schedule.callers:
        assert caller.admitted - caller.taken <= window
        if caller.taken in caller.done:
            handed[caller].append(schedule.collect(caller, 0.0))


@given(
    st.integers(1, 8),
    st.integers(1, 20),
    st.lists(LENGTHS, max_size=6),
    st.sets(st.integers(0, 5)),
    st.integers(),
)
def test_everything_of_everyone_who_stays_begins_once_and_comes_out_in_order(
    batch_size: int, window: int, texts: list[list[int]], leaving: set[int], seed: int
) -> None:
    chance = random.Random(seed)
    schedule = Schedule(batch_size, window, 300, 0.0)
    handed: dict[Caller, list[object]] = {}
    callers: list[Caller] = []
    begun: list[Job] = []
    running: list[list[Job]] = []
    while len(callers) < len(texts) or any(len(each.requests) > each.taken for each in schedule.callers):
        action = chance.choice(["join", "take", "take", "finish", "finish", "collect", "collect", "leave"])
        if action == "join" and len(callers) < len(texts):
            callers.append(schedule.join([request("x" * n) for n in texts[len(callers)]], 0.0))
            handed[callers[-1]] = []
        elif action == "take" and (batch := schedule.take()):
            begun += batch
            running.append(batch)
            assert len(batch) <= batch_size
            assert max(job.size for job in batch) <= 2 * min(job.size for job in batch)
        elif action == "finish" and running:
            for job in running.pop(chance.randrange(len(running))):
                job.caller.done[job.index] = Clip(np.zeros(job.index, np.float32), 1)
        elif action == "leave" and (index := chance.randrange(6)) in leaving and index < len(callers):
            schedule.leave(callers[index])
        elif action == "collect":
            collect_one(schedule, window, handed)
    assert len({(job.caller, job.index) for job in begun}) == len(begun)
    for caller, clips in handed.items():
        assert [cast("Clip", clip).duration for clip in clips] == list(range(caller.taken))
        assert caller.taken == len(caller.requests) or caller not in schedule.callers


def test_the_oldest_of_a_caller_always_goes_first() -> None:
    schedule = Schedule(4, 8, 300, 0.0)
    schedule.join([request("x" * length) for length in (20, 300, 30, 250, 25, 280)], 0.0)
    assert [[job.index for job in schedule.take()] for _ in range(2)] == [[0, 2, 4], [1, 3, 5]]


def test_one_who_comes_with_a_sentence_is_next_whatever_books_are_read() -> None:
    for books in (1, 3, 12):
        schedule = Schedule(1, 4, 300, 0.0)
        for _ in range(books):
            book(schedule)
        for _ in range(50):
            speak(schedule.take())
            collect_all(schedule)
        late = schedule.join([request("Yes.")], 0.0)
        assert spoken_until_first(schedule, late) == 0


def test_an_endless_stream_of_newcomers_does_not_starve_a_book() -> None:
    schedule = Schedule(1, 4, 300, 0.0)
    whole = book(schedule)
    for _ in range(10):
        speak(schedule.take())
        collect_all(schedule)
    before = whole.taken
    for _ in range(200):
        schedule.join([request("x" * 80)], 0.0)  # as many come as there are passes
        speak(schedule.take())
        collect_all(schedule)
    assert whole.taken - before > 5
    late = schedule.join([request("x" * 80)], 0.0)
    assert spoken_until_first(schedule, late) <= len(schedule.callers)


def test_work_is_shared_by_characters_not_by_sentences() -> None:
    schedule = Schedule(1, 4, 300, 0.0)
    long, short = book(schedule, length=200), book(schedule, length=50)
    for _ in range(500):
        speak(schedule.take())
        collect_all(schedule)
    assert 3.8 < short.taken / long.taken < 4.2


def test_one_who_was_away_cannot_claim_all_that_others_had_meanwhile() -> None:
    schedule = Schedule(1, 4, 300, 0.0)
    slow, quick = book(schedule), book(schedule)
    for _ in range(500):
        speak(schedule.take())
        while quick.taken in quick.done:
            schedule.collect(quick, 0.0)
    assert (slow.admitted, quick.taken) == (4, 496)
    collect_all(schedule)
    began = quick.taken
    for _ in range(40):
        speak(schedule.take())
        collect_all(schedule)
    assert quick.taken - began >= 15


def test_a_batch_waits_only_while_another_could_join_it() -> None:
    schedule = Schedule(2, 8, 300, 0.004)
    assert schedule.due(1.0) is None
    schedule.join([request("Yes, that is so.")], 1.0)
    assert schedule.due(1.0) == pytest.approx(0.004)
    assert schedule.due(1.005) == pytest.approx(-0.001)
    schedule.join([request("x" * 300)], 1.0)
    assert schedule.due(1.0) == pytest.approx(0.004)  # too long to go with the first
    schedule.join([request("No, that is not so.")], 1.002)
    assert schedule.due(1.002) == 0.0


def test_an_engine_that_takes_one_at_a_time_never_waits() -> None:
    schedule = Schedule(1, 8, 300, 10.0)
    schedule.join([request("Yes.")], 1.0)
    assert schedule.due(1.0) == 0.0
