"""Shared prefixes change nothing but the cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import pytest
import torch
from card import Replayed
from conftest import STOP, each_family, make_prompt, tiny_config
from test_model import IMAGES
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from ocean_r1.engine.attention import attend, attend_back, attend_back_plainly, attend_plainly, length_buckets
from ocean_r1.engine.flight import Row
from ocean_r1.engine.forward import group_stats
from ocean_r1.engine.pages import OWN
from ocean_r1.engine.prompt import Prompt
from ocean_r1.engine.sampling import Response, Sampler, Sampling, pick_tokens, sample
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.families import build_model
from ocean_r1.models.model import VisionLanguageModel, initialise

# Some share a bucket with others that are longer, so that there is padding and a mask between them; one is a single token.
LENGTHS = (5, 1, 9, 3, 6, 12, 10, 2, 6)


def tiny_model(dtype: torch.dtype, family: str = "qwen2_5_vl", std: float = 0.2) -> VisionLanguageModel:
    model = build_model(ModelConfig.from_json(tiny_config(family).to_dict()))
    initialise(model, torch.Generator().manual_seed(3), std)
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


def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that short prompts and responses have several, and several looks."""
    for module in ("flight", "sampling"):
        monkeypatch.setattr(f"ocean_r1.engine.{module}.LOOK", 2)
    monkeypatch.setattr("ocean_r1.engine.flight.OWN", 8)
    monkeypatch.setattr("ocean_r1.engine.flight.SHARED", 16)


@each_family
@pytest.mark.parametrize("temperature", [0, 1.0], ids=["greedily", "drawn"])
def test_a_response_is_the_same_whatever_is_in_flight_beside_it(
    monkeypatch: pytest.MonkeyPatch, family: str, temperature: float
) -> None:
    """Two rows, seven or all; alone; and where it waits on the host now and then."""
    short_pages(monkeypatch)
    model = tiny_model(torch.float32, family, std=0.15)
    generator = torch.Generator().manual_seed(5)
    prompts = [make_prompt(generator, grids) for grids in IMAGES.values()] * 4
    seeds = torch.randint(0, 2**62, (len(prompts), 1), generator=generator)
    # Many stop tokens, so that rows end early and others take their places.
    sampling = Sampling(24, tuple(range(12)), temperature)
    [*alone] = (
        sample(model, [prompt], 1, sampling, seed[None], True)[0][0] for prompt, seed in zip(prompts, seeds, strict=True)
    )
    assert len({len(response.ids) for response in alone}) > (2 if temperature == 0 else 5)
    for rows in (2, 7, len(prompts)):
        together = sample(model, prompts, 1, sampling, seeds, True, at_once=rows)
        same([response for [response] in together], alone)
    # In groups: of each prompt all its copies.
    names = list(range(len(IMAGES)))
    grouped = seeds.view(4, -1).T
    groups = sample(model, [prompts[name] for name in names], 4, sampling, grouped, True, at_once=1)
    same([groups[name][copy] for copy in range(4) for name in names], alone)


def same(ours: list[Response], theirs: list[Response]) -> None:
    for one, other in zip(ours, theirs, strict=True):
        assert (one.ids.tolist(), one.finished) == (other.ids.tolist(), other.finished)
        bound = 1e-6 if one.logp.dtype == torch.float32 else 1e-12
        torch.testing.assert_close(one.logp, other.logp, rtol=bound, atol=bound)


class Watched(Sampler):
    """Bytes of keys and values, and rows that left for the host."""

    held: ClassVar[list[int]] = []
    left: ClassVar[int] = 0

    def look(self, ended: Sequence[int]) -> None:
        super().look(ended)
        parts = [*self.shared.k, *self.shared.v, *self.own.k, *self.own.v]
        Watched.held.append(sum(part.numel() * part.element_size() for part in parts))

    def leaves(self, place: int, row: Row) -> None:
        super().leaves(place, row)
        Watched.left += 1


