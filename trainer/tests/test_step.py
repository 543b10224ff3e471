"""A whole step of GRPO on fixed responses, held to a reference that shares nothing with it: transformers' model, a response
at a time behind its own copy of the prompt, sums in loops, and AdamW written out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import mean, stdev
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from conftest import IMAGE, STOP, each_family, make_prompt, our_model, their_model, tiny_config
from torch import Tensor
from transformers import PreTrainedModel

from ocean_r1.config import Algorithm, GrpoRecipe, freezes_tower
from ocean_r1.data.prompts import Example
from ocean_r1.data.rows import Row
from ocean_r1.data.sampler import RowSampler
from ocean_r1.engine.prompt import Prompt
from ocean_r1.engine.sampling import Response, Sampling
from ocean_r1.engine.workers import Workers
from ocean_r1.grpo.advantage import all_equal, group_advantages
from ocean_r1.grpo.step import Group, accumulate, advantages_of, row_seeds, sample_groups, update, weights_of
from ocean_r1.grpo.train import step_groups
from ocean_r1.models.model import VisionLanguageModel
from ocean_r1.models.weights import hub_state, our_name, split_joined
from ocean_r1.optimizer import NotFiniteError, Stepper, lr_multiplier, make_optimizers
from ocean_r1.rewards.pool import Case, Scored

LIMIT = 12
TOTAL = 8  # steps of the schedule
# Responses that share buckets, one of a single token, one at the limit; the second group's rewards are all equal.
LENGTHS = [(9, 10, 1, 6), (5, 6, 12, 6), (12, 2, 11, 3)]
REWARDS = [(1.05, 0.0, 0.05, 1.0), (1.05, 1.05, 1.05, 1.05), (0.0, 0.62, 0.1, 0.0)]
GRIDS: list[tuple[tuple[int, int, int], ...]] = [((1, 10, 6),), (), ((1, 4, 4), (1, 2, 8))]


def their_tiny_model(seed: int, family: str = "qwen2_5_vl") -> PreTrainedModel:
    return their_model(tiny_config(family), seed, noise=0.05)


@dataclass(frozen=True)
class Rollout:
    prompt: Prompt
    responses: list[Response]
    rewards: Sequence[float]


@pytest.fixture(scope="module")
def rollouts() -> list[Rollout]:
    generator = torch.Generator().manual_seed(11)

    def response(length: int) -> Response:
        ids = torch.randint(0, 80, (length,), generator=generator)
        if length < LIMIT:
            ids[-1] = STOP
        return Response(ids, length < LIMIT, torch.randn(length, generator=generator))

    return [
        Rollout(make_prompt(generator, grids, words=4), [response(length) for length in lengths], rewards)
        for grids, lengths, rewards in zip(GRIDS, LENGTHS, REWARDS, strict=True)
    ]


def recipe_of(changed: dict[str, Any]) -> GrpoRecipe:
    """A recipe in which every part of the loss counts; `changed` are dotted keys."""
    data: dict[str, Any] = {
        "kind": "grpo",
        "name": "step",
        "stage": 1,
        "output": "unused",
        "reference": "a model of its own",
        "prompts_per_step": len(GRIDS),
        "model": {"path": "unused"},
        "data": {"files": [{"path": "unused"}]},
        "rollout": {"group": 4, "max_new_tokens": LIMIT, "prompts_at_once": 2},
        "algorithm": {"kl_coefficient": 0.3, "entropy_coefficient": 0.2},
        "optimizer": {"lr": 0.01},
    }
    for dotted, value in changed.items():
        section, key = dotted.split(".")
        data[section][key] = value
    return GrpoRecipe.model_validate(data)


# What the step does, in the words of the papers.


@dataclass
class Token:
    """A token of a response: its log-probability, the entropy where it was drawn, the reference's and the old policy's
    log-probability, what the sampler said, and its response's advantage."""

    logp: Tensor
    entropy: Tensor
    reference: float
    old: float
    sampled: float
    advantage: float


