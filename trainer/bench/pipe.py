"""How the two sides of a comparison are spoken to: a line of JSON in, a line of JSON out."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any


def settings() -> dict[str, Any]:
    given: dict[str, Any] = json.loads(sys.argv[1])
    return given


def requests() -> Iterator[tuple[dict[str, Any], Callable[[dict[str, Any]], None]]]:
    """Requests with the function that answers each. What libraries print goes to stderr and disturbs no answer."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(data: dict[str, Any]) -> None:
        print(json.dumps(data), file=out, flush=True)

    answer({})  # ready
    for line in sys.stdin:
        yield json.loads(line), answer


def clock() -> tuple[float, float]:
    """Seconds of the wall, and of this process on all its cores."""
    return perf_counter(), process_time()


def elapsed(since: tuple[float, float]) -> dict[str, float]:
    wall, cpu = clock()
    return {"wall": wall - since[0], "cpu": cpu - since[1]}


def peak_bytes(process: str = "self", device: str = "cpu") -> int:
    """The most memory that a process had resident so far (Linux), or, of this one, on its card."""
    if device != "cpu":
        import torch

        return torch.cuda.max_memory_allocated()
    line = next(line for line in Path(f"/proc/{process}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024
