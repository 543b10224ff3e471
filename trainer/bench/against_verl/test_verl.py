"""The adapter held to verl 0.9.1 itself: its configuration, its dataset, its reward manager and its loss. No cluster."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from omegaconf import OmegaConf
from small import NANO, RECIPES, nano_recipe, two_pictures
from tensordict import TensorDict
from torch import Tensor
from toy import picture, row
from transformers import AutoProcessor
from verl import DataProto
from verl.trainer.ppo.core_algos import agg_loss, compute_grpo_outcome_advantage, compute_policy_loss_vanilla, kl_penalty
from verl.trainer.ppo.reward import load_reward_manager
from verl.utils.config import omega_conf_to_dataclass
from verl.utils.dataset.rl_dataset import RLHFDataset
from verl.utils.tokenizer import build_multimodal_processor_inputs

from ocean_r1.config import GrpoRecipe, RecipeError, load_recipe
from ocean_r1.data.prompts import Reader, Tokenizer
from ocean_r1.data.rows import open_dataset
from ocean_r1.grpo.advantage import group_advantages
from ocean_r1.grpo.loss import Clip, kl_terms, policy_terms, token_weights
from ocean_r1.models.config import ModelConfig
from ocean_r1.rewards.pool import Case, RewardPool
from ocean_r1.verl.config import Cluster, Place, verl_config
from ocean_r1.verl.job import check_config, write_config
from ocean_r1.verl.rows import write_rows


def composed(recipe: GrpoRecipe, place: Place, overrides: tuple[str, ...] = (), gpus: int = 1) -> Any:
    write_config(verl_config(recipe, place, Cluster(2, gpus), steps=100, patch_size=8, merge_size=2), place)
    return check_config(place, overrides)


# ---------------------------------------------------------------- configuration


@pytest.mark.parametrize("name", ["3b-stage1", "3b-stage2", "7b-stage1", "7b-stage2"])
def test_verl_takes_the_recipe(name: str, tmp_path: Path) -> None:
    recipe = load_recipe(RECIPES / f"{name}.toml", {"output": str(tmp_path)})
    assert isinstance(recipe, GrpoRecipe)
    config = composed(recipe, Place(tmp_path, 1), gpus=8)
    actor = omega_conf_to_dataclass(config.actor_rollout_ref.actor)
    assert (actor.ppo_mini_batch_size, actor.rollout_n, actor.optim.lr, actor.kl_loss_type) == (256, 16, 1e-6, "low_var_kl")
    assert (config.trainer.nnodes, config.trainer.logger) == (2, ["console", "file"])


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("actor_rollout_ref.actor.loss_agg_mode=tokens", "Invalid loss_agg_mode: tokens"),
        ("actor_rollout_ref.rollout.tensor_parallel=2", "Could not override"),
    ],
)
def test_what_verl_does_not_take_is_told_in_a_sentence(override: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=rf"^verl does not take its configuration: .*{said}"):
        composed(nano_recipe(tmp_path), Place(tmp_path, 1), (override,))


def test_a_key_that_verl_lacks_is_named(tmp_path: Path) -> None:
    recipe, place = nano_recipe(tmp_path), Place(tmp_path, 1)
    config = verl_config(recipe, place, Cluster(1, 8), 1, 8, 2)
    config["trainer"]["save_often"] = True
    write_config(config, place)
    with pytest.raises(RecipeError, match=r"verl 0\.9\.1 has no trainer\.save_often"):
        check_config(place, [])


# ---------------------------------------------------------------- rows


def test_verls_dataset_makes_our_prompts_of_our_rows(tmp_path: Path) -> None:
    large = row(1, images=[{"bytes": picture(2, (333, 97)), "path": "large.png"}])
    recipe = nano_recipe(tmp_path, [row(0), two_pictures(), row(3), large])
    dataset, place = open_dataset(recipe.data.files), Place(tmp_path, 1)
    write_rows(dataset, [3, 2, 1, 0], recipe.data, 16, "train", place.rows)
    config = composed(recipe, place)
    processor = AutoProcessor.from_pretrained(NANO)
    theirs = RLHFDataset([str(place.rows)], processor.tokenizer, config.data, processor)
    ours = Reader(dataset, ModelConfig.from_folder(NANO), Tokenizer(NANO), recipe.data)
    assert len(theirs) == 4
    for place_of, position in enumerate([3, 2, 1, 0]):
        found, example = theirs[place_of], ours.example(position)
        messages = found["raw_prompt"]
        images, _, _ = theirs._process_multi_modal_info(messages, theirs.image_patch_size, config.data)
        text = processor.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        inputs = build_multimodal_processor_inputs(
            processor, text=[text], images=images, mm_processor_kwargs=dict(config.data.mm_processor_kwargs)
        )
        assert torch.as_tensor(inputs["input_ids"][0]).tolist() == example.prompt.ids.tolist()
        assert found["reward_model"]["ground_truth"] == example.ground_truth
        if example.prompt.patches is not None:
            torch.testing.assert_close(torch.as_tensor(inputs["pixel_values"]), example.prompt.patches, atol=1e-5, rtol=0)
            assert torch.as_tensor(inputs["image_grid_thw"]).tolist() == [list(grid) for grid in example.prompt.grids]


# ---------------------------------------------------------------- reward


def test_verls_reward_manager_scores_as_our_pool_does(tmp_path: Path) -> None:
    recipe, place = nano_recipe(tmp_path), Place(tmp_path, 1)
    config = composed(recipe, place)
    tokenizer = AutoProcessor.from_pretrained(NANO).tokenizer
    texts = ["<think>I count 2.</think>\n<answer>2</answer>", "<think>I count 2.</think>\n<answer>3</answer>", "2", ""]
    with RewardPool(recipe.reward) as pool:
        expected = pool.score([Case(text, "2", {}) for text in texts])

    async def scored() -> list[dict[str, Any]]:
        manager = load_reward_manager(config, tokenizer)
        return list(
            await asyncio.gather(*(manager.run_single(answered(tokenizer, text, index)) for index, text in enumerate(texts)))
        )

    found = asyncio.run(scored())
    assert [each["reward_score"] for each in found] == [each.reward for each in expected] == [1.1, 0.1, 0.0, 0.0]
    assert [each["reward_extra_info"]["reward/count"] for each in found] == [each.terms["count"] for each in expected]
    assert len(list(place.scored.glob("*.jsonl"))) == 1


def answered(tokenizer: Any, text: str, index: int) -> DataProto:
    """A response as verl's agent loop hands it to the manager."""
    ids = torch.tensor([[*tokenizer.encode(text, add_special_tokens=False), tokenizer.convert_tokens_to_ids("<|im_end|>")]])
    tensors = TensorDict({"responses": ids, "attention_mask": torch.ones_like(ids)}, batch_size=1)
    told = {
        "data_source": "toy",
        "reward_model": {"ground_truth": "2"},
        "extra_info": {"index": index, "of": "train", "row": "rows, row 0", "json": "{}"},
        "uid": f"uid-{index}",
        "global_steps": 1,
        "response_len": ids.shape[1],
    }
    return DataProto(batch=tensors, non_tensor_batch={key: np.array([value], dtype=object) for key, value in told.items()})


