"""Many callers, one engine: each gets its own clips, and none is held up by another."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.fake import BatchingEngine, request
from tests.engines.speech import ENGINE, SENTENCES, say_all
from tests.engines.speech import request as spoken
from voxcue.cancel import cancellable
from voxcue.engines import Engine, SynthesisRequest
from voxcue.engines.batching import Batcher
from voxcue.errors import UnavailableError
from voxcue.types import Clip

WINDOW = 16
"""Utterances of one caller that the fake engine's batcher has in hand at most: two batches."""


@pytest.fixture
def engine() -> BatchingEngine:
    return BatchingEngine()


@pytest.fixture
def batcher(engine: BatchingEngine) -> Iterator[Batcher]:
    with Batcher(engine, wait=0.004) as made:
        yield made
        engine.go.set()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.001)


def seeds(clips: Iterator[Clip]) -> list[int]:
    return [int(clip.samples[0]) for clip in clips]


def in_thread(batcher: Batcher, *requests: SynthesisRequest) -> Future[list[int]]:
    """The seeds of the clips, read in a thread of their own."""
    pool = ThreadPoolExecutor(1)
    try:
        return pool.submit(lambda: seeds(batcher.synthesize(requests)))
    finally:
        pool.shutdown(wait=False)


def closed(clips: Iterator[Clip]) -> None:
    cast("Generator[Clip]", clips).close()


def test_a_batcher_is_the_engine_that_it_shares(engine: BatchingEngine, batcher: Batcher) -> None:
    shared: Engine = batcher
    assert (shared.name, shared.traits, shared.sample_rate) == (engine.name, engine.traits, 24_000)
    assert shared.voices() == engine.voices()
    assert shared.prepare("nobody").voice == engine.voices()[0]
    assert shared.unspeakable("né") == "é"
    assert list(shared.synthesize([])) == []


def test_eight_callers_at_once_get_bit_for_bit_what_each_gets_alone() -> None:
    alone = dict(zip(SENTENCES, say_all([spoken(text, seed=3) for text in SENTENCES]), strict=True))

    def requests(caller: int) -> list[SynthesisRequest]:
        texts = SENTENCES[caller:] + SENTENCES[:caller]
        return [spoken(text, seed=3) for text in texts[:3]]

    with Batcher(ENGINE, wait=0.004) as batcher, ThreadPoolExecutor(8) as pool:
        shared = list(pool.map(lambda caller: list(batcher.synthesize(requests(caller))), range(8)))
        assert batcher.snapshot().passes == 24
    for caller, clips in enumerate(shared):
        for clip, each in zip(clips, requests(caller), strict=True):
            np.testing.assert_array_equal(clip.samples, alone[each.utterance.spoken].samples)
            assert clip.marks == alone[each.utterance.spoken].marks


def test_what_waits_while_a_pass_runs_goes_into_the_next_together(
    engine: BatchingEngine, batcher: Batcher
) -> None:
    engine.go.clear()
    first = in_thread(batcher, request("first one", seed=0))
    until(lambda: len(engine.batches) == 1)
    others = [in_thread(batcher, request("another", seed=seed)) for seed in range(1, 9)]
    until(lambda: batcher.snapshot().waiting == 8)
    assert batcher.snapshot().running == 1
    engine.go.set()
    assert [each.result(10) for each in [first, *others]] == [[seed] for seed in range(9)]
    assert [len(each) for each in engine.batches] == [1, 8]
    until(lambda: not batcher.snapshot().running)
    done = batcher.snapshot()
    assert (done.callers, done.waiting, done.utterances, done.passes) == (0, 0, 9, 2)
    assert done.busy > 0


def test_one_sentence_waits_for_no_more_than_the_pass_in_progress(
    engine: BatchingEngine, batcher: Batcher
) -> None:
    clips = batcher.synthesize([request("a page of the book", seed=seed) for seed in range(1000)])
    for _ in range(50):
        next(clips)
    engine.go.clear()
    until(lambda: batcher.snapshot().running == 1)
    begun = len(engine.batches)
    late = in_thread(batcher, request("one late sentence", seed=7))
    until(lambda: batcher.snapshot().callers == 2)
    engine.go.set()
    assert late.result(10) == [7]
    assert engine.batches[begun][0] == "one late sentence"
    closed(clips)


def test_a_slow_reader_gathers_no_clips_and_holds_up_nobody(engine: BatchingEngine, batcher: Batcher) -> None:
    slow = batcher.synthesize([request("a slow one's", seed=seed) for seed in range(1000)])
    next(slow)
    until(lambda: batcher.snapshot().utterances == WINDOW + 1 and not batcher.snapshot().running)
    assert batcher.snapshot().waiting == 0
    assert seeds(batcher.synthesize([request("quick", seed=seed) for seed in range(100)])) == list(range(100))
    assert sum(batch.count("a slow one's") for batch in engine.batches) == WINDOW + 1
    assert seeds(slow) == list(range(1, 1000))


