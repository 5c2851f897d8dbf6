"""One forward pass of the full-size model on a CPU, guided: ours beside f5-tts's, in one process, in turn.

Run it in the environment that ``make test-reference`` makes, so that both use the same PyTorch:
``.venv-reference/bin/python bench/f5_forward.py``. A pass is one step of the solver: what each of the two
computes once for all steps (text; ours also the times) is left out of both.
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from common import figure
from f5_files import CACHE, FULL, TINY, folders
from voxcue.engines.f5.checkpoint import load_backbone
from voxcue.engines.f5.sampling import Row, Sampler, times
from voxcue.engines.f5.shape import FAMILIES, Shape
from voxcue.engines.f5_upstream import architecture

Pass = Callable[[], Tensor]

_STEPS = 32
_STEP = 5
"""Which step of the solver is taken."""


def ours(weights: Path, row: Row, start: Tensor) -> Pass:
    """A pass of ours for one row, guided and free."""
    backbone = load_backbone(weights, "f5-v1", device=torch.device("cpu"), dtype=torch.float32)
    sampler = Sampler(backbone, steps=_STEPS, sway=-1.0, guidance=2.0)
    with torch.inference_mode():
        fixed, table = sampler._fixed([row], row.frames), sampler._rotary(row.frames)
    step = sampler._steps[_STEP]

    def one() -> Tensor:
        with torch.inference_mode():
            flow: Tensor = backbone(start, fixed, step, table, None)
            return flow

    return one


def theirs(weights: Path, shape: Shape, row: Row, start: Tensor) -> Pass:
    """A pass of the package's for the same."""
    from f5_tts.model import CFM, DiT
    from safetensors.torch import load_file

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its advice to install flash-attn
        sizes = architecture(shape, FAMILIES["f5-v1"])
        model = CFM(DiT(**sizes, text_num_embeds=shape.text_entries - 1, mel_dim=shape.mel)).eval()
    named = {key.removeprefix("ema_model."): value for key, value in load_file(weights).items()}
    model.load_state_dict({key: value for key, value in named.items() if key not in ("initted", "step")})
    cond = torch.zeros(1, row.frames, shape.mel)
    cond[0, : len(row.reference)] = row.reference
    net: Any = model.transformer
    at = times(_STEPS, -1.0)[_STEP]

    def one() -> Tensor:
        with torch.inference_mode():
            flow: Tensor = net(x=start, cond=cond, text=row.text[None], time=at, cfg_infer=True, cache=True)
            return flow

    return one


def compare(weights: Path, shape: Shape, frames: int, runs: int) -> None:
    """Time both in turn."""
    source = torch.Generator().manual_seed(0)
    row = Row(
        torch.randn(frames // 3, shape.mel, generator=source), torch.arange(frames // 6), frames, seed=0
    )
    start = torch.randn(1, frames, shape.mel, generator=source)
    mine, other = ours(weights, row, start), theirs(weights, shape, row, start)
    apart = float((mine() - other()).abs().max())  # also warms both up
    pairs = [(_seconds(mine), _seconds(other)) for _ in range(runs)]
    seconds, beside = (statistics.median(each) for each in zip(*pairs, strict=True))
    figure(
        "forward pass on a CPU",
        rows=2,
        frames=frames,
        seconds=seconds,
        f5_tts_seconds=beside,
        ratio=seconds / beside,
        ratios=[round(one / two, 3) for one, two in pairs],
        aim_ratio=1.0,
        largest_difference=apart,
        threads=torch.get_num_threads(),
        torch=torch.__version__,
    )


def _seconds(one: Pass) -> float:
    begun = time.perf_counter()
    one()
    return time.perf_counter() - begun


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, nargs="+", default=[500, 1500])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--weights", type=Path, default=CACHE, help="where bench/f5_files.py wrote")
    parser.add_argument("--dry-run", action="store_true", help="a tiny model: that it works, no figures")
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    shape = TINY if chosen.dry_run else FULL
    weights = next(folders(chosen.weights, shape)[0].glob("*.safetensors"))
    for frames in chosen.frames:
        compare(weights, shape, frames, chosen.runs)


if __name__ == "__main__":
    main()
