"""The embedded default engine: hibari, 8 MB of English speech on a laptop's CPU, no cloning.

The model's graph computes how long each phoneme lasts; this module brings that tensor out, so the
engine times its own words. The package ``hibari-tts`` does the phonemes and the waveform.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voxcue.engines.base import EngineTraits, SynthesisRequest, VoicePrompt
from voxcue.engines.hibari_marks import FRAME, marks
from voxcue.engines.hibari_text import phonemize, unspeakable
from voxcue.errors import UnavailableError, UsageError
from voxcue.g2p import rules
from voxcue.types import Clip, Reference, Voice

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
"""onnxruntime would otherwise leave a device id and an event queue in the user's cache, at its import."""

_DURATIONS = "/Cast_32_output_0"
"""The graph's tensor of phoneme durations: int64, shape (phonemes,), in frames of 25 ms."""

_MOST_WORKERS = 8
"""Utterances of one call spoken at once at most: each holds some 30 MB of spectrum while it is made."""


@dataclass(frozen=True, slots=True)
class _Model:
    """One voice loaded: its graph, its grapheme-to-phoneme rules and the phoneme alphabet."""

    session: Any
    g2p: Any
    vocabulary: dict[str, int]


def _cores() -> int:
    """CPU cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class HibariEngine:
    """English text-to-speech by ``hibari-tts`` (Apache-2.0), distilled from Kokoro-82M."""

    name = "hibari"
    sample_rate = 24_000
    traits = EngineTraits(
        description="embedded English voices, far faster than real time on one CPU core",
        languages=("en",),
        clones_voices=False,
        times_words=True,
        licence="Apache-2.0",
        batch_size=1,  # the graph takes one utterance, and runs on one core
        passes=_cores(),
    )

    def voices(self) -> Sequence[Voice]:
        """The voice in the package first, then those fetched on first use."""
        from hibari.voices import VOICES, cache_dir

        return [
            Voice(
                name=name,
                language=entry["language"],
                description=f"{entry['accent']} {entry['gender']}",
                licence=self.traits.licence,
                ready=bool(entry.get("bundled")) or (Path(cache_dir()) / entry["file"]).exists(),
            )
            for name, entry in VOICES.items()
        ]

    def load(self) -> None:
        """Load the voice in the package."""
        self.prepare(self.voices()[0].name)

    def warm_up(self) -> str:
        """Load the voice in the package: there is nothing to prepare for later starts."""
        self.load()
        return "loaded"

    def prepare(self, voice: str | Reference) -> VoicePrompt:
        """Load a voice, fetching its 8 MB first where the package does not carry it."""
        known = {each.name: each for each in self.voices()}
        if isinstance(voice, Reference):
            raise UsageError(
                "voice-uncloned",
                f"The engine 'hibari' speaks with its own voices and cannot clone '{voice.name}'.",
                f"Choose one of its voices ({', '.join(known)}), or an engine that clones: 'voxcue engines'.",
            )
        if voice not in known:
            raise UsageError(
                "voice-unknown",
                f"The engine 'hibari' has no voice called '{voice}'; known: {', '.join(known)}.",
                "Run 'voxcue voices list' to see them.",
            )
        return VoicePrompt(known[voice], _load(voice))

    def unspeakable(self, text: str) -> str:
        """Letters of scripts that the English grapheme-to-phoneme rules cannot read."""
        return unspeakable(text)

    def synthesize(self, batch: Sequence[SynthesisRequest]) -> Iterator[Clip]:
        """Speak every request, a few at a time on the machine's cores, and yield them in order."""
        workers = min(len(batch), self.traits.passes, _MOST_WORKERS)
        if workers <= 1:
            yield from map(_speak, batch)
            return
        waiting: deque[Future[Clip]] = deque()
        with ThreadPoolExecutor(workers, thread_name_prefix="hibari") as pool:
            try:
                for request in batch:
                    waiting.append(pool.submit(_speak, request))
                    if len(waiting) > workers:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)


def _speak(request: SynthesisRequest) -> Clip:
    """One utterance to audio and marks; the seed fixes the noise part of the waveform."""
    from hibari import dsp

    model: _Model = request.prompt.data
    random = np.random.default_rng(request.seed)
    phonemes = phonemize(model.g2p, model.vocabulary, request.utterance.tokens)
    pieces: list[NDArray[np.float32]] = []
    durations: list[NDArray[np.int64]] = []
    for piece in phonemes.pieces():
        ids = [0, *(model.vocabulary[symbol] for symbol in piece), 0]
        feed = {"ids": np.array([ids], np.int64), "speed": np.array([request.speed], np.float32)}
        *spectrum, lengths = model.session.run(None, feed)
        pieces.append(dsp.synth(*(part[0] for part in spectrum), random))
        durations.append(lengths)
    samples = np.concatenate(pieces)
    starts = phonemes.starts(np.concatenate(durations) * FRAME)
    rate = HibariEngine.sample_rate
    return Clip(samples, rate, marks(starts, samples, rate, request.speed))


@lru_cache(maxsize=4)
def _load(voice: str) -> _Model:
    """Load one voice; its graph is prepared while the word lists, the slower part, are read."""
    from hibari.tts import ASSETS
    from hibari.voices import VOICES

    graph = _graph(voice)
    with ThreadPoolExecutor(1) as pool:
        session = pool.submit(_session, graph, voice)
        g2p = rules(british=VOICES[voice]["british"])
        vocabulary = json.loads((Path(ASSETS) / "vocab.json").read_text(encoding="utf-8"))
        return _Model(session.result(), g2p, vocabulary)


def _graph(voice: str) -> bytes:
    """The model of a voice as ONNX, fetched and verified where the package does not carry it."""
    from hibari.voices import VOICES, voice_path

    try:
        path = Path(voice_path(voice))
        graph = path.read_bytes()
    except (RuntimeError, OSError) as error:
        raise UnavailableError(
            "voice-unavailable",
            f"The voice '{voice}' of the engine 'hibari' could not be fetched.",
            str(error),
        ) from error
    if not VOICES[voice].get("bundled") and sha256(graph).hexdigest() != VOICES[voice]["sha256"]:
        raise UnavailableError(
            "voice-unavailable",
            f"The voice '{voice}' of the engine 'hibari' is damaged on this machine.",
            f"Delete the file '{path}'; it is fetched again when it is next asked for.",
        )
    return graph


def _session(graph: bytes, voice: str) -> Any:
    """Make the graph ready to run on one core, with the durations as its last output."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    graph += _extra_output(_DURATIONS)
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own errors share no public base
        raise UnavailableError(
            "voice-unreadable",
            f"The model of the voice '{voice}' does not say how long its phonemes last: {error}",
            "Install the version of hibari-tts that Voxcue asks for.",
        ) from error


def _extra_output(tensor: str) -> bytes:
    """Bytes that, appended to a serialised ONNX model, make ``tensor`` one more output of its graph.

    Protocol buffers merge a message that occurs twice, so a second ``ModelProto.graph`` (field 7) with
    one ``GraphProto.output`` (field 12) named (``ValueInfoProto.name``, field 1) is all that it takes.
    """

    def field(number: int, payload: bytes) -> bytes:
        return bytes([number << 3 | 2, len(payload)]) + payload

    return field(7, field(12, field(1, tensor.encode())))
