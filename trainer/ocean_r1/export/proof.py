"""What an export is held to: the same greedy tokens in every number format, and about the rewards of its source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from ocean_r1.config import Reward
from ocean_r1.data.prompts import Example, Reader
from ocean_r1.export.replies import greedy_tokens
from ocean_r1.export.runtime import ExportedModel
from ocean_r1.models.weights import load_model
from ocean_r1.progress_bar import progress_bar
from ocean_r1.rewards.pool import Case, RewardPool

SMALL = 30_000_000
"""Weights: a smaller model says one reply soonest on one core; several would wait for each other at each token."""


@dataclass(frozen=True)
class Proof:
    """Of `prompts` prompts with `tokens` tokens of replies: those whose tokens in float32 and in int8 are PyTorch's on the
    exported weights, and the share answered correctly by the model before and after its weights were rounded."""

    prompts: int
    tokens: int
    equal: int
    equal_int8: int
    correct: float
    correct_rounded: float


def prove(
    source: Path,
    folder: Path,
    reader: Reader,
    positions: Sequence[int],
    max_new_tokens: int,
    max_tokens: int,
    device: torch.device,
) -> Proof:
    """Prompt by prompt, until `max_tokens` were compared: a model that ends no reply would take hours. PyTorch computes on
    `device`, the graphs always on the CPU."""
    rounded, original = load_model(folder).to(device), load_model(source).to(device)
    if sum(parameter.numel() for parameter in rounded.parameters()) < SMALL:
        torch.set_num_threads(1)
    formats = [ExportedModel(folder, suffix) for suffix in ("", "_quantized")]
    stops = reader.tokenizer.stop_tokens
    examples: list[Example] = []
    before: list[list[int]] = []
    after: list[list[int]] = []
    equal = [0, 0]
    tokens = 0
    with progress_bar(len(positions), "prompts", seconds=10) as show:
        for position in positions:
            examples.append(reader.example(position))
            prompt = examples[-1].prompt
            before += greedy_tokens(original, [prompt], stops, max_new_tokens)
            after += greedy_tokens(rounded, [prompt], stops, max_new_tokens)
            for index, graphs in enumerate(formats):
                equal[index] += graphs.greedy(prompt, max_new_tokens, stops) == after[-1]
            tokens += len(after[-1])
            show(len(examples), f"{tokens:,} tokens")
            if tokens >= max_tokens:
                break
    with RewardPool(Reward(expression="correct")) as pool:
        correct, correct_rounded = (share(pool, reader, examples, some) for some in (before, after))
    return Proof(len(examples), tokens, equal[0], equal[1], correct, correct_rounded)


def share(pool: RewardPool, reader: Reader, examples: Sequence[Example], tokens: Sequence[list[int]]) -> float:
    cases = [
        Case(reader.tokenizer.text(ids), example.ground_truth, example.row.extra_info)
        for ids, example in zip(tokens, examples, strict=True)
    ]
    return sum(score.reward for score in pool.score(cases)) / len(cases)
