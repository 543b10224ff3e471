"""The loop of all training: an observer sees everything and changes nothing, and whoever stops a run loses nothing."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from test_files import leftovers
from test_runs import KINDS, same, train
from toy import recipe, toy

from ocean_r1.checkpoints import checkpoints_of, save_file
from ocean_r1.cli import main
from ocean_r1.config import Recipe, parse_recipe
from ocean_r1.driver import Observer
from ocean_r1.optimizer import Stepper
from ocean_r1.processes import Stopped, stop_signals
from ocean_r1.rollouts import Rollout

torch.set_num_threads(1)
RARELY = {"checkpoints.every": 50}


def recipe_of(paths: dict[str, Path], output: Path, kind: str, **overrides: Any) -> Recipe:
    return parse_recipe(recipe(paths, output, kind, **KINDS[kind]), "toy", overrides)


def logged(output: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in (output / "metrics.jsonl").read_text().splitlines()]
    for line in lines:
        line["data"] = {key: value for key, value in line["data"].items() if not key.startswith(("timing", "perf"))}
    return lines


class Watching:
    """Looks at the disk each time that it is told of something."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self.told: list[str] = []

    def on_begin(self, step: int, steps: int) -> None:
        self.told.append(f"begin {step} of {steps}")

    def on_metrics(self, step: int, values: Mapping[str, float]) -> None:
        last = json.loads((self.output / "metrics.jsonl").read_text().splitlines()[-1])
        assert last == {"step": step, "data": values}
        self.told.append(f"metrics {step}")

    def on_checkpoint(self, step: int, folder: Path) -> None:
        assert folder == self.output / f"step-{step:06d}" == checkpoints_of(self.output)[-1]
        self.told.append(f"checkpoint {step}")

    def on_rollouts(self, step: int, rollouts: Sequence[Rollout]) -> None:
        lines = (self.output / f"rollouts/step-{step:06d}/rollouts.jsonl").read_text().splitlines()
        assert [json.loads(line)["output"] for line in lines] == [rollout.output for rollout in rollouts]
        self.told.append(f"rollouts {step}")

    def wants_stop(self) -> bool:
        self.told.append("asked")
        return False


def test_an_observer_is_told_of_everything_once_it_lies_on_the_disk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = toy(tmp_path)
    validation = {"validation.files": [{"path": str(paths["rows"])}], "validation.every": 50, "reward.workers": 1}
    every = {"steps": 3, "logging.rollouts_every": 2, "checkpoints.every": 2}
    watching = Watching(tmp_path / "out")
    train(recipe_of(paths, tmp_path / "out", "grpo", **every, **validation), watching)
    assert "failed" not in capsys.readouterr().err
    first, second, third = ["asked", "metrics 1"], ["asked", "metrics 2"], ["asked", "metrics 3"]
    second, third = [*second, "rollouts 2", "checkpoint 2"], [*third, "rollouts 3", "checkpoint 3"]
    assert watching.told == ["begin 0 of 3", "metrics 0", *first, *second, *third]
    # Of a run that was killed when its last checkpoint lay on the disk, nobody was told of that.
    again = Watching(tmp_path / "out")
    train(recipe_of(paths, tmp_path / "out", "grpo", **every, **validation), again)
    assert again.told == ["begin 3 of 3", "checkpoint 3"]


class Broken:
    """Takes apart what it is given, and fails."""

    def on_begin(self, step: int, steps: int) -> None:
        raise ValueError("do I?")

    def on_metrics(self, step: int, values: dict[str, float]) -> None:
        values.clear()
        raise OSError(28, "No space left on device")

    def on_checkpoint(self, step: int, folder: Path) -> None:
        raise KeyError(step)

    def on_rollouts(self, step: int, rollouts: list[Rollout]) -> None:
        rollouts.clear()
        raise RuntimeError("the server is away")

    def wants_stop(self) -> bool:
        torch.manual_seed(0)
        raise ValueError("do I?")


