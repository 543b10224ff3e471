"""Attention of responses that share a prompt: each token sees the prompt and its own response before it. The two parts are
attended to apart, without masks or copies of the prompt, and joined by the logarithms of their sums (as FlashAttention joins
blocks of keys, arXiv 2205.14135).

Letters of shapes: N tokens of all responses (packed), P prompt tokens, B rows, L longest row, H heads, K key/value heads,
A head width.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

aten = torch.ops.aten


@dataclass(frozen=True)
class Bucket:
    """Responses of like lengths, which attend in one call. `places` (tokens,) says where the packed tokens lie in `shape`
    (B, L), found once and not in every layer: on a card each search for them is waited for."""

    shape: tuple[int, int]
    places: Tensor

    @property
    def tokens(self) -> int:
        return len(self.places)

    @classmethod
    def of(cls, lengths: Sequence[int], device: torch.device) -> Bucket:
        longest = max(lengths)
        places = torch.cat([row * longest + torch.arange(length) for row, length in enumerate(lengths)])
        return cls((len(lengths), longest), places.to(device))

    def rows(self, packed: Tensor) -> Tensor:
        """(tokens, H, ...) -> (B, H, L, ...), zeros behind the end."""
        whole = packed.new_zeros(self.shape[0] * self.shape[1], *packed.shape[1:]).index_copy(0, self.places, packed)
        return whole.view(*self.shape, *packed.shape[1:]).transpose(1, 2)

    def packed(self, rows: Tensor) -> Tensor:
        """(B, H, L, ...) -> (tokens, H, ...)."""
        tokens: Tensor = rows.transpose(1, 2).flatten(0, 1)[self.places]
        return tokens


def length_buckets(lengths: Sequence[int]) -> list[list[int]]:
    """Sorted lengths in runs none of which is padded to more than 1.4 times its shortest; responses of no length go."""
    runs: list[list[int]] = []
    for length in lengths:
        if runs and length <= 1.4 * runs[-1][0]:
            runs[-1].append(length)
        elif length:
            runs.append([length])
    return runs


class ToPromptAndOwn(torch.autograd.Function):
    """q (N, H, A), k and v (N, K, A) of the responses' tokens, k and v (P, K, A) of the prompt -> (N, H, A)."""

    @staticmethod
    def forward(
        ctx: Any, q: Tensor, k: Tensor, v: Tensor, prompt_k: Tensor, prompt_v: Tensor, buckets: list[Bucket]
    ) -> Tensor:
        out, log_sum = (
            part[0].transpose(0, 1) for part in attend(as_row(q), as_row(prompt_k), as_row(prompt_v), causal=False)
        )
        own_out, own_sum = by_bucket(partial(attend, causal=True), buckets, q, k, v)
        both = torch.logaddexp(log_sum, own_sum)
        out = out * (log_sum - both).exp()[..., None] + own_out * (own_sum - both).exp()[..., None]
        out = out.to(q.dtype)
        ctx.save_for_backward(q, k, v, prompt_k, prompt_v, out, both)
        ctx.buckets = buckets
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        q, k, v, prompt_k, prompt_v, out, both = ctx.saved_tensors
        # By the joined sums each part gives its own share of the gradients.
        rows = (as_row(grad), as_row(q), as_row(prompt_k), as_row(prompt_v), as_row(out), as_row(both))
        grad_q, grad_prompt_k, grad_prompt_v = (part[0].transpose(0, 1) for part in attend_back(*rows, False))
        parts = (grad, q, k, v, out, both)
        own_q, grad_k, grad_v = by_bucket(partial(attend_back, causal=True), ctx.buckets, *parts)
        return grad_q + own_q, grad_k, grad_v, grad_prompt_k, grad_prompt_v, None


def as_row(packed: Tensor) -> Tensor:
    """(N, H, ...) -> (1, H, N, ...)."""
    return packed.transpose(0, 1)[None]