@pytest.mark.parametrize("graphs", [False, True], ids=["plain", "graphs"])
def test_memory_is_what_is_in_use_and_what_is_too_much_waits(monkeypatch: pytest.MonkeyPatch, graphs: bool) -> None:
    """The same tokens are drawn, and no cache is larger than it may be."""
    short_pages(monkeypatch)
    monkeypatch.setattr("ocean_r1.engine.sampling.Graph", Replayed)
    monkeypatch.setattr("ocean_r1.engine.sampling.Sampler", Watched)
    model = tiny_model(torch.float64)
    generator = torch.Generator().manual_seed(5)
    prompts = [make_prompt(generator, grids) for grids in IMAGES.values()]
    seeds = torch.randint(0, 2**62, (len(prompts), 6), generator=generator)
    sampling = Sampling(60, (0, 1))

    def drawn(most: float) -> list[Response]:
        Watched.held, Watched.left = [], 0
        responses = sample(model, prompts, 6, sampling, seeds, True, graphs, cache_bytes=most)
        return [each for group in responses for each in group]

    together = drawn(math.inf)
    text = model.config.text
    of_token = 2 * text.num_hidden_layers * text.num_key_value_heads * text.head_dim * 8
    largest = max(Watched.held)
    assert not Watched.left
    # Less than places for the longest prompt and the longest response in each row would take.
    assert largest < 0.7 * of_token * len(prompts) * (max(len(prompt.ids) for prompt in prompts) + 6 * 60)
    same(drawn(largest // 2), together)
    assert Watched.left
    assert max(Watched.held) <= largest // 2
    assert max(len(each.ids) for each in together) > 40


@each_family
@pytest.mark.parametrize("graphs", [False, True], ids=["plain", "graphs"])
def test_what_is_not_yet_written_is_not_read(monkeypatch: pytest.MonkeyPatch, family: str, graphs: bool) -> None:
    """Pages are as those before left them, and a graph reads all."""
    short_pages(monkeypatch)
    monkeypatch.setattr("ocean_r1.engine.sampling.Graph", Replayed)
    model = tiny_model(torch.float64, family)
    prompts = [make_prompt(torch.Generator().manual_seed(8), grids) for grids in IMAGES.values()]
    given = (model, prompts, 3, Sampling(20, (0, 1)), torch.arange(3 * len(prompts)).view(-1, 3), True, graphs)
    expected = sample(*given)
    zeros = Tensor.new_zeros
    monkeypatch.setattr(Tensor, "new_zeros", lambda *shape, **named: zeros(*shape, **named).fill_(7.0))
    for one, other in zip(sample(*given), expected, strict=True):
        same(one, other)


@each_family
@pytest.mark.skipif(not torch.cuda.is_available(), reason="CUDA graphs need a graphics card")
def test_cuda_graphs_change_nothing(family: str) -> None:
    model = tiny_model(torch.float32, family).cuda()
    generator = torch.Generator().manual_seed(5)
    prompts = [make_prompt(generator, grids) for grids in IMAGES.values()]
    seeds = torch.randint(0, 2**62, (len(prompts), 6), generator=generator)
    # Longer than there are pages for at first, given on and packed on the way.
    sampling = Sampling(2 * OWN + 40, (0, 1))
    plain, graphed = (sample(model, prompts, 6, sampling, seeds, True, graphs, at_once=2) for graphs in (False, True))
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
    drawn = pick_tokens(logits.clone(), Sampling(1, (STOP,)), torch.arange(20_000), torch.tensor(3))
    shares = drawn.bincount(minlength=5) / 20_000
    torch.testing.assert_close(shares, logits[0].softmax(-1), atol=0.012, rtol=0)
    assert set(
        pick_tokens(logits.clone(), Sampling(1, (STOP,), top_k=2), torch.arange(20_000), torch.tensor(0)).tolist()
    ) == {0, 1}
    assert set(
        pick_tokens(logits.clone(), Sampling(1, (STOP,), top_p=0.8), torch.arange(20_000), torch.tensor(0)).tolist()
    ) == {0, 1}


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
