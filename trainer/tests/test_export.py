"""The graphs say what the model says: several pictures, windows, text alone, step by step."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from conftest import STOP, make_prompt, tiny_config
from test_model import IMAGES
from toy import recipe, toy

from ocean_r1.cli import main
from ocean_r1.config import parse_recipe
from ocean_r1.export.onnx import export
from ocean_r1.export.runtime import ExportedModel
from ocean_r1.grpo.rollout import Sampling, sample
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.qwen2_5_vl import Qwen2_5_VL, initialise
from ocean_r1.models.weights import save_weights
from ocean_r1.sft import train_sft


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Qwen2_5_VL, ExportedModel]:
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "model").mkdir()
    (folder / "model" / "config.json").write_text(tiny_config().to_json_string())
    model = Qwen2_5_VL(ModelConfig.from_folder(folder / "model"))
    initialise(model, torch.Generator().manual_seed(7), std=0.15)
    save_weights(model, folder / "model")
    export(folder / "model", folder / "export")
    return model, ExportedModel(folder / "export")


@pytest.mark.parametrize("grids", IMAGES.values(), ids=IMAGES.keys())
def test_greedy_tokens_of_the_graphs(
    exported: tuple[Qwen2_5_VL, ExportedModel], grids: tuple[tuple[int, int, int], ...]
) -> None:
    model, graphs = exported
    for seed in range(5):
        prompt = make_prompt(torch.Generator().manual_seed(seed), grids, dtype=torch.float32)
        sampling = Sampling(20, (STOP,), temperature=0, forbidden_tokens=(model.config.image_token_id,))
        [[response]] = sample(model, [prompt], 1, sampling, torch.zeros(1, 1, dtype=torch.int64))
        assert graphs.greedy(prompt, 20, (STOP,)) == response.ids.tolist()


def test_the_command_proves_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = toy(tmp_path)
    text = recipe(paths, tmp_path / "run", "sft", steps=3, rows_per_step=4)
    model = train_sft(parse_recipe(text, "toy")) / "model"
    out = tmp_path / "export"
    options = ["--model", str(model), "--out", str(out), "--rows", str(paths["rows"]), "--max-new-tokens", "8"]
    assert main(["export", *options]) == 0
    assert "12 of 12 prompts" in capsys.readouterr().out
    names = {path.name for path in (out / "onnx").iterdir()}
    graphs = ("vision_encoder", "embed_tokens", "decoder_model_merged")
    assert names == {f"{graph}{suffix}.onnx" for graph in graphs for suffix in ("", "_quantized")}
    assert (out / "tokenizer.json").exists()
