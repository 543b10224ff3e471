"""What engine, steps and exports see of a model; a file for each family says what is its own (qwen2_5_vl.py, qwen3_vl.py).

Letters of shapes: N patches, C image tokens, T tokens in a row (packed, no padding), D width of the text, W width of an
image token, H heads, K key/value heads, A head width, V vocabulary. Attention is passed in, so that packing, shared prefixes
and the decoding cache each write their own and share all else. Weights carry Hugging Face's names, but that the projections
which read the same input are one matrix (`qkv_proj`, `gate_up_proj`): `weights.py` splits and joins them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from ocean_r1.models.config import ModelConfig, TextConfig, VisionConfig
from ocean_r1.models.layers import GatedMLP, RMSNorm, rotate
from ocean_r1.models.positions import Grid

Attend = Callable[[int, Tensor, Tensor, Tensor], Tensor]
"""(layer, q_THA, k_TKA, v_TKA) -> (T, H * A): queries and keys already turned by their positions."""


class VisionTower(nn.Module):
    """Patches (N, patch_dim) of the grids' pictures, one after the other, of the host or the tower's device -> image tokens
    (C, W) in reading order. Their first D stand in the places of the prompt's image tokens; each further D are added there
    behind one more of the first layers."""

    config: VisionConfig
    blocks: nn.ModuleList

    def forward(self, patches: Tensor, grids: Sequence[Grid]) -> Tensor:
        raise NotImplementedError  # each family has its own


FrequencyAxes = Callable[[TextConfig, Tensor], Tensor]
"""The axis (0 time, 1 row, 2 column) with which each frequency turns, (A / 2,) int64. The second counts the frequencies from
0, on the device: CUDA graphs hold no tensor of the host."""


class Attention(nn.Module):
    def __init__(self, config: TextConfig, bias: bool) -> None:
        super().__init__()
        self.heads, self.kv_heads, self.head_dim = (
            config.num_attention_heads,
            config.num_key_value_heads,
            config.head_dim,
        )
        self.qkv_proj = nn.Linear(config.hidden_size, (self.heads + 2 * self.kv_heads) * self.head_dim, bias=bias)
        self.o_proj = nn.Linear(self.heads * self.head_dim, config.hidden_size, bias=False)

    def normed(self, turning: Tensor) -> Tensor:
        """Queries and keys (T, H + K, A) as they are before they turn."""
        return turning

    def forward(self, layer: int, x_TD: Tensor, cos_TA: Tensor, sin_TA: Tensor, attend: Attend, first: int) -> Tensor:
        heads = self.qkv_proj(x_TD).reshape(len(x_TD), -1, self.head_dim)
        turned = rotate(self.normed(heads[:, : self.heads + self.kv_heads]), cos_TA, sin_TA)
        q, k = turned.split((self.heads, self.kv_heads), dim=1)
        out: Tensor = self.o_proj(attend(layer, q, k, heads[:, self.heads + self.kv_heads :])[first:])
        return out


class DecoderLayer(nn.Module):
    def __init__(self, config: TextConfig, attention: Attention) -> None:
        super().__init__()
        self.self_attn = attention
        self.mlp = GatedMLP(config.hidden_size, config.intermediate_size, bias=False)
        self.input_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.post_attention_layernorm = RMSNorm(config.hidden_size, config.rms_norm_eps)

    def forward(self, layer: int, x_TD: Tensor, cos_TA: Tensor, sin_TA: Tensor, attend: Attend, first: int = 0) -> Tensor:
        """The tokens from `first` on: the others serve as keys and values only."""
        x_TD = x_TD[first:] + self.self_attn(layer, self.input_layernorm(x_TD), cos_TA, sin_TA, attend, first)
        mixed: Tensor = x_TD + self.mlp(self.post_attention_layernorm(x_TD))
        return mixed


class LanguageModel(nn.Module):
    def __init__(self, config: TextConfig, attention: Callable[[TextConfig], Attention], axes: FrequencyAxes) -> None:
        super().__init__()
        self.config = config
        self.axes = axes
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(DecoderLayer(config, attention(config)) for _ in range(config.num_hidden_layers))
        self.norm = RMSNorm(config.hidden_size, config.rms_norm_eps)

    def rotary(self, positions_3T: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """cos and sin, each (T, A)."""
        half = self.config.head_dim // 2
        which = torch.arange(half, device=positions_3T.device)
        frequencies = self.config.rope_theta ** -(which.float() / half)
        angles = positions_3T[self.axes(self.config, which)].T.float() * frequencies  # (T, A / 2)
        return angles.cos().repeat(1, 2).to(dtype), angles.sin().repeat(1, 2).to(dtype)


class VisionLanguageModel(nn.Module):
    """Of which family it is only its maker knows (`families.py`)."""

    def __init__(self, config: ModelConfig, visual: VisionTower, language_model: LanguageModel) -> None:
        super().__init__()
        self.config = config
        self.visual = visual
        self.language_model = language_model
        self.lm_head = nn.Linear(config.text.hidden_size, config.text.vocab_size, bias=False)
        self.tie()

    def tie(self) -> None:
        """Head and embeddings are one matrix, where the config says so."""
        if self.config.tie_word_embeddings:
            self.lm_head.weight = self.language_model.embed_tokens.weight

    @staticmethod
    def hub_name(name: str) -> str:
        """The name that a weight has in files on the hub."""
        raise NotImplementedError  # each family has its own

    @property
    def device(self) -> torch.device:
        return self.lm_head.weight.device

    def forward(
        self,
        ids_T: Tensor,
        image_tokens: Tensor | None,
        positions_3T: Tensor,
        attend: Attend,
        wrap_layer: Callable[..., Tensor] | None = None,
        first: int = 0,
    ) -> Tensor:
        """The hidden states after the last norm of the tokens from `first` on, (T - first, D). `ids_T` may lie on the host;
        `image_tokens` (C, W) are the tower's. `wrap_layer` runs a layer on what it is given (gradient checkpointing)."""
        language = self.language_model
        x_TD: Tensor = language.embed_tokens(ids_T.to(self.device))
        features: list[Tensor] = []
        if image_tokens is not None:
            # Found where the ids lie: on a card the search would be waited for.
            places = (ids_T == self.config.image_token_id).nonzero().squeeze(1).to(self.device)
            seen, *features = image_tokens.to(x_TD.dtype).split(x_TD.shape[1], dim=1)
            x_TD = x_TD.index_copy(0, places, seen)
        cos, sin = language.rotary(positions_3T, x_TD.dtype)
        for index, layer in enumerate(language.layers):
            given = (index, x_TD, cos, sin, attend, first if index == len(language.layers) - 1 else 0)
            x_TD = wrap_layer(layer, *given) if wrap_layer else layer(*given)
            if index < len(features):
                x_TD = x_TD.index_add(0, places, features[index])
        normed: Tensor = language.norm(x_TD)
        return normed


@torch.no_grad()
def initialise(model: VisionLanguageModel, generator: torch.Generator, std: float = 0.02) -> None:
    """Fresh weights as transformers draws them: normal matrices, zero biases, norms of one."""
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            parameter.zero_()
        elif parameter.ndim == 1:
            parameter.fill_(1)
        else:
            parameter.normal_(0, std, generator=generator)
