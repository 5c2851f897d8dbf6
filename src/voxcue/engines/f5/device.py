"""Where a model runs, and in which number format."""

from __future__ import annotations

import torch

from voxcue.errors import UnavailableError

_PRECISIONS = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}


def choose_device(name: str) -> torch.device:
    """The device of that name; "auto" is a GPU where there is one.

    Raises:
        UnavailableError: ``gpu-missing``.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    device = torch.device(name)
    if not _is_here(device):
        raise UnavailableError(
            "gpu-missing",
            f"The device '{name}' was asked for, and PyTorch {torch.__version__} finds no such GPU here.",
            "Check with nvidia-smi, and that this PyTorch is a CUDA build; or set VOXCUE_DEVICE=auto.",
        )
    return device


def _is_here(device: torch.device) -> bool:
    if device.type == "cuda":
        return (device.index or 0) < torch.cuda.device_count()
    return device.type == "cpu" or torch.backends.mps.is_available()


def choose_precision(name: str, device: torch.device) -> torch.dtype:
    """The number format of that name; "auto" is single precision on a CPU and half on a GPU."""
    if name == "auto":
        return torch.float32 if device.type == "cpu" else torch.float16
    return _PRECISIONS[name]


def out_of_memory(error: BaseException) -> bool:
    """Whether a pass failed for want of memory."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
