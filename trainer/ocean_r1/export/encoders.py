"""The towers as graphs: `vision_encoder` (pixel_values (N, patch_dim), image_grid_thw (pictures, 3)) -> image_features
(C, W). A graph has no loops over pictures: what a patch may see is a mask made from the grid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ocean_r1.export.graphs import HIDDEN, mlp, norm, rotate
from ocean_r1.models import qwen2_5_vl, qwen3_vl
from ocean_r1.models.config import VisionConfig
from ocean_r1.models.layers import PatchEmbed, VisionAttention
from ocean_r1.models.model import VisionTower
from ocean_r1.models.positions import stretched_grid


@dataclass(frozen=True)
class Places:
    """Where each patch stands, (N,): in which picture, frame, block of patches that become one token, row and column."""

    image: Tensor
    frame: Tensor
    block_row: Tensor
    block_column: Tensor
    row: Tensor
    column: Tensor
    lengths: Tensor
    """Rows and columns of its picture, (N, 2)."""

    @classmethod
    def of(cls, patches: Tensor, grids: Tensor, merge: int) -> Places:
        index = torch.arange(patches.shape[0])
        ends = grids.prod(dim=1).cumsum(dim=0)
        image = (index[:, None] >= ends[None, :]).sum(dim=1)
        grid = grids[image]  # (N, 3)
        within = index - (ends - grids.prod(dim=1))[image]
        frame_size = grid[:, 1] * grid[:, 2]
        frame, place = within // frame_size, within % frame_size
        block, inside = place // (merge * merge), place % (merge * merge)
        block_row, block_column = block // (grid[:, 2] // merge), block % (grid[:, 2] // merge)
        row, column = block_row * merge + inside // merge, block_column * merge + inside % merge
        return cls(image, frame, block_row, block_column, row, column, grid[:, 1:])

    @property
    def where(self) -> Tensor:
        return torch.stack([self.row, self.column], dim=1)


def same(*values: Tensor) -> Tensor:
    """0 for pairs of patches (N, N) of which all values are equal, and HIDDEN for the others."""
    equal = reduce(and_, (value[:, None] == value[None, :] for value in values))
    return torch.where(equal, 0.0, HIDDEN)


class Encoder(nn.Module):
    """What the towers share."""

    frequencies: Tensor

    def __init__(self, config: VisionConfig, patch_embed: PatchEmbed) -> None:
        super().__init__()
        quarter = config.hidden_size // config.num_heads // 4
        self.register_buffer("frequencies", 10_000.0 ** -(torch.arange(quarter, dtype=torch.float32) / quarter))
        # As (in, out) of a matrix product over a batch of one, so that the quantiser sees it.
        self.patch_weight = nn.Parameter(patch_embed.proj.weight.detach().flatten(1).T.contiguous())
        self.patch_bias = patch_embed.proj.bias

    def embed(self, patches: Tensor) -> Tensor:
        embedded = (patches.unsqueeze(0) @ self.patch_weight)[0]
        return embedded if self.patch_bias is None else embedded + self.patch_bias

    def rotary(self, places: Places) -> tuple[Tensor, Tensor]:
        angles = (places.where[..., None].float() * self.frequencies).flatten(1)
        angles = torch.cat([angles, angles], dim=1)
        return angles.cos(), angles.sin()

    def attention(self, layer: VisionAttention, x: Tensor, cos: Tensor, sin: Tensor, visible: Tensor) -> Tensor:
        width = x.shape[1] // layer.heads
        heads = layer.qkv(x.unsqueeze(0)).view(-1, 3 * layer.heads, width)
        turned, v = heads.split([2 * layer.heads, layer.heads], dim=1)
        turned = rotate(turned.transpose(0, 1), cos, sin)
        q, k = turned.split([layer.heads, layer.heads], dim=0)  # (H, N, A)
        v = v.transpose(0, 1)
        # The scale on the queries, which are small beside the scores.
        scores = (q * width**-0.5) @ k.transpose(1, 2) + visible
        out = (scores.softmax(dim=-1) @ v).transpose(0, 1).flatten(1)
        projected: Tensor = layer.proj(out.unsqueeze(0))[0]
        return projected


class WindowEncoder(Encoder):
    def __init__(self, tower: qwen2_5_vl.WindowTower) -> None:
        super().__init__(tower.config, tower.patch_embed)
        self.tower = tower

    def forward(self, pixel_values: Tensor, image_grid_thw: Tensor) -> Tensor:
        tower, config = self.tower, self.tower.config
        places = Places.of(pixel_values, image_grid_thw, config.spatial_merge_size)
        cos, sin = self.rotary(places)
        side = config.window_size // config.patch_size // config.spatial_merge_size
        whole = same(places.image, places.frame)
        windows = same(places.image, places.frame, places.block_row // side, places.block_column // side)
        x = self.embed(pixel_values)
        for number, layer in enumerate(cast("list[qwen2_5_vl.VisionBlock]", tower.blocks)):
            visible = whole if number in config.fullatt_block_indexes else windows
            x = x + self.attention(layer.attn, norm(layer.norm1, x), cos, sin, visible)
            x = x + mlp(layer.mlp, norm(layer.norm2, x).unsqueeze(0))[0]
        merged = norm(tower.merger.ln_q, x).view(1, -1, tower.merger.width)
        features: Tensor = tower.merger.mlp(merged)[0]
        return features


class DeepstackEncoder(Encoder):
    def __init__(self, tower: qwen3_vl.DeepstackTower) -> None:
        super().__init__(tower.config, tower.patch_embed)
        self.tower = tower

    def forward(self, pixel_values: Tensor, image_grid_thw: Tensor) -> Tensor:
        tower, config = self.tower, self.tower.config
        places = Places.of(pixel_values, image_grid_thw, config.spatial_merge_size)
        cos, sin = self.rotary(places)
        visible = same(places.image, places.frame)
        corners, shares = stretched_grid(places.where, places.lengths, config.position_side)
        positions = (tower.pos_embed(corners) * shares[..., None]).sum(dim=1)
        x = self.embed(pixel_values) + positions
        features: list[Tensor] = []
        for number, layer in enumerate(cast("list[qwen3_vl.VisionBlock]", tower.blocks)):
            x = x + self.attention(layer.attn, layer.norm1(x), cos, sin, visible)
            x = x + layer.mlp(layer.norm2(x).unsqueeze(0))[0]
            if number in config.deepstack_visual_indexes:
                features.append(self.merged(tower.merger_behind(number), x))
        return torch.cat([self.merged(tower.merger, x), *features], dim=1)

    def merged(self, merger: qwen3_vl.PatchMerger, x: Tensor) -> Tensor:
        """As the merger has it, over a batch of one."""
        normed = merger.norm(x.view(1, -1, *merger.norm.normalized_shape)).view(1, -1, merger.width)
        tokens: Tensor = merger.linear_fc2(F.gelu(merger.linear_fc1(normed)))[0]
        return tokens


def encoder_of(tower: VisionTower) -> Encoder:
    match tower:
        case qwen2_5_vl.WindowTower():
            return WindowEncoder(tower)
        case qwen3_vl.DeepstackTower():
            return DeepstackEncoder(tower)
    raise TypeError(f"{type(tower).__name__} has no graph")
