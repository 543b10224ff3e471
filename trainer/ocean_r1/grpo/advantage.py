"""How much better than its group a response was (GRPO, arXiv 2402.03300; verl `compute_grpo_outcome_advantage`)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

EPSILON = 1e-6
ROUNDING = 1e-9
"""Rewards that are sums of the same terms differ by some 1e-16; those that are meant to differ do so by far more."""


def all_equal(rewards: Sequence[float]) -> bool:
    """Whether a group's rewards differ by no more than rounding: it has nothing to learn from."""
    return max(rewards) - min(rewards) <= ROUNDING * max(1.0, *map(abs, rewards))


def group_advantages(rewards: Tensor, groups: Tensor, divide_by_std: bool = True) -> Tensor:
    """One advantage a response, in the dtype of the rewards.

    `rewards` (R,) and `groups` (R,), the index of the prompt that each answers. The spread is the unbiased standard
    deviation; a group of one keeps its reward, and equal rewards give exactly 0: their mean and spread are rounding alone,
    and the quotient of these is no small number. `divide_by_std` false is Dr. GRPO (arXiv 2503.20783).
    """
    advantages = torch.zeros_like(rewards)
    for group in groups.unique():
        members = groups == group
        own = rewards[members]
        if len(own) > 1 and all_equal(own.tolist()):
            continue
        mean, std = (own.mean(), own.std()) if len(own) > 1 else (own.new_zeros(()), own.new_ones(()))
        advantages[members] = (own - mean) / (std + EPSILON) if divide_by_std else own - mean
    return advantages
