"""What a plan says of memory is what a step holds."""

from __future__ import annotations

import pytest
import torch
from steps import SIZES, Step, most_held, recipe_of

from ocean_r1.config import GrpoRecipe
from ocean_r1.models.config import ModelConfig
from ocean_r1.plan import LEARNS, SAMPLES, figures, fitting

torch.set_num_threads(1)


@pytest.mark.parametrize(
    ("size", "recipe"),
    [
        ("nano", recipe_of(2, 120, 16, 64, 160**2)),
        ("nano", recipe_of(2, 120, 16, 64, 160**2, model__gradient_checkpointing=True, algorithm__kl_coefficient=0)),
        ("nano", recipe_of(2, 500, 4, 40, 320**2, optimizer__vision_lr=0)),
        ("nano", recipe_of(2, 120, 16, 64, 160**2, model__lora_rank=8)),
        ("100m", recipe_of(2, 60, 4, 12, 64**2)),
        ("nano of Qwen3-VL", recipe_of(2, 120, 16, 64, 160**2)),
        ("nano of Qwen3-VL", recipe_of(2, 500, 4, 40, 320**2, optimizer__vision_lr=0)),
    ],
    ids=[
        "Nano",
        "Nano, layers computed twice",
        "Nano, tower frozen",
        "Nano, pairs learn",
        "100 M",
        "Qwen3-VL",
        "Qwen3-VL, tower frozen",
    ],
)
def test_a_step_holds_what_was_planned(size: str, recipe: GrpoRecipe) -> None:
    config = ModelConfig.from_json(SIZES[size])
    planned, step = figures(recipe, config), Step.of(recipe, config)
    assert most_held(step.sample) == pytest.approx(planned.passing[SAMPLES], rel=0.1)
    step.learn()  # The first makes the moments.
    assert most_held(step.learn) == pytest.approx(planned.passing[LEARNS], rel=0.1)
    assert step.held == sum(planned.held.values())


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
