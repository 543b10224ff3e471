"""Rounded weights are stored as 8 bits and their steps, and come back bit for bit."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from conftest import FAMILIES
from safetensors.torch import load_file, save_file
from test_export import initialised

from ocean_r1.cli import main
from ocean_r1.export.rounding import round_weights
from ocean_r1.models.packed import pack, packed, unpack, unpacked
from ocean_r1.models.weights import load_model, save_weights


@pytest.fixture(params=FAMILIES)
def rounded(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    model = initialised(tmp_path, request.param)
    round_weights(model)
    save_weights(model, tmp_path)
    return tmp_path


def test_a_packed_model_is_the_model(rounded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = (rounded / "model.safetensors").read_bytes()
    before = load_model(rounded).state_dict()
    assert main(["pack", str(rounded)]) == 0
    assert not (rounded / "model.safetensors").exists()
    after = load_model(rounded).state_dict()
    assert all(torch.equal(after[name], before[name]) for name in before)
    matrices = [tensor for tensor in load_file(rounded / "model.int8.safetensors").values() if tensor.ndim > 1]
    assert {tensor.dtype for tensor in matrices} == {torch.int8, torch.float32}
    assert main(["pack", "--undo", str(rounded)]) == 0
    assert (rounded / "model.safetensors").read_bytes() == whole
    assert not (rounded / "model.int8.safetensors").exists()
    assert capsys.readouterr().out.splitlines() == [f"{rounded}: packed", f"{rounded}: unpacked"]


def test_a_rounded_matrix_takes_a_quarter() -> None:
    steps = torch.tensor([[0.5], [0.25], [1.0]])
    matrix = torch.randint(-127, 128, (3, 400), generator=torch.Generator().manual_seed(1)) * steps
    matrix[:2, 0] = 127 * steps[:2, 0]
    matrix[2] = 0
    stored = packed("m", matrix)
    assert sum(tensor.nbytes for tensor in stored.values()) == matrix.nbytes // 4 + 3 * 4
    assert torch.equal(dict(unpacked(stored))["m"], matrix)


def test_what_was_not_rounded_is_refused_and_kept(tmp_path: Path) -> None:
    save_weights(initialised(tmp_path, FAMILIES[0]), tmp_path)
    before = (tmp_path / "model.safetensors").read_bytes()
    with pytest.raises(ValueError, match=r"weight is not rounded to 8 bits"):
        pack(tmp_path)
    assert [path.name for path in tmp_path.glob("*.safetensors*")] == ["model.safetensors"]
    assert (tmp_path / "model.safetensors").read_bytes() == before


def test_of_both_files_the_whole_one_counts(rounded: Path) -> None:
    pack(rounded)
    unpack(rounded)
    save_file({"stale": torch.ones(1)}, rounded / "model.int8.safetensors")
    load_model(rounded)
