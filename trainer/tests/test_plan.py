"""What a plan says of memory is what a step holds, by one process and by each of two."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist
from steps import SIZES, Step, most_held, recipe_of

from fixtures.recipes import SHAPES
from ocean_r1.cli import main
from ocean_r1.config import GrpoRecipe
from ocean_r1.models.config import ModelConfig
from ocean_r1.plan import LEARNS, SAMPLES, figures, fitting
from ocean_r1.ranks import ALONE, Ranks, open_ranks

torch.set_num_threads(1)
HERE = Path(__file__).parent
BY_TWO: dict[str, tuple[str, GrpoRecipe]] = {
    # Two prompts for each: the gradient of the second comes to that of the first.
    "Nano": ("nano", recipe_of(4, 120, 16, 64, 160**2)),
    "Nano, layers computed twice": ("nano", recipe_of(4, 120, 16, 64, 160**2, model__gradient_checkpointing=True)),
    "Nano, pairs learn": ("nano", recipe_of(4, 120, 16, 64, 160**2, model__lora_rank=8)),
    "Nano, tower frozen": ("nano", recipe_of(4, 500, 4, 40, 320**2, optimizer__vision_lr=0)),
    "Nano, optimizer on the host": ("nano", recipe_of(4, 120, 16, 64, 160**2, optimizer__offload=True)),
    # So little is kept for the way back that most of all is layers that are whole.
    "Nano, shortly": ("nano", recipe_of(4, 60, 2, 4, 64**2)),
    "100 M": ("100m", recipe_of(4, 60, 4, 12, 64**2)),
}
Held = dict[str, int]
"""Bytes: `held` throughout, and at most besides."""


def measured(size: str, recipe: GrpoRecipe, ranks: Ranks = ALONE) -> Held:
    step = Step.of(recipe, ModelConfig.from_json(SIZES[size]), ranks)
    sampled = most_held(step.sample)
    step.learn()  # The first makes the moments.
    return {SAMPLES: sampled, LEARNS: most_held(step.learn), "held": step.held}


def check(found: Held, size: str, recipe: GrpoRecipe, processes: int = 1) -> None:
    planned = figures(recipe, ModelConfig.from_json(SIZES[size]), processes)
    assert found[SAMPLES] == pytest.approx(planned.passing[SAMPLES], rel=0.1)
    assert found[LEARNS] == pytest.approx(planned.passing[LEARNS], rel=0.1)
    assert found["held"] == sum(planned.held.values()) + sum(planned.host.values())


@pytest.mark.parametrize(
    ("size", "recipe"),
    [
        ("nano", recipe_of(2, 120, 16, 64, 160**2)),
        ("nano", recipe_of(2, 120, 16, 64, 160**2, model__gradient_checkpointing=True, algorithm__kl_coefficient=0)),
        ("nano", recipe_of(2, 500, 4, 40, 320**2, optimizer__vision_lr=0)),
        ("nano", recipe_of(2, 120, 16, 64, 160**2, model__lora_rank=8)),
        ("100m", recipe_of(2, 60, 4, 12, 64**2)),
        ("nano of Qwen3-VL", recipe_of(2, 120, 16, 64, 160**2)),
        ("nano of Qwen3-VL", recipe_of(2, 500, 4, 40, 320**2, optimizer__vision_lr=0)),
    ],
    ids=[
        "Nano",
        "Nano, layers computed twice",
        "Nano, tower frozen",
        "Nano, pairs learn",
        "100 M",
        "Qwen3-VL",
        "Qwen3-VL, tower frozen",
    ],
)
def test_a_step_holds_what_was_planned(size: str, recipe: GrpoRecipe) -> None:
    check(measured(size, recipe), size, recipe)


@pytest.fixture(scope="module")
def by_two() -> dict[str, Held]:
    """What this file measures when torchrun runs it."""
    launched = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", __file__]
    paths = os.pathsep.join(map(str, (HERE, HERE.parent, HERE.parent / "bench")))
    env = {**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}
    ended = subprocess.run(launched, env=env, capture_output=True, text=True, timeout=600)
    assert ended.returncode == 0, ended.stderr[-2000:]
    found: dict[str, Held] = json.loads(ended.stdout)
    return found


@pytest.mark.parametrize("name", BY_TWO)
def test_each_of_two_processes_holds_what_was_planned(by_two: dict[str, Held], name: str) -> None:
    check(by_two[name], *BY_TWO[name], processes=2)


def test_more_processes_hold_less_each_but_for_what_all_have_whole() -> None:
    recipe = recipe_of(8, 60, 4, 12, 64**2)
    config = ModelConfig.from_json(SIZES["100m"])
    one, two, eight = (figures(recipe, config, count) for count in (1, 2, 8))
    shared = (one.held["weights"] - two.held["weights"]) * 2
    assert one.held["weights"] - eight.held["weights"] == shared * 7 // 8
    assert two.held["a whole copy of the weights that samples"] == one.held["weights"]
    assert "a whole copy of the weights that samples" not in one.held
    assert eight.checkpoint == one.checkpoint


@pytest.fixture
def recipe_file(tmp_path: Path) -> Path:
    """The 3B recipe with a model's folder that has no weights."""
    (tmp_path / "config.json").write_text(json.dumps(SHAPES["Qwen2.5-VL-3B-Instruct"]))
    text = (HERE.parent / "recipes/3b-stage1.toml").read_text()
    (tmp_path / "recipe.toml").write_text(text.replace("models/Qwen2.5-VL-3B-Instruct", str(tmp_path)))
    return tmp_path / "recipe.toml"


