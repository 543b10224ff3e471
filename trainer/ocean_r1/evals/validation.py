"""Validation: the mean reward of greedy replies to the same rows each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ocean_r1.data.prompts import Reader
from ocean_r1.evals.greedy import greedy_texts
from ocean_r1.models.model import VisionLanguageModel
from ocean_r1.rewards.pool import Case, RewardPool


@dataclass(frozen=True)
class Validator:
    """Judges a model: every `every` steps and at the last one, and, if it is wished for, before the first."""

    reader: Reader
    positions: list[int]
    pool: RewardPool
    max_new_tokens: int
    every: int
    before_training: bool

    def metrics(self, model: VisionLanguageModel) -> dict[str, float]:
        examples = [self.reader.example(position) for position in self.positions]
        prompts = [example.prompt for example in examples]
        replies = greedy_texts(model, self.reader.tokenizer, prompts, self.max_new_tokens)
        scored = self.pool.score(
            [
                Case(reply.text, example.ground_truth, example.row.extra_info)
                for reply, example in zip(replies, examples, strict=True)
            ]
        )
        return validation_metrics(
            [example.row.data_source for example in examples],
            [score.reward for score in scored],
            [score.terms for score in scored],
            [reply.finished for reply in replies],
        )


def validation_metrics(
    sources: Sequence[str], rewards: Sequence[float], terms: Sequence[Mapping[str, float]], finished: Sequence[bool]
) -> dict[str, float]:
    """Of replies to rows of these sources, under the seed's names."""
    by_source: dict[str, list[float]] = {}
    for source, reward in zip(sources, rewards, strict=True):
        by_source.setdefault(source, []).append(reward)
    return {
        "val/score": mean(rewards),
        "val/truncated": mean([not whole for whole in finished]),
        **{f"val/test_score/{source}": mean(own) for source, own in sorted(by_source.items())},
        **{f"val/reward/{term}": mean([each[term] for each in terms]) for term in terms[0]},
    }


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
