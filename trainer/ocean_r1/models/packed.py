"""Weights that an export rounded, as what they are: 8 bits and a step a row. Nothing is lost in a quarter of the size.

`model.int8.safetensors` has each matrix under its name as int8 and its steps under `NAME.step`, float32 (R, 1); vectors stay
float32. It is what is committed of a model; whatever opens `model.safetensors` alone is given that by `unpack`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from ocean_r1.files import atomic_write

MAX_INT8 = 127
WHOLE = "model.safetensors"
PACKED = "model.int8.safetensors"
STEP = ".step"


def packed(name: str, tensor: Tensor) -> dict[str, Tensor]:
    """A tensor as it is stored. Raises ValueError for a matrix that was not rounded to 8 bits."""
    if tensor.ndim < 2:
        return {name: tensor}
    rows = tensor.flatten(1)
    steps = rows.abs().amax(dim=1, keepdim=True) / MAX_INT8
    steps = torch.where(steps > 0, steps, 1.0)
    integers = (rows / steps).round().to(torch.int8)
    if not torch.equal(integers * steps, rows):
        raise ValueError(f"{name} is not rounded to 8 bits: `ocean-r1 export` rounds what it writes")
    return {name: integers.view(tensor.shape), name + STEP: steps}


def unpacked(stored: dict[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    """The tensors, float32, by their names."""
    for name, tensor in stored.items():
        if name.endswith(STEP):
            continue
        steps = stored.get(name + STEP)
        yield name, tensor if steps is None else (tensor.flatten(1) * steps).view(tensor.shape)


def pack(folder: Path) -> None:
    """`model.int8.safetensors` takes the place of `model.safetensors`. Raises ValueError where that would lose anything."""
    stored: dict[str, Tensor] = {}
    for name, tensor in load_file(folder / WHOLE).items():
        stored |= packed(name, tensor)
    replace(folder, WHOLE, PACKED, stored)


def unpack(folder: Path) -> None:
    """`model.safetensors` again, bit for bit."""
    replace(folder, PACKED, WHOLE, dict(unpacked(load_file(folder / PACKED))))


def replace(folder: Path, old: str, new: str, tensors: dict[str, Tensor]) -> None:
    with atomic_write(folder / new) as partial:
        save_file(tensors, partial, metadata={"format": "pt"})
    (folder / old).unlink()
