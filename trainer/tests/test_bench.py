"""What is measured on a card runs where there is none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from conftest import make_prompt
from predicted import Decoded, decoding
from test_grpo import tiny_model
from torch import Tensor

from ocean_r1.engine import sampling
from ocean_r1.engine.sampling import Sampling, sample

CARD = Path(__file__).parents[1] / "bench" / "card.py"


def test_what_a_card_is_measured_by_runs_on_a_cpu_at_toy_length() -> None:
    ended = subprocess.run(
        [sys.executable, str(CARD), "--size", "nano", "--device", "cpu"], capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert '"bad": 0' in ended.stdout
    for said in ("float64's", "float32's", "new tokens a second", "of the planned", "not tried: CUDA graphs need a card"):
        assert said in ended.stdout


def test_what_is_predicted_of_decoding_is_what_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    decode, runs = sampling.decode, []

    def counted(model: Any, cache: Any, ids: Tensor, positions: Tensor, step: Tensor, length: int) -> Tensor:
        runs.append(Decoded(ids.numel(), length))
        return decode(model, cache, ids, positions, step, length)

    for module in ("ocean_r1.engine.sampling", "predicted"):
        monkeypatch.setattr(f"{module}.ROOM", 8)
    monkeypatch.setattr("ocean_r1.engine.sampling.decode", counted)
    draw = torch.Generator().manual_seed(5)
    prompts = [make_prompt(draw, ()) for _ in range(4)]
    seeds = torch.randint(0, 2**62, (4, 6), generator=draw)
    drawn = sample(tiny_model(torch.float64), prompts, 6, Sampling(50, tuple(range(6))), seeds)
    lengths = [[len(response.ids) for response in group] for group in drawn]
    assert max(map(max, lengths)) > 16 > min(map(min, lengths))
    assert runs == list(decoding(lengths, 50))
