"""Whatever a newcomer gets wrong ends in a sentence that says what and where, and leaves nothing behind."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from test_files import SHAPE
from toy import recipe, toy

from ocean_r1.cli import main

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with rows, a new model, recipes, and a run of one step."""
    folder = tmp_path_factory.mktemp("newcomer")
    paths = toy(folder)
    settings = {"sft": {"steps": 1, "rows_per_step": 2}, "grpo": {"stage": 1, "steps": 1, "prompts_per_step": 2}}
    for kind, own in settings.items():
        (folder / f"{kind}.toml").write_text(recipe(paths, folder / kind, kind, **own))
    (folder / "latin.toml").write_bytes("# café".encode("latin1"))
    (folder / "broken.toml").write_text("kind = \n")
    (folder / "shape.toml").write_text("vocabulary = 340\npixels = 32\n" + SHAPE)
    (folder / "half.toml").write_text("vocabulary = 340\npixels = 32\n" + SHAPE.replace("num_hidden_layers = 2", ""))
    (folder / "samples.jsonl").write_text('{"sample_id": "a", "prompt": "What?", "image": "nowhere.png"}\n')
    assert main(["sft", str(folder / "sft.toml")]) == 0
    return folder


EVAL = "eval --benchmark b --split s --name n --out predictions --model sft/step-000001/model --samples"
MISTAKES = {
    "sft nowhere.toml": "nowhere.toml: there is no such file or folder in .*, where the command was started",
    "sft .": "cannot be read",
    "sft latin.toml": "latin.toml: it is no text in UTF-8",
    "sft broken.toml": "broken.toml: not TOML",
    "train sft.toml": "kind 'sft'; its command is `ocean-r1 sft`",
    "sft sft.toml --set steps": "write it as KEY=VALUE",
    "sft sft.toml --set name.x=1": "name is no section of a recipe",
    "sft sft.toml --set model=3": "sft.toml: model: ",
    "sft sft.toml --set data.min_pixels=2000": "data: min_pixels 2000 is more than max_pixels 1024$",
    "sft sft.toml --set data.seed=12345678901": "data.seed: ",
    "sft sft.toml --set model.path=nowhere": "nowhere: there is no such file or folder",
    "sft sft.toml --set model.path=sft/step-000001": "it has no config.json .a checkpoint has its model in model/",
    'sft sft.toml --set data.files=[{"path":"nowhere"}]': "nowhere: there is no such file or folder",
    'sft sft.toml --set validation.files=[{"path":"nowhere"}]': "nowhere: there is no such file or folder",
    "train grpo.toml --set reference=nowhere": "nowhere: there is no such file or folder",
    "train grpo.toml --set reward.expression=nosuch": "'nosuch' is neither correct, ",
    "new --shape nowhere --rows rows.parquet --out out": "nowhere: there is no such file or folder",
    "new --shape shape.toml --rows nowhere --out out": "nowhere: there is no such file or folder",
    "new --shape sft.toml --rows rows.parquet --out out": "sft.toml: .*vocabulary: it is missing",
    "new --shape half.toml --rows rows.parquet --out out": "text_config.num_hidden_layers: it is missing",
    "new --shape shape.toml --rows rows.parquet --out sft/step-000001/model": "something else than a new model in it",
    "export --model nowhere --out out": "nowhere: there is no such file or folder",
    "export --model sft/step-000001/model --out out --rows nowhere": "nowhere: there is no such file or folder",
    "export --model sft/step-000001/model --out sft.toml": "sft.toml is a file; name a folder",
    "export --model sft/step-000001/model --out sft": "sft is a folder with something else than an export in it",
    "export --model sft/step-000001/model --out out --rows rows.parquet --replies 99": "99 replies need as many rows",
    f"{EVAL} nowhere": "nowhere: there is no such file or folder",
    f"{EVAL} samples.jsonl": "sample a: .*nowhere.png",
    f"{EVAL} samples.jsonl --out sft.toml": "sft.toml is there and is no file of predictions",
}


@pytest.mark.parametrize(("command", "words"), MISTAKES.items(), ids=MISTAKES.keys())
def test_a_mistake_is_a_sentence(
    command: str, words: str, trained: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(trained)
    if command.startswith(("sft", "train")):
        command += " --set output=out"
    assert main(command.split()) == 1
    told = capsys.readouterr().err.splitlines()
    assert [line for line in told if line.startswith("ocean-r1: ")] == told[-1:]
    assert re.search(words, told[-1]), told[-1]
    assert not list(trained.glob("**/*.partial"))
    shutil.rmtree(trained / "out", ignore_errors=True)


def with_a_layer_more(model: Path) -> None:
    config = json.loads((model / "config.json").read_text())
    config["text_config"]["num_hidden_layers"] += 1
    (model / "config.json").write_text(json.dumps(config))


ONLY_TYPE = '{"model_type": "qwen2_5_vl"}'
BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "no weights": (lambda m: (m / "model.safetensors").unlink(), "model.safetensors"),
    "weights cut off": (lambda m: (m / "model.safetensors").write_bytes(b"\x10"), "model.safetensors is cut off"),
    "weights of another shape": (with_a_layer_more, "the weights have no model.layers.2"),
    "a config cut off": (lambda m: (m / "config.json").write_text('{"a":'), "config.json is no config"),
    "a config that is a list": (lambda m: (m / "config.json").write_text("[]"), "config.json is no config"),
    "a config of nothing": (lambda m: (m / "config.json").write_text(ONLY_TYPE), "text_config.vocab_size: it is missing"),
    "no tokenizer": (lambda m: (m / "tokenizer.json").unlink(), "its tokenizer cannot be read"),
    "a tokenizer cut off": (lambda m: (m / "tokenizer.json").write_text('{"a'), "its tokenizer cannot be read"),
}


@pytest.mark.parametrize(("breaks", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_model_is_told_by_its_file(
    breaks: Callable[[Path], object],
    words: str,
    trained: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(trained)
    shutil.copytree("sft/step-000001/model", tmp_path / "model")
    breaks(tmp_path / "model")
    for command in (
        [
            "sft",
            "sft.toml",
            "--set",
            f"output={tmp_path}/out",
            "--set",
            "model.fresh=false",
            "--set",
            f"model.path={tmp_path}/model",
        ],
        ["export", "--model", f"{tmp_path}/model", "--out", f"{tmp_path}/export"],
    ):
        assert main(command) == 1
        assert words in capsys.readouterr().err
    assert not (tmp_path / "export").exists()


@pytest.mark.parametrize(
    "name",
    ["step-000001/state.json", "step-000001/optimizer.safetensors", "step-000001/model/model.safetensors", "data.json"],
)
def test_a_checkpoint_that_was_damaged_is_told_by_its_file(
    name: str, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(trained)
    shutil.copytree("sft", tmp_path / "out")
    (tmp_path / "out" / name).write_text("{")
    assert main(["sft", "sft.toml", "--set", f"output={tmp_path}/out", "--set", "steps=2"]) == 1
    assert f"ocean-r1: {tmp_path}/out/{name} " in capsys.readouterr().err
