"""One step of GRPO, a function for each thing that happens in it: sample, score, compare, update."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, astuple, dataclass, fields, replace

import torch
from torch import Tensor

from ocean_r1.config import Algorithm, GrpoRecipe, freezes_tower
from ocean_r1.data.prompts import Example, Tokenizer
from ocean_r1.engine.forward import TokenStats, group_stats
from ocean_r1.engine.prompt import seen
from ocean_r1.engine.sampling import Response, Sampling, sample
from ocean_r1.engine.vllm import VllmServer
from ocean_r1.engine.workers import Workers
from ocean_r1.grpo.advantage import all_equal, group_advantages
from ocean_r1.grpo.loss import Clip, importance_weights, kl_terms, policy_terms, token_weights
from ocean_r1.models.model import VisionLanguageModel
from ocean_r1.optimizer import Stepper
from ocean_r1.ranks import Ranks
from ocean_r1.rewards.pool import Case, RewardPool, Scored
from ocean_r1.rollouts import Rollout, TracedToken


@dataclass(frozen=True)
class Group:
    """A prompt, its responses, and what they are worth."""

    example: Example
    responses: list[Response]
    texts: list[str]
    scored: list[Scored]
    rewards: list[float]
    """Scores less the penalty for length."""
    rank: int = 0
    """Of the process that sampled it, and learns from it; the others know it without its pictures."""

    @property
    def ids(self) -> list[Tensor]:
        return [response.ids for response in self.responses]

    @property
    def all_equal(self) -> bool:
        return all_equal(self.rewards)


def rollouts_of(groups: Sequence[Group], algorithm: Algorithm, tokenizer: Tokenizer) -> Iterator[Rollout]:
    for number, (group, advantages) in enumerate(zip(groups, advantages_of(groups, algorithm), strict=True)):
        yield from group_rollouts(number, group, advantages.tolist(), tokenizer)


def group_rollouts(number: int, group: Group, advantages: list[float], tokenizer: Tokenizer) -> Iterator[Rollout]:
    example = group.example
    parts = (group.texts, group.responses, group.scored, group.rewards, advantages)
    for text, response, score, reward, advantage in zip(*parts, strict=True):
        yield Rollout(
            group=number,
            row=example.name,
            data_source=example.row.data_source,
            prompt=[message.model_dump() for message in example.row.prompt],
            images=example.images,
            ground_truth=example.ground_truth,
            output=text,
            tokens=len(response.ids),
            finished=response.finished,
            reward=reward,
            terms=score.terms,
            failed=score.failed,
            advantage=advantage,
            trace=trace_of(response, tokenizer),
        )


def trace_of(response: Response, tokenizer: Tokenizer) -> list[TracedToken] | None:
    if response.logp is None or response.entropy is None:
        return None
    texts = [tokenizer.text([token], skip_special=False) for token in response.ids.tolist()]
    numbers = zip(response.logp.tolist(), response.entropy.tolist(), strict=True)
    return [{"text": text, "logp": logp, "entropy": own} for text, (logp, own) in zip(texts, numbers, strict=True)]


def row_seeds(seed: int, step: int, rows: Sequence[tuple[str, int]], group: int) -> Tensor:
    """A seed for each response, (B, G), from what it is and not from when it is drawn: `rows` are the rows' names, and which
    copy of the row it is in this step."""
    drawn = [f"{seed}/{step}/{name}" + (f"/copy {copy}" if copy else "") for name, copy in rows]
    digests = [hashlib.sha256(f"{row}/{member}".encode()).digest()[:8] for row in drawn for member in range(group)]
    numbers = [int.from_bytes(digest, "big") >> 1 for digest in digests]
    return torch.tensor(numbers, dtype=torch.int64).view(len(rows), group)


def sample_groups(
    workers: Workers,
    examples: Sequence[Example],
    recipe: GrpoRecipe,
    tokenizer: Tokenizer,
    pool: RewardPool,
    step: int,
    copies: Counter[str],
    server: VllmServer | None = None,
) -> list[Group]:
    """Samples and scores `rollout.group` responses to each example, by a server if there is one. `copies` counts how often
    each row was taken in this step, by name: copies of a row draw different responses. Of several processes each samples for
    its share."""
    settings = recipe.rollout
    sampling = Sampling(
        settings.max_new_tokens,
        tokenizer.stop_tokens,
        settings.temperature,
        settings.top_p,
        settings.top_k,
        forbidden_tokens=(workers.replicas[0].config.image_token_id,),
    )

    def seeds_of(some: list[tuple[Example, int]]) -> Tensor:
        return row_seeds(recipe.seed, step, [(example.name, copy) for example, copy in some], settings.group)

    def begun(example: Example, responses: list[Response]) -> Drawn:
        """While they are scored, others are sampled."""
        texts = [tokenizer.text(response.ids.tolist()) for response in responses]
        cases = [Case(text, example.ground_truth, example.row.extra_info) for text in texts]
        return example, responses, texts, scorer.submit(pool.score, cases)

    def draw(model: VisionLanguageModel, some: list[tuple[Example, int]]) -> list[Drawn]:
        drawn: dict[int, Drawn] = {}

        def done(index: int, responses: list[Response]) -> None:
            drawn[index] = begun(some[index][0], responses)

        prompts, graphs, trace = [example.prompt for example, _ in some], settings.cuda_graphs, recipe.logging.trace
        samplers = len(workers.samplers)
        at_once, cache_bytes = -(-settings.prompts_at_once // samplers), settings.cache_bytes / samplers
        given = (True, graphs, trace, cache_bytes, at_once, done)
        sample(model, prompts, settings.group, sampling, seeds_of(some), *given)
        return [drawn[index] for index in range(len(some))]

    def ask(server: VllmServer, some: list[tuple[Example, int]]) -> list[Drawn]:
        """Which of them it answers together is the server's to say."""

        def one(numbered: tuple[Example, int], seed: int) -> Drawn:
            return begun(numbered[0], server.sample(numbered[0].prompt, settings.group, sampling, seed))

        with ThreadPoolExecutor(settings.prompts_at_once) as threads:
            return list(threads.map(one, some, seeds_of(some)[:, 0].tolist()))

    def look(model: VisionLanguageModel, some: list[tuple[Example, int]]) -> list[tuple[Example, int]]:
        return [(replace(example, prompt=seen(model, example.prompt)), copy) for example, copy in some]

    all_numbered: list[tuple[Example, int]] = []
    for example in examples:
        all_numbered.append((example, copies[example.name]))
        copies[example.name] += 1
    own_numbered = workers.ranks.share(all_numbered)
    if freezes_tower(recipe):
        own_numbered = workers.map_rollout(look, own_numbered)
    with ThreadPoolExecutor(1) as scorer:
        drawn = ask(server, own_numbered) if server else workers.map_rollout(draw, own_numbered)
        groups = [scored_group(each, recipe, workers.ranks.rank) for each in drawn]
    return known_to_all(groups, workers.ranks)


