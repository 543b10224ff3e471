"""Metrics of a step's responses, under the seed's names."""

from __future__ import annotations

from collections.abc import Sequence

from ocean_r1.grpo.step import Group
from ocean_r1.reflection import reflects


def spread(name: str, values: Sequence[float]) -> dict[str, float]:
    return {f"{name}/mean": sum(values) / len(values), f"{name}/max": max(values), f"{name}/min": min(values)}


def response_metrics(groups: Sequence[Group], max_new_tokens: int) -> dict[str, float]:
    """Scores, lengths and terms of a step's responses."""
    responses = [response for group in groups for response in group.responses]
    scored = [score for group in groups for score in group.scored]
    lengths = [float(len(response.ids)) for response in responses]
    texts = [text for group in groups for text in group.texts]
    metrics = {
        **spread("critic/score", [score.reward for score in scored]),
        **spread("critic/rewards", [reward for group in groups for reward in group.rewards]),
        **spread("response_length", lengths),
        "response_length/clip_ratio": sum(length >= max_new_tokens for length in lengths) / len(lengths),
        **spread("prompt_length", [float(len(group.example.prompt.ids)) for group in groups]),
        "rollout/truncated": sum(not response.finished for response in responses) / len(responses),
        "rollout/equal_groups": sum(group.all_equal for group in groups) / len(groups),
        "rollout/reflection": sum(map(reflects, texts)) / len(texts),
        "reward/failed": sum(bool(score.failed) for score in scored) / len(scored),
    }
    for term in scored[0].terms:
        metrics[f"reward/{term}"] = sum(score.terms[term] for score in scored) / len(scored)
    return metrics
