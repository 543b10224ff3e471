"""What a run on verl writes becomes the folder of a run of ours: metrics, rollouts, checkpoints, told to an observer.

verl's file logger writes a line a step, and our reward (`reward.py`) a line a response. A step is told once both are there.
"""

from __future__ import annotations

import json
import math
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pyarrow.parquet as pq
import torch
from pydantic import BaseModel, ConfigDict

from ocean_r1.checkpoints import Progress, checkpoint_folder, checkpoints_of, prune, read_state
from ocean_r1.config import GrpoRecipe, identity
from ocean_r1.driver import Observer, guarded
from ocean_r1.evals.validation import mean, validation_metrics
from ocean_r1.files import atomic_write
from ocean_r1.grpo.advantage import all_equal, group_advantages
from ocean_r1.grpo.metrics import shares
from ocean_r1.metrics import MetricsFile
from ocean_r1.rollouts import Rollout, write_rollouts
from ocean_r1.verl.config import Place
from ocean_r1.verl.merge import last_checkpoint, merge

TRAINER = "verl"
PATIENCE = 10
"""How often a step's responses are looked for that verl counts and nobody has written down yet: a disk of the network may
show a file late."""


class Scored(BaseModel):
    """A line of `reward.py`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    of: Literal["train", "val"]
    step: int
    index: int
    group: str
    output: str
    tokens: int
    finished: bool
    score: float
    reward: float
    terms: dict[str, float]
    failed: dict[str, str]


@dataclass
class Lines:
    """The whole lines of a file, each given once."""

    path: Path
    place: int = 0

    def new(self) -> list[Any]:
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            file.seek(self.place)
            whole = file.read().rpartition(b"\n")[0]
        self.place += len(whole) + (1 if whole else 0)
        return [json.loads(line) for line in whole.split(b"\n") if line]


class Follower:
    """Brings the folder of a run up to what verl has written, as often as it is asked to."""

    def __init__(self, recipe: GrpoRecipe, place: Place, from_step: int, steps: int, observer: Observer | None) -> None:
        self.recipe = recipe
        self.place = place
        self.progress = progress_of(recipe, from_step)
        self.tell = guarded(observer)
        self.tables = {"train": pq.read_table(place.rows), "val": pq.read_table(place.validation)}
        self.metrics = MetricsFile(recipe.output, from_step, recipe.logging.tensorboard)
        self.lines = Lines(place.metrics)
        self.waiting: deque[dict[str, Any]] = deque()
        self.tries = 0
        self.records: dict[Path, Lines] = {}
        self.scored: dict[tuple[str, int], list[Scored]] = {}
        self.steps = steps
        self.tell(lambda who: who.on_begin(from_step, steps))
        if from_step:
            self.tell(lambda who: who.on_checkpoint(from_step, checkpoint_folder(recipe.output, from_step)))

    def advance(self, ended: bool = False) -> list[tuple[int, str]]:
        """The steps that are new, with a few words on each. `ended`: verl writes no more, so nothing is waited for. Raises
        WriteError, and RecipeError where a checkpoint cannot be read."""
        told: list[tuple[int, str]] = []
        self.waiting.extend(self.lines.new())
        for path in self.place.scored.glob("*.jsonl"):
            for line in self.records.setdefault(path, Lines(path)).new():
                found = Scored.model_validate(line)
                self.scored.setdefault((found.of, found.step), []).append(found)
        while self.waiting and (ended or self.tries >= PATIENCE or self.complete(self.waiting[0])):
            self.tries = 0
            told.append(self.step(self.waiting.popleft()))
        self.tries += bool(self.waiting)
        saved = last_checkpoint(self.place.checkpoints)
        if self.progress.step >= saved > 0 and not checkpoint_folder(self.recipe.output, saved).exists():
            self.save(saved)
        return told

    def complete(self, line: Mapping[str, Any]) -> bool:
        """Whether all responses that a line of metrics counts are written down."""
        trained = self.scored.get(("train", line["step"]), [])
        validated = self.scored.get(("val", line["step"]), [])
        wanted = self.recipe.prompts_per_step * self.recipe.rollout.group if line["step"] else 0
        asked = self.tables["val"].num_rows if has_validation(line["data"]) else 0
        return len(trained) >= wanted and len(validated) >= asked

    def step(self, line: Mapping[str, Any]) -> tuple[int, str]:
        """One step, from verl's line and from what was scored."""
        step = int(line["step"])
        groups = groups_of(self.scored.pop(("train", step), []))
        validated = self.scored.pop(("val", step), [])
        values = {name: float(value) for name, value in line["data"].items() if isinstance(value, int | float)}
        values |= response_metrics(groups) if groups else {}
        values |= self.validation_metrics(validated) if validated else {}
        self.progress = replace(self.progress, step=step, taken=step * self.recipe.prompts_per_step)
        if "val/score" in values and (self.progress.best is None or values["val/score"] > self.progress.best):
            self.progress = replace(self.progress, best=values["val/score"], best_step=step)
        self.metrics.write(step, values)
        self.tell(lambda who: who.on_metrics(step, values))
        if groups and (step == self.steps or step % self.recipe.logging.rollouts_every == 0):
            rollouts = [rollout for number, group in enumerate(groups) for rollout in self.rollouts_of(number, group)]
            write_rollouts(self.recipe.output / "rollouts", step, rollouts)
            self.tell(lambda who: who.on_rollouts(step, rollouts))
        score, length = (values.get(f"{name}/mean", math.nan) for name in ("critic/score", "response_length"))
        return step, f"score {score:.3f}  length {length:.0f}"

    def save(self, step: int) -> None:
        """verl's checkpoint as one of ours: a model folder, and where the run stood. What verl goes on from is its own."""
        progress = replace(self.progress, step=step, taken=step * self.recipe.prompts_per_step)
        folder = checkpoint_folder(self.recipe.output, step)
        with atomic_write(folder) as partial:
            merge(self.place.checkpoints / f"global_step_{step}" / "actor", self.recipe.model.path, partial / "model")
            state = {"progress": asdict(progress), "identity": identity(self.recipe), "trainer": TRAINER}
            state["recipe"] = self.recipe.model_dump(mode="json")
            (partial / "state.json").write_text(json.dumps(state, indent=2))
        prune(self.recipe.output, self.recipe.checkpoints, progress)
        self.tell(lambda who: who.on_checkpoint(step, folder))

    def validation_metrics(self, scored: Sequence[Scored]) -> dict[str, float]:
        sources = self.tables["val"].column("data_source").to_pylist()
        return validation_metrics(
            [sources[each.index] for each in scored],
            [each.score for each in scored],
            [each.terms for each in scored],
            [each.finished for each in scored],
        )

    def rollouts_of(self, number: int, group: Sequence[Scored]) -> Iterator[Rollout]:
        row = self.tables["train"].slice(group[0].index, 1).to_pylist()[0]
        rewards = torch.tensor([each.reward for each in group], dtype=torch.float64)
        advantages = group_advantages(rewards, torch.zeros(len(group)), self.recipe.algorithm.divide_by_std)
        for each, advantage in zip(group, advantages.tolist(), strict=True):
            yield Rollout(
                group=number,
                row=row["extra_info"]["row"],
                data_source=row["data_source"],
                prompt=row["prompt"],
                images=[Path(image["image"]) for image in row["images"]],
                ground_truth=row["reward_model"]["ground_truth"],
                output=each.output,
                tokens=each.tokens,
                finished=each.finished,
                reward=each.reward,
                terms=each.terms,
                failed=each.failed,
                advantage=advantage,
                trace=None,
            )

    def close(self) -> None:
        self.metrics.close()


def progress_of(recipe: GrpoRecipe, step: int) -> Progress:
    """Where a run on verl stood at a step. Raises RecipeError where its folder is of another recipe or trainer."""
    checkpoints = checkpoints_of(recipe.output)
    return replace(read_state(checkpoints[-1], recipe, TRAINER), step=step) if checkpoints else Progress()


def has_validation(data: Mapping[str, Any]) -> bool:
    return any(name.startswith("val-") for name in data)


def groups_of(scored: Sequence[Scored]) -> list[list[Scored]]:
    """The responses to each prompt, in the order of the rows."""
    groups: dict[str, list[Scored]] = {}
    for each in scored:
        groups.setdefault(each.group, []).append(each)
    return sorted(groups.values(), key=lambda group: (group[0].index, group[0].group))


def response_metrics(groups: Sequence[Sequence[Scored]]) -> dict[str, float]:
    """Those of `grpo/metrics.py` that verl does not tell."""
    responses = [each for group in groups for each in group]
    return {
        "rollout/equal_groups": mean([all_equal([each.reward for each in group]) for group in groups]),
        **shares(
            [each.output for each in responses],
            [each.finished for each in responses],
            [each.terms for each in responses],
            [bool(each.failed) for each in responses],
        ),
    }
