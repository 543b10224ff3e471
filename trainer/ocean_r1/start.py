"""How every run begins: model, optimizer, rows and progress, fresh or from its last checkpoint.

Before the first step it is made sure that no other process writes to the folder, that all rows can be used and are those
that the run began with, and that the disk has room."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from ocean_r1.checkpoints import (
    DataHashes,
    Progress,
    check_data_hashes,
    checkpoints_of,
    load_moments,
    parameters_of,
    read_state,
    save_data_hashes,
    size_of,
)
from ocean_r1.config import (
    Data,
    GrpoRecipe,
    Recipe,
    RecipeError,
    SftRecipe,
    TowerRecipe,
    check_exists,
    check_model_folder,
    freezes_tower,
)
from ocean_r1.data.ahead import Ahead
from ocean_r1.data.check import CheckedRows, RowUse, check_dataset
from ocean_r1.data.hashes import hashes_of
from ocean_r1.data.prompts import Example, Reader, Tokenizer
from ocean_r1.data.rows import RowError, open_dataset
from ocean_r1.data.sampler import RowSampler
from ocean_r1.device import usable_device
from ocean_r1.engine.workers import Workers
from ocean_r1.evals.validation import Validator
from ocean_r1.files import WriteError, as_write_error, make_folder, remove_leftovers, size
from ocean_r1.models.adapter import load_adapter
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.families import build_model
from ocean_r1.models.lora import add_pairs
from ocean_r1.models.model import VisionLanguageModel, initialise
from ocean_r1.models.new import init_number_embeddings, number_tokens
from ocean_r1.models.weights import load_model
from ocean_r1.optimizer import Stepper, make_optimizers
from ocean_r1.ranks import Ranks, open_ranks, own_device
from ocean_r1.rewards.pool import RewardPool


@dataclass(frozen=True)
class Run:
    """A run at the step that it begins with, or goes on from."""

    recipe: Recipe
    total: int
    """Steps."""
    model: VisionLanguageModel
    heads: nn.Module | None
    """What is learnt beside the model and thrown away at the end."""
    workers: Workers
    tokenizer: Tokenizer
    stepper: Stepper
    progress: Progress
    reader: Reader
    sampler: RowSampler
    """Over the rows that fit."""
    ahead: Ahead
    too_long: int
    """Rows that do not."""
    validation: CheckedRows | None

    ranks: Ranks

    def next_examples(self, count: int) -> list[Example]:
        return self.ahead.take(count)


def starting_model(recipe: Recipe) -> VisionLanguageModel:
    """The model that the first step has."""
    if not recipe.model.fresh:
        return load_model(recipe.model.path)
    model = build_model(ModelConfig.from_folder(recipe.model.path))
    generator = torch.Generator().manual_seed(recipe.seed)
    initialise(model, generator)
    numbers = number_tokens(Tokenizer(recipe.model.path).ids)
    init_number_embeddings(model.language_model.embed_tokens.weight, numbers, generator)
    return model


def model_of(recipe: Recipe, checkpoint: Path | None) -> VisionLanguageModel:
    """The model to go on with, on the host; what does not learn needs no gradient."""
    rank = recipe.model.lora_rank
    model = load_model(checkpoint / "model") if checkpoint and not rank else starting_model(recipe)
    model.visual.requires_grad_(not freezes_tower(recipe))
    if rank:
        add_pairs(model, rank, recipe.model.lora_alpha, recipe.seed)
        if checkpoint:
            load_adapter(model, checkpoint / "adapter")
    return model


def open_run(recipe: Recipe, heads: nn.Module | None = None) -> Run:
    """`heads` are learnt beside the model. Raises RecipeError where the output holds checkpoints of another recipe or of
    other data, RowError where a row cannot be used, WriteError and DeviceError."""
    ranks = open_ranks()
    if ranks.count > 1:
        check_divisible(recipe, ranks)
    device = usable_device(own_device(recipe.model.device, ranks))
    if isinstance(recipe, TowerRecipe) and (recipe.optimizer.offload or recipe.model.lora_rank):
        raise RecipeError("optimizer.offload and model.lora_rank: a tower alone is small, and learns whole where it is")
    check_model_folder(recipe.model.path)
    if isinstance(recipe, GrpoRecipe) and recipe.reference:
        check_model_folder(recipe.reference)
    with ranks.lead_first():
        if ranks.leads:
            lock_output(recipe.output)
        done = checkpoints_of(recipe.output)
        progress = read_state(done[-1], recipe) if done else Progress()
        training, validation = open_rows(recipe, resumed=bool(done))
    model = model_of(recipe, done[-1] if done else None)
    if heads:
        heads.to(device)
    check_disk_space(recipe, model)
    workers = Workers(model, recipe.model.workers, recipe.model.dtype, ranks, device, recipe.optimizer.offload)
    learnt = list(parameters_of(model, heads).values())
    optimizers = make_optimizers(model, recipe.optimizer, heads, fused=ranks.count == 1)
    stepper = Stepper(learnt, optimizers, recipe.optimizer, ranks)
    if done:
        load_moments(done[-1], model, stepper.optimizers, heads)
    tokenizer = Tokenizer(recipe.model.path)
    reader, fitting = reader_of(training, model.config, tokenizer, recipe.data)
    sampler = RowSampler(fitting, recipe.data.seed, progress.taken)
    return Run(
        recipe=recipe,
        total=total_steps(recipe, len(fitting)),
        model=model,
        heads=heads,
        workers=workers,
        tokenizer=tokenizer,
        stepper=stepper,
        progress=progress,
        reader=reader,
        sampler=sampler,
        ahead=Ahead(reader, sampler),
        too_long=len(training.lengths) - len(fitting),
        validation=validation,
        ranks=ranks,
    )


def check_divisible(recipe: Recipe, ranks: Ranks) -> None:
    """Raises RecipeError for what several processes cannot do together."""
    if not isinstance(recipe, GrpoRecipe):
        raise RecipeError(f"several processes train by GRPO alone; a recipe of kind {recipe.kind!r} takes one")
    least = recipe.prompts_per_step // recipe.algorithm.mini_batches
    if least < ranks.count:
        raise RecipeError(f"{ranks.count} processes share {least} prompts: prompts_per_step has to give each at least one")
    for key, wanted in (
        ("optimizer.muon", recipe.optimizer.muon),
        ("model.workers", recipe.model.workers > 1),
        ("algorithm.dynamic_sampling", recipe.algorithm.dynamic_sampling),
    ):
        if wanted:
            raise RecipeError(f"{key} is for one process; there are {ranks.count}")


def total_steps(recipe: Recipe, rows: int) -> int:
    if isinstance(recipe, GrpoRecipe):
        return recipe.steps or max(1, rows * recipe.data_epochs // recipe.prompts_per_step)
    return recipe.steps


def open_rows(recipe: Recipe, resumed: bool) -> tuple[CheckedRows, CheckedRows | None]:
    """The rows to learn from and those of validation, tried as `data/check.py` has it, and held to those that the run began
    with. Raises RowError and RecipeError."""
    files = [] if isinstance(recipe, TowerRecipe) else recipe.validation.files
    for file in (*recipe.data.files, *files):
        check_exists(file.path)
    datasets = [open_dataset(some, recipe.data.seed) for some in (recipe.data.files, files) if some]
    hashes = hashes_of(table.path for dataset in datasets for table in dataset.tables)
    found = DataHashes({str(path): digest for path, digest in hashes.items()})
    if resumed:
        check_data_hashes(recipe.output, found)
    reward = None if isinstance(recipe, TowerRecipe) else recipe.reward
    model, data = recipe.model.path, recipe.data
    uses = [
        RowUse(model, data, recipe.kind, reward if recipe.kind == "grpo" else None),
        RowUse(model, data, "validation", reward),
    ]
    all_checked = [check_dataset(dataset, hashes, use) for dataset, use in zip(datasets, uses, strict=False)]
    for each in all_checked:
        found.pictures.update(each.pictures)
    if resumed:
        check_data_hashes(recipe.output, found)
    save_data_hashes(recipe.output, found)
    return all_checked[0], all_checked[1] if files else None


def lock_output(output: Path) -> None:
    """Makes the folder of a run this process's own until its end, and clears what killed ones left there half written.
    Raises WriteError, and RecipeError where another process is at work."""
    make_folder(output)
    with as_write_error(output):
        handle = os.open(output / ".lock", os.O_CREAT | os.O_RDWR)
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # until the process ends
        except BlockingIOError as error:
            raise RecipeError(f"another process is training in {output}; wait for it, or write to another output") from error
        except OSError as error:
            if error.errno not in (errno.ENOLCK, errno.ENOTSUP):  # a file system without locks
                raise
        remove_leftovers(output)


def check_disk_space(recipe: Recipe, model: VisionLanguageModel) -> None:
    """Raises WriteError where the disk has no room for a checkpoint: now, and not when the first is written, hours later."""
    needed = size_of(model.parameters()) * (2 if recipe.optimizer.muon else 3)  # weights, and one or two moments
    disk = shutil.disk_usage(recipe.output)
    if disk.total and disk.free < needed:  # some file systems say 0 of 0
        raise WriteError(
            f"{recipe.output} has no room for a checkpoint: it takes {size(needed)}, and {size(disk.free)} are free"
        )


def reader_of(rows: CheckedRows, config: ModelConfig, tokenizer: Tokenizer, data: Data) -> tuple[Reader, list[int]]:
    """The reader of rows, and the positions of those that fit. Raises RowError where none does."""
    return Reader(rows.dataset, config, tokenizer, data), fitting_rows(rows, data)


def fitting_rows(rows: CheckedRows, data: Data) -> list[int]:
    """The positions of those that are not too long. Raises RowError where all are."""
    fitting = [position for position, length in enumerate(rows.lengths) if length <= data.max_prompt_tokens]
    if not fitting:
        raise RowError(f"no row is within data.max_prompt_tokens = {data.max_prompt_tokens}")
    return fitting


def open_validator(
    run: Run, recipe: GrpoRecipe | SftRecipe, pool: RewardPool, max_new_tokens: int, before_training: bool
) -> Validator | None:
    """On the first rows of a seeded order; None where the recipe has no validation."""
    if run.validation is None:
        return None
    as_they_are = recipe.data.model_copy(update={"augment": 0})
    reader, fitting = reader_of(run.validation, run.model.config, run.tokenizer, as_they_are)
    positions = RowSampler(fitting, recipe.data.seed).epoch(0)[: recipe.validation.rows]
    return Validator(reader, positions, pool, max_new_tokens, recipe.validation.every, before_training)
