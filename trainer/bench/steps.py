"""Steps of made-up prompts, each as long as its recipe lets it be: what plans are held to, and cards are measured by."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile

sys.path.insert(0, str(Path(__file__).parents[1]))

from fixtures.recipes import SHAPES
from ocean_r1.config import GrpoRecipe, freezes_tower
from ocean_r1.data.prompts import Example
from ocean_r1.data.rows import Row
from ocean_r1.engine.prompt import Prompt
from ocean_r1.engine.sampling import Response, Sampling, sample
from ocean_r1.engine.workers import Workers, place
from ocean_r1.grpo.step import Group, update
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.families import build_model
from ocean_r1.models.lora import add_pairs, without_pairs
from ocean_r1.models.model import VisionLanguageModel, initialise
from ocean_r1.optimizer import Stepper, make_optimizers
from ocean_r1.ranks import ALONE, Ranks, own_part
from ocean_r1.rewards.pool import Scored


def shape(tower: dict[str, int], **text: int) -> dict[str, Any]:
    """A `config.json` of a small model."""
    return {
        "model_type": "qwen2_5_vl",
        "tie_word_embeddings": True,
        "image_token_id": 1,
        "vision_start_token_id": 2,
        "vision_end_token_id": 3,
        "text_config": {
            "num_attention_heads": text["hidden_size"] // 32,
            "num_key_value_heads": 2,
            "head_dim": 32,
            "rms_norm_eps": 1e-6,
            "rope_parameters": {"rope_theta": 1e4, "mrope_section": [4, 6, 6]},
            **text,
        },
        "vision_config": {
            "num_heads": 4,
            "patch_size": 8,
            "temporal_patch_size": 1,
            "out_hidden_size": text["hidden_size"],
            "window_size": 128,
            "fullatt_block_indexes": list(range(tower["depth"])),
            **tower,
        },
    }


SIZES = {
    "nano": shape(
        {"depth": 4, "hidden_size": 128, "intermediate_size": 256},
        vocab_size=1024,
        hidden_size=192,
        intermediate_size=352,
        num_hidden_layers=4,
    ),
    "100m": shape(
        {"depth": 8, "hidden_size": 384, "intermediate_size": 1024},
        vocab_size=32_000,
        hidden_size=640,
        intermediate_size=1920,
        num_hidden_layers=14,
    ),
    "3b": SHAPES["Qwen2.5-VL-3B-Instruct"],
    "7b": SHAPES["Qwen2.5-VL-7B-Instruct"],
}
SIZES["nano of Qwen3-VL"] = SIZES["nano"] | {
    "model_type": "qwen3_vl",
    "vision_config": SIZES["nano"]["vision_config"] | {"num_position_embeddings": 64, "deepstack_visual_indexes": [0, 1, 2]},
}


def recipe_of(prompts: int, tokens: int, group: int, new: int, pixels: int, **changed: Any) -> GrpoRecipe:
    """Of so many prompts a step, of so many tokens with a picture; `changed` are keys as `section__key`."""
    data: dict[str, dict[str, Any]] = {
        "model": {"path": "unused"},
        "data": {"files": [{"path": "x"}], "max_prompt_tokens": tokens, "min_pixels": pixels, "max_pixels": pixels},
        "rollout": {"group": group, "max_new_tokens": new, "prompts_at_once": prompts},
        "optimizer": {"lr": 1e-6},
        "algorithm": {},
    }
    for dotted, value in changed.items():
        section, _, key = dotted.partition("__")
        data[section][key] = value
    settings = {"kind": "grpo", "name": "measured", "stage": 1, "output": "unused", "prompts_per_step": prompts}
    return GrpoRecipe.model_validate({**settings, **data})


def prompt_of(recipe: GrpoRecipe, config: ModelConfig) -> Prompt:
    vision = config.vision
    merge = vision.spatial_merge_size
    side = int(recipe.data.max_pixels**0.5) // (vision.patch_size * merge) * merge
    ids = torch.full((recipe.data.max_prompt_tokens,), 9)
    ids[3 : 3 + side * side // merge**2] = config.image_token_id
    return Prompt(ids, torch.randn(side * side, vision.patch_dim), ((1, side, side),))


@dataclass
class Step:
    """All that a step of GRPO has, with random weights."""

    recipe: GrpoRecipe
    config: ModelConfig
    workers: Workers
    reference: VisionLanguageModel | None
    stepper: Stepper
    example: Example
    sampled: list[list[Response]] = field(default_factory=list)

    @classmethod
    def of(cls, recipe: GrpoRecipe, config: ModelConfig, ranks: Ranks = ALONE) -> Step:
        device = torch.device(recipe.model.device)

        def drawn() -> VisionLanguageModel:
            with device:
                model = build_model(config)
            initialise(model, torch.Generator(device).manual_seed(1))
            return model

        model = drawn()
        model.visual.requires_grad_(not freezes_tower(recipe))
        if recipe.model.lora_rank:
            add_pairs(model.cpu(), recipe.model.lora_rank, recipe.model.lora_alpha, recipe.seed)
        if recipe.optimizer.offload:
            model.cpu()
        workers = Workers(model, 1, recipe.model.dtype, ranks, device, recipe.optimizer.offload)
        computes = workers.replicas[0].lm_head.weight
        reference = None
        if recipe.algorithm.kl_coefficient:
            shared = recipe.model.lora_rank and ranks.count == 1
            own = without_pairs(workers.replicas[0]) if shared else drawn().to(computes.dtype)
            reference = own.requires_grad_(False)
            place(reference, device, ranks, tower=not freezes_tower(recipe))
        optimizers = make_optimizers(model, recipe.optimizer, fused=ranks.count == 1)
        stepper = Stepper(list(model.parameters()), optimizers, recipe.optimizer, ranks)
        row = Row.model_validate({"data_source": "x", "prompt": "How many?", "reward_model": {"ground_truth": "1"}})
        return cls(recipe, config, workers, reference, stepper, Example(prompt_of(recipe, config), row, "1", "a row"))

    def sample(self) -> None:
        """Responses as long as they may be to as many prompts of this process as are sampled at once."""
        rollout = self.recipe.rollout
        own = self.workers.ranks.share([self.example.prompt] * self.recipe.prompts_per_step)
        prompts = own[: rollout.prompts_at_once]
        seeds = torch.arange(len(prompts) * rollout.group).view(len(prompts), -1)
        sampling = Sampling(rollout.max_new_tokens, (), forbidden_tokens=(self.config.image_token_id,))
        model = self.workers.whole_model
        given = (seeds, True, rollout.cuda_graphs, False, rollout.cache_bytes)
        self.sampled = sample(model, prompts, rollout.group, sampling, *given)

    def learn(self) -> dict[str, float]:
        """An update by the first of them, for each prompt of the step."""
        rewards = [float(index) for index in range(self.recipe.rollout.group)]
        scored = [Scored(reward, {}) for reward in rewards]
        made = Group(self.example, self.sampled[0], [""] * len(rewards), scored, rewards)
        groups = [replace(made, rank=index % self.workers.ranks.count) for index in range(self.recipe.prompts_per_step)]
        return update(self.workers, self.reference, self.stepper, groups, self.recipe, 1.0)

    @property
    def held(self) -> int:
        """Bytes of weights and moments that this process holds, on the host and where it computes."""
        models = {self.workers.model, self.workers.replicas[0], self.workers.whole_model, self.reference} - {None}
        kept = {parameter for model in models for parameter in model.parameters()}
        kept |= {v for state in self.stepper.optimizers[0].state.values() for v in state.values() if v.ndim}
        return sum(tensor.numel() * tensor.element_size() for tensor in map(own_part, kept))


def most_held(work: Callable[[], object], device: str = "cpu") -> int:
    """The most bytes that torch held there at once while it worked, beside what it held before."""
    if device != "cpu":
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        work()
        return torch.cuda.max_memory_allocated() - before
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        work()
    assert profiler.profiler is not None
    events = [each for each in profiler.profiler.kineto_results.events() if each.name() == "[memory]"]
    held = most = 0
    for event in sorted(events, key=lambda event: event.start_ns()):
        held += event.nbytes()
        most = max(most, held)
    return most
