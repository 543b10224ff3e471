"""A group in one pass: the prompt and its image run once, the responses that share it lie packed behind.

Letters of shapes: P prompt tokens, R responses, S all response tokens (packed), D width, V vocabulary. What a response token
sees: the whole prompt, and its own response before it.
Gradients are those of running every response with its own copy of the prompt; a test holds that.
Prompts and responses lie on the host, all of a step's together; what a pass needs of them goes to the model's device.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from ocean_r1.engine.attention import Bucket, ToPromptAndOwn, as_row, length_buckets
from ocean_r1.engine.prompt import Prompt, image_tokens, prompt_positions
from ocean_r1.models.model import VisionLanguageModel


@dataclass(frozen=True)
class TokenStats:
    """Of each response token, (S,): its log-probability, and the entropy of the distribution it was drawn from."""

    logp: Tensor
    entropy: Tensor


def group_hidden(
    model: VisionLanguageModel,
    prompt: Prompt,
    responses: Sequence[Tensor],
    *,
    temporal_only: bool = False,
    gradient_checkpointing: bool = False,
) -> Tensor:
    """The hidden states (S, D) from which each response token is predicted, response after response.

    The last token of a response predicts nothing and is not run; the first is predicted by the prompt's last token.
    """
    device = model.device
    prompt_length = len(prompt.ids)
    order = sorted(range(len(responses)), key=lambda index: len(responses[index]))
    run = [len(responses[index]) - 1 for index in order]  # tokens run of each response
    ids = torch.cat([prompt.ids, *(responses[index][:-1] for index in order)])  # (P + S - R,)
    before, following = prompt_positions(model, prompt, temporal_only)
    after = torch.cat([following + torch.arange(length, device=device) for length in run])
    positions = torch.cat([before, after.expand(3, -1)], dim=1)
    buckets = [Bucket.of(lengths, device) for lengths in length_buckets(run)]

    def attend(_layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        (prompt_q, own_q), (prompt_k, own_k), (prompt_v, own_v) = (
            part.split([prompt_length, len(part) - prompt_length]) for part in (q, k, v)
        )
        rows = as_row(prompt_q), as_row(prompt_k), as_row(prompt_v)
        whole = F.scaled_dot_product_attention(*rows, is_causal=True, enable_gqa=True)
        parts = [whole[0].transpose(0, 1)]
        if buckets:
            parts.append(ToPromptAndOwn.apply(own_q, own_k, own_v, prompt_k, prompt_v, buckets))
        return torch.cat(parts).flatten(1)

    wrap_layer = checkpointed if gradient_checkpointing else None
    hidden = model(ids, image_tokens(model, prompt), positions, attend, wrap_layer, prompt_length - 1)
    tails = dict(zip(order, hidden[1:].split(run), strict=True))
    return torch.cat([part for index in range(len(responses)) for part in (hidden[:1], tails[index])])


def checkpointed(function: Callable[..., Any], *given: Any) -> Any:
    """What the function gives, and on the way back gives again. Nothing in the model draws at random: no generator's state
    is kept, which on a card would be waited for."""
    return checkpoint(function, *given, use_reentrant=False, preserve_rng_state=False)


def head_chunk(vocabulary: int) -> int:
    """Of how many tokens logits exist at a time: 4,096, or half a gigabyte of float32."""
    return min(4096, max(1, 2**27 // vocabulary))


def token_stats(
    hidden_SD: Tensor, head_VD: Tensor, targets_S: Tensor, temperature: float = 1.0, chunk: int | None = None
) -> TokenStats:
    """Log-probability and entropy of each token; logits of at most `chunk` tokens exist at a time, also backwards. The
    targets may lie on the host."""
    chunk = chunk or head_chunk(len(head_VD))
    targets_S = targets_S.to(hidden_SD.device)

    def of(hidden: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        logits = F.linear(hidden, head_VD).float() if hidden.dtype != torch.float64 else F.linear(hidden, head_VD)
        logp = F.log_softmax(logits / temperature, dim=-1)
        return logp.gather(1, targets[:, None]).squeeze(1), -(logp.exp() * logp).sum(dim=-1)

    pairs = list(zip(hidden_SD.split(chunk), targets_S.split(chunk), strict=True))
    if len(pairs) == 1:
        return TokenStats(*of(*pairs[0]))
    stats = [checkpointed(of, *pair) for pair in pairs]
    return TokenStats(torch.cat([logp for logp, _ in stats]), torch.cat([entropy for _, entropy in stats]))


def group_stats(
    model: VisionLanguageModel,
    prompt: Prompt,
    responses: Sequence[Tensor],
    *,
    temperature: float = 1.0,
    temporal_only: bool = False,
    gradient_checkpointing: bool = False,
) -> TokenStats:
    """Log-probabilities and entropies of all response tokens of a group, packed, (S,)."""
    hidden = group_hidden(
        model, prompt, responses, temporal_only=temporal_only, gradient_checkpointing=gradient_checkpointing
    )
    return token_stats(hidden, model.lm_head.weight, torch.cat(list(responses)), temperature)