@pytest.mark.parametrize("kind", KINDS)
def test_an_observer_can_neither_stop_nor_change_a_run(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = toy(tmp_path)
    alone = train(recipe_of(paths, tmp_path / "alone", kind))
    assert "observer" not in capsys.readouterr().err
    broken: Any = Broken()
    watched = train(recipe_of(paths, tmp_path / "watched", kind), broken)
    same(alone, watched)
    assert logged(tmp_path / "alone") == logged(tmp_path / "watched")
    assert [path.name for path in checkpoints_of(tmp_path / "alone")] == [
        path.name for path in checkpoints_of(tmp_path / "watched")
    ]
    failures = [line for line in capsys.readouterr().err.splitlines() if "observer" in line]
    assert failures == ["the observer failed, training goes on: ValueError: do I?"]


class StopsAfter(Watching):
    def __init__(self, output: Path, step: int) -> None:
        super().__init__(output)
        self.step = step

    def wants_stop(self) -> bool:
        return f"metrics {self.step}" in self.told


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_an_observer_stopped_goes_on_to_the_same_bits(kind: str, tmp_path: Path) -> None:
    paths = toy(tmp_path)
    alone = train(recipe_of(paths, tmp_path / "alone", kind, **RARELY))
    stopped = recipe_of(paths, tmp_path / "stopped", kind, **RARELY)
    stops: Observer = StopsAfter(tmp_path / "stopped", 2)
    with pytest.raises(Stopped, match="stopped after step 2, which is saved; the same command goes on from there"):
        train(stopped, stops)
    assert [path.name for path in checkpoints_of(tmp_path / "stopped")] == ["step-000002"]
    same(alone, train(stopped))
    assert logged(tmp_path / "alone") == logged(tmp_path / "stopped")


def test_a_run_that_is_stopped_before_its_first_step_leaves_no_checkpoint(tmp_path: Path) -> None:
    class Never(Watching):
        def wants_stop(self) -> bool:
            return True

    with pytest.raises(Stopped, match="stopped before the first step"):
        train(recipe_of(toy(tmp_path), tmp_path / "out", "sft"), Never(tmp_path / "out"))
    assert checkpoints_of(tmp_path / "out") == []


@pytest.fixture
def in_front() -> Iterator[None]:
    """Ctrl-C is heard, as in a terminal; shells start what runs in the background deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("in_front")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("while_saving", [False, True])
def test_a_signal_ends_a_run_when_its_step_is_saved(
    number: signal.Signals,
    while_saving: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    paths, every = toy(tmp_path), {"checkpoints.every": 1 if while_saving else 50}
    alone = train(recipe_of(paths, tmp_path / "alone", "sft", **every))
    (tmp_path / "toy.toml").write_text(recipe(paths, tmp_path / "out", "sft", **KINDS["sft"]))
    command = ["sft", str(tmp_path / "toy.toml"), "--set", f"checkpoints.every={every['checkpoints.every']}"]
    real = save_file if while_saving else Stepper.step

    def signalled(*given: Any) -> Any:
        signal.raise_signal(number)
        return real(*given)

    where = "ocean_r1.checkpoints.save_file" if while_saving else "ocean_r1.optimizer.Stepper.step"
    handlers = [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)]
    with monkeypatch.context() as patch:
        patch.setattr(where, signalled)
        assert main(command) == 128 + number
    assert handlers == [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)]
    told = capsys.readouterr().err.splitlines()
    assert told[-1] == "ocean-r1: stopped after step 1, which is saved; the same command goes on from there"
    assert [path.name for path in checkpoints_of(tmp_path / "out")] == ["step-000001"]
    assert main(command) == 0
    same(alone, checkpoints_of(tmp_path / "out")[-1])


@pytest.mark.usefixtures("in_front")
def test_a_signal_that_was_ignored_before_stays_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with stop_signals() as received:
        signal.raise_signal(signal.SIGINT)
        assert received == []
        signal.raise_signal(signal.SIGTERM)
        assert received == [signal.SIGTERM]


@pytest.mark.usefixtures("in_front")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_a_run_at_once(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def twice(*_: object, **__: object) -> None:
        signal.raise_signal(number)
        signal.raise_signal(number)

    (tmp_path / "toy.toml").write_text(recipe(toy(tmp_path), tmp_path / "out", "sft", **KINDS["sft"]))
    command = ["sft", str(tmp_path / "toy.toml")]
    assert main([*command, "--set", "steps=1"]) == 0
    with monkeypatch.context() as patch:
        patch.setattr("ocean_r1.checkpoints.save_file", twice)  # between the weights and the moments
        assert main(command) == 128 + number
    assert "stopped; the same command goes on from the last checkpoint" in capsys.readouterr().err
    assert leftovers(tmp_path) == []
    assert main(command) == 0
