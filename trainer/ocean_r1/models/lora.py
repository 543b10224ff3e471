"""Low-rank pairs that learn beside matrices that stay (LoRA, arXiv 2106.09685): beside those of the language part's layers.
Projections that are joined here (`weights.py`) have one pair."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ocean_r1.models.model import VisionLanguageModel
from ocean_r1.ranks import whole


class LowRank(nn.Linear):
    """x W^T + scale (x A^T) B^T: W (out, in) stays, A (rank, in) is drawn, and B (out, rank) begins at zero."""

    def __init__(self, linear: nn.Linear, rank: int, scale: float, generator: torch.Generator) -> None:
        super().__init__(linear.in_features, linear.out_features, bias=linear.bias is not None, device="meta")
        self.weight, self.bias = linear.weight, linear.bias
        self.scale = scale
        bound = 1 / math.sqrt(linear.in_features)
        self.a = nn.Parameter(torch.empty(rank, linear.in_features).uniform_(-bound, bound, generator=generator))
        self.b = nn.Parameter(torch.zeros(linear.out_features, rank))

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) + F.linear(F.linear(x, self.a), self.b) * self.scale

    @property
    def merged(self) -> Tensor:
        """Whole, though this process may hold a share of each."""
        return whole(self.weight) + whole(self.b) @ whole(self.a) * self.scale


def matrices_of(model: VisionLanguageModel) -> Iterator[tuple[nn.Module, str, nn.Linear]]:
    """Each with what it is a child of, and its name there."""
    for parent in [*model.language_model.layers.modules()]:
        for name, child in [*parent.named_children()]:
            if isinstance(child, nn.Linear):
                yield parent, name, child


def add_pairs(model: VisionLanguageModel, rank: int, alpha: float, seed: int) -> None:
    """From now on pairs of this rank learn, and nothing else; they count alpha / rank times. The model lies on the host."""
    model.requires_grad_(False)
    generator = torch.Generator().manual_seed(seed)
    for parent, name, matrix in matrices_of(model):
        setattr(parent, name, LowRank(matrix, rank, alpha / rank, generator))


def pairs_of(model: VisionLanguageModel) -> list[tuple[str, LowRank]]:
    """By the names of the matrices that they lie beside."""
    return [(name, module) for name, module in model.named_modules() if isinstance(module, LowRank)]


def without_pairs(model: VisionLanguageModel) -> VisionLanguageModel:
    """The model that the pairs lie beside, of the same tensors."""
    plain = copy.deepcopy(model, {id(parameter): parameter for parameter in model.parameters()})
    for parent, name, matrix in matrices_of(plain):
        linear = nn.Linear(matrix.in_features, matrix.out_features, bias=matrix.bias is not None, device="meta")
        linear.weight, linear.bias = matrix.weight, matrix.bias
        setattr(parent, name, linear)
    return plain


@torch.no_grad()
def merged_parameters(model: VisionLanguageModel) -> dict[str, Tensor]:
    """The model's weights by name, pairs added to the matrices that they lie beside."""
    merged = {name: parameter.detach() for name, parameter in model.named_parameters()}
    for name, pair in pairs_of(model):
        del merged[f"{name}.a"], merged[f"{name}.b"]
        merged[f"{name}.weight"] = pair.merged
    return merged
