"""A checkpoint of verl's FSDP becomes a Hugging Face folder that export, eval and the next recipe take.

verl's own merger (`verl.model_merger`) rounds the weights to bfloat16; here they stay float32, as they were trained.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from pydantic import BaseModel, ConfigDict, ValidationError
from torch import Tensor
from torch.distributed.tensor import DTensor, Shard

from ocean_r1.checkpoints import COMPANIONS, size_of
from ocean_r1.config import RecipeError
from ocean_r1.files import atomic_write
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.families import build_model
from ocean_r1.models.weights import our_name, save_state


class Shards(BaseModel):
    """`fsdp_config.json` of a checkpoint."""

    model_config = ConfigDict(extra="ignore")

    world_size: int


def merge(actor: Path, companions: Path, out: Path) -> None:
    """Writes the model of `global_step_N/actor` to the folder `out`, with config and tokenizer of the model folder
    `companions`. Raises RecipeError for a checkpoint that is not whole, and WriteError."""
    config = ModelConfig.from_folder(companions)
    with torch.device("meta"):
        hub_name = build_model(config).hub_name
    state = {hub_name(our_name(name)): tensor for name, tensor in merged(actor)}
    if config.tie_word_embeddings:
        state.pop("lm_head.weight", None)
    with atomic_write(out, size_of(state.values())) as partial:
        partial.mkdir(parents=True)
        save_state(state, partial)
        for name in COMPANIONS:
            if (companions / name).exists():
                shutil.copyfile(companions / name, partial / name)


def merged(actor: Path) -> Iterator[tuple[str, Tensor]]:
    """The whole tensors, float32, by their names. Raises RecipeError."""
    try:
        world = Shards.model_validate_json((actor / "fsdp_config.json").read_bytes()).world_size
        # Of our own job, and weights of DTensor are more than `weights_only` admits.
        shards: list[dict[str, Any]] = [
            torch.load(shard_path(actor, world, rank), map_location="cpu", weights_only=False, mmap=True)
            for rank in range(world)
        ]
    except (OSError, ValidationError, RuntimeError) as error:
        raise RecipeError(f"{actor} is no whole checkpoint of verl's FSDP: {str(error).splitlines()[0]}") from error
    for name in shards[0]:
        yield name, joined([shard[name] for shard in shards]).float()


def shard_path(actor: Path, world: int, rank: int) -> Path:
    return actor / f"model_world_size_{world}_rank_{rank}.pt"


def joined(parts: Sequence[Tensor | DTensor]) -> Tensor:
    """The parts of the ranks in their order; what is not divided, or divided among fewer, is there several times."""
    first = parts[0]
    if not isinstance(first, DTensor):
        return first
    mesh = first.device_mesh.mesh
    found = [part.to_local() for part in parts if isinstance(part, DTensor)]
    for dimension in reversed(range(mesh.ndim)):
        placement = first.placements[dimension]
        groups = len(found) // mesh.shape[dimension]
        along = [found[group * mesh.shape[dimension] : (group + 1) * mesh.shape[dimension]] for group in range(groups)]
        found = [torch.cat(own, placement.dim) if isinstance(placement, Shard) else own[0] for own in along]
    return found[0]


def last_checkpoint(folder: Path) -> int:
    """The step of the last checkpoint that is whole; 0 where there is none."""
    path = folder / "latest_checkpointed_iteration.txt"
    return int(path.read_text()) if path.exists() else 0
