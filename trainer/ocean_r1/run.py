"""What every kind of run begins with: model, tokenizer, optimizer and progress, fresh or from its last checkpoint."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from ocean_r1.config import Data, GrpoRecipe, Recipe, RecipeError, TowerRecipe, Validation, check_exists, check_model_folder
from ocean_r1.data.check import Asked, Checked
from ocean_r1.data.check import checked as checked_rows
from ocean_r1.data.hashes import hashes_of
from ocean_r1.data.order import Order
from ocean_r1.data.prompts import Reader, Tokenizer
from ocean_r1.data.rows import RowError, open_dataset
from ocean_r1.device import usable_device
from ocean_r1.evals.greedy import greedy_texts
from ocean_r1.files import WriteError, make_folder, remove_leftovers, size, writing
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.new import number_tokens, order_numbers
from ocean_r1.models.qwen2_5_vl import Qwen2_5_VL, initialise
from ocean_r1.models.weights import load_model
from ocean_r1.optimizer import Stepper, make_optimizers
from ocean_r1.parallel import Team
from ocean_r1.rewards.pool import Case, RewardPool
from ocean_r1.state import (
    DataSeen,
    Progress,
    checkpoints_of,
    hold_to,
    keep,
    load_moments,
    parameters_of,
    read_state,
    size_of,
)


@dataclass(frozen=True)
class Run:
    model: Qwen2_5_VL
    team: Team
    tokenizer: Tokenizer
    stepper: Stepper
    progress: Progress
    training: Checked
    validation: Checked | None


def starting_model(recipe: Recipe) -> Qwen2_5_VL:
    """The model that the first step has."""
    if not recipe.model.fresh:
        return load_model(recipe.model.path)
    model = Qwen2_5_VL(ModelConfig.from_folder(recipe.model.path))
    generator = torch.Generator().manual_seed(recipe.seed)
    initialise(model, generator)
    numbers = number_tokens(Tokenizer(recipe.model.path).ids)
    order_numbers(model.language_model.embed_tokens.weight, numbers, generator)
    return model


def open_run(recipe: Recipe, heads: nn.Module | None = None) -> Run:
    """`heads` are learnt beside the model. Raises RecipeError where the output holds checkpoints of another recipe or of
    other data, RowError where a row cannot be used, WriteError and DeviceError."""
    device = usable_device(recipe.model.device)
    check_model_folder(recipe.model.path)
    if isinstance(recipe, GrpoRecipe) and recipe.reference:
        check_model_folder(recipe.reference)
    claim(recipe.output)
    done = checkpoints_of(recipe.output)
    progress = read_state(done[-1], recipe) if done else Progress()
    training, validation = open_rows(recipe, goes_on=bool(done))
    model = load_model(done[-1] / "model") if done else starting_model(recipe)
    model.to(device)
    if heads:
        heads.to(device)
    check_room(recipe, model)
    learnt = list(parameters_of(model, heads).values())
    stepper = Stepper(learnt, make_optimizers(model, recipe.optimizer, heads), recipe.optimizer)
    if done:
        load_moments(done[-1], model, stepper.optimizers, heads)
    team = Team(model, recipe.model.workers, recipe.model.dtype)
    return Run(model, team, Tokenizer(recipe.model.path), stepper, progress, training, validation)


def open_rows(recipe: Recipe, goes_on: bool) -> tuple[Checked, Checked | None]:
    """The rows to learn from and those of validation, tried as `data/check.py` has it, and held to those that the run began
    with. Raises RowError and RecipeError."""
    files = [] if isinstance(recipe, TowerRecipe) else recipe.validation.files
    for file in (*recipe.data.files, *files):
        check_exists(file.path)
    datasets = [open_dataset(some, recipe.data.seed) for some in (recipe.data.files, files) if some]
    hashes = hashes_of(table.path for dataset in datasets for table in dataset.tables)
    seen = DataSeen({str(path): digest for path, digest in hashes.items()})
    if goes_on:
        hold_to(recipe.output, seen)
    reward = None if isinstance(recipe, TowerRecipe) else recipe.reward
    model, data = recipe.model.path, recipe.data
    asked = [
        Asked(model, data, recipe.kind, reward if recipe.kind == "grpo" else None),
        Asked(model, data, "validation", reward),
    ]
    all_checked = [checked_rows(dataset, hashes, each) for dataset, each in zip(datasets, asked, strict=False)]
    for each in all_checked:
        seen.pictures.update(each.pictures)
    if goes_on:
        hold_to(recipe.output, seen)
    keep(recipe.output, seen)
    return all_checked[0], all_checked[1] if files else None


def claim(output: Path) -> None:
    """Makes the folder of a run this process's own until its end, and clears what killed ones left there half written.
    Raises WriteError, and RecipeError where another process is at work."""
    make_folder(output)
    with writing(output):
        handle = os.open(output / ".lock", os.O_CREAT | os.O_RDWR)
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # until the process ends
        except BlockingIOError as error:
            raise RecipeError(f"another process is training in {output}; wait for it, or write to another output") from error
        except OSError as error:
            if error.errno not in (errno.ENOLCK, errno.ENOTSUP):  # a file system without locks
                raise
        remove_leftovers(output)


def check_room(recipe: Recipe, model: Qwen2_5_VL) -> None:
    """Raises WriteError where the disk has no room for a checkpoint: now, and not when the first is written, hours later."""
    needed = size_of(model.parameters()) * (2 if recipe.optimizer.muon else 3)  # weights, and one or two moments
    disk = shutil.disk_usage(recipe.output)
    if disk.total and disk.free < needed:  # some file systems say 0 of 0
        raise WriteError(
            f"{recipe.output} has no room for a checkpoint: it takes {size(needed)}, and {size(disk.free)} are free"
        )


def open_reader(run: Run, data: Data) -> tuple[Reader, list[int], int]:
    """The reader of the rows to learn from, the rows that fit, and how many do not."""
    return reader_of(run, run.training, data)


def reader_of(run: Run, rows: Checked, data: Data) -> tuple[Reader, list[int], int]:
    fitting = [position for position, length in enumerate(rows.lengths) if length <= data.max_prompt_tokens]
    if not fitting:
        raise RowError(f"no row is within data.max_prompt_tokens = {data.max_prompt_tokens}")
    return Reader(rows.dataset, run.model.config, run.tokenizer, data), fitting, len(rows.lengths) - len(fitting)


@dataclass(frozen=True)
class Validator:
    """Judges a model by the mean reward of its greedy replies to the same rows each time."""

    reader: Reader
    positions: list[int]
    max_new_tokens: int

    def metrics(self, model: Qwen2_5_VL, pool: RewardPool) -> dict[str, float]:
        """Overall and by source, under the seed's names."""
        examples = [self.reader.example(position) for position in self.positions]
        prompts = [example.prompt for example in examples]
        replies = greedy_texts(model, self.reader.tokenizer, prompts, self.max_new_tokens)
        scored = pool.score(
            [
                Case(reply.text, example.ground_truth, example.row.extra_info)
                for reply, example in zip(replies, examples, strict=True)
            ]
        )
        by_source: dict[str, list[float]] = {}
        for example, score in zip(examples, scored, strict=True):
            by_source.setdefault(example.row.data_source, []).append(score.reward)
        return {
            "val/score": mean([score.reward for score in scored]),
            "val/truncated": mean([not reply.finished for reply in replies]),
            **{f"val/test_score/{source}": mean(own) for source, own in sorted(by_source.items())},
            **{f"val/reward/{term}": mean([score.terms[term] for score in scored]) for term in scored[0].terms},
        }


def mean(values: list[float] | list[bool]) -> float:
    return sum(values) / len(values)


def open_validator(run: Run, data: Data, validation: Validation, max_new_tokens: int) -> Validator | None:
    """Takes the first rows of a seeded order."""
    if run.validation is None:
        return None
    reader, positions, _ = reader_of(run, run.validation, data)
    return Validator(reader, Order(positions, data.seed).epoch(0)[: validation.rows], max_new_tokens)


def checked(
    validator: Validator | None,
    validation: Validation,
    model: Qwen2_5_VL,
    pool: RewardPool,
    progress: Progress,
    last: bool,
) -> tuple[dict[str, float], Progress]:
    """Validation's metrics where this step has one, and the progress with the best step so far."""
    if validator is None or not (last or progress.step % validation.every == 0):
        return {}, progress
    metrics = validator.metrics(model, pool)
    if progress.best is None or metrics["val/score"] > progress.best:
        progress = Progress(progress.step, progress.taken, metrics["val/score"], progress.step)
    return metrics, progress
