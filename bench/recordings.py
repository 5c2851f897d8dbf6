"""Recordings for `bench/voices.py`: one speaker, two, music, speech over music, noise; all made or from
Debian.

People are the prompts of the packages ``asterisk-core-sounds-*`` and ``asterisk-prompt-*``, real music those
of ``asterisk-moh-opsound-g722``; what is not installed is left out. Machines are flite, espeak-ng and hibari.
"""

from __future__ import annotations

import random
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

import voxcue
from common import PAGE
from voxcue.audio.read import read
from voxcue.audio.trim import trim
from voxcue.ffmpeg import executable
from voxcue.types import Clip

RATE = 16_000
Samples = NDArray[np.float32]

_PROMPTS = Path("/usr/share/asterisk/sounds")
_MUSIC = Path("/usr/share/asterisk/moh")
_PEOPLE = [
    "en_US_f_Allison",
    "es",
    "es_MX_f_Allison",
    "fr",
    "fr_CA_f_June",
    "it_IT_f_Menardi",
    "it_IT_m_Carlo",
    "ru_RU_f_IvrvoiceRU",
]
_SAME = {frozenset({"en_US_f_Allison", "es_MX_f_Allison"})}
"""Perhaps one person."""
_NARROW = {"es", "fr", "it_IT_f_Menardi", "flite-kal"}
"""Recorded at 8 kHz."""
_FLITE = ("kal", "slt", "rms", "awb")
_ESPEAK = ("en-us", "en-gb+f3", "en-us+m4", "en-gb-scotland+f5")


@dataclass(frozen=True)
class Recording:
    """``kind`` is what it is, ``source`` who or what is heard; mono samples at 16 kHz."""

    kind: str
    source: str
    samples: Samples

    @property
    def clip(self) -> Clip:
        """The recording as Voxcue reads it."""
        return Clip(self.samples, RATE)


def speakers(each: int) -> Iterator[Recording]:
    """One speaker, 4 to 11 s: ``each`` recordings of every one, clean and as bad rooms have them."""
    for name in voices():
        spoken = pieces(name)
        chance = random.Random(name)
        for _ in range(each):
            clean = joined(_turns(spoken, chance, chance.uniform(4, 10)))
            yield Recording("speaker", name, clean)
            worse = chance.choice((_hissing, _compressed, _telephone, _echoing))
            yield Recording("speaker-degraded", f"{name} {worse.__name__}", worse(clean, chance))


def pairs(count: int) -> Iterator[Recording]:
    """Two speakers who take turns, or one after the other, 6 to 11 s."""
    chance = random.Random("pairs")
    names = voices()
    for _ in range(count):
        first, second = chance.sample(names, 2)
        if frozenset({first, second}) in _SAME:
            continue
        turns = [joined(_turns(pieces(name), chance, chance.uniform(2.5, 5))) for name in (first, second)]
        if chance.random() < 0.4:
            turns += [joined(_turns(pieces(name), chance, 1.5)) for name in (first, second)]
        whole = joined(turns)
        if {first, second} & _NARROW:  # the band must not tell who speaks
            whole = _telephone(whole, chance)
        yield Recording("two-speakers", f"{first} / {second}", whole)


