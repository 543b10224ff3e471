"""Supervised training on worked solutions (`extra_info.solution` of a row): the base that GRPO begins with.

A picture is encoded once for all that is asked about it: its row's question, and those of `extra_info.further`.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import torch
from torch import Tensor

from ocean_r1.config import SftRecipe
from ocean_r1.data.order import Order
from ocean_r1.data.prompts import Example, Reader, Tokenizer
from ocean_r1.data.rows import IMAGE_MARK, Message, RowError
from ocean_r1.grpo.forward import Prompt, group_hidden, token_stats
from ocean_r1.metrics import Bar, MetricsFile
from ocean_r1.models.qwen2_5_vl import Qwen2_5_VL
from ocean_r1.optimizer import rate_share
from ocean_r1.rewards.pool import RewardPool
from ocean_r1.run import Run, checked, open_reader, open_run, open_validator
from ocean_r1.state import checkpoints_of, save_checkpoint

THINKING = re.compile(r"<think>.*?</think>", re.DOTALL)
AT_A_GLANCE = "I see it at a glance."
FOLLOW_UP = "follow-up"
"""The kind of a further question that means nothing but behind the one before it."""


@dataclass(frozen=True)
class Lesson:
    """A picture with all that is asked about it: what the conversations share, how each goes on, (R) of (length,), and which
    of those tokens are learnt, packed, (S,) bool: the solutions' own."""

    prompt: Prompt
    branches: list[Tensor]
    learnt: Tensor


def lesson_of(example: Example, tokenizer: Tokenizer, recipe: SftRecipe, number: int) -> Lesson:
    """The row's question and those of `extra_info.further`, behind one picture. `number` counts the rows that were seen:
    from it follows who is asked without the instruction, answered at a glance, or asked after another question. Raises
    RowError where a row has no solution to learn from."""
    chance = random.Random(f"{recipe.seed}/{number}")
    turns: list[tuple[list[int], list[int]]] = []  # What each solution stands behind, and the solution.
    earlier: tuple[Message, ...] = ()
    for item in [None, *further_of(example, recipe)]:
        asked, answer = turn_of(example, item, recipe, chance)
        goes_on = item is not None and item["kind"] == FOLLOW_UP
        if earlier and (goes_on or chance.random() < recipe.follow_ups):
            asked = asked.model_copy(update={"content": asked.content.removeprefix(f"{IMAGE_MARK} ")})
        else:
            earlier = example.row.prompt[:-1]
        conversation = (*earlier, asked)
        earlier = (*conversation, answer)
        turns.append(
            (tokenizer.ids(tokenizer.chat(conversation)), [*tokenizer.ids(answer.content), tokenizer.stop_tokens[0]])
        )
    shared, behind = split_prompts(example.prompt.ids.tolist(), [before for before, _ in turns], tokenizer.image_token)
    branches = [torch.tensor([*own, *target]) for own, (_, target) in zip(behind, turns, strict=True)]
    learnt = [
        learns
        for own, (_, target) in zip(behind, turns, strict=True)
        for learns in [False] * len(own) + [True] * len(target)
    ]
    return Lesson(replace(example.prompt, ids=torch.tensor(shared)), branches, torch.tensor(learnt))


def split_prompts(ids: list[int], each: list[list[int]], image: int) -> tuple[list[int], list[list[int]]]:
    """What conversations share, and what each has of its own: the row's prompt up to the end of its last picture, of which
    theirs hold one token; without pictures as much as they have in common."""

    def end(some: list[int]) -> int:
        return len(some) - some[::-1].index(image)

    if image in ids:
        return ids[: end(ids)], [own[end(own) :] for own in each]
    shared = in_common(each)
    return each[0][:shared], [own[shared:] for own in each]


def in_common(lists: list[list[int]]) -> int:
    """How many tokens all of the lists begin with: as many as the first and the last of them in order."""
    first, last = min(lists), max(lists)
    return next((index for index, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))


def further_of(example: Example, recipe: SftRecipe) -> list[dict[str, str]]:
    further = example.row.extra_info.get("further") or []
    return [item for item in further if recipe.further is None or item["kind"] in recipe.further]


def turn_of(
    example: Example, item: dict[str, str] | None, recipe: SftRecipe, chance: random.Random
) -> tuple[Message, Message]:
    """A further question with its solution, or the row's own. Raises RowError where there is no solution."""
    info = example.row.extra_info
    content = item["content"] if item else example.row.prompt[-1].content
    question, solution = (item or info).get("question"), (item or info).get("solution")
    if not isinstance(solution, str) or not solution:
        raise RowError(f"{example.name}: there is no extra_info.solution to learn from")
    if question and chance.random() < recipe.without_instruction:
        content = f"{IMAGE_MARK} {question}" if IMAGE_MARK in content else question
    if chance.random() < recipe.at_a_glance:
        solution = THINKING.sub(f"<think>{AT_A_GLANCE}</think>", solution, count=1)
    return Message(role="user", content=content), Message(role="assistant", content=solution)


