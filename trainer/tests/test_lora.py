"""Low-rank pairs: what learns is theirs, what is saved is merged, and a run goes on from them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from conftest import each_family, make_prompt
from safetensors.torch import load_file
from test_grpo import tiny_model
from test_runs import same, train
from toy import recipe, toy

from ocean_r1.config import parse_recipe
from ocean_r1.engine.forward import group_stats
from ocean_r1.models.adapter import PREFIX, adapter_state, load_adapter, save_adapter
from ocean_r1.models.lora import add_pairs, pairs_of, without_pairs
from ocean_r1.models.model import VisionLanguageModel
from ocean_r1.models.weights import hub_state, load_model, load_weights

GRIDS = ((1, 4, 6),)
SCALE = 6.0 / 3


def with_pairs(family: str) -> VisionLanguageModel:
    """Whose second matrices are no longer zero."""
    model = tiny_model(torch.float64, family)
    add_pairs(model, rank=3, alpha=6.0, seed=1)
    draw = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for _, pair in pairs_of(model):
            pair.a.data = pair.a.double()
            pair.b.data = torch.randn(pair.b.shape, generator=draw, dtype=torch.float64) * 0.1
    return model


def logp_of(model: VisionLanguageModel) -> torch.Tensor:
    draw = torch.Generator().manual_seed(3)
    prompt = make_prompt(draw, GRIDS)
    return group_stats(model, prompt, [torch.randint(0, 80, (n,), generator=draw) for n in (4, 7)]).logp


@each_family
def test_merged_is_what_was_learnt_and_without_them_it_is_what_it_began_with(family: str) -> None:
    model, plain, merged = with_pairs(family), tiny_model(torch.float64, family), tiny_model(torch.float64, family)
    load_weights(merged, iter(hub_state(model).items()))
    torch.testing.assert_close(logp_of(merged), logp_of(model), rtol=1e-10, atol=1e-10)
    assert torch.equal(logp_of(without_pairs(model)), logp_of(plain))
    assert (logp_of(model) - logp_of(plain)).abs().max() > 0.01


@each_family
def test_their_gradients_are_those_of_the_matrices_seen_through_them(family: str) -> None:
    model, whole = with_pairs(family), tiny_model(torch.float64, family)
    load_weights(whole, iter(hub_state(model).items()))
    for each in (model, whole):
        logp_of(each).sum().backward()
    learnt = {name for name, parameter in model.named_parameters() if parameter.grad is not None}
    assert learnt == {f"{name}.{part}" for name, _ in pairs_of(model) for part in "ab"}
    pulls = dict(whole.named_parameters())
    for name, pair in pairs_of(model):
        pull = pulls[f"{name}.weight"].grad
        assert pull is not None
        torch.testing.assert_close(pair.a.grad, SCALE * pair.b.T @ pull)
        torch.testing.assert_close(pair.b.grad, SCALE * pull @ pair.a.T)


@each_family
def test_an_adapter_has_each_projection_by_itself(tmp_path: Path, family: str) -> None:
    model, again = with_pairs(family), with_pairs(family)
    save_adapter(adapter_state(model), tmp_path / "adapter", 3, 6.0)
    state = load_file(tmp_path / "adapter/adapter_model.safetensors")
    merged, begun = hub_state(model), hub_state(tiny_model(torch.float64, family))
    assert len(state) == 2 * 7 * len(model.language_model.layers)
    for name in (key for key in state if key.endswith("lora_A.weight")):
        b = state[name.replace("lora_A", "lora_B")]
        hub = model.hub_name(name.removeprefix(PREFIX).replace("lora_A.weight", "weight"))
        torch.testing.assert_close(begun[hub] + SCALE * b @ state[name], merged[hub])
    told = json.loads((tmp_path / "adapter/adapter_config.json").read_text())
    assert (told["r"], told["lora_alpha"]) == (3, 6.0)
    for _, pair in pairs_of(again):
        pair.b.data.zero_()
    load_adapter(again, tmp_path / "adapter")
    assert torch.equal(logp_of(again), logp_of(model))


def test_a_run_by_pairs_goes_on_to_the_same_bits_and_leaves_the_rest(tmp_path: Path) -> None:
    paths = toy(tmp_path)

    def run(name: str, **changed: Any) -> Path:
        text = recipe(paths, tmp_path / name, "grpo", stage=1, steps=3, prompts_per_step=3)
        return train(parse_recipe(text, name, {"model.lora_rank": 2, "reward.workers": 1, **changed}))

    whole = run("whole")
    run("stopped")
    for step in (2, 3):  # As if it had been ended after the first.
        shutil.rmtree(tmp_path / f"stopped/step-00000{step}")
    same(whole, run("stopped"))
    begun, learnt = (hub_state(load_model(tmp_path / f"whole/step-00000{step}/model")) for step in (1, 3))
    moved = {name for name in begun if not torch.equal(begun[name], learnt[name])}
    assert moved == {name for name in begun if ".layers." in name and "_proj.weight" in name}
    assert load_file(whole / "optimizer.safetensors").keys() == {
        f"language_model.layers.{layer}.{matrix}.{part}/{kind}"
        for layer in range(2)
        for matrix in ("self_attn.qkv_proj", "self_attn.o_proj", "mlp.gate_up_proj", "mlp.down_proj")
        for part in "ab"
        for kind in ("exp_avg", "exp_avg_sq", "step")
    }
    # The reference is the model that they lie beside, and at first they say nothing.
    lines = [json.loads(line)["data"] for line in (tmp_path / "whole/metrics.jsonl").read_text().splitlines()]
    assert abs(lines[0]["actor/kl_loss"]) < 1e-9
    assert lines[2]["actor/kl_loss"] > 1e-9