def their_logits(model: PreTrainedModel, prompt: Prompt, response: Tensor, temporal: bool) -> Tensor:
    """Of each token of the response, (n, V)."""
    ids = torch.cat([prompt.ids, response])[None]
    kinds = (ids == IMAGE).int()
    images = {"pixel_values": prompt.patches, "image_grid_thw": torch.tensor(prompt.grids)} if prompt.grids else {}
    positions, _ = model.model.get_rope_index(ids, kinds, images.get("image_grid_thw"))
    if temporal:
        # The seed's training passes: the time of each prompt token on all axes, then on from the latest.
        time = positions[0, 0, : len(prompt.ids)].tolist()
        time += [max(time) + 1 + index for index in range(len(response))]
        positions = torch.tensor(time).expand(3, 1, -1)
    logits: Tensor = model(input_ids=ids, mm_token_type_ids=kinds, position_ids=positions, **images).logits
    return logits[0, len(prompt.ids) - 1 : -1]


def their_stats(model: Any, rollout: Rollout, response: Response, recipe: GrpoRecipe) -> tuple[Tensor, Tensor]:
    logits = their_logits(model, rollout.prompt, response.ids, recipe.algorithm.reproduce_temporal_mrope)
    probabilities = (logits / recipe.rollout.temperature).softmax(-1)
    logp = torch.stack([probabilities[index, token].log() for index, token in enumerate(response.ids.tolist())])
    return logp, -(probabilities * probabilities.log()).sum(-1)


def their_reward(reward: float, length: int, algorithm: Algorithm) -> float:
    """DAPO, equation 13."""
    window = algorithm.overlong_tokens
    if window == 0 or length <= LIMIT - window:
        return reward
    return reward - algorithm.overlong_penalty * (length - (LIMIT - window)) / window


def their_advantages(rewards: list[float], algorithm: Algorithm) -> list[float]:
    if len(set(rewards)) == 1:
        return [0.0] * len(rewards)
    spread = stdev(rewards) + 1e-6 if algorithm.divide_by_std else 1.0
    return [(reward - mean(rewards)) / spread for reward in rewards]


def their_policy_loss(token: Token, algorithm: Algorithm) -> tuple[Tensor, bool, bool]:
    """The loss, whether the clip bounded it, and whether the second bound did."""
    ratio = (token.logp - token.old).exp()
    low, high = 1 - algorithm.clip_low, 1 + algorithm.clip_high
    kept = min(max(ratio.item(), low), high)
    gain = ratio * token.advantage
    bounded = kept * token.advantage < gain.item()
    if bounded:
        gain = torch.tensor(kept * token.advantage, dtype=torch.float64)
    dual = algorithm.dual_clip
    twice = dual is not None and token.advantage < 0 and gain.item() < dual * token.advantage
    if dual is not None and twice:
        gain = torch.tensor(dual * token.advantage, dtype=torch.float64)
    return -gain * their_importance(token, algorithm), bounded, twice


def their_importance(token: Token, algorithm: Algorithm) -> float:
    """How often the token counts, since something else drew it: by what learns, before it learns, over by what drew it."""
    most = algorithm.importance_threshold
    return 1.0 if most is None else min(math.exp(token.old - token.sampled), most)


def their_kl(token: Token, algorithm: Algorithm) -> Tensor:
    difference = token.logp - token.reference
    value = {
        "kl": difference,
        "abs": difference.abs(),
        "mse": 0.5 * difference**2,
        "low_var_kl": (-difference).exp() - 1 + difference,
    }[algorithm.kl]
    if algorithm.kl_straight_through:
        squared = 0.5 * difference**2
        return value.detach() + squared - squared.detach()
    return value


