"""Several processes take the steps that one takes: each with its share of the rows, the weights and the moments."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from test_runs import bits, each_shape, run_of, trained
from torch import Tensor
from toy import toy

from ocean_r1.checkpoints import Progress, save_checkpoint
from ocean_r1.cli import main
from ocean_r1.config import parse_recipe
from ocean_r1.ranks import Ranks, shard
from ocean_r1.start import open_run

ROOT = Path(__file__).parent.parent
GRPO: dict[str, Any] = {"stage": 1, "prompts_per_step": 3}
RATE = "--set=optimizer.lr=1e-4"
"""AdamW's step is as long for a gradient that is all rounding, so at the toy's own rate of 5e-3 weights differ by that."""
ENV = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def by(count: int, recipe: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The command by so many processes, which let go of the run's folder when they end."""
    launched = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={count}"] if count > 1 else []
    command = [sys.executable, *launched, "-m", "ocean_r1", "train", str(recipe), *options]
    return subprocess.run(command, env=ENV, capture_output=True, text=True, timeout=300)


def close(ours: Path, theirs: Path) -> None:
    """Weights within 1e-6 of each other, moments within as much of their size."""
    a, b = bits(ours), bits(theirs)
    assert a.keys() == b.keys()
    for name, tensor in a.items():
        torch.testing.assert_close(
            tensor, b[name], rtol=1e-4 if "/" in name else 0, atol=1e-6, msg=lambda m, n=name: f"{n}: {m}"
        )


def metrics_of(output: Path) -> list[dict[str, float]]:
    lines = [json.loads(line) for line in (output / "metrics.jsonl").read_text().splitlines()]
    return [{k: v for k, v in line["data"].items() if not k.startswith(("timing", "perf"))} for line in lines]


@each_shape
def test_two_processes_take_the_steps_of_one(tmp_path: Path, shape: dict[str, Any]) -> None:
    # Three prompts for two: one process has a turn that counts for nothing; some rows have no picture.
    paths = toy(tmp_path, shape=shape)
    for count, name in ((1, "alone"), (2, "both")):
        ended = by(count, run_of(paths, tmp_path / name, steps=2, **GRPO), RATE)
        assert ended.returncode == 0, ended.stderr[-2000:]
    close(tmp_path / "both/step-000002", tmp_path / "alone/step-000002")
    for ours, theirs in zip(metrics_of(tmp_path / "both"), metrics_of(tmp_path / "alone"), strict=True):
        assert ours == pytest.approx(theirs, rel=1e-4, abs=1e-6)
    rollouts = "rollouts/step-000002/rollouts.jsonl"
    outputs = [[json.loads(line)["output"] for line in (tmp_path / run / rollouts).open()] for run in ("both", "alone")]
    assert outputs[0] == outputs[1]


def test_in_bfloat16_each_adds_in_float32_and_sees_by_a_whole_tower(tmp_path: Path) -> None:
    paths = toy(tmp_path)
    options = [RATE, "--set=model.dtype=bfloat16", "--set=optimizer.vision_lr=0"]
    for count, name in ((1, "alone"), (2, "both")):
        ended = by(count, run_of(paths, tmp_path / name, steps=2, **GRPO), *options)
        assert ended.returncode == 0, ended.stderr[-2000:]
    for ours, theirs in zip(metrics_of(tmp_path / "both"), metrics_of(tmp_path / "alone"), strict=True):
        assert ours == pytest.approx(theirs, rel=0.01, abs=1e-4)
    assert all(tensor.dtype == torch.float32 for tensor in bits(tmp_path / "both/step-000002").values())


