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
from ocean_r1.data.prompts import Example, Tokenizer
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
    info = example.row.extra_info
    asked = example.row.prompt[-1]
    given = [{"content": asked.content, "question": info.get("question"), "solution": info.get("solution")}]
    image = tokenizer.image_token
    ids = example.prompt.ids.tolist()
    shared = len(ids) - ids[::-1].index(image) if image in ids else len(ids)
    branches, learnt = [], []
    earlier: list[Message] = []
    further = [item for item in info.get("further") or [] if recipe.further is None or item["kind"] in recipe.further]
    for item in [*given, *further]:
        solution, question = item["solution"], item["question"]
        if not isinstance(solution, str) or not solution:
            raise RowError(f"{example.name}: there is no extra_info.solution to learn from")
        content = item["content"]
        if question and chance.random() < recipe.without_instruction:
            content = f"{IMAGE_MARK} {question}" if IMAGE_MARK in content else question
        if chance.random() < recipe.at_a_glance:
            solution = THINKING.sub(f"<think>{AT_A_GLANCE}</think>", solution, count=1)
        said = [asked.model_copy(update={"content": content}), Message(role="assistant", content=solution)]
        if earlier and chance.random() < recipe.follow_ups:
            said = [*earlier, asked.model_copy(update={"content": content.removeprefix(f"{IMAGE_MARK} ")}), said[1]]
        else:
            earlier = said
        conversation = (*example.row.prompt[:-1], *said[:-1])
        before = tokenizer.ids(tokenizer.chat(conversation)) if image in ids else ids
        behind = before[len(before) - before[::-1].index(image) :] if image in ids else []
        target = [*tokenizer.ids(solution), tokenizer.stop_tokens[0]]
        branches.append(torch.tensor([*behind, *target]))
        learnt += [False] * len(behind) + [True] * len(target)
    return Lesson(replace(example.prompt, ids=example.prompt.ids[:shared]), branches, torch.tensor(learnt))


def learn(run: Run, lessons: list[Lesson], share: float) -> dict[str, float]:
    """One optimizer step on the mean loss of all solution tokens."""
    tokens = sum(int(lesson.learnt.sum()) for lesson in lessons)

    def backward(model: Qwen2_5_VL, some: list[Lesson]) -> Tensor:
        """The loss, and how many tokens were likelier than not, (2,)."""
        sums = torch.zeros(2, device=model.lm_head.weight.device)
        for lesson in some:
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
    reader, positions, longer = open_reader(run.model, run.tokenizer, recipe.data)
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
            lessons = [
                lesson_of(reader.example(position), run.tokenizer, recipe, seen + index)
                for index, position in enumerate(order.take(recipe.rows_per_step))
            ]
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
