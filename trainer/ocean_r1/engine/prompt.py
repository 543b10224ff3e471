"""What a model is given, and where its tokens stand."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ocean_r1.models.model import VisionLanguageModel
from ocean_r1.models.positions import Grid, text_positions
from ocean_r1.ranks import is_divided


@dataclass(frozen=True)
class Prompt:
    """What the model is given: token ids (P,), image tokens expanded, and the images' patches (N, patch_dim). `tokens`
    (N / merge^2, D) are what a tower that learns nothing has made of the patches."""

    ids: Tensor
    patches: Tensor | None
    grids: tuple[Grid, ...]
    tokens: Tensor | None = None


def prompt_positions(model: VisionLanguageModel, prompt: Prompt, temporal_only: bool = False) -> tuple[Tensor, int]:
    """Positions (3, P) on the model's device, and the first position after the prompt.

    `temporal_only` reproduces the seed's accident: training passes saw the time axis on all three, sampling did not.
    """
    config = model.config
    positions, following = text_positions(prompt.ids, prompt.grids, config.image_token_id, config.vision.spatial_merge_size)
    if temporal_only:
        positions = positions[:1].expand(3, -1)
        following = int(positions.max()) + 1
    return positions.to(model.device), following


@torch.no_grad()
def seen(model: VisionLanguageModel, prompt: Prompt) -> Prompt:
    """The prompt with its image tokens, on the host: whoever has the same tower need not look at the pictures again."""
    return prompt if prompt.patches is None else replace(prompt, tokens=model.visual(prompt.patches, prompt.grids).cpu())


def image_tokens(model: VisionLanguageModel, prompt: Prompt) -> Tensor | None:
    if prompt.tokens is not None:
        return prompt.tokens.to(model.device)
    if prompt.patches is None:
        return no_tokens(model) if is_divided(next(model.visual.blocks.parameters())) else None
    tokens: Tensor = model.visual(prompt.patches, prompt.grids)
    return tokens


def no_tokens(model: VisionLanguageModel) -> Tensor:
    """None, (0, W), of a picture of a single token: where a tower is divided among processes all have to go through it."""
    vision = model.config.vision
    merge = vision.spatial_merge_size
    tokens: Tensor = model.visual(torch.zeros(merge * merge, vision.patch_dim), ((1, merge, merge),))
    return tokens[:0]