def test_one_who_goes_takes_along_what_has_not_begun(engine: BatchingEngine, batcher: Batcher) -> None:
    going = batcher.synthesize([request("soon gone", seed=seed) for seed in range(1000)])
    next(going)
    engine.go.clear()
    until(lambda: batcher.snapshot().running == 1 or batcher.snapshot().waiting == 0)
    begun = time.monotonic()
    closed(going)
    assert time.monotonic() - begun < 1
    assert (batcher.snapshot().callers, batcher.snapshot().waiting) == (0, 0)
    engine.go.set()
    assert seeds(batcher.synthesize([request("the next", seed=3)])) == [3]
    assert engine.batches[-1] == ["the next"]


@pytest.mark.parametrize("others", [0, 1])
def test_a_pass_ends_when_all_that_it_is_for_have_gone(engine: BatchingEngine, others: int) -> None:
    gone = threading.Event()

    def ask() -> None:
        if gone.is_set():
            raise InterruptedError

    def read(shared: Batcher) -> list[int]:
        with cancellable(ask):
            return seeds(shared.synthesize([request("soon gone")]))

    engine.go.clear()
    with Batcher(engine, wait=1.0) as shared, ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read, shared)
        staying = [in_thread(shared, request("it stays", seed=5)) for _ in range(others)]
        until(lambda: shared.snapshot().running == 1)
        gone.set()
        with pytest.raises(InterruptedError):
            reading.result(5)
        if not staying:
            until(lambda: shared.snapshot().running == 0)
        assert shared.snapshot().running == others
        engine.go.set()
        assert [each.result(5) for each in staying] == [[5]] * others
    assert len(engine.batches) == 1


def test_only_the_caller_whose_utterance_fails_hears_of_it(engine: BatchingEngine, batcher: Batcher) -> None:
    engine.go.clear()
    first = in_thread(batcher, request("first"))
    until(lambda: len(engine.batches) == 1)
    texts = ["one", "two", "broken", "three"]
    results = [in_thread(batcher, request(text, 5)) for text in texts]
    until(lambda: batcher.snapshot().waiting == 4)
    engine.go.set()
    assert first.result(10) == [0]
    for text, result in zip(texts, results, strict=True):
        if text == "broken":
            with pytest.raises(ValueError, match="broken"):
                result.result(10)
        else:
            assert result.result(10) == [5]
    assert seeds(batcher.synthesize([request("still here", 6)])) == [6]


def test_what_came_before_an_error_is_heard_first(batcher: Batcher) -> None:
    clips = batcher.synthesize([request("good", 1), request("broken", 2), request("good", 3)])
    assert next(clips).samples[0] == 1
    with pytest.raises(ValueError, match="broken"):
        next(clips)
    assert batcher.snapshot().callers == 0


def test_an_engine_that_gives_too_few_clips_leaves_nobody_waiting(
    engine: BatchingEngine, batcher: Batcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "synthesize", lambda batch: iter(()))  # noqa: ARG005
    with pytest.raises(ValueError, match="shorter"):
        next(batcher.synthesize([request("one"), request("two")]))


def test_closing_wakes_who_waits_refuses_what_comes_and_ends_the_threads(engine: BatchingEngine) -> None:
    batcher = Batcher(engine, wait=0.004)
    engine.go.clear()
    waits = in_thread(batcher, *[request("waits")] * 20)
    until(lambda: batcher.snapshot().running == 1)
    begun = time.monotonic()
    batcher.close(0.1)
    assert time.monotonic() - begun < 1
    with pytest.raises(UnavailableError, match="'fake' was stopped") as caught:
        waits.result(10)
    assert caught.value.code == "engine-stopped"
    with pytest.raises(UnavailableError):
        next(batcher.synthesize([request("too late")]))
    engine.go.set()
    batcher.close()
    assert not [each for each in threading.enumerate() if each.name.startswith("voxcue-fake")]
    assert len(engine.batches) == 1


def test_a_sentence_spoken_through_the_batcher_starts_as_soon_as_one_spoken_alone() -> None:
    request = spoken("Yes.")

    def best(engine: Engine) -> float:
        times = []
        for _ in range(20):
            begun = time.perf_counter()
            list(engine.synthesize([request]))
            times.append(time.perf_counter() - begun)
        return min(times)

    with Batcher(ENGINE, wait=1.0) as batcher:
        assert best(batcher) < best(ENGINE) + 0.1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.none() | st.integers(0, 40)), min_size=1, max_size=6))
def test_every_caller_gets_its_own_clips_in_order_until_it_goes(
    callers: list[tuple[int, int | None]],
) -> None:
    def read(batcher: Batcher, number: int, count: int, leaves_after: int | None) -> list[int]:
        requests = [request("x" * (1 + seed * 37 % 300), 1000 * number + seed) for seed in range(count)]
        clips = batcher.synthesize(requests)
        got: list[int] = []
        for clip in clips:
            got.append(int(clip.samples[0]))
            if len(got) == leaves_after:
                closed(clips)
        return got

    with Batcher(BatchingEngine(), wait=0.0005) as batcher, ThreadPoolExecutor(6) as pool:
        results = [pool.submit(read, batcher, number, *each) for number, each in enumerate(callers)]
        for number, (result, (count, leaves)) in enumerate(zip(results, callers, strict=True)):
            most = count if not leaves else min(count, leaves)
            assert result.result(20) == [1000 * number + seed for seed in range(most)]
        assert (batcher.snapshot().callers, batcher.snapshot().waiting) == (0, 0)
