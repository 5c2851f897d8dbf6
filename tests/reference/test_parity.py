"""The engine `f5` against the `f5-tts` package: the same weights, the same noise, the same numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

pytest.importorskip("f5_tts", reason="make test-reference runs this in an environment of its own")

from tests.reference import upstream
from voxcue.engines.f5.checkpoint import load_backbone
from voxcue.engines.f5.sampling import Row, Sampler

ENGLISH = "The time traveller smiled. It was, he said, nothing at all!"
CHINESE = "你好，世界。银行的行长说：今天天气很好，我们去看一看 F5 吧。"
FAMILIES = ("f5-v1", "f5", "e2")
CPU = torch.device("cpu")
MEL = 1e-4


def ours(model: torch.nn.Module, family: str, folder: Path, steps: int) -> Sampler:
    path = upstream.save(model, folder / "model.safetensors")
    backbone = load_backbone(path, family, device=CPU, dtype=torch.float32)
    return Sampler(backbone, steps=steps, sway=-1.0, guidance=2.0)


def rows(model: torch.nn.Module, text: str, lengths: list[tuple[int, int]]) -> list[Row]:
    source = torch.Generator().manual_seed(3)
    return [
        Row(torch.randn(reference, 100, generator=source) - 1, upstream.ids(model, text), frames, seed=5)
        for reference, frames in lengths
    ]


@pytest.mark.parametrize("steps", [32, 7])
@pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["english", "chinese"])
@pytest.mark.parametrize("family", FAMILIES)
def test_one_row(family: str, text: str, steps: int, tmp_path: Path) -> None:
    model = upstream.model(family, masks=False)
    sampler = ours(model, family, tmp_path, steps)
    asked = rows(model, text, [(60, 190)])
    theirs = upstream.sample(model, asked, steps)[0]
    begun = torch.randn(190, 100, generator=torch.Generator().manual_seed(5))
    assert (theirs[60:] - begun[60:]).abs().mean() > 0.3  # the flow goes somewhere
    assert (sampler(asked)[0] - theirs).abs().max() < MEL


@pytest.mark.parametrize("steps", [32, 7])
@pytest.mark.parametrize("masks", [False, True], ids=["unmasked", "masked"])
@pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["english", "chinese"])
@pytest.mark.parametrize("family", FAMILIES)
def test_four_rows_of_one_length(family: str, text: str, masks: bool, steps: int, tmp_path: Path) -> None:
    model = upstream.model(family, masks=masks)
    sampler = ours(model, family, tmp_path, steps)
    asked = rows(model, text, [(60, 190), (44, 190), (80, 190), (60, 190)])
    theirs = upstream.sample(model, asked, steps)
    for mine, other in zip(sampler(asked), theirs, strict=True):
        assert (mine - other).abs().max() < MEL


@pytest.mark.parametrize("steps", [32, 7])
@pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["english", "chinese"])
@pytest.mark.parametrize("family", FAMILIES)
def test_four_rows_of_four_lengths_are_what_each_is_alone(
    family: str, text: str, steps: int, tmp_path: Path
) -> None:
    """The package's own batches differ from its single rows (its text blocks count padding, and E2's
    convolutions run into it), so the truth is its single rows."""
    model = upstream.model(family, masks=True)
    sampler = ours(model, family, tmp_path, steps)
    asked = rows(model, text, [(60, 190), (44, 150), (80, 260), (60, 200)])
    for row, mine in zip(asked, sampler(asked), strict=True):
        theirs = upstream.sample(model, [row], steps)[0]
        assert mine.shape == theirs.shape
        assert (mine - theirs).abs().max() < MEL


@pytest.mark.parametrize("family", ["f5-v1", "f5"])
def test_masks_of_attention_and_convolutions(family: str, tmp_path: Path) -> None:
    """Four lengths in the package's own masked batch, its text embedding (the part that is not the same in a
    batch) replaced by that of single rows."""
    model = upstream.model(family, masks=True)
    sampler = ours(model, family, tmp_path, steps=7)
    asked = rows(model, ENGLISH, [(60, 190), (44, 150), (80, 260), (60, 200)])
    net = model.transformer
    with torch.inference_mode():
        alone = [
            [net.text_embed(row.text[None], row.frames, drop_text=free)[0] for row in asked]
            for free in (False, True)
        ]
        pad = torch.nn.utils.rnn.pad_sequence
        net.text_cond, net.text_uncond = (pad(each, batch_first=True) for each in alone)
    theirs = upstream.sample(model, asked, steps=7)
    for mine, other in zip(sampler(asked), theirs, strict=True):
        assert (mine - other[: len(mine)]).abs().max() < MEL


@pytest.mark.parametrize("steps", [5, 6, 10, 12, 16, 9])
def test_every_schedule(steps: int, tmp_path: Path) -> None:
    model = upstream.model("f5-v1", masks=False)
    asked = rows(model, ENGLISH, [(40, 150)])
    mine = ours(model, "f5-v1", tmp_path, steps)(asked)[0]
    assert (mine - upstream.sample(model, asked, steps)[0]).abs().max() < MEL


def test_the_full_size(tmp_path: Path) -> None:
    """337 million weights, on a CPU: a short row and few steps."""
    model = upstream.model("f5-v1", masks=False, sizes=upstream.FULL)
    sampler = ours(model, "f5-v1", tmp_path, steps=7)
    asked = rows(model, "Good morning.", [(40, 120)])
    theirs = upstream.sample(model, asked, steps=7)[0]
    assert (sampler(asked)[0] - theirs).abs().max() < MEL
