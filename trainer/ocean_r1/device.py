"""Where a model computes. Prompts and what is sampled lie on the host; the passes of a model take to its device what they
need."""

from __future__ import annotations

import re

import torch

KNOWN = re.compile(r"cpu|cuda(:\d+)?")


class DeviceError(ValueError):
    """A device that there is not, or that this trainer cannot compute on."""


def usable_device(name: str) -> torch.device:
    """`cpu`, `cuda`, or one of several cards, `cuda:1`. Raises DeviceError."""
    if not KNOWN.fullmatch(name):
        raise DeviceError(f"device {name!r}: it may be cpu, cuda, or cuda:1 for the second of several cards")
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:  # Without a driver it is the one, without CUDA built in the other.
        raise DeviceError(f"device {name!r} cannot be used here: {str(error).splitlines()[0]}") from error
    return torch.device(name)
