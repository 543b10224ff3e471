"""What models of all families are made of. Letters of shapes as in model.py; E width of the tower."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ocean_r1.models.config import VisionConfig
from ocean_r1.models.positions import Grid, patch_positions


class RMSNorm(nn.Module):
    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, self.weight.shape, self.weight.to(x.dtype), self.eps)


def rotate(x_THA: Tensor, cos_TA: Tensor, sin_TA: Tensor) -> Tensor:
    """Turns pairs (i, i + A/2) of each head by the angles of the token."""
    a, b = x_THA.chunk(2, dim=-1)
    return x_THA * cos_TA.unsqueeze(1) + torch.cat((-b, a), dim=-1) * sin_TA.unsqueeze(1)


class GatedMLP(nn.Module):
    def __init__(self, width: int, inner: int, bias: bool) -> None:
        super().__init__()
        self.gate_up_proj = nn.Linear(width, 2 * inner, bias=bias)
        self.down_proj = nn.Linear(inner, width, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        gate, up = self.gate_up_proj(x).chunk(2, dim=-1)
        down: Tensor = self.down_proj(F.silu(gate) * up)
        return down


class PatchEmbed(nn.Module):
    def __init__(self, config: VisionConfig, bias: bool) -> None:
        super().__init__()
        size = (config.temporal_patch_size, config.patch_size, config.patch_size)
        self.proj = nn.Conv3d(config.in_channels, config.hidden_size, size, stride=size, bias=bias)

    def forward(self, patches: Tensor) -> Tensor:
        return F.linear(patches, self.proj.weight.flatten(1), self.proj.bias)


class VisionAttention(nn.Module):
    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        self.heads = config.num_heads
        self.qkv = nn.Linear(config.hidden_size, 3 * config.hidden_size)
        self.proj = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(self, x_NE: Tensor, cos_NA: Tensor, sin_NA: Tensor, segments: Sequence[Tensor]) -> Tensor:
        q, k, v = self.qkv(x_NE).reshape(len(x_NE), 3, self.heads, -1).unbind(1)  # each (N, H, A)
        q, k = rotate(q, cos_NA, sin_NA), rotate(k, cos_NA, sin_NA)
        out = torch.empty_like(q)
        for segment in segments:  # (segments, length)
            own_q, own_k, own_v = (part[segment].transpose(1, 2) for part in (q, k, v))  # (segments, H, length, A)
            attended = F.scaled_dot_product_attention(own_q, own_k, own_v).transpose(1, 2)
            out = out.index_put((segment,), attended.to(out.dtype))
        projected: Tensor = self.proj(out.flatten(1))
        return projected


def vision_rotary(config: VisionConfig, grids: Sequence[Grid], like: Tensor) -> tuple[Tensor, Tensor]:
    """cos and sin of every patch, each (N, A), of the dtype and on the device of `like`."""
    quarter = config.hidden_size // config.num_heads // 4
    frequencies = 10_000.0 ** -(torch.arange(quarter, dtype=torch.float32, device=like.device) / quarter)
    where = patch_positions(grids, config.spatial_merge_size).to(like.device)
    angles = (where[..., None] * frequencies).flatten(1).repeat(1, 2)  # (N, A): row, column, row, column
    return angles.cos().to(like.dtype), angles.sin().to(like.dtype)
