"""wav2vec 2.0 with a CTC head, in PyTorch: the forward pass, for the weights that are published.

Baevski et al., "wav2vec 2.0", NeurIPS 2020; the adapters are those of Pratap et al., "Scaling Speech
Technology to 1,000+ Languages", 2023. Modules are named as in the checkpoints of Hugging Face, of which those
of HuBERT are the same network. `tests/reference/test_ctc.py` compares it with ``transformers``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, log_softmax, relu, scaled_dot_product_attention, silu

from voxcue.aligners.ctc.files import unfit

_UNUSED = ("masked_spec_embed", "quantizer.", "project_hid.", "project_q.")
"""Entries of checkpoints that only the training needs."""


@dataclass(frozen=True)
class Shape:
    """Sizes of a network, by the names of its ``config.json``; the defaults are those of ``transformers``."""

    vocab_size: int = 32
    hidden_size: int = 768
    num_hidden_layers: int = 12
    num_attention_heads: int = 12
    intermediate_size: int = 3072
    hidden_act: str = "gelu"
    feat_extract_activation: str = "gelu"
    feat_extract_norm: str = "group"
    feat_proj_layer_norm: bool = True
    layer_norm_eps: float = 1e-5
    conv_dim: tuple[int, ...] = (512,) * 7
    conv_kernel: tuple[int, ...] = (10, 3, 3, 3, 3, 2, 2)
    conv_stride: tuple[int, ...] = (5, 2, 2, 2, 2, 2, 2)
    conv_bias: bool = False
    num_conv_pos_embeddings: int = 128
    num_conv_pos_embedding_groups: int = 16
    do_stable_layer_norm: bool = False
    adapter_attn_dim: int | None = None


class Wav2Vec2(nn.Module):
    """Audio to log probabilities: ``(batch, samples)`` at 16 kHz to ``(batch, frames, classes)``."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        inputs = (1, *shape.conv_dim[:-1])
        layers = enumerate(zip(inputs, shape.conv_dim, shape.conv_kernel, shape.conv_stride, strict=True))
        convolutions = nn.Sequential(*(_Convolution(shape, at, *sizes) for at, sizes in layers))
        self.feature_extractor = nn.ModuleDict({"conv_layers": convolutions})
        self.feature_projection = _Projection(shape)
        self.encoder = _Encoder(shape)
        self.lm_head = nn.Linear(shape.hidden_size, shape.vocab_size)

    def forward(self, samples: Tensor) -> Tensor:
        """Frames are as many as the convolutions leave: one every 320 samples that has 400 of them."""
        features = self.feature_extractor["conv_layers"](samples[:, None])
        hidden = self.encoder(self.feature_projection(features.transpose(1, 2)))
        return log_softmax(self.lm_head(hidden).float(), dim=-1)


class _Convolution(nn.Module):
    def __init__(self, shape: Shape, at: int, inputs: int, outputs: int, kernel: int, stride: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, kernel, stride, bias=shape.conv_bias)
        self.activation = _ACTIVATIONS[shape.feat_extract_activation]
        self.by_frame = shape.feat_extract_norm == "layer"
        self.layer_norm: nn.Module | None = None
        if self.by_frame:
            self.layer_norm = nn.LayerNorm(outputs)
        elif at == 0:
            self.layer_norm = nn.GroupNorm(outputs, outputs)

    def forward(self, features: Tensor) -> Tensor:
        features = self.conv(features)
        if self.layer_norm is not None and self.by_frame:
            features = self.layer_norm(features.transpose(1, 2)).transpose(1, 2)
        elif self.layer_norm is not None:
            features = self.layer_norm(features)
        return self.activation(features)


