"""How much better than its group a response was (GRPO, arXiv 2402.03300; verl `compute_grpo_outcome_advantage`)."""

from __future__ import annotations

import torch
from torch import Tensor

EPSILON = 1e-6


def group_advantages(rewards: Tensor, groups: Tensor, divide_by_std: bool = True) -> Tensor:
    """One advantage a response.

    `rewards` (R,) and `groups` (R,), the index of the prompt that each answers. The spread is the unbiased standard
    deviation; a group of one keeps its reward. `divide_by_std` false is Dr. GRPO (arXiv 2503.20783).
    """
    advantages = torch.empty_like(rewards)
    for group in groups.unique():
        members = groups == group
        own = rewards[members]
        mean, std = (own.mean(), own.std()) if len(own) > 1 else (own.new_zeros(()), own.new_ones(()))
        advantages[members] = (own - mean) / (std + EPSILON) if divide_by_std else own - mean
    return advantages
