"""What a run would be, without its weights: parameters, tokens a step, memory, schedule."""

from __future__ import annotations

import torch

from ocean_r1.config import GrpoRecipe, Recipe, SftRecipe
from ocean_r1.files import size
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.qwen2_5_vl import Qwen2_5_VL

FLOAT32 = 4
BFLOAT16 = 2
ADAM_BYTES = 4 * FLOAT32
"""A weight, its gradient and AdamW's two moments, float32."""


def plan(recipe: Recipe) -> str:
    """A text for people. Raises ValueError where the model's folder has no readable config."""
    config = ModelConfig.from_folder(recipe.model.path)
    with torch.device("meta"):
        model = Qwen2_5_VL(config)
    tower = sum(parameter.numel() for parameter in model.visual.parameters())
    total = sum(parameter.numel() for parameter in model.parameters())
    text = config.text
    lines = [
        f"{recipe.name}: {recipe.kind}, writes to {recipe.output}",
        f"parameters      {total:,} ({tower:,} in the vision tower)",
    ]
    fixed = total * ADAM_BYTES
    kept = "weights, gradients and moments"
    if isinstance(recipe, GrpoRecipe):
        group, new = recipe.rollout.group, recipe.rollout.max_new_tokens
        responses = recipe.prompts_per_step * group
        if recipe.algorithm.kl_coefficient:
            fixed += total * FLOAT32
            kept += ", and the reference"
        width = FLOAT32
        if recipe.model.dtype == "bfloat16":
            width = BFLOAT16
            fixed += total * width
            kept += ", and a copy in bfloat16 that samples"
        cache = 2 * text.num_hidden_layers * text.num_key_value_heads * text.head_dim * width
        at_once = min(recipe.rollout.prompts_at_once, recipe.prompts_per_step)
        cached = cache * at_once * (recipe.data.max_prompt_tokens + group * new)
        # A layer keeps about its inputs of attention and MLP for the way back; with checkpointing only its input.
        of_layer = (
            text.hidden_size if recipe.model.gradient_checkpointing else 10 * text.hidden_size + 3 * text.intermediate_size
        )
        tokens = recipe.data.max_prompt_tokens + group * new
        activations = tokens * of_layer * text.num_hidden_layers * width
        updates = recipe.algorithm.mini_batches * recipe.algorithm.epochs
        lines += [
            f"a step          {recipe.prompts_per_step} prompts x {group} responses = {responses:,}, "
            f"at most {responses * new:,} new tokens, {updates} update{'s' if updates > 1 else ''}",
            f"sampling cache  at most {size(cached)} for {at_once} groups at a time",
            f"activations     at most {size(activations)} for the longest group",
        ]
    elif isinstance(recipe, SftRecipe):
        lines.append(f"a step          {recipe.rows_per_step} rows")
    else:
        lines.append(f"a step          {recipe.images_per_step} pictures, seen by the tower alone")
    steps = f"{recipe.steps:,} steps" if recipe.steps else "as many steps as the data take"
    optimizer = recipe.optimizer
    lines += [
        f"always held     {size(fixed)}: {kept}",
        f"schedule        {steps}, rate {optimizer.lr:g}, {optimizer.warmup_steps} to warm up, then {optimizer.decay}",
        f"checkpoint      {size(total * 3 * FLOAT32)} every {recipe.checkpoints.every} steps",
    ]
    return "\n".join(lines)
