"""A GRPO run from its recipe to its last checkpoint. A run that was stopped goes on where its last checkpoint stood."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from ocean_r1.config import GrpoRecipe
from ocean_r1.data.order import Order
from ocean_r1.data.prompts import Reader
from ocean_r1.grpo.step import Group, sample_groups, update
from ocean_r1.metrics import Bar, MetricsFile, rollout_metrics, write_rollouts
from ocean_r1.models.qwen2_5_vl import Qwen2_5_VL
from ocean_r1.models.weights import load_model
from ocean_r1.optimizer import rate_share
from ocean_r1.rewards.pool import RewardPool
from ocean_r1.run import Run, checked, open_reader, open_run, open_validator, starting_model
from ocean_r1.state import checkpoints_of, save_checkpoint


def open_reference(recipe: GrpoRecipe, run: Run) -> Qwen2_5_VL | None:
    """The model that the KL is taken against: by default the one that training began with."""
    if not recipe.algorithm.kl_coefficient:
        return None
    reference = load_model(recipe.reference) if recipe.reference else starting_model(recipe)
    return reference.to(recipe.model.device).requires_grad_(False)


def gather(
    run: Run, recipe: GrpoRecipe, reader: Reader, order: Order, pool: RewardPool, step: int
) -> tuple[list[Group], list[int]]:
    """The groups of a step and the rows that they came from; dynamic sampling replaces groups whose rewards are equal."""
    copies: Counter[str] = Counter()

    def sampled(positions: list[int]) -> list[Group]:
        examples = [reader.example(position) for position in positions]
        return sample_groups(run.team, examples, recipe, run.tokenizer, pool, step, copies)

    positions = order.take(recipe.prompts_per_step)
    groups = sampled(positions)
    for _ in range(recipe.algorithm.dynamic_sampling):
        equal = [index for index, group in enumerate(groups) if group.all_equal]
        if not equal:
            break
        more = order.take(len(equal))
        for index, position, group in zip(equal, more, sampled(more), strict=True):
            groups[index], positions[index] = group, position
    return groups, positions


def train_grpo(recipe: GrpoRecipe) -> Path:
    """Runs the recipe to its end, or goes on with it; the last checkpoint. Raises RowError, RecipeError, SaveError and
    NotFiniteError."""
    run = open_run(recipe)
    reference = open_reference(recipe, run)
    reader, positions, longer = open_reader(run.model, run.tokenizer, recipe.data)
    validator = open_validator(run, recipe.data, recipe.validation, recipe.rollout.max_new_tokens)
    order = Order(positions, recipe.data.seed, run.progress.taken)
    total = recipe.steps or max(1, len(positions) * recipe.data_epochs // recipe.prompts_per_step)
    print(f"{len(positions):,} rows, {longer:,} too long; {total:,} steps of {recipe.prompts_per_step} prompts", flush=True)

    progress = run.progress
    metrics_file = MetricsFile(recipe.output, progress.step, recipe.logging.tensorboard)
    bar = Bar(total)
    with RewardPool(recipe.reward) as pool:
        if validator and progress.step == 0 and recipe.validation.before_training:
            metrics_file.write(0, validator.metrics(run.model, pool))
        while progress.step < total:
            started = perf_counter()
            groups, rows = gather(run, recipe, reader, order, pool, progress.step)
            generated = perf_counter()
            share = rate_share(recipe.optimizer, progress.step, total, recipe.algorithm.reproduce_first_step_at_zero)
            metrics = update(run.team, reference, run.stepper, groups, recipe, share)
            updated = perf_counter()
            metrics |= rollout_metrics(groups, recipe.rollout.max_new_tokens)
            tokens = sum(len(group.example.prompt.ids) * len(group.ids) + sum(map(len, group.ids)) for group in groups)
            metrics |= {
                "timing_s/gen": generated - started,
                "timing_s/update_actor": updated - generated,
                "timing_s/step": updated - started,
                "perf/total_num_tokens": float(tokens),
                "perf/throughput": tokens / (updated - started),
            }
            progress = replace(progress, step=progress.step + 1, taken=order.taken)
            last = progress.step == total
            judged, progress = checked(validator, recipe.validation, run.model, pool, progress, last)
            metrics_file.write(progress.step, metrics | judged)
            if last or progress.step % recipe.logging.rollouts_every == 0:
                sources = [reader.dataset.sources(row) for row in rows]
                write_rollouts(recipe.output / "rollouts", progress.step, groups, sources)
            # The best step is kept, so it is saved when it is found.
            if last or progress.step % recipe.checkpoints.every == 0 or progress.best_step == progress.step:
                save_checkpoint(recipe, run.model, run.stepper.optimizers, progress)
            bar.show(
                progress.step,
                f"score {metrics['critic/score/mean']:.3f}  length {metrics['response_length/mean']:.0f}  "
                f"{metrics['timing_s/step']:.1f} s",
            )
    metrics_file.close()
    return checkpoints_of(recipe.output)[-1]
