"""What a run would be, without its weights: parameters, tokens a step, memory, schedule."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from ocean_r1.config import GrpoRecipe, Recipe, SftRecipe
from ocean_r1.files import size
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.families import build_model

FLOAT32 = 4
BFLOAT16 = 2
CACHED = "keys and values of what is sampled"
ACTIVATIONS = "activations of the longest group"


@dataclass(frozen=True)
class Figures:
    """What can be said of a run before it begins. The server says the same of it (`lib/training/plan.ts`)."""

    parameters: int
    tower: int
    """Of them, those of the vision tower."""
    held: dict[str, int]
    """Bytes that are held from the first step to the last, by what for."""
    passing: dict[str, int]
    """Bytes that a step needs at most besides, by what for, one after the other."""
    checkpoint: int
    """Bytes of one."""
    responses: int
    """Responses a step; of supervised training rows, of a tower's pictures."""
    new_tokens: int | None
    """That a step samples at most."""
    updates: int
    """Of the weights, a step."""


def figures(recipe: Recipe, config: ModelConfig) -> Figures:
    with torch.device("meta"):
        model = build_model(config)
    tower = sum(parameter.numel() for parameter in model.visual.parameters())
    total = sum(parameter.numel() for parameter in model.parameters())
    held = {"weights": total * FLOAT32, "gradients": total * FLOAT32, "AdamW's two moments": total * 2 * FLOAT32}
    passing: dict[str, int] = {}
    responses, new_tokens, updates = recipe.batch_size, None, 1
    if isinstance(recipe, GrpoRecipe):
        text, group, new = config.text, recipe.rollout.group, recipe.rollout.max_new_tokens
        if recipe.algorithm.kl_coefficient:
            held["the reference"] = total * FLOAT32
        width = FLOAT32
        if recipe.model.dtype == "bfloat16":
            width = BFLOAT16
            held["a copy in bfloat16 that samples"] = total * width
        tokens = recipe.data.max_prompt_tokens + group * new
        cache = 2 * text.num_hidden_layers * text.num_key_value_heads * text.head_dim * width
        passing[CACHED] = cache * min(recipe.rollout.prompts_at_once, recipe.prompts_per_step) * tokens
        # A layer keeps about its inputs of attention and MLP for the way back; with checkpointing only its input.
        of_layer = (
            text.hidden_size if recipe.model.gradient_checkpointing else 10 * text.hidden_size + 3 * text.intermediate_size
        )
        passing[ACTIVATIONS] = tokens * of_layer * text.num_hidden_layers * width
        responses *= group
        new_tokens = responses * new
        updates = recipe.algorithm.mini_batches * recipe.algorithm.epochs
    return Figures(total, tower, held, passing, total * 3 * FLOAT32, responses, new_tokens, updates)


def plan(recipe: Recipe) -> str:
    """A text for people. Raises ValueError where the model's folder has no readable config."""
    found = figures(recipe, ModelConfig.from_folder(recipe.model.path))
    lines = [
        f"{recipe.name}: {recipe.kind}, writes to {recipe.output}",
        f"parameters      {found.parameters:,} ({found.tower:,} in the vision tower)",
    ]
    if isinstance(recipe, GrpoRecipe):
        at_once = min(recipe.rollout.prompts_at_once, recipe.prompts_per_step)
        lines += [
            f"a step          {recipe.prompts_per_step} prompts x {recipe.rollout.group} responses = {found.responses:,}, "
            f"at most {found.new_tokens:,} new tokens, {found.updates} update{'s' if found.updates > 1 else ''}",
            f"sampling cache  at most {size(found.passing[CACHED])} for {at_once} groups at a time",
            f"activations     at most {size(found.passing[ACTIVATIONS])} for the longest group",
        ]
    elif isinstance(recipe, SftRecipe):
        lines.append(f"a step          {recipe.rows_per_step} rows")
    else:
        lines.append(f"a step          {recipe.images_per_step} pictures, seen by the tower alone")
    steps = f"{recipe.steps:,} steps" if recipe.steps else "as many steps as the data take"
    optimizer = recipe.optimizer
    lines += [
        f"always held     {size(sum(found.held.values()))}: {', '.join(found.held)}",
        f"schedule        {steps}, rate {optimizer.lr:g}, {optimizer.warmup_steps} to warm up, then {optimizer.decay}",
        f"checkpoint      {size(found.checkpoint)} every {recipe.checkpoints.every} steps",
    ]
    return "\n".join(lines)
