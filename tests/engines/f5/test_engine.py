"""The engine on small random checkpoints: a request gets what it asks for, or hears why not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.engines.f5 import published
from voxcue.engines import SynthesisRequest, VoicePrompt, engine_class
from voxcue.engines.f5 import engine as module
from voxcue.engines.f5.engine import F5Engine
from voxcue.engines.f5.model import Model
from voxcue.engines.f5.sampling import Row
from voxcue.errors import LimitError, UnavailableError, UsageError
from voxcue.settings import settings
from voxcue.types import Clip, Reference, Token, Utterance

RATE = 24_000


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    published.vocoder_folder(tmp_path / "vocos")
    (tmp_path / "vocos" / "config.yaml").write_text("{}")
    monkeypatch.setenv("VOXCUE_F5_MODEL", str(published.folder(tmp_path / "tuned")))
    monkeypatch.setenv("VOXCUE_F5_VOCODER", str(tmp_path / "vocos"))
    monkeypatch.setenv("VOXCUE_F5_STEPS", "2")
    monkeypatch.setenv("VOXCUE_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("VOXCUE_DEVICE", "cpu")
    forget()
    yield tmp_path
    monkeypatch.undo()
    forget()


def forget() -> None:
    for cached in (settings, module._load, module._vocabulary):
        cached.cache_clear()


def speaker(name: str = "ada", seconds: float = 6.0, rate: int = RATE) -> Reference:
    sound = np.random.default_rng(len(name)).normal(0, 0.1, round(seconds * rate)).astype(np.float32)
    words = "This is what the speaker says, and then some more of it"
    return Reference(name, Clip(sound, rate), words, sha256(sound.tobytes()).hexdigest())


def said(text: str) -> Utterance:
    return Utterance((Token(text, text, 0),), 0.0)


def ask(prompt: VoicePrompt, text: str = "Here is a sentence to speak.", **more: float) -> SynthesisRequest:
    return SynthesisRequest(said(text), prompt, **more)  # type: ignore[arg-type]


def speak(*requests: SynthesisRequest) -> list[Clip]:
    return list(F5Engine().synthesize(requests))


@pytest.mark.usefixtures("folder")
def test_it_is_found_by_name_and_speaks() -> None:
    assert engine_class("f5") is F5Engine
    clip = speak(ask(F5Engine().prepare(speaker())))[0]
    assert (clip.sample_rate, clip.marks) == (RATE, None)
    assert clip.samples.dtype == np.float32
    assert 1.0 < clip.duration < 4.0
    assert np.abs(clip.samples).max() > 0


@pytest.mark.usefixtures("folder")
def test_the_same_request_gives_the_same_sound_in_any_company() -> None:
    first, second = (F5Engine().prepare(speaker(name)) for name in ("ada", "grace"))
    requests = [
        ask(first, "A first sentence.", seed=1),
        ask(second, "A second one, which is a little longer than the first.", seed=2),
        ask(first, "A first sentence.", seed=3),
        ask(second, "Short.", seed=4),
    ]
    together = module._model()
    together._most = 4
    clips = list(together.speak(requests))
    for request, clip in zip(requests, clips, strict=True):
        alone = speak(request)[0]
        assert len(alone.samples) == len(clip.samples)
        assert np.abs(alone.samples - clip.samples).max() < 1e-4
    assert not np.array_equal(clips[0].samples, clips[2].samples)


@pytest.mark.usefixtures("folder")
def test_speed_and_fixed_durations() -> None:
    prompt = F5Engine().prepare(speaker())
    long = "This sentence has quite a few words in it, so that it takes some time."
    normal, fast, fixed = speak(
        ask(prompt, long), ask(prompt, long, speed=2.0), ask(prompt, long, duration=2.5)
    )
    assert fast.duration == pytest.approx(normal.duration / 2, abs=0.02)
    assert len(fixed.samples) == 2.5 * RATE


@pytest.mark.usefixtures("folder")
def test_nothing_is_too_short_to_be_spoken() -> None:
    prompt = F5Engine().prepare(speaker())
    assert all(
        clip.duration >= 1.0 for clip in speak(ask(prompt, "No!"), ask(prompt, "a"), ask(prompt, "I."))
    )


@pytest.mark.usefixtures("folder")
def test_what_fits_one_utterance_depends_on_the_reference() -> None:
    engine = F5Engine()
    short, long = (engine.prepare(speaker(seconds=seconds)).max_characters for seconds in (4.0, 12.0))
    assert short is not None
    assert long is not None
    assert 40 <= long < short


@pytest.mark.usefixtures("folder")
def test_a_reference_is_prepared_once() -> None:
    engine = F5Engine()
    assert engine.prepare(speaker()).data is engine.prepare(speaker()).data
    assert engine.prepare(speaker("grace")).data is not engine.prepare(speaker()).data


@pytest.mark.usefixtures("folder")
def test_a_reference_at_another_rate() -> None:
    prompt = F5Engine().prepare(speaker(rate=44_100)).data
    assert len(prompt.mel) == pytest.approx(6.05 * 93.75, abs=2)


@pytest.mark.usefixtures("folder")
def test_names_are_no_voices() -> None:
    with pytest.raises(UsageError, match="no voice called 'heart'"):
        F5Engine().prepare("heart")
    assert F5Engine().voices() == []


@pytest.mark.usefixtures("folder")
def test_letters_that_the_model_never_saw() -> None:
    assert F5Engine().unspeakable("Caf\u00e9 ß, Жизнь!") == "ßЖизнь"


@pytest.mark.usefixtures("folder")
def test_an_utterance_that_is_far_too_long() -> None:
    with pytest.raises(LimitError, match="too long"):
        speak(ask(F5Engine().prepare(speaker()), duration=90.0))


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_too_little_memory_for_a_batch(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    model, sizes = module._model(), []
    model._most = 4
    sample = model.sampler

    def short(rows: Sequence[Row]) -> list[Tensor]:
        sizes.append(len(rows))
        if len(rows) > 1:
            raise error
        return sample(rows)

    monkeypatch.setattr(model, "sampler", short)
    prompt = F5Engine().prepare(speaker())
    assert len(list(model.speak([ask(prompt)] * 4))) == 4
    assert sizes == [4, 2, 1, 1, 2, 1, 1]


@pytest.mark.usefixtures("folder")
def test_too_little_memory_for_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def short(_: Sequence[Row]) -> list[Tensor]:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(module._model(), "sampler", short)
    with pytest.raises(UnavailableError, match="too much for 'cpu'") as caught:
        speak(ask(F5Engine().prepare(speaker())))
    assert caught.value.code == "memory-short"


@pytest.mark.usefixtures("folder")
def test_other_errors_are_not_taken_for_too_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Sequence[Row]) -> list[Tensor]:
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(module._model(), "sampler", broken)
    with pytest.raises(RuntimeError, match="shapes"):
        speak(ask(F5Engine().prepare(speaker())))


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_a_gpu_that_is_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert folder.exists()
    monkeypatch.setenv("VOXCUE_DEVICE", "cuda:1")
    settings.cache_clear()
    with pytest.raises(UnavailableError, match="'cuda:1' was asked for") as caught:
        F5Engine().load()
    assert caught.value.code == "gpu-missing"


def test_a_family_that_nobody_named(folder: Path) -> None:
    (folder / "tuned" / "model.toml").unlink()
    with pytest.raises(UnavailableError, match="says nothing of the family") as caught:
        F5Engine().load()
    assert "model.toml" in caught.value.hint


def test_a_vocabulary_of_another_model(folder: Path) -> None:
    with (folder / "tuned" / "vocab.txt").open("a", encoding="utf-8") as file:
        file.write("ß\n")
    with pytest.raises(
        UnavailableError, match=r"vocab\.txt' has 103 entries, the checkpoint '.*' 102"
    ) as caught:
        F5Engine().load()
    assert caught.value.code == "vocabulary-unfit"


@pytest.mark.usefixtures("folder")
def test_half_precision_is_close() -> None:
    chosen = settings()
    from voxcue.models import find

    files, vocoder = find(chosen.f5_model), find(chosen.f5_vocoder)
    models = [Model(files, vocoder, device="cpu", precision=each, steps=4) for each in ("fp32", "bf16")]
    row = Row(torch.zeros(60, 100), torch.arange(20), 160, 0)
    single, half = (model.sampler([row])[0] for model in models)
    assert half.dtype == torch.float32
    assert (single - half).abs().mean() < 0.05


@pytest.mark.usefixtures("folder")
def test_a_warm_up_on_a_cpu_loads_the_model() -> None:
    assert F5Engine().warm_up() == "loaded on cpu"
