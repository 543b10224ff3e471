"""The graphs say what the model says: several pictures, windows, text alone, step by step."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from conftest import FAMILIES, STOP, make_prompt, tiny_config
from test_model import IMAGES
from toy import QWEN3, SHAPE, recipe, row, toy, write_rows

from ocean_r1.cli import main
from ocean_r1.config import Data, DataFile, parse_recipe
from ocean_r1.data.prompts import Reader, Tokenizer
from ocean_r1.data.rows import RowError, open_dataset
from ocean_r1.engine.sampling import Sampling, sample
from ocean_r1.export.onnx import GRAPHS, export, quantise, write_graphs
from ocean_r1.export.replies import conversations, prompt_of, write_replies
from ocean_r1.export.rounding import round_weights
from ocean_r1.export.runtime import ExportedModel
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.families import build_model
from ocean_r1.models.model import VisionLanguageModel, initialise
from ocean_r1.models.weights import load_model, save_weights
from ocean_r1.sft import train_sft

FORMATS = ("", "_quantized")


def initialised(folder: Path, family: str) -> VisionLanguageModel:
    """A tiny model of a config that is written to the folder."""
    (folder / "config.json").write_text(tiny_config(family).to_json_string())
    model = build_model(ModelConfig.from_folder(folder))
    initialise(model, torch.Generator().manual_seed(7), std=0.15)
    return model


@pytest.fixture(scope="module", params=FAMILIES)
def exported(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[VisionLanguageModel, dict[str, ExportedModel]]:
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "model").mkdir()
    save_weights(initialised(folder / "model", request.param), folder / "model")
    export(folder / "model", folder / "export")
    return load_model(folder / "export"), {suffix: ExportedModel(folder / "export", suffix) for suffix in FORMATS}


@pytest.mark.parametrize("suffix", FORMATS, ids=["float32", "int8"])
@pytest.mark.parametrize("grids", IMAGES.values(), ids=IMAGES.keys())
def test_greedy_tokens_of_the_graphs(
    exported: tuple[VisionLanguageModel, dict[str, ExportedModel]], grids: tuple[tuple[int, int, int], ...], suffix: str
) -> None:
    model, graphs = exported
    for seed in range(5):
        prompt = make_prompt(torch.Generator().manual_seed(seed), grids, dtype=torch.float32)
        sampling = Sampling(20, (STOP,), temperature=0, forbidden_tokens=(model.config.image_token_id,))
        [[response]] = sample(model, [prompt], 1, sampling, torch.zeros(1, 1, dtype=torch.int64))
        assert graphs[suffix].greedy(prompt, 20, (STOP,)) == response.ids.tolist()


@pytest.mark.parametrize("shape", [SHAPE, QWEN3], ids=FAMILIES)
def test_the_command_proves_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str], shape: dict[str, Any]) -> None:
    paths = toy(tmp_path, shape=shape)
    text = recipe(paths, tmp_path / "run", "sft", steps=3, rows_per_step=4)
    model = train_sft(parse_recipe(text, "toy")) / "model"
    out = tmp_path / "export"
    options = ["--model", str(model), "--out", str(out), "--rows", str(paths["rows"]), "--max-new-tokens", "8"]
    assert main(["export", *options]) == 0
    told = capsys.readouterr()
    assert "proved on 12 prompts, " in told.out
    assert "those of 12 of 12 are PyTorch's in float32, of 12 in int8" in told.out
    assert [line for line in told.err.splitlines() if line.endswith("_quantized.onnx")] == [
        f"writing onnx/{name}_quantized.onnx" for name in GRAPHS
    ]
    names = {path.name for path in (out / "onnx").iterdir()}
    assert names == {f"{graph}{suffix}.onnx" for graph in GRAPHS for suffix in FORMATS}
    assert (out / "tokenizer.json").exists()
    # A proof ends by its tokens, and says so; an export may replace an export, and nothing else.
    assert main(["export", *options, "--tokens", "9"]) == 0
    assert "proved on 2 prompts of 12, where --tokens 9 ended it, " in capsys.readouterr().out
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis/chapter.txt").write_text("all of it")
    assert main(["export", "--model", str(model), "--out", str(tmp_path / "thesis")]) == 1
    assert "something else than an export in it" in capsys.readouterr().err
    assert (tmp_path / "thesis/chapter.txt").exists()


def test_rounded_weights_are_near_and_stay_when_rounded_again() -> None:
    layer = torch.nn.Linear(40, 6)
    before = layer.weight.detach().clone()
    with torch.no_grad():
        layer.weight[2] = 0
    round_weights(layer)
    half_steps = before.abs().amax(dim=1, keepdim=True) / 127 * 0.501
    kept = [row for row in range(6) if row != 2]
    assert ((layer.weight - before).abs() <= half_steps)[kept].all()
    assert (layer.weight[2] == 0).all()
    once = layer.weight.detach().clone()
    round_weights(layer)
    assert torch.equal(layer.weight, once)


def test_weights_that_are_not_rounded_are_refused(tmp_path: Path) -> None:
    write_graphs(initialised(tmp_path, "qwen2_5_vl"), tmp_path)
    with pytest.raises(ValueError, match="not rounded to 8 bits"):
        quantise(tmp_path)


def world_reader(folder: Path, **extra: object) -> Reader:
    """Rows as Ocean World writes them, but for what stands in their pictures."""
    paths = toy(folder)
    rows = []
    for index in range(10):
        one = row(0)
        about = {
            "task": "counting",
            "seed": index,
            "size": 32,
            "world_version": 1,
            "image_paths": ["0.png"],
            "solution": "1",
        }
        rows.append({**one, "extra_info": {**one["extra_info"], **about, **extra}})
    data = Data(files=[DataFile(path=write_rows(folder / "world.parquet", rows))], min_pixels=1024, max_pixels=1024)
    return Reader(open_dataset(data.files), ModelConfig.from_folder(paths["model"]), Tokenizer(paths["model"]), data)


def test_replies_are_pytorchs_on_conversations_of_every_form(tmp_path: Path) -> None:
    reader = world_reader(tmp_path)
    model = build_model(reader.config)
    initialise(model, torch.Generator().manual_seed(3), std=0.15)
    write_replies(model, reader, 10, 6, tmp_path / "greedy.json")
    written = json.loads((tmp_path / "greedy.json").read_text())
    assert written["world_version"] == 1
    forms = [
        [(message["role"], [part["type"] for part in message["content"]]) for message in each["messages"]]
        for each in written["conversations"]
    ]
    one = [("user", ["image", "text"])]
    assert forms[:6] == [one] * 6
    assert forms[6] == [("user", ["image", "image", "text"])]
    assert forms[7] == [("user", ["text"])]
    assert forms[8] == [*one, ("assistant", ["text"]), ("user", ["text"])]
    assert forms[9] == [("user", ["text", "image"])]
    two = written["conversations"][6]
    assert [part["seed"] for part in two["messages"][0]["content"][:2]] == [5, 6]
    assert all(1 <= len(each["tokens"]) <= 6 for each in written["conversations"])
    assert two["prompt_tokens"] == len(prompt_of(reader, conversations(reader, 10)[6]).ids)


def test_replies_need_the_very_pictures_of_ocean_world(tmp_path: Path) -> None:
    with pytest.raises(RowError, match="row 0: it is no row of Ocean World with a PNG"):
        conversations(world_reader(tmp_path, image_paths=["0.jpg"]), 1)
