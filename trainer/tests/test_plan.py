"""What a plan says of memory is what a step holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.profiler import ProfilerActivity, profile

from ocean_r1.config import GrpoRecipe
from ocean_r1.data.prompts import Example
from ocean_r1.data.rows import Row
from ocean_r1.engine.prompt import Prompt
from ocean_r1.engine.sampling import Response, Sampling, sample
from ocean_r1.engine.workers import Workers
from ocean_r1.grpo.step import Group, update
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.families import build_model
from ocean_r1.models.model import initialise
from ocean_r1.optimizer import Stepper, make_optimizers
from ocean_r1.plan import LEARNS, SAMPLES, figures, fitting
from ocean_r1.rewards.pool import Scored

torch.set_num_threads(1)


def shape(**text: int) -> ModelConfig:
    """Nano's; `text` makes it larger, and its tower with it."""
    hidden = text.get("hidden_size", 192)
    return ModelConfig.from_json(
        {
            "model_type": "qwen2_5_vl",
            "tie_word_embeddings": True,
            "image_token_id": 1,
            "vision_start_token_id": 2,
            "vision_end_token_id": 3,
            "text_config": {
                "vocab_size": 1024,
                "hidden_size": hidden,
                "intermediate_size": 352,
                "num_hidden_layers": 4,
                "num_attention_heads": hidden // 32,
                "num_key_value_heads": 2,
                "head_dim": 32,
                "rms_norm_eps": 1e-6,
                "rope_parameters": {"rope_theta": 1e4, "mrope_section": [4, 6, 6]},
                **text,
            },
            "vision_config": {
                "depth": 4 if hidden == 192 else 8,
                "hidden_size": 128 if hidden == 192 else 384,
                "intermediate_size": 256 if hidden == 192 else 1024,
                "num_heads": 4,
                "patch_size": 8,
                "temporal_patch_size": 1,
                "out_hidden_size": hidden,
                "window_size": 128,
                "fullatt_block_indexes": list(range(8)),
            },
        }
    )


NANO = shape()
HUNDRED = shape(vocab_size=32_000, hidden_size=640, intermediate_size=1920, num_hidden_layers=14)
"""A hundred million parameters."""
QWEN3 = ModelConfig.from_json(
    {
        **{key: value for key, value in NANO.model_dump().items() if key not in ("text", "vision")},
        "model_type": "qwen3_vl",
        "text_config": NANO.text.model_dump(),
        "vision_config": NANO.vision.model_dump() | {"num_position_embeddings": 64, "deepstack_visual_indexes": [0, 1, 2]},
    }
)


def recipe_of(tokens: int, group: int, new: int, pixels: int, **changed: Any) -> GrpoRecipe:
    """Of two prompts a step, as long as they may be, with a picture as large."""
    data: dict[str, dict[str, Any]] = {
        "model": {"path": "unused"},
        "data": {"files": [{"path": "x"}], "max_prompt_tokens": tokens, "min_pixels": pixels, "max_pixels": pixels},
        "rollout": {"group": group, "max_new_tokens": new, "prompts_at_once": 1},
        "optimizer": {"lr": 1e-6},
        "algorithm": {},
    }
    for dotted, value in changed.items():
        section, _, key = dotted.partition("__")
        data[section][key] = value
    settings = {"kind": "grpo", "name": "planned", "stage": 1, "output": "unused", "prompts_per_step": 2}
    return GrpoRecipe.model_validate({**settings, **data})


def prompt_of(recipe: GrpoRecipe, config: ModelConfig) -> Prompt:
    side = int(recipe.data.max_pixels**0.5) // config.vision.patch_size
    image = side * side // config.vision.spatial_merge_size**2
    ids = torch.full((recipe.data.max_prompt_tokens,), 9)
    ids[3 : 3 + image] = config.image_token_id
    return Prompt(ids, torch.randn(side * side, config.vision.patch_dim), ((1, side, side),))


def most_held(work: Callable[[], object]) -> int:
    """The most bytes that torch held at once while it worked, beside what it held before."""
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        work()
    assert profiler.profiler is not None
    events = [each for each in profiler.profiler.kineto_results.events() if each.name() == "[memory]"]
    held = most = 0
    for event in sorted(events, key=lambda event: event.start_ns()):
        held += event.nbytes()
        most = max(most, held)
    return most


@pytest.mark.parametrize(
    ("config", "recipe"),
    [
        (NANO, recipe_of(120, 16, 64, 160**2)),
        (NANO, recipe_of(120, 16, 64, 160**2, model__gradient_checkpointing=True, algorithm__kl_coefficient=0)),
        (NANO, recipe_of(500, 4, 40, 320**2, optimizer__vision_lr=0)),
        (HUNDRED, recipe_of(60, 4, 12, 64**2)),
        (QWEN3, recipe_of(120, 16, 64, 160**2)),
        (QWEN3, recipe_of(500, 4, 40, 320**2, optimizer__vision_lr=0)),
    ],
    ids=["Nano", "Nano, layers computed twice", "Nano, tower frozen", "100 M", "Qwen3-VL", "Qwen3-VL, tower frozen"],
)
def test_a_step_holds_what_was_planned(config: ModelConfig, recipe: GrpoRecipe) -> None:
    model = build_model(config)
    initialise(model, torch.Generator().manual_seed(1))
    model.visual.requires_grad_(not recipe.optimizer.freezes_tower)
    workers = Workers(model)
    reference = build_model(config).requires_grad_(False) if recipe.algorithm.kl_coefficient else None
    stepper = Stepper(list(model.parameters()), make_optimizers(model, recipe.optimizer), recipe.optimizer)
    example = Example(
        prompt_of(recipe, config),
        Row.model_validate({"data_source": "x", "prompt": "How many?", "reward_model": {"ground_truth": "1"}}),
        "1",
        "a row",
    )
    group, new = recipe.rollout.group, recipe.rollout.max_new_tokens
    sampled: list[list[Response]] = []

    def drawn() -> None:
        sampling = Sampling(new, (), forbidden_tokens=(config.image_token_id,))
        sampled.extend(sample(model, [example.prompt], group, sampling, torch.arange(group).view(1, -1), return_logp=True))

    def learnt() -> None:
        rewards = [float(index) for index in range(group)]
        scored = [Scored(reward, {}) for reward in rewards]
        made = Group(example, sampled[0], [""] * group, scored, rewards)
        update(workers, reference, stepper, [made, made], recipe, 1.0)

    planned = figures(recipe, config)
    most = most_held(drawn)
    print("SAMPLES", most, planned.passing[SAMPLES], most / planned.passing[SAMPLES])
    learnt()  # The first step makes the moments.
    assert most_held(learnt) == pytest.approx(planned.passing[LEARNS], rel=0.1)
    kept = [*model.parameters(), *(reference.parameters() if reference else ())]
    kept += [value for state in stepper.optimizers[0].state.values() for value in state.values() if value.ndim]
    held = sum(tensor.numel() * tensor.element_size() for tensor in kept)
    assert held == sum(planned.held.values())


@pytest.mark.parametrize(
    ("peak", "said"),
    [
        (22 * 10**9, "a card of 24 GB has room for it"),
        (22 * 10**9 + 1, "a card of 80 GB has room for it"),
        (139 * 10**9, "a card of 141 GB has room for it"),
        (140 * 10**9, "no card of 141 GB has room for it"),
    ],
)
def test_which_card_has_room(peak: int, said: str) -> None:
    assert fitting(peak) == said
