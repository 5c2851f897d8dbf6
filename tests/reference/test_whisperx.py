"""The aligner `whisperx` with the package itself, on a small model that nobody has trained."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

pytest.importorskip("whisperx", reason="make test-reference runs this in an environment of its own")

import transformers
from whisperx import alignment

from tests.aligners.promise import assert_kept
from voxcue.aligners import aligner_class
from voxcue.aligners import whisperx as ours
from voxcue.aligners.whisperx import WhisperxAligner
from voxcue.errors import AlignmentError, LimitError, UnavailableError
from voxcue.settings import settings
from voxcue.text import parse
from voxcue.types import Clip, Token

RATE = 24_000
TEXT = (
    "In 2014 it cost $3.50 — really! 🚀 Ada's page is https://example.com/a?b=1 … "
    "We don’t know: 7:30 p.m., 9% #BookTok, 1/2 café 中文 naïve."
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with the letters of English, as published ones are laid out."""
    made = tmp_path_factory.mktemp("model")
    return save(made, ["<pad>", "<s>", "</s>", "<unk>", "|", "'", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ"])


def save(folder: Path, entries: list[str]) -> Path:
    torch.manual_seed(1)
    config = transformers.Wav2Vec2Config(
        vocab_size=len(entries),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=48,
        conv_dim=(16,) * 7,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=4,
        pad_token_id=0,
        feat_extract_norm="layer",  # the other norm is over all frames, and windows would change it
    )
    model = transformers.Wav2Vec2ForCTC(config).eval()
    with torch.no_grad():
        model.lm_head.weight.mul_(20)  # far from uniform, as if it knew something
    model.save_pretrained(folder)
    vocabulary = folder / "letters.json"
    vocabulary.write_text(json.dumps({entry: at for at, entry in enumerate(entries)}), encoding="utf-8")
    transformers.Wav2Vec2Processor(
        transformers.Wav2Vec2FeatureExtractor(), transformers.Wav2Vec2CTCTokenizer(str(vocabulary))
    ).save_pretrained(folder)
    return folder


@pytest.fixture(autouse=True)
def configured(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {"WHISPERX_MODEL": folder, "MODELS": tmp_path / "models", "DEVICE": "cpu"}.items():
        monkeypatch.setenv(f"VOXCUE_{name}", str(value))
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def chosen(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"VOXCUE_{name}", value)
    settings.cache_clear()


def noise(seconds: float, rate: int = RATE) -> Clip:
    samples = np.random.default_rng(0).normal(0, 0.1, round(seconds * rate))
    return Clip(samples.astype(np.float32), rate)


def tokens_of(text: str) -> list[Token]:
    return [token for utterance in parse(text).utterances for token in utterance.tokens]


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
def test_every_token_gets_a_time(rate: int) -> None:
    tokens, clip = tokens_of(TEXT), noise(20.0, rate)
    words = WhisperxAligner().align(clip, tokens)
    assert_kept(words, tokens, clip.duration)
    assert all((word.confidence is None) == (not word.spoken) for word in words)
    assert all(0 <= word.confidence <= 1 for word in words if word.confidence is not None)


def test_times_are_those_of_the_package() -> None:
    words = ["we", "know", "the", "old", "museum", "and", "it", "is", "not", "far"]
    clip = noise(5.0, 16_000)
    found = WhisperxAligner().align(clip, [Token(word, word, 0) for word in words])
    model, metadata = alignment.load_align_model("en", "cpu", settings().whisperx_model)
    segment = {"text": " ".join(words), "start": 0.0, "end": 5.0}
    theirs = alignment.align([segment], model, metadata, clip.samples, "cpu")["word_segments"]
    assert [word.text for word in found] == [each["word"] for each in theirs]
    assert [word.start for word in found] == pytest.approx([each["start"] for each in theirs])
    assert [word.end for word in found][:-1] == pytest.approx([each["end"] for each in theirs][:-1])
    assert [word.confidence for word in found] == [each["score"] for each in theirs]


def test_a_token_of_several_words_spans_them_all() -> None:
    clip = noise(6.0)
    plain = [Token(each, each, 0) for each in ("It", "costs", "three", "dollars", "fifty", "today.")]
    joined = [*plain[:2], Token("$3.50", "three dollars fifty", 0), plain[5]]
    apart, together = (WhisperxAligner().align(clip, each) for each in (plain, joined))
    assert (together[2].start, together[2].end) == (apart[2].start, apart[4].end)
    assert together[2].spoken == "three dollars fifty"


def test_a_word_that_the_package_gives_no_time_takes_the_gap() -> None:
    tokens = [Token(each, each, 0) for each in ("one", "two", "three")]
    found: list[dict[str, Any]] = [
        {"word": "one", "start": 0.1, "end": 0.4, "score": 0.9},
        {"word": "two"},
        {"word": "three", "start": 0.9, "end": 1.2, "score": 1.3},
    ]
    words = ours._words(noise(2.0), tokens, [0] * 3 + [1] * 3 + [2] * 5, found)
    assert [(word.start, word.end, word.confidence) for word in words] == [
        (0.1, 0.4, 0.9),
        (0.4, 0.9, None),
        (0.9, 1.2, 1.0),
    ]


@pytest.mark.parametrize("language", ["zh", "ja"])
def test_a_language_without_spaces(language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen(monkeypatch, WHISPERX_MODEL=str(save(tmp_path, ["<pad>", "|", *"今天气很好我们去看一"])))
    tokens = [Token(each, each, 0) for each in ("今天", "天气", "很好，", "🚀", "我们去", "看一看。")]
    clip = noise(4.0)
    words = WhisperxAligner(language).align(clip, tokens)
    assert_kept(words, tokens, clip.duration)
    assert all(word.confidence is not None for word in words if word.spoken)


@pytest.mark.parametrize("seconds", [30.0, 61.0, 89.99])
def test_windows_change_nothing_but_the_memory(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values of the network are near those of the whole, and as many."""
    tokens, clip = tokens_of("We know the old museum, and it is not far. " * 5), noise(seconds, 16_000)
    words = WhisperxAligner().align(clip, tokens)
    assert_kept(words, tokens, clip.duration)
    model = transformers.Wav2Vec2ForCTC.from_pretrained(settings().whisperx_model)
    audio = torch.from_numpy(clip.samples)[None]
    with torch.inference_mode():
        whole, windows = model(audio).logits, ours._InWindows(model)(audio).logits
        monkeypatch.setattr(ours, "_WINDOW", 320 * 100)
        small = ours._InWindows(model)(audio)
    assert whole.shape == windows.shape == small.logits.shape
    assert (whole.argmax(-1) == windows.argmax(-1)).float().mean() > 0.8


def test_a_recording_that_is_too_long() -> None:
    with pytest.raises(LimitError, match="lasts 601 s") as caught:
        WhisperxAligner().align(noise(601.0, 4_000), tokens_of("Hello there."))
    assert caught.value.code == "audio-too-long"
    assert "parts" in caught.value.hint


@pytest.mark.parametrize("text", ["中文 字 人 hello", "a b c d " * 60])
def test_what_fits_nothing_is_refused(text: str) -> None:
    tokens = [Token(each, each, 0) for each in text.split()]
    with pytest.raises(AlignmentError) as caught:
        WhisperxAligner().align(noise(1.0), tokens)
    assert caught.value.code == "text-mismatch"
    assert caught.value.hint


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.03, 0.3])
def test_audio_of_almost_nothing(seconds: float) -> None:
    tokens, clip = tokens_of("Hi you."), noise(seconds)
    if seconds < 0.15:  # 7 values of the model, and 6 letters with a space
        with pytest.raises(AlignmentError, match="does not match"):
            WhisperxAligner().align(clip, tokens)
    else:
        assert_kept(WhisperxAligner().align(clip, tokens), tokens, clip.duration)


@pytest.mark.parametrize("tokens", [(), (Token("—", "", 0), Token("…", "…", 2))])
def test_a_text_with_nothing_to_say(tokens: tuple[Token, ...]) -> None:
    clip = noise(1.0)
    assert_kept(WhisperxAligner().align(clip, tokens), tokens, clip.duration)


def test_threads_share_one_model() -> None:
    ours._load.cache_clear()
    speech = [(noise(seconds), tokens_of("We know the old museum.")) for seconds in (2.0, 3.0, 4.0)]
    alone = [WhisperxAligner().align(*each) for each in speech]
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(lambda each: WhisperxAligner().align(*each), speech * 3)) == alone * 3
    assert ours._load.cache_info().misses == 1


def test_the_languages_are_those_of_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    found = aligner_class("whisperx")
    assert found.__name__ == "WhisperxAligner"
    assert found.ready()
    assert not found.needs_marks
    assert found.languages == frozenset({"*"})
    chosen(monkeypatch, WHISPERX_MODEL="")
    assert found.languages == frozenset({"en"})


@pytest.mark.parametrize(
    ("model", "offline"),
    [("", "1"), ("WAV2VEC2_ASR_LARGE_960H", "1"), ("no-one/no-model", "1"), ("./nowhere", "1"), ("{}", "0")],
)
def test_a_model_that_cannot_be_loaded(
    model: str, offline: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names are tried without a network; "{}" is a folder that holds no model."""
    chosen(monkeypatch, WHISPERX_MODEL=model.format(tmp_path), OFFLINE=offline)
    with pytest.raises(UnavailableError, match=r"cannot load the model '.+'") as caught:
        WhisperxAligner().align(noise(1.0), tokens_of("Hello."))
    assert caught.value.code == "whisperx-model-unavailable"
    assert "VOXCUE_WHISPERX_MODEL" in caught.value.hint


def test_a_language_for_which_the_package_has_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen(monkeypatch, WHISPERX_MODEL="")
    with pytest.raises(UnavailableError, match="No default align-model for language: xx"):
        WhisperxAligner("xx").align(noise(1.0), tokens_of("Hello."))


def test_a_gpu_that_is_not_here(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen(monkeypatch, DEVICE="cuda:7")
    with pytest.raises(UnavailableError) as caught:
        WhisperxAligner().align(noise(1.0), tokens_of("Hello."))
    assert caught.value.code == "gpu-missing"


def test_nothing_reaches_standard_output(tmp_path: Path) -> None:
    program = """
import numpy as np
from voxcue.aligners import aligner_class
from voxcue.types import Clip, Token
noise = np.random.default_rng(0).normal(0, 0.1, 32_000).astype(np.float32)
words = aligner_class("whisperx")().align(Clip(noise, 16_000), [Token("Hello.", "Hello.", 0)])
assert len(words) == 1
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
