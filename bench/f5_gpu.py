"""The full-size model on a GPU: ours in half precision beside the f5-tts package, in one run.

Ten seconds of speech after a six-second reference, in 32, 16 and 7 steps, for 1, 8 and 32 utterances. The
package speaks them one after the other, as the engine `f5-upstream` does: it has no batches that give what
single rows do. Weights are random: speed does not depend on what they say. Run it in the environment that
``make test-reference TORCH="--torch-backend auto"`` makes; without the package, ours is measured alone.
Figures are printed, and written to ``bench/results/f5-gpu-<device>.json``.

``--dry-run`` runs a tiny model on the CPU, to see that the script works; its figures mean nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch

from common import ROOT, figure
from f5_files import CACHE, FULL, TINY, folders
from voxcue.engines.base import Engine, SynthesisRequest
from voxcue.engines.f5.shape import Shape
from voxcue.settings import settings
from voxcue.types import Clip, Reference, Token, Utterance

RATE, HOP = 24_000, 256
REFERENCE_SECONDS = 6.0
TRANSCRIPT = "Some call me nature, others call me mother nature; I have been here for a very long time."
TEXT = (
    "I don't really care what you call me. I've been a silent spectator, watching species evolve, empires "
    "rise and fall. But always remember, I am mighty and enduring."
)

_PEAKS = {
    "H200": 989.0,
    "H100 PCIe": 756.0,
    "H100 NVL": 835.0,
    "H100": 989.0,
    "A100": 312.0,
    "A10G": 70.0,
    "A10": 125.0,
    "L40S": 362.0,
    "L4": 121.0,
    "RTX 4090": 165.0,
    "RTX 3090": 71.0,
}
"""Dense bfloat16 peaks in TFLOP/s that makers give, by a part of a device's name; the first match counts."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is measured: utterances at once, steps, and seconds of each."""

    batch: int
    steps: int
    seconds: float


def flops(shape: Shape, case: Case) -> float:
    """Multiplications and additions of the transformer's matrix products and attention for a whole case.

    Per frame and layer: four projections, two products of the feed-forward layer, attention to all frames;
    twice a step, guided and free. Convolutions, embeddings and the vocoder, some 2 %, are not counted.
    """
    frames = round((REFERENCE_SECONDS + case.seconds) * RATE / HOP)
    wide = shape.heads * 64
    layer = 2 * (4 * shape.dim * wide + 2 * shape.dim * shape.inner) + 4 * frames * wide
    ends = 2 * ((2 * shape.mel + shape.text_dim) * shape.dim + shape.dim * shape.mel)
    return float(case.batch * case.steps * 2 * frames * (shape.depth * layer + ends))


def measured_peak(device: torch.device, *, size: int) -> float:
    """TFLOP/s of a large bfloat16 product: the best of several."""
    one, other = (torch.randn(size, size, device=device, dtype=torch.bfloat16) for _ in range(2))
    best = min(_seconds(lambda: one @ other) for _ in range(10))
    return 2 * size**3 / best / 1e12


def _seconds(work: Callable[[], object]) -> float:
    _wait()
    begun = time.perf_counter()
    work()
    _wait()
    return time.perf_counter() - begun


def _wait() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def engines(precisions: Sequence[str], steps: int) -> Iterator[tuple[str, Engine]]:
    """The engines one after the other, loaded; each is unloaded before the next."""
    from voxcue.engines.f5 import engine

    for precision in precisions:
        _set(F5_PRECISION=precision, F5_STEPS=str(steps))
        ours = engine.F5Engine()
        ours.load()
        yield f"f5 {precision}", ours
        engine._load.cache_clear()
        _forget()
    if find_spec("f5_tts") is None:
        return
    from voxcue.engines import f5_upstream

    _set(F5_STEPS=str(steps))
    theirs = f5_upstream.F5UpstreamEngine()
    theirs.load()
    yield "f5-tts", theirs
    f5_upstream._load.cache_clear()
    _forget()


def _set(**values: str) -> None:
    os.environ |= {f"VOXCUE_{name}": value for name, value in values.items()}
    settings.cache_clear()


