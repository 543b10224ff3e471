"""Advantages and losses against the numbers of verl 0.9.1's own functions (`verl.trainer.ppo.core_algos`, float32)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from ocean_r1.grpo.advantage import group_advantages
from ocean_r1.grpo.loss import Clip, kl_terms, policy_terms, token_weights

GOLDEN = Path(__file__).parent / "verl-0.9.1.jsonl"
CASES: list[dict[str, Any]] = [json.loads(line) for line in GOLDEN.read_text().splitlines()]


def of(function: str) -> Any:
    cases = [case for case in CASES if case["fn"].startswith(function)]
    return pytest.mark.parametrize("case", cases, ids=[case["name"] for case in cases])


def close(actual: Tensor, expected: Any) -> None:
    torch.testing.assert_close(actual, torch.tensor(expected), rtol=1e-6, atol=1e-6, check_dtype=False)


@of("compute_grpo")
def test_advantages(case: dict[str, Any]) -> None:
    given = case["inputs"]
    rewards, mask = torch.tensor(given["token_level_rewards"]), torch.tensor(given["response_mask"])
    names = sorted(set(given["index"]))
    groups = torch.tensor([names.index(name) for name in given["index"]])
    advantages = group_advantages(rewards.sum(-1), groups, given["norm_adv_by_std_in_grpo"])
    close(advantages[:, None] * mask, case["outputs"]["advantages"])


@of("compute_policy_loss")
def test_policy_loss(case: dict[str, Any]) -> None:
    given, expected = case["inputs"], case["outputs"]
    mask = torch.tensor(given["response_mask"]).bool()
    packed = {key: torch.tensor(given[key])[mask] for key in ("log_prob", "old_log_prob", "advantages")}
    logp = packed["log_prob"].requires_grad_()
    terms = policy_terms(
        logp,
        packed["old_log_prob"],
        packed["advantages"],
        Clip(given["clip_ratio_low"], given["clip_ratio_high"], given["clip_ratio_c"]),
    )
    batch = given["global_batch_info"]
    lengths = mask.sum(-1)
    mode = given["loss_agg_mode"]
    if mode == "token-sum":
        weights = torch.ones(len(logp))
    else:
        weights = token_weights(lengths, mode, batch.get("loss_scale_factor") or mask.shape[1]).float()
    if batch.get("batch_num_tokens"):  # A micro-batch: the weights are those of the whole batch.
        weights = torch.full_like(weights, batch.get("dp_size", 1) / batch["batch_num_tokens"])
    loss = (weights * terms.loss).sum()
    close(loss.detach(), expected["pg_loss"])
    if given["kl_loss_type"]:
        kl = (weights * kl_terms(logp, torch.tensor(given["ref_log_prob"])[mask], given["kl_loss_type"])).sum()
        close(kl.detach(), expected["kl_loss"])
        loss = loss + given["kl_loss_coef"] * kl
        close(loss.detach(), expected["total"])
    loss.backward()
    assert logp.grad is not None
    close(logp.grad, torch.tensor(expected["grad_log_prob"])[mask].tolist())
    close(terms.clipped.float().mean(), expected["actor/pg_clipfrac"])
    close(terms.approximate_kl.mean(), expected["actor/ppo_kl"])
    close(terms.clipped_dual.float().mean(), expected["actor/pg_clipfrac_lower"])


@of("kl_penalty")
def test_kl(case: dict[str, Any]) -> None:
    given = case["inputs"]
    logp = torch.tensor(given["logprob"])[0].requires_grad_()
    name = given["kl_penalty"].removesuffix("+")
    estimate = {"k1": "kl", "k3": "low_var_kl"}.get(name, name)
    value = kl_terms(logp, torch.tensor(given["ref_logprob"])[0], estimate, given["kl_penalty"].endswith("+"))
    close(value.detach(), case["outputs"]["kl"][0])
    value.sum().backward()
    assert logp.grad is not None
    close(logp.grad, case["outputs"]["grad_logprob"][0])
