"""The model as three ONNX graphs in the layout that transformers.js opens for `qwen2_5_vl`.

`vision_encoder` (pixel_values, image_grid_thw) -> image_features; `embed_tokens` (input_ids) -> inputs_embeds;
`decoder_model_merged` (inputs_embeds, attention_mask, position_ids, num_logits_to_keep, past_key_values.*) -> logits,
present.*. One decoder serves prefill (no past) and decoding. Written out in plain operations, since a graph has no packing
and no loops over pictures: what a patch may see is a mask made from the grid. Letters of shapes as in qwen2_5_vl.py; B rows,
S tokens given, L tokens of the past and those given.
"""

from __future__ import annotations

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ocean_r1.models.qwen2_5_vl import Attention, DecoderLayer, GatedMLP, Qwen2_5_VL, RMSNorm, VisionBlock

HIDDEN = -1e9
"""What is added to scores that may not be seen: finite, so that a row of nothing but such scores is no NaN."""


def norm(layer: RMSNorm, x: Tensor) -> Tensor:
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + layer.eps) * layer.weight


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    # Split into known sizes is one operation; slices and chunks are several, on shapes that are asked for first.
    width = int(x.shape[-1])
    a, b = x.split([width // 2, width // 2], dim=-1)
    return x * cos + torch.cat((-b, a), dim=-1) * sin


def mlp(layer: GatedMLP, x: Tensor) -> Tensor:
    inner = layer.down_proj.in_features
    gate, up = layer.gate_up_proj(x).split([inner, inner], dim=-1)
    out: Tensor = layer.down_proj(F.silu(gate) * up)
    return out


class VisionEncoder(nn.Module):
    frequencies: Tensor

    def __init__(self, model: Qwen2_5_VL) -> None:
        super().__init__()
        self.tower = model.visual
        vision = model.config.vision
        quarter = vision.hidden_size // vision.num_heads // 4
        self.register_buffer("frequencies", 10_000.0 ** -(torch.arange(quarter, dtype=torch.float32) / quarter))
        # As (in, out) of a matrix product over a batch of one, so that the quantiser sees it.
        self.patch_weight = nn.Parameter(model.visual.patch_embed.proj.weight.detach().flatten(1).T.contiguous())

    def forward(self, pixel_values: Tensor, image_grid_thw: Tensor) -> Tensor:
        tower, vision = self.tower, self.tower.config
        merge = vision.spatial_merge_size
        index = torch.arange(pixel_values.shape[0])
        ends = image_grid_thw.prod(dim=1).cumsum(dim=0)
        image = (index[:, None] >= ends[None, :]).sum(dim=1)
        grid = image_grid_thw[image]  # (N, 3)
        within = index - (ends - image_grid_thw.prod(dim=1))[image]
        frame_size = grid[:, 1] * grid[:, 2]
        frame, place = within // frame_size, within % frame_size
        block, inside = place // (merge * merge), place % (merge * merge)
        block_row, block_column = block // (grid[:, 2] // merge), block % (grid[:, 2] // merge)
        row, column = block_row * merge + inside // merge, block_column * merge + inside % merge
        angles = torch.stack([row, column], dim=1)[..., None].float() * self.frequencies
        angles = angles.flatten(1)
        cos, sin = torch.cat([angles, angles], dim=1).cos(), torch.cat([angles, angles], dim=1).sin()

        def mask(same: Tensor) -> Tensor:
            return torch.where(same, 0.0, HIDDEN)

        def equal(x: Tensor) -> Tensor:
            return x[:, None] == x[None, :]

        one_frame = equal(image) & equal(frame)
        side = vision.window_size // vision.patch_size // merge
        whole = mask(one_frame)
        windows = mask(one_frame & equal(block_row // side) & equal(block_column // side))
        width = vision.hidden_size // vision.num_heads
        x = (pixel_values.unsqueeze(0) @ self.patch_weight)[0]
        for number, layer in enumerate(cast("list[VisionBlock]", tower.blocks)):
            visible = whole if number in vision.fullatt_block_indexes else windows
            heads = layer.attn.qkv(norm(layer.norm1, x).unsqueeze(0)).view(-1, 3 * vision.num_heads, width)
            turned, v = heads.split([2 * vision.num_heads, vision.num_heads], dim=1)
            turned = rotate(turned.transpose(0, 1), cos, sin)
            q, k = turned.split([vision.num_heads, vision.num_heads], dim=0)  # (H, N, A)
            v = v.transpose(0, 1)
            # The scale on the queries, which are small beside the scores.
            scores = (q * width**-0.5) @ k.transpose(1, 2) + visible
            out = (scores.softmax(dim=-1) @ v).transpose(0, 1).flatten(1)
            x = x + layer.attn.proj(out.unsqueeze(0))[0]
            x = x + mlp(layer.mlp, norm(layer.norm2, x).unsqueeze(0))[0]
        merged = norm(tower.merger.ln_q, x).view(1, -1, tower.merger.width)
        features: Tensor = tower.merger.mlp(merged)[0]
        return features


class EmbedTokens(nn.Module):
    def __init__(self, model: Qwen2_5_VL) -> None:
        super().__init__()
        self.embed_tokens = model.language_model.embed_tokens

    def forward(self, input_ids: Tensor) -> Tensor:
        embeds: Tensor = self.embed_tokens(input_ids)
        return embeds


class Decoder(nn.Module):
    frequencies: Tensor
    axes: Tensor

    def __init__(self, model: Qwen2_5_VL) -> None:
        super().__init__()
        self.text = model.config.text
        self.layers, self.norm = model.language_model.layers, model.language_model.norm
        self.head = nn.Parameter(model.lm_head.weight.detach().T.contiguous())
        half = self.text.head_dim // 2
        self.register_buffer("frequencies", self.text.rope_theta ** -(torch.arange(half, dtype=torch.float32) / half))
        axes = torch.repeat_interleave(torch.arange(3), torch.tensor(self.text.mrope_section))
        self.register_buffer("axes", F.one_hot(axes, 3).T[:, None, None, :].float())  # (3, 1, 1, A / 2)

    def forward(
        self,
        inputs_embeds: Tensor,
        attention_mask: Tensor,
        position_ids: Tensor,
        num_logits_to_keep: Tensor,
        *past: Tensor,
    ) -> tuple[Tensor, ...]:
        x = inputs_embeds
        rows, given, length = x.shape[0], x.shape[1], attention_mask.shape[1]
        angles = (position_ids[..., None].float() * self.frequencies * self.axes).sum(dim=0)  # (B, S, A / 2)
        angles = torch.cat([angles, angles], dim=-1).unsqueeze(1)
        cos, sin = angles.cos(), angles.sin()
        own = torch.arange(given)[:, None] + (length - given)
        visible = (torch.arange(length)[None, :] <= own)[None, None] & (attention_mask[:, None, None, :] > 0)
        bias = torch.where(visible, 0.0, HIDDEN).unsqueeze(2)  # (B, 1, 1, S, L)
        present: list[Tensor] = []
        for number, layer in enumerate(cast("list[DecoderLayer]", self.layers)):
            caches = past[2 * number], past[2 * number + 1]
            normed = norm(layer.input_layernorm, x)
            out, keys, values = self.attention(layer.self_attn, normed, (rows, given), cos, sin, bias, *caches)
            present += [keys, values]
            x = x + out
            x = x + mlp(layer.mlp, norm(layer.post_attention_layernorm, x))
        # 0 keeps the logits of all tokens, as transformers has it.
        first = torch.where(num_logits_to_keep > 0, given - num_logits_to_keep, 0)
        kept = norm(self.norm, x).index_select(1, torch.arange(given)[torch.arange(given) >= first])
        return kept @ self.head, *present

    def attention(
        self,
        layer: Attention,
        x: Tensor,
        shape: tuple[int, int],
        cos: Tensor,
        sin: Tensor,
        bias: Tensor,
        past_k: Tensor,
        past_v: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        rows, given = shape
        kv_heads, width = layer.kv_heads, layer.head_dim
        heads = layer.qkv_proj(x).view(rows, given, layer.heads + 2 * kv_heads, width).transpose(1, 2)
        turned, v = heads.split([layer.heads + kv_heads, kv_heads], dim=1)
        q, k = rotate(turned, cos, sin).split([layer.heads, kv_heads], dim=1)
        k, v = torch.cat([past_k, k], dim=2), torch.cat([past_v, v], dim=2)
        # The heads that share keys are one batch entry: (B, K, H / K, S, A) x (B, K, 1, A, L).
        q = q.reshape(rows, kv_heads, layer.heads // kv_heads, given, width) * width**-0.5
        scores = q @ k.unsqueeze(2).transpose(3, 4) + bias
        out = (scores.softmax(dim=-1) @ v.unsqueeze(2)).reshape(rows, layer.heads, given, width)
        projected: Tensor = layer.o_proj(out.transpose(1, 2).reshape(rows, given, layer.heads * width))
        return projected, k, v
