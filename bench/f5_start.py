"""From a fresh process to a voice-cloning engine that is ready, and to its first forward pass: ours, f5-tts.

Both get the same random weights of full size on the CPU, in single precision. By default ours is the `.venv`
of this checkout and theirs what ``make test-reference`` makes. To measure another disk, say a network volume,
put there both environments (voxcue installed, not editable) and weights (``bench/f5_files.py FOLDER``), and
name them with ``--ours``, ``--theirs`` and ``--weights``. Caches are dropped before each start where this
process may do that; what another process has mapped stays, so let nothing else run in these environments.

``--sizes`` prints what environments take on disk instead.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from common import ROOT, figure

_OURS = """
import os, sys
os.environ |= {"VOXCUE_F5_MODEL": sys.argv[1], "VOXCUE_F5_VOCODER": sys.argv[2], "VOXCUE_DEVICE": "cpu"}
from voxcue.engines.f5 import engine
engine.F5Engine().load()
print("ready", flush=True)
input()
import torch
from voxcue.engines.f5.sampling import Row, Sampler
sampler = Sampler(engine._model().backbone, steps=1, sway=-1.0, guidance=2.0)
sampler([Row(torch.zeros(50, 100), torch.arange(40), 150, seed=0)])
print("passed", flush=True)
input()
"""

_THEIRS = """
import sys
from pathlib import Path
from f5_tts.api import F5TTS
weights = str(Path(sys.argv[1]) / "model_1250000.safetensors")
vocabulary = str(Path(sys.argv[1]) / "vocab.txt")
api = F5TTS("F5TTS_v1_Base", weights, vocabulary, vocoder_local_path=sys.argv[2], device="cpu")
print("ready", flush=True)
input()
import torch
text, cond = torch.arange(40)[None], torch.zeros(1, 50, 100)
api.ema_model.sample(cond, text, 150, steps=1, cfg_strength=2.0, sway_sampling_coef=-1.0, seed=0)
print("passed", flush=True)
input()
"""

_TORCH = """
import torch
print("ready", flush=True)
input()
print("passed", flush=True)
input()
"""


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds until the engine was ready and until the pass was over; peak MiB at both, as the kernel counts
    them (mapped pages of files included), and MiB that are no file's at both."""

    ready: float
    passed: float
    peak_ready: float
    peak_passed: float
    anonymous_ready: float
    anonymous_passed: float


def start(environment: Path, program: str, files: tuple[Path, Path]) -> Start:
    """Run a program in a fresh interpreter of an environment, and watch it."""
    command = [str(environment / "bin" / "python"), "-c", program, *map(str, files)]
    begun = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None
        ready = _until("ready", child, begun)
        at_ready = _memory(child.pid)
        resumed = time.perf_counter()
        child.stdin.write("\n")
        child.stdin.flush()
        passed = ready + _until("passed", child, resumed)
        at_passed = _memory(child.pid)
        child.stdin.write("\n")
    return Start(ready, passed, at_ready[0], at_passed[0], at_ready[1], at_passed[1])


def _until(word: str, child: subprocess.Popen[str], begun: float) -> float:
    """Seconds until a program prints a line; what else it prints is passed over."""
    assert child.stdout is not None
    for line in child.stdout:
        if line.strip() == word:
            return time.perf_counter() - begun
    sys.exit(f"{child.args!r:.200} ended without '{word}'")


