"""What a model replied to a row in training and what that was worth, for the disk and for whoever watches."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from ocean_r1.files import atomic_write


class TracedToken(TypedDict):
    """A token of a response; its log-probability and the entropy of what it was drawn from, in nats."""

    text: str
    logp: float
    entropy: float


@dataclass(frozen=True)
class Rollout:
    """A response. Those to one prompt stand one after the other."""

    group: int
    """Which prompt of the step it answers, from 0: a row may be taken twice."""
    row: str
    """The row's file, and its number or line there."""
    data_source: str
    prompt: Sequence[Mapping[str, str]]
    """Messages `{role, content}` with `<image>` in the places of the pictures."""
    images: Sequence[bytes | Path]
    ground_truth: str
    output: str
    tokens: int
    finished: bool
    """False where the limit of tokens cut it."""
    reward: float
    """With the penalty for length."""
    terms: Mapping[str, float]
    failed: Mapping[str, str]
    """Why terms are 0 that ran out of time or failed."""
    advantage: float
    """How much better than its group it is, as the loss weighs it."""
    trace: Sequence[TracedToken] | None
    """Token by token, where `logging.trace` of the recipe asks for it."""


def write_rollouts(folder: Path, step: int, rollouts: Sequence[Rollout]) -> None:
    """`step-000010/rollouts.jsonl`: one JSON line a response, pictures beside it by their sha256. Raises WriteError."""
    with atomic_write(folder / f"step-{step:06d}") as target:
        target.mkdir()
        images = {rollout.row: rollout.images for rollout in rollouts}
        names = {row: [write_image(image, target) for image in own] for row, own in images.items()}
        lines = [json.dumps(vars(each) | {"images": names[each.row]}, ensure_ascii=False) for each in rollouts]
        (target / "rollouts.jsonl").write_bytes("".join(f"{line}\n" for line in lines).encode())


def write_image(image: bytes | Path, folder: Path) -> str:
    content = image if isinstance(image, bytes) else image.read_bytes()
    name = hashlib.sha256(content).hexdigest()
    (folder / name).write_bytes(content)
    return name
