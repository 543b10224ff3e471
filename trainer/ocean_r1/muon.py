"""Muon (Keller Jordan, https://kellerjordan.github.io/posts/muon/), its rate made to mean the same as AdamW's (Moonshot,
arXiv:2502.16982).

As torch.optim.Muon with `adjust_lr_fn="match_rms_adamw"`, but in the parameters' own dtype: that one computes in bfloat16,
in which a processor without instructions for it is fifty times slower than in float32.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

MOMENTUM = 0.95
ITERATIONS = 5
A, B, C = 3.4445, -4.7750, 2.0315
"""Of the iteration's quintic: steepest at zero, at the price of a factor that is nearly orthogonal only."""


def orthogonal(matrix: Tensor) -> Tensor:
    """The orthogonal factor of a matrix (M, N), nearly: singular values within about 0.5 to 1.5."""
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    wide = wide / wide.norm().clamp(min=1e-7)
    for _ in range(ITERATIONS):
        gram = wide @ wide.T
        wide = torch.addmm(wide, torch.addmm(gram, gram, gram, beta=B, alpha=C), wide, beta=A)
    return wide if matrix.shape[0] <= matrix.shape[1] else wide.T


class Muon(torch.optim.Optimizer):
    """For matrices inside a model; embeddings, heads and vectors are for AdamW."""

    def __init__(self, groups: Iterable[dict[str, Any]], lr: float, weight_decay: float) -> None:
        super().__init__(groups, {"lr": lr, "weight_decay": weight_decay})

    @torch.no_grad()
    # Torch declares a second form, which evaluates the model anew through a closure; nothing here calls it.
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for matrix in group["params"]:
                if matrix.grad is None:
                    continue
                momentum = self.state[matrix].setdefault("momentum_buffer", torch.zeros_like(matrix))
                momentum.lerp_(matrix.grad, 1 - MOMENTUM)
                update = orthogonal(matrix.grad.lerp(momentum, MOMENTUM))
                matrix.mul_(1 - group["lr"] * group["weight_decay"])
                matrix.add_(update, alpha=-group["lr"] * 0.2 * max(matrix.shape) ** 0.5)