def _memory(pid: int) -> tuple[float, float]:
    """Peak resident MiB, and MiB now that are no file's (Linux)."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    found = {key: value.split() for key, _, value in (line.partition(":") for line in lines)}
    return int(found["VmHWM"][0]) / 1024, int(found["RssAnon"][0]) / 1024


def drop_caches() -> bool:
    """Have the kernel forget what it has read from disk; false where this process may not."""
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3", encoding="ascii")
    except OSError:
        return False
    return True


def torch_of(environment: Path) -> str:
    """The version of PyTorch in an environment."""
    found = list(environment.glob("lib/python*/site-packages/torch-*.dist-info"))
    return found[0].name.removeprefix("torch-").removesuffix(".dist-info") if found else "none"


def _median(starts: list[Start], field: str) -> float:
    return float(statistics.median(getattr(each, field) for each in starts))


def compare(ours: Path, theirs: Path, files: tuple[Path, Path], runs: int, *, warm: bool) -> None:
    """Print times and memory of both, started in turn so that noise meets both alike."""
    mine: list[Start] = []
    other: list[Start] = []
    cold = False
    for _ in range(runs):
        for starts, environment, program in ((mine, ours, _OURS), (other, theirs, _THEIRS)):
            cold = not warm and drop_caches()
            starts.append(start(environment, program, files))
    for what in ("ready", "passed"):
        seconds, beside = _median(mine, what), _median(other, what)
        figure(
            "fresh process to engine ready" if what == "ready" else "fresh process to the end of one pass",
            caches="cold" if cold else "warm" if warm else "warm (no right to drop them)",
            seconds=seconds,
            f5_tts_seconds=beside,
            ratio=seconds / beside,
            runs=runs,
            torch=torch_of(ours),
            f5_tts_torch=torch_of(theirs),
            on=str(ours.parent),
        )
    size = next(files[0].glob("*.safetensors")).stat().st_size / 2**20
    for name, environment, starts in (("ours", ours, mine), ("f5-tts", theirs, other)):
        bare = start(environment, _TORCH, files)
        for what in ("ready", "passed"):
            figure(
                f"host memory over PyTorch's alone, {what}",
                of=name,
                file_mib=size,
                peak_mib=_median(starts, f"peak_{what}") - bare.peak_ready,
                peak_over_file=(_median(starts, f"peak_{what}") - bare.peak_ready) / size,
                anonymous_mib=_median(starts, f"anonymous_{what}") - bare.anonymous_ready,
                aim_over_file=1.3,
            )


_PYTORCH = ("torch", "nvidia", "cuda", "triton", "functorch")
"""What the names of PyTorch's packages begin with: its builds differ by gigabytes."""


def sizes(environments: list[Path]) -> None:
    """Print how many files an environment has and what they take, with PyTorch and without."""
    for environment in environments:
        site = next(environment.resolve().glob("lib/python*/site-packages"))
        every = [path for path in site.rglob("*") if path.is_file() and path.suffix != ".pyc"]
        apart = [path for path in every if not path.relative_to(site).parts[0].startswith(_PYTORCH)]
        figure(
            "installed",
            environment=environment.name,
            files=len(every),
            mib=sum(path.stat().st_size for path in every) / 2**20,
            files_without_pytorch=len(apart),
            mib_without_pytorch=sum(path.stat().st_size for path in apart) / 2**20,
            packages=len(list(site.glob("*.dist-info"))),
            torch=torch_of(environment),
        )


def weights(parent: Path) -> tuple[Path, Path]:
    """The folders with the model and the vocoder; made by another process, as PyTorch loaded here would keep
    its files in memory."""
    command = [sys.executable, str(ROOT / "bench" / "f5_files.py"), str(parent)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    model, vocoder = map(Path, done.stdout.splitlines())
    return model, vocoder


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", type=Path, default=ROOT / ".venv", help="an environment with voxcue[f5]")
    parser.add_argument("--theirs", type=Path, default=ROOT / ".venv-reference", help="one with f5-tts")
    parser.add_argument(
        "--weights", type=Path, default=ROOT / ".cache" / "f5-bench", help="where bench/f5_files.py wrote"
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--warm", action="store_true", help="keep the caches of the kernel")
    parser.add_argument("--sizes", type=Path, nargs="+", metavar="ENVIRONMENT")
    chosen = parser.parse_args()
    if chosen.sizes:
        sizes(chosen.sizes)
        return
    if not (chosen.theirs / "bin" / "python").exists():
        sys.exit(f"There is no environment '{chosen.theirs}': make test-reference makes one.")
    compare(chosen.ours, chosen.theirs, weights(chosen.weights), chosen.runs, warm=chosen.warm)


if __name__ == "__main__":
    main()