def averaged(responses: list[list[Tensor]], algorithm: Algorithm) -> Tensor:
    """A value of each token of each response, as one."""
    size = algorithm.reproduce_micro_batch_mean or len(responses)
    parts = [responses[start : start + size] for start in range(0, len(responses), size)]

    def of(part: list[list[Tensor]]) -> Tensor:
        sums = [sum(values, torch.zeros(())) for values in part]
        match algorithm.aggregation:
            case "token-mean":
                return sum(sums, torch.zeros(())) / sum(map(len, part))
            case "seq-mean-token-mean":
                means = [total / len(values) for total, values in zip(sums, part, strict=True)]
                return sum(means, torch.zeros(())) / len(part)
            case "seq-mean-token-sum":
                return sum(sums, torch.zeros(())) / len(part)
            case "seq-mean-token-sum-norm":
                assert algorithm.aggregation_norm is not None
                return sum(sums, torch.zeros(())) / len(part) / algorithm.aggregation_norm

    return sum(map(of, parts), torch.zeros(())) / len(parts)


def their_share(recipe: GrpoRecipe, step: int) -> float:
    """The learning rate of a step as a share of the recipe's."""
    settings = recipe.optimizer
    if recipe.algorithm.reproduce_first_step_at_zero:
        return 0.0 if step == 0 else 1.0
    if step < settings.warmup_steps:
        return (step + 1) / settings.warmup_steps
    done = (step - settings.warmup_steps) / (TOTAL - settings.warmup_steps)
    return {"constant": 1.0, "linear": 1 - done, "cosine": math.cos(math.pi * done / 2) ** 2}[settings.decay]


@dataclass
class TheirOptimizer:
    model: PreTrainedModel
    recipe: GrpoRecipe
    moments: dict[str, tuple[int, Tensor, Tensor]] = field(default_factory=dict)
    """Of each weight how often it had a gradient, and the means of that and of its square."""

    @torch.no_grad()
    def step(self, share: float) -> float:
        settings = self.recipe.optimizer
        learnt = {
            name: parameter
            for name, parameter in self.model.named_parameters()
            if parameter.grad is not None and not (settings.vision_lr == 0 and "visual" in name)
        }
        norm = math.sqrt(sum(float((parameter.grad**2).sum()) for parameter in learnt.values()))
        scale = min(1.0, settings.max_grad_norm / (norm + 1e-6))
        first, second = settings.betas
        for name, parameter in learnt.items():
            gradient = parameter.grad * scale
            count, m, v = self.moments.get(name, (0, torch.zeros_like(gradient), torch.zeros_like(gradient)))
            count, m, v = count + 1, first * m + (1 - first) * gradient, second * v + (1 - second) * gradient**2
            self.moments[name] = count, m, v
            of_vision = "visual" in name and settings.vision_lr is not None
            rate = share * (settings.vision_lr if of_vision and settings.vision_lr is not None else settings.lr)
            parameter -= rate * settings.weight_decay * parameter
            parameter -= rate * (m / (1 - first**count)) / ((v / (1 - second**count)).sqrt() + 1e-8)
        self.model.zero_grad()
        return norm


