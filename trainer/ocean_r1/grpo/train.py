"""GRPO from a recipe to its last checkpoint."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from time import perf_counter

from ocean_r1.config import GrpoRecipe, freezes_tower
from ocean_r1.driver import Observer, StepResult, drive
from ocean_r1.engine.vllm import VllmServer
from ocean_r1.engine.workers import place
from ocean_r1.grpo.metrics import response_metrics
from ocean_r1.grpo.step import Group, rollouts_of, sample_groups, update
from ocean_r1.models.lora import without_pairs
from ocean_r1.models.model import VisionLanguageModel
from ocean_r1.models.weights import load_model
from ocean_r1.optimizer import lr_multiplier
from ocean_r1.rewards.pool import RewardPool
from ocean_r1.start import Run, open_run, open_validator, starting_model


def train_grpo(recipe: GrpoRecipe, observer: Observer | None = None) -> Path:
    """Runs the recipe to its end, or goes on with it; the last checkpoint. Raises RowError, RecipeError, DeviceError,
    WriteError, NotFiniteError, ServerError, and Stopped."""
    run = open_run(recipe)
    server = open_server(recipe, run)
    reference = open_reference(recipe, run)
    with RewardPool(recipe.reward) as pool:
        validator = open_validator(run, recipe, pool, recipe.rollout.max_new_tokens, recipe.validation.before_training)

        def step(number: int) -> StepResult:
            pushing = perf_counter()
            if server is not None:
                # What was half written when a run was killed is called so, and is cleared when it goes on.
                folder = recipe.output / "pushed.partial"
                server.version = run.ranks.as_the_lead_has_it(lambda: server.push(run.workers.whole_model, folder))
            started = perf_counter()
            groups = step_groups(run, recipe, pool, number, server)
            generated = perf_counter()
            multiplier = lr_multiplier(recipe.optimizer, number, run.total, recipe.algorithm.reproduce_first_step_at_zero)
            metrics = update(run.workers, reference, run.stepper, groups, recipe, multiplier)
            updated = perf_counter()
            metrics |= response_metrics(groups, recipe.rollout.max_new_tokens)
            tokens = sum(len(group.example.prompt.ids) * len(group.ids) + sum(map(len, group.ids)) for group in groups)
            metrics |= {} if server is None else {"timing_s/update_weights": started - pushing}
            metrics |= {
                "timing_s/gen": generated - started,
                "timing_s/update_actor": updated - generated,
                "perf/total_num_tokens": float(tokens),
                "perf/throughput": tokens / (updated - started),
            }
            summary = f"score {metrics['critic/score/mean']:.3f}  length {metrics['response_length/mean']:.0f}"
            return StepResult(metrics, summary, lambda: list(rollouts_of(groups, recipe.algorithm, run.tokenizer)))

        return drive(run, step, validator, observer)


def open_server(recipe: GrpoRecipe, run: Run) -> VllmServer | None:
    """The server that samples, where the recipe names one."""
    settings = recipe.rollout
    if settings.server is None:
        return None
    server = VllmServer(settings.server, run.model.config)
    server.check(recipe.model.path, settings.group, recipe.data.max_prompt_tokens + settings.max_new_tokens)
    return server


def open_reference(recipe: GrpoRecipe, run: Run) -> VisionLanguageModel | None:
    """The model that the KL is taken against: by default the one that training began with."""
    if not recipe.algorithm.kl_coefficient:
        return None
    if recipe.model.lora_rank and not recipe.reference and run.ranks.count == 1:  # what is divided cannot be seen twice
        return without_pairs(run.workers.replicas[0])
    reference = load_model(recipe.reference) if recipe.reference else starting_model(recipe)
    computes = run.workers.replicas[0].lm_head.weight
    reference = reference.to(computes.dtype).requires_grad_(False)
    place(reference, computes.device, run.ranks, tower=not freezes_tower(recipe))
    return reference


def step_groups(run: Run, recipe: GrpoRecipe, pool: RewardPool, step: int, server: VllmServer | None = None) -> list[Group]:
    """The groups of a step; dynamic sampling replaces those whose rewards are equal by groups of the rows that follow."""
    copies: Counter[str] = Counter()

    def sampled(count: int) -> list[Group]:
        return sample_groups(run.workers, run.next_examples(count), recipe, run.tokenizer, pool, step, copies, server)

    groups = sampled(recipe.prompts_per_step)
    for _ in range(recipe.algorithm.dynamic_sampling):
        equal = [index for index, group in enumerate(groups) if group.all_equal]
        if not equal:
            break
        for index, group in zip(equal, sampled(len(equal)), strict=True):
            groups[index] = group
    return groups