def _forget() -> None:
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def speak(engine: Engine, case: Case) -> tuple[float, float]:
    """Seconds until the first clip and until all of a case are there."""
    noise = np.random.default_rng(0).normal(0, 0.15, round(REFERENCE_SECONDS * RATE)).astype(np.float32)
    prompt = engine.prepare(Reference("noise", Clip(noise, RATE), TRANSCRIPT, key="noise"))
    said = Utterance((Token(TEXT, TEXT, 0),), 0.0)
    requests = [
        SynthesisRequest(said, prompt, seed=seed, duration=case.seconds) for seed in range(case.batch)
    ]
    _wait()
    begun = time.perf_counter()
    first = 0.0
    for clip in engine.synthesize(requests):
        first = first or time.perf_counter() - begun
        assert len(clip.samples) == round(case.seconds * RATE)
    return first, time.perf_counter() - begun


def measure(
    steps: int, batches: Sequence[int], seconds: float, shape: Shape, precisions: Sequence[str], runs: int
) -> list[dict[str, Any]]:
    """All engines, each warmed up, with every number of utterances at once."""
    found: list[dict[str, Any]] = []
    for name, engine in engines(precisions, steps):
        alone = engine.traits.batch_size == 1
        for batch in batches:
            case = Case(batch, steps, seconds)
            speak(engine, Case(1, steps, seconds) if alone else case)
            if torch.cuda.is_available():
                torch.cuda.reset_peak_memory_stats()
            # One after the other, many take long, and are as good as many runs.
            times = [speak(engine, case) for _ in range(1 if alone and batch > 1 else runs)]
            found.append(_row(name, case, times, shape))
    return found


def _row(name: str, case: Case, times: Sequence[tuple[float, float]], shape: Shape) -> dict[str, Any]:
    seconds = statistics.median(whole for _, whole in times)
    return {
        "engine": name,
        "utterances": case.batch,
        "steps": case.steps,
        "first_seconds": statistics.median(first for first, _ in times),
        "seconds": seconds,
        "real_time_factor": seconds / (case.batch * case.seconds),
        "tflops": flops(shape, case) / seconds / 1e12,
        "peak_gpu_mib": torch.cuda.max_memory_allocated() / 2**20 if torch.cuda.is_available() else None,
        "runs": len(times),
    }


def compare(rows: Sequence[dict[str, Any]], peak: float) -> None:
    """Add to every row its share of the card's peak and its ratio to the package, and print it."""
    package = {row["utterances"]: row["seconds"] for row in rows if row["engine"] == "f5-tts"}
    for row in rows:
        row["share_of_bf16_peak"] = row["tflops"] / peak
        if row["utterances"] in package:
            row["f5_tts_seconds"] = package[row["utterances"]]
            row["ratio"] = row["seconds"] / row["f5_tts_seconds"]
        figure("ten seconds of speech on a GPU", **row)


def main() -> None:
    """Print the figures, and write them to a file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--steps", type=int, nargs="+", default=[32, 16, 7])
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--compile", choices=["auto", "on", "off"], default="auto", help="VOXCUE_F5_COMPILE")
    parser.add_argument("--weights", type=Path, default=CACHE, help="where bench/f5_files.py wrote")
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "results")
    chosen = parser.parse_args()
    if not torch.cuda.is_available() and not chosen.dry_run:
        print("not run: no GPU here")
        return
    dry = chosen.dry_run
    shape = TINY if dry else FULL
    model, vocoder = folders(chosen.weights, shape)
    device = torch.device("cpu" if dry else "cuda")
    name = "dry-run" if dry else torch.cuda.get_device_name()
    _set(F5_MODEL=str(model), F5_VOCODER=str(vocoder), F5_COMPILE=chosen.compile, DEVICE=device.type)
    matmul = measured_peak(device, size=256 if dry else 8192)
    known = next((peak for part, peak in _PEAKS.items() if part in name), None)
    about = {
        "device": name,
        "torch": torch.__version__,
        "f5_tts": find_spec("f5_tts") is not None,
        "compile": chosen.compile,
        "bf16_peak_tflops": known or matmul,
        "bf16_peak_from": "the maker's figure" if known else "a large product, measured",
        "measured_product_tflops": matmul,
    }
    figure("device", **about)
    rows: list[dict[str, Any]] = []
    for steps in chosen.steps:
        precisions, seconds = (["fp32"], 1.0) if dry else (["fp16", "bf16"], 10.0)
        found = measure(steps, chosen.batches, seconds, shape, precisions, chosen.runs)
        compare(found, known or matmul)
        rows += found
    chosen.out.mkdir(parents=True, exist_ok=True)
    path = chosen.out / f"f5-gpu-{re.sub('[^a-z0-9]+', '-', name.lower())}.json"
    path.write_text(json.dumps(about | {"figures": rows}, indent=2) + "\n", encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()