def their_step(
    policy: PreTrainedModel,
    reference: PreTrainedModel,
    optimizer: TheirOptimizer,
    rollouts: list[Rollout],
    recipe: GrpoRecipe,
    share: float,
) -> dict[str, float]:
    algorithm = recipe.algorithm
    advantages = [
        their_advantages(
            [
                their_reward(reward, len(response.ids), algorithm)
                for reward, response in zip(rollout.rewards, rollout.responses, strict=True)
            ],
            algorithm,
        )
        for rollout in rollouts
    ]
    once = algorithm.epochs * algorithm.mini_batches == 1
    with torch.no_grad():
        before, fixed = (
            [[their_stats(model, each, response, recipe)[0].tolist() for response in each.responses] for each in rollouts]
            for model in (policy, reference)
        )
    size = math.ceil(len(rollouts) / algorithm.mini_batches)
    seen: list[tuple[Token, bool, bool]] = []
    losses, entropies, kls, norms = [], [], [], []
    for _ in range(algorithm.epochs):
        for start in range(0, len(rollouts), size):
            batch: list[list[Token]] = []
            for index in range(start, min(start + size, len(rollouts))):
                for member, response in enumerate(rollouts[index].responses):
                    logp, entropy = their_stats(policy, rollouts[index], response, recipe)
                    old = logp.tolist() if once else before[index][member]
                    sampled = response.logp.tolist() if response.logp is not None else []
                    values = zip(logp, entropy, fixed[index][member], old, sampled, strict=True)
                    batch.append([Token(*value, advantages[index][member]) for value in values])
            terms = [[their_policy_loss(token, algorithm) for token in tokens] for tokens in batch]
            loss = averaged([[term[0] for term in own] for own in terms], algorithm)
            entropy = averaged([[token.entropy for token in tokens] for tokens in batch], algorithm)
            kl = averaged([[their_kl(token, algorithm) for token in tokens] for tokens in batch], algorithm)
            (loss - algorithm.entropy_coefficient * entropy + algorithm.kl_coefficient * kl).backward()
            norms.append(optimizer.step(share))
            losses.append(loss.item())
            entropies.append(entropy.item())
            kls.append(kl.item() if algorithm.kl_coefficient else 0.0)
            for tokens, own in zip(batch, terms, strict=True):
                seen += [(token, *term[1:]) for token, term in zip(tokens, own, strict=True)]
    flat = [advantage for own in advantages for advantage in own]
    return {
        "critic/advantages/mean": mean(flat),
        "critic/advantages/max": max(flat),
        "critic/advantages/min": min(flat),
        "actor/pg_loss": mean(losses),
        "actor/entropy_loss": mean(entropies),
        "actor/kl_loss": mean(kls),
        "actor/kl_coef": algorithm.kl_coefficient,
        "actor/pg_clipfrac": mean(bounded for _, bounded, _ in seen),
        "actor/pg_clipfrac_lower": mean(twice for *_, twice in seen),
        "actor/ppo_kl": mean(token.old - token.logp.item() for token, *_ in seen),
        "actor/grad_norm": mean(norms),
        "actor/lr": recipe.optimizer.lr * share,
        "actor/skipped_steps": 0.0,
        "actor/rollout_logp_difference": mean(abs(token.sampled - token.logp.item()) for token, *_ in seen),
        **their_importances([token for token, *_ in seen], algorithm),
    }


def their_importances(tokens: list[Token], algorithm: Algorithm) -> dict[str, float]:
    most = algorithm.importance_threshold
    if most is None:
        return {}
    cut = mean(math.exp(token.old - token.sampled) > most for token in tokens)
    assert 0 < cut < 1
    return {
        "actor/importance_mean": mean(their_importance(token, algorithm) for token in tokens),
        "actor/importance_cut": cut,
    }


# The same by us.


class Words:
    """In place of a tokenizer: a text is the numbers of its tokens."""

    stop_tokens = (STOP,)

    def text(self, ids: list[int]) -> str:
        return " ".join(map(str, ids))


class Table:
    """In place of a pool: the reward of each text."""

    def __init__(self, rollouts: list[Rollout]) -> None:
        self.rewards = {
            Words().text(response.ids.tolist()): reward
            for rollout in rollouts
            for response, reward in zip(rollout.responses, rollout.rewards, strict=True)
        }

    def score(self, cases: list[Case]) -> list[Scored]:
        return [Scored(self.rewards[case.response], {}) for case in cases]


def example_of(rollout: Rollout, name: str) -> Example:
    row = Row.model_validate({"data_source": "x", "prompt": "How many?", "reward_model": {"ground_truth": "1"}})
    return Example(rollout.prompt, row, "1", name)


