"""Nano and a few rows, for the tests beside this."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from toy import picture, row, write_rows

from ocean_r1.config import GrpoRecipe, parse_recipe

REPOSITORY = Path(__file__).parents[3]
NANO = REPOSITORY / "public" / "models" / "nano-stage1"
RECIPES = REPOSITORY / "trainer" / "recipes"


def two_pictures() -> dict[str, Any]:
    asked = [{"role": "user", "content": "<image> <image> Which has more squares?"}]
    return row(2, prompt=asked, images=[{"bytes": picture(1), "path": "a.png"}, {"bytes": picture(4), "path": "b.png"}])


def nano_recipe(folder: Path, rows: list[dict[str, Any]] | None = None, **overrides: Any) -> GrpoRecipe:
    """Two steps of two prompts with four responses; `overrides` are dotted keys."""
    path = write_rows(folder / "in.parquet", rows or [row(index) for index in range(4)])
    given = {
        "name": "nano",
        "stage": 1,
        "output": str(folder / "run"),
        "steps": 2,
        "prompts_per_step": 2,
        "model.path": str(NANO),
        "data.files": [{"path": str(path)}],
        "data.min_pixels": 25_600,
        "data.max_pixels": 25_600,
        "data.max_prompt_tokens": 400,
        "rollout.group": 4,
        "rollout.max_new_tokens": 24,
        "reward.expression": "count + 0.1 * format",
        "reward.workers": 1,
        "optimizer.lr": 1e-4,
        "checkpoints.every": 1,
        "logging.rollouts_every": 1,
        **overrides,
    }
    recipe = parse_recipe('kind = "grpo"', "nano", given)
    assert isinstance(recipe, GrpoRecipe)
    return recipe
