"""Shared prefixes change nothing but the cost."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from conftest import STOP, each_family, make_prompt, tiny_config
from test_model import IMAGES
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from ocean_r1.engine.attention import attend, attend_back, attend_back_plainly, attend_plainly, length_buckets
from ocean_r1.engine.forward import group_stats
from ocean_r1.engine.prompt import Prompt
from ocean_r1.engine.sampling import ROOM, Cache, Response, Sampling, decode, prefill, sample
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.families import build_model
from ocean_r1.models.model import VisionLanguageModel, initialise

# Some share a bucket with others that are longer, so that there is padding and a mask between them; one is a single token.
LENGTHS = (5, 1, 9, 3, 6, 12, 10, 2, 6)


def tiny_model(dtype: torch.dtype, family: str = "qwen2_5_vl") -> VisionLanguageModel:
    model = build_model(ModelConfig.from_json(tiny_config(family).to_dict()))
    initialise(model, torch.Generator().manual_seed(3), std=0.2)
    return model.to(dtype)


def gradients(
    model: VisionLanguageModel, prompt: Prompt, groups: list[list[Tensor]], weights: list[Tensor]
) -> dict[str, Tensor]:
    """Of a weighted sum of log-probabilities and entropies, so that every token pulls in its own direction."""
    model.zero_grad()
    for responses, weight in zip(groups, weights, strict=True):
        stats = group_stats(model, prompt, responses)
        ((stats.logp * weight).sum() + (stats.entropy * weight.flip(0)).sum()).backward()
    return {name: parameter.grad.clone() for name, parameter in model.named_parameters() if parameter.grad is not None}


@each_family
@pytest.mark.parametrize(("dtype", "bound"), [(torch.float64, 1e-9), (torch.float32, 1e-4)])
@pytest.mark.parametrize("grids", IMAGES.values(), ids=IMAGES.keys())
def test_gradients_of_a_group_are_those_of_its_members_alone(
    family: str, grids: tuple[tuple[int, int, int], ...], dtype: torch.dtype, bound: float
) -> None:
    assert [len(bucket) for bucket in length_buckets(sorted(length - 1 for length in LENGTHS))] == [1, 1, 3, 3]
    model = tiny_model(dtype, family)
    generator = torch.Generator().manual_seed(4)
    prompt = make_prompt(generator, grids, dtype=dtype)
    responses = [torch.randint(0, 80, (length,), generator=generator) for length in LENGTHS]
    weights = [torch.randn(len(response), generator=generator, dtype=dtype) for response in responses]
    # Entropies are weighted by the same weights backwards, response by response, in both ways.
    alone = gradients(model, prompt, [[r] for r in responses], weights)
    model.zero_grad()
    stats = group_stats(model, prompt, responses)
    backwards = torch.cat([weight.flip(0) for weight in weights])
    ((stats.logp * torch.cat(weights)).sum() + (stats.entropy * backwards).sum()).backward()
    for name, parameter in model.named_parameters():
        if parameter.grad is None:
            assert name not in alone
            continue
        difference = (parameter.grad - alone[name]).norm() / alone[name].norm().clamp(min=1e-30)
        assert difference < bound, name


@pytest.mark.parametrize("causal", [False, True])
def test_attention_in_plain_words_is_that_of_the_kernels(causal: bool) -> None:
    generator = torch.Generator().manual_seed(1)

    def drawn(heads: int, length: int) -> Tensor:
        return torch.randn(2, heads, length, 8, generator=generator, dtype=torch.float64)

    q, k, v, grad = drawn(6, 5), drawn(2, 5 if causal else 9), drawn(2, 5 if causal else 9), drawn(6, 5)
    out, log_sum = attend(q, k, v, causal)
    torch.testing.assert_close(attend_plainly(q, k, v, causal), (out, log_sum))
    given = (grad, q, k, v, out, log_sum, causal)
    torch.testing.assert_close(attend_back_plainly(*given), attend_back(*given))


@each_family
def test_a_row_draws_the_same_whatever_is_beside_it(family: str) -> None:
    model = tiny_model(torch.float64, family)
    generator = torch.Generator().manual_seed(5)
    prompts = [make_prompt(generator, grids) for grids in IMAGES.values()]
    seeds = torch.randint(0, 2**62, (len(prompts), 6), generator=generator)
    # Many stop tokens, so that rows end early and the grid is packed several times.
    sampling = Sampling(24, tuple(range(0, 12)))
    together = sample(model, prompts, 6, sampling, seeds, return_logp=True)
    ends = {len(response.ids) for group in together for response in group}
    assert len(ends) > 5
    for prompt, own, group in zip(prompts, seeds, together, strict=True):
        for seed, response in zip(own, group, strict=True):
            [[alone]] = sample(model, [prompt], 1, sampling, seed.view(1, 1), return_logp=True)
            assert alone.ids.tolist() == response.ids.tolist()
            assert alone.finished == response.finished


def test_a_cache_grows_with_what_it_holds_and_half_of_one_that_is_too_large_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same tokens are drawn, and no cache is larger than it may be."""
    monkeypatch.setattr("ocean_r1.engine.sampling.ROOM", 4)
    model = tiny_model(torch.float64)
    generator = torch.Generator().manual_seed(5)
    prompts = [make_prompt(generator, grids) for grids in IMAGES.values()]
    seeds = torch.randint(0, 2**62, (len(prompts), 6), generator=generator)
    sampling = Sampling(60, (0, 1))
    sizes: list[int] = []
    widened = Cache.kept

    def watched(cache: Cache, prompts: Tensor, members: Tensor, used: int, room: int) -> None:
        widened(cache, prompts, members, used, room)
        parts = (*cache.prompt_k, *cache.prompt_v, *cache.own_k, *cache.own_v)
        sizes.append(sum(part.numel() * part.element_size() for part in parts))
        assert sizes[-1] == cache.size(*members.shape, room)

    monkeypatch.setattr(Cache, "kept", watched)

    def drawn(most: float) -> list[Response]:
        sizes.clear()
        responses = sample(model, prompts, 6, sampling, seeds, True, cache_bytes=most)
        return [each for group in responses for each in group]

    together = drawn(float("inf"))
    largest = max(sizes)
    in_parts = drawn(largest // 2)
    assert max(sizes) <= largest // 2
    for one, other in zip(in_parts, together, strict=True):
        assert (one.ids.tolist(), one.finished) == (other.ids.tolist(), other.finished)
        torch.testing.assert_close(one.logp, other.logp, rtol=1e-6, atol=1e-6)
    assert max(len(each.ids) for each in together) > 40
    # All of it would have been taken at the start before.
    every = prefill(model, prompts, 6, 60)[0]
    assert largest < 0.8 * every.size(len(prompts), 6, 60)


@each_family
def test_what_is_not_yet_written_is_not_read(family: str) -> None:
    """A CUDA graph reads more of the cache than is written."""
    model = tiny_model(torch.float64, family)
    prompts = [make_prompt(torch.Generator().manual_seed(8), grids) for grids in IMAGES.values()]
    narrow, wide = (prefill(model, prompts, 3, 16) for _ in range(2))
    for layer in wide[0].own_v:
        layer.fill_(7.0)
    ids = torch.arange(len(prompts) * 3).view(-1, 3) + 20
    for step in range(5):
        place = torch.tensor([step])
        exact = decode(model, narrow[0], ids, narrow[2] + step, place, step + 1)
        torch.testing.assert_close(decode(model, wide[0], ids, wide[2] + step, place, 16), exact, rtol=1e-12, atol=1e-12)


@each_family
@pytest.mark.skipif(not torch.cuda.is_available(), reason="CUDA graphs need a graphics card")
def test_cuda_graphs_change_nothing(family: str) -> None:
    model = tiny_model(torch.float32, family).cuda()
    generator = torch.Generator().manual_seed(5)
    prompts = [make_prompt(generator, grids) for grids in IMAGES.values()]
    seeds = torch.randint(0, 2**62, (len(prompts), 6), generator=generator)
    # Longer than a cache has room at first, and packed on the way.
    sampling = Sampling(ROOM + 40, (0, 1))
    plain, graphed = (sample(model, prompts, 6, sampling, seeds, True, graphs) for graphs in (False, True))
    for one, other in zip([r for g in plain for r in g], [r for g in graphed for r in g], strict=True):
        assert one.ids.tolist() == other.ids.tolist()
        torch.testing.assert_close(one.logp, other.logp, rtol=1e-4, atol=1e-4)


@each_family
def test_rollout_and_training_agree_on_log_probabilities(family: str) -> None:
    model = tiny_model(torch.float64, family)
    generator = torch.Generator().manual_seed(6)
    prompt = make_prompt(generator, IMAGES["three images"])
    seeds = torch.randint(0, 2**62, (1, 8), generator=generator)
    [group] = sample(model, [prompt], 8, Sampling(20, (1, 2, 3), temperature=0.7), seeds, return_logp=True)
    stats = group_stats(model, prompt, [response.ids for response in group], temperature=0.7)
    sampled = torch.cat([response.logp for response in group if response.logp is not None])
    torch.testing.assert_close(stats.logp.float(), sampled, rtol=1e-5, atol=1e-5)


def test_sampling_follows_the_distribution() -> None:
    logits = torch.tensor([[2.0, 1.0, 0.0, -1.0, -5.0]]).expand(20_000, -1)
    from ocean_r1.engine.sampling import pick_tokens

    drawn = pick_tokens(logits.clone(), Sampling(1, (STOP,)), torch.arange(20_000), 3)
    shares = drawn.bincount(minlength=5) / 20_000
    torch.testing.assert_close(shares, logits[0].softmax(-1), atol=0.012, rtol=0)
    assert set(pick_tokens(logits.clone(), Sampling(1, (STOP,), top_k=2), torch.arange(20_000), 0).tolist()) == {0, 1}
    assert set(pick_tokens(logits.clone(), Sampling(1, (STOP,), top_p=0.8), torch.arange(20_000), 0).tolist()) == {0, 1}


class Searches(TorchDispatchMode):
    """What a card's host would wait for: places that are searched for by where something is true."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        name = str(func)
        by_truth = name.startswith(("aten.index.", "aten.index_put")) and any(
            isinstance(index, Tensor) and index.dtype == torch.bool for index in args[1]
        )
        if by_truth or name.startswith(("aten.nonzero", "aten.masked_select", "aten.is_nonzero")):
            self.found.append(name)
        return func(*args, **(kwargs or {}))


def test_neither_a_step_of_decoding_nor_a_group_s_gradient_searches() -> None:
    model = tiny_model(torch.float32)
    prompt = Prompt(torch.arange(20, 40), None, ())
    with Searches() as searches:
        [group] = sample(
            model, [prompt], 5, Sampling(12, (STOP,), forbidden_tokens=(STOP,)), torch.arange(5).view(1, 5), True
        )
        responses = [response.ids[: 2 + 2 * member] for member, response in enumerate(group)]
        group_stats(model, prompt, responses).logp.sum().backward()
    assert searches.found == []
