"""Published checkpoints to models: read without running any code in them, memory-mapped, checked key by key.

Read as they are: `.safetensors` and `.pt`, with or without the prefixes of the moving average that training
keeps. Sizes come from the weights themselves, so fine-tunes and small models need no configuration.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from voxcue.engines.f5.dit import DiT
from voxcue.engines.f5.layers import HEAD, fuse
from voxcue.engines.f5.shape import FAMILIES, Shape
from voxcue.engines.f5.unett import UNetT
from voxcue.engines.f5.vocos import Vocos
from voxcue.errors import UnavailableError

Backbone = DiT | UNetT
Tensors = Mapping[str, Tensor]

_COMPUTED = re.compile(
    r"^(initted|step)$|^(mel_spec|feature_extractor)\.|rotary_embed\.|freqs_cis$|\.istft\."
)
"""Entries that hold no weights: counters of the training, and tables that we compute."""


def load_backbone(path: Path, family: str, *, device: torch.device, dtype: torch.dtype) -> Backbone:
    """The transformer of a checkpoint, ready to run.

    Raises:
        UnavailableError: ``checkpoint-unreadable``, ``checkpoint-unfit`` (of another family, keys missing or
            too many, wrong shapes), naming the file and the key.
    """
    tensors = {key.removeprefix("transformer."): value for key, value in read(path).items()}
    backbone: Backbone
    with torch.device("meta"):
        if FAMILIES[family].backbone == "dit":
            backbone = DiT(_shape(path, tensors, family, "transformer_blocks"))
        else:
            backbone = UNetT(_shape(path, tensors, family, "layers"))
    _fill(path, backbone, tensors, device, dtype)
    return backbone


def load_vocos(path: Path, *, device: torch.device) -> Vocos:
    """The vocoder of a checkpoint, ready to run, in single precision.

    Raises:
        UnavailableError: as `load_backbone`.
    """
    tensors = read(path)
    embed = _size(path, tensors, "backbone.embed.weight", 3)
    inner = _size(path, tensors, "backbone.convnext.0.pwconv1.weight", 2)[0]
    with torch.device("meta"):
        vocos = Vocos(embed[1], embed[0], inner, _count(tensors, "backbone.convnext"))
    _fill(path, vocos, tensors, device, torch.float32)
    return vocos


def read(path: Path) -> dict[str, Tensor]:
    """The tensors of a checkpoint by their published names, on the CPU, memory-mapped.

    Raises:
        UnavailableError: ``checkpoint-unreadable``.
    """
    try:
        found = _safetensors(path) if path.suffix == ".safetensors" else _pickled(path)
    except FileNotFoundError as error:
        raise _unreadable(path, "there is no such file") from error
    except Exception as error:  # the readers' own errors share no public base
        raise _unreadable(path, str(error).partition("\n")[0]) from error
    for wrapper in ("ema_model_state_dict", "model_state_dict", "state_dict"):
        found = found.get(wrapper, found)
    tensors = {key.removeprefix("ema_model."): value for key, value in found.items()}
    odd = next((key for key, value in tensors.items() if not isinstance(value, Tensor)), None)
    if odd is not None:
        raise _unreadable(path, f"its entry '{odd}' is no tensor")
    return {key: value for key, value in tensors.items() if not _COMPUTED.search(key)}


def _safetensors(path: Path) -> dict[str, Any]:
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        return {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118


def _pickled(path: Path) -> dict[str, Any]:
    """Unpickle tensors only: anything else in the file, code above all, is an error."""
    found: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    return found


def _shape(path: Path, tensors: Tensors, family: str, layers: str) -> Shape:
    trained = FAMILIES[family]
    if not _count(tensors, layers):
        other = next((name for name in FAMILIES if FAMILIES[name].backbone != trained.backbone), "")
        raise UnavailableError(
            "checkpoint-unfit",
            f"The checkpoint '{path}' is not of the family '{family}': it has no '{layers}'.",
            f"If it is of the family '{other}', say so: family = \"{other}\" in model.toml beside it.",
        )
    attention = f"{layers}.0.attn" if trained.backbone == "dit" else f"{layers}.0.2"
    feed = f"{layers}.0.ff" if trained.backbone == "dit" else f"{layers}.0.4"
    mel, dim = _size(path, tensors, "proj_out.weight", 2)
    entries, text_dim = _size(path, tensors, "text_embed.text_embed.weight", 2)
    heads = _size(path, tensors, f"{attention}.to_q.weight", 2)[0] // HEAD
    return Shape(
        dim=dim,
        depth=_count(tensors, layers),
        heads=heads,
        inner=_size(path, tensors, f"{feed}.ff.0.0.weight", 2)[0],
        mel=mel,
        text_entries=entries,
        text_dim=text_dim,
        text_blocks=_count(tensors, "text_embed.text_blocks"),
        rotated=heads if trained.rotated is None else trained.rotated,
        hides_filler=trained.hides_filler,
    )


def _fill(path: Path, module: nn.Module, tensors: Tensors, device: torch.device, dtype: torch.dtype) -> None:
    """Give a module made without memory its weights; on a CPU those of the right type stay in the file."""
    ours = _fused(tensors)
    wanted = {key: value.shape for key, value in module.state_dict().items()}
    _check_keys(path, wanted.keys(), ours.keys())
    for key, shape in wanted.items():
        if ours[key].shape != shape:
            raise UnavailableError(
                "checkpoint-unfit",
                f"The checkpoint '{path}' has '{key}' as {tuple(ours[key].shape)}, not {tuple(shape)}.",
                "Use a checkpoint of one of the published families, or fetch it again.",
            )
    state = {}
    for key in wanted:
        state[key] = ours.pop(key).to(device=device, dtype=dtype)
    module.load_state_dict(state, assign=True)
    module.eval().requires_grad_(requires_grad=False)


def _fused(tensors: Tensors) -> dict[str, Tensor]:
    """Queries, keys and values as one projection; all else as published."""
    ours = dict(tensors)
    for key in tensors:
        stem, found, kind = key.partition(".to_q.")
        names = [f"{stem}.{part}.{kind}" for part in ("to_q", "to_k", "to_v")]
        if found and all(name in ours for name in names):
            ours[f"{stem}.to_qkv.{kind}"] = fuse(*(ours.pop(name) for name in names))
    return ours


def _check_keys(path: Path, wanted: Any, found: Any) -> None:
    missing, extra = sorted(wanted - found), sorted(found - wanted)
    if not missing and not extra:
        return
    parts = [
        f"{len(keys)} {what}: {', '.join(islice(keys, 3))}" + (" and more" if len(keys) > 3 else "")
        for what, keys in (("missing", missing), ("not known", extra))
        if keys
    ]
    raise UnavailableError(
        "checkpoint-unfit",
        f"The checkpoint '{path}' has keys {'; '.join(parts)}.",
        "Use a checkpoint of one of the published families, or fetch it again.",
    )


def _size(path: Path, tensors: Tensors, key: str, dimensions: int) -> tuple[int, ...]:
    if key not in tensors or tensors[key].dim() != dimensions:
        raise UnavailableError(
            "checkpoint-unfit",
            f"The checkpoint '{path}' has no '{key}' of {dimensions} dimensions.",
            "Use a checkpoint of one of the published families, or fetch it again.",
        )
    return tuple(tensors[key].shape)


def _count(tensors: Tensors, layers: str) -> int:
    """How many layers there are under a name."""
    found = {
        key.removeprefix(f"{layers}.").partition(".")[0] for key in tensors if key.startswith(f"{layers}.")
    }
    return len(found)


def _unreadable(path: Path, reason: str) -> UnavailableError:
    return UnavailableError(
        "checkpoint-unreadable",
        f"The checkpoint '{path}' cannot be read: {reason}.",
        "It may be damaged, cut short, or hold more than tensors: fetch it again.",
    )
