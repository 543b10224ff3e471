"""What the vision tower is taught of a picture's cells, from what rows of Ocean World tell: their objects
(`extra_info.objects`), and what is written in their pictures (`extra_info.written`)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ocean_r1.data.prompts import Tokenizer
from ocean_r1.models.positions import Grid

ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "shape": ("cube", "sphere", "cylinder", "car", "bus", "aeroplane", "bicycle", "motorbike"),
    "colour": ("gray", "red", "blue", "green", "brown", "purple", "cyan", "yellow"),
    "material": ("rubber", "metal"),
    "size": ("small", "large"),
}
NUMBERS = ("x1", "y1", "x2", "y2", "x", "away", "ground_x", "ground_y")
"""What solutions say of an object's place: its edges and the middle between left and right, in pixels; how far away it is
and where it stands on the ground, in centimetres."""


@dataclass(frozen=True)
class Cells:
    """Labels of the image tokens of one picture: `present` (C,) 0 or 1; of the cells that have an object's centre their
    places `where` (K,), `attributes` (K,) each, and `numbers` (K, NUMBERS)."""

    present: Tensor
    where: Tensor
    attributes: dict[str, Tensor]
    numbers: Tensor


def cells_of(objects: Sequence[Mapping[str, Any]], grid: Grid, patch: int, merge: int) -> Cells:
    """Labels in the reading order of the image tokens; an object belongs to the cell of its middle."""
    by_cell = assign_cells([((o["x1"] + o["x2"]) / 2, (o["y1"] + o["y2"]) / 2) for o in objects], grid, patch, merge)
    where = sorted(by_cell)
    present = torch.zeros(grid[1] * grid[2] // merge**2)
    present[where] = 1
    found = [objects[by_cell[cell]] for cell in where]
    return Cells(
        present,
        torch.tensor(where, dtype=torch.int64),
        {
            name: torch.tensor([own.index(thing[name]) for thing in found], dtype=torch.int64)
            for name, own in ATTRIBUTES.items()
        },
        torch.tensor([numbers_of(thing) for thing in found], dtype=torch.int64).reshape(-1, len(NUMBERS)),
    )


def assign_cells(
    middles: Sequence[tuple[float, float]], grid: Grid, patch: int, merge: int, max_distance: float = math.inf
) -> dict[int, int]:
    """Which of some points (x, y in pixels) belongs to which cell: the one that it lies in; where another is nearer to that
    cell's middle, the nearest cell that is free, unless its middle is farther off than `max_distance` sides of a cell."""
    rows, columns = grid[1] // merge, grid[2] // merge
    cells = torch.cartesian_prod(torch.arange(rows) + 0.5, torch.arange(columns) + 0.5)  # (C, 2): row, column
    points = torch.tensor([[y, x] for x, y in middles]).reshape(-1, 2) / (patch * merge)
    far = (cells[:, None] - points).square().sum(-1)  # (C, points)
    by_cell: dict[int, int] = {}
    for point in far.min(0).values.argsort().tolist() if middles else []:
        cell = int(far[:, point].argmin())
        if far[cell, point] <= max_distance**2:
            far[cell] = math.inf
            by_cell[cell] = point
    return by_cell


UNKNOWN = -100
"""What a point of NUMBERS is where there is none: `cross_entropy` leaves it out."""


@dataclass(frozen=True)
class Written:
    """What is written in each cell: `tokens` (C,), the one that has its middle there, as the language part writes the word
    behind a space, and the image token, which stands for nothing, elsewhere; `numbers` (C, NUMBERS) of that middle, a box
    without extent, UNKNOWN for the rest. In small print some tokens find no cell of their own."""

    tokens: Tensor
    numbers: Tensor


def written_in(written: Sequence[Mapping[str, Any]], tokenizer: Tokenizer, grid: Grid, patch: int, merge: int) -> Written:
    tokens, middles = [], []
    for word in written:
        ids = tokenizer.ids(f" {word['word']}")
        pieces = [(token, tokenizer.text([token]).strip()) for token in ids]
        length, begun = sum(len(text) for _, text in pieces), 0
        for token, text in pieces:
            if any(map(str.isalnum, text)):  # Cells are few: points and signs have none.
                fraction = (begun + (len(text) - 1) / 2) / max(1, length - 1)
                middles.append(
                    (interpolate(word["x1"], word["x2"], fraction), interpolate(word["y1"], word["y2"], fraction))
                )
                tokens.append(token)
            begun += len(text)
    count = grid[1] * grid[2] // merge**2
    labels = torch.full((count,), tokenizer.image_token)
    numbers = torch.full((count, len(NUMBERS)), UNKNOWN)
    for cell, index in assign_cells(middles, grid, patch, merge, max_distance=0.8).items():
        labels[cell] = tokens[index]
        x, y = (round(part) for part in middles[index])
        point = {"x1": x, "y1": y, "x2": x, "y2": y, "x": x}
        numbers[cell] = torch.tensor([point.get(name, UNKNOWN) for name in NUMBERS])
    return Written(labels, numbers)


def interpolate(begin: float, end: float, fraction: float) -> float:
    return begin + (end - begin) * fraction


def numbers_of(thing: Mapping[str, Any]) -> list[int]:
    middle = (int(thing["x1"]) + int(thing["x2"])) // 2
    return [middle if name == "x" else int(thing[name]) for name in NUMBERS]
