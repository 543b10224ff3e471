"""Supervised training on worked solutions (`extra_info.solution` of a row): the base that GRPO begins with.

A picture is encoded once for all that is asked about it: its row's question, and those of `extra_info.further`.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from ocean_r1.config import SftRecipe
from ocean_r1.data.prompts import Example, Reader, Tokenizer
from ocean_r1.data.rows import IMAGE_MARK, Message, RowError
from ocean_r1.driver import Observer, StepResult, drive
from ocean_r1.engine.forward import group_hidden, token_stats
from ocean_r1.engine.prompt import Prompt
from ocean_r1.engine.workers import Workers
from ocean_r1.models.model import VisionLanguageModel
from ocean_r1.optimizer import Stepper, lr_multiplier
from ocean_r1.rewards.pool import RewardPool
from ocean_r1.start import open_run, open_validator

THINKING = re.compile(r"<think>.*?</think>", re.DOTALL)
AT_A_GLANCE = "I see it at a glance."
MAX_REPEATED = 128
"""Tokens of a text that its questions would repeat, to be learnt beside others."""
FOLLOW_UP = "follow-up"
"""The kind of a further question that means nothing but behind the one before it."""


@dataclass(frozen=True)
class PackedExample:
    """A picture with all that is asked about it: the prefix that the conversations share, how each goes on, (R) of
    (length,), and at which of those tokens a loss is taken, packed, (S,) bool: the solutions' own."""

    prefix: Prompt
    branches: list[Tensor]
    loss_mask: Tensor


def pack_example(example: Example, tokenizer: Tokenizer, recipe: SftRecipe, number: int) -> PackedExample:
    """The row's question and those of `extra_info.further`, behind one picture. `number` counts the rows that were taken:
    from it follows who is asked without the instruction, answered at a glance, or asked after another question. Raises
    RowError where a row has no solution to learn from."""
    rng = random.Random(f"{recipe.seed}/{number}")
    turns: list[tuple[list[int], list[int]]] = []  # What each solution stands behind, and the solution.
    earlier: tuple[Message, ...] = ()
    for item in [None, *further_of(example, recipe)]:
        asked, answer = turn_of(example, item, recipe, rng)
        goes_on = item is not None and item["kind"] == FOLLOW_UP
        if earlier and (goes_on or rng.random() < recipe.follow_ups):
            asked = asked.model_copy(update={"content": asked.content.removeprefix(f"{IMAGE_MARK} ")})
        else:
            earlier = example.row.prompt[:-1]
        conversation = (*earlier, asked)
        earlier = (*conversation, answer)
        turns.append(
            (tokenizer.ids(tokenizer.chat(conversation)), [*tokenizer.ids(answer.content), tokenizer.stop_tokens[0]])
        )
    shared, behind = split_prefix(example.prompt.ids.tolist(), [before for before, _ in turns], tokenizer.image_token)
    branches = [torch.tensor([*own, *target]) for own, (_, target) in zip(behind, turns, strict=True)]
    loss_mask = [
        in_solution
        for own, (_, target) in zip(behind, turns, strict=True)
        for in_solution in [False] * len(own) + [True] * len(target)
    ]
    return PackedExample(replace(example.prompt, ids=torch.tensor(shared)), branches, torch.tensor(loss_mask))


def split_prefix(ids: list[int], each: list[list[int]], image: int) -> tuple[list[int], list[list[int]]]:
    """What conversations share, and what each has of its own: the row's prompt up to the end of its last picture, of which
    theirs hold one token; without pictures as much as they have in common."""

    def end(some: list[int]) -> int:
        return len(some) - some[::-1].index(image)

    if image in ids:
        return ids[: end(ids)], [own[end(own) :] for own in each]
    shared = common_prefix(each)
    return each[0][:shared], [own[shared:] for own in each]


def common_prefix(lists: list[list[int]]) -> int:
    """How many tokens all of the lists begin with: as many as the first and the last of them in order."""
    first, last = min(lists), max(lists)
    return next((index for index, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))


def further_of(example: Example, recipe: SftRecipe) -> list[dict[str, str]]:
    further = example.row.extra_info.get("further") or []
    return [item for item in further if recipe.further is None or item["kind"] in recipe.further]


def turn_of(example: Example, item: dict[str, str] | None, recipe: SftRecipe, rng: random.Random) -> tuple[Message, Message]:
    """A further question with its solution, or the row's own. Raises RowError where there is no solution."""
    info = example.row.extra_info
    content = item["content"] if item else example.row.prompt[-1].content
    question, solution = (item or info).get("question"), (item or info).get("solution")
    if not isinstance(solution, str) or not solution:
        raise RowError(f"{example.name}: there is no extra_info.solution to learn from")
    if question and rng.random() < recipe.without_instruction:
        content = f"{IMAGE_MARK} {question}" if IMAGE_MARK in content else question
    if rng.random() < recipe.at_a_glance:
        solution = THINKING.sub(f"<think>{AT_A_GLANCE}</think>", solution, count=1)
    return Message(role="user", content=content), Message(role="assistant", content=solution)


