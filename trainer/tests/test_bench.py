"""What is measured on a card runs where there is none."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from card import Replayed
from conftest import make_prompt
from predicted import Decoded, decoding
from test_grpo import short_pages, tiny_model

from ocean_r1.engine import sampling
from ocean_r1.engine.pages import Pages
from ocean_r1.engine.sampling import Rows, Sampler, Sampling, Tables, sample

CARD = Path(__file__).parents[1] / "bench" / "card.py"


def test_what_a_card_is_measured_by_runs_on_a_cpu_at_toy_length() -> None:
    ended = subprocess.run(
        [sys.executable, str(CARD), "--size", "nano", "--device", "cpu"], capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert '"bad": 0' in ended.stdout
    for said in ("float64's", "float32's", "new tokens a second", "of the planned", "not tried: CUDA graphs need a card"):
        assert said in ended.stdout


@pytest.mark.parametrize("graphs", [False, True], ids=["plain", "graphs"])
def test_what_is_predicted_of_decoding_is_what_it_does(monkeypatch: pytest.MonkeyPatch, graphs: bool) -> None:
    decode, ended, runs, looks = sampling.decode, Sampler.ended, [], []

    def counted(model: Any, shared: Pages, own: Pages, rows: Rows, tables: Tables) -> None:
        asked = len(tables.asking_shared) * shared.size, len(tables.asking_own) * own.size
        runs.append(Decoded(len(rows.seeds), *asked))
        decode(model, shared, own, rows, tables)

    def looked(sampler: Sampler) -> Any:
        looks.append(len(runs))
        return ended(sampler)

    short_pages(monkeypatch)
    monkeypatch.setattr("ocean_r1.engine.sampling.Graph", Replayed)
    monkeypatch.setattr("ocean_r1.engine.sampling.decode", counted)
    monkeypatch.setattr("ocean_r1.engine.sampling.Sampler.ended", looked)
    draw = torch.Generator().manual_seed(5)
    prompts = [make_prompt(draw, ()) for _ in range(4)]
    seeds = torch.randint(0, 2**62, (4, 6), generator=draw)
    drawn = sample(tiny_model(torch.float64), prompts, 6, Sampling(50, tuple(range(6))), seeds, False, graphs, at_once=2)
    lengths = [[len(response.ids) for response in group] for group in drawn]
    assert max(map(max, lengths)) > 16 > min(map(min, lengths))
    assert runs == list(decoding([len(prompt.ids) for prompt in prompts], lengths, 50, 2, graphs))
    # Between two looks a card is not waited for.
    assert [after - before for before, after in pairwise([0, *looks])] in ([2] * len(looks), [2] * (len(looks) - 1) + [1])


@pytest.mark.parametrize(("at_once", "runs", "held"), [(32, 255, 44_000), (8, 590, 14_000)])
def test_rows_that_are_decoded_are_nearly_all_for_a_token(at_once: int, runs: int, held: int) -> None:
    """Of a step of Nano: 32 prompts x 16, of whose responses 15 reach the limit of 256. As it was before, so many prompts at
    once until their slowest response, in a grid that was packed by quarters: 1.47 and 1.31 rows a token, 255 and 1,020
    runs, a wait for each, and room for 65,536 and 16,384 tokens of responses."""
    draw = torch.Generator().manual_seed(0)
    lengths = (torch.randn(32, 16, generator=draw) * 0.6 + 4.4).exp().clamp(5, 256).int().tolist()
    found = list(decoding([200] * 32, lengths, 256, at_once))
    assert sum(run.rows for run in found) < 1.04 * sum(map(sum, lengths))
    assert len(found) <= runs
    assert max(run.own for run in found) <= held
