"""Checkpoints as they are published, and what can be wrong with them."""

from __future__ import annotations

import os
import pickle
import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from tests.engines.f5 import published
from voxcue.engines.f5.checkpoint import Backbone, load_backbone, load_vocos, read
from voxcue.engines.f5.sampling import Row, Sampler
from voxcue.errors import UnavailableError

CPU = torch.device("cpu")


def load(path: Path, family: str = "f5-v1") -> Backbone:
    return load_backbone(path, family, device=CPU, dtype=torch.float32)


def spoken(backbone: Backbone) -> torch.Tensor:
    row = Row(torch.zeros(10, 100), torch.arange(12), 40, seed=1)
    return Sampler(backbone, steps=2, sway=-1.0, guidance=2.0)([row])[0]


@pytest.mark.parametrize("family", ["f5-v1", "f5", "e2"])
def test_every_layout_holds_the_same_model(family: str, tmp_path: Path) -> None:
    tensors = published.backbone(family)
    averaged = published.ema(tensors)
    plain = {f"transformer.{key}": value for key, value in tensors.items()}
    save_file(averaged, tmp_path / "averaged.safetensors")
    save_file(plain, tmp_path / "plain.safetensors")
    torch.save({"ema_model_state_dict": averaged, "update": 3}, tmp_path / "averaged.pt")
    torch.save({"model_state_dict": plain}, tmp_path / "trained.pt")
    sounds = [spoken(load(path, family)) for path in sorted(tmp_path.iterdir())]
    assert len(sounds) == 4
    assert all(torch.equal(sounds[0], sound) for sound in sounds)
    assert sounds[0].std() > 0.1


def test_half_precision_weights_are_read_for_single_precision(tmp_path: Path) -> None:
    tensors = {key: value.half() for key, value in published.backbone().items()}
    save_file(tensors, tmp_path / "half.safetensors")
    assert load(tmp_path / "half.safetensors").proj_out.weight.dtype == torch.float32


def test_weights_stay_in_the_file(tmp_path: Path) -> None:
    """On a CPU, what is of the right type is mapped: its pages are the file's."""
    path = published.folder(tmp_path) / "model.safetensors"
    backbone = load(path)
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("no /proc here: mappings cannot be seen")
    spans = [
        [int(end, 16) for end in line.split()[0].split("-")]
        for line in maps.read_text().splitlines()
        if line.endswith(str(path))
    ]
    weights = [each for name, each in backbone.named_parameters() if "to_qkv" not in name]
    assert all(any(low <= each.data_ptr() < high for low, high in spans) for each in weights)


def refused(path: Path, family: str = "f5-v1") -> UnavailableError:
    with pytest.raises(UnavailableError) as caught:
        load(path, family)
    assert str(path) in caught.value.message
    return caught.value


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.999])
@pytest.mark.parametrize("name", ["model.safetensors", "model.pt"])
def test_cut_short(name: str, share: float, tmp_path: Path) -> None:
    path = tmp_path / name
    if name.endswith("pt"):
        torch.save(published.ema(published.backbone()), path)
    else:
        save_file(published.ema(published.backbone()), path)
    os.truncate(path, int(path.stat().st_size * share))
    assert refused(path).code == "checkpoint-unreadable"


def test_not_there(tmp_path: Path) -> None:
    assert refused(tmp_path / "model.safetensors").code == "checkpoint-unreadable"


class _Code:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.mark),)


@pytest.mark.parametrize("way", ["zip", "pickle"])
def test_a_pickle_runs_no_code(way: str, tmp_path: Path) -> None:
    mark, path = tmp_path / "ran", tmp_path / "model.pt"
    holds = {"ema_model_state_dict": published.backbone(), "more": _Code(mark)}
    if way == "zip":
        torch.save(holds, path)
    else:
        path.write_bytes(pickle.dumps(holds))
    assert refused(path).code == "checkpoint-unreadable"
    assert not mark.exists()


def test_other_things_than_tensors(tmp_path: Path) -> None:
    torch.save({"weight": 3}, tmp_path / "model.pt")
    assert "'weight'" in refused(tmp_path / "model.pt").message


def test_another_family(tmp_path: Path) -> None:
    path = published.folder(tmp_path, "e2") / "model.safetensors"
    error = refused(path, "f5")
    assert (error.code, "e2" in error.hint) == ("checkpoint-unfit", True)
    path = published.folder(tmp_path, "f5") / "model.safetensors"
    assert "f5-v1" in refused(path, "e2").hint


def test_missing_and_extra_keys(tmp_path: Path) -> None:
    tensors = published.backbone()
    del tensors["transformer_blocks.1.ff.ff.2.bias"]
    tensors["lora.weight"] = torch.zeros(3)
    save_file(tensors, tmp_path / "model.safetensors")
    message = refused(tmp_path / "model.safetensors").message
    assert re.search(r"1 missing: transformer_blocks\.1\.ff\.ff\.2\.bias; 1 not known: lora\.weight", message)


@pytest.mark.parametrize(
    "key", ["transformer_blocks.0.attn.to_k.weight", "text_embed.text_embed.weight", "proj_out.weight"]
)
def test_a_part_without_which_nothing_is_known(key: str, tmp_path: Path) -> None:
    tensors = published.backbone()
    del tensors[key]
    save_file(tensors, tmp_path / "model.safetensors")
    message = refused(tmp_path / "model.safetensors").message
    assert key.rpartition(".")[0].rpartition(".")[0] in message


def test_a_wrong_shape(tmp_path: Path) -> None:
    tensors = published.backbone() | {"proj_out.bias": torch.zeros(7)}
    save_file(tensors, tmp_path / "model.safetensors")
    assert "'proj_out.bias' as (7,), not (100,)" in refused(tmp_path / "model.safetensors").message


def test_the_vocoder(tmp_path: Path) -> None:
    path = published.vocoder_folder(tmp_path) / "pytorch_model.bin"
    with torch.inference_mode():
        sound = load_vocos(path, device=CPU)(torch.zeros(20, 100))
    assert sound.shape == (19 * 256,)
    with pytest.raises(UnavailableError, match=r"backbone\.embed"):
        load_vocos(published.folder(tmp_path) / "model.safetensors", device=CPU)


def test_read_drops_what_is_computed(tmp_path: Path) -> None:
    names = read(published.folder(tmp_path) / "model.safetensors")
    assert not any("mel_spec" in name or "inv_freq" in name or name == "step" for name in names)
