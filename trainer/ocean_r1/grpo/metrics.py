"""Metrics of a step's responses, under the seed's names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ocean_r1.evals.validation import mean
from ocean_r1.grpo.step import Group
from ocean_r1.reflection import reflects


def spread(name: str, values: Sequence[float]) -> dict[str, float]:
    return {f"{name}/mean": mean(values), f"{name}/max": max(values), f"{name}/min": min(values)}


def response_metrics(groups: Sequence[Group], max_new_tokens: int) -> dict[str, float]:
    """Scores, lengths and terms of a step's responses."""
    responses = [response for group in groups for response in group.responses]
    scored = [score for group in groups for score in group.scored]
    lengths = [float(len(response.ids)) for response in responses]
    return {
        **spread("critic/score", [score.reward for score in scored]),
        **spread("critic/rewards", [reward for group in groups for reward in group.rewards]),
        **spread("response_length", lengths),
        "response_length/clip_ratio": mean([length >= max_new_tokens for length in lengths]),
        **spread("prompt_length", [float(len(group.example.prompt.ids)) for group in groups]),
        "rollout/equal_groups": mean([group.all_equal for group in groups]),
        **shares(
            [text for group in groups for text in group.texts],
            [response.finished for response in responses],
            [score.terms for score in scored],
            [bool(score.failed) for score in scored],
        ),
    }


def shares(
    texts: Sequence[str], finished: Sequence[bool], terms: Sequence[Mapping[str, float]], failed: Sequence[bool]
) -> dict[str, float]:
    """Of responses, whoever drew them."""
    return {
        "rollout/truncated": mean([not whole for whole in finished]),
        "rollout/reflection": mean([reflects(text) for text in texts]),
        "reward/failed": mean(failed),
        **{f"reward/{term}": mean([each[term] for each in terms]) for term in terms[0]},
    }
