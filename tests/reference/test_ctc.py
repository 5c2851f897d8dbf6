"""The aligner `ctc` against torchaudio's forced alignment, and its network against that of transformers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

pytest.importorskip("f5_tts", reason="make test-reference runs this in an environment of its own")

import torchaudio
import transformers

from voxcue.aligners.ctc.posteriors import load
from voxcue.aligners.ctc.viterbi import forced_path
from voxcue.types import Clip

SMALL: dict[str, Any] = {
    "vocab_size": 12,
    "pad_token_id": 0,
    "hidden_size": 32,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 48,
    "conv_dim": (16,) * 7,
    "num_conv_pos_embeddings": 20,
    "num_conv_pos_embedding_groups": 4,
}
STABLE = {"feat_extract_norm": "layer", "do_stable_layer_norm": True}
VARIANTS: dict[str, dict[str, Any]] = {
    "base": {},
    "large": STABLE | {"conv_bias": True},
    "norms of large, blocks of base": {"feat_extract_norm": "layer", "conv_bias": True},
    "norms of base, blocks of large": {"do_stable_layer_norm": True},
    "odd kernel": {"num_conv_pos_embeddings": 15},
    "other activations": {"hidden_act": "relu", "feat_extract_activation": "silu"},
    "MMS": STABLE | {"conv_bias": True, "adapter_attn_dim": 6},
}


def test_paths_are_those_of_torchaudio() -> None:
    random = np.random.default_rng(0)
    for _ in range(300):
        frames, classes = int(random.integers(5, 400)), int(random.integers(3, 30))
        labels = random.integers(1, classes, int(random.integers(1, max(2, frames // 2))))
        if frames < len(labels) + (labels[1:] == labels[:-1]).sum():
            continue
        logits = torch.tensor(random.normal(0, 3, (frames, classes)), dtype=torch.float32)
        log_probs = logits.log_softmax(-1)
        theirs, scores = torchaudio.functional.forced_align(
            log_probs[None], torch.tensor(labels)[None], blank=0
        )
        path = forced_path(log_probs.numpy(), labels.tolist())
        assert path.score == pytest.approx(float(scores.double().sum()), abs=1e-3)
        mine = np.zeros(frames, np.int64)
        for start, end, label in zip(path.starts, path.ends, labels, strict=True):
            mine[start:end] = label
        assert (mine == theirs[0].numpy()).all()


@pytest.mark.parametrize("safe", [True, False], ids=["safetensors", "pickled"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_network_is_that_of_transformers(variant: str, safe: bool, tmp_path: Path) -> None:
    torch.manual_seed(1)
    config = transformers.Wav2Vec2Config(**SMALL | VARIANTS[variant])
    compare(transformers.Wav2Vec2ForCTC(config).eval(), tmp_path, safe=safe)


def test_hubert_is_the_same_network(tmp_path: Path) -> None:
    torch.manual_seed(2)
    config = transformers.HubertConfig(**SMALL, feat_proj_layer_norm=False)
    compare(transformers.HubertForCTC(config).eval(), tmp_path, safe=True)


def compare(model: Any, folder: Path, *, safe: bool) -> None:
    with torch.no_grad():
        for weights in model.parameters():  # norms, as they begin, would hide a mistake
            weights.add_(0.1 * torch.randn_like(weights))
    model.save_pretrained(folder)
    if not safe:
        torch.save(model.state_dict(), folder / "pytorch_model.bin")
        (folder / "model.safetensors").unlink()
    vocabulary = {"<pad>": 0} | {letter: at + 1 for at, letter in enumerate("abcdefghijk")}
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    samples = np.random.default_rng(0).normal(0, 0.2, 32_000).astype(np.float32)
    extractor = transformers.Wav2Vec2FeatureExtractor(do_normalize=True)
    extractor.save_pretrained(folder)
    ours = next(load(str(folder)).log_probs(Clip(samples, 16_000)))
    heard = extractor(samples, sampling_rate=16_000).input_values[0]
    padded = torch.tensor(np.pad(heard, (0, 80)))[None]
    with torch.inference_mode():
        theirs = model(padded).logits.log_softmax(-1)[0].numpy()
    assert ours.shape == theirs.shape
    assert theirs.std(axis=0).max() > 0.01
    assert np.abs(ours - theirs).max() < 1e-4