class _Projection(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.conv_dim[-1]
        normed = shape.feat_proj_layer_norm
        self.layer_norm = nn.LayerNorm(width, eps=shape.layer_norm_eps) if normed else nn.Identity()
        self.projection = nn.Linear(width, shape.hidden_size)

    def forward(self, features: Tensor) -> Tensor:
        projected: Tensor = self.projection(self.layer_norm(features))
        return projected


class _Encoder(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        kernel = shape.num_conv_pos_embeddings
        width, groups = shape.hidden_size, shape.num_conv_pos_embedding_groups
        conv = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=groups)
        self.pos_conv_embed = nn.ModuleDict({"conv": conv})
        self.activation = _ACTIVATIONS[shape.feat_extract_activation]
        self.layer_norm = nn.LayerNorm(width, eps=shape.layer_norm_eps)
        self.layers = nn.ModuleList(_Layer(shape) for _ in range(shape.num_hidden_layers))
        self.stable = shape.do_stable_layer_norm

    def forward(self, hidden: Tensor) -> Tensor:
        places = self.pos_conv_embed["conv"](hidden.transpose(1, 2))[..., : hidden.shape[1]]
        hidden = hidden + self.activation(places).transpose(1, 2)
        if not self.stable:
            hidden = self.layer_norm(hidden)
        for layer in self.layers:
            hidden = layer(hidden)
        return self.layer_norm(hidden) if self.stable else hidden


class _Layer(nn.Module):
    """A block of the transformer: norms come before attention and network where ``stable``, else after."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.hidden_size
        self.attention = _Attention(width, shape.num_attention_heads)
        self.layer_norm = nn.LayerNorm(width, eps=shape.layer_norm_eps)
        self.feed_forward = nn.ModuleDict(
            {
                "intermediate_dense": nn.Linear(width, shape.intermediate_size),
                "output_dense": nn.Linear(shape.intermediate_size, width),
            }
        )
        self.activation = _ACTIVATIONS[shape.hidden_act]
        self.final_layer_norm = nn.LayerNorm(width, eps=shape.layer_norm_eps)
        self.stable = shape.do_stable_layer_norm
        self.adapter_layer = None
        if shape.adapter_attn_dim is not None and shape.do_stable_layer_norm:
            self.adapter_layer = nn.ModuleDict(
                {
                    "norm": nn.LayerNorm(width),
                    "linear_1": nn.Linear(width, shape.adapter_attn_dim),
                    "linear_2": nn.Linear(shape.adapter_attn_dim, width),
                }
            )

    def forward(self, hidden: Tensor) -> Tensor:
        if self.stable:
            hidden = hidden + self.attention(self.layer_norm(hidden))
            hidden = hidden + self._fed(self.final_layer_norm(hidden))
        else:
            hidden = self.layer_norm(hidden + self.attention(hidden))
            hidden = self.final_layer_norm(hidden + self._fed(hidden))
        if (adapter := self.adapter_layer) is not None:
            inner = relu(adapter["linear_1"](adapter["norm"](hidden)))
            hidden = hidden + adapter["linear_2"](inner)
        return hidden

    def _fed(self, hidden: Tensor) -> Tensor:
        inner = self.activation(self.feed_forward["intermediate_dense"](hidden))
        fed: Tensor = self.feed_forward["output_dense"](inner)
        return fed


class _Attention(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_proj, self.k_proj = nn.Linear(width, width), nn.Linear(width, width)
        self.v_proj, self.out_proj = nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, hidden: Tensor) -> Tensor:
        query, key, value = (
            each(hidden).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for each in (self.q_proj, self.k_proj, self.v_proj)
        )
        heard = scaled_dot_product_attention(query, key, value)
        mixed: Tensor = self.out_proj(heard.transpose(1, 2).flatten(2))
        return mixed


_ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "gelu": gelu,
    "relu": relu,
    "silu": silu,
    "swish": silu,
}


def load(weights: Path, config: Mapping[str, Any], adapter: Path | None, device: torch.device) -> Wav2Vec2:
    """The network of a checkpoint, ready to run, in single precision.

    Args:
        weights: ``model.safetensors`` or ``pytorch_model.bin``, of which only tensors are read.
        config: what is in ``config.json``.
        adapter: weights that take the place of those of the same name: one language of MMS.
        device: where it runs.

    Raises:
        UnavailableError: ``ctc-model-unfit``.
    """
    folder = weights.parent
    if config.get("model_type", "wav2vec2") not in ("wav2vec2", "hubert") or config.get("add_adapter"):
        raise unfit(folder, f"is a '{config.get('model_type')}' of a kind that is not supported")
    tensors = _tensors(weights)
    if adapter is not None:
        tensors |= _tensors(adapter)
    if "lm_head.weight" not in tensors:
        raise unfit(folder, "has no CTC head: there is no 'lm_head.weight' in its weights")
    known = {key: config[key] for key in Shape.__dataclass_fields__ if key in config}
    known = {key: tuple(value) if isinstance(value, list) else value for key, value in known.items()}
    known["vocab_size"] = len(tensors["lm_head.weight"])
    try:
        with torch.device("meta"):
            network = Wav2Vec2(Shape(**known))
        network.load_state_dict({key: value.float() for key, value in tensors.items()}, assign=True)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:300]
        raise unfit(folder, f"has weights that do not fit its config.json: {reason}") from error
    return network.to(device).eval().requires_grad_(requires_grad=False)


def _tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of a file by our names, weight norm worked out."""
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            found = load_file(path)
        else:
            found = torch.load(path, map_location="cpu", weights_only=True)
    except ImportError:
        raise
    except Exception as error:  # the readers' own errors share no public base
        reason = str(error).partition("\n")[0]
        raise unfit(path.parent, f"has weights that cannot be read: {reason}") from error
    named = {key.removeprefix("wav2vec2.").removeprefix("hubert."): value for key, value in found.items()}
    named = {key: value for key, value in named.items() if not key.startswith(_UNUSED)}
    conv = "encoder.pos_conv_embed.conv"
    for gain, direction in (
        (f"{conv}.weight_g", f"{conv}.weight_v"),
        (f"{conv}.parametrizations.weight.original0", f"{conv}.parametrizations.weight.original1"),
    ):
        if gain in named and direction in named:
            unit = named.pop(direction).float()
            length = unit.norm(dim=(0, 1), keepdim=True)  # Salimans and Kingma, 2016, by place in the kernel
            named[f"{conv}.weight"] = named.pop(gain).float() * unit / length
    return named
