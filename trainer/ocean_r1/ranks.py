"""The processes that train one model together, a card each, as torchrun starts them. Each takes its share of a step's
prompts, and holds its share of the weights, their gradients and moments.

All take the same way: whoever waits for the others (every function here but `share` does) waits for ever where one goes
another way.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar, cast

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, fully_shard, share_comm_ctx
from torch.distributed.tensor import DTensor, distribute_tensor

T = TypeVar("T")
PATIENCE = timedelta(minutes=30)
"""A process that is not heard of for so long is taken to be gone: a validation takes minutes."""


class RankError(RuntimeError):
    """Another of the processes ended."""


@dataclass(frozen=True)
class Ranks:
    """Which of how many processes this is; one alone shares with nobody."""

    rank: int = 0
    count: int = 1

    @property
    def leads(self) -> bool:
        """Whether it is the one that writes and speaks."""
        return self.rank == 0

    def share(self, items: Sequence[T]) -> list[T]:
        """Of n processes the first takes items 0, n, 2n ..., the next 1, n + 1 ..."""
        return list(items[self.rank :: self.count])

    def gathered(self, own: list[T]) -> list[T]:
        """What all have made of their shares, in the order of the items."""
        if self.count == 1:
            return own
        parts: list[list[T]] = [[] for _ in range(self.count)]
        dist.all_gather_object(parts, own)
        return [parts[index % self.count][index // self.count] for index in range(sum(map(len, parts)))]

    def summed(self, values: Tensor) -> Tensor:
        """The sum over all processes, in place."""
        if self.count > 1:
            dist.all_reduce(values)
        return values

    def any(self, flag: bool) -> bool:
        return bool(self.summed(torch.tensor(int(flag))).item()) if self.count > 1 else flag

    def as_the_lead_has_it(self, make: Callable[[], T]) -> T:
        """What the first process makes, for all."""
        if self.count == 1:
            return make()
        made = [make() if self.leads else None]
        dist.broadcast_object_list(made, src=0)
        return cast(T, made[0])

    @contextmanager
    def lead_first(self) -> Iterator[None]:
        """The first process goes through the block before the others do, which then find what it has left."""
        if self.count > 1 and not self.leads:
            dist.barrier()
        yield
        if self.count > 1 and self.leads:
            dist.barrier()

    @contextmanager
    def together(self) -> Iterator[None]:
        """What breaks because another process ended is a RankError."""
        try:
            yield
        except RuntimeError as error:
            words = str(error)
            if self.count == 1 or not any(each in words for each in ("Connection", "closed by peer", "imed out", "NCCL")):
                raise
            raise RankError(
                f"another of the {self.count} processes ended, its own words are above; start all of them again, "
                "and they go on from the last checkpoint"
            ) from error


ALONE = Ranks()


def started() -> Ranks:
    """Those that torchrun tells of in the environment; one alone where it does not."""
    return Ranks(int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1")))


def open_ranks() -> Ranks:
    """Those that were started, able to speak with each other."""
    if (ranks := started()).count == 1:
        return ALONE
    if not dist.is_initialized():
        # Tensors of either kind find the way that they need.
        backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
        dist.init_process_group(backend, timeout=PATIENCE)
    return ranks


def own_device(name: str, ranks: Ranks) -> str:
    """Of several processes on a machine with cards each has its own."""
    return f"cuda:{os.environ.get('LOCAL_RANK', '0')}" if ranks.count > 1 and name == "cuda" else name


def shard(layers: Sequence[nn.Module], device: torch.device, ranks: Ranks) -> None:
    """Divides the layers' weights among the processes, each share on its process's own device: a layer is whole only while
    it computes. Gradients are sums."""
    if device.type == "cuda":
        torch.cuda.set_device(device)  # which is where shares go
    mesh = init_device_mesh(device.type, (ranks.count,))
    divided = []
    for layer in layers:
        sharded = fully_shard(layer, mesh=mesh, reshard_after_forward=True)
        assert isinstance(sharded, FSDPModule)
        sharded.set_gradient_divide_factor(1.0)
        sharded.set_force_sum_reduction_for_comms(True)
        divided.append(sharded)
    # Each is called by itself. Did they not know of each other, what each layer sends of its gradients would be held until
    # the last has learnt: whole gradients, in sum.
    share_comm_ctx(divided)


def whole(tensor: Tensor) -> Tensor:
    """All of a tensor, of which this process may hold a share."""
    if not isinstance(tensor, DTensor):
        return tensor
    full: Tensor = tensor.full_tensor()
    return full


def own_part(tensor: Tensor) -> Tensor:
    """What this process holds of a tensor: its share, or all."""
    if not isinstance(tensor, DTensor):
        return tensor
    local: Tensor = tensor.to_local()
    return local


def is_divided(tensor: Tensor) -> bool:
    return isinstance(tensor, DTensor)


def total_norm(gradients: Sequence[Tensor], ranks: Ranks) -> Tensor:
    """The norm of all gradients: of divided ones each process adds its share, of the others the first process all."""
    squares = torch.zeros((), dtype=torch.float64)
    for gradient in gradients:
        if isinstance(gradient, DTensor):
            squares += square_of(gradient.to_local())
        elif ranks.leads:
            squares += square_of(gradient)
    return ranks.summed(squares).sqrt()


def square_of(tensor: Tensor) -> Tensor:
    """The sum of squares, float64, on the host."""
    norm: Tensor = torch.linalg.vector_norm(tensor, dtype=torch.float64)
    return norm.square().cpu()


def brought_to(value: Tensor, like: Tensor) -> Tensor:
    """A tensor on the device of another, which is divided as it is: a share goes there by itself."""
    if not isinstance(like, DTensor):
        return value.to(like.device)
    share = own_part(value).to(like.device)
    return DTensor.from_local(share, like.device_mesh, like.placements, shape=like.shape, stride=like.stride())


def divided_as(value: Tensor, like: Tensor) -> Tensor:
    """A whole tensor, divided as another is."""
    return distribute_tensor(value, like.device_mesh, like.placements) if isinstance(like, DTensor) else value