Drawn = tuple[Example, list[Response], list[str], Future[list[Scored]]]
"""An example, the responses to it, their texts, and what they are worth once that is known."""


def scored_group(drawn: Drawn, recipe: GrpoRecipe, rank: int) -> Group:
    example, responses, texts, scoring = drawn
    scored = scoring.result()
    rewards = [
        score.reward - overlong_penalty(len(response.ids), recipe.rollout.max_new_tokens, recipe.algorithm)
        for score, response in zip(scored, responses, strict=True)
    ]
    return Group(example, responses, texts, scored, rewards, rank)


def known_to_all(own: list[Group], ranks: Ranks) -> list[Group]:
    """The groups of all processes in the order of their examples, the others' without their pictures."""
    if ranks.count == 1:
        return own

    def without_pictures(example: Example) -> Example:
        return replace(example, prompt=replace(example.prompt, patches=None, tokens=None))

    light = [replace(group, example=without_pictures(group.example)) for group in own]
    complete = iter(own)
    return [next(complete) if group.rank == ranks.rank else group for group in ranks.gathered(light)]


def overlong_penalty(length: int, limit: int, algorithm: Algorithm) -> float:
    """DAPO's soft punishment (arXiv 2503.14476, equation 13): none up to `limit - overlong_tokens`, then linear."""
    if not algorithm.overlong_tokens:
        return 0.0
    over = length - (limit - algorithm.overlong_tokens)
    return algorithm.overlong_penalty * min(1.0, max(0.0, over / algorithm.overlong_tokens))


