"""On a graphics card everything is where it is needed: a pretended one, since where tests run there is none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from card import CUDA, Card, Replayed
from conftest import each_family, make_prompt
from test_export import world_reader
from test_grpo import tiny_model
from test_model import IMAGES
from test_runs import same, train
from toy import recipe, row, toy, write_rows

from ocean_r1.cli import main
from ocean_r1.config import parse_recipe
from ocean_r1.device import DeviceError, usable_device
from ocean_r1.engine.forward import group_stats
from ocean_r1.engine.sampling import Response, Sampling, sample
from ocean_r1.export.replies import write_replies
from ocean_r1.models.families import build_model
from ocean_r1.models.model import VisionLanguageModel, initialise
from ocean_r1.models.weights import load_model, save_weights
from ocean_r1.start import open_run

torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def shapes_and_dtypes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a layer keeps when it is computed again is compared with what it kept before; but where a tensor lies nobody is
    told on the way back, where torch does not ask the pretended card."""
    compared = {"default": lambda kept: {"shape": kept.shape, "dtype": kept.dtype}}
    monkeypatch.setattr("torch.utils.checkpoint._allowed_determinism_checks_to_fns", compared)


@pytest.fixture
def card() -> Iterator[None]:
    with Card():
        yield


def test_the_pretended_card_is_as_strict_as_one() -> None:
    with Card():
        there, here = torch.ones(2, 3, device="cuda"), torch.ones(2, 3)
        assert there.device == there.to(torch.float64).device == there[0].device == there.new_zeros(1).device == CUDA
        assert here.device == there.cpu().device == here.to(there).cpu().device == torch.device("cpu")
        layer = torch.nn.Linear(3, 1).to("cuda")
        layer(there).sum().backward()
        assert layer.weight.grad is not None
        assert layer.weight.grad.device == CUDA
        for mixed in (lambda: there + here, lambda: layer(here), lambda: torch.cat([there, here]), lambda: here[there > 0]):
            with pytest.raises(RuntimeError, match="two devices"):
                mixed()
        with pytest.raises(TypeError, match="numpy"):
            there.numpy()
        assert there[torch.tensor([0])].cpu().numpy().tolist() == [[1, 1, 1]]
        assert np.asarray(here).sum() == 6


GRPO = {
    "algorithm.mini_batches": 2,
    "algorithm.epochs": 2,
    "algorithm.dynamic_sampling": 1,
    "algorithm.reproduce_temporal_mrope": True,
    "model.gradient_checkpointing": True,
    "validation.every": 1,
}
KINDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "grpo": ({"stage": 1, "steps": 2, "prompts_per_step": 4}, GRPO),
    "sft": ({"steps": 2, "rows_per_step": 3, "max_new_tokens": 6}, {"validation.every": 1, "reward.expression": "count"}),
    "tower": ({"steps": 2, "images_per_step": 4}, {}),
}


def logged(output: Path) -> list[dict[str, float]]:
    lines = [json.loads(line)["data"] for line in (output / "metrics.jsonl").read_text().splitlines()]
    return [{name: value for name, value in line.items() if not name.startswith(("timing", "perf"))} for line in lines]


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_on_a_card_stopped_and_resumed_is_that_of_the_cpu(tmp_path: Path, kind: str) -> None:
    settings, overrides = KINDS[kind]
    paths = toy(tmp_path)
    if kind == "tower":  # Something is written in one of the pictures.
        rows = [row(index) for index in range(4)]
        rows[1]["extra_info"]["written"] = [{"word": "1", "x1": 24, "y1": 24, "x2": 24, "y2": 24}]
        write_rows(paths["rows"], rows)
    else:
        overrides = {**overrides, "validation.files": [{"path": str(paths["rows"])}], "reward.workers": 1}

    def run(device: str, **changed: Any) -> Path:
        text = recipe(paths, tmp_path / device, kind, **settings)
        return train(parse_recipe(text, "toy", {**overrides, "model.device": device, **changed}))

    whole = run("cpu")
    with Card() as card:
        run("cuda", steps=1)
        resumed = run("cuda")
    assert card.storages
    same(whole, resumed)
    assert logged(tmp_path / "cpu") == logged(tmp_path / "cuda")


def test_in_bfloat16_the_copy_that_samples_is_on_the_card(tmp_path: Path, card: None) -> None:
    text = recipe(toy(tmp_path), tmp_path / "out", "grpo", stage=1, steps=1, prompts_per_step=2)
    train(parse_recipe(text, "toy", {"model.device": "cuda", "model.dtype": "bfloat16"}))


@pytest.mark.parametrize("kind", ["grpo", "sft"])
def test_an_optimizer_on_the_host_moves_what_computes_on_the_card(tmp_path: Path, kind: str) -> None:
    settings, overrides = KINDS[kind]
    text = recipe(toy(tmp_path), tmp_path / "out", kind, **settings)
    whole = train(parse_recipe(text, "toy", overrides))
    there = {**overrides, "model.device": "cuda", "optimizer.offload": True}
    with Card():
        offloaded = train(parse_recipe(text.replace("/out", "/card"), "toy", there))
        run = open_run(parse_recipe(text.replace("/out", "/card"), "toy", there))
        assert run.model.device.type == "cpu"
        assert run.workers.replicas[0].device == CUDA
        assert {value.device.type for state in run.stepper.optimizers[0].state.values() for value in state.values()} == {
            "cpu"
        }
    same(whole, offloaded)