def test_several_updates_a_rollout_and_whoever_goes_on(tmp_path: Path) -> None:
    """Old log-probabilities, a reference, layers computed twice; half by two processes, half by one, either first."""
    paths = toy(tmp_path)
    several = {
        "algorithm.mini_batches": 2,
        "algorithm.epochs": 2,
        "model.gradient_checkpointing": True,
        "validation.files": [{"path": str(paths["rows"])}],
        "validation.every": 1,
        "validation.rows": 4,
    }
    options = [RATE, *(f"--set={key}={json.dumps(value)}" for key, value in several.items())]
    settings = {"stage": 1, "steps": 3, "prompts_per_step": 4}

    def train(count: int, output: Path) -> None:
        ended = by(count, run_of(paths, output, **settings), *options)
        assert ended.returncode == 0, ended.stderr[-2000:]

    train(1, tmp_path / "alone")
    for name, first, then in (("two-one", 2, 1), ("one-two", 1, 2)):
        train(first, tmp_path / name)
        # As if it had been ended after the first step.
        for step in (2, 3):
            shutil.rmtree(tmp_path / name / f"step-{step:06d}")
        train(then, tmp_path / name)
        close(tmp_path / name / "step-000003", tmp_path / "alone/step-000003")
        for ours, theirs in zip(metrics_of(tmp_path / name), metrics_of(tmp_path / "alone"), strict=True):
            assert ours == pytest.approx(theirs, rel=1e-3, abs=1e-5)


def test_pairs_learn_by_two_as_by_one_and_go_on_by_two(tmp_path: Path) -> None:
    paths = toy(tmp_path)
    options = [RATE, "--set=model.lora_rank=3", "--set=model.gradient_checkpointing=true"]
    for count, name in ((1, "alone"), (2, "both")):
        ended = by(count, run_of(paths, tmp_path / name, steps=3, **GRPO), *options)
        assert ended.returncode == 0, ended.stderr[-2000:]
    close(tmp_path / "both/step-000003", tmp_path / "alone/step-000003")
    for step in (2, 3):
        shutil.rmtree(tmp_path / f"both/step-{step:06d}")
    ended = by(2, run_of(paths, tmp_path / "both", steps=3, **GRPO), *options)
    assert ended.returncode == 0, ended.stderr[-2000:]
    close(tmp_path / "both/step-000003", tmp_path / "alone/step-000003")
    pairs = [load_file(tmp_path / name / "step-000003/adapter/adapter_model.safetensors") for name in ("alone", "both")]
    assert pairs[0].keys() == pairs[1].keys()
    for name, tensor in pairs[0].items():
        torch.testing.assert_close(tensor, pairs[1][name], rtol=0, atol=1e-6)
    # The reference has no pairs: what it says differs from what was learnt, and is no longer zero.
    for ours, theirs in zip(metrics_of(tmp_path / "both"), metrics_of(tmp_path / "alone"), strict=True):
        assert ours == pytest.approx(theirs, rel=1e-3, abs=1e-6)


def test_each_moves_its_share_on_the_host_and_whoever_goes_on(tmp_path: Path) -> None:
    """By two as by one; what two began one ends, and what one began two end."""
    paths = toy(tmp_path)

    def train(count: int, name: str) -> None:
        ended = by(count, run_of(paths, tmp_path / name, steps=2, **GRPO), RATE, "--set=optimizer.offload=true")
        assert ended.returncode == 0, ended.stderr[-2000:]

    for count, name in ((1, "alone"), (2, "both")):
        train(count, name)
        shutil.copytree(tmp_path / name, tmp_path / f"{name}, then others")
        shutil.rmtree(tmp_path / f"{name}, then others/step-000002")
    close(tmp_path / "both/step-000002", tmp_path / "alone/step-000002")
    for count, name in ((2, "alone, then others"), (1, "both, then others")):
        train(count, name)
        close(tmp_path / name / "step-000002", tmp_path / "alone/step-000002")


