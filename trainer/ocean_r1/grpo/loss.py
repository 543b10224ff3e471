"""The GRPO objective on packed response tokens.

S tokens of R responses lie one after the other; `rows` (S,) says which response a token belongs to. Every way of
averaging is a weight per token, so a loss is always the sum of weight * value, and micro-batches add up.
Rules after verl 0.9.1 `trainer/ppo/core_algos.py`, whose numbers the tests hold.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ocean_r1.config import Aggregation, KlEstimate


def token_weights(lengths: Tensor, aggregation: Aggregation, norm: float | None = None) -> Tensor:
    """A weight for each token of responses of these lengths, (S,); `lengths` (R,) are those of the whole mini-batch.

    `token-mean`: all tokens equal (DAPO, and verl's default). `seq-mean-token-mean`: all responses equal (GRPO's paper).
    `seq-mean-token-sum`: tokens add up within a response. `seq-mean-token-sum-norm`: the same, divided by the constant
    `norm` (Dr. GRPO). A response without tokens counts nowhere.
    """
    lengths = lengths.to(torch.float64)
    responses = (lengths > 0).sum()
    match aggregation:
        case "token-mean":
            per_row = torch.ones_like(lengths) / lengths.sum()
        case "seq-mean-token-mean":
            per_row = 1 / (lengths.clamp(min=1) * responses)
        case "seq-mean-token-sum":
            per_row = torch.ones_like(lengths) / responses
        case "seq-mean-token-sum-norm":
            if norm is None:
                raise ValueError("seq-mean-token-sum-norm needs the constant that it divides by")
            per_row = torch.ones_like(lengths) / (responses * norm)
    return per_row.repeat_interleave(lengths.long())


@dataclass(frozen=True)
class Clip:
    """How far one update may move a token's probability. `dual` bounds the loss where the advantage is negative
    (arXiv 1912.09729); None leaves it out, as the seed does."""

    low: float = 0.2
    high: float = 0.2
    dual: float | None = None


@dataclass(frozen=True)
class PolicyTerms:
    """Per token, (S,): the loss, and where it was clipped."""

    loss: Tensor
    clipped: Tensor
    clipped_dual: Tensor
    approximate_kl: Tensor


def policy_terms(logp: Tensor, old_logp: Tensor, advantages: Tensor, clip: Clip) -> PolicyTerms:
    """The clipped surrogate of PPO for each token; all arguments (S,)."""
    moved = (logp - old_logp).clamp(-20, 20)
    ratio = moved.exp()
    plain = -advantages * ratio
    bounded = -advantages * ratio.clamp(1 - clip.low, 1 + clip.high)
    loss = torch.where(bounded > plain, bounded, plain)  # At a tie the whole gradient, not half of it.
    clipped_dual = torch.zeros_like(loss, dtype=torch.bool)
    if clip.dual is not None:
        bound = -advantages * clip.dual
        clipped_dual = (loss > bound) & (advantages < 0)
        loss = torch.where(advantages < 0, torch.minimum(loss, bound), loss)
    return PolicyTerms(loss, (bounded > plain).detach(), clipped_dual.detach(), -moved.detach())


def importance_weights(old_logp: Tensor, sampled_logp: Tensor, threshold: float) -> tuple[Tensor, Tensor]:
    """How often each token's policy loss counts, (S,), and whether it was cut: the probability under the model that learns,
    before its update, over that under what drew it, at most `threshold` (truncated importance sampling; verl's
    `rollout_correction.rollout_is: token`). No gradient flows."""
    ratio = (old_logp - sampled_logp).detach().clamp(-20, 20).exp()
    return ratio.clamp(max=threshold), ratio > threshold


def kl_terms(logp: Tensor, ref_logp: Tensor, estimate: KlEstimate, straight_through: bool = False) -> Tensor:
    """The estimate of KL(policy || reference) for each token, (S,) (J. Schulman, "Approximating KL divergence", 2020).

    `low_var_kl` is k3, bounded to [-10, 10]. `straight_through` keeps the value and takes the gradient of `mse`, which
    is unbiased (verl writes `low_var_kl+` or `k3+`).
    """
    difference = logp - ref_logp
    match estimate:
        case "kl":
            value = difference
        case "abs":
            value = difference.abs()
        case "mse":
            value = difference.square() / 2
        case "low_var_kl":
            back = (-difference).clamp(-20, 20)
            value = (back.exp() - back - 1).clamp(-10, 10)
    if straight_through:
        unbiased = difference.square() / 2
        return unbiased + (value - unbiased).detach()
    return value
