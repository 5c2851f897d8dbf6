"""One engine shared by all requests of a server: their utterances go through it in common passes.

`Batcher` is itself an `Engine`, so whoever speaks with it need not know. This module holds the threads; which
utterances go together, and whose turn it is, is decided in `voxcue.engines.schedule`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Condition, Thread
from time import monotonic
from types import TracebackType
from typing import Self

from voxcue.cancel import cancellable, checkpoint
from voxcue.engines.base import Engine, SynthesisRequest, VoicePrompt
from voxcue.engines.schedule import Caller, Job, Schedule
from voxcue.errors import UnavailableError
from voxcue.types import Clip, Reference, Voice

_WINDOW = 2
"""Rounds of passes that one caller may have waiting, in work or not taken: the one that runs and the next."""


_LOOK = 0.1
"""Seconds after which a caller that waits for a clip looks whether it is still wanted."""


class _Abandoned(Exception):  # noqa: N818
    """Ends a pass between two of its steps: all that it is for have gone."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a `Batcher` is doing, and has done since it was made.

    ``waiting`` are utterances that would begin at once if there were a pass for them, ``running`` passes in
    progress. ``utterances`` were in ``passes`` passes so far, which took ``busy`` seconds: a sum over passes,
    so with two at a time it grows by up to two a second. ``retries`` are utterances spoken again, alone,
    because their batch failed.
    """

    callers: int
    waiting: int
    running: int
    utterances: int
    passes: int
    retries: int
    busy: float


class Batcher:
    """An engine for many callers at once, each of which calls `synthesize` and reads at its own pace.

    A caller waits for no other's book, holds up no one by reading slowly or going away, and hears of no
    other's error. A pass whose callers have all gone ends at its next `checkpoint`. ``wait`` is how many
    seconds an utterance may wait for others to fill its batch. The threads, one for each pass that the engine
    runs at once, end with `close`.
    """

    def __init__(self, engine: Engine, *, wait: float) -> None:
        self.name = engine.name
        self.traits = engine.traits
        self.sample_rate = engine.sample_rate
        self._engine = engine
        size, passes = engine.traits.batch_size, engine.traits.passes
        self._schedule = Schedule(size, _WINDOW * size * passes, engine.traits.max_characters, wait)
        self._changed = Condition()
        self._closed = False
        self._running = self._utterances = self._passes = self._retries = 0
        self._busy = 0.0
        self._threads = [
            Thread(target=self._work, name=f"voxcue-{self.name}-{index}", daemon=True)
            for index in range(passes)
        ]
        for thread in self._threads:
            thread.start()

    def voices(self) -> Sequence[Voice]:
        """The engine's voices."""
        return self._engine.voices()

    def load(self) -> None:
        """Load the engine's model."""
        self._engine.load()

    def warm_up(self) -> str:
        """Warm up the engine."""
        return self._engine.warm_up()

    def prepare(self, voice: str | Reference) -> VoicePrompt:
        """Make a voice ready."""
        return self._engine.prepare(voice)

    def unspeakable(self, text: str) -> str:
        """The characters that the engine cannot say."""
        return self._engine.unspeakable(text)

    def synthesize(self, batch: Sequence[SynthesisRequest]) -> Iterator[Clip]:
        """Yield one clip per request, in order; closing the generator drops what has not begun.

        Raises:
            UnavailableError: ``engine-stopped``, when the batcher is or was closed.
            Exception: whatever the engine raised for the utterance in its place.
        """
        with self._changed:
            self._check_open()
            caller = self._schedule.join(batch, monotonic())
            self._changed.notify_all()
        try:
            for _ in batch:
                yield self._next(caller)
        finally:
            with self._changed:
                self._schedule.leave(caller)

    def snapshot(self) -> Snapshot:
        """What is going on, for metrics."""
        with self._changed:
            return Snapshot(
                callers=len(self._schedule.callers),
                waiting=self._schedule.waiting,
                running=self._running,
                utterances=self._utterances,
                passes=self._passes,
                retries=self._retries,
                busy=self._busy,
            )

    def close(self, seconds: float = 10.0) -> None:
        """Refuse new work, wake every caller that waits, and give running passes ``seconds`` to end."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        end = monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, end - monotonic()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _next(self, caller: Caller) -> Clip:
        """The caller's next clip, when it is there."""
        with self._changed:
            while caller.taken not in caller.done:
                self._check_open()
                self._changed.wait(_LOOK)
                checkpoint()
            result = self._schedule.collect(caller, monotonic())
            self._changed.notify_all()  # another of its utterances may begin
        if isinstance(result, BaseException):
            raise result
        return result

    def _check_open(self) -> None:
        if self._closed:
            raise UnavailableError(
                "engine-stopped",
                f"The engine '{self.name}' was stopped before everything was spoken.",
                "Send the request again.",
            )

    def _work(self) -> None:
        """One thread: pass after pass, until the batcher closes."""
        while self._pass():
            continue  # nothing is kept from one pass to the next: a waiting thread holds no clips

    def _pass(self) -> bool:
        """Wait for a batch and speak it; false when the batcher has closed."""
        jobs = self._take()
        if not jobs:
            return False
        begun = monotonic()
        self._speak(jobs)
        with self._changed:
            self._running -= 1
            self._busy += monotonic() - begun
        return True

    def _take(self) -> list[Job]:
        with self._changed:
            while not self._closed:
                due = self._schedule.due(monotonic())
                if due is not None and due <= 0:
                    self._running += 1
                    return self._schedule.take()
                self._changed.wait(due)
        return []

    def _speak(self, jobs: list[Job]) -> None:
        """One pass. Should it fail, its utterances are spoken alone, so that the error finds its cause."""
        with self._changed:
            self._passes += 1
            self._utterances += len(jobs)

        def ask() -> None:
            if not any(job.caller in self._schedule.callers for job in jobs):
                raise _Abandoned

        spoken = 0
        try:
            with cancellable(ask):
                clips = self._engine.synthesize([job.request for job in jobs])
                for job, clip in zip(jobs, clips, strict=True):
                    self._deliver(job, clip)
                    spoken += 1
        except BaseException as error:  # carried over to the caller's thread
            if len(jobs) == 1 and not spoken:
                self._deliver(jobs[0], error)
            elif len(jobs) > 1:
                for job in jobs[spoken:]:
                    if job.caller in self._schedule.callers and not self._closed:
                        with self._changed:
                            self._retries += 1
                        self._speak([job])

    def _deliver(self, job: Job, result: Clip | BaseException) -> None:
        with self._changed:
            job.caller.done[job.index] = result
            self._changed.notify_all()