def our_groups(rollouts: list[Rollout], recipe: GrpoRecipe, model: VisionLanguageModel, monkeypatch: Any) -> list[Group]:
    """Sampled, but that the sampler's responses are the fixed ones."""
    by_prompt = {id(rollout.prompt.ids): rollout for rollout in rollouts}

    def sample(
        _: VisionLanguageModel, prompts: list[Prompt], group: int, sampling: Sampling, seeds: Tensor, *given: Any
    ) -> list[list[Response]]:
        settings, [*how, done] = recipe.rollout, given
        assert sampling == Sampling(LIMIT, (STOP,), settings.temperature, settings.top_p, settings.top_k, (IMAGE,))
        assert (group, *how) == (4, True, False, False, math.inf, settings.prompts_at_once)
        assert seeds.shape == (len(prompts), group)
        for index, prompt in enumerate(prompts):
            done(index, by_prompt[id(prompt.ids)].responses)
        return []

    monkeypatch.setattr("ocean_r1.grpo.step.sample", sample)
    examples = [example_of(rollout, f"row {index}") for index, rollout in enumerate(rollouts)]
    pool, words = Table(rollouts), Words()
    return sample_groups(Workers(model), examples, recipe, words, pool, 0, Counter())


MANY = {"algorithm.epochs": 2, "algorithm.mini_batches": 3}
TIGHT = {"algorithm.clip_low": 0.02, "algorithm.clip_high": 0.05}
SWITCHES: dict[str, dict[str, Any]] = {
    "as it is": {},
    "no KL, no entropy": {"algorithm.kl_coefficient": 0, "algorithm.entropy_coefficient": 0},
    "no KL": {"algorithm.kl_coefficient": 0},
    "no entropy": {"algorithm.entropy_coefficient": 0},
    "plain KL": {"algorithm.kl": "kl"},
    "absolute KL": {"algorithm.kl": "abs"},
    "squared KL": {"algorithm.kl": "mse"},
    "KL straight through": {"algorithm.kl_straight_through": True},
    "temperature": {"rollout.temperature": 0.7},
    "another choice": {"rollout.top_p": 0.9, "rollout.top_k": 5},
    "overlong": {"algorithm.overlong_tokens": 4, "algorithm.overlong_penalty": 0.5},
    "Dr. GRPO": {
        "algorithm.divide_by_std": False,
        "algorithm.aggregation": "seq-mean-token-sum-norm",
        "algorithm.aggregation_norm": 12.0,
    },
    "mean of means": {"algorithm.aggregation": "seq-mean-token-mean"},
    "mean of sums": {"algorithm.aggregation": "seq-mean-token-sum"},
    "micro-batches": {"algorithm.reproduce_micro_batch_mean": 5},
    "micro-batches of means": {
        "algorithm.reproduce_micro_batch_mean": 8,
        "algorithm.aggregation": "seq-mean-token-mean",
    },
    "one axis of time": {"algorithm.reproduce_temporal_mrope": True},
    "layers computed again": {"model.gradient_checkpointing": True},
    "several updates": MANY,
    "drawn by something else": {"algorithm.importance_threshold": 0.02},
    "drawn by something else, several updates": {**MANY, **TIGHT, "algorithm.importance_threshold": 0.02},
    "several updates, clipped": {**MANY, **TIGHT},
    "clipped twice": {**MANY, **TIGHT, "algorithm.clip_low": 0.5, "algorithm.dual_clip": 1.01},
    "gradients not clipped": {"optimizer.max_grad_norm": 1e6},
    "the tower's own rate": {"optimizer.vision_lr": 0.002, "optimizer.weight_decay": 0.3, "optimizer.betas": (0.8, 0.9)},
    "the tower frozen": {"optimizer.vision_lr": 0},
    "first step at zero": {"algorithm.reproduce_first_step_at_zero": True},
    "warmed up": {"optimizer.warmup_steps": 3},
    "linear decay": {"optimizer.decay": "linear"},
    "all at once": {
        **MANY,
        **TIGHT,
        "rollout.temperature": 1.3,
        "algorithm.overlong_tokens": 6,
        "algorithm.dual_clip": 1.1,
        "algorithm.importance_threshold": 0.03,
        "algorithm.kl": "mse",
        "algorithm.reproduce_micro_batch_mean": 3,
        "algorithm.reproduce_temporal_mrope": True,
        "algorithm.reproduce_first_step_at_zero": True,
        "optimizer.vision_lr": 0.003,
        "model.gradient_checkpointing": True,
    },
}