def by_bucket(work: Callable[..., tuple[Tensor, ...]], buckets: Sequence[Bucket], *parts: Tensor) -> list[Tensor]:
    """What `work` makes of the rows of each bucket, packed again; `parts` are (N, H, ...)."""
    own = zip(*(part.split([bucket.tokens for bucket in buckets]) for part in parts), strict=True)
    made = [
        [bucket.packed(each) for each in work(*map(bucket.rows, some))] for bucket, some in zip(buckets, own, strict=True)
    ]
    return [torch.cat(each) for each in zip(*made, strict=True)]


def attend(q: Tensor, k: Tensor, v: Tensor, causal: bool, bias: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """q (B, H, L, A), k and v (B, K, M, A) -> (B, H, L, A), and (B, H, L): the logarithms of the sums that scores were
    divided by, float32 or float64. `bias` (B, 1, 1, M) is added to the scores."""
    if not q.is_cuda:
        out, log_sum = aten._scaled_dot_product_flash_attention_for_cpu(q, k, v, 0.0, causal, attn_mask=bias)
        return out, log_sum
    if bias is not None or q.dtype not in (torch.bfloat16, torch.float16):
        return attend_plainly(q, k, v, causal, bias)
    out, log_sum, *_ = aten._scaled_dot_product_flash_attention(q, k, v, 0.0, causal)
    return out, log_sum


def attend_back(
    grad: Tensor, q: Tensor, k: Tensor, v: Tensor, out: Tensor, log_sum: Tensor, causal: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """The gradients of q, k and v."""
    if not q.is_cuda:
        found = aten._scaled_dot_product_flash_attention_for_cpu_backward(grad, q, k, v, out, log_sum, 0.0, causal)
    elif q.dtype not in (torch.bfloat16, torch.float16):
        found = attend_back_plainly(grad, q, k, v, out, log_sum, causal)
    else:
        nothing = torch.empty(0, dtype=torch.int64, device=q.device)  # of dropout, which there is none of
        lengths = (None, None, q.shape[2], k.shape[2])
        given = (grad, q, k, v, out, log_sum.contiguous(), *lengths, 0.0, causal, nothing, nothing)
        found = aten._scaled_dot_product_flash_attention_backward(*given)
    grad_q, grad_k, grad_v = found
    return grad_q, grad_k, grad_v


def scores(q: Tensor, k: Tensor, causal: bool) -> Tensor:
    """(B, K, H / K, L, M)."""
    found: Tensor = q.unflatten(1, (k.shape[1], -1)) @ k[:, :, None].transpose(3, 4) * q.shape[-1] ** -0.5
    if causal:
        found = found.masked_fill(torch.ones_like(found, dtype=torch.bool).triu(1), -torch.inf)
    return found


def attend_plainly(q: Tensor, k: Tensor, v: Tensor, causal: bool, bias: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """In words that every device knows, for dtypes and biases that its own kernels do not."""
    found = scores(q, k, causal)
    found = found.to(torch.promote_types(found.dtype, torch.float32))
    if bias is not None:
        found = found + bias[:, None]
    log_sum = found.logsumexp(-1)
    weights = (found - log_sum[..., None]).exp().to(v.dtype)
    return (weights @ v[:, :, None]).flatten(1, 2), log_sum.flatten(1, 2)


def attend_back_plainly(
    grad: Tensor, q: Tensor, k: Tensor, v: Tensor, out: Tensor, log_sum: Tensor, causal: bool
) -> tuple[Tensor, Tensor, Tensor]:
    grouped_grad, grouped_q = (part.unflatten(1, (k.shape[1], -1)) for part in (grad, q))
    weights = (scores(q, k, causal) - log_sum.unflatten(1, (k.shape[1], -1))[..., None]).exp()
    of_rows = (grad * out).sum(-1, keepdim=True).unflatten(1, (k.shape[1], -1))
    moved = weights * (grouped_grad @ v[:, :, None].transpose(3, 4) - of_rows) * q.shape[-1] ** -0.5
    grad_q = (moved @ k[:, :, None]).flatten(1, 2)
    return grad_q, (moved.transpose(3, 4) @ grouped_q).sum(2), (weights.transpose(3, 4) @ grouped_grad).sum(2)
