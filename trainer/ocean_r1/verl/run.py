"""A recipe on verl and Ray, from its rows to its last checkpoint, in the folder of a run like any other."""

from __future__ import annotations

import secrets
import signal
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from pydantic import BaseModel

from ocean_r1.checkpoints import checkpoint_folder
from ocean_r1.config import GrpoRecipe, check_model_folder
from ocean_r1.data.sampler import RowSampler
from ocean_r1.driver import Observer
from ocean_r1.files import append, atomic_write
from ocean_r1.models.config import ModelConfig
from ocean_r1.processes import Stopped, stop_signals
from ocean_r1.progress_bar import progress_bar
from ocean_r1.start import fitting_rows, lock_output, open_rows, total_steps
from ocean_r1.verl.config import Cluster, Place, other_than_here, verl_config
from ocean_r1.verl.follow import Follower
from ocean_r1.verl.job import Job, check_config, check_installed, cluster_address, write_config
from ocean_r1.verl.merge import last_checkpoint
from ocean_r1.verl.rows import write_rows

POLL_SECONDS = 5.0
ALIVE = ("PENDING", "RUNNING")


class Begun(BaseModel):
    """`begun.json` of an attempt: by what name Ray knows its job, and the checkpoint that it went on from."""

    job: str
    from_step: int


def train_verl(
    recipe: GrpoRecipe,
    cluster: Cluster,
    address: str | None,
    overrides: Sequence[str] = (),
    observer: Observer | None = None,
) -> Path:
    """Runs the recipe to its end, goes on with it, or follows the job that is at work on it; the last checkpoint. Raises
    RecipeError, RowError, WriteError, RuntimeError where the job fails, and Stopped."""
    steps = prepare(recipe, cluster)
    with cluster_address(address) as at:
        place, begun = last_attempt(recipe)
        if begun is None or Job(at, begun.job).state() not in ALIVE:
            if begun is not None:  # what it did after it was followed last
                follower = Follower(recipe, place, begun.from_step, steps, None)
                follower.advance(ended=True)
                follower.close()
            place = configured(recipe, place, cluster, steps, overrides)
            begun = Begun(job=f"{recipe.name}-{secrets.token_hex(4)}", from_step=last_checkpoint(place.checkpoints))
            with atomic_write(place.begun) as partial:
                partial.write_text(begun.model_dump_json())
            Job(at, begun.job).submit(place, overrides, local=address is None)
        print(f"{begun.job} on {at}: {steps:,} steps, {cluster.nodes} x {cluster.gpus} GPUs", flush=True)
        return follow(recipe, place, begun, steps, Job(at, begun.job), observer)


def plan_verl(recipe: GrpoRecipe, cluster: Cluster, overrides: Sequence[str]) -> str:
    """Writes and checks all that a job needs; a text for people. Raises RecipeError, RowError and WriteError."""
    steps = prepare(recipe, cluster)
    place = configured(recipe, last_attempt(recipe)[0], cluster, steps, overrides)
    return f"{place.config}: {steps:,} steps on {cluster.nodes} x {cluster.gpus} GPUs; verl takes it"


def prepare(recipe: GrpoRecipe, cluster: Cluster) -> int:
    """Writes the rows in the order of the steps; how many these are. Raises RecipeError, RowError and WriteError."""
    check_installed()
    for sentence in other_than_here(recipe):
        print(f"other than `ocean-r1 train`: {sentence}", flush=True)
    check_model_folder(recipe.model.path)
    lock_output(recipe.output)
    place = Place(recipe.output, 0)
    training, validation = open_rows(recipe, resumed=last_checkpoint(place.checkpoints) > 0)
    fitting = fitting_rows(training, recipe.data)
    steps = total_steps(recipe, len(fitting))
    vision = ModelConfig.from_folder(recipe.model.path).vision
    factor = vision.patch_size * vision.spatial_merge_size
    taken = RowSampler(fitting, recipe.data.seed).take(steps * recipe.prompts_per_step)
    write_rows(training.dataset, taken, recipe.data, factor, "train", place.rows)
    # verl wants rows to validate with even where it is not to.
    asked = validation or training
    positions = RowSampler(fitting_rows(asked, recipe.data), recipe.data.seed).epoch(0)[
        : recipe.validation.rows if validation else 1
    ]
    write_rows(asked.dataset, positions, recipe.data, factor, "val", place.validation)
    return steps


def last_attempt(recipe: GrpoRecipe) -> tuple[Place, Begun | None]:
    """The place of the last job that was submitted, and what is known of it; attempt 0 where there was none."""
    begun = sorted(Place(recipe.output, 0).folder.glob("attempt-*/begun.json"))
    if not begun:
        return Place(recipe.output, 0), None
    number = int(begun[-1].parent.name.removeprefix("attempt-"))
    return Place(recipe.output, number), Begun.model_validate_json(begun[-1].read_bytes())


def configured(recipe: GrpoRecipe, before: Place, cluster: Cluster, steps: int, overrides: Sequence[str]) -> Place:
    """The place of the next job, its configuration written and held to verl's own. Raises RecipeError and WriteError."""
    place = Place(recipe.output, before.attempt + 1)
    vision = ModelConfig.from_folder(recipe.model.path).vision
    config = verl_config(recipe, place, cluster, steps, vision.patch_size, vision.spatial_merge_size)
    write_config(config, place)
    check_config(place, overrides)
    return place


def follow(recipe: GrpoRecipe, place: Place, begun: Begun, steps: int, job: Job, observer: Observer | None) -> Path:
    """Until the job ends; the last checkpoint. A signal, or the observer's wish, stops the job."""
    follower = Follower(recipe, place, begun.from_step, steps, observer)
    asked_to_stop = False
    with stop_signals() as received, progress_bar(steps, "step", begun.from_step) as show:
        while (state := job.state()) in ALIVE:
            if not asked_to_stop and (bool(received) or bool(follower.tell(lambda who: bool(who.wants_stop())))):
                asked_to_stop = job.stop()
            for step, summary in follower.advance():
                show(step, summary)
            Event().wait(POLL_SECONDS)
        for step, summary in follower.advance(ended=True):
            show(step, summary)
    follower.close()
    append(recipe.output / "log.txt", job.log())
    saved = last_checkpoint(place.checkpoints)
    if asked_to_stop:
        raise Stopped(saved, received[0] if received else signal.SIGTERM)
    if state != "SUCCEEDED":
        why = job.failure() if state == "FAILED" else f"Ray says that it is {state}"
        raise RuntimeError(
            f"the job {begun.job} ended before its last step: {why}; its log is in {recipe.output / 'log.txt'}, and the "
            f"same command goes on {f'from step {saved}' if saved else 'from the beginning'}"
        )
    return checkpoint_folder(recipe.output, saved)