STEPS = [("qwen2_5_vl", name) for name in SWITCHES] + [
    ("qwen3_vl", name)
    for name in ("as it is", "one axis of time", "layers computed again", "the tower frozen", "all at once")
]


@pytest.mark.parametrize(("family", "name"), STEPS)
def test_a_step_is_what_the_papers_say(
    rollouts: list[Rollout], family: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = SWITCHES[name]
    recipe = recipe_of(changed)
    theirs, their_reference = their_tiny_model(0, family), their_tiny_model(1, family)
    ours, reference = our_model(theirs), our_model(their_reference).requires_grad_(False)
    ours.visual.requires_grad_(not freezes_tower(recipe))
    groups = our_groups(rollouts, recipe, ours, monkeypatch)
    optimizers = make_optimizers(ours, recipe.optimizer)
    stepper, optimizer = Stepper(list(ours.parameters()), optimizers, recipe.optimizer), TheirOptimizer(theirs, recipe)
    # A second step where it is another one: moments, schedules.
    for step in range(2 if not changed or any(key.startswith("optimizer.") for key in changed) else 1):
        share = their_share(recipe, step)
        expected = their_step(theirs, their_reference, optimizer, rollouts, recipe, share)
        given = lr_multiplier(recipe.optimizer, step, TOTAL, recipe.algorithm.reproduce_first_step_at_zero)
        compared = reference if recipe.algorithm.kl_coefficient else None
        assert update(Workers(ours), compared, stepper, groups, recipe, given) == pytest.approx(expected, rel=2e-5, abs=1e-8)
    begun, expected_weights = (
        {our_name(name): tensor for name, tensor in model.state_dict().items()}
        for model in (their_tiny_model(0, family), theirs)
    )
    # AdamW makes much of gradients of nearly nothing: they are held more closely than what they move.
    means = {our_name(name): m for name, (_, m, _) in optimizer.moments.items()}
    for whole, parameter in ours.named_parameters():
        state = optimizers[0].state.get(parameter, {})
        for part, gradient in split_joined(whole, state.get("exp_avg", torch.zeros_like(parameter)), ours.config).items():
            expected_mean = means.get(part, torch.zeros_like(gradient))
            assert (gradient - expected_mean).norm() <= 1e-5 * expected_mean.norm() + 1e-9, part
    for part, tensor in hub_state(ours).items():
        weight = expected_weights[our_name(part)]
        moved = (weight - begun[our_name(part)]).norm()
        assert (tensor - weight).norm() <= 1e-3 * moved + 1e-9, part


@pytest.mark.parametrize("warmup", [0, 1, 3])
@pytest.mark.parametrize("decay", ["constant", "linear", "cosine"])
def test_schedules(warmup: int, decay: str) -> None:
    recipe = recipe_of({"optimizer.warmup_steps": warmup, "optimizer.decay": decay})
    shares = [lr_multiplier(recipe.optimizer, step, TOTAL) for step in range(TOTAL)]
    assert shares == pytest.approx([their_share(recipe, step) for step in range(TOTAL)])


# Rewards that are all equal.


@pytest.mark.parametrize("factor", [0.05, 0.1, 1 / 3])
def test_equal_rewards_give_exactly_nothing(factor: float) -> None:
    for size in range(2, 65):
        for reward in (0.0, factor, 1.0, 1 + factor, -factor, 1000 * factor):
            for kind in (torch.float32, torch.float64):
                for divided in (True, False):
                    rewards, group = torch.full((size,), reward, dtype=kind), torch.zeros(size, dtype=torch.int64)
                    assert group_advantages(rewards, group, divided).tolist() == [0.0] * size
        # The same terms, added in another order.
        sums = [(0.7 + factor) + 0.1 if index % 2 else 0.7 + (factor + 0.1) for index in range(size)]
        assert all_equal(sums)
        rewards = torch.tensor([factor] * (size - 1) + [2 * factor], dtype=torch.float64)
        unequal = group_advantages(rewards, torch.zeros(size, dtype=torch.int64))
        assert unequal[-1] > 0 > unequal[0]
        assert abs(unequal.sum()) < 1e-9


def test_a_small_difference_is_one() -> None:
    assert not all_equal([1.0, 1.0, 1.0 + 1e-6])
    assert all_equal([0.1 + 0.2, 0.3])


def test_dynamic_sampling_replaces_groups_whose_rewards_are_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    rewards = {0: [1.0, 0.0], 1: [0.1 + 0.2, 0.3], 2: [0.5, 0.5], 3: [0.0, 0.0], 4: [0.0, 1e-3], 5: [1.0, 1.0]}

    def sampled(_: Workers, positions: list[int], *__: Any) -> list[Group]:
        return [Group(position, [], [], [], rewards[position]) for position in positions]

    monkeypatch.setattr("ocean_r1.grpo.train.sample_groups", sampled)
    monkeypatch.setattr(RowSampler, "epoch", lambda order, _: list(order.positions))
    for rounds, expected in [(0, [0, 1, 2]), (1, [0, 3, 4]), (2, [0, 5, 4])]:
        recipe = recipe_of({"algorithm.dynamic_sampling": rounds})
        run: Any = SimpleNamespace(workers=None, tokenizer=None, next_examples=RowSampler(range(6), 0).take)
        pool: Any = None
        groups = step_groups(run, recipe, pool, 0)
        assert [group.example for group in groups] == expected
        equal = [len(set(map(str, rewards[row]))) == 1 or row == 1 for row in expected]
        assert [group.all_equal for group in groups] == equal


# Copies of a row, steps that are not taken, and what is stepped.


def test_copies_of_a_row_draw_different_responses() -> None:
    names = [("a", 0), ("b", 0), ("a", 1), ("a", 2)]
    seeds = row_seeds(1, 5, names, 3)
    assert len(set(seeds.flatten().tolist())) == 12
    assert torch.equal(row_seeds(1, 5, [*reversed(names)], 3), seeds.flip(0))
    assert not set(row_seeds(1, 6, names, 3).flatten().tolist()) & set(seeds.flatten().tolist())


def test_copies_are_counted_over_all_that_a_step_samples(rollouts: list[Rollout], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Tensor] = []

    def sample(_: VisionLanguageModel, prompts: list[Prompt], *given: Any) -> list[list[Response]]:
        seen.append(given[2])
        for index in range(len(prompts)):
            given[-1](index, rollouts[0].responses)
        return []

    monkeypatch.setattr("ocean_r1.grpo.step.sample", sample)
    examples = [example_of(rollouts[0], "the row")] * 3
    workers, words, pool = Workers(our_model(their_tiny_model(0))), Words(), Table(rollouts)
    recipe, copies = recipe_of({}), Counter[str]()
    sample_groups(workers, examples, recipe, words, pool, 0, copies)
    sample_groups(workers, examples[:1], recipe, words, pool, 0, copies)
    expected = row_seeds(recipe.seed, 0, [("the row", copy) for copy in range(4)], 4)
    assert torch.equal(torch.cat(seen), expected)


def test_a_group_in_bfloat16_adds_to_gradients_in_float32(rollouts: list[Rollout], monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = recipe_of({"algorithm.kl_coefficient": 0})
    model = our_model(their_tiny_model(0)).float()
    groups = our_groups(rollouts, recipe, model, monkeypatch)

    def gradients_of(some: Sequence[float]) -> dict[str, Tensor]:
        """Of the groups times these, whose weights stay those of all."""
        workers = Workers(model, dtype="bfloat16")
        [replica] = workers.replicas
        weights = [each * factor for each, factor in zip(weights_of(groups, recipe.algorithm), some, strict=True)]
        for group, own, weight in zip(groups, advantages_of(groups, recipe.algorithm), weights, strict=True):
            accumulate(replica, None, group, own, weight, None, recipe)
        assert all(parameter.grad is None for parameter in replica.parameters())
        workers.reduce_gradients()
        assert not workers.sums
        found = {name: parameter.grad for name, parameter in model.named_parameters() if parameter.grad is not None}
        model.zero_grad()
        return found

    alone = [gradients_of([float(index == one) for index in range(3)]) for one in range(3)]
    for name, total in gradients_of([1.0, 1.0, 1.0]).items():
        assert total.dtype == torch.float32
        assert torch.equal(total, sum(part[name] for part in alone)), name


def test_what_computes_in_bfloat16_has_the_weights_that_moved() -> None:
    model = our_model(their_tiny_model(0)).float()
    workers = Workers(model, count=2, dtype="bfloat16")
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1.01)
    workers.sync()
    for replica in workers.replicas:
        assert all(torch.equal(a, b.bfloat16()) for a, b in zip(replica.parameters(), model.parameters(), strict=True))


def test_workers_have_about_the_same_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "set_num_threads", lambda _: None)
    workers = Workers(our_model(their_tiny_model(0)), count=2)
    assert workers.run(lambda _, part: part, [1, 9, 2, 1, 5, 1], lambda item: item) == [[9, 1], [5, 2, 1, 1]]
    assert workers.run(lambda _, part: part, [4], lambda item: item) == [[4]]
    assert workers.map(lambda _, part: [2 * item for item in part], [1, 9, 2, 1, 5]) == [2, 18, 4, 2, 10]


