"""Whether a recording shows one person speaking: clipping, music, several speakers.

Each measure is one number with one limit, found on people, speech synthesisers and music
(``bench/voices.py``, which also says how often each is wrong).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from voxcue.errors import AudioError
from voxcue.types import Clip
from voxcue.voices.frames import STEP, Floats, Frames, measure

_TOP = 0.99
_MOST_CLIPPED = 0.003
"""Share of the samples within 1 % of the highest; of speech that is not clipped, a tenth of that at most."""

_QUIET = 25.0
_LEAST_QUIET = 0.045
"""Share of the frames that are 25 dB below the loud ones: between words and sounds, speech falls silent."""

_MOST_STEADY = 0.22
"""Share of the voiced frames whose pitch 0.1 s later is within a tenth of a semitone: notes hold theirs."""

_MOST_PULSE = 0.32
"""Autocorrelation of the attacks in the upper bands, at 0.15 to 1 s: drums and plucked strings keep time."""

_MOST_APART = 1.6
"""How far apart the two halves of the recording's seconds are that differ most; see `apart`."""


def check_clipping(clip: Clip) -> None:
    """Refuse a recording that was too loud for what recorded it.

    Raises:
        AudioError: ``audio-clipped``.
    """
    share = clipped(clip.samples)
    if share > _MOST_CLIPPED:
        raise AudioError(
            "audio-clipped",
            f"The recording is clipped: {share:.1%} of its samples are at its highest level "
            f"({_MOST_CLIPPED:.1%} at most).",
            "Record again, further from the microphone or with its level turned down.",
        )


def check_speaker(clip: Clip) -> None:
    """Refuse what is not the speech of one person alone.

    Raises:
        AudioError: ``audio-not-speech``, ``audio-many-speakers``.
    """
    frames = measure(clip)
    for figure, low, high, sounds in _musical(frames):
        if not low <= figure <= high:
            limit = f"at least {low:.1%}" if figure < low else f"at most {high:.0%}"
            raise AudioError(
                "audio-not-speech",
                f"The recording holds music or noise, alone or behind the voice: {sounds.format(figure)} "
                f"(speech: {limit}).",
                "Give a recording of one voice alone, in a quiet room.",
            )
    distance = apart(frames)
    if distance > _MOST_APART:
        raise AudioError(
            "audio-many-speakers",
            f"The recording seems to hold several speakers: parts of it sound {distance:.1f} apart "
            f"(one speaker: {_MOST_APART:.1f} at most).",
            "Cut it to one speaker, with the same tone of voice throughout.",
        )


def clipped(samples: NDArray[np.float32]) -> float:
    """The share of samples within 1 % of the highest, in the half wave that has more of them."""
    return max(float(np.mean(half > _TOP * max(float(half.max()), 1e-9))) for half in (samples, -samples))


def quiet(frames: Frames) -> float:
    """The share of frames that are far below the loud ones."""
    return float(np.mean(frames.levels < np.percentile(frames.levels, 95) - _QUIET))


def steady(frames: Frames) -> float:
    """The share of voiced frames that hold their pitch for a tenth of a second; 0 where few are voiced."""
    voiced = (frames.voicing > 0.8) & (frames.levels > np.percentile(frames.levels, 95) - 30)
    tones = 12 * np.log2(frames.pitch)
    span = round(0.1 / STEP)
    both = voiced[span:] & voiced[:-span]
    if both.sum() <= 20:
        return 0.0
    return float(np.mean(np.abs(tones[span:] - tones[:-span])[both] < 0.1))


def pulse(frames: Frames) -> float:
    """How strongly attacks above 3 kHz repeat: the highest autocorrelation at 0.15 to 1 s, 0 to 1."""
    high = frames.mel[:, 18:]
    high = np.maximum(high, np.percentile(high, 95) - 7)
    attacks = np.maximum(0, high[2:] - high[:-2]).sum(axis=1)
    attacks = np.minimum(attacks, np.percentile(attacks, 98))
    attacks -= attacks.mean()
    count = len(attacks)
    own = np.fft.irfft(np.abs(np.fft.rfft(attacks, 4 * count)) ** 2)[:count]
    lags = np.arange(round(0.15 / STEP), min(round(1.0 / STEP), count))
    return float((own[lags] / (own[0] + 1e-9) * count / (count - lags)).max(initial=0.0))


def apart(frames: Frames) -> float:
    """How far apart two voices in the recording are, if there are two; some 1 for one speaker.

    Cepstra (12, from 200 Hz to 4 kHz) and pitch of the voiced frames are averaged over 1.2 s each; the
    averages are parted into the two groups that differ most (2-means, from each of the three widest
    directions). What is returned is the distance of the groups in units of what the frames vary within an
    average, times the evenness of the parts (1 for halves).
    """
    heard = (frames.levels > np.percentile(frames.levels, 95) - _QUIET) & (frames.voicing > 0.7)
    points = _timbre(frames, heard)
    length = 120
    windows = [points[at : at + length] for at in range(0, len(points) - length // 2, length // 2)]
    if len(windows) < 4:
        return 0.0
    within = np.mean([np.cov(each.T, bias=True) for each in windows], axis=0) + 0.1 * np.eye(points.shape[1])
    means = np.array([each.mean(axis=0) for each in windows])
    means = (means - means.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(within)).T
    return max(_distance(means, side) for side in _sides(means))


def _timbre(frames: Frames, heard: NDArray[np.bool_]) -> Floats:
    """Cepstra and pitch of the frames that are heard, float64 of shape (n, 13)."""
    bands = frames.mel[:, 2:20]
    bands = np.maximum(bands, np.percentile(bands, 98) - 10)
    size = bands.shape[1]
    cosines = np.cos(np.pi / size * (np.arange(size)[:, None] + 0.5) * np.arange(1, 13)) * np.sqrt(2 / size)
    tones = 12 * np.log2(frames.pitch[heard])
    tones = 0.2 * np.clip(tones - np.median(tones), -12, 12) if len(tones) else tones
    return np.column_stack([(bands @ cosines)[heard], tones])


def _sides(means: Floats) -> Iterator[NDArray[np.bool_]]:
    """The windows in two groups, from different beginnings."""
    directions, _, _ = np.linalg.svd(means, full_matrices=False)
    for direction in directions.T[:3]:
        side = direction > 0
        for _ in range(10):
            if side.all() or not side.any():
                break
            here, there = means[side].mean(axis=0), means[~side].mean(axis=0)
            side = ((means - there) ** 2).sum(axis=1) > ((means - here) ** 2).sum(axis=1)
        yield side


def _distance(means: Floats, side: NDArray[np.bool_]) -> float:
    share = float(side.mean())
    if not 0 < share < 1:
        return 0.0
    gap = means[side].mean(axis=0) - means[~side].mean(axis=0)
    return float(np.sqrt((gap**2).sum() * share * (1 - share)) * 2)


def _musical(frames: Frames) -> Iterator[tuple[float, float, float, str]]:
    """Each measure of music, with the lowest and the highest that speech has, and what it says."""
    yield quiet(frames), _LEAST_QUIET, 1.0, "it falls quiet for {:.1%} of its time"
    yield steady(frames), 0.0, _MOST_STEADY, "{:.0%} of its voiced time hold a note"
    yield pulse(frames), 0.0, _MOST_PULSE, "its attacks keep time to {:.0%}"
