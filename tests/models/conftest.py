"""A hub with small models, a catalogue of them, and an empty folder for what is fetched."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.models.hub import Hub, running_hub
from voxcue.models import catalogue
from voxcue.settings import settings

WEIGHTS = random.Random(0).randbytes(200_000)
BIG = random.Random(1).randbytes(12 * 2**20)
"""More than the hub's library hands on at once, 10 MiB, so that a part of it can be there."""
VOCABULARY = b" \na\nb\n"

FILES = {
    "lab/tts/Small/model.safetensors": WEIGHTS,
    "lab/tts/Small/vocab.txt": VOCABULARY,
    "lab/tts/Big/model.safetensors": BIG,
    "lab/vocoder/pytorch_model.bin": b"not a pickle",
    "lab/vocoder/config.yaml": b"hop: 256\n",
}
VOCABULARY_FILE = ("vocabulary", "lab/tts", "Small/vocab.txt")
MODELS = {
    "Small": ("f5-v1", "CC-BY-NC-4.0", [("weights", "lab/tts", "Small/model.safetensors"), VOCABULARY_FILE]),
    "Big": ("f5", "Apache-2.0", [("weights", "lab/tts", "Big/model.safetensors"), VOCABULARY_FILE]),
    "vocoder": (
        "vocos",
        "MIT",
        [("weights", "lab/vocoder", "pytorch_model.bin"), ("config", "lab/vocoder", "config.yaml")],
    ),
}


def write_catalogue(path: Path, revision: str, files: dict[str, bytes] | None = None) -> None:
    """A `models.toml` of ``MODELS``: the hashes of all ``files``, and the sizes of small ones."""
    files = FILES | (files or {})
    lines = []
    for name, (family, licence, parts) in MODELS.items():
        lines += [
            f'[{name}]\nfamily = "{family}"\nlicence = "{licence}"\nlanguages = ["en"]\nsample_rate = 24000'
        ]
        lines += [f'repository = "lab/elsewhere"\nrevision = "{revision}"']
        for role, repository, inside in parts:
            data = files[f"{repository}/{inside}"]
            lines += [f'[[{name}.files]]\nrole = "{role}"\nrepository = "{repository}"\npath = "{inside}"']
            lines += [f'sha256 = "{hashlib.sha256(data).hexdigest()}"']
            if len(data) < 1000:
                lines += [f"size = {len(data)}"]
    path.write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Hub]:
    """The hub, with this process set up to fetch from it into ``tmp_path / "models"``."""
    with running_hub() as running:
        running.files.update(FILES)
        write_catalogue(tmp_path / "models.toml", running.revision)
        monkeypatch.setattr(catalogue, "PATH", tmp_path / "models.toml")
        for name in ("VOXCUE_OFFLINE", "VOXCUE_MODELS_MIRROR", "HF_HUB_OFFLINE", "HF_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        monkeypatch.setenv("VOXCUE_MODELS", str(tmp_path / "models"))
        settings.cache_clear()
        yield running
        settings.cache_clear()


@pytest.fixture
def folder(hub: Hub, tmp_path: Path) -> Path:  # noqa: ARG001
    """Where models are kept."""
    return tmp_path / "models"


def set_up(monkeypatch: pytest.MonkeyPatch, **env: str) -> None:
    """Change settings of this process."""
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()


def start(*arguments: str, before: str = "", **env: str) -> subprocess.Popen[str]:
    """Start the command line with the catalogue of the tests; ``before`` runs first."""
    code = f"""
import sys
from pathlib import Path
from voxcue.models import catalogue
catalogue.PATH = Path({json.dumps(str(catalogue.PATH))})
{before}
sys.argv = ["voxcue", *{json.dumps(arguments)}]
from voxcue.cli import main
main()
"""
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=pipe, stderr=pipe, text=True, env=os.environ | env
    )


def command(*arguments: str, before: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    with start(*arguments, before=before, **env) as process:
        out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)