def continue_from(earlier: Example, example: Example, reader: Reader, recipe: SftRecipe, number: int) -> Example:
    """The example behind another one and its solution: a conversation that goes on with a new picture."""
    turn = turn_of(earlier, None, recipe, random.Random(f"{recipe.seed}/{number}/after"))
    asked = (message for message in example.row.prompt if message.role != "system")
    conversation = (*earlier.row.prompt[:-1], *turn, *asked)
    grids = (*earlier.prompt.grids, *example.prompt.grids)
    ids = reader.expand(reader.tokenizer.ids(reader.tokenizer.chat(conversation)), grids, example.name)
    patches = [each.prompt.patches for each in (earlier, example) if each.prompt.patches is not None]
    prompt = Prompt(torch.tensor(ids), torch.cat(patches) if patches else None, grids)
    return replace(example, prompt=prompt, row=example.row.model_copy(update={"prompt": conversation}))


def pack_batch(examples: list[Example], reader: Reader, recipe: SftRecipe, first: int) -> list[PackedExample]:
    """The examples of a step; `first` is how many rows the run took before. Some have the row before them for an earlier
    picture."""
    batch = []
    for index, example in enumerate(examples):
        number = first + index
        if random.Random(f"{recipe.seed}/{number}/pictures").random() < recipe.second_pictures:
            example = continue_from(examples[index - 1], example, reader, recipe, number)
        batch.append(pack_example(example, reader.tokenizer, recipe, number))
    return batch


def length(example: PackedExample) -> int:
    """In tokens."""
    return len(example.prefix.ids) + sum(map(len, example.branches))


def merge_texts(batch: list[PackedExample]) -> list[PackedExample]:
    """The batch, those without pictures as one: they share the beginning of their prompts and nothing else, and many
    short rows are learnt much faster side by side than one by one. Where several questions stand behind a long text, which
    each would have to repeat, they stay as they are."""
    texts = [example for example in batch if not example.prefix.grids]
    shared = common_prefix([example.prefix.ids.tolist() for example in texts]) if texts else 0
    short = [e for e in texts if (len(e.prefix.ids) - shared) * (len(e.branches) - 1) <= MAX_REPEATED]
    if len(short) < 2:
        return batch
    others = [example for example in batch if all(example is not each for each in short)]
    branches, loss_mask = [], []
    for example in short:
        own = example.prefix.ids[shared:]
        masks = example.loss_mask.split([len(branch) for branch in example.branches])
        branches += [torch.cat([own, branch]) for branch in example.branches]
        loss_mask += [part for mask in masks for part in (torch.zeros(len(own), dtype=torch.bool), mask)]
    prefix = replace(short[0].prefix, ids=short[0].prefix.ids[:shared])
    return [*others, PackedExample(prefix, branches, torch.cat(loss_mask))]


def update(workers: Workers, stepper: Stepper, batch: list[PackedExample], lr_multiplier: float) -> dict[str, float]:
    """One optimizer step on the mean loss of all solution tokens."""
    tokens = sum(int(example.loss_mask.sum()) for example in batch)

    def backward(model: VisionLanguageModel, part: list[PackedExample]) -> Tensor:
        """The loss, and how many tokens were likelier than not, (2,)."""
        sums = torch.zeros(2, device=model.device)
        for example in merge_texts(part):
            targets = torch.cat(example.branches)[example.loss_mask]
            hidden = group_hidden(model, example.prefix, example.branches)[example.loss_mask]
            logp = token_stats(hidden, model.lm_head.weight, targets).logp
            loss = -logp.sum() / tokens
            loss.backward()
            sums += torch.stack([loss.detach(), (logp.detach() > -0.6931).sum()])
        return sums

    loss, likely = torch.stack(workers.run(backward, batch, length)).sum(0).tolist()
    workers.reduce_gradients()
    norm, _ = stepper.step(lr_multiplier)
    workers.sync()
    return {
        "sft/loss": loss,
        "sft/likely_tokens": likely / tokens,
        "sft/tokens": float(tokens),
        "sft/questions": float(sum(len(example.branches) for example in batch)),
        "actor/grad_norm": norm,
    }


def train_sft(recipe: SftRecipe, observer: Observer | None = None) -> Path:
    """Runs the recipe to its end, or goes on with it; the last checkpoint. Raises as train_grpo does."""
    run = open_run(recipe)
    with RewardPool(recipe.reward) as pool:
        validator = open_validator(run, recipe, pool, recipe.max_new_tokens, before_training=False)

        def step(number: int) -> StepResult:
            first = run.sampler.taken
            batch = pack_batch(run.next_examples(recipe.rows_per_step), run.reader, recipe, first)
            multiplier = lr_multiplier(recipe.optimizer, number, run.total)
            metrics = update(run.workers, run.stepper, batch, multiplier)
            metrics["actor/lr"] = recipe.optimizer.lr * multiplier
            return StepResult(metrics, f"loss {metrics['sft/loss']:.3f}  {metrics['sft/questions']:.0f} questions")

        return drive(run, step, validator, observer)
