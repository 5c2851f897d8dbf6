"""The engine `f5-upstream`, and the engine `f5` beside it: what of the two is meant to be the same, is.

Four things differ on purpose. Ours joins the transcript and the utterance by one space where the package
puts two, and keeps a transcript's "!". The package raises a quiet recording to an RMS of 0.1 and lowers
what it made of it; ours is given levelled ones. It resamples with torchaudio, ours with soxr. Each has its
own rule for how long an utterance lasts when nobody says.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch

pytest.importorskip("f5_tts", reason="make test-reference runs this in an environment of its own")

import f5_tts

from tests.reference import upstream
from tests.reference.test_sound import vocoder
from voxcue.engines import Engine, SynthesisRequest, VoicePrompt, engine_class, f5_upstream
from voxcue.engines.f5 import engine as f5
from voxcue.engines.f5.engine import F5Engine
from voxcue.engines.f5.shape import FAMILIES, Shape
from voxcue.engines.f5_upstream import F5UpstreamEngine, architecture
from voxcue.errors import UnavailableError, UsageError
from voxcue.settings import settings
from voxcue.types import Clip, Reference, Token, Utterance

omegaconf = pytest.importorskip("omegaconf")

PACKAGE = Path(f5_tts.__path__[0])
RATE = 24_000
SECONDS = 2.0

VOCOS = """
feature_extractor:
  class_path: vocos.feature_extractors.MelSpectrogramFeatures
  init_args: {sample_rate: 24000, n_fft: 1024, hop_length: 256, n_mels: 100, padding: center}
backbone:
  class_path: vocos.models.VocosBackbone
  init_args: {input_channels: 100, dim: 64, intermediate_dim: 96, num_layers: 2}
head:
  class_path: vocos.heads.ISTFTHead
  init_args: {dim: 64, n_fft: 1024, hop_length: 256, padding: center}
"""


def recording(language: str, transcript: str) -> Reference:
    """A real voice, from the package's examples."""
    samples, rate = soundfile.read(
        PACKAGE / f"infer/examples/basic/basic_ref_{language}.wav", dtype="float32"
    )
    return Reference(language, Clip(samples, rate), transcript, key=f"{language} {transcript}")


CHINESE = recording("zh", "对，这就是我，万人敬仰的太乙真人。")
ENGLISH = recording("en", "Some call me nature, others call me mother nature.")


