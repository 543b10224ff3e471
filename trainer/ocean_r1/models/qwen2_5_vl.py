"""Qwen2.5-VL (technical report, arXiv 2502.13923): a tower of windows, positions in three sections of frequencies."""

from __future__ import annotations

import re
from collections.abc import Sequence

from torch import Tensor, nn

from ocean_r1.models.config import Qwen2_5_VisionConfig, Qwen2_5_VLConfig, TextConfig
from ocean_r1.models.layers import GatedMLP, PatchEmbed, RMSNorm, VisionAttention, vision_rotary
from ocean_r1.models.model import Attention, LanguageModel, VisionLanguageModel, VisionTower
from ocean_r1.models.positions import Grid, image_segments, window_segments


class VisionBlock(nn.Module):
    def __init__(self, config: Qwen2_5_VisionConfig) -> None:
        super().__init__()
        self.norm1 = RMSNorm(config.hidden_size, 1e-6)
        self.norm2 = RMSNorm(config.hidden_size, 1e-6)
        self.attn = VisionAttention(config)
        self.mlp = GatedMLP(config.hidden_size, config.intermediate_size, bias=True)

    def forward(self, x_NE: Tensor, cos_NA: Tensor, sin_NA: Tensor, segments: Sequence[Tensor]) -> Tensor:
        x_NE = x_NE + self.attn(self.norm1(x_NE), cos_NA, sin_NA, segments)
        mixed: Tensor = x_NE + self.mlp(self.norm2(x_NE))
        return mixed


class PatchMerger(nn.Module):
    def __init__(self, config: Qwen2_5_VisionConfig) -> None:
        super().__init__()
        self.width = config.hidden_size * config.spatial_merge_size**2
        self.ln_q = RMSNorm(config.hidden_size, 1e-6)
        self.mlp = nn.Sequential(nn.Linear(self.width, self.width), nn.GELU(), nn.Linear(self.width, config.out_hidden_size))

    def forward(self, x_NE: Tensor) -> Tensor:
        merged: Tensor = self.mlp(self.ln_q(x_NE).reshape(-1, self.width))
        return merged


class WindowTower(VisionTower):
    config: Qwen2_5_VisionConfig

    def __init__(self, config: Qwen2_5_VisionConfig) -> None:
        super().__init__()
        self.config = config
        self.patch_embed = PatchEmbed(config, bias=False)
        self.blocks = nn.ModuleList(VisionBlock(config) for _ in range(config.depth))
        self.merger = PatchMerger(config)

    def forward(self, patches: Tensor, grids: Sequence[Grid]) -> Tensor:
        patches = patches.to(self.patch_embed.proj.weight)
        config, device = self.config, patches.device
        cos, sin = vision_rotary(config, grids, patches)
        whole = [segment.to(device) for segment in image_segments(grids)]
        windows = whole
        if len(config.fullatt_block_indexes) < config.depth:
            side = config.window_size // config.patch_size
            windows = [segment.to(device) for segment in window_segments(grids, config.spatial_merge_size, side)]
        x = self.patch_embed(patches)
        for index, block in enumerate(self.blocks):
            x = block(x, cos, sin, whole if index in config.fullatt_block_indexes else windows)
        tokens: Tensor = self.merger(x)
        return tokens


def attention(config: TextConfig) -> Attention:
    return Attention(config, bias=True)


def sections(config: TextConfig, which: Tensor) -> Tensor:
    """The first frequencies turn with time, the next with rows, the last with columns."""
    temporal, height, _ = config.mrope_section
    return (which >= temporal).long() + (which >= temporal + height).long()


class Qwen2_5_VL(VisionLanguageModel):  # noqa: N801, the model's name
    def __init__(self, config: Qwen2_5_VLConfig) -> None:
        super().__init__(config, WindowTower(config.vision), LanguageModel(config.text, attention, sections))

    @staticmethod
    def hub_name(name: str) -> str:
        return re.sub(r"^language_model\.", "model.", name)
