"""The one loop of all training: it takes steps until the last, writes metrics, rollouts and checkpoints as the recipe says,
stops when it is asked to, and tells an observer of all of it.

What a step is, its kind of training says (`grpo/train.py`, `sft.py`, `tower.py`); how a run begins or goes on, `start.py`.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Protocol, TypeVar

from ocean_r1.checkpoints import checkpoint_folder, checkpoints_of, save_checkpoint
from ocean_r1.evals.validation import Validator
from ocean_r1.metrics import MetricsFile
from ocean_r1.processes import Stopped, stop_signals
from ocean_r1.progress_bar import progress_bar
from ocean_r1.rollouts import Rollout, write_rollouts
from ocean_r1.start import Run

T = TypeVar("T")


@dataclass(frozen=True)
class StepResult:
    """What a step says of itself: its metrics, a few words for people, and, in GRPO, all of its rollouts, asked for where
    they are written."""

    metrics: dict[str, float]
    summary: str
    rollouts: Callable[[], Sequence[Rollout]] = tuple


StepFunction = Callable[[int], StepResult]
"""A step by its number, from 0: takes its rows from the run's sampler and moves the run's weights. The same number, weights,
moments and place of the sampler give the same bits."""


class Observer(Protocol):
    """Watches a run, from inside its process. It is called between steps, after what it is told of lies on the disk; what it
    raises ends nothing, and but for `wants_stop` nothing that it does is looked at."""

    def on_begin(self, step: int, steps: int) -> None:
        """Before all else: the run goes on behind this step, 0 for its beginning, to so many in all."""

    def on_metrics(self, step: int, values: Mapping[str, float]) -> None:
        """After each step, and with step 0 for the validation before the first."""

    def on_checkpoint(self, step: int, folder: Path) -> None:
        """The folder stays until later checkpoints take its place, as `[checkpoints]` of the recipe says. A run that goes on
        begins with the one that it goes on from."""

    def on_rollouts(self, step: int, rollouts: Sequence[Rollout]) -> None:
        """All of a step's, for the steps whose rollouts are written."""

    def wants_stop(self) -> bool:
        """Asked before each step: True ends the run as SIGTERM does."""


def drive(run: Run, step: StepFunction, validator: Validator | None = None, observer: Observer | None = None) -> Path:
    """Takes the run to its last step; the last checkpoint. Raises WriteError, what `step` raises, and Stopped where a
    signal or the observer asked for it."""
    recipe, progress, ranks = run.recipe, run.progress, run.ranks
    tell = guarded(observer if ranks.leads else None)
    metrics_file = MetricsFile(recipe.output, progress.step, recipe.logging.tensorboard) if ranks.leads else None

    def record(values: dict[str, float]) -> None:
        if metrics_file is not None:
            metrics_file.write(progress.step, values)
        tell(lambda who: who.on_metrics(progress.step, values))

    def log_rollouts(rollouts: Sequence[Rollout]) -> None:
        if ranks.leads:
            write_rollouts(recipe.output / "rollouts", progress.step, rollouts)
        tell(lambda who: who.on_rollouts(progress.step, rollouts))

    def save() -> None:
        folder = save_checkpoint(recipe, run.model, run.stepper.optimizers, progress, run.heads, ranks)
        tell(lambda who: who.on_checkpoint(progress.step, folder))

    def validated(validator: Validator) -> dict[str, float]:
        return ranks.as_the_lead_has_it(lambda: validator.metrics(run.workers.whole_model))

    if ranks.leads:
        rows = f"{len(run.sampler.positions):,} rows, {run.too_long:,} too long"
        print(f"{rows}; {run.total:,} steps of {recipe.batch_size:,}", flush=True)
    tell(lambda who: who.on_begin(progress.step, run.total))
    if progress.step:  # who was killed when it lay on the disk has told nobody
        tell(lambda who: who.on_checkpoint(progress.step, checkpoint_folder(recipe.output, progress.step)))
    shown = progress_bar(run.total, "step", progress.step) if ranks.leads else nullcontext(unheard)
    with stop_signals() as received, shown as show, ranks.together():
        if validator and validator.before_training and progress.step == 0:
            record(validated(validator))
        # All stop before the same step, whichever was asked to.
        while progress.step < run.total and not ranks.any(bool(received) or bool(tell(lambda who: bool(who.wants_stop())))):
            started = perf_counter()
            result = step(progress.step)
            seconds = perf_counter() - started
            progress = replace(progress, step=progress.step + 1, taken=run.sampler.taken)
            last = progress.step == run.total
            metrics = result.metrics | {"timing_s/step": seconds}
            if validator and (last or progress.step % validator.every == 0):
                metrics |= validated(validator)
                if progress.best is None or metrics["val/score"] > progress.best:
                    progress = replace(progress, best=metrics["val/score"], best_step=progress.step)
            record(metrics)
            if (last or progress.step % recipe.logging.rollouts_every == 0) and (rollouts := result.rollouts()):
                log_rollouts(rollouts)
            # The best step is kept, so it is saved when it is found.
            if last or progress.step % recipe.checkpoints.every == 0 or progress.best_step == progress.step:
                save()
            show(progress.step, f"{result.summary}  {seconds:.1f} s")
        stopped = progress.step < run.total
        if stopped and progress.step and not checkpoint_folder(recipe.output, progress.step).exists():
            save()
    if metrics_file is not None:
        metrics_file.close()
    if stopped:
        raise Stopped(progress.step, received[0] if received else signal.SIGTERM)
    return checkpoints_of(recipe.output)[-1]


def unheard(_done: int, _summary: str) -> None:
    """What processes say that do not lead."""


def guarded(observer: Observer | None) -> Callable[[Callable[[Observer], T]], T | None]:
    """Tells the observer, if there is one; None where it fails, which is said the first time."""
    failed = False

    def tell(event: Callable[[Observer], T]) -> T | None:
        nonlocal failed
        try:
            return None if observer is None else event(observer)
        except Exception as error:  # whatever it is: no training ends because somebody could not watch it
            if not failed:
                print(f"the observer failed, training goes on: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            failed = True
            return None

    return tell
