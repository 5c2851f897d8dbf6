"""What `/metrics` tells Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_LATENCY = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600)


class Metrics:
    """The counters of one server."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "voxcue_requests", "Requests answered", ["route", "method", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "voxcue_request_seconds",
            "From the request to the end of the reply",
            ["route"],
            buckets=_LATENCY,
            registry=self.registry,
        )
        self._speech = Counter(
            "voxcue_speech_seconds", "Seconds of speech made", ["engine"], registry=self.registry
        )
        self._words = Counter("voxcue_words", "Words timed", ["aligner"], registry=self.registry)
        self._stages = Histogram(
            "voxcue_stage_seconds",
            "Seconds of each stage of a request",
            ["stage"],
            buckets=_LATENCY,
            registry=self.registry,
        )
        self._factor = Histogram(
            "voxcue_real_time_factor",
            "Seconds of work, waiting left out, for a second of speech",
            ["engine"],
            buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
            registry=self.registry,
        )

    def watch(self, name: str, help_text: str, read: Callable[[], float]) -> None:
        """Add a value that is read when Prometheus asks."""
        Gauge(name, help_text, registry=self.registry).set_function(read)

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def stages(self, timings: Mapping[str, float]) -> None:
        """Count the seconds of the stages of one request."""
        for stage, seconds in timings.items():
            self._stages.labels(stage).observe(seconds)

    def speech(self, engine: str, aligner: str, duration: float, words: int, seconds: float) -> None:
        """Count a finished speech of ``duration`` seconds that took ``seconds`` of work."""
        self._speech.labels(engine).inc(duration)
        self._words.labels(aligner).inc(words)
        self._factor.labels(engine).observe(seconds / max(duration, 1e-9))

    def page(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self.registry)
