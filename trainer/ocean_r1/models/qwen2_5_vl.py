"""Qwen2.5-VL, written out for training with shared prefixes (Qwen2.5-VL technical report, arXiv 2502.13923).

Letters of shapes: N patches, T tokens in a row (packed, no padding), D width of the text, E width of the tower,
H heads, K key/value heads, A head width, V vocabulary. Attention is passed in, so that packing, shared prefixes and the
decoding cache each write their own and share all else. Weights carry Hugging Face's names, but that the projections
which read the same input are one matrix (`qkv_proj`, `gate_up_proj`): `weights.py` splits and joins them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ocean_r1.models.config import ModelConfig, TextConfig, VisionConfig
from ocean_r1.models.positions import Grid, image_segments, patch_positions, window_segments

Attend = Callable[[int, Tensor, Tensor, Tensor], Tensor]
"""(layer, q_THA, k_TKA, v_TKA) -> (T, H * A): queries and keys already turned by their positions."""


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


class VisionBlock(nn.Module):
    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        self.norm1 = RMSNorm(config.hidden_size, 1e-6)
        self.norm2 = RMSNorm(config.hidden_size, 1e-6)
        self.attn = VisionAttention(config)
        self.mlp = GatedMLP(config.hidden_size, config.intermediate_size, bias=True)

    def forward(self, x_NE: Tensor, cos_NA: Tensor, sin_NA: Tensor, segments: Sequence[Tensor]) -> Tensor:
        x_NE = x_NE + self.attn(self.norm1(x_NE), cos_NA, sin_NA, segments)
        mixed: Tensor = x_NE + self.mlp(self.norm2(x_NE))
        return mixed


class PatchEmbed(nn.Module):
    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        size = (config.temporal_patch_size, config.patch_size, config.patch_size)
        self.proj = nn.Conv3d(config.in_channels, config.hidden_size, size, stride=size, bias=False)

    def forward(self, patches: Tensor) -> Tensor:
        return F.linear(patches, self.proj.weight.flatten(1))


class PatchMerger(nn.Module):
    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        self.width = config.hidden_size * config.spatial_merge_size**2
        self.ln_q = RMSNorm(config.hidden_size, 1e-6)
        self.mlp = nn.Sequential(nn.Linear(self.width, self.width), nn.GELU(), nn.Linear(self.width, config.out_hidden_size))

    def forward(self, x_NE: Tensor) -> Tensor:
        merged: Tensor = self.mlp(self.ln_q(x_NE).reshape(-1, self.width))
        return merged


class VisionTower(nn.Module):
    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        self.config = config
        self.patch_embed = PatchEmbed(config)
        self.blocks = nn.ModuleList(VisionBlock(config) for _ in range(config.depth))
        self.merger = PatchMerger(config)

    def forward(self, patches: Tensor, grids: Sequence[Grid]) -> Tensor:
        """Patches (N, patch_dim) of the images one after the other, of the host or the tower's device -> image tokens
        (N / merge^2, D) in reading order."""
        patches = patches.to(self.patch_embed.proj.weight)
        config, device = self.config, patches.device
        merge = config.spatial_merge_size
        quarter = config.hidden_size // config.num_heads // 4
        frequencies = 10_000.0 ** -(torch.arange(quarter, dtype=torch.float32, device=device) / quarter)
        where = patch_positions(grids, merge).to(device)
        angles = (where[..., None] * frequencies).flatten(1).repeat(1, 2)  # (N, A): row, column, row, column
        cos, sin = angles.cos().to(patches.dtype), angles.sin().to(patches.dtype)
        whole = [segment.to(device) for segment in image_segments(grids)]
        windows = whole
        if len(config.fullatt_block_indexes) < config.depth:
            side = config.window_size // config.patch_size
            windows = [segment.to(device) for segment in window_segments(grids, merge, side)]
        x = self.patch_embed(patches)
        for index, block in enumerate(self.blocks):
            x = block(x, cos, sin, whole if index in config.fullatt_block_indexes else windows)
        tokens: Tensor = self.merger(x)
        return tokens


class Attention(nn.Module):
    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.heads, self.kv_heads, self.head_dim = (
            config.num_attention_heads,
            config.num_key_value_heads,
            config.head_dim,
        )
        self.qkv_proj = nn.Linear(config.hidden_size, (self.heads + 2 * self.kv_heads) * self.head_dim)
        self.o_proj = nn.Linear(self.heads * self.head_dim, config.hidden_size, bias=False)

    def forward(self, layer: int, x_TD: Tensor, cos_TA: Tensor, sin_TA: Tensor, attend: Attend, first: int) -> Tensor:
        heads = self.qkv_proj(x_TD).reshape(len(x_TD), -1, self.head_dim)
        turned = rotate(heads[:, : self.heads + self.kv_heads], cos_TA, sin_TA)
        q, k = turned.split((self.heads, self.kv_heads), dim=1)
        out: Tensor = self.o_proj(attend(layer, q, k, heads[:, self.heads + self.kv_heads :])[first:])
        return out


class DecoderLayer(nn.Module):
    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.self_attn = Attention(config)
        self.mlp = GatedMLP(config.hidden_size, config.intermediate_size, bias=False)
        self.input_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.post_attention_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)

    def forward(self, layer: int, x_TD: Tensor, cos_TA: Tensor, sin_TA: Tensor, attend: Attend, first: int = 0) -> Tensor:
        """The tokens from `first` on: the others serve as keys and values only."""
        x_TD = x_TD[first:] + self.self_attn(layer, self.input_layernorm(x_TD), cos_TA, sin_TA, attend, first)
        mixed: Tensor = x_TD + self.mlp(self.post_attention_layernorm(x_TD))
        return mixed


class LanguageModel(nn.Module):
    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.config = config
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(DecoderLayer(config) for _ in range(config.num_hidden_layers))
        self.norm = RMSNorm(config.hidden_size, config.rms_norm_eps)

    def rotary(self, positions_3T: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """cos and sin, each (T, A): every frequency turns with the axis that `mrope_section` gives it."""
        config, device = self.config, positions_3T.device
        half = config.head_dim // 2
        which = torch.arange(half, device=device)
        frequencies = config.rope_theta ** -(which.float() / half)
        temporal, height, _ = config.mrope_section
        axes = (which >= temporal).long() + (
            which >= temporal + height
        ).long()  # No tensor of the host: CUDA graphs hold none.
        angles = positions_3T[axes].T.float() * frequencies  # (T, A / 2)
        return angles.cos().repeat(1, 2).to(dtype), angles.sin().repeat(1, 2).to(dtype)

    def forward(
        self,
        x_TD: Tensor,
        positions_3T: Tensor,
        attend: Attend,
        wrap_layer: Callable[..., Tensor] | None = None,
        first: int = 0,
    ) -> Tensor:
        """Embeddings -> hidden states after the last norm of the tokens from `first` on, (T - first, D). `wrap_layer` runs
        a layer on what it is given (gradient checkpointing)."""
        cos, sin = self.rotary(positions_3T, x_TD.dtype)
        for index, layer in enumerate(self.layers):
            given = (index, x_TD, cos, sin, attend, first if index == len(self.layers) - 1 else 0)
            x_TD = wrap_layer(layer, *given) if wrap_layer else layer(*given)
        normed: Tensor = self.norm(x_TD)
        return normed


class Qwen2_5_VL(nn.Module):  # noqa: N801, the model's name
    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.visual = VisionTower(config.vision)
        self.language_model = LanguageModel(config.text)
        self.lm_head = nn.Linear(config.text.hidden_size, config.text.vocab_size, bias=False)
        if config.tie_word_embeddings:
            self.lm_head.weight = self.language_model.embed_tokens.weight

    @property
    def device(self) -> torch.device:
        return self.lm_head.weight.device

    def embed(self, ids_T: Tensor, image_tokens: Tensor | None) -> Tensor:
        """Token embeddings (T, D), image tokens in their places. `ids_T` may lie on the host."""
        x: Tensor = self.language_model.embed_tokens(ids_T.to(self.device))
        if image_tokens is None:
            return x
        # Found where the ids lie: on a card the search would be waited for.
        places = (ids_T == self.config.image_token_id).nonzero().squeeze(1)
        return x.index_copy(0, places.to(self.device), image_tokens.to(x.dtype))


@torch.no_grad()
def initialise(model: Qwen2_5_VL, generator: torch.Generator, std: float = 0.02) -> None:
    """Fresh weights as transformers draws them: normal matrices, zero biases, norms of one."""
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            parameter.zero_()
        elif parameter.ndim == 1:
            parameter.fill_(1)
        else:
            parameter.normal_(0, std, generator=generator)