@pytest.fixture(params=["f5-v1", "f5", "e2"])
def family(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture
def folder(family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small fine-tune and a small vocoder, and settings that name them."""
    tuned, vocos = tmp_path / "tuned", tmp_path / "vocos"
    tuned.mkdir()
    vocos.mkdir()
    upstream.save(upstream.model(family, masks=False), tuned / "model.safetensors")
    entries = "".join(f"{entry}\n" for entry in upstream.vocabulary())
    (tuned / "vocab.txt").write_text(entries, encoding="utf-8")
    (tuned / "model.toml").write_text(f'family = "{family}"\n')
    small = vocoder(dim=64, intermediate_dim=96, num_layers=2)
    torch.save(small.state_dict(), vocos / "pytorch_model.bin")
    (vocos / "config.yaml").write_text(VOCOS)
    for name, value in {
        "F5_MODEL": tuned,
        "F5_VOCODER": vocos,
        "F5_STEPS": 7,
        "MODELS": tmp_path / "models",
        "DEVICE": "cpu",
    }.items():
        monkeypatch.setenv(f"VOXCUE_{name}", str(value))
    forget()
    yield tmp_path
    monkeypatch.undo()
    forget()


def forget() -> None:
    for cached in (settings, f5._load, f5._vocabulary, f5_upstream._load, f5_upstream._vocabulary):
        cached.cache_clear()


def speak(
    engine: Engine,
    prompt: VoicePrompt,
    text: str,
    *,
    seed: int = 5,
    speed: float = 1.0,
    duration: float | None = SECONDS,
) -> Any:
    request = SynthesisRequest(Utterance((Token(text, text, 0),), 0.0), prompt, speed, seed, duration)
    clip = next(iter(engine.synthesize([request])))
    assert clip.sample_rate == RATE
    return clip.samples


def apart(one: Any, other: Any) -> float:
    assert one.shape == other.shape
    assert np.abs(one).max() > 0.01
    return float(np.abs(one - other).max())


@pytest.mark.parametrize("text", ["今天天气很好，我们去看一看。", "It was, he said, nothing at all!"])
@pytest.mark.usefixtures("folder")
def test_both_engines_give_the_same_sound(text: str) -> None:
    """A Chinese transcript, which both join without a space; nothing is made equal by hand."""
    ours, theirs = F5Engine(), F5UpstreamEngine()
    mine = speak(ours, ours.prepare(CHINESE), text)
    assert apart(mine, speak(theirs, theirs.prepare(CHINESE), text)) < 1e-3
    assert apart(mine, speak(ours, ours.prepare(CHINESE), text, seed=6)) > 1e-2


@pytest.mark.usefixtures("folder")
def test_an_english_transcript_is_followed_by_one_space_where_the_package_puts_two() -> None:
    ours, theirs = F5Engine(), F5UpstreamEngine()
    mine, other = ours.prepare(ENGLISH), theirs.prepare(ENGLISH)
    text = "I don't really care what you call me."
    found = speak(theirs, other, text)
    assert apart(speak(ours, mine, text), found) > 1e-3
    double = replace(mine, data=replace(mine.data, text=mine.data.text + " "))
    assert apart(speak(ours, double, text), found) < 1e-3


@pytest.mark.parametrize("family", ["f5-v1"], indirect=True)
@pytest.mark.usefixtures("folder")
def test_the_package_levels_a_quiet_recording_and_ours_leaves_it() -> None:
    ours, theirs = F5Engine(), F5UpstreamEngine()
    quiet = replace(CHINESE, clip=replace(CHINESE.clip, samples=CHINESE.clip.samples * 0.2), key="quiet")
    prompt = theirs.prepare(quiet)
    found = speak(theirs, prompt, "我们去看一看。")
    rms = float(prompt.data.audio.square().mean().sqrt())
    assert rms < 0.1
    level = 0.1 / rms
    levelled = replace(quiet, clip=replace(quiet.clip, samples=quiet.clip.samples * level), key="levelled")
    assert apart(speak(ours, ours.prepare(levelled), "我们去看一看。") / level, found) < 1e-3


@pytest.mark.parametrize("family", ["f5-v1"], indirect=True)
@pytest.mark.usefixtures("folder")
def test_a_recording_at_another_rate() -> None:
    """Lengths agree; the sound need not, as each has a resampler of its own."""
    ours, theirs = F5Engine(), F5UpstreamEngine()
    clip = Clip(np.repeat(CHINESE.clip.samples, 2)[:-1], 48_000)
    other = replace(CHINESE, clip=clip, key="48 kHz")
    prompts = ours.prepare(other), theirs.prepare(other)
    assert prompts[0].data.frames == prompts[1].data.frames
    mine, found = speak(ours, prompts[0], "我们去看一看。"), speak(theirs, prompts[1], "我们去看一看。")
    assert len(mine) == len(found) == SECONDS * RATE


@pytest.mark.parametrize("family", ["f5-v1"], indirect=True)
@pytest.mark.usefixtures("folder")
def test_the_length_is_as_asked_or_by_the_package_s_rule() -> None:
    engine = F5UpstreamEngine()
    prompt = engine.prepare(ENGLISH)
    text = "I am mighty and enduring."
    for seconds in (1.0, 1.2345, 3.0):
        assert len(speak(engine, prompt, text, duration=seconds)) == round(seconds * RATE)
    reference = (len(ENGLISH.clip.samples) + 1200) // 256
    said = len(ENGLISH.transcript) + 2
    for speed in (1.0, 1.7):
        frames = int(reference / said * len(text) / speed)
        assert len(speak(engine, prompt, text, duration=None, speed=speed)) == (frames - 1) * 256


@pytest.mark.parametrize("family", ["f5-v1"], indirect=True)
@pytest.mark.usefixtures("folder")
def test_the_same_request_gives_the_same_sound() -> None:
    engine = F5UpstreamEngine()
    prompt = engine.prepare(ENGLISH)
    first = speak(engine, prompt, "I am mighty.")
    speak(engine, prompt, "And enduring.", seed=1)
    assert np.array_equal(speak(engine, prompt, "I am mighty."), first)


@pytest.mark.parametrize("family", ["f5-v1"], indirect=True)
def test_nothing_reaches_standard_output(folder: Path) -> None:
    program = f"""
import numpy as np
from voxcue.engines import SynthesisRequest, engine_class
from voxcue.types import Clip, Reference, Token, Utterance
engine = engine_class("f5-upstream")()
noise = np.random.default_rng(0).normal(0, 0.1, 96_000).astype(np.float32)
prompt = engine.prepare(Reference("noise", Clip(noise, {RATE}), "Nothing to hear.", "key"))
said = Utterance((Token("Hello.", "Hello.", 0),), 0.0)
assert len(next(engine.synthesize([SynthesisRequest(said, prompt, duration=1.0)])).samples) == {RATE}
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("name", "family", "shape"),
    [
        ("F5TTS_v1_Base", "f5-v1", Shape(1024, 22, 16, 2048, 100, 2546, 512, 4, 16, hides_filler=True)),
        ("F5TTS_Base", "f5", Shape(1024, 22, 16, 2048, 100, 2546, 512, 4, 1, hides_filler=False)),
        ("E2TTS_Base", "e2", Shape(1024, 24, 16, 4096, 100, 2546, 100, 0, 1, hides_filler=False)),
    ],
)
def test_the_published_models_get_the_sizes_of_the_package_s_configurations(
    name: str, family: str, shape: Shape
) -> None:
    published = omegaconf.OmegaConf.load(PACKAGE / "configs" / f"{name}.yaml").model.arch
    ours = architecture(shape, FAMILIES[family])
    assert {key: ours[key] for key in published if key in ours} == {
        key: value for key, value in published.items() if key in ours
    }


def test_it_is_found_by_name() -> None:
    assert engine_class("f5-upstream") is F5UpstreamEngine
    assert list(F5UpstreamEngine().voices()) == []
    with pytest.raises(UsageError, match="no voice called 'heart'"):
        F5UpstreamEngine().prepare("heart")


@pytest.mark.parametrize("family", ["f5-v1"], indirect=True)
def test_a_vocoder_without_its_configuration(folder: Path) -> None:
    (folder / "vocos" / "config.yaml").unlink()
    (folder / "vocos" / "vocab.txt").write_text(" \n")
    with pytest.raises(UnavailableError, match=r"has no config\.yaml"):
        F5UpstreamEngine().load()


@pytest.mark.parametrize("family", ["f5-v1"], indirect=True)
def test_a_checkpoint_that_only_ours_reads(folder: Path) -> None:
    """Weights of a training, not their moving average."""
    tuned = folder / "tuned"
    state = upstream.model("f5-v1", masks=False).state_dict()
    torch.save({"model_state_dict": state}, tuned / "model.pt")
    (tuned / "model.safetensors").unlink()
    F5Engine().load()
    with pytest.raises(UnavailableError, match=r"cannot load '.*model\.pt'") as caught:
        F5UpstreamEngine().load()
    assert "engine f5" in caught.value.hint


@pytest.mark.parametrize("family", ["f5-v1"], indirect=True)
def test_a_model_of_another_family(folder: Path) -> None:
    (folder / "tuned" / "model.toml").write_text('family = "f6"\n')
    with pytest.raises(UnavailableError, match="does not say as which family"):
        F5UpstreamEngine().load()
