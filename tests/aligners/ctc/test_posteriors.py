"""Audio to frames: windows join on the grid, whatever runs the model."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.aligners.ctc.models import GROUP, LAYER, TONES, random_model, tone_model, tones
from voxcue.aligners.ctc import posteriors
from voxcue.aligners.ctc.posteriors import load
from voxcue.errors import UnavailableError, UsageError, VoxcueError
from voxcue.types import Clip


def sound(seconds: float, rate: int = 16_000) -> Clip:
    noise = np.random.default_rng(3).normal(0, 0.1, round(seconds * rate))
    return Clip(noise.astype(np.float32), rate)


def heard(folder: Path, clip: Clip) -> NDArray[np.float32]:
    return np.concatenate(list(load(str(folder)).log_probs(clip)))


@pytest.mark.usefixtures("use")
@pytest.mark.parametrize("samples", [1, 319, 320, 321, 400, 9_999, 16_000])
def test_every_20_ms_has_a_frame(samples: int, tmp_path: Path) -> None:
    found = heard(tone_model(tmp_path), Clip(np.zeros(samples, np.float32), 16_000))
    assert len(found) == -(-samples // 320)
    assert np.exp(found).sum(axis=1) == pytest.approx(1, abs=1e-4)


@pytest.mark.usefixtures("use")
def test_no_audio_has_no_frames(tmp_path: Path) -> None:
    assert not list(load(str(tone_model(tmp_path))).log_probs(Clip(np.zeros(0, np.float32), 16_000)))


@pytest.mark.usefixtures("use")
def test_windows_join_without_a_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The graph of tones sees nothing beyond a frame, so that windows and the whole are the same."""
    clip, folder = tones(TONES * 8 + " fade"), tone_model(tmp_path)
    whole = heard(folder, clip)
    for window, context in ((0.5, 0.1), (0.32, 0.0), (1.0, 3.0)):
        monkeypatch.setattr(posteriors, "_WINDOW", window)
        monkeypatch.setattr(posteriors, "_CONTEXT", context)
        assert len(list(load(str(folder)).log_probs(clip))) > 4
        assert heard(folder, clip) == pytest.approx(whole, abs=1e-3)


@pytest.mark.usefixtures("use")
@pytest.mark.parametrize("norm", ["weight_", "parametrizations.weight.original"])
@pytest.mark.parametrize("config", [GROUP, LAYER], ids=["group", "layer"])
def test_a_folder_of_pytorch_weights(config: dict[str, Any], norm: str, tmp_path: Path) -> None:
    found = heard(random_model(tmp_path, config, norm=norm), sound(1.5, 22_050))
    assert found.shape == (75, 32)
    assert np.exp(found).sum(axis=1) == pytest.approx(1, abs=1e-4)


@pytest.mark.usefixtures("use")
def test_pickled_weights_are_the_same(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    folder = random_model(tmp_path, LAYER)
    expected = heard(folder, sound(1.0))
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    posteriors._load.cache_clear()
    assert heard(folder, sound(1.0)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.usefixtures("use")
def test_one_language_of_many(tmp_path: Path) -> None:
    """As MMS has them: a vocabulary and an adapter for each."""
    import torch
    from safetensors.torch import save_file

    folder = random_model(tmp_path, LAYER | {"adapter_attn_dim": 4})
    vocabulary = json.loads((folder / "vocab.json").read_text())
    several = {"eng": vocabulary, "deu": {"<pad>": 0, "ä": 1, "b": 2}}
    (folder / "vocab.json").write_text(json.dumps(several))
    adapter = {"lm_head.weight": torch.zeros(3, 16), "lm_head.bias": torch.tensor([0.0, 9.0, 0.0])}
    save_file(adapter, folder / "adapter.deu.safetensors")
    model = load(f"{folder}:deu")
    assert set(model.alphabet.classes) == {"ä", "b"}
    assert (next(model.log_probs(sound(0.5))).argmax(axis=1) == 1).all()
    with pytest.raises(UnavailableError, match="does not know the language 'fra'") as caught:
        load(f"{folder}:fra")
    assert "deu, eng" in caught.value.hint
    with pytest.raises(UnavailableError, match=r"has no file 'adapter\.eng\.safetensors'"):
        load(str(folder))


def broken(folder: Path, change: str) -> None:
    path = folder / "config.json"
    config = json.loads(path.read_text())
    if change == "encoder":
        path.write_text(json.dumps(config | {"architectures": ["Wav2Vec2Model"]}))
    elif change == "sizes":
        path.write_text(json.dumps(config | {"hidden_size": 18}))
    elif change == "kind":
        path.write_text(json.dumps(config | {"model_type": "wavlm"}))
    elif change == "letters":
        (folder / "vocab.json").write_text('{"<pad>": 0, "<s>": 1}')
    elif change == "classes":
        (folder / "vocab.json").write_text('{"<pad>": 0, "a": 99}')
    elif change == "json":
        (folder / "vocab.json").write_text("{")
    elif change == "rate":
        (folder / "preprocessor_config.json").write_text('{"sampling_rate": 8000}')
    elif change == "cut":
        (folder / "model.safetensors").write_bytes(b"short")
    else:
        (folder / change).unlink()


@pytest.mark.usefixtures("use")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("vocab.json", "has no file 'vocab.json'"),
        ("config.json", "has no file 'config.json'"),
        ("model.safetensors", "has no weights"),
        ("encoder", "is not a CTC model, but Wav2Vec2Model"),
        ("sizes", "has weights that do not fit its config.json"),
        ("kind", "is a 'wavlm' of a kind that is not supported"),
        ("letters", "has a vocab.json without letters"),
        ("classes", "knows 32 classes, and its vocab.json names class 99"),
        ("json", "has a 'vocab.json' that cannot be read"),
        ("rate", "hears 8000 Hz"),
        ("cut", "has weights that cannot be read"),
    ],
)
def test_a_folder_that_does_not_fit_is_named(change: str, message: str, tmp_path: Path) -> None:
    broken(random_model(tmp_path, GROUP), change)
    with pytest.raises(UnavailableError, match=re.escape(message)) as caught:
        load(str(tmp_path))
    assert caught.value.code == "ctc-model-unfit"
    assert str(tmp_path) in caught.value.message


@pytest.mark.usefixtures("use")
def test_a_graph_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tone_model(tmp_path) / "model.onnx").write_bytes(b"nothing")
    with pytest.raises(UnavailableError, match="has a graph that cannot be loaded"):
        load(str(tmp_path))


@pytest.mark.usefixtures("use")
@pytest.mark.parametrize(
    ("name", "error", "code"),
    [
        ("/no/such/folder", UsageError, "ctc-model-missing"),
        ("./gone", UsageError, "ctc-model-missing"),
        ("gone", UsageError, "ctc-model-missing"),
        ("someone/model", UnavailableError, "ctc-model-unreachable"),
    ],
)
def test_a_model_that_is_not_here(
    name: str, error: type[VoxcueError], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(error) as caught:
        load(name)
    assert caught.value.code == code


@pytest.mark.usefixtures("use")
def test_without_pytorch_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = random_model(tmp_path, GROUP)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(UnavailableError, match="need the package 'torch'") as caught:
        load(str(folder))
    assert "voxcue[align]" in caught.value.hint
