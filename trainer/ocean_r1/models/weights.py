"""Weights to and from Hugging Face folders (safetensors), under either of the two prefixes in use."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from ocean_r1.models.config import ModelConfig
from ocean_r1.models.families import build_model
from ocean_r1.models.lora import merged_parameters
from ocean_r1.models.model import VisionLanguageModel
from ocean_r1.models.packed import PACKED, WHOLE, unpacked
from ocean_r1.ranks import whole

JOINED = {"qkv_proj": ("q_proj", "k_proj", "v_proj"), "gate_up_proj": ("gate_proj", "up_proj")}


def our_name(name: str) -> str:
    """`visual.*` and `model.*` (hub files), or `model.visual.*` and `model.language_model.*` (transformers 5)."""
    name = name.removeprefix("model.")
    return name if name.startswith(("visual.", "language_model.", "lm_head.")) else f"language_model.{name}"


def tensors_of(folder: Path) -> Iterator[tuple[str, Tensor]]:
    """Those of `model.safetensors`, or its parts; else of `model.int8.safetensors`, multiplied out."""
    if (folder / PACKED).exists() and not (folder / WHOLE).exists():
        return unpacked(dict(tensors_in(folder / PACKED)))
    index = folder / "model.safetensors.index.json"
    names = sorted(set(json.loads(index.read_text())["weight_map"].values())) if index.exists() else [WHOLE]
    return chain.from_iterable(tensors_in(folder / name) for name in names)


def tensors_in(path: Path) -> Iterator[tuple[str, Tensor]]:
    try:
        with safe_open(path, framework="pt") as file:
            for key in file.keys():  # noqa: SIM118, safe_open is no mapping
                yield key, file.get_tensor(key)
    except SafetensorError as error:
        raise ValueError(f"{path} is cut off or no safetensors: {error}") from error


def split_joined(name: str, tensor: Tensor, config: ModelConfig) -> dict[str, Tensor]:
    """One of our tensors as the tensors that Hugging Face's model has."""
    whole = next((whole for whole in JOINED if f".{whole}." in name), None)
    if whole is None:
        return {name: tensor}
    text = config.text
    sizes = (
        [n * text.head_dim for n in (text.num_attention_heads, text.num_key_value_heads, text.num_key_value_heads)]
        if whole == "qkv_proj"
        else [len(tensor) // 2] * 2
    )
    return {name.replace(whole, part): rows for part, rows in zip(JOINED[whole], tensor.split(sizes), strict=True)}


def load_weights(model: VisionLanguageModel, named: Iterator[tuple[str, Tensor]]) -> None:
    """Copies Hugging Face's tensors into the model. Raises ValueError naming what is missing or too much."""
    theirs = {our_name(name): tensor for name, tensor in named}
    ours = dict(model.named_parameters())
    with torch.no_grad():
        for name, parameter in ours.items():
            for part, rows in split_joined(name, parameter.data, model.config).items():
                given = theirs.pop(part, None)
                if given is None:
                    raise ValueError(f"the weights have no {model.hub_name(part)}")
                if given.shape != rows.shape:
                    raise ValueError(f"{model.hub_name(part)} is {tuple(given.shape)}; config.json says {tuple(rows.shape)}")
                rows.copy_(given)
    if model.config.tie_word_embeddings:
        theirs.pop("lm_head.weight", None)
    if theirs:
        raise ValueError(f"the weights have {model.hub_name(next(iter(theirs)))}, which the model does not")


def load_model(folder: Path) -> VisionLanguageModel:
    """A model with the folder's weights, float32, on the CPU. Raises ValueError where they are not of its shape."""
    with torch.device("meta"):
        model = build_model(ModelConfig.from_folder(folder))
    model = model.to_empty(device="cpu")
    model.tie()
    load_weights(model, tensors_of(folder))
    return model


def hub_tensors(model: VisionLanguageModel) -> Iterator[tuple[str, Tensor]]:
    """The weights under the names of files on the hub, each whole, where the model lies."""
    for name, tensor in merged_parameters(model).items():
        for part, rows in split_joined(name, whole(tensor), model.config).items():
            yield model.hub_name(part), rows


def hub_state(model: VisionLanguageModel) -> dict[str, Tensor]:
    """The weights under the names of files on the hub, on the host."""
    return {name: tensor.cpu().contiguous().clone() for name, tensor in hub_tensors(model)}


def save_weights(model: VisionLanguageModel, folder: Path) -> None:
    """Writes `model.safetensors` whole or not at all."""
    save_state(hub_state(model), folder)


def save_state(state: dict[str, Tensor], folder: Path) -> None:
    partial = folder / "model.safetensors.partial"
    save_file(state, partial, metadata={"format": "pt"})
    os.replace(partial, folder / "model.safetensors")
