"""Greedy replies to many prompts."""

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
    seeds = torch.zeros(len(prompts), 1, dtype=torch.int64)
    replies = []
    for [response] in sample(model, prompts, 1, sampling, seeds, at_once=at_once):
        ids = response.ids.tolist()
        replies.append(Reply(tokenizer.text(ids), len(ids), response.finished))
    return replies
