"""What a run would be, without its weights: parameters, tokens a step, memory, schedule.

Memory is counted from what passes hold and keep for the way back (`engine/`, `models/qwen2_5_vl.py`). Of several processes
it is that of the first, whose share is never less than another's. A test holds the sums to the measured peak within 10 %, on
a CPU at two sizes, by one process and by each of two.
"""

from __future__ import annotations

import json
import math
from contextlib import suppress
from dataclasses import dataclass

import torch
from torch import nn

from ocean_r1.config import GrpoRecipe, Recipe, RecipeError, SftRecipe, freezes_tower
from ocean_r1.engine.flight import Sizes
from ocean_r1.engine.forward import head_chunk
from ocean_r1.files import size
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.families import build_model
from ocean_r1.models.lora import matrices_of
from ocean_r1.ranks import Ranks
from ocean_r1.start import check_divisible

FLOAT32 = 4
BFLOAT16 = 2
MOMENTS = "AdamW's two moments"
SAMPLES = "while it samples: keys, values and logits"
LEARNS = "while it learns: gradients, activations and logits"
CARDS = (24, 80, 141)
"""Gigabytes of the cards that a plan speaks of, as their makers count them."""
CARD_S_OWN = 2 * 10**9
"""Bytes that a card's driver and libraries take, and what lies unused between blocks."""
CHOICES = (
    ("optimizer", "offload", True),
    ("optimizer", "vision_lr", 0),
    ("model", "lora_rank", 16),
    ("model", "gradient_checkpointing", True),
    ("model", "dtype", "bfloat16"),
)
"""Keys by which a recipe takes less memory."""
COUNTS = (1, 2, 4, 8)
"""Of processes, a card each, that a plan speaks of."""
DRAWN = 28
"""Bytes a logit while a token is drawn of it: itself and its copy, its probability, that in float64, and added up."""
LEARNT = 20
"""Bytes a logit while it is learnt from: kept its logarithm and its probability, on the way back three more."""
LEARNT_AGAIN = 24
"""The same where it is computed again on the way back."""


@dataclass(frozen=True)
class Figures:
    """What can be said of a run before it begins. The server says the same of it (`lib/training/plan.ts`)."""

    parameters: int
    tower: int
    """Of them, those of the vision tower."""
    held: dict[str, int]
    """Bytes that are held from the first step to the last, by what for, where it computes."""
    host: dict[str, int]
    """Bytes that a recipe for a card holds on the host instead."""
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

    @property
    def peak(self) -> int:
        """The most bytes at any moment, as far as the terms go."""
        return sum(self.held.values()) + max(self.passing.values())