@each_family
@pytest.mark.parametrize("graphs", [False, True], ids=["plain", "graphs"])
def test_samples_and_their_log_probabilities(monkeypatch: pytest.MonkeyPatch, graphs: bool, family: str) -> None:
    monkeypatch.setattr("ocean_r1.engine.sampling.Graph", Replayed)
    for size in ("OWN", "SHARED", "LOOK"):
        monkeypatch.setattr(f"ocean_r1.engine.flight.{size}", 4)
    monkeypatch.setattr("ocean_r1.engine.sampling.LOOK", 4)
    generator = torch.Generator().manual_seed(5)
    prompts = [make_prompt(generator, grids) for grids in IMAGES.values()]
    seeds = torch.randint(0, 2**62, (len(prompts), 6), generator=generator)
    # Rows end early, so that others take their places and what is left is packed; every way to choose is taken.
    sampling = Sampling(20, tuple(range(12)), temperature=0.9, top_p=0.95, top_k=60, forbidden_tokens=(90,))

    def drawn(device: str, graphed: bool) -> list[list[Response]]:
        return sample(tiny_model(torch.float64, family).to(device), prompts, 6, sampling, seeds, True, graphed, at_once=2)

    expected = drawn("cpu", False)
    with Card():
        actual = drawn("cuda", graphs)
        model = tiny_model(torch.float64, family).to("cuda")
        stats = [group_stats(model, prompt, [r.ids for r in group]) for prompt, group in zip(prompts, actual, strict=True)]
        assert all(each.logp.device == each.entropy.device == CUDA for each in stats)
    for one, other in zip([r for group in expected for r in group], [r for group in actual for r in group], strict=True):
        assert one.ids.tolist() == other.ids.tolist()
        assert one.finished == other.finished
        torch.testing.assert_close(one.logp, other.logp, rtol=1e-6, atol=1e-6)


def command(name: str, options: dict[str, Any]) -> int:
    return main([name, *(part for key, value in options.items() for part in (f"--{key}", str(value)))])


@pytest.fixture
def computed_on(monkeypatch: pytest.MonkeyPatch) -> list[torch.device]:
    """Where the models were that replied."""
    devices: list[torch.device] = []

    def watched(model: VisionLanguageModel, *given: Any, **named: Any) -> list[list[Response]]:
        devices.append(model.device)
        return sample(model, *given, **named)

    monkeypatch.setattr("ocean_r1.evals.greedy.sample", watched)
    monkeypatch.setattr("ocean_r1.export.replies.sample", watched)
    return devices


def test_predictions_made_on_a_card(tmp_path: Path, computed_on: list[torch.device]) -> None:
    paths = toy(tmp_path)
    model = train(parse_recipe(recipe(paths, tmp_path / "run", "sft", steps=1, rows_per_step=2), "toy")) / "model"
    (tmp_path / "0.png").write_bytes(row(0)["images"][0]["bytes"])
    samples = [{"sample_id": "pictured", "prompt": "How many?", "image": "0.png"}, {"sample_id": "plain", "prompt": "Why?"}]
    (tmp_path / "samples.jsonl").write_text("".join(json.dumps(sample) + "\n" for sample in samples))
    options = {"benchmark": "ocean-world", "split": "test", "samples": tmp_path / "samples.jsonl", "images": tmp_path}
    options |= {"model": model, "name": "Toy", "max-new-tokens": 6}
    with Card():
        assert command("eval", {**options, "out": tmp_path / "card.jsonl", "device": "cuda"}) == 0
    assert set(computed_on) == {CUDA}
    assert command("eval", {**options, "out": tmp_path / "host.jsonl"}) == 0
    assert (tmp_path / "card.jsonl").read_text() == (tmp_path / "host.jsonl").read_text()


def test_an_export_proved_on_a_card(
    tmp_path: Path, computed_on: list[torch.device], capsys: pytest.CaptureFixture[str]
) -> None:
    reader = world_reader(tmp_path)
    model = build_model(reader.config)
    initialise(model, torch.Generator().manual_seed(3), std=0.15)
    save_weights(model, tmp_path / "model")
    options = {"model": tmp_path / "model", "rows": tmp_path / "world.parquet", "prompts": 3, "max-new-tokens": 6}
    with Card():
        assert command("export", {**options, "out": tmp_path / "card", "replies": 10, "device": "cuda"}) == 0
    assert "those of 3 of 3 are PyTorch's in float32, of 3 in int8" in capsys.readouterr().out
    assert set(computed_on) == {CUDA}
    write_replies(load_model(tmp_path / "card"), reader, 10, 6, tmp_path / "host.json")
    assert (tmp_path / "card/greedy.json").read_text() == (tmp_path / "host.json").read_text()


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a graphics card")
def test_a_card_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "toy.toml"
    path.write_text(recipe(toy(tmp_path), tmp_path / "out", "grpo", stage=1, steps=1, prompts_per_step=2))
    assert main(["train", str(path), "--set", "model.device=cuda"]) == 1
    assert "device 'cuda' cannot be used here: " in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    with pytest.raises(DeviceError, match="it may be cpu, cuda"):
        usable_device("gpu")
