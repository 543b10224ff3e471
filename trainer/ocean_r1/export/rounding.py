"""Weights that 8 bits hold exactly: each matrix in steps of its output channel, integers from -127 to 127.

An export is rounded before anything of it is written, so that safetensors, float32 graphs and int8 graphs are one model
and give the same tokens. Activations stay float32.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ocean_r1.models.packed import MAX_INT8

BITS = 12
"""Of a step's mantissa: integer times step is then exact in float32, and the step is found again by a division."""


def steps_of(rows: Tensor) -> Tensor:
    """The step of each row of (R, C), (R, 1): the least of 12 bits by which the largest entry is no more than 127."""
    mantissa, exponent = torch.frexp(rows.abs().amax(dim=1, keepdim=True) / MAX_INT8)
    steps = torch.ldexp((mantissa * 2**BITS).ceil() / 2**BITS, exponent)
    return torch.where(steps > 0, steps, 1.0)


@torch.no_grad()
def round_weights(model: nn.Module) -> None:
    """Rounds every matrix of the model in place; vectors (norms, biases) stay."""
    for parameter in model.parameters():
        if parameter.ndim > 1:
            rows = parameter.flatten(1)
            steps = steps_of(rows)
            # Integers have one zero: -0.0 becomes it.
            parameter.copy_(((rows / steps).round() * steps + 0.0).view_as(parameter))