def test_the_command_is_told_of_how_many_processes_it_speaks(
    recipe_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*options: str) -> str:
        assert main(["train", str(recipe_file), "--plan", *options]) == 0
        return capsys.readouterr().out

    alone, by_eight = said(), said("--processes", "8")
    assert "processes       8, a card each" in by_eight
    assert "each of 8 processes" in alone
    assert "each of 8 processes" not in by_eight
    # What one says of eight is what eight say of themselves.
    (in_all,) = [line for line in by_eight.splitlines() if line.startswith("in all")]
    (of_eight,) = [line for line in alone.splitlines() if "each of 8 processes" in line]
    assert in_all.removeprefix("in all").split(";")[0].strip() == of_eight.split(" each")[0].strip()
    monkeypatch.setenv("WORLD_SIZE", "8")
    assert said() == by_eight
    monkeypatch.setenv("RANK", "1")
    assert said() == ""


def test_processes_that_cannot_train_together_have_no_plan(recipe_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    muon = ["--set", "optimizer.muon=true", "--plan"]
    assert main(["train", str(recipe_file), *muon, "--processes", "2"]) == 1
    assert "optimizer.muon is for one process; there are 2" in capsys.readouterr().err
    assert main(["train", str(recipe_file), *muon]) == 0
    assert "each of" not in capsys.readouterr().out
    assert main(["train", str(recipe_file), "--processes", "2"]) == 1
    assert "--processes is for --plan; `torchrun --nproc-per-node 2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("peak", "said"),
    [
        (22 * 10**9, "a card of 24 GB has room for it"),
        (22 * 10**9 + 1, "a card of 80 GB has room for it"),
        (139 * 10**9, "a card of 141 GB has room for it"),
        (140 * 10**9, "no card of 141 GB has room for it"),
    ],
)
def test_which_card_has_room(peak: int, said: str) -> None:
    assert fitting(peak) == said


def measure_own() -> None:
    """As one of the processes of torchrun. The profiler hears nothing of what gloo's own thread lets go, and counts it as
    held until the process ends; so everybody who waits for a message waits until gloo has let go of it before."""
    wait = dist.Work.wait

    def wait_longer(work: dist.Work, *timeout: Any) -> bool:
        arrived = wait(work, *timeout)
        time.sleep(0.02)
        return arrived

    dist.Work.wait = wait_longer
    ranks = open_ranks()
    found = {name: measured(size, recipe, ranks) for name, (size, recipe) in BY_TWO.items()}
    if ranks.leads:
        print(json.dumps(found))


if __name__ == "__main__":
    measure_own()
