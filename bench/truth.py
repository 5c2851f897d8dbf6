"""Speech whose word times are known exactly, because synthesizers say when each segment begins and ends.

flite, festival and espeak-ng (Debian packages ``flite``, ``festival`` with voices, ``libespeak-ng1``); what
is not installed is left out. Texts are plain words, so that nothing depends on how numbers are read.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import pydoc_data.topics
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from common import PAGE
from voxcue.types import Clip, Span

FLITE = ("slt", "rms", "awb", "kal16")
FESTIVAL = ("kal_diphone", "ked_diphone", "cmu_us_slt_arctic_hts")
ESPEAK = ("en-us", "en-gb", "en-gb-scotland", "en-us+f3", "en-gb+m4", "en-us+f5")


@dataclass(frozen=True)
class Spoken:
    """Words, the exact span of each in seconds, and the audio; ``synthesizer`` and ``voice`` say whose."""

    synthesizer: str
    voice: str
    words: tuple[str, ...]
    spans: tuple[Span, ...]
    clip: Clip


def book(count: int) -> list[str]:
    """Clauses of a novel, 30 to 140 characters: what aligners may be tuned on."""
    return _plain(re.findall(r"[A-Z][^.?!;:]{30,140}", PAGE.replace("\u2019", "'")))[:count]


def manual(count: int) -> list[str]:
    """Sentences of Python's reference manual, 40 to 140 characters: what nothing was tuned on."""
    whole = " ".join(
        " ".join(pydoc_data.topics.topics[name].split()) for name in sorted(pydoc_data.topics.topics)
    )
    found = re.findall(r"(?<=[.] )[A-Z][a-z]+(?:,? [a-z]+){6,22}(?=[.] )", whole)
    return list(dict.fromkeys(_plain(found)))[:count]


def _plain(sentences: Sequence[str]) -> list[str]:
    return [
        " ".join(re.findall(r"[A-Za-z']+", each)).lower() for each in sentences if not re.search(r"\d", each)
    ]


def spoken(sentences: Iterable[str], only: Sequence[tuple[str, str]] = ()) -> Iterator[Spoken]:
    """Every sentence once, by all installed voices in turn; without those whose times are in doubt.

    Args:
        sentences: plain words.
        only: the synthesizers and voices that may speak; all, if none is named.
    """
    voices = [each for each in _voices() if not only or each[1:] in only]
    for index, sentence in enumerate(sentences if voices else ()):
        speak, synthesizer, voice = voices[index % len(voices)]
        words = tuple(sentence.split())
        made = speak(words, voice)
        if made is not None and len(made[0]) == len(words):
            yield Spoken(synthesizer, voice, words, tuple(made[0]), made[1])


Made = tuple[list[Span], Clip] | None


def _voices() -> list[tuple[Callable[[Sequence[str], str], Made], str, str]]:
    """One voice of each synthesizer after the other."""
    kinds = []
    if shutil.which("flite"):
        kinds.append([(_flite, "flite", voice) for voice in FLITE])
    if shutil.which("festival"):
        kinds.append([(_festival, "festival", voice) for voice in FESTIVAL])
    if ctypes.util.find_library("espeak-ng"):
        kinds.append([(_espeak, "espeak-ng", voice) for voice in ESPEAK])
    most = max(map(len, kinds), default=0)
    return [kind[index % len(kind)] for index in range(most) for kind in kinds]


def _flite(words: Sequence[str], voice: str) -> Made:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        segments = _flite_segments(" ".join(words), voice, str(path))
        phones = [(b[1], a[1]) for b, a in pairwise([("", 0.0), *segments]) if a[0] != "pau"]
        edges = np.cumsum([0, *(_flite_phones(word, voice) for word in words)])
        if edges[-1] != len(phones):
            return None
        return [Span(phones[a][0], phones[b - 1][1]) for a, b in pairwise(edges)], _read(path)


@cache
def _flite_phones(word: str, voice: str) -> int:
    return sum(name != "pau" for name, _ in _flite_segments(word, voice, "none"))