SHARES = """
import sys
from pathlib import Path
import torch
from ocean_r1.checkpoints import named_moments, parameters_of
from ocean_r1.config import Optimizer
from ocean_r1.engine.workers import Workers
from ocean_r1.models.weights import load_model
from ocean_r1.optimizer import make_optimizers
from ocean_r1.ranks import open_ranks
from torch.distributed.tensor import DTensor

ranks, model = open_ranks(), load_model(Path(sys.argv[1]))
layers = [*model.visual.blocks, *model.language_model.layers]
before = sum(parameter.numel() for layer in layers for parameter in layer.parameters())
workers = Workers(model, ranks=ranks, offload=sys.argv[2] == "offload")
optimizer, = make_optimizers(model, Optimizer(lr=1e-3), fused=False)
for parameter in model.parameters():
    parameter.grad = torch.ones_like(parameter)
optimizer.step()
after = [parameter for layer in layers for parameter in layer.parameters()]
held = {kind: sum(each.to_local().numel() for each in some) for kind, some in {
    "weights": after, "gradients": [p.grad for p in after], "moments": [optimizer.state[p]["exp_avg"] for p in after],
}.items()}
held["computing"] = sum(each.to_local().numel() for each in workers.replicas[0].parameters() if isinstance(each, DTensor))
apart = not {*workers.replicas[0].parameters()} & {*model.parameters()}
if ranks.leads:
    print({kind: round(count / before, 2) for kind, count in held.items()}, apart)
"""


@pytest.mark.parametrize("offload", [True, False])
def test_each_holds_its_share(tmp_path: Path, offload: bool) -> None:
    model = trained(run_of(toy(tmp_path), tmp_path / "out", steps=1, **GRPO)) / "model"
    (tmp_path / "shares.py").write_text(SHARES)
    launched = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    command = [*launched, str(tmp_path / "shares.py"), str(model), "offload" if offload else "none"]
    ended = subprocess.run(command, env=ENV, capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert ended.stdout.strip() == f"{{'weights': 0.5, 'gradients': 0.5, 'moments': 0.5, 'computing': 0.5}} {offload}"


def test_shares_go_to_the_process_s_own_card(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[object] = []
    monkeypatch.setattr("torch.cuda.set_device", said.append)
    monkeypatch.setattr("ocean_r1.ranks.init_device_mesh", lambda *given: said.append(given))
    shard([], torch.device("cuda:3"), Ranks(3, 8))
    assert said == [torch.device("cuda:3"), ("cuda", (8,))]


def test_the_others_keep_nothing_of_what_the_first_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = open_run(parse_recipe(run_of(toy(tmp_path), tmp_path / "out", steps=1, **GRPO).read_text(), "toy"))
    kept: list[int] = []
    monkeypatch.setattr(Tensor, "cpu", lambda tensor: kept.append(tensor.numel()) or tensor)
    save_checkpoint(run.recipe, run.model, run.stepper.optimizers, Progress(1), ranks=Ranks(1, 2))
    assert kept == []
    assert not (tmp_path / "out/step-000001").exists()


def test_a_process_that_dies_ends_all_with_a_sentence(tmp_path: Path) -> None:
    own = tmp_path / "own.py"
    own.write_text(
        "import os, threading\n"
        "if os.environ.get('RANK') == '1':\n"
        "    threading.Timer(2, os._exit, (3,)).start()\n"
        "def half(response, truth, row): return 0.5\n"
    )
    recipe = run_of(toy(tmp_path), tmp_path / "out", steps=100_000, **GRPO)
    ended = by(2, recipe, f'--set=reward.terms={{"half": "{own}:half"}}')
    assert ended.returncode != 0
    # Either it is the first to see that the other is gone, or torchrun is, and stops it.
    gone = "ocean-r1: another of the 2 processes ended, its own words are above; start all of them again, and they go on"
    assert gone in ended.stderr or "ocean-r1: stopped; the same command goes on" in ended.stderr
    assert not list((tmp_path / "out").glob("*.partial"))


REFUSED = {
    "optimizer.muon=true": "optimizer.muon is for one process; there are 2",
    "prompts_per_step=1": "2 processes share 1 prompts: prompts_per_step has to give each at least one",
}


@pytest.mark.parametrize(("option", "said"), REFUSED.items())
def test_what_several_cannot_do_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: str, said: str
) -> None:
    monkeypatch.setattr("ocean_r1.start.open_ranks", lambda: Ranks(0, 2))
    assert main(["train", str(run_of(toy(tmp_path), tmp_path / "out", steps=1, **GRPO)), "--set", option]) == 1
    assert said in capsys.readouterr().err
