"""Keys and values of what is sampled lie in pages, so that memory is what is in use: a prompt's are read by all responses
to it, a response's by itself. Each page is attended to apart, read where it lies by whoever asks it, and what a row got of
its pages is joined by the logarithms of their sums (as in attention.py). So nothing is gathered but queries and results.

Letters of shapes: N pages, S seats (rows that may ask a page), R rows, H heads, K key/value heads, A head width, X pages
that a row asks at most.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor

from ocean_r1.engine.attention import attend
from ocean_r1.models.model import VisionLanguageModel

OWN = 64
"""Tokens of a response in a page. Half a page of each row is empty on average; the smaller they are the more there is to
join."""
SHARED = 256
"""Tokens of a prompt in a page. Many rows ask it, so that there is more to join."""


@dataclass
class Pages:
    """Of every layer keys and values, each (N, K, size, A). Pages are given by their numbers, the lowest first, so that
    those in use lie together; there are a third more when they do not suffice, up to `limit`."""

    size: int
    count: int
    limit: int
    k: list[Tensor]
    v: list[Tensor]
    free: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.free = list(range(self.count))

    @classmethod
    def of(cls, model: VisionLanguageModel, size: int, count: int, limit: int) -> Pages:
        text, weight = model.config.text, model.lm_head.weight
        shape = (count, text.num_key_value_heads, size, text.head_dim)
        k, v = ([weight.new_zeros(shape) for _ in range(text.num_hidden_layers)] for _ in range(2))
        return cls(size, count, limit, k, v)

    @property
    def available(self) -> int:
        """How many more may be taken."""
        return len(self.free) + self.limit - self.count

    def take(self, number: int) -> list[int]:
        """No more than are available."""
        short = number - len(self.free)
        if short > 0:
            before = self.count
            self.move(range(before), min(self.limit, max(before * 4 // 3, before + short)))
            for page in range(before, self.count):
                heapq.heappush(self.free, page)
        return [heapq.heappop(self.free) for _ in range(number)]

    def give(self, pages: Sequence[int]) -> None:
        for page in pages:
            heapq.heappush(self.free, page)

    def pack(self, holders: Sequence[list[int]]) -> None:
        """Leaves no holes between the pages of these, who are told their new numbers."""
        kept = [page for pages in holders for page in pages]
        self.move(kept, min(self.limit, len(kept) * 4 // 3))
        self.free = list(range(len(kept), self.count))
        numbers = iter(range(len(kept)))
        for pages in holders:
            pages[:] = [next(numbers) for _ in pages]

    def move(self, kept: Sequence[int], count: int) -> None:
        for parts in (self.k, self.v):
            for layer, part in enumerate(parts):
                moved = part.new_zeros(count, *part.shape[1:])
                index = torch.tensor(kept, dtype=torch.int64, device=part.device)
                torch.index_select(part, 0, index, out=moved[: len(kept)])
                parts[layer] = moved
        self.count = count

    def fill(self, pages: Sequence[int], layer: int, k: Tensor, v: Tensor) -> None:
        """With the keys and values (T, K, A) of a prompt."""
        index = torch.tensor(pages, device=k.device)
        for part, tokens in ((self.k[layer], k), (self.v[layer], v)):
            whole = F.pad(tokens, (0, 0, 0, 0, 0, len(pages) * self.size - len(tokens)))
            part[index] = whole.unflatten(0, (-1, self.size)).transpose(1, 2)

    def asked(self, layer: int, q: Tensor, asking: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
        """What the rows `asking` (N, S) with their queries q (R, H, A) get of these pages: (N * K * S * H / K, A), and
        the logarithms of the sums, (N * K * S * H / K,). `bias` (N, 1, 1, size) is -inf where nothing is written."""
        pages, k, v = len(asking), self.k[layer], self.v[layer]
        grouped = q.unflatten(1, (k.shape[1], -1))[asking]  # (N, S, K, H / K, A)
        out, log_sum = attend(grouped.transpose(1, 2).flatten(2, 3), k[:pages], v[:pages], causal=False, bias=bias)
        return out.flatten(0, 2), log_sum.flatten()