def _flite_segments(text: str, voice: str, path: str) -> list[tuple[str, float]]:
    command = ["flite", "-voice", voice, "-psdur", "-t", text, "-o", path]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [(name, float(end)) for name, end in (each.split(":") for each in shown.split())]


_NO_WORD = "0"
"""Start of the word of the "r" that ked_diphone adds to an "er": it belongs to the word before it."""


def _festival(words: Sequence[str], voice: str) -> Made:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        script = Path(folder) / "say.scm"
        script.write_text(
            f"""(voice_{voice})
            (set! said (utt.synth (Utterance Text "{" ".join(words)}")))
            (utt.save.wave said "{path}" 'riff)
            (mapcar (lambda (phone) (format t "%s %s %s\\n" (item.name phone) (item.feat phone "segment_end")
               (item.feat phone "R:SylStructure.parent.parent.R:Word.word_start")))
               (utt.relation.items said 'Segment))"""
        )
        done = subprocess.run(["festival", "--batch", str(script)], capture_output=True, text=True)
        if done.returncode or not path.exists():
            return None
        spans: list[Span] = []
        begin, owner = 0.0, ""
        for name, ends, start in (line.split() for line in done.stdout.splitlines()):
            end = float(ends)
            if name in ("pau", "sil", "h#"):
                owner = ""
            elif owner and start in (owner, _NO_WORD):
                spans[-1] = Span(spans[-1].start, end)
            else:
                spans.append(Span(begin, end))
                owner = start
            begin = end
        return spans, _read(path)


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("message", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("milliseconds", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user", ctypes.c_void_p),
        ("name", ctypes.c_char * 8),
    )


_HEARD = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))
_WORD, _PHONEME, _LAST = 1, 7, 0


@cache
def _espeak_library() -> tuple[ctypes.CDLL, int]:
    library = ctypes.CDLL(ctypes.util.find_library("espeak-ng"))
    rate = library.espeak_Initialize(2, 0, None, 1)  # audio is handed over, phonemes are told
    return library, rate


def _espeak(words: Sequence[str], voice: str) -> Made:
    library, rate = _espeak_library()
    samples: list[np.ndarray] = []
    events: list[tuple[int, int, bytes]] = []

    def heard(wave: Any, count: int, told: Any) -> int:
        if wave and count:
            samples.append(np.ctypeslib.as_array(wave, (count,)).copy())
        at = 0
        while told[at].type != _LAST:
            if told[at].type in (_WORD, _PHONEME):
                events.append((told[at].type, told[at].sample, told[at].name))
            at += 1
        return 0

    library.espeak_SetVoiceByName(voice.encode())
    callback = _HEARD(heard)
    library.espeak_SetSynthCallback(callback)
    text = " ".join(words).encode()
    library.espeak_Synth(text, len(text) + 1, 0, 0, 0, 1, None, None)
    whole = np.concatenate(samples).astype(np.float32) / np.float32(32768)
    return _espeak_spans(events, rate, len(whole)), Clip(whole, rate)


def _espeak_spans(events: Sequence[tuple[int, int, bytes]], rate: int, total: int) -> list[Span]:
    """A word begins at its event (a stop's phoneme event comes after its closure), unless the last phoneme of
    the word before begins there too: then at its own first phoneme."""
    spans: list[Span] = []
    begin: int | None = None
    for place, (kind, _sample, name) in enumerate(events):
        if kind == _PHONEME and not name.startswith(b"_"):
            continue
        if begin is not None:
            spans.append(Span(begin / rate, _own_start(events, place) / rate))
        begin = _own_start(events, place) if kind == _WORD else None
    if begin is not None:
        spans.append(Span(begin / rate, total / rate))
    return spans


def _own_start(events: Sequence[tuple[int, int, bytes]], place: int) -> int:
    kind, sample, _ = events[place]
    taken = kind == _WORD and place > 0 and events[place - 1][:2] == (_PHONEME, sample)
    return events[place + 1][1] if taken and place + 1 < len(events) else sample


def _read(path: Path) -> Clip:
    samples, rate = soundfile.read(path, dtype="float32")
    return Clip(samples, rate)
