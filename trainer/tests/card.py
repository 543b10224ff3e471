"""A graphics card to pretend, where there is none: tensors say that they are on `cuda:0`, and their data lie on the CPU.

As on a card, an operation on tensors of both is refused, and what numpy reads must have been brought to the host. The data
are real, so whole runs go on it, sampling and backward passes included, and end in the CPU's bits. (torch's FakeTensorMode
holds no data, so that no sampling ends in it, and without a driver its backward pass raises.) It is stricter than a card:
scalars of the host mix with nothing either.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

import torch
from torch import Tensor
from torch.multiprocessing.reductions import StorageWeakRef
from torch.overrides import TorchFunctionMode, resolve_name
from torch.utils._pytree import tree_leaves

from ocean_r1.engine import sampling
from ocean_r1.engine.pages import Pages

CUDA = torch.device("cuda", 0)
MOVES = (Tensor.to, Tensor.cpu, Tensor.cuda)
ACROSS = (Tensor.copy_, Tensor.data.__set__, Tensor.grad.__set__, torch._has_compatible_shallow_copy_type)
"""May be given tensors of both; what they write to stays where it is."""
INDEXING = (Tensor.__getitem__, Tensor.__setitem__)
"""A card's tensor may be indexed from the host."""


class Card(TorchFunctionMode):
    """While it is entered, `cuda` is a device."""

    def __init__(self) -> None:
        super().__init__()
        # What lies on the card. A weak reference keeps the address of a storage from being given to another.
        self.storages: dict[int, StorageWeakRef] = {}

    def holds(self, tensor: Tensor) -> bool:
        return tensor.untyped_storage()._cdata in self.storages

    def take(self, tensor: Tensor) -> None:
        reference = StorageWeakRef(tensor.untyped_storage())
        self.storages[reference.cdata] = reference

    def __torch_function__(self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        if func in MOVES:
            return self.moved(func, *args, *kwargs.values())
        tensors = tensors_in((args, kwargs))
        held = [tensor for tensor in tensors if self.holds(tensor)]
        if func == Tensor.device.__get__:
            return CUDA if held else func(*args)
        if held and func == Tensor.numpy:
            raise TypeError("numpy cannot read a tensor on cuda:0")
        if held and kwargs.get("generator") is not None:
            raise RuntimeError("a generator of the CPU cannot draw on cuda:0")
        if func == torch._foreach_mul_:  # The norm's factor: torch asks the data where they lie, and brings it there.
            tensors = [tensor for tensor in tensors if tensor.ndim]
        if 0 < len(held) < len(tensors) and not (func in ACROSS or (func in INDEXING and self.indexes(*args))):
            raise RuntimeError(f"{resolve_name(func) or func}: tensors on two devices, cuda:0 and cpu")
        there = bool(held) and func not in ACROSS
        if kwargs.get("device") is not None and torch.device(kwargs["device"]).type != "meta":
            there = torch.device(kwargs["device"]).type == "cuda"
            kwargs["device"] = "cpu"
        result = func(*args, **kwargs)
        if there:
            for tensor in tensors_in(result):
                self.take(tensor)
        return result

    def indexes(self, indexed: Tensor, _: Any, *written: Any) -> bool:
        return all(map(self.holds, tensors_in((indexed, written))))

    def moved(self, func: Callable[..., Any], tensor: Tensor, *given: Any) -> Tensor:
        here = self.holds(tensor)
        there, dtype = here, tensor.dtype
        if func != Tensor.to:
            there = func == Tensor.cuda
        for each in given:
            if isinstance(each, torch.dtype):
                dtype = each
            elif isinstance(each, str | torch.device):
                there = torch.device(each).type == "cuda"
            elif isinstance(each, Tensor):
                there, dtype = self.holds(each), each.dtype
        result = tensor.to(dtype)
        if result.untyped_storage()._cdata == tensor.untyped_storage()._cdata and here != there:
            result = result.clone()
        if there:
            self.take(result)
        return result


class Replayed:
    """What a CUDA graph does: the same work again on the same memory, in shapes that stay."""

    def __init__(self, *given: Any) -> None:
        self.given = [part if isinstance(part, torch.nn.Module) else copy(part) for part in given]
        for part in self.given:
            if isinstance(part, Pages):
                part.k, part.v = list(part.k), list(part.v)

    def replay(self) -> None:
        sampling.decode(*self.given)


def tensors_in(given: Any) -> list[Tensor]:
    return [leaf for leaf in tree_leaves(given) if isinstance(leaf, Tensor)]
