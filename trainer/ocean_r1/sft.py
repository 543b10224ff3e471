"""Supervised training on worked solutions (`extra_info.solution` of a row): the base that GRPO begins with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from time import perf_counter

import torch
from torch import Tensor

from ocean_r1.config import SftRecipe
from ocean_r1.data.order import Order
from ocean_r1.data.prompts import Example, Tokenizer
from ocean_r1.data.rows import RowError
from ocean_r1.grpo.forward import group_stats
from ocean_r1.metrics import Bar, MetricsFile
from ocean_r1.optimizer import rate_share
from ocean_r1.rewards.pool import RewardPool
from ocean_r1.run import Run, checked, open_reader, open_run, open_validator
from ocean_r1.state import checkpoints_of, save_checkpoint


def solution_ids(example: Example, tokenizer: Tokenizer) -> Tensor:
    """The tokens of the worked solution, its end included. Raises RowError where the row has none."""
    solution = example.row.extra_info.get("solution")
    if not isinstance(solution, str) or not solution:
        raise RowError(f"{example.name}: there is no extra_info.solution to learn from")
    return torch.tensor([*tokenizer.ids(solution), tokenizer.stop_tokens[0]])


def learn(run: Run, examples: list[Example], share: float) -> dict[str, float]:
    """One optimizer step on the mean loss of all solution tokens."""
    targets = [solution_ids(example, run.tokenizer) for example in examples]
    tokens = sum(map(len, targets))
    total, right = 0.0, 0.0
    for example, target in zip(examples, targets, strict=True):
        stats = group_stats(run.model, example.prompt, [target])
        loss = -stats.logp.sum() / tokens
        loss.backward()
        total += loss.item()
        right += (stats.logp.detach() > -0.6931).sum().item()
    norm, _ = run.stepper.step(share)
    return {"sft/loss": total, "sft/likely_tokens": right / tokens, "sft/tokens": float(tokens), "actor/grad_norm": norm}


def train_sft(recipe: SftRecipe) -> Path:
    """Runs the recipe to its end, or goes on with it; the last checkpoint. Raises as train_grpo does."""
    run = open_run(recipe)
    reader, positions, longer = open_reader(run.model, run.tokenizer, recipe.data)
    validator = open_validator(run, recipe.data, recipe.validation, recipe.max_new_tokens)
    order = Order(positions, recipe.data.seed, run.progress.taken)
    print(f"{len(positions):,} rows, {longer:,} too long; {recipe.steps:,} steps of {recipe.rows_per_step} rows", flush=True)

    progress = run.progress
    metrics_file = MetricsFile(recipe.output / "metrics.jsonl", progress.step)
    bar = Bar(recipe.steps)
    with RewardPool(recipe.reward) as pool:
        while progress.step < recipe.steps:
            started = perf_counter()
            examples = [reader.example(position) for position in order.take(recipe.rows_per_step)]
            share = rate_share(recipe.optimizer, progress.step, recipe.steps)
            metrics = learn(run, examples, share)
            seconds = perf_counter() - started
            metrics |= {"actor/lr": recipe.optimizer.lr * share, "timing_s/step": seconds}
            progress = replace(progress, step=progress.step + 1, taken=order.taken)
            last = progress.step == recipe.steps
            judged, progress = checked(validator, recipe.validation, run.model, pool, progress, last)
            metrics_file.write(progress.step, metrics | judged)
            if last or progress.step % recipe.checkpoints.every == 0 or progress.best_step == progress.step:
                save_checkpoint(recipe, run.model, run.stepper.optimizer, progress)
            bar.show(progress.step, f"loss {metrics['sft/loss']:.3f}  {recipe.rows_per_step / seconds:.0f} rows/s")
    return checkpoints_of(recipe.output)[-1]
