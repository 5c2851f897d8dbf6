"""Schedules, and rows that are the same alone and in company."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.engines.f5 import published
from voxcue.cancel import cancellable
from voxcue.engines.f5.batches import batches
from voxcue.engines.f5.checkpoint import load_backbone
from voxcue.engines.f5.sampling import Row, Sampler, times

FAMILIES = ("f5-v1", "f5", "e2")


def sampler(folder: Path, family: str, steps: int = 7, guidance: float = 2.0) -> Sampler:
    path = published.folder(folder, family) / "model.safetensors"
    backbone = load_backbone(path, family, device=torch.device("cpu"), dtype=torch.float32)
    return Sampler(backbone, steps=steps, sway=-1.0, guidance=guidance)


def row(reference: int, characters: int, frames: int, seed: int = 0) -> Row:
    source = torch.Generator().manual_seed(reference)
    mel = torch.randn(reference, 100, generator=source)
    return Row(mel, torch.randint(0, 90, (characters,), generator=source), frames, seed)


@pytest.mark.parametrize("steps", [1, 5, 6, 7, 8, 10, 12, 16, 31, 32])
def test_schedules_go_from_noise_to_speech(steps: int) -> None:
    schedule = times(steps, -1.0)
    assert len(schedule) == steps + 1
    assert [schedule[0].item(), schedule[-1].item()] == pytest.approx([0, 1])
    assert bool((schedule.diff() > 0).all())


def test_sway_puts_steps_at_the_beginning() -> None:
    assert times(32, -1.0)[16] < times(32, 0.0)[16] == 0.5


@pytest.mark.parametrize("guidance", [0.0, 2.0])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_row_is_the_same_in_any_company(family: str, guidance: float, tmp_path: Path) -> None:
    speak = sampler(tmp_path, family, steps=3, guidance=guidance)
    rows = [row(30, 20, 90, 1), row(50, 70, 160, 2), row(31, 10, 61, 3), row(50, 40, 160, 4)]
    alone = [speak([each])[0] for each in rows]
    for company in (rows, rows[::-1], rows[1:3], [rows[0], rows[0]]):
        for each, mel in zip(company, speak(company), strict=True):
            index = next(index for index, known in enumerate(rows) if known is each)
            assert mel.shape == (each.frames, 100)
            assert (mel - alone[index]).abs().max() < 1e-4


def test_the_reference_is_kept_and_the_seed_matters(tmp_path: Path) -> None:
    speak = sampler(tmp_path, "f5-v1")
    first, again, other = (speak([row(30, 20, 90, seed)])[0] for seed in (1, 1, 2))
    assert torch.equal(first[:30], row(30, 20, 90).reference)
    assert torch.equal(first, again)
    assert (first[30:] - other[30:]).abs().mean() > 0.1


def test_the_text_and_the_reference_matter(tmp_path: Path) -> None:
    speak = sampler(tmp_path, "f5-v1", guidance=0.0)
    spoken = row(30, 20, 90)
    silent = Row(torch.zeros(30, 100), spoken.text, 90, 0)
    other = Row(spoken.reference, spoken.text.flip(0), 90, 0)
    made = [speak([each])[0][30:] for each in (spoken, silent, other)]
    assert all((made[0] - each).abs().max() > 1e-3 for each in made[1:])


def test_longer_text_than_sound_is_cut(tmp_path: Path) -> None:
    assert sampler(tmp_path, "e2")([row(10, 80, 40)])[0].shape == (40, 100)


def test_work_stops_between_steps_when_it_is_no_longer_wanted(tmp_path: Path) -> None:
    speak = sampler(tmp_path, "f5-v1", steps=32)
    asked: list[None] = []

    def give_up() -> None:
        asked.append(None)
        if len(asked) == 3:
            raise InterruptedError

    with cancellable(give_up), pytest.raises(InterruptedError):
        speak([row(30, 20, 90)])
    assert len(asked) == 3


def test_batches_are_alike_in_length() -> None:
    lengths = [100, 400, 110, 90, 420, 1000, 95]
    found = batches(lengths, 3)
    assert sorted(index for batch in found for index in batch) == list(range(7))
    assert 0 in found[0]
    for batch in found:
        assert len(batch) <= 3
        assert max(lengths[index] for index in batch) <= 1.25 * min(lengths[index] for index in batch)


def test_one_row_a_batch_keeps_the_order() -> None:
    assert batches([5, 3, 9, 1], 1) == [[0], [1], [2], [3]]