def after(earlier: Example, example: Example, reader: Reader, recipe: SftRecipe, number: int) -> Example:
    """The example behind another one and its solution: a conversation that goes on with a new picture."""
    told = turn_of(earlier, None, recipe, random.Random(f"{recipe.seed}/{number}/after"))
    asked = (message for message in example.row.prompt if message.role != "system")
    conversation = (*earlier.row.prompt[:-1], *told, *asked)
    grids = (*earlier.prompt.grids, *example.prompt.grids)
    ids = reader.expand(reader.tokenizer.ids(reader.tokenizer.chat(conversation)), grids, example.name)
    patches = [each.prompt.patches for each in (earlier, example) if each.prompt.patches is not None]
    prompt = Prompt(torch.tensor(ids), torch.cat(patches) if patches else None, grids)
    return replace(example, prompt=prompt, row=example.row.model_copy(update={"prompt": conversation}))


def lessons_of(examples: list[Example], reader: Reader, recipe: SftRecipe, seen: int) -> list[Lesson]:
    """The lessons of a step; `seen` rows were learnt from before. Some have the row before them for an earlier picture."""
    lessons = []
    for index, example in enumerate(examples):
        number = seen + index
        if random.Random(f"{recipe.seed}/{number}/pictures").random() < recipe.second_pictures:
            example = after(examples[index - 1], example, reader, recipe, number)
        lessons.append(lesson_of(example, reader.tokenizer, recipe, number))
    return lessons


def packed(lessons: list[Lesson]) -> list[Lesson]:
    """The lessons, but those without pictures as one: they share the beginning of their prompts and nothing else, and many
    short rows are learnt much faster side by side than one by one."""
    pictured = [lesson for lesson in lessons if lesson.prompt.grids]
    texts = [lesson for lesson in lessons if not lesson.prompt.grids]
    if len(texts) < 2:
        return lessons
    shared = in_common([lesson.prompt.ids.tolist() for lesson in texts])
    branches, learnt = [], []
    for lesson in texts:
        own = lesson.prompt.ids[shared:]
        marks = lesson.learnt.split([len(branch) for branch in lesson.branches])
        branches += [torch.cat([own, branch]) for branch in lesson.branches]
        learnt += [part for mark in marks for part in (torch.zeros(len(own), dtype=torch.bool), mark)]
    return [*pictured, Lesson(replace(texts[0].prompt, ids=texts[0].prompt.ids[:shared]), branches, torch.cat(learnt))]


def learn(run: Run, lessons: list[Lesson], share: float) -> dict[str, float]:
    """One optimizer step on the mean loss of all solution tokens."""
    tokens = sum(int(lesson.learnt.sum()) for lesson in lessons)

    def backward(model: Qwen2_5_VL, some: list[Lesson]) -> Tensor:
        """The loss, and how many tokens were likelier than not, (2,)."""
        sums = torch.zeros(2, device=model.device)
        for lesson in packed(some):
            targets = torch.cat(lesson.branches)[lesson.learnt]
            with run.team.casting():
                hidden = group_hidden(model, lesson.prompt, lesson.branches)[lesson.learnt]
                logp = token_stats(hidden, model.lm_head.weight, targets).logp
            loss = -logp.sum() / tokens
            loss.backward()
            sums += torch.stack([loss.detach(), (logp.detach() > -0.6931).sum()])
        return sums

    loss, likely = torch.stack(run.team.run(backward, lessons)).sum(0).tolist()
    run.team.gather()
    norm, _ = run.stepper.step(share)
    return {
        "sft/loss": loss,
        "sft/likely_tokens": likely / tokens,
        "sft/tokens": float(tokens),
        "sft/questions": float(sum(len(lesson.branches) for lesson in lessons)),
        "actor/grad_norm": norm,
    }


def train_sft(recipe: SftRecipe) -> Path:
    """Runs the recipe to its end, or goes on with it; the last checkpoint. Raises as train_grpo does."""
    run = open_run(recipe)
    reader, positions, longer = open_reader(run, recipe.data)
    validator = open_validator(run, recipe.data, recipe.validation, recipe.max_new_tokens)
    order = Order(positions, recipe.data.seed, run.progress.taken)
    print(f"{len(positions):,} rows, {longer:,} too long; {recipe.steps:,} steps of {recipe.rows_per_step} rows", flush=True)

    progress = run.progress
    metrics_file = MetricsFile(recipe.output, progress.step, recipe.logging.tensorboard)
    bar = Bar(recipe.steps)
    with RewardPool(recipe.reward) as pool:
        while progress.step < recipe.steps:
            started = perf_counter()
            seen = order.taken
            examples = [reader.example(position) for position in order.take(recipe.rows_per_step)]
            lessons = lessons_of(examples, reader, recipe, seen)
            share = rate_share(recipe.optimizer, progress.step, recipe.steps)
            metrics = learn(run, lessons, share)
            seconds = perf_counter() - started
            metrics |= {"actor/lr": recipe.optimizer.lr * share, "timing_s/step": seconds}
            progress = replace(progress, step=progress.step + 1, taken=order.taken)
            last = progress.step == recipe.steps
            judged, progress = checked(validator, recipe.validation, run.model, pool, progress, last)
            metrics_file.write(progress.step, metrics | judged)
            if last or progress.step % recipe.checkpoints.every == 0 or progress.best_step == progress.step:
                save_checkpoint(recipe, run.model, run.stepper.optimizers, progress)
            bar.show(progress.step, f"loss {metrics['sft/loss']:.3f}  {metrics['sft/questions'] / seconds:.0f} questions/s")
    metrics_file.close()
    return checkpoints_of(recipe.output)[-1]
