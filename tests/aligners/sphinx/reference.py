"""What PocketSphinx's own decoder makes of speech: cepstra, scores of senones, and the states of a text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pocketsphinx import Decoder

from voxcue.types import Clip

SENONES = 5126
"""How many the model has."""

_UNIT = 1024 * np.log(1.0001)
"""Nats of one unit of its scores."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class State:
    """A state of an alignment: its senone, and its frames, ``end`` exclusive."""

    senone: int
    start: int
    end: int


@dataclass(frozen=True)
class Word:
    """A word of an alignment: its spelling and pronunciation, and its states."""

    spelling: str
    phones: tuple[str, ...]
    states: list[State]


def cepstra(clip: Clip, folder: Path) -> Array:
    """Cepstra without their mean taken off, of shape ``(frames, 13)``."""
    _decode(clip, mfclogdir=str(folder))
    data = (folder / "000000000.mfc").read_bytes()
    return np.frombuffer(data, ">f4", offset=4).reshape(-1, 13).astype(np.float64)


def scores(clip: Clip, folder: Path) -> Array:
    """Nats of the senones below the best one of a frame, of shape ``(frames, senones)``."""
    _decode(clip, compallsen=True, senlogdir=str(folder))
    data = (folder / "000000000.sen").read_bytes()
    begin = data.index(b"endhdr\n") + 7 + 4
    rows = np.frombuffer(data, np.dtype([("count", "<i2"), ("scores", "<i2", SENONES)]), offset=begin)
    assert set(rows["count"]) == {SENONES}
    found = -_UNIT * rows["scores"].astype(np.float64)
    return np.asarray(found - found.max(axis=1, keepdims=True))


def alignment(clip: Clip, text: str) -> list[Word]:
    """The words of a text with their states, silence around them left out."""
    decoder = Decoder(lm=None, loglevel="FATAL")
    decoder.set_align_text(text)
    _utter(decoder, _integers(clip))
    decoder.set_alignment()
    _utter(decoder, _integers(clip))
    return [
        Word(
            word.name.partition("(")[0],
            tuple(phone.name for phone in word),
            [
                State(int(state.name), state.start, state.start + state.duration)
                for phone in word
                for state in phone
            ],
        )
        for word in decoder.get_alignment().words()
        if word.name not in ("<sil>", "</s>")
    ]


def _decode(clip: Clip, **options: object) -> None:
    decoder = Decoder(lm=None, loglevel="FATAL", **options)
    decoder.add_fsg("word", decoder.create_fsg("word", 0, 1, [(0, 1, 1.0, "yes")]))
    decoder.activate_search("word")
    _utter(decoder, _integers(clip))
    _utter(decoder, b"")  # a log is whole when the next one begins


def _utter(decoder: Decoder, audio: bytes) -> None:
    decoder.start_utt()
    if audio:
        decoder.process_raw(audio, full_utt=True)
    decoder.end_utt()


def _integers(clip: Clip) -> bytes:
    assert clip.sample_rate == 16_000
    return (np.clip(clip.samples, -1, 1) * 32767).astype("<i2").tobytes()