def advantages_of(groups: Sequence[Group], algorithm: Algorithm) -> list[Tensor]:
    """One advantage a response, (R,) float64 for each group."""

    def of(group: Group) -> Tensor:
        rewards = torch.tensor(group.rewards, dtype=torch.float64)
        return group_advantages(rewards, torch.zeros(len(rewards), dtype=torch.int64), algorithm.divide_by_std)

    return [of(group) for group in groups]


def weights_of(groups: Sequence[Group], algorithm: Algorithm) -> list[Tensor]:
    """The weight of each response token of a mini-batch, packed group by group, (S,)."""
    lengths = torch.tensor([len(ids) for group in groups for ids in group.ids])
    if size := algorithm.reproduce_micro_batch_mean:
        parts = [token_weights(part, algorithm.aggregation, algorithm.aggregation_norm) for part in lengths.split(size)]
        weights = torch.cat(parts) / len(parts)
    else:
        weights = token_weights(lengths, algorithm.aggregation, algorithm.aggregation_norm)
    return list(weights.split([sum(len(ids) for ids in group.ids) for group in groups]))


@dataclass
class Sums:
    """Weighted sums over the tokens of an update, for its metrics."""

    pg_loss: float = 0.0
    entropy: float = 0.0
    kl: float = 0.0
    clipped: float = 0.0
    clipped_dual: float = 0.0
    approximate_kl: float = 0.0
    mismatch: float = 0.0
    importance: float = 0.0
    importance_cut: float = 0.0
    tokens: int = 0

    def add(self, other: Sums) -> None:
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))

    def summed(self, ranks: Ranks) -> Sums:
        """Over all processes."""
        if ranks.count == 1:
            return self
        own = torch.tensor([float(value) for value in astuple(self)], dtype=torch.float64)
        values = dict(zip(asdict(self), ranks.summed(own).tolist(), strict=True))
        return Sums(**{**values, "tokens": int(values["tokens"])})


def own_turns(groups: Sequence[Group], ranks: Ranks) -> list[tuple[int, bool]]:
    """Which groups this process learns from, by their index, and whether they count. All processes take as many turns, since
    a layer is whole for all of them at once: who has fewer groups takes one again, and it counts for nothing."""
    own = [index for index, group in enumerate(groups) if group.rank == ranks.rank]
    most = max(Counter(group.rank for group in groups).values())
    return [(index, True) for index in own] + [(own[0], False)] * (most - len(own))


Part = tuple[Group, Tensor, Tensor, Tensor | None]
"""A group, its responses' advantages, its tokens' weights, and, where a step takes several, their old log-probabilities."""


def weightless(part: Part, counts: bool) -> Part:
    group, advantages, weights, old = part
    return part if counts else (group, advantages, torch.zeros_like(weights), old)


def stats_of(model: VisionLanguageModel, group: Group, recipe: GrpoRecipe, gradient_checkpointing: bool) -> TokenStats:
    return group_stats(
        model,
        group.example.prompt,
        group.ids,
        temperature=recipe.rollout.temperature,
        temporal_only=recipe.algorithm.reproduce_temporal_mrope,
        gradient_checkpointing=gradient_checkpointing,
    )


def unseen(group: Group) -> Group:
    return replace(group, example=replace(group.example, prompt=replace(group.example.prompt, tokens=None)))