def figures(recipe: Recipe, config: ModelConfig, processes: int = 1) -> Figures:
    """Of each of so many processes that train together, what is held, waits on the host and passes."""
    with torch.device("meta"):
        model = build_model(config)
    tower, total, layers, blocks = map(numbers, (model.visual, model, model.language_model.layers, model.visual.blocks))
    pairs = sum(recipe.model.lora_rank * (matrix.in_features + matrix.out_features) for _, _, matrix in matrices_of(model))
    learnt = pairs or (total - tower if freezes_tower(recipe) else total)
    # A process has a share of the layers, pairs included, and all that is none; of a tower that learns nothing, all.
    divided = layers + (0 if freezes_tower(recipe) else blocks)

    def own(count: int, of_layers: int) -> int:
        return count - of_layers + math.ceil(of_layers / processes)

    weights = own(total + pairs, divided + pairs)
    moving = own(learnt, pairs or divided)
    width = BFLOAT16 if recipe.model.dtype == "bfloat16" else FLOAT32
    moved = {"weights": weights * FLOAT32, MOMENTS: moving * 2 * FLOAT32}
    held, host = ({}, moved) if recipe.optimizer.offload else (moved, {})
    if recipe.optimizer.offload or width == BFLOAT16:
        held["a copy of the weights that computes"] = weights * width
    if processes > 1:
        held["a whole copy of the weights that samples"] = (total + pairs) * width
    gradients = moving * FLOAT32
    passing = {LEARNS: gradients}
    responses, new_tokens, updates = recipe.batch_size, None, 1
    if isinstance(recipe, GrpoRecipe):
        # Beside pairs that learn lies the model that they began with; but what is divided cannot be seen twice.
        if recipe.algorithm.kl_coefficient and (recipe.reference or not pairs or processes > 1):
            held["the reference"] = own(total, divided) * width
        layer = max(layers // config.text.num_hidden_layers, 0 if freezes_tower(recipe) else blocks // config.vision.depth)
        of_layer = gathered(layer, pairs // config.text.num_hidden_layers) if processes > 1 else 0
        passing = {
            SAMPLES: sampling(recipe, config, width, processes),
            LEARNS: gradients + learning(recipe, config, width, of_layer),
        }
        responses *= recipe.rollout.group
        new_tokens = responses * recipe.rollout.max_new_tokens
        updates = recipe.algorithm.mini_batches * recipe.algorithm.epochs
    checkpoint = (total + pairs + 2 * learnt) * FLOAT32
    return Figures(total + pairs, tower, held, host, passing, checkpoint, responses, new_tokens, updates)


def numbers(part: nn.Module) -> int:
    return sum(parameter.numel() for parameter in part.parameters())


def gathered(layer: int, pairs: int) -> int:
    """Numbers of layers that are whole while one learns: its weights and those of the next, which is fetched meanwhile; its
    gradients, and those of the one before, which are on their way. Of the last two, where pairs learn, theirs alone."""
    return 2 * (layer + pairs) + 2 * (pairs or layer)


def sampling(recipe: GrpoRecipe, config: ModelConfig, width: int, processes: int) -> int:
    """Bytes of the cache, and of what fills it: a tower's block, a layer, or logits (or a layer's keys once more, when there
    are more pages)."""
    text, vision, rollout = config.text, config.vision, recipe.rollout
    prompts = math.ceil(recipe.prompts_per_step / processes)
    rows = min(rollout.prompts_at_once, prompts) * rollout.group
    lengths = [recipe.data.max_prompt_tokens] * prompts
    of_layer = 2 * text.num_key_value_heads * text.head_dim * width
    of_token = text.num_hidden_layers * of_layer
    sizes = Sizes.of(lengths, rows, rollout.prompts_at_once, rollout.max_new_tokens, of_token, rollout.cache_bytes)
    own = sizes.own_limit * sizes.own
    block = 14 * vision.hidden_size * (recipe.data.max_pixels // vision.patch_size**2) * width
    layer = (2 * text.hidden_size + 4 * text.intermediate_size) * recipe.data.max_prompt_tokens * width
    held = of_token * (sizes.shared_limit * sizes.shared + own)
    return held + max(block, layer, DRAWN * rows * text.vocab_size, own * of_layer * 3 // 8)


def learning(recipe: GrpoRecipe, config: ModelConfig, width: int, of_layer: int) -> int:
    """Bytes of what the longest group keeps for the way back, and of logits. All responses are as long as they may be.
    `of_layer` are the numbers that are gathered for a layer."""
    text, group = config.text, recipe.rollout.group
    hidden, inner = text.hidden_size, text.intermediate_size
    asked, kept = (heads * text.head_dim for heads in (text.num_attention_heads, text.num_key_value_heads))
    sampled = group * recipe.rollout.max_new_tokens
    own = sampled - group + 1  # the last token of a response is not run, and the prompt's last is
    tokens = recipe.data.max_prompt_tokens + own - 1
    # Of a norm its input and its result; on a CPU, which has no kernel for it, also what its weights learn from.
    pairs = recipe.model.lora_rank > 0
    norm = 2 if pairs or recipe.model.device.startswith("cuda") else 3
    # Queries, keys and values, the first two again when they are turned; what was attended to twice, and its sums.
    attention = norm * hidden + 2 * asked + 3 * kept + 2 * asked + text.num_attention_heads * FLOAT32 // width
    mlp = norm * hidden + 4 * inner
    if recipe.model.gradient_checkpointing:
        layers = tokens * hidden * text.num_hidden_layers  # inputs alone,
        again = tokens * (attention + mlp + 2 * inner)  # and one layer at a time anew, with its gradients
    else:
        layers = tokens * attention * text.num_hidden_layers + mlp * (tokens * (text.num_hidden_layers - 1) + own)
        again = 0
    layers += own * (norm - 1) * hidden + sampled * hidden
    chunk = head_chunk(text.vocab_size)
    of_logit = LEARNT if sampled <= chunk else LEARNT_AGAIN
    head = of_logit * min(sampled, chunk) * text.vocab_size
    # The gradient of the words' weights waits for both of its parts, and for their sum, where the head has the same weights.
    words = 0 if pairs else text.vocab_size * hidden * width
    waits, most_words = (words, 3 * words) if config.tie_word_embeddings else (0, words)
    most = max(layers * width + max((again + of_layer) * width + waits, head + words), most_words)
    return seeing(recipe, config, norm) * width + most


def seeing(recipe: GrpoRecipe, config: ModelConfig, norm: int) -> int:
    """Numbers that a tower that learns keeps of the largest picture."""
    vision = config.vision
    if freezes_tower(recipe):
        return 0
    patches = recipe.data.max_pixels // vision.patch_size**2
    block = (2 * norm + 5) * vision.hidden_size + 4 * vision.intermediate_size
    return patches * (vision.depth * block + (norm + 2) * vision.hidden_size)


def plan(recipe: Recipe, processes: int = 1) -> str:
    """A text for people. Raises ValueError where the model's folder has no readable config, and RecipeError where so many
    processes cannot train together."""
    config = ModelConfig.from_folder(recipe.model.path)
    check_processes(recipe, processes)
    found = figures(recipe, config, processes)
    lines = [
        f"{recipe.name}: {recipe.kind}, writes to {recipe.output}",
        f"parameters      {found.parameters:,} ({found.tower:,} in the vision tower)",
    ]
    if isinstance(recipe, GrpoRecipe):
        lines.append(
            f"a step          {recipe.prompts_per_step} prompts x {recipe.rollout.group} responses = {found.responses:,}, "
            f"at most {found.new_tokens:,} new tokens, {found.updates} update{'s' if found.updates > 1 else ''}"
        )
    elif isinstance(recipe, SftRecipe):
        lines.append(f"a step          {recipe.rows_per_step} rows")
    else:
        lines.append(f"a step          {recipe.images_per_step} pictures, seen by the tower alone")
    if processes > 1:
        lines.append(f"processes       {processes}, a card each; what follows is of each of them")
    steps = f"{recipe.steps:,} steps" if recipe.steps else "as many steps as the data take"
    optimizer = recipe.optimizer
    lines += [f"always held     {size(sum(found.held.values()))}: {terms(found.held)}"]
    lines += [f"on the host     {size(sum(found.host.values()))}: {terms(found.host)}"] if found.host else []
    lines += [f"at most besides {size(most)} {what}" for what, most in found.passing.items()]
    lines += [
        f"in all          at most {size(found.peak)}; {fitting(found.peak)}",
        *others(recipe, config, processes),
        f"schedule        {steps}, rate {optimizer.lr:g}, {optimizer.warmup_steps} to warm up, then {optimizer.decay}",
        f"checkpoint      {size(found.checkpoint)} every {recipe.checkpoints.every} steps",
    ]
    return "\n".join(lines)


def check_processes(recipe: Recipe, processes: int) -> None:
    """Raises RecipeError where so many cannot train together."""
    if processes > 1:
        check_divisible(recipe, Ranks(0, processes))


def others(recipe: Recipe, config: ModelConfig, processes: int) -> list[str]:
    """What the run would take by the choices that its recipe has not made, and by other numbers of processes."""
    if not isinstance(recipe, GrpoRecipe):
        return []
    tried: list[tuple[str, GrpoRecipe, int]] = []
    for section, key, value in CHOICES:
        own = getattr(recipe, section)
        if getattr(own, key) != value:
            chosen = recipe.model_copy(update={section: own.model_copy(update={key: value})})
            tried.append((f"with {section}.{key} = {json.dumps(value)}", chosen, processes))
    tried += [
        (f"each of {count} processes" if count > 1 else "alone", recipe, count) for count in COUNTS if count != processes
    ]
    lines = []
    for said, chosen, count in tried:
        with suppress(RecipeError):
            check_processes(chosen, count)
            peak = figures(chosen, config, count).peak
            lines.append(f"                at most {size(peak)} {said}; {fitting(peak)}")
    return lines


def terms(bytes_by_what: dict[str, int]) -> str:
    return ", ".join(f"{what} {size(count)}" for what, count in bytes_by_what.items())


def fitting(peak: int) -> str:
    """Which cards have room for it, one process on one card."""
    cards = [card for card in CARDS if peak + CARD_S_OWN <= card * 10**9]
    return f"a card of {cards[0]} GB has room for it" if cards else f"no card of {CARDS[-1]} GB has room for it"
