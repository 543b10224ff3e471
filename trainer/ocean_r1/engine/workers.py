"""Data-parallel workers: parts of a step side by side, a core each. On a CPU two small models, each in a thread of its own,
do more than one model whose every operation is divided among two.

The replicas share the weights and have gradients of their own, which are added in a fixed order: the same bits each time.
In bfloat16, and where the optimizer is on the host, they are a copy of the model that it moves: their gradients are summed
in float32, pass by pass, and the copy is made anew after each step. Among several processes each has its shares of both.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch
from torch import Tensor, nn

from ocean_r1.models.model import VisionLanguageModel
from ocean_r1.ranks import ALONE, Ranks, brought_to, is_divided, own_part, shard, whole

Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[VisionLanguageModel, list[Item]], Result]
"""What a worker does with its part of the items."""


class Workers:
    """`count` replicas of a model, on `device`; with `offload` the model itself stays where it is. Among several processes
    the model is divided, and a whole copy samples."""

    def __init__(
        self,
        model: VisionLanguageModel,
        count: int = 1,
        dtype: str = "float32",
        ranks: Ranks = ALONE,
        device: torch.device | None = None,
        offload: bool = False,
    ) -> None:
        self.model = model
        self.ranks = ranks
        self.rollout_model: VisionLanguageModel | None = None
        self.sums: dict[nn.Parameter, Tensor] = {}
        device = device or model.device
        computes_in = torch.bfloat16 if dtype == "bfloat16" else None
        if ranks.count > 1:
            self.rollout_model = copy.deepcopy(model).to(device, computes_in).requires_grad_(False)
        first = copy.deepcopy(model).to(dtype=computes_in) if offload or computes_in else model
        tower = learns(model.visual)
        for each, where in {first: device, model: model.device if offload else device}.items():
            place(each, where, ranks, tower)
        self.replicas = [first]
        for _ in range(count - 1):
            replica = copy.deepcopy(first)
            for own, shared in zip(replica.parameters(), first.parameters(), strict=True):
                own.data = shared.data
            self.replicas.append(replica)
        if first is not model:
            for replica in self.replicas:
                sum_apart(replica, self.sums)
        if count > 1:
            torch.set_num_threads(1)

    def run(self, work: Work[Item, Result], items: Sequence[Item], cost: Callable[[Item], int]) -> list[Result]:
        """`work` on each worker's part of the items. Parts cost about the same: the dearest first, each goes to whoever has
        the least to do."""
        parts: list[list[Item]] = [[] for _ in self.replicas]
        for item in sorted(items, key=cost, reverse=True):
            min(parts, key=lambda part: sum(map(cost, part))).append(item)
        return run_parts(self.replicas, work, parts)

    def map(self, work: Work[Item, list[Result]], items: Sequence[Item]) -> list[Result]:
        """What `work` makes of each item, in the order of the items."""
        return map_parts(self.replicas, work, items)

    def map_rollout(self, work: Work[Item, list[Result]], items: Sequence[Item]) -> list[Result]:
        """As `map`, by models that do not learn from it."""
        return map_parts(self.samplers, work, items)

    @property
    def samplers(self) -> list[VisionLanguageModel]:
        return [self.rollout_model] if self.rollout_model else self.replicas

    @property
    def whole_model(self) -> VisionLanguageModel:
        """One that any process can run by itself."""
        return self.rollout_model or self.replicas[0]

    @torch.no_grad()
    def sync(self) -> None:
        """After the weights moved: what computes has them too."""
        for copied, moved in zip(self.replicas[0].parameters(), self.model.parameters(), strict=True):
            if copied is not moved and moved.requires_grad:
                own_part(copied).copy_(own_part(moved))
        if self.rollout_model is not None:
            for copied, computes in zip(self.rollout_model.parameters(), self.replicas[0].parameters(), strict=True):
                if computes.requires_grad:
                    copied.copy_(whole(computes))

    def reduce_gradients(self) -> None:
        """Adds the replicas' gradients to the model's, and those of weights that every process has to each other."""
        if self.ranks.count > 1:
            for part in self.replicas[0].parameters():  # of several processes each has one
                gradient = self.sums.get(part, part.grad)
                if gradient is not None and not is_divided(part):
                    self.ranks.summed(gradient)
        for replica in self.replicas:
            for part, total in zip(replica.parameters(), self.model.parameters(), strict=True):
                gradient = self.sums.pop(part, part.grad)
                if part is total or gradient is None:
                    continue
                part.grad = None
                gradient = brought_to(gradient, total)
                total.grad = gradient if total.grad is None else total.grad.add_(gradient)


def sum_apart(model: nn.Module, sums: dict[nn.Parameter, Tensor]) -> None:
    """From now on the gradients of the model's weights are added up in `sums`, in float32, each as soon as it is known, and
    then let go."""

    def add(parameter: nn.Parameter) -> None:
        assert parameter.grad is not None
        sums[parameter] = sums[parameter].add_(parameter.grad) if parameter in sums else parameter.grad.float()
        parameter.grad = None

    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.register_post_accumulate_grad_hook(add)


def learns(part: nn.Module) -> bool:
    return any(parameter.requires_grad for parameter in part.parameters())


def place(model: VisionLanguageModel, device: torch.device, ranks: Ranks, tower: bool = True) -> None:
    """Brings the model to the device. Among several processes it is divided layer by layer, so that no card need have room
    for all of it; without `tower` each has the vision tower whole."""
    if ranks.count > 1:
        shard([*(model.visual.blocks if tower else ()), *model.language_model.layers], device, ranks)
        for parameter in model.parameters():
            if not is_divided(parameter):
                parameter.data = parameter.data.to(device)
    else:
        model.to(device)


def run_parts(models: Sequence[VisionLanguageModel], work: Work[Item, Result], parts: Sequence[list[Item]]) -> list[Result]:
    busy = [(model, part) for model, part in zip(models, parts, strict=True) if part]
    if len(busy) == 1:
        return [work(*each) for each in busy]
    with ThreadPoolExecutor(len(busy)) as threads:
        return [each.result() for each in [threads.submit(work, *each) for each in busy]]


def map_parts(models: Sequence[VisionLanguageModel], work: Work[Item, list[Result]], items: Sequence[Item]) -> list[Result]:
    """Of n models the first takes items 0, n, 2n ..., the next 1, n + 1 ..."""
    count = len(models)
    parts = run_parts(models, work, [list(items[start::count]) for start in range(count)])
    return [parts[index % count][index // count] for index in range(len(items))]