def accumulate(
    model: VisionLanguageModel,
    reference: VisionLanguageModel | None,
    group: Group,
    advantages: Tensor,
    weights: Tensor,
    old_logp: Tensor | None,
    recipe: GrpoRecipe,
) -> Sums:
    """Adds a group's gradient. Where a rollout is used for one update only, the policy is its own old policy."""
    algorithm = recipe.algorithm
    ref_logp: Tensor | None = None
    if reference is not None:  # before the policy, whose activations stay until the backward pass
        with torch.no_grad():
            # A reference of its own has a tower of its own.
            ref_logp = stats_of(reference, unseen(group) if recipe.reference else group, recipe, False).logp
    stats = stats_of(model, group, recipe, recipe.model.gradient_checkpointing)
    device = stats.logp.device
    weights = weights.to(device, stats.logp.dtype)
    lengths = torch.tensor([len(ids) for ids in group.ids])
    per_token = advantages.repeat_interleave(lengths).to(device, stats.logp.dtype)
    old = stats.logp.detach() if old_logp is None else old_logp
    terms = policy_terms(stats.logp, old, per_token, Clip(algorithm.clip_low, algorithm.clip_high, algorithm.dual_clip))
    sampled = torch.cat([response.logp for response in group.responses if response.logp is not None]).to(device)
    counts, cut = torch.ones_like(terms.loss), torch.zeros_like(terms.clipped)
    if algorithm.importance_threshold is not None:
        counts, cut = importance_weights(old, sampled.to(old.dtype), algorithm.importance_threshold)
    loss = (weights * counts * terms.loss).sum()
    entropy = (weights * stats.entropy).sum()
    pg_loss, weighted_kl = loss.detach(), loss.new_zeros(())
    loss = loss - algorithm.entropy_coefficient * entropy
    if ref_logp is not None:
        kl = (weights * kl_terms(stats.logp, ref_logp, algorithm.kl, algorithm.kl_straight_through)).sum()
        weighted_kl = kl.detach()
        loss = loss + algorithm.kl_coefficient * kl
    loss.backward()
    found = {
        "pg_loss": pg_loss,
        "entropy": entropy.detach(),
        "kl": weighted_kl,
        "clipped": terms.clipped.sum(),
        "clipped_dual": terms.clipped_dual.sum(),
        "approximate_kl": terms.approximate_kl.sum(),
        "mismatch": (sampled - stats.logp.detach()).abs().sum(),
        "importance": counts.sum(),
        "importance_cut": cut.sum(),
    }
    # The one wait of a group: all that is told of it comes over at once.
    told = torch.stack([each.double() for each in found.values()]).tolist()
    return Sums(**dict(zip(found, told, strict=True)), tokens=len(per_token))


def update(
    workers: Workers,
    reference: VisionLanguageModel | None,
    stepper: Stepper,
    groups: Sequence[Group],
    recipe: GrpoRecipe,
    lr_multiplier: float,
) -> dict[str, float]:
    """All optimizer steps that one rollout gives; metrics under the seed's names."""
    algorithm = recipe.algorithm
    advantages = advantages_of(groups, algorithm)
    ranks = workers.ranks
    old: list[Tensor | None] = [None] * len(groups)
    if algorithm.mini_batches * algorithm.epochs > 1:
        with torch.no_grad():
            for index, counts in own_turns(groups, ranks):
                logp = stats_of(workers.replicas[0], groups[index], recipe, gradient_checkpointing=False).logp
                old[index] = logp if counts else old[index]

    def backward(model: VisionLanguageModel, parts: list[Part]) -> list[Sums]:
        return [accumulate(model, reference, *part, recipe) for part in parts]

    sums = Sums()
    norms: list[float] = []
    skipped = 0
    size = -(-len(groups) // algorithm.mini_batches)
    for _ in range(algorithm.epochs):
        for start in range(0, len(groups), size):
            batch = slice(start, start + size)
            weights = weights_of(groups[batch], algorithm)
            parts = list(zip(groups[batch], advantages[batch], weights, old[batch], strict=True))
            turns = own_turns(groups[batch], ranks)
            told = workers.map(backward, [weightless(parts[index], counts) for index, counts in turns])
            for (_, counts), part in zip(turns, told, strict=True):
                sums.add(part if counts else Sums())
            workers.reduce_gradients()
            norm, taken = stepper.step(lr_multiplier)
            workers.sync()
            norms.append(norm)
            skipped += not taken
    sums = sums.summed(ranks)
    updates = len(norms)
    flat = torch.cat(advantages)
    importance = {
        "actor/importance_mean": sums.importance / sums.tokens,
        "actor/importance_cut": sums.importance_cut / sums.tokens,
    }
    return {
        **(importance if algorithm.importance_threshold is not None else {}),
        "critic/advantages/mean": flat.mean().item(),
        "critic/advantages/max": flat.max().item(),
        "critic/advantages/min": flat.min().item(),
        "actor/pg_loss": sums.pg_loss / updates,
        "actor/entropy_loss": sums.entropy / updates,
        "actor/kl_loss": sums.kl / updates,
        "actor/kl_coef": algorithm.kl_coefficient,
        "actor/pg_clipfrac": sums.clipped / sums.tokens,
        "actor/pg_clipfrac_lower": sums.clipped_dual / sums.tokens,
        "actor/ppo_kl": sums.approximate_kl / sums.tokens,
        "actor/grad_norm": sum(norms) / updates,
        "actor/lr": recipe.optimizer.lr * lr_multiplier,
        "actor/skipped_steps": float(skipped),
        "actor/rollout_logp_difference": sums.mismatch / sums.tokens,
    }
