"""Parts of a step side by side, a core each: on a CPU two small models, each in a thread of its own, do more than one model
whose every operation is divided among two.

The copies share the weights and have gradients of their own, which are added in a fixed order: the same bits each time.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import torch

from ocean_r1.models.qwen2_5_vl import Qwen2_5_VL

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(done: Sequence[list[Result]], count: int) -> list[Result]:
    return [done[index % len(done)][index // len(done)] for index in range(count)]


class Team:
    """`workers` models with the weights of the first. In bfloat16 a copy of them samples, and passes that learn are cast
    operation by operation."""

    def __init__(self, model: Qwen2_5_VL, workers: int = 1, dtype: str = "float32") -> None:
        self.half = dtype == "bfloat16"
        self.models = [model]
        self.sampler = copy.deepcopy(model).bfloat16().requires_grad_(False) if self.half else None
        for _ in range(workers - 1):
            twin = copy.deepcopy(model)
            for own, shared in zip(twin.parameters(), model.parameters(), strict=True):
                own.data = shared.data
            self.models.append(twin)
        if workers > 1:
            torch.set_num_threads(1)

    def run(self, work: Callable[[Qwen2_5_VL, list[Item]], Result], items: Sequence[Item]) -> list[Result]:
        """`work` on each part of the items; of n workers the first takes items 0, n, 2n ..., the next 1, n + 1 ..."""
        return self._among(self.models, work, items)

    def _among(
        self,
        models: Sequence[Qwen2_5_VL],
        work: Callable[[Qwen2_5_VL, list[Item]], Result],
        items: Sequence[Item],
    ) -> list[Result]:
        parts = [(model, list(items[start :: len(models)])) for start, model in enumerate(models)]
        parts = [(model, part) for model, part in parts if part]
        if len(parts) == 1:
            return [work(*part) for part in parts]
        with ThreadPoolExecutor(len(parts)) as threads:
            return [each.result() for each in [threads.submit(work, *part) for part in parts]]

    def each(self, work: Callable[[Qwen2_5_VL, list[Item]], list[Result]], items: Sequence[Item]) -> list[Result]:
        """What `work` makes of each item, in the order of the items."""
        return in_order(self.run(work, items), len(items))

    def sample(self, work: Callable[[Qwen2_5_VL, list[Item]], list[Result]], items: Sequence[Item]) -> list[Result]:
        """As `each`, by models that do not learn from it."""
        return in_order(self._among([self.sampler] if self.sampler else self.models, work, items), len(items))

    @contextmanager
    def casting(self) -> Iterator[None]:
        """Passes inside are computed in the team's dtype."""
        with torch.autocast(self.models[0].device.type, torch.bfloat16, enabled=self.half):
            yield

    @torch.no_grad()
    def refresh(self) -> None:
        """After the weights moved: what samples has them too."""
        if self.sampler is not None:
            for own, moved in zip(self.sampler.parameters(), self.models[0].parameters(), strict=True):
                own.copy_(moved)

    def gather(self) -> None:
        """Adds the copies' gradients to the first model's."""
        for twin in self.models[1:]:
            for own, sum_of in zip(twin.parameters(), self.models[0].parameters(), strict=True):
                if own.grad is not None:
                    sum_of.grad = own.grad if sum_of.grad is None else sum_of.grad.add_(own.grad)
                    own.grad = None