# ---------------------------------------------------------------- loss

LENGTHS = [5, 1, 9, 3, 7, 7]
GROUPS = [0, 0, 0, 1, 1, 1]
REWARDS = [1.1, 0.0, 0.1, 1.0, 0.05, 0.0]


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"dual_clip": 1.5, "clip_high": 0.28},
        {"divide_by_std": False, "aggregation": "seq-mean-token-sum-norm", "aggregation_norm": 10.0},
        {"aggregation": "seq-mean-token-mean", "kl": "mse"},
        {"kl_straight_through": True},
    ],
    ids=["the seed's", "DAPO's clip", "Dr. GRPO", "means of means", "straight through"],
)
def test_loss_and_advantages_are_verls(changed: dict[str, Any], tmp_path: Path) -> None:
    own = {"kl_coefficient": 0.3, "entropy_coefficient": 0.2, **changed}
    recipe = nano_recipe(tmp_path, **{f"algorithm.{key}": value for key, value in own.items()})
    config = composed(recipe, Place(tmp_path, 1))
    actor = omega_conf_to_dataclass(config.actor_rollout_ref.actor)
    draw = torch.Generator().manual_seed(3)
    logp, old, reference, entropy = (
        padded(torch.randn(sum(LENGTHS), generator=draw, dtype=torch.float64)) for _ in range(4)
    )
    mask = padded(torch.ones(sum(LENGTHS), dtype=torch.float64))

    scores = torch.zeros_like(mask)
    scores[torch.arange(len(LENGTHS)), torch.tensor(LENGTHS) - 1] = torch.tensor(REWARDS, dtype=torch.float64)
    theirs, _ = compute_grpo_outcome_advantage(
        scores, mask, np.array(GROUPS), norm_adv_by_std_in_grpo=config.algorithm.norm_adv_by_std_in_grpo
    )
    ours = group_advantages(torch.tensor(REWARDS, dtype=torch.float64), torch.tensor(GROUPS), recipe.algorithm.divide_by_std)
    torch.testing.assert_close(ours, theirs[:, 0], atol=1e-6, rtol=0)

    with_gradient = [logp.clone().requires_grad_(), logp.clone().requires_grad_()]
    their_logp, our_logp = with_gradient
    how = {"loss_mask": mask, "loss_agg_mode": actor.loss_agg_mode, "loss_scale_factor": actor.loss_scale_factor}
    actor.global_batch_info["loss_scale_factor"] = actor.loss_scale_factor
    loss, _ = compute_policy_loss_vanilla(old, their_logp, theirs, mask, actor.loss_agg_mode, actor)
    loss = loss - actor.entropy_coeff * agg_loss(entropy, **how)
    loss = loss + actor.kl_loss_coef * agg_loss(kl_penalty(their_logp, reference, actor.kl_loss_type), **how)
    loss.backward()

    algorithm, real = recipe.algorithm, mask.bool()
    weights = token_weights(torch.tensor(LENGTHS), algorithm.aggregation, algorithm.aggregation_norm)
    clip = Clip(algorithm.clip_low, algorithm.clip_high, algorithm.dual_clip)
    terms = policy_terms(our_logp[real], old[real], ours.repeat_interleave(torch.tensor(LENGTHS)), clip)
    kl = kl_terms(our_logp[real], reference[real], algorithm.kl, algorithm.kl_straight_through)
    found = (weights * (terms.loss - algorithm.entropy_coefficient * entropy[real] + algorithm.kl_coefficient * kl)).sum()
    found.backward()
    torch.testing.assert_close(found, loss, atol=1e-6, rtol=0)
    torch.testing.assert_close(our_logp.grad, their_logp.grad, atol=1e-6, rtol=0)
    assert OmegaConf.select(config, "algorithm.adv_estimator") == "grpo"


def padded(values: Tensor) -> Tensor:
    """Of the responses packed, (R, T)."""
    return torch.nn.utils.rnn.pad_sequence(list(values.split(LENGTHS)), batch_first=True)
