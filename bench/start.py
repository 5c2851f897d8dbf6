"""How fast the command answers: ``voxcue --help`` beside a bare interpreter, and what an import brings in."""

from __future__ import annotations

import subprocess
import sys

from common import figure, side_by_side, voxcue

HEAVY = ("numpy", "onnxruntime", "pydantic", "hibari", "soundfile", "pysubs2")


def main() -> None:
    """Print the figures."""
    ours, bare = side_by_side(voxcue("--help"), [sys.executable, "-c", "pass"], runs=9)
    figure("voxcue --help", seconds=ours, bare_python_seconds=bare, ratio=ours / bare, aim_seconds=0.3)
    program = f"import sys, voxcue; print([m for m in {HEAVY!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    figure("import voxcue", heavy_modules_loaded=found.stdout.strip(), aim="[]")


if __name__ == "__main__":
    main()
