"""Compiled blocks on a GPU: prepared once by ``voxcue warmup``, found again by every later start.

PyTorch's compiler (Inductor) takes a minute for a model and keeps what it made in a folder. That lies beside
the weights, so that on a network volume the machine that warms up works for all that come after. Without it
a start would pay that minute, so nothing is compiled until a warm-up has been there.
"""

from __future__ import annotations

import os
from pathlib import Path

import torch

from voxcue.settings import settings


class Compiled:
    """The folder of what was compiled for one kind of device, PyTorch and number format."""

    def __init__(self, family: str, device: torch.device, dtype: torch.dtype) -> None:
        chip = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
        name = f"{family} {torch.__version__} {chip} {str(dtype).rpartition('.')[2]}"
        self.folder = (
            Path(settings().models).expanduser() / "compiled" / name.replace(" ", "-").replace("/", "-")
        )

    @property
    def ready(self) -> bool:
        """Whether a warm-up has ended here."""
        return self._mark.exists()

    def use(self) -> None:
        """Have PyTorch read from the folder and write to it; before anything is compiled."""
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(self.folder)
        os.environ["TRITON_CACHE_DIR"] = str(self.folder / "triton")

    def finish(self) -> None:
        """Say that everything is there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._mark.touch()

    @property
    def _mark(self) -> Path:
        return self.folder / "ready"