def music(each: int) -> Iterator[Recording]:
    """Real music where it is installed, and drums, chords, tunes and sweeps, 8 s each."""
    chance = random.Random("music")
    for path in sorted(_MUSIC.glob("*.g722")):
        whole = _decoded(path)
        for _ in range(2 * each):
            yield Recording("music", path.stem, _part(whole, chance, 8.0))
    for make in (chords, drums, tune, sweep, band, arpeggio):
        for _ in range(each):
            yield Recording("music", make.__name__, _level(make(chance, 8.0)))
    for colour in ("white", "pink"):
        for _ in range(max(1, each // 2)):
            yield Recording("noise", colour, _level(noise(chance, 8.0, pink=colour == "pink")))


def over_music(count: int) -> Iterator[Recording]:
    """One speaker with music behind, 0 to 12 dB below."""
    chance = random.Random("over")
    beds = list(music(3))
    beds = [bed for bed in beds if bed.kind == "music"]
    for _ in range(count):
        name = chance.choice(voices())
        speech = joined(_turns(pieces(name), chance, chance.uniform(5, 7)))
        bed = chance.choice(beds)
        below = chance.uniform(0, 12)
        behind = np.resize(bed.samples, len(speech)) * np.float32(10 ** (-below / 20))
        yield Recording("speech-over-music", f"{name} / {bed.source} {below:.0f} dB", _level(speech + behind))


def clipped(count: int) -> Iterator[Recording]:
    """One speaker, recorded 6 to 20 dB too loud."""
    chance = random.Random("clipped")
    for _ in range(count):
        name = chance.choice(voices())
        speech = joined(_turns(pieces(name), chance, 6.0))
        gain = 10 ** (chance.uniform(6, 20) / 20) / np.abs(speech).max()
        yield Recording(
            "clipped", name, np.clip(speech * np.float32(gain), -1, 1) * np.float32(chance.uniform(0.3, 1))
        )


@cache
def voices() -> list[str]:
    """Every speaker that there is here."""
    people = [name for name in _PEOPLE if (_PROMPTS / name).is_dir()]
    return [*people, *(f"flite-{name}" for name in _FLITE), *(f"espeak-{name}" for name in _ESPEAK), "hibari"]


def said(count: int) -> list[str]:
    """Sentences of a book, of 30 to 160 characters."""
    sentences = re.split(r"(?<=[.!?]) +", PAGE.replace("\n", " "))
    fit = [each.strip() for each in sentences if 30 <= len(each) <= 160]
    return fit[:count]


@cache
def pieces(name: str) -> list[Samples]:
    """Sentences or prompts of one speaker, each without silence around it, at one level."""
    kind, _, voice = name.partition("-")
    if kind in {"flite", "espeak", "hibari"}:
        return [_level(_spoken(kind, voice, sentence)) for sentence in said(18)]
    decoded = [_decoded(path) for path in sorted((_PROMPTS / name).iterdir()) if path.is_file()]
    long = [each for each in decoded if len(each) > 1.5 * RATE]
    return [_level(trim(Clip(each, RATE)).samples) for each in long[:150]]


def _spoken(kind: str, voice: str, text: str) -> Samples:
    if kind == "hibari":
        clip = voxcue.speak(text).clip
        return trim(Clip(soxr.resample(clip.samples, clip.sample_rate, RATE), RATE)).samples
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        flite = ["flite", "-voice", voice, "-t", text, "-o", str(path)]
        subprocess.run(
            flite if kind == "flite" else ["espeak-ng", "-v", voice, "-w", str(path), text], check=True
        )
        clip = read(path)
    return trim(Clip(soxr.resample(clip.samples, clip.sample_rate, RATE), RATE)).samples


@cache
def _decoded(path: Path) -> Samples:
    kind = ("-f", path.suffix[1:])
    command = [
        executable(),
        "-v",
        "error",
        *kind,
        "-i",
        str(path),
        "-f",
        "f32le",
        "-ac",
        "1",
        "-ar",
        str(RATE),
        "-",
    ]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.float32)


def _turns(pieces: list[Samples], chance: random.Random, seconds: float) -> list[Samples]:
    """Pieces in any order until they last so long; the last may be cut at 11 s."""
    chosen: list[Samples] = []
    while sum(map(len, chosen)) < seconds * RATE:
        chosen.append(chance.choice(pieces))
    room = int((seconds + 1.5) * RATE) - sum(map(len, chosen[:-1]))
    return [*chosen[:-1], chosen[-1][:room]]


def joined(parts: list[Samples]) -> Samples:
    """Pieces with 0.3 s between them."""
    silence = np.zeros(int(0.3 * RATE), np.float32)
    return np.concatenate([part for piece in parts for part in (piece, silence)][:-1])


def _level(samples: Samples) -> Samples:
    return (samples * np.float32(0.08 / (np.sqrt(np.mean(samples**2)) + 1e-9))).astype(np.float32)


def _part(samples: Samples, chance: random.Random, seconds: float) -> Samples:
    begin = chance.randrange(max(1, len(samples) - int(seconds * RATE)))
    return _level(samples[begin : begin + int(seconds * RATE)])


def _hissing(samples: Samples, chance: random.Random) -> Samples:
    below = chance.uniform(25, 35)
    return samples + _level(noise(chance, len(samples) / RATE, pink=True)) * np.float32(10 ** (-below / 20))


def _compressed(samples: Samples, _: random.Random) -> Samples:
    with tempfile.NamedTemporaryFile(suffix=".mp3") as file:
        soundfile.write(
            file.name, samples, RATE, format="MP3", bitrate_mode="CONSTANT", compression_level=0.9
        )
        return read(Path(file.name)).samples


def _telephone(samples: Samples, _: random.Random) -> Samples:
    spectrum = np.fft.rfft(samples)
    at = np.fft.rfftfreq(len(samples), 1 / RATE)
    return np.fft.irfft(spectrum * ((at > 250) & (at < 3500)), len(samples)).astype(np.float32)


def _echoing(samples: Samples, chance: random.Random) -> Samples:
    """A room with a reverberation time of 0.3 to 0.5 s, close to the microphone."""
    random_ = np.random.default_rng(chance.randrange(2**32))
    times = np.arange(int(0.4 * RATE)) / RATE
    tail = random_.normal(0, 1, len(times)) * np.exp(-6.9 * times / chance.uniform(0.3, 0.5))
    tail *= 0.4 / np.sqrt((tail**2).sum())
    tail[0] = 1.0
    size = len(samples) + len(tail)
    return np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(tail, size), size)[: len(samples)].astype(
        np.float32
    )


