"""Greedy replies to many prompts, in batches of like length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from ocean_r1.data.prompts import Tokenizer
from ocean_r1.engine.prompt import Prompt
from ocean_r1.engine.sampling import Sampling, sample
from ocean_r1.models.model import VisionLanguageModel


@dataclass(frozen=True)
class Reply:
    text: str
    tokens: int
    finished: bool


def greedy_texts(
    model: VisionLanguageModel, tokenizer: Tokenizer, prompts: Sequence[Prompt], max_new_tokens: int, at_once: int = 64
) -> list[Reply]:
    """One reply a prompt, in the order of the prompts."""
    sampling = Sampling(
        max_new_tokens, tokenizer.stop_tokens, temperature=0, forbidden_tokens=(model.config.image_token_id,)
    )
    by_length = sorted(range(len(prompts)), key=lambda index: len(prompts[index].ids))
    replies: dict[int, Reply] = {}
    for start in range(0, len(prompts), at_once):
        some = by_length[start : start + at_once]
        seeds = torch.zeros(len(some), 1, dtype=torch.int64)
        for index, [response] in zip(some, sample(model, [prompts[i] for i in some], 1, sampling, seeds), strict=True):
            ids = response.ids.tolist()
            replies[index] = Reply(tokenizer.text(ids), len(ids), response.finished)
    return [replies[index] for index in range(len(prompts))]
