"""Data-parallel workers: parts of a step side by side, a core each. On a CPU two small models, each in a thread of its own,
do more than one model whose every operation is divided among two.

The replicas share the weights and have gradients of their own, which are added in a fixed order: the same bits each time.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import torch

from ocean_r1.models.qwen2_5_vl import Qwen2_5_VL
from ocean_r1.ranks import ALONE, Ranks, is_divided, shard, whole

Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[Qwen2_5_VL, list[Item]], Result]
"""What a worker does with its part of the items."""


class Workers:
    """`count` replicas of a model. In bfloat16 a copy of it samples, and passes that learn are cast operation by
    operation. Among several processes the model is divided, and a whole copy samples."""

    def __init__(self, model: Qwen2_5_VL, count: int = 1, dtype: str = "float32", ranks: Ranks = ALONE) -> None:
        self.bfloat16 = dtype == "bfloat16"
        self.ranks = ranks
        self.replicas = [model]
        self.rollout_model: Qwen2_5_VL | None = None
        if self.bfloat16 or self.ranks.count > 1:
            self.rollout_model = copy.deepcopy(model).requires_grad_(False)
            self.rollout_model.to(torch.bfloat16 if self.bfloat16 else torch.float32)
        if self.ranks.count > 1:
            shard([*model.visual.blocks, *model.language_model.layers], model.device, self.ranks)
        for _ in range(count - 1):
            replica = copy.deepcopy(model)
            for own, shared in zip(replica.parameters(), model.parameters(), strict=True):
                own.data = shared.data
            self.replicas.append(replica)
        if count > 1:
            torch.set_num_threads(1)

    def run(self, work: Work[Item, Result], items: Sequence[Item]) -> list[Result]:
        """`work` on each part of the items; of n workers the first takes items 0, n, 2n ..., the next 1, n + 1 ..."""
        return run_parts(self.replicas, work, items)

    def map(self, work: Work[Item, list[Result]], items: Sequence[Item]) -> list[Result]:
        """What `work` makes of each item, in the order of the items."""
        return in_order(self.run(work, items), len(items))

    def map_rollout(self, work: Work[Item, list[Result]], items: Sequence[Item]) -> list[Result]:
        """As `map`, by models that do not learn from it."""
        models = [self.rollout_model] if self.rollout_model else self.replicas
        return in_order(run_parts(models, work, items), len(items))

    @property
    def whole_model(self) -> Qwen2_5_VL:
        """One that any process can run by itself."""
        return self.replicas[0] if self.ranks.count == 1 or self.rollout_model is None else self.rollout_model

    @contextmanager
    def autocast(self) -> Iterator[None]:
        """Passes inside are computed in the workers' dtype."""
        with torch.autocast(self.replicas[0].device.type, torch.bfloat16, enabled=self.bfloat16):
            yield

    @torch.no_grad()
    def sync_rollout_model(self) -> None:
        """After the weights moved: what samples has them too."""
        if self.rollout_model is not None:
            for copied, moved in zip(self.rollout_model.parameters(), self.replicas[0].parameters(), strict=True):
                copied.copy_(whole(moved))

    def reduce_gradients(self) -> None:
        """Adds the replicas' gradients to the first one's, and those of weights that every process has to each other."""
        for replica in self.replicas[1:]:
            for part, total in zip(replica.parameters(), self.replicas[0].parameters(), strict=True):
                if part.grad is not None:
                    total.grad = part.grad if total.grad is None else total.grad.add_(part.grad)
                    part.grad = None
        if self.ranks.count > 1:
            for parameter in self.replicas[0].parameters():
                if not is_divided(parameter) and parameter.grad is not None:
                    self.ranks.summed(parameter.grad)


def run_parts(models: Sequence[Qwen2_5_VL], work: Work[Item, Result], items: Sequence[Item]) -> list[Result]:
    parts = [(model, list(items[start :: len(models)])) for start, model in enumerate(models)]
    parts = [(model, part) for model, part in parts if part]
    if len(parts) == 1:
        return [work(*part) for part in parts]
    with ThreadPoolExecutor(len(parts)) as threads:
        return [each.result() for each in [threads.submit(work, *part) for part in parts]]


def in_order(parts: Sequence[list[Result]], count: int) -> list[Result]:
    return [parts[index % len(parts)][index // len(parts)] for index in range(count)]