def heads_and_stepper(largest: float) -> tuple[VisionLanguageModel, torch.nn.Linear, Stepper]:
    model, heads = our_model(their_tiny_model(0)), torch.nn.Linear(2, 1).double()
    settings = recipe_of({"optimizer.max_grad_norm": 1.0}).optimizer
    for parameter in [*model.parameters(), *heads.parameters()]:
        parameter.grad = torch.zeros_like(parameter)
    model.lm_head.weight.grad[0, 0] = 3.0
    heads.weight.grad[0, 0] = largest
    learnt = [*model.parameters(), *heads.parameters()]
    return model, heads, Stepper(learnt, make_optimizers(model, settings, heads), settings)


def test_heads_are_clipped_with_the_model_and_stop_a_step_that_is_not_finite() -> None:
    model, heads, stepper = heads_and_stepper(4.0)
    assert stepper.step(1.0) == (5.0, True)
    # AdamW keeps a tenth of the first gradient: 4 of a norm of 5 that was brought to 1.
    assert stepper.optimizers[0].state[heads.weight]["exp_avg"][0, 0].item() == pytest.approx(0.08)
    for largest in (math.nan, math.inf):
        model, heads, stepper = heads_and_stepper(largest)
        before = heads.weight.detach().clone(), model.lm_head.weight.detach().clone()
        assert stepper.step(1.0)[1] is False
        assert torch.equal(heads.weight, before[0])
        assert torch.equal(model.lm_head.weight, before[1])
        assert heads.weight.grad is None
        for _ in range(2):
            heads.weight.grad = torch.full_like(heads.weight, largest)
            if stepper.skipped == 2:
                with pytest.raises(NotFiniteError):
                    stepper.step(1.0)
            else:
                stepper.step(1.0)


@each_family
def test_muon_has_the_matrices_inside_and_adamw_the_rest(family: str) -> None:
    model = our_model(their_tiny_model(0, family))
    adamw, muon = make_optimizers(model, recipe_of({"optimizer.muon": True}).optimizer)
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    of_muon = {names[id(p)] for group in muon.param_groups for p in group["params"]}
    of_adamw = {names[id(p)] for group in adamw.param_groups for p in group["params"]}
    assert of_muon | of_adamw == set(names.values())
    assert not of_muon & of_adamw
    assert {"language_model.layers.0.mlp.down_proj.weight", "visual.blocks.0.attn.qkv.weight"} <= of_muon
    assert {name for name in names.values() if "embed" in name} | {"language_model.norm.weight"} <= of_adamw
