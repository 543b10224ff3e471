"""Trains by a recipe of any kind, on this machine."""

from __future__ import annotations

from pathlib import Path

from ocean_r1.config import GrpoRecipe, Recipe, SftRecipe, TowerRecipe
from ocean_r1.driver import Observer
from ocean_r1.grpo.train import train_grpo
from ocean_r1.sft import train_sft
from ocean_r1.tower import train_tower


def train(recipe: Recipe, observer: Observer | None = None) -> Path:
    """Runs the recipe to its end, or goes on with it; the last checkpoint. Raises as train_grpo does."""
    match recipe:
        case GrpoRecipe():
            return train_grpo(recipe, observer)
        case SftRecipe():
            return train_sft(recipe, observer)
        case TowerRecipe():
            return train_tower(recipe, observer)
