"""What every kind of run begins with: model, tokenizer, optimizer and progress, fresh or from its last checkpoint."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from ocean_r1.config import Data, Recipe, Validation
from ocean_r1.data.order import Order
from ocean_r1.data.prompts import Reader, Tokenizer, usable
from ocean_r1.data.rows import RowError, open_dataset
from ocean_r1.device import usable_device
from ocean_r1.evals.greedy import greedy_texts
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.new import number_tokens, order_numbers
from ocean_r1.models.qwen2_5_vl import Qwen2_5_VL, initialise
from ocean_r1.models.weights import load_model
from ocean_r1.optimizer import Stepper, make_optimizers
from ocean_r1.parallel import Team
from ocean_r1.rewards.pool import Case, RewardPool
from ocean_r1.state import Progress, checkpoints_of, load_moments, parameters_of, read_state


@dataclass(frozen=True)
class Run:
    model: Qwen2_5_VL
    team: Team
    tokenizer: Tokenizer
    stepper: Stepper
    progress: Progress


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
    """`heads` are learnt beside the model. Raises RecipeError where the output holds checkpoints of another recipe, and
    DeviceError."""
    device = usable_device(recipe.model.device)
    recipe.output.mkdir(parents=True, exist_ok=True)
    done = checkpoints_of(recipe.output)
    progress = read_state(done[-1], recipe) if done else Progress()
    model = load_model(done[-1] / "model") if done else starting_model(recipe)
    model.to(device)
    if heads:
        heads.to(device)
    learnt = list(parameters_of(model, heads).values())
    stepper = Stepper(learnt, make_optimizers(model, recipe.optimizer, heads), recipe.optimizer)
    if done:
        load_moments(done[-1], model, stepper.optimizers, heads)
    return Run(model, Team(model, recipe.model.workers, recipe.model.dtype), Tokenizer(recipe.model.path), stepper, progress)


def open_reader(model: Qwen2_5_VL, tokenizer: Tokenizer, data: Data) -> tuple[Reader, list[int], int]:
    """The reader, the rows that fit, and how many do not. Every row is read once: a bad one stops the run here."""
    reader = Reader(open_dataset(data.files, data.seed), model.config, tokenizer, data)
    fitting, longer = usable(reader)
    if not fitting:
        raise RowError(f"no row is within data.max_prompt_tokens = {data.max_prompt_tokens}")
    return reader, fitting, longer


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
    if not validation.files:
        return None
    reader, positions, _ = open_reader(run.model, run.tokenizer, data.model_copy(update={"files": validation.files}))
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
