"""A GRPO run from its recipe to its last checkpoint. A run that was stopped goes on where its last checkpoint stood."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import torch

from ocean_r1.config import Data, GrpoRecipe, Validation
from ocean_r1.data.order import Order
from ocean_r1.data.prompts import Example, Reader, Tokenizer, usable
from ocean_r1.data.rows import RowError, open_dataset
from ocean_r1.evals.greedy import greedy_texts
from ocean_r1.grpo.step import Group, sample_groups, update
from ocean_r1.metrics import Bar, MetricsFile, rollout_metrics, write_rollouts
from ocean_r1.models.qwen2_5_vl import Qwen2_5_VL
from ocean_r1.models.weights import load_model
from ocean_r1.optimizer import Stepper, make_optimizer, rate_share
from ocean_r1.rewards.pool import Case, RewardPool
from ocean_r1.state import Progress, checkpoints_of, load_moments, read_state, save_checkpoint


def open_reader(model: Qwen2_5_VL, tokenizer: Tokenizer, data: Data) -> tuple[Reader, list[int], int]:
    """The reader, the rows that fit, and how many do not. Every row is read once: a bad one stops the run here."""
    reader = Reader(open_dataset(data.files, data.seed), model.config, tokenizer, data)
    fitting, longer = usable(reader)
    if not fitting:
        raise RowError(f"no row is within data.max_prompt_tokens = {data.max_prompt_tokens}")
    return reader, fitting, longer


def validate(
    model: Qwen2_5_VL, recipe: GrpoRecipe, reader: Reader, positions: list[int], pool: RewardPool
) -> dict[str, float]:
    """Mean reward of greedy replies, overall and by source, under the seed's names."""
    examples = [reader.example(position) for position in positions]
    texts = greedy_texts(model, reader.tokenizer, [e.prompt for e in examples], recipe.rollout.max_new_tokens)
    scored = pool.score([Case(text.text, e.ground_truth, e.row.extra_info) for text, e in zip(texts, examples, strict=True)])
    by_source: dict[str, list[float]] = {}
    for example, score in zip(examples, scored, strict=True):
        by_source.setdefault(example.row.data_source, []).append(score.reward)
    metrics = {f"val/test_score/{source}": sum(own) / len(own) for source, own in by_source.items()}
    for term in scored[0].terms:
        metrics[f"val/reward/{term}"] = sum(score.terms[term] for score in scored) / len(scored)
    metrics["val/score"] = sum(score.reward for score in scored) / len(scored)
    return metrics


def gather(
    model: Qwen2_5_VL, recipe: GrpoRecipe, reader: Reader, order: Order, pool: RewardPool, step: int
) -> tuple[list[Group], list[int]]:
    """The groups of a step and the rows that they came from; with dynamic sampling, those whose rewards differ first."""
    positions = order.take(recipe.prompts_per_step)
    groups = sample_groups(model, examples_at(reader, positions), recipe, reader.tokenizer, pool, step)
    for _ in range(recipe.algorithm.dynamic_sampling):
        missing = [index for index, group in enumerate(groups) if group.all_equal]
        if not missing:
            break
        more = order.take(len(missing))
        fresh = sample_groups(model, examples_at(reader, more), recipe, reader.tokenizer, pool, step)
        for index, position, group in zip(missing, more, fresh, strict=True):
            groups[index], positions[index] = group, position
    return groups, positions


def examples_at(reader: Reader, positions: list[int]) -> list[Example]:
    return [reader.example(position) for position in positions]


def train_grpo(recipe: GrpoRecipe) -> Path:
    """Runs the recipe to its end; the folder of the last checkpoint. Raises RowError, RecipeError, SaveError, NotFiniteError."""
    torch.manual_seed(recipe.seed)
    recipe.output.mkdir(parents=True, exist_ok=True)
    done = checkpoints_of(recipe.output)
    progress = read_state(done[-1], recipe) if done else Progress()
    model = load_model(done[-1] / "model" if done else recipe.model.path).to(recipe.model.device)
    tokenizer = Tokenizer(recipe.model.path)
    stepper = Stepper(model, make_optimizer(model, recipe.optimizer), recipe.optimizer)
    if done:
        load_moments(done[-1], model, stepper.optimizer)
    reference: Qwen2_5_VL | None = None
    if recipe.algorithm.kl_coefficient:
        origin = recipe.reference or recipe.model.path
        reference = copy.deepcopy(model) if not done and recipe.reference is None else load_model(origin)
        reference.to(recipe.model.device).requires_grad_(False)

    reader, positions, longer = open_reader(model, tokenizer, recipe.data)
    order = Order(positions, recipe.data.seed)
    order.taken = progress.taken
    validation = open_validation(model, tokenizer, recipe.data, recipe.validation)
    total = recipe.steps or max(1, len(positions) * recipe.data_epochs // recipe.prompts_per_step)
    print(f"{len(positions):,} rows, {longer:,} left out as too long; {total:,} steps of {recipe.prompts_per_step} prompts")

    metrics_file = MetricsFile(recipe.output / "metrics.jsonl", progress.step)
    bar = Bar(total)
    with RewardPool(recipe.reward) as pool:
        if validation and progress.step == 0 and recipe.validation.before_training:
            metrics_file.write(0, validate(model, recipe, *validation, pool))
        while progress.step < total:
            step = progress.step
            started = perf_counter()
            groups, rows = gather(model, recipe, reader, order, pool, step)
            generated = perf_counter()
            share = rate_share(recipe.optimizer, step, total, recipe.algorithm.reproduce_first_step_at_zero)
            metrics = update(model, reference, stepper, groups, recipe, share)
            updated = perf_counter()
            metrics |= rollout_metrics(groups, recipe.rollout.max_new_tokens)
            tokens = sum(len(g.example.prompt.ids) * len(g.ids) + sum(map(len, g.ids)) for g in groups)
            metrics |= {
                "timing_s/gen": generated - started,
                "timing_s/update_actor": updated - generated,
                "timing_s/step": updated - started,
                "perf/total_num_tokens": float(tokens),
                "perf/throughput": tokens / (updated - started),
            }
            progress = replace(progress, step=step + 1, taken=order.taken)
            last = progress.step == total
            if validation and (last or progress.step % recipe.validation.every == 0):
                metrics |= validate(model, recipe, *validation, pool)
                if progress.best is None or metrics["val/score"] > progress.best:
                    progress = replace(progress, best=metrics["val/score"], best_step=progress.step)
            metrics_file.write(progress.step, metrics)
            if last or progress.step % recipe.logging.rollouts_every == 0:
                sources = [reader.dataset.sources(row) for row in rows]
                write_rollouts(recipe.output / "rollouts", progress.step, groups, sources)
            # The best step is always kept, so it has to be saved when it is found.
            if last or progress.step % recipe.checkpoints.every == 0 or progress.best_step == progress.step:
                save_checkpoint(recipe, model, stepper.optimizer, progress, recipe.model.path)
            bar.show(
                progress.step,
                f"score {metrics['critic/score/mean']:.3f}  length {metrics['response_length/mean']:.0f}  "
                f"{metrics['timing_s/step']:.1f} s",
            )
    return checkpoints_of(recipe.output)[-1]


def open_validation(
    model: Qwen2_5_VL, tokenizer: Tokenizer, data: Data, validation: Validation
) -> tuple[Reader, list[int]] | None:
    """The rows that a run is checked on: the first of a seeded order."""
    if not validation.files:
        return None
    reader, positions, _ = open_reader(model, tokenizer, data.model_copy(update={"files": validation.files}))
    return reader, Order(positions, data.seed).epoch(0)[: validation.rows]
