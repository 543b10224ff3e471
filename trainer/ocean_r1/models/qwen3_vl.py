"""Qwen3-VL, dense (technical report, arXiv 2511.21631; transformers 5.24.0, models/qwen3_vl): positions that are learnt and
stretched over each picture, features of middle blocks for the first layers of the language part (DeepStack, arXiv
2406.04334), queries and keys that are normed, positions that take turns among the frequencies.

A picture stands at one time. Videos have times in words between their frames there; here they are read as pictures.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ocean_r1.models.config import Qwen3VisionConfig, Qwen3VLConfig, TextConfig
from ocean_r1.models.layers import PatchEmbed, RMSNorm, VisionAttention, vision_rotary
from ocean_r1.models.model import Attention, LanguageModel, VisionLanguageModel, VisionTower
from ocean_r1.models.positions import Grid, image_segments, patch_positions, stretched_grid


class VisionMLP(nn.Module):
    def __init__(self, config: Qwen3VisionConfig) -> None:
        super().__init__()
        self.linear_fc1 = nn.Linear(config.hidden_size, config.intermediate_size)
        self.linear_fc2 = nn.Linear(config.intermediate_size, config.hidden_size)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.linear_fc2(F.gelu(self.linear_fc1(x), approximate="tanh"))
        return out


class VisionBlock(nn.Module):
    def __init__(self, config: Qwen3VisionConfig) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(config.hidden_size, eps=1e-6)
        self.norm2 = nn.LayerNorm(config.hidden_size, eps=1e-6)
        self.attn = VisionAttention(config)
        self.mlp = VisionMLP(config)

    def forward(self, x_NE: Tensor, cos_NA: Tensor, sin_NA: Tensor, segments: Sequence[Tensor]) -> Tensor:
        x_NE = x_NE + self.attn(self.norm1(x_NE), cos_NA, sin_NA, segments)
        mixed: Tensor = x_NE + self.mlp(self.norm2(x_NE))
        return mixed


class PatchMerger(nn.Module):
    """The patches of a block become one token; they are normed one by one, or all of a block `together`."""

    def __init__(self, config: Qwen3VisionConfig, together: bool) -> None:
        super().__init__()
        self.width = config.hidden_size * config.spatial_merge_size**2
        self.norm = nn.LayerNorm(self.width if together else config.hidden_size, eps=1e-6)
        self.linear_fc1 = nn.Linear(self.width, self.width)
        self.linear_fc2 = nn.Linear(self.width, config.out_hidden_size)

    def forward(self, x_NE: Tensor) -> Tensor:
        normed = self.norm(x_NE.reshape(-1, *self.norm.normalized_shape)).reshape(-1, self.width)
        merged: Tensor = self.linear_fc2(F.gelu(self.linear_fc1(normed)))
        return merged


class DeepstackTower(VisionTower):
    config: Qwen3VisionConfig

    def __init__(self, config: Qwen3VisionConfig) -> None:
        super().__init__()
        self.config = config
        self.patch_embed = PatchEmbed(config, bias=True)
        self.pos_embed = nn.Embedding(config.num_position_embeddings, config.hidden_size)
        self.blocks = nn.ModuleList(VisionBlock(config) for _ in range(config.depth))
        self.merger = PatchMerger(config, together=False)
        self.deepstack_merger_list = nn.ModuleList(
            PatchMerger(config, together=True) for _ in config.deepstack_visual_indexes
        )

    def positions(self, grids: Sequence[Grid]) -> Tensor:
        """The learnt position of every patch (N, E): between the four of the square grid that are nearest to it."""
        where = patch_positions(grids, self.config.spatial_merge_size)
        lengths = torch.cat([torch.tensor([[h, w]]).expand(t * h * w, -1) for t, h, w in grids])
        corners, shares = stretched_grid(where, lengths, self.config.position_side)
        around: Tensor = self.pos_embed(corners.to(self.pos_embed.weight.device))  # (N, 4, E)
        return (around * shares.to(around)[..., None]).sum(1)

    def merger_behind(self, block: int) -> PatchMerger:
        merger = self.deepstack_merger_list[self.config.deepstack_visual_indexes.index(block)]
        assert isinstance(merger, PatchMerger)
        return merger

    def forward(self, patches: Tensor, grids: Sequence[Grid]) -> Tensor:
        patches = patches.to(self.patch_embed.proj.weight)
        cos, sin = vision_rotary(self.config, grids, patches)
        segments = [segment.to(patches.device) for segment in image_segments(grids)]
        x = self.patch_embed(patches) + self.positions(grids)
        features: list[Tensor] = []
        for index, block in enumerate(self.blocks):
            x = block(x, cos, sin, segments)
            if index in self.config.deepstack_visual_indexes:
                features.append(self.merger_behind(index)(x))
        return torch.cat([self.merger(x), *features], dim=1)


class NormedAttention(Attention):
    def __init__(self, config: TextConfig) -> None:
        super().__init__(config, bias=False)
        self.q_norm = RMSNorm(config.head_dim, config.rms_norm_eps)
        self.k_norm = RMSNorm(config.head_dim, config.rms_norm_eps)

    def normed(self, turning: Tensor) -> Tensor:
        q, k = turning.split((self.heads, self.kv_heads), dim=1)
        return torch.cat([self.q_norm(q), self.k_norm(k)], dim=1)


def in_turn(config: TextConfig, which: Tensor) -> Tensor:
    """Time, row, column, time, row, column ... as long as the section of rows, or of columns, lasts; all others time."""
    _, height, width = config.mrope_section
    axes, round_ = which % 3, which // 3
    return torch.where(axes == 1, (round_ < height).long(), torch.where(axes == 2, 2 * (round_ < width).long(), 0))


class Qwen3VL(VisionLanguageModel):
    def __init__(self, config: Qwen3VLConfig) -> None:
        super().__init__(config, DeepstackTower(config.vision), LanguageModel(config.text, NormedAttention, in_turn))

    @staticmethod
    def hub_name(name: str) -> str:
        return name if name.startswith("lm_head.") else f"model.{name}"
