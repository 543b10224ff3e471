"""The recipes that come with the trainer can be read, and those of the seed say what it published."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.recipes import GOLDEN, SCHEMA, golden, schema, written
from ocean_r1.config import GrpoRecipe, TowerRecipe, differences, load_recipe
from ocean_r1.plan import plan

FOLDER = Path(__file__).parents[1] / "recipes"
RECIPES = sorted(path for path in FOLDER.glob("*.toml") if path.name != "nano-shape.toml")


@pytest.mark.parametrize("path", RECIPES, ids=[path.stem for path in RECIPES])
def test_it_can_be_read(path: Path) -> None:
    assert load_recipe(path).name.endswith(path.stem)


PARTS = re.compile(r"for part in ([\w -]+); do ocean-r1 \w+ trainer/recipes/nano-\$part\.toml; done")


def test_each_recipe_of_nano_begins_with_what_was_made_before_it() -> None:
    text = (FOLDER.parent / "nano.sh").read_text()
    made = {*re.findall(r"--out ((?:rows|models)/[\w-]+)$", text, re.MULTILINE)}
    trained = [part for parts in PARTS.findall(text) for part in parts.split()]
    for part in trained:
        recipe = load_recipe(FOLDER / f"nano-{part}.toml")
        assert str(recipe.model.path) in made, part
        validation = [] if isinstance(recipe, TowerRecipe) else recipe.validation.files
        assert {str(file.path) for file in (*recipe.data.files, *validation)} <= made, part
        made.add(f"{recipe.output}/step-{recipe.steps:06d}/model")
    assert trained[-3:] == ["base", "stage1", "stage2"]


@pytest.mark.parametrize(("stage", "factor"), [(1, 0.1), (2, 0.05)])
@pytest.mark.parametrize("size", ["3b", "7b"])
def test_what_the_seed_published(size: str, stage: int, factor: float) -> None:
    recipe = load_recipe(FOLDER / f"{size}-stage{stage}.toml")
    assert isinstance(recipe, GrpoRecipe)
    assert (recipe.prompts_per_step, recipe.rollout.group, recipe.rollout.max_new_tokens) == (256, 16, 4096)
    assert (recipe.optimizer.lr, recipe.optimizer.weight_decay, recipe.optimizer.warmup_steps) == (1e-6, 0.01, 0)
    assert (recipe.algorithm.kl, recipe.algorithm.kl_coefficient, recipe.algorithm.entropy_coefficient) == (
        "low_var_kl",
        0.001,
        0.001,
    )
    assert (recipe.algorithm.clip_low, recipe.algorithm.clip_high, recipe.algorithm.dual_clip) == (0.2, 0.2, None)
    assert recipe.reward.expression == f"correct + {factor} * format"
    assert recipe.data.max_pixels == 28 * 28 * 1280


@pytest.mark.parametrize("stage", [1, 2])
def test_qwen3_vl_is_trained_by_the_same_recipe(stage: int) -> None:
    old, new = (load_recipe(FOLDER / f"{size}-stage{stage}.toml").model_dump() for size in ("3b", "qwen3-vl-4b"))
    changed = {line.split(":")[0] for line in differences(old, new)}
    # A token of its keys and values takes four times as much.
    cache = {"rollout.prompts_at_once", "rollout.cache_gigabytes"}
    assert changed == {"name", "output", "model.path", "data.min_pixels", "data.max_pixels", *cache}
    assert new["data"]["max_pixels"] == 32 * 32 * 1280


def test_a_7b_recipe_is_planned_without_its_weights(tmp_path: Path) -> None:
    # The shape of Qwen2.5-VL-7B-Instruct, as its config.json tells it.
    config = {
        "model_type": "qwen2_5_vl",
        "hidden_size": 3584,
        "intermediate_size": 18944,
        "num_hidden_layers": 28,
        "num_attention_heads": 28,
        "num_key_value_heads": 4,
        "rms_norm_eps": 1e-6,
        "rope_theta": 1e6,
        "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]},
        "vocab_size": 152064,
        "tie_word_embeddings": False,
        "image_token_id": 151655,
        "vision_start_token_id": 151652,
        "vision_end_token_id": 151653,
        "vision_config": {
            "depth": 32,
            "hidden_size": 1280,
            "intermediate_size": 3420,
            "num_heads": 16,
            "in_chans": 3,
            "patch_size": 14,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "window_size": 112,
            "out_hidden_size": 3584,
            "fullatt_block_indexes": [7, 15, 23, 31],
        },
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    recipe = load_recipe(FOLDER / "7b-stage1.toml", {"model.path": str(tmp_path)})
    said = plan(recipe)
    assert "8,292,166,656 (676,550,144 in the vision tower)" in said
    assert "256 prompts x 16 responses = 4,096" in said


@pytest.mark.parametrize(("path", "made"), [(SCHEMA, schema), (GOLDEN, golden)], ids=["schema", "golden"])
def test_what_the_server_knows_of_recipes_is_what_the_trainer_says(path: Path, made: Callable[[], object]) -> None:
    assert path.read_text(encoding="utf-8") == written(made()), "write it anew: python fixtures/recipes.py"


def test_every_key_says_what_it_is_for() -> None:
    silent = [
        f"{section}.{key}"
        for section, told in schema()["$defs"].items()
        for key, node in told["properties"].items()
        if "description" not in node and "const" not in node and "$ref" not in node
    ]
    assert silent == []