def noise(chance: random.Random, seconds: float, *, pink: bool = False) -> Samples:
    """White noise, or pink."""
    white = np.random.default_rng(chance.randrange(2**32)).normal(0, 1, int(seconds * RATE))
    if not pink:
        return white.astype(np.float32)
    spectrum = np.fft.rfft(white)
    return np.fft.irfft(spectrum / np.sqrt(np.maximum(1, np.arange(len(spectrum)))), len(white)).astype(
        np.float32
    )


def _note(key: float, seconds: float, chance: random.Random, decay: float) -> Samples:
    times = np.arange(int(seconds * RATE)) / RATE
    pitch = 440 * 2 ** ((key - 69) / 12)
    parts = range(1, chance.choice((2, 5, 9)))
    wave = sum(np.sin(2 * np.pi * pitch * n * times + n) / n for n in parts)
    return (wave * np.exp(-decay * times) * np.minimum(1, times * 200)).astype(np.float32)


def _played(
    notes: Sequence[tuple[float, float, float]], seconds: float, chance: random.Random, decay: float
) -> Samples:
    """Notes of (start, key, length in seconds)."""
    out = np.zeros(int((seconds + 3) * RATE), np.float32)
    for start, key, length in notes:
        wave = _note(key, length, chance, decay)
        begin = int(start * RATE)
        out[begin : begin + len(wave)] += wave[: len(out) - begin]
    return out[: int(seconds * RATE)]


def chords(chance: random.Random, seconds: float) -> Samples:
    """Triads, one or two a second."""
    step = chance.uniform(0.5, 1.0)
    roots = [chance.choice((48, 50, 53, 55, 57)) for _ in range(int(seconds / step) + 1)]
    notes = [(i * step, root + add, step) for i, root in enumerate(roots) for add in (0, 4, 7)]
    return _played(notes, seconds, chance, chance.uniform(0.2, 2))


def tune(chance: random.Random, seconds: float) -> Samples:
    """One note after the other, as on a flute or a piano; some rests."""
    step = chance.uniform(0.18, 0.5)
    keys = [chance.choice((60, 62, 64, 65, 67, 69, 71, 72)) for _ in range(int(seconds / step) + 1)]
    notes = [(i * step, key, step * 0.95) for i, key in enumerate(keys) if chance.random() < 0.85]
    return _played(notes, seconds, chance, chance.uniform(0.2, 6))


def arpeggio(chance: random.Random, seconds: float) -> Samples:
    """Broken chords that ring on."""
    step = chance.uniform(0.12, 0.3)
    notes = [(i * step, 48 + (0, 4, 7, 12, 16, 12, 7, 4)[i % 8], 1.0) for i in range(int(seconds / step))]
    return _played(notes, seconds, chance, 3.0)


def drums(chance: random.Random, seconds: float) -> Samples:
    """A kick, a snare and a hi-hat."""
    random_ = np.random.default_rng(chance.randrange(2**32))
    beat = 60 / chance.uniform(80, 150) / 2
    out = np.zeros(int((seconds + 1) * RATE), np.float32)
    times = np.arange(int(0.3 * RATE)) / RATE
    kick = np.sin(2 * np.pi * 60 * times * np.exp(-3 * times)) * np.exp(-12 * times)
    snare = random_.normal(0, 0.4, len(times)) * np.exp(-18 * times)
    hat = np.diff(random_.normal(0, 0.15, len(times) + 1)) * np.exp(-50 * times)
    for index in range(int(seconds / beat)):
        hit = hat + (kick if index % 4 == 0 else 0) + (snare if index % 4 == 2 else 0)
        begin = int(index * beat * RATE)
        out[begin : begin + len(hit)] += hit[: len(out) - begin].astype(np.float32)
    return out[: int(seconds * RATE)]


def band(chance: random.Random, seconds: float) -> Samples:
    """Drums, chords and a tune together."""
    return _level(drums(chance, seconds)) + _level(chords(chance, seconds)) + _level(tune(chance, seconds))


def sweep(chance: random.Random, seconds: float) -> Samples:
    """A tone that slides up and down."""
    times = np.arange(int(seconds * RATE)) / RATE
    pitch = 300 * 4 ** np.sin(2 * np.pi * times * chance.uniform(0.1, 1))
    return np.sin(2 * np.pi * np.cumsum(pitch) / RATE).astype(np.float32)
