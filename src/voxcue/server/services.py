"""What the routes share: engines that stay loaded, storage, limits and counters."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from threading import Lock
from time import perf_counter

import numpy as np
from fastapi import Request

from voxcue.engines import engine_class
from voxcue.engines.batching import Batcher
from voxcue.errors import AlignmentError, VoxcueError
from voxcue.pipeline import SaveOptions, SpeakOptions, plan
from voxcue.pipeline.plan import choose_aligner
from voxcue.pipeline.verifying import verifying
from voxcue.pipeline.voice import find_voice
from voxcue.server.access import Access, keys
from voxcue.server.admission import Gate
from voxcue.server.fetched import FetchedVoices
from voxcue.server.jobs import Jobs
from voxcue.server.metrics import Metrics
from voxcue.settings import Settings
from voxcue.storage import Storage
from voxcue.text import parse
from voxcue.types import Clip
from voxcue.voices import Library

_LOG = logging.getLogger("voxcue.server")


class Services:
    """Everything that lives as long as the server.

    Args:
        settings: limits and defaults.
        local: whether the server listens to this machine alone.
    """

    def __init__(self, settings: Settings, *, local: bool) -> None:
        self.settings = settings
        self.access = Access(keys(settings.api_keys.get_secret_value()), local=local)
        self.storage = Storage(settings.storage)
        self.library = Library(self.storage)
        self.fetched = FetchedVoices(settings)
        self.metrics = Metrics()
        self.gate = Gate(settings.max_running, settings.max_waiting)
        self.jobs = Jobs(self.gate, settings.request_seconds)
        self.ready = False
        self.problem: VoxcueError | None = None
        self._batchers: dict[str, Batcher] = {}
        self._making = Lock()
        self.metrics.watch("voxcue_running", "Requests in work", lambda: self.gate.running)
        self.metrics.watch("voxcue_queue", "Requests that wait for their turn", lambda: self.gate.waiting)
        for name, told in _ENGINE_FACTS.items():
            self.metrics.watch(f"voxcue_engine_{name}", told, partial(self._sum, name))

    def engine(self, name: str | None = None) -> Batcher:
        """An engine, the default one if not named, shared by all requests.

        Raises:
            UsageError: no engine of that name.
            UnavailableError: a package that it needs is missing.
        """
        chosen = name or self.settings.engine
        with self._making:
            if chosen not in self._batchers:
                self._batchers[chosen] = Batcher(engine_class(chosen)(), wait=self.settings.batch_wait)
            return self._batchers[chosen]

    @property
    def capacity(self) -> int:
        """Requests at once from which the default engine gains: what fills its passes."""
        traits = self.engine().traits
        return min(traits.batch_size * traits.passes, self.settings.max_running)

    def check(self) -> None:
        """Find settings that no request could be answered with.

        Raises:
            UsageError: an engine, voice, aligner, style or format that is not known.
            UnavailableError: the engine needs a package that is missing.
        """
        engine = self.engine()
        SaveOptions().checked()
        choose_aligner(self.settings.aligner, engine.traits.languages[0], engine.traits.times_words)
        if self.settings.voice and not engine.traits.clones_voices:
            find_voice(engine, self.settings.voice, library=self.library)  # says which ones there are

    def warm(self) -> None:
        """Load the default engine, its voice, if any, and what listens: the first request shall not wait."""
        begun = perf_counter()
        try:
            engine = self.engine()
            if engine.voices():
                engine.load()
            else:
                with ThreadPoolExecutor(1) as pool:
                    heard = pool.submit(_first_hearing, engine, self.settings.aligner)
                    engine.load()
                heard.result()
            if self.settings.voice or engine.voices():
                _first_words(engine, self.library)
        except VoxcueError as error:
            self.problem = error
            _LOG.error("not ready", extra={"code": error.code, "error": error.message})
        except Exception:
            self.problem = VoxcueError("internal", "The engine failed at its first words; the log says how.")
            _LOG.exception("not ready")
        else:
            self.ready = True
            _LOG.info("ready", extra={"seconds": round(perf_counter() - begun, 3), "engine": engine.name})

    def close(self) -> None:
        """Stop the engines; what still runs is given a few seconds."""
        for batcher in self._batchers.values():
            batcher.close()
        self.jobs.close()

    def _sum(self, fact: str) -> float:
        return float(sum(getattr(batcher.snapshot(), fact) for batcher in list(self._batchers.values())))


_ENGINE_FACTS = {
    "waiting": "Utterances that wait for the engine",
    "passes": "Passes of the engines so far",
    "utterances": "Utterances spoken so far",
    "retries": "Utterances spoken again because their batch failed",
    "busy": "Seconds of passes so far",
}


def services(request: Request) -> Services:
    """The services of the app that a request came to."""
    found: Services = request.app.state.services
    return found


def _first_hearing(engine: Batcher, aligner: str) -> None:
    """Listen to a second of noise: what times and verifies words loads its models at its first use."""
    clip = Clip(np.random.default_rng(0).normal(0, 0.1, 16_000).astype(np.float32), 16_000)
    tokens = parse("Ready.").utterances[0].tokens
    language, clones = engine.traits.languages[0], engine.traits.clones_voices
    chosen = choose_aligner(aligner, language, engine.traits.times_words)
    how = verifying(None, None, language, clones=clones, aligner=chosen)
    with suppress(AlignmentError):  # nobody says so
        chosen.align(clip, tokens)
    if how:
        how.verifier.verify(clip, tokens)


def _first_words(engine: Batcher, library: Library) -> None:
    """Speak once: libraries load what they need at their first use."""
    for segment in plan("Ready.", SpeakOptions(), engine, library).segments():
        del segment
