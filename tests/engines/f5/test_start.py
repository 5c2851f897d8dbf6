"""What a start does not do: the packages that make PyTorch slow to start with stay out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.engines.f5 import published

LOAD = """
import sys
from voxcue.engines.f5.engine import F5Engine
assert "torch" not in sys.modules, "listing the engine imports PyTorch"
from voxcue.engines.f5.model import Model
from voxcue.models import find
Model(find(sys.argv[1]), find(sys.argv[2]), device="cpu")
print([name for name in ("torch._dynamo", "torch._inductor", "scipy", "rjieba") if name in sys.modules])
"""


def test_loading_a_model_imports_no_compiler(tmp_path: Path) -> None:
    vocoder = published.vocoder_folder(tmp_path / "vocos")
    (vocoder / "config.yaml").write_text("{}")
    command = [sys.executable, "-c", LOAD, str(published.folder(tmp_path / "tuned")), str(vocoder)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")
