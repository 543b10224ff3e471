"""Checkpoints: everything that the next step depends on, written whole or not at all.

A checkpoint is a folder `step-000050` with `model/` (a Hugging Face folder), `optimizer.safetensors`, `state.json`, and with
low-rank pairs `adapter/` (as peft has it), from which a run goes on: in `model/` they are merged. It is
written under another name and renamed when all of it is on the disk, so a folder of this name is always complete. No
library's random state is in it because nothing draws from one: sampling and order follow from seed, step and row.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from ocean_r1.config import Checkpoints, Recipe, RecipeError, differences, identity
from ocean_r1.files import as_write_error, atomic_write, remove
from ocean_r1.models.adapter import adapter_state, save_adapter
from ocean_r1.models.model import VisionLanguageModel
from ocean_r1.models.weights import hub_tensors, save_state
from ocean_r1.ranks import ALONE, Ranks, divided_as, whole

# What a model folder holds besides weights, copied on unchanged.
COMPANIONS = (
    "config.json",
    "generation_config.json",
    "preprocessor_config.json",
    "video_preprocessor_config.json",
    "processor_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
    "chat_template.jinja",
    "chat_template.json",
)


INSTEAD = "remove its folder, and the run goes on from the checkpoint before it"


@dataclass(frozen=True)
class Progress:
    """Where a run stands: steps done, rows taken from the sampler, and the best validation so far."""

    step: int = 0
    taken: int = 0
    best: float | None = None
    best_step: int | None = None


def checkpoint_folder(output: Path, step: int) -> Path:
    return output / f"step-{step:06d}"


def checkpoints_of(output: Path) -> list[Path]:
    """Complete checkpoints, oldest first."""
    return sorted(path for path in output.glob("step-*") if path.suffix == "" and (path / "state.json").exists())


def parameters_of(model: VisionLanguageModel, heads: nn.Module | None) -> dict[str, nn.Parameter]:
    """All that is learnt, by name; `heads` are what a run learns beside the model and throws away at its end."""
    own = {f"heads.{name}": parameter for name, parameter in heads.named_parameters()} if heads else {}
    return {**dict(model.named_parameters()), **own}


def named_moments(
    parameters: Mapping[str, nn.Parameter], optimizers: Sequence[torch.optim.Optimizer]
) -> Iterator[tuple[str, Tensor]]:
    """The optimizers' tensors by parameter name, whole."""
    names = {id(parameter): name for name, parameter in parameters.items()}
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                for key, value in optimizer.state.get(parameter, {}).items():
                    yield f"{names[id(parameter)]}/{key}", whole(value.detach())


def restore_moments(
    parameters: Mapping[str, nn.Parameter], optimizers: Sequence[torch.optim.Optimizer], moments: Mapping[str, Tensor]
) -> None:
    owners = {
        id(parameter): optimizer
        for optimizer in optimizers
        for group in optimizer.param_groups
        for parameter in group["params"]
    }
    for key, value in moments.items():
        name, _, kind = key.rpartition("/")
        parameter = parameters[name]
        optimizer = owners[id(parameter)]
        # AdamW keeps its step count on the CPU, whatever the device of the weights, unless it is fused.
        on_host = kind == "step" and not optimizer.defaults.get("fused")
        optimizer.state[parameter][kind] = value.clone() if on_host else divided_as(value.to(parameter.device), parameter)


def save_checkpoint(
    recipe: Recipe,
    model: VisionLanguageModel,
    optimizers: Sequence[torch.optim.Optimizer],
    progress: Progress,
    heads: nn.Module | None = None,
    ranks: Ranks = ALONE,
) -> Path:
    """Writes the checkpoint of this step and removes those that the policy does not keep. Raises WriteError; the checkpoints
    before it are whole. Of several processes each brings its shares, and the first writes."""
    final = checkpoint_folder(recipe.output, progress.step)
    # What all have brought together the others let go at once: a machine's host need not hold it for each of them.
    weights = {name: tensor.cpu().contiguous().clone() for name, tensor in hub_tensors(model) if ranks.leads}
    named = named_moments(parameters_of(model, heads), optimizers)
    moments = {name: tensor.cpu().contiguous() for name, tensor in named if ranks.leads}
    adapter = adapter_state(model)
    if not ranks.leads:
        return final
    companions = [path for name in COMPANIONS if (path := recipe.model.path / name).exists()]
    needed = size_of([*weights.values(), *moments.values()])
    with atomic_write(final, needed + sum(path.stat().st_size for path in companions)) as partial:
        (partial / "model").mkdir(parents=True)
        save_state(weights, partial / "model")
        if adapter:
            save_adapter(adapter, partial / "adapter", recipe.model.lora_rank, recipe.model.lora_alpha)
        for path in companions:
            shutil.copyfile(path, partial / "model" / path.name)
        save_file(moments, partial / "optimizer.safetensors")
        if heads:
            save_file(heads.state_dict(), partial / "heads.safetensors")
        state = {"progress": asdict(progress), "identity": identity(recipe), "recipe": recipe.model_dump(mode="json")}
        (partial / "state.json").write_text(json.dumps(state, indent=2))
    prune(recipe.output, recipe.checkpoints, progress)
    return final


