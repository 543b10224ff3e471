"""What an export is held to: the same greedy tokens in float32, about the same rewards in int8."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from ocean_r1.config import Reward
from ocean_r1.data.prompts import Example, Reader
from ocean_r1.export.runtime import ExportedModel
from ocean_r1.grpo.rollout import Sampling, sample
from ocean_r1.models.weights import load_model
from ocean_r1.rewards.pool import Case, RewardPool


@dataclass(frozen=True)
class Proof:
    """Of `prompts` prompts: those whose float32 tokens are PyTorch's, and the share answered correctly by each."""

    prompts: int
    equal: int
    correct: float
    correct_int8: float


def prove(folder: Path, reader: Reader, positions: Sequence[int], max_new_tokens: int) -> Proof:
    examples = [reader.example(position) for position in positions]
    stops = reader.tokenizer.stop_tokens
    model = load_model(folder)
    sampling = Sampling(max_new_tokens, stops, temperature=0, forbidden_tokens=(model.config.image_token_id,))
    expected = [
        sample(model, [example.prompt], 1, sampling, torch.zeros(1, 1, dtype=torch.int64))[0][0].ids.tolist()
        for example in examples
    ]
    whole, small = ExportedModel(folder), ExportedModel(folder, "_quantized")
    tokens = [whole.greedy(example.prompt, max_new_tokens, stops) for example in examples]
    tokens_int8 = [small.greedy(example.prompt, max_new_tokens, stops) for example in examples]
    with RewardPool(Reward(expression="correct")) as pool:
        correct, correct_int8 = (share(pool, reader, examples, some) for some in (expected, tokens_int8))
    return Proof(len(examples), sum(a == b for a, b in zip(tokens, expected, strict=True)), correct, correct_int8)


def share(pool: RewardPool, reader: Reader, examples: Sequence[Example], tokens: Sequence[list[int]]) -> float:
    cases = [
        Case(reader.tokenizer.text(ids), example.ground_truth, example.row.extra_info)
        for ids, example in zip(tokens, examples, strict=True)
    ]
    return sum(score.reward for score in pool.score(cases)) / len(cases)
