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
from ocean_r1.rewards.pool import Case, RewardPool


@dataclass(frozen=True)
class Proof:
    """Of `prompts` prompts: those whose tokens in float32 and in int8 are PyTorch's on the exported weights, and the
    share answered correctly by the model before and after its weights were rounded."""

    prompts: int
    equal: int
    equal_int8: int
    correct: float
    correct_rounded: float


def prove(
    source: Path, folder: Path, reader: Reader, positions: Sequence[int], max_new_tokens: int, device: torch.device
) -> Proof:
    """PyTorch computes on `device`, the graphs always on the CPU."""
    examples = [reader.example(position) for position in positions]
    prompts = [example.prompt for example in examples]
    stops = reader.tokenizer.stop_tokens
    models = (load_model(where).to(device) for where in (source, folder))
    before, expected = (greedy_tokens(model, prompts, stops, max_new_tokens) for model in models)
    whole, small = (
        [graphs.greedy(prompt, max_new_tokens, stops) for prompt in prompts]
        for graphs in (ExportedModel(folder), ExportedModel(folder, "_quantized"))
    )
    with RewardPool(Reward(expression="correct")) as pool:
        correct, correct_rounded = (share(pool, reader, examples, some) for some in (before, expected))
    return Proof(len(examples), same(whole, expected), same(small, expected), correct, correct_rounded)


def same(some: Sequence[list[int]], others: Sequence[list[int]]) -> int:
    return sum(a == b for a, b in zip(some, others, strict=True))


def share(pool: RewardPool, reader: Reader, examples: Sequence[Example], tokens: Sequence[list[int]]) -> float:
    cases = [
        Case(reader.tokenizer.text(ids), example.ground_truth, example.row.extra_info)
        for ids, example in zip(tokens, examples, strict=True)
    ]
    return sum(score.reward for score in pool.score(cases)) / len(cases)