def size_of(tensors: Iterable[Tensor]) -> int:
    """Bytes."""
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


def kept_steps(steps: Sequence[int], policy: Checkpoints, best_step: int | None) -> set[int]:
    kept = set(sorted(steps)[-policy.keep_last :])
    if policy.keep_best and best_step is not None:
        kept.add(best_step)
    if policy.keep_every:
        kept |= {step for step in steps if step % policy.keep_every == 0}
    return kept & set(steps)


def prune(output: Path, policy: Checkpoints, progress: Progress) -> None:
    by_step = {int(path.name.removeprefix("step-")): path for path in checkpoints_of(output)}
    for step in by_step.keys() - kept_steps(list(by_step), policy, progress.best_step):
        with as_write_error(by_step[step]):
            remove(by_step[step])


def read_state(checkpoint: Path, recipe: Recipe, trainer: str | None = None) -> Progress:
    """Where the run stood. Raises RecipeError where the recipe is another one, with the differences, and where it was not
    made by this `trainer`; None is ours."""
    state = read_json(checkpoint / "state.json", INSTEAD)
    if (other := state.get("trainer")) != trainer:
        made, wanted = other or "`ocean-r1 train`", trainer or "`ocean-r1 train`"
        raise RecipeError(f"{checkpoint} was made by {made}, which {wanted} cannot go on with; write to another output")
    if state["identity"] != identity(recipe):
        changed = differences(state["recipe"], recipe.model_dump(mode="json"))
        raise RecipeError(
            f"{checkpoint} was made by another recipe; go on with that one, or write to another output:\n  "
            + "\n  ".join(changed)
        )
    return Progress(**state["progress"])


@dataclass(frozen=True)
class DataHashes:
    """What a run learns from, sha256 by path: of files of rows, and, by the same files, of all pictures that they name."""

    rows: dict[str, str]
    pictures: dict[str, str] = field(default_factory=dict)


def check_data_hashes(output: Path, found: DataHashes) -> None:
    """Raises RecipeError where files are not those that the run in `output` began with. Pictures are compared as far as they
    are given. Runs from before this was kept have nothing to be compared with."""
    path = output / "data.json"
    if not path.exists():
        return
    begun = DataHashes(**read_json(path, "without it nobody knows what the run was trained on; write to another output"))
    changed = [f"{name}: it is new" for name in sorted(found.rows.keys() - begun.rows.keys())]
    changed += [f"{name}: it is gone" for name in sorted(begun.rows.keys() - found.rows.keys())]
    for now, then, what in (
        (found.rows, begun.rows, "the file is another one"),
        (found.pictures, begun.pictures, "its rows are the same, but not the pictures that they name"),
    ):
        changed += [f"{name}: {what}" for name, digest in now.items() if then.get(name, digest) != digest]
    if changed:
        raise RecipeError(
            f"{output} was trained on other data; put the old files back, or write to another output:\n  "
            + "\n  ".join(changed)
        )


def save_data_hashes(output: Path, found: DataHashes) -> None:
    """Raises WriteError."""
    with atomic_write(output / "data.json") as partial:
        partial.write_text(json.dumps(asdict(found), indent=2) + "\n")


def load_moments(
    checkpoint: Path, model: VisionLanguageModel, optimizers: Sequence[torch.optim.Optimizer], heads: nn.Module | None = None
) -> None:
    if heads:
        heads.load_state_dict(read_tensors(checkpoint / "heads.safetensors"))
    restore_moments(parameters_of(model, heads), optimizers, read_tensors(checkpoint / "optimizer.safetensors"))


def read_tensors(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except SafetensorError as error:
        raise RecipeError(f"{path} is cut off or no safetensors ({error}); {INSTEAD}") from error


def read_json(path: Path, instead: str) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise RecipeError(f"{path} cannot be read ({error}); {instead}") from error
