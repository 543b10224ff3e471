"""Runs from recipe to checkpoint: killed ones end in the same bits, changed ones are refused, half-written ones are none."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from conftest import FAMILIES
from safetensors.torch import load_file
from toy import QWEN3, SHAPE, recipe, row, toy, write_rows
from transformers import AutoModelForImageTextToText

from ocean_r1.checkpoints import checkpoints_of, kept_steps, read_state
from ocean_r1.cli import main
from ocean_r1.config import Checkpoints, parse_recipe
from ocean_r1.data.labels import UNKNOWN, cells_of, written_in
from ocean_r1.data.prompts import Example, Reader, Tokenizer
from ocean_r1.data.rows import RowError
from ocean_r1.engine import sampling
from ocean_r1.files import WriteError
from ocean_r1.models.qwen2_5_vl import WindowTower
from ocean_r1.models.weights import hub_state, load_model, our_name, tensors_of
from ocean_r1.rewards.pool import Case, RewardPool, Scored
from ocean_r1.start import open_run, starting_model
from ocean_r1.tower import Heads
from ocean_r1.train import train

torch.set_num_threads(1)
GRPO: dict[str, Any] = {"stage": 1, "steps": 4, "prompts_per_step": 3}
each_shape = pytest.mark.parametrize("shape", [SHAPE, QWEN3], ids=FAMILIES)
KINDS = {"grpo": GRPO, "sft": {"steps": 8, "rows_per_step": 3}, "tower": {"steps": 8, "images_per_step": 4}}


def run_of(paths: dict[str, Path], output: Path, kind: str = "grpo", **other: Any) -> Path:
    path = output.with_suffix(".toml")
    path.write_text(recipe(paths, output, kind, **(other or GRPO)))
    return path


def trained(path: Path) -> Path:
    return train(parse_recipe(path.read_text(), str(path)))


def bits(checkpoint: Path) -> dict[str, torch.Tensor]:
    return {**dict(tensors_of(checkpoint / "model")), **load_file(checkpoint / "optimizer.safetensors")}


def same(a: Path, b: Path) -> None:
    ours, theirs = bits(a), bits(b)
    assert ours.keys() == theirs.keys()
    for name, tensor in ours.items():
        assert torch.equal(tensor, theirs[name]), name


@each_shape
def test_a_grpo_run_and_what_it_leaves(tmp_path: Path, shape: dict[str, Any]) -> None:
    last = trained(run_of(toy(tmp_path, shape=shape), tmp_path / "out"))
    assert last.name == "step-000004"
    lines = [json.loads(line) for line in (tmp_path / "out/metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2, 3, 4]
    # The model that samples is the one that is trained.
    assert all(line["data"]["actor/rollout_logp_difference"] < 1e-5 for line in lines)
    assert {"critic/score/mean", "response_length/clip_ratio", "reward/format", "actor/grad_norm"} <= lines[0]["data"].keys()
    rollouts = (tmp_path / "out/rollouts/step-000004/rollouts.jsonl").read_text().splitlines()
    assert len(rollouts) == 3 * 4
    images = json.loads(rollouts[0])["images"] + json.loads(rollouts[4])["images"] + json.loads(rollouts[8])["images"]
    assert images
    assert all((tmp_path / "out/rollouts/step-000004" / image).exists() for image in images)


def test_the_first_step_of_a_run_may_have_a_rate_of_zero(tmp_path: Path) -> None:
    path = run_of(toy(tmp_path), tmp_path / "out", **{**GRPO, "steps": 2})
    assert main(["train", str(path), "--set", "algorithm.reproduce_first_step_at_zero=true"]) == 0
    begun = hub_state(starting_model(parse_recipe(path.read_text(), "toy")))
    first, second = (dict(tensors_of(checkpoint / "model")) for checkpoint in checkpoints_of(tmp_path / "out"))
    assert all(torch.equal(first[name], tensor) for name, tensor in begun.items())
    assert not any(
        torch.equal(second[name], begun[name]) for name in ("model.embed_tokens.weight", "visual.patch_embed.proj.weight")
    )


def test_copies_of_a_row_in_a_step_draw_different_responses(tmp_path: Path) -> None:
    paths = toy(tmp_path)
    write_rows(paths["rows"], [row(0)])
    trained(run_of(paths, tmp_path / "out", **{**GRPO, "steps": 1}))
    lines = (tmp_path / "out/rollouts/step-000001/rollouts.jsonl").read_text().splitlines()
    outputs = [json.loads(line)["output"] for line in lines]
    assert len({tuple(outputs[start : start + 4]) for start in (0, 4, 8)}) == 3


@each_shape
def test_sft_learns_and_its_folder_is_as_transformers_writes_it(tmp_path: Path, shape: dict[str, Any]) -> None:
    path = run_of(toy(tmp_path, shape=shape), tmp_path / "out", "sft", steps=30, rows_per_step=4)
    last = trained(path)
    lines = [json.loads(line)["data"] for line in (tmp_path / "out/metrics.jsonl").read_text().splitlines()]
    assert lines[-1]["sft/loss"] < 0.6 * lines[0]["sft/loss"]
    AutoModelForImageTextToText.from_pretrained(last / "model").save_pretrained(tmp_path / "theirs")
    ours, theirs = (dict(tensors_of(folder)) for folder in (last / "model", tmp_path / "theirs"))
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(tensor, theirs[name]) for name, tensor in ours.items())


@each_shape
def test_the_tower_learns_what_stands_where(tmp_path: Path, shape: dict[str, Any]) -> None:
    path = run_of(toy(tmp_path, shape=shape), tmp_path / "out", "tower", steps=60, images_per_step=12)
    last = trained(path)
    lines = [json.loads(line)["data"] for line in (tmp_path / "out/metrics.jsonl").read_text().splitlines()]
    assert lines[-1]["tower/loss"] < 0.5 * lines[0]["tower/loss"]
    before, after = (
        {our_name(name): tensor for name, tensor in tensors_of(step / "model")}
        for step in (checkpoints_of(tmp_path / "out")[0], last)
    )
    changed = {name for name, tensor in before.items() if not torch.equal(tensor, after[name])}
    assert "visual.patch_embed.proj.weight" in changed
    assert "language_model.embed_tokens.weight" not in changed


def test_the_towers_heads_are_stepped_with_the_model(tmp_path: Path) -> None:
    path = run_of(toy(tmp_path), tmp_path / "out", "tower", steps=1, images_per_step=2)
    heads = Heads(32)
    stepper = open_run(parse_recipe(path.read_text(), "toy"), heads).stepper
    moved = [id(p) for optimizer in stepper.optimizers for group in optimizer.param_groups for p in group["params"]]
    assert {id(parameter) for parameter in stepper.parameters} == set(moved) >= {id(p) for p in heads.parameters()}


def test_the_tower_learns_what_is_written_where(tmp_path: Path) -> None:
    paths = toy(tmp_path)
    signs = [row(index) for index in range(3)]
    for count, sign in enumerate(signs, 1):
        place = {"x1": 8, "y1": 8, "x2": 8, "y2": 8}
        sign["extra_info"] |= {"objects": [], "written": [{"word": str(count), **place}]}
    write_rows(paths["rows"], signs)
    trained(run_of(paths, tmp_path / "out", "tower", steps=80, images_per_step=6))
    lines = [json.loads(line)["data"] for line in (tmp_path / "out/metrics.jsonl").read_text().splitlines()]
    assert lines[0]["tower/written"] < 0.7
    assert lines[-1]["tower/written"] == 1
    assert lines[0]["tower/error/written"] > 1
    assert lines[-1]["tower/error/written"] == 0


def test_a_place_outside_of_the_picture_is_not_told(tmp_path: Path) -> None:
    paths = toy(tmp_path)
    rows = [row(index) for index in range(3)]
    rows[0]["extra_info"]["objects"][0] |= {"x1": -5, "ground_x": -100}
    write_rows(paths["rows"], rows)
    trained(run_of(paths, tmp_path / "out", "tower", steps=1, images_per_step=3))


def test_a_step_of_the_tower_without_a_picture_is_refused(tmp_path: Path) -> None:
    paths = toy(tmp_path)
    write_rows(paths["rows"], [row(3)])
    with pytest.raises(RowError, match="none of the 2 rows of step 1 has a picture"):
        trained(run_of(paths, tmp_path / "out", "tower", steps=1, images_per_step=2))


def test_labels_stand_in_the_cells_of_the_objects_centres() -> None:
    place = {"away": 99, "ground_x": 50, "ground_y": 60}
    low, high = {"x1": 0, "y1": 0, "x2": 10, "y2": 12, **place}, {"x1": 20, "y1": 16, "x2": 31, "y2": 32, **place}
    look = {"shape": "bus", "colour": "red", "material": "metal", "size": "large"}
    cells = cells_of([{**low, **look}, {**high, **look, "colour": "cyan"}], (1, 4, 4), patch=8, merge=2)
    assert cells.present.tolist() == [1, 0, 0, 1]
    assert cells.where.tolist() == [0, 3]
    assert cells.attributes["colour"].tolist() == [1, 6]
    # x1, y1, x2, y2 and the middle, then how far away, and where on the ground.
    assert cells.numbers.tolist() == [[0, 0, 10, 12, 5, 99, 50, 60], [20, 16, 31, 32, 25, 99, 50, 60]]
    # Of two in one cell the one nearer to its middle stays; the other has the free cell that is nearest.
    near = {"x1": 16, "y1": 2, "x2": 24, "y2": 12, **place}
    crowded = cells_of(
        [{**near, **look}, {**near, **look, "x1": 24, "x2": 28, "colour": "cyan"}], (1, 4, 4), patch=8, merge=2
    )
    assert crowded.where.tolist() == [0, 1]
    assert crowded.attributes["colour"].tolist() == [1, 6]


def test_what_is_written_stands_in_the_cells_of_its_tokens(tmp_path: Path) -> None:
    tokenizer = Tokenizer(toy(tmp_path)["model"])
    # Digits are tokens of their own here: 4 of 4.5 has its middle at x = 4, y = 8 and 5 at x = 28; the point has no cell.
    written = [{"word": "4.5", "x1": 4, "y1": 8, "x2": 28, "y2": 8}]
    learnt = written_in(written, tokenizer, (1, 4, 4), patch=8, merge=2)
    labels = learnt.tokens.tolist()
    assert [tokenizer.text([token]) for token in labels[:2]] == ["4", "5"]
    assert labels[2:] == [tokenizer.image_token] * 2
    # Of x1, y1, x2, y2 and x the middle of the piece; what things have besides is unknown, and all of an empty cell.
    rest = [UNKNOWN] * 3
    assert learnt.numbers.tolist() == [[4, 8, 4, 8, 4, *rest], [28, 8, 28, 8, 28, *rest], *[[UNKNOWN] * 8] * 2]
    assert written_in([], tokenizer, (1, 4, 4), 8, 2).tokens.tolist() == [tokenizer.image_token] * 4
    # What finds its cell taken goes to one beside it, and no farther.
    assert written_in(written * 9, tokenizer, (1, 4, 4), 8, 2).tokens.tolist() == labels
    below = [{**written[0], "y1": 15, "y2": 15}, *written]
    assert tokenizer.image_token not in written_in(below, tokenizer, (1, 4, 4), 8, 2).tokens


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_killed_anywhere_ends_in_the_same_bits(tmp_path: Path, kind: str) -> None:
    paths = toy(tmp_path)
    settings = KINDS[kind]
    whole = trained(run_of(paths, tmp_path / "whole", kind, **settings))
    path = run_of(paths, tmp_path / "killed", kind, **settings)
    command = [sys.executable, "-m", "ocean_r1", "train" if kind == "grpo" else "sft", str(path)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    while not checkpoints_of(tmp_path / "killed"):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = len(checkpoints_of(tmp_path / "killed"))
    assert before
    subprocess.run(command, env=environment, check=True, capture_output=True)
    same(whole, checkpoints_of(tmp_path / "killed")[-1])
    lines = (tmp_path / "killed/metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == list(range(1, settings["steps"] + 1))


def test_a_changed_recipe_is_refused_with_the_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = run_of(toy(tmp_path), tmp_path / "out", "sft", steps=2, rows_per_step=2)
    trained(path)
    assert main(["sft", str(path), "--set", "optimizer.lr=0.5", "--set", "steps=3"]) == 1
    assert "optimizer.lr: 0.005 -> 0.5" in capsys.readouterr().err
    assert main(["sft", str(path), "--set", "steps=3"]) == 0  # only longer


def test_what_is_half_written_is_no_checkpoint(tmp_path: Path) -> None:
    path = run_of(toy(tmp_path), tmp_path / "out", "sft", steps=2, rows_per_step=2)
    last = trained(path)
    shutil.copytree(last, tmp_path / "out/step-000009.partial")
    (tmp_path / "out/step-000008").mkdir()
    assert checkpoints_of(tmp_path / "out")[-1] == last
    assert read_state(last, parse_recipe(path.read_text(), "toy")).step == 2


def test_a_full_disk_is_told_and_leaves_the_older_checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = run_of(toy(tmp_path), tmp_path / "out", "sft", steps=1, rows_per_step=2)
    trained(path)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ocean_r1.checkpoints.save_file", full)
    with pytest.raises(WriteError, match="the disk is full"):
        train(parse_recipe(path.read_text(), "toy", {"steps": 2}))
    assert [checkpoint.name for checkpoint in checkpoints_of(tmp_path / "out")] == ["step-000001"]
    assert not list((tmp_path / "out").glob("*.partial"))


def test_which_checkpoints_are_kept() -> None:
    policy = Checkpoints(keep_last=2, keep_best=True, keep_every=10)
    assert kept_steps(range(1, 25), policy, best_step=7) == {7, 10, 20, 23, 24}


def test_a_batch_may_be_larger_than_the_data(tmp_path: Path) -> None:
    paths = toy(tmp_path)
    write_rows(paths["rows"], [row(0), row(1)])
    assert trained(run_of(paths, tmp_path / "out", "sft", steps=1, rows_per_step=5)).name == "step-000001"


def test_a_plan_needs_no_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = run_of(toy(tmp_path), tmp_path / "out")
    assert main(["train", str(path), "--plan"]) == 0
    said = capsys.readouterr().out
    assert "3 prompts x 4 responses = 12" in said
    assert not (tmp_path / "out").exists()


def test_tensorboard_shows_the_same_metrics(tmp_path: Path) -> None:
    path = run_of(toy(tmp_path), tmp_path / "out", "sft", steps=2, rows_per_step=2)
    assert main(["sft", str(path), "--set", "logging.tensorboard=true"]) == 0
    (events,) = (tmp_path / "out/tensorboard").iterdir()
    assert events.read_bytes().count(b"sft/loss") == 2


@pytest.mark.parametrize("kind", ["grpo", "sft"])
def test_workers_side_by_side_take_the_same_steps(kind: str, tmp_path: Path) -> None:
    settings = {"grpo": GRPO, "sft": {"steps": 4, "rows_per_step": 5}}[kind]
    paths, logged = toy(tmp_path), []
    for workers in (1, 3):
        path = run_of(paths, tmp_path / f"out{workers}", kind, **settings)
        command = "train" if kind == "grpo" else "sft"
        assert main([command, str(path), "--set", f"model.workers={workers}"]) == 0
        logged.append((tmp_path / f"out{workers}/metrics.jsonl").read_text().splitlines())
    for alone, together in zip(*logged, strict=True):
        one, three = json.loads(alone)["data"], json.loads(together)["data"]
        names = [name for name in one if not name.startswith(("timing", "perf"))]
        assert {name: three[name] for name in names} == pytest.approx(
            {name: one[name] for name in names}, rel=1e-3, abs=1e-5
        )


@pytest.mark.parametrize("updates", [1, 2])
def test_a_frozen_tower_looks_at_a_picture_once_a_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, updates: int
) -> None:
    """Before: when sampled, by the reference, by the policy, and once more for old log-probabilities."""
    looked: list[int] = []
    forward = WindowTower.forward

    def counted(tower: WindowTower, patches: torch.Tensor, grids: Any) -> torch.Tensor:
        looked.append(len(patches))
        return forward(tower, patches, grids)

    monkeypatch.setattr(WindowTower, "forward", counted)
    paths = toy(tmp_path)

    def run(name: str) -> Path:
        path = run_of(paths, tmp_path / name, stage=1, steps=2, prompts_per_step=4)
        return train(parse_recipe(path.read_text(), name, {"optimizer.vision_lr": 0, "algorithm.mini_batches": updates}))

    once = run("once")
    pictures = 2 * 3  # of two steps of four rows, every fourth of which has none
    assert len(looked) == pictures
    looked.clear()
    monkeypatch.setattr("ocean_r1.grpo.step.seen", lambda _, prompt: prompt)
    anew = run("anew")
    assert len(looked) == pictures * (3 if updates == 1 else 4)
    same(once, anew)
    begun = parse_recipe((tmp_path / "once.toml").read_text(), "once")
    tower = starting_model(begun).visual.state_dict()
    assert all(torch.equal(tensor, tower[name]) for name, tensor in load_model(once / "model").visual.state_dict().items())


def test_in_bfloat16_the_steps_are_nearly_those_of_float32(tmp_path: Path) -> None:
    paths, logged = toy(tmp_path), []
    for dtype in ("float32", "bfloat16"):
        path = run_of(paths, tmp_path / dtype, "sft", steps=6, rows_per_step=5)
        assert main(["sft", str(path), "--set", f"model.dtype={dtype}"]) == 0
        logged.append([json.loads(line)["data"] for line in (tmp_path / dtype / "metrics.jsonl").read_text().splitlines()])
    for exact, half in zip(*logged, strict=True):
        assert half["sft/loss"] == pytest.approx(exact["sft/loss"], rel=0.02)
    path = run_of(paths, tmp_path / "grpo")
    assert main(["train", str(path), "--set", "model.dtype=bfloat16"]) == 0
    data = [json.loads(line)["data"] for line in (tmp_path / "grpo/metrics.jsonl").read_text().splitlines()]
    # What samples has the weights that were just learnt, rounded.
    assert all(0 < each["actor/rollout_logp_difference"] < 0.05 for each in data)
    assert all(tensor.dtype == torch.float32 for tensor in bits(checkpoints_of(tmp_path / "grpo")[-1]).values())


def test_pictures_are_read_a_step_ahead_and_rewards_while_others_are_sampled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[tuple[int, str]] = []
    events: list[str] = []
    example, score, draw = Reader.example, RewardPool.score, sampling.sample

    def watched(reader: Reader, position: int) -> Example:
        read.append((position, threading.current_thread().name))
        return example(reader, position)

    all_drawn = threading.Event()

    def patient(pool: RewardPool, cases: Sequence[Case]) -> list[Scored]:
        """The first of a step is not done before the last is sampled."""
        assert all_drawn.wait(30)
        events.append("scored")
        return score(pool, cases)

    def counted(*given: Any) -> Any:
        *before, done = given

        def told(index: int, responses: list[sampling.Response]) -> None:
            done(index, responses)
            events.append("sampled")
            if events.count("sampled") == 4:
                all_drawn.set()

        return draw(*before, told)

    monkeypatch.setattr(Reader, "example", watched)
    path = run_of(toy(tmp_path), tmp_path / "out", stage=1, steps=1, prompts_per_step=4)
    recipe = parse_recipe(path.read_text(), "toy", {"rollout.prompts_at_once": 2})
    run = open_run(recipe)
    first = run.next_examples(4)
    coming = run.sampler.after(4)
    assert all(run.ahead.coming[position].result(30) for position in coming)
    assert all(name.startswith("pictures") for _, name in read)
    ours = [each.name for each in (*first, *run.next_examples(4))]
    assert [[position for position, _ in read].count(position) for position in coming] == [1, 1, 1, 1]
    again = open_run(recipe)
    assert ours == [again.reader.example(position).name for position in again.sampler.take(8)]
    monkeypatch.setattr(RewardPool, "score", patient)
    monkeypatch.setattr("ocean_r1.grpo.step.sample", counted)
    train(recipe)
    assert events == ["sampled"] * 4 + ["scored"] * 4
