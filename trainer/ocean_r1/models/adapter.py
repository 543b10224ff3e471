"""Low-rank pairs as a file: an adapter as peft's `save_pretrained` lays it out. Each of several projections that share a
pair has a copy of its first matrix there, and its own rows of the second."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from ocean_r1.models.lora import pairs_of
from ocean_r1.models.model import VisionLanguageModel
from ocean_r1.models.weights import split_joined, tensors_in
from ocean_r1.ranks import whole

PREFIX = "base_model.model.model."
TARGETS = r".*language_model\.layers\..*\.(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj)"


def rows_of(name: str, b: Tensor, model: VisionLanguageModel) -> dict[str, Tensor]:
    """A pair's second matrix by the names of the projections that it is joined of."""
    return {part.removesuffix(".b"): rows for part, rows in split_joined(f"{name}.b", b, model.config).items()}


def adapter_state(model: VisionLanguageModel) -> dict[str, Tensor]:
    """The pairs under peft's names, on the host; of several processes each brings its shares."""
    state: dict[str, Tensor] = {}
    for name, pair in pairs_of(model):
        a, b = whole(pair.a.detach()), whole(pair.b.detach())
        for part, rows in rows_of(name, b, model).items():
            state[f"{PREFIX}{part}.lora_A.weight"] = a.cpu().clone()
            state[f"{PREFIX}{part}.lora_B.weight"] = rows.cpu().contiguous().clone()
    return state


def save_adapter(state: dict[str, Tensor], folder: Path, rank: int, alpha: float) -> None:
    folder.mkdir()
    save_file(state, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    told = {"peft_type": "LORA", "r": rank, "lora_alpha": alpha, "target_modules": TARGETS, "bias": "none"}
    (folder / "adapter_config.json").write_text(json.dumps(told, indent=2) + "\n")


@torch.no_grad()
def load_adapter(model: VisionLanguageModel, folder: Path) -> None:
    """Into the model's pairs. Raises ValueError where the file is cut off."""
    state = dict(tensors_in(folder / "adapter_model.safetensors"))
    for name, pair in pairs_of(model):
        for part, rows in rows_of(name, pair.b, model).items():
            rows.copy_(state[f"{PREFIX}{part}.lora_B.weight"])
        pair.a.copy_(state[f"{PREFIX}{part}.lora_A.weight"])
