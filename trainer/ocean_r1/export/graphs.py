"""The model as three ONNX graphs, of Qwen2.5-VL in the layout that transformers.js opens.

`vision_encoder` (encoders.py: pixel_values, image_grid_thw) -> image_features; `embed_tokens` (input_ids) -> inputs_embeds;
`decoder_model_merged` (inputs_embeds, attention_mask, position_ids, num_logits_to_keep, past_key_values.*) -> logits,
present.*. One decoder serves prefill (no past) and decoding. Embeddings are as wide as an image token (W): behind a word's
own D there is nothing. Written out in plain operations, since a graph has no packing. Letters of shapes as in model.py; B
rows, S tokens given, L tokens of the past and those given.
"""

from __future__ import annotations

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ocean_r1.models.layers import GatedMLP, RMSNorm
from ocean_r1.models.model import Attention, DecoderLayer, VisionLanguageModel
from ocean_r1.models.qwen3_vl import NormedAttention

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


def normed(layer: Attention, turning: Tensor) -> Tensor:
    """Queries and keys (B, H + K, S, A) as they are before they turn."""
    if not isinstance(layer, NormedAttention):
        return turning
    q, k = turning.split([layer.heads, layer.kv_heads], dim=1)
    return torch.cat([norm(layer.q_norm, q), norm(layer.k_norm, k)], dim=1)


class EmbedTokens(nn.Module):
    def __init__(self, model: VisionLanguageModel) -> None:
        super().__init__()
        self.embed_tokens = model.language_model.embed_tokens
        self.further = model.config.vision.token_width - model.config.text.hidden_size

    def forward(self, input_ids: Tensor) -> Tensor:
        embeds: Tensor = self.embed_tokens(input_ids)
        return F.pad(embeds, (0, self.further)) if self.further else embeds


class Decoder(nn.Module):
    frequencies: Tensor
    axes: Tensor

    def __init__(self, model: VisionLanguageModel) -> None:
        super().__init__()
        self.text = model.config.text
        self.layers, self.norm = model.language_model.layers, model.language_model.norm
        self.head = nn.Parameter(model.lm_head.weight.detach().T.contiguous())
        half = self.text.head_dim // 2
        self.register_buffer("frequencies", self.text.rope_theta ** -(torch.arange(half, dtype=torch.float32) / half))
        axes = model.language_model.axes(self.text, torch.arange(half))
        self.register_buffer("axes", F.one_hot(axes, 3).T[:, None, None, :].float())  # (3, 1, 1, A / 2)

    def forward(
        self,
        inputs_embeds: Tensor,
        attention_mask: Tensor,
        position_ids: Tensor,
        num_logits_to_keep: Tensor,
        *past: Tensor,
    ) -> tuple[Tensor, ...]:
        width = self.text.hidden_size
        x, *features = inputs_embeds.split([width] * (inputs_embeds.shape[2] // width), dim=2)
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
            if number < len(features):
                x = x + features[number]
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
        q, k = rotate(normed(layer, turned), cos, sin).split([layer.heads, kv_heads], dim=1)
        k, v = torch.cat([past_k, k], dim=2), torch.cat([past_v, v], dim=2)
        # The heads that share keys are one batch entry: (B, K, H / K, S, A) x (B, K, 1, A, L).
        q = q.reshape(rows, kv_heads, layer.heads // kv_heads, given, width) * width**-0.5
        scores = q @ k.unsqueeze(2).transpose(3, 4) + bias
        out = (scores.softmax(dim=-1) @ v.unsqueeze(2)).reshape(rows, layer.heads, given, width)
        projected: Tensor = layer.o_proj(out.transpose(1, 2).reshape(rows, given, layer.heads * width))
        return projected, k, v
