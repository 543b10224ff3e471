"""A group in one pass: the prompt and its image run once, the responses that share it lie packed behind.

Letters of shapes: P prompt tokens, R responses, L longest response, S all response tokens (packed), D width, V vocabulary,
H heads, K key/value heads, A head width. What a response token sees: the whole prompt, and its own response before it.
Gradients are those of running every response with its own copy of the prompt; a test holds that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from ocean_r1.models.positions import Grid, text_positions
from ocean_r1.models.qwen2_5_vl import Qwen2_5_VL


@dataclass(frozen=True)
class Prompt:
    """What the model is given: token ids (P,), image tokens expanded, and the images' patches (N, patch_dim)."""

    ids: Tensor
    patches: Tensor | None
    grids: tuple[Grid, ...]


@dataclass(frozen=True)
class TokenStats:
    """Of each response token, (S,): its log-probability, and the entropy of the distribution it was drawn from."""

    logp: Tensor
    entropy: Tensor


def prompt_positions(model: Qwen2_5_VL, prompt: Prompt, temporal_only: bool = False) -> tuple[Tensor, int]:
    """Positions (3, P) and the first position after the prompt.

    `temporal_only` reproduces the seed's accident: training passes saw the time axis on all three, sampling did not.
    """
    config = model.config
    positions, following = text_positions(
        prompt.ids.cpu(), prompt.grids, config.image_token_id, config.vision.spatial_merge_size
    )
    if temporal_only:
        positions = positions[:1].expand(3, -1)
        following = int(positions.max()) + 1
    return positions.to(prompt.ids.device), following


def image_tokens(model: Qwen2_5_VL, prompt: Prompt) -> Tensor | None:
    if prompt.patches is None:
        return None
    tokens: Tensor = model.visual(prompt.patches, prompt.grids)
    return tokens


def group_hidden(
    model: Qwen2_5_VL,
    prompt: Prompt,
    responses: Sequence[Tensor],
    *,
    temporal_only: bool = False,
    remat: bool = False,
) -> Tensor:
    """The hidden states (S, D) from which each response token is predicted, response after response.

    The last token of a response predicts nothing and is not run; the first is predicted by the prompt's last token.
    """
    device = prompt.ids.device
    prompt_length = len(prompt.ids)
    run = torch.tensor([len(response) - 1 for response in responses], device=device)  # tokens run of each response
    longest = int(run.max())
    steps = torch.arange(longest, device=device)
    real = steps < run[:, None]  # (R, L)
    packed = torch.cat([response[:-1] for response in responses])  # (S - R,)
    ids = torch.cat([prompt.ids, packed])
    before, following = prompt_positions(model, prompt, temporal_only)
    after = following + steps.expand(len(run), -1)[real]
    positions = torch.cat([before, after.expand(3, -1)], dim=1)
    # (R, 1, L, P + L): a response sees all of the prompt and what came before in itself.
    own = steps[None, :] <= steps[:, None]
    seen = torch.cat([own.new_ones(longest, prompt_length), own], dim=1)

    def attend(_layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        prompt_q, prompt_k, prompt_v = (
            part[:prompt_length].transpose(0, 1)[None] for part in (q, k, v)
        )  # (1, H or K, P, A)
        out = F.scaled_dot_product_attention(prompt_q, prompt_k, prompt_v, is_causal=True, enable_gqa=True)
        out_prompt = out[0].transpose(0, 1).flatten(1)
        if longest == 0:
            return out_prompt

        def unpacked(part: Tensor) -> Tensor:  # (S - R, heads, A) -> (R, heads, L, A), zeros behind the end
            grid = part.new_zeros(*real.shape, *part.shape[1:])
            return grid.index_put((real,), part[prompt_length:]).transpose(1, 2)

        own_q, own_k, own_v = unpacked(q), unpacked(k), unpacked(v)
        shared_k, shared_v = (part.expand(len(run), -1, -1, -1) for part in (prompt_k, prompt_v))
        out = F.scaled_dot_product_attention(
            own_q,
            torch.cat([shared_k, own_k], dim=2),
            torch.cat([shared_v, own_v], dim=2),
            attn_mask=seen,
            enable_gqa=True,
        )
        return torch.cat([out_prompt, out.transpose(1, 2)[real].flatten(1)])

    wrap: Callable[..., Tensor] | None = None
    if remat:
        wrap = lambda layer, *given: checkpoint(layer, *given, use_reentrant=False)  # noqa: E731
    hidden = model.language_model(model.embed(ids, image_tokens(model, prompt)), positions, attend, wrap, prompt_length - 1)
    tails = hidden[1:].split(run.tolist())
    return torch.cat([part for tail in tails for part in (hidden[:1], tail)])


def token_stats(
    hidden_SD: Tensor, head_VD: Tensor, targets_S: Tensor, temperature: float = 1.0, chunk: int = 4096
) -> TokenStats:
    """Log-probability and entropy of each token; logits of at most `chunk` tokens exist at a time, also backwards."""

    def of(hidden: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        logits = F.linear(hidden, head_VD).float() if hidden.dtype != torch.float64 else F.linear(hidden, head_VD)
        logp = F.log_softmax(logits / temperature, dim=-1)
        return logp.gather(1, targets[:, None]).squeeze(1), -(logp.exp() * logp).sum(dim=-1)

    pairs = list(zip(hidden_SD.split(chunk), targets_S.split(chunk), strict=True))
    if len(pairs) == 1:
        return TokenStats(*of(*pairs[0]))
    stats = [checkpoint(of, *pair, use_reentrant=False) for pair in pairs]
    return TokenStats(torch.cat([logp for logp, _ in stats]), torch.cat([entropy for _, entropy in stats]))


def group_stats(
    model: Qwen2_5_VL,
    prompt: Prompt,
    responses: Sequence[Tensor],
    *,
    temperature: float = 1.0,
    temporal_only: bool = False,
    remat: bool = False,
) -> TokenStats:
    """Log-probabilities and entropies of all response tokens of a group, packed, (S,)."""
    hidden = group_hidden(model, prompt, responses, temporal_only=temporal_only, remat=remat)
    return token_stats(hidden, model.lm_head.weight, torch.cat(list(responses)), temperature)
