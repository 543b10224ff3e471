"""Sampling: a prompt is encoded and prefilled once, and its keys and values serve all responses of its group. So many rows
are decoded together; one that ends gives its place to the next response (flight.py). Memory is what is in use (pages.py).

Letters of shapes: R rows, M tokens of a response that there is room for, D width, H heads, K key/value heads, A head width,
V vocabulary, N pages, S seats and X pages as in pages.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from ocean_r1.engine.flight import LOOK, Flight, Row
from ocean_r1.engine.pages import Pages
from ocean_r1.engine.prompt import Prompt, image_tokens, prompt_positions
from ocean_r1.models.model import VisionLanguageModel


@dataclass(frozen=True)
class Sampling:
    """`temperature` 0 takes the likeliest token. `top_k` 0 and `top_p` 1 leave the distribution whole."""

    max_new_tokens: int
    stop_tokens: tuple[int, ...]
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    forbidden_tokens: tuple[int, ...] = ()


@dataclass(frozen=True)
class Response:
    """Token ids (n,), the stop token included; `finished` is false where the limit cut it. `logp` (n,) when asked for:
    under the model at temperature `temperature`, before top-k and top-p; `entropy` (n,) of the same distribution. All lie on
    the host."""

    ids: Tensor
    finished: bool
    logp: Tensor | None
    entropy: Tensor | None = None


GOLDEN = -7046029254386353131  # 2^64 / golden ratio, as a signed 64-bit integer


def uniforms(seeds: Tensor, steps: Tensor) -> Tensor:
    """A number in [0, 1) for each seed (int64) and step: SplitMix64 of seed and step, so that what a row draws does not
    depend on the rows beside it."""
    z = seeds + (steps + 1) * GOLDEN
    for shift, factor in ((30, -4658895280553007687), (27, -7723592293110705685)):
        z = (z ^ ((z >> shift) & ((1 << (64 - shift)) - 1))) * factor
    z = z ^ ((z >> 31) & ((1 << 33) - 1))
    return ((z >> 11) & ((1 << 53) - 1)).double() / 2**53


def pick_tokens(logits_RV: Tensor, sampling: Sampling, seeds: Tensor, steps: Tensor) -> Tensor:
    """The next token of each row, (R,), which has so many: by the inverse of the cumulative distribution."""
    for token in sampling.forbidden_tokens:  # one by one: a list would be brought to the card, which is waited for
        logits_RV[:, token] = -math.inf
    if sampling.temperature == 0:
        return logits_RV.argmax(dim=-1)
    probabilities = F.softmax(logits_RV / sampling.temperature, dim=-1)
    order: Tensor | None = None
    if sampling.top_k or sampling.top_p < 1:
        probabilities, order = probabilities.sort(dim=-1, descending=True, stable=True)
        if sampling.top_k:
            probabilities[:, sampling.top_k :] = 0
        if sampling.top_p < 1:
            before = probabilities.cumsum(dim=-1) - probabilities
            probabilities = probabilities.masked_fill(before >= sampling.top_p * probabilities.sum(-1, True), 0)
    cumulative = probabilities.double().cumsum(dim=-1)
    drawn = uniforms(seeds, steps)[:, None] * cumulative[:, -1:]
    picked = torch.searchsorted(cumulative, drawn, right=True).clamp(max=logits_RV.shape[1] - 1)
    return (picked if order is None else order.gather(1, picked)).squeeze(1)


@dataclass
class Rows:
    """What is known of each row on the device, in place: a CUDA graph reads and writes the same memory each time. `ids`,
    `logps` and `entropies` (R, M) are what was drawn, `lengths` (R,) how many tokens."""

    seeds: Tensor
    starts: Tensor
    """Position of the first token, (R,)."""
    lengths: Tensor
    ends: Tensor
    """Tokens up to the first stop token, or the limit, (R,)."""
    hidden: Tensor
    """Hidden states that the next tokens are predicted from, (R, D)."""
    ids: Tensor
    logps: Tensor | None
    entropies: Tensor | None

    @classmethod
    def of(cls, model: VisionLanguageModel, rows: int, most: int, logp: bool, entropy: bool) -> Rows:
        weight = model.lm_head.weight
        room = -(-most // LOOK) * LOOK

        def zeros(*shape: int, dtype: torch.dtype = torch.int64) -> Tensor:
            return torch.zeros(rows, *shape, dtype=dtype, device=weight.device)

        seeds, starts, lengths, ends = (zeros() for _ in range(4))
        hidden = zeros(weight.shape[1], dtype=weight.dtype)
        logps, entropies = (zeros(room, dtype=torch.float32) if wanted else None for wanted in (logp, entropy))
        return cls(seeds, starts, lengths, ends, hidden, zeros(room), logps, entropies)

    @property
    def parts(self) -> list[Tensor]:
        return [part for field in fields(self) if (part := getattr(self, field.name)) is not None]

    def keep(self, places: Tensor) -> None:
        for field in fields(self):
            part = getattr(self, field.name)
            setattr(self, field.name, None if part is None else part[places])

    def draw(self, model: VisionLanguageModel, sampling: Sampling, stops: Tensor) -> None:
        """The next token of each row. Those that have ended draw on: to pick out the others, a card would be waited for."""
        logits_RV = model.lm_head(self.hidden).float()
        kept = logits_RV.clone() if self.logps is not None else logits_RV
        chosen = pick_tokens(kept, sampling, self.seeds, self.lengths)
        place = self.lengths[:, None]
        self.ids.scatter_(1, place, chosen[:, None])
        if self.logps is not None:
            all_logp = F.log_softmax(logits_RV / (sampling.temperature or 1.0), dim=-1)
            self.logps.scatter_(1, place, all_logp.gather(1, chosen[:, None]))
            if self.entropies is not None:
                self.entropies.scatter_(1, place, -(all_logp.exp() * all_logp).sum(dim=-1, keepdim=True))
        self.lengths += 1
        ending = torch.where(torch.isin(chosen, stops), self.lengths, sampling.max_new_tokens)
        torch.minimum(self.ends, ending, out=self.ends)


@dataclass
class Tables:
    """Which row asks which page, and where what it got lies: between two looks the same."""

    asking_shared: Tensor
    """Rows that ask each page of a prompt, (N, S)."""
    shared_tokens: Tensor
    """Tokens in each of them, (N,)."""
    asking_own: Tensor
    """The row that each page of a response is of, (N, 1)."""
    first: Tensor
    """Which of its tokens is the page's first, (N,)."""
    own: Tensor
    """The pages of each row in their order, (R, pages of the longest)."""
    parts: Tensor
    """What each head of each row got of its pages, among all that was got, (R * H, X)."""
    absent: Tensor
    """0, or -inf where a row has fewer pages, (R * H, X)."""

    @classmethod
    def of(cls, flight: Flight, heads: int, kv_heads: int, device: torch.device) -> Tables:
        rows, running, group = flight.rows, flight.running, flight.group
        seats: dict[int, list[int]] = {index: [] for index in flight.held}
        seat_of = [0] * len(rows)
        for place, row in running:
            seat_of[place] = len(seats[row.prompt.index])
            seats[row.prompt.index].append(place)
        count = group if flight.all_pages else max(map(len, seats.values()))
        asking = torch.zeros(flight.read(flight.shared, flight.shared_pages()), count, dtype=torch.int64)
        tokens = torch.ones(len(asking), dtype=torch.int64)
        size = flight.shared.size
        for index, held in flight.held.items():
            seated = torch.tensor(seats[index] + [0] * (count - len(seats[index])))
            for number, page in enumerate(held.pages):
                asking[page] = seated
                tokens[page] = min(size, flight.lengths[index] - number * size)
        shared = table([row.prompt.pages if row else [] for row in rows], -(-max(flight.lengths) // size))
        # An empty place asks nobody's page. Graphs have as many pages a row as the next power of two.
        mine = [row.pages if row else flight.nobody for row in rows]
        longest = max(map(len, mine))
        own = table(mine, 2 ** (longest - 1).bit_length() if flight.all_pages else longest)
        present = torch.cat([shared, own], dim=1) >= 0
        own = own.clamp(min=0)  # a pad is nobody's page
        asking_own = torch.zeros(flight.read(flight.own, flight.own_pages()), dtype=torch.int64)
        first = torch.zeros_like(asking_own)
        asking_own[own] = torch.arange(len(rows))[:, None].expand_as(own)
        first[own] = (torch.arange(own.shape[1]) * flight.own.size).expand_as(own)
        # Results lie page by page, key/value head by head, seat by seat, then by the heads that share that one.
        kv, head = torch.arange(kv_heads)[:, None, None], torch.arange(heads // kv_heads)[:, None]
        of_shared = (shared.clamp(min=0)[:, None, None] * kv_heads + kv) * count + torch.tensor(seat_of)[:, None, None, None]
        of_own = asking.numel() * kv_heads + own[:, None, None] * kv_heads + kv
        parts = torch.cat([of_shared.expand(-1, -1, 1, -1), of_own.expand(-1, -1, 1, -1)], dim=3) * len(head) + head
        absent = torch.zeros(present.shape).masked_fill(~present, -math.inf)
        found = (
            *(asking, tokens, asking_own[:, None], first, own),
            *(parts.flatten(0, 2), absent.repeat_interleave(heads, dim=0)),
        )
        return cls(*(part.to(device) for part in found))

    def become(self, other: Tables) -> bool:
        """In place, where shapes are the same."""
        pairs = [(getattr(self, field.name), getattr(other, field.name)) for field in fields(self)]
        if any(mine.shape != new.shape for mine, new in pairs):
            return False
        for mine, new in pairs:
            mine.copy_(new)
        return True


def table(lists: Sequence[Sequence[int]], width: int) -> Tensor:
    """(lists, width), -1 where one is shorter."""
    return torch.tensor([[*each, *[-1] * (width - len(each))] for each in lists])


def prefill(model: VisionLanguageModel, prompt: Prompt, shared: Pages, pages: Sequence[int]) -> tuple[Tensor, int]:
    """Writes a prompt's keys and values; the hidden state (D,) that predicts its replies' first token, and that one's
    position."""

    def attend(layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        shared.fill(pages, layer, k, v)
        q, k, v = (part.transpose(0, 1)[None] for part in (q, k, v))
        out = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        return out[0].transpose(0, 1).flatten(1)

    positions, following = prompt_positions(model, prompt)
    [hidden] = model(prompt.ids, image_tokens(model, prompt), positions, attend, first=len(prompt.ids) - 1)
    return hidden, following


def decode(model: VisionLanguageModel, shared: Pages, own: Pages, rows: Rows, tables: Tables) -> None:
    """Runs the last token of every row, and writes its keys and values, and the hidden states that predict the next."""
    at = rows.lengths - 1
    ids = rows.ids.gather(1, at[:, None]).squeeze(1)
    pages, places = tables.own.gather(1, (at // own.size)[:, None]).squeeze(1), at % own.size
    dtype = model.lm_head.weight.dtype
    shared_bias = bias(tables.shared_tokens, shared.size, dtype)
    # What is not yet written is not read; of pages that are nobody's a token is, so that there is something to sum.
    written = (rows.lengths[tables.asking_own[:, 0]] - tables.first).clamp(min=1)
    own_bias = bias(written, own.size, dtype)

    def attend(layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        own.k[layer][pages, :, places] = k
        own.v[layer][pages, :, places] = v
        out, log_sums = zip(
            shared.asked(layer, q, tables.asking_shared, shared_bias),
            own.asked(layer, q, tables.asking_own, own_bias),
            strict=True,
        )
        weights = (torch.cat(log_sums)[tables.parts] + tables.absent).softmax(dim=1).to(dtype)
        joined = F.embedding_bag(tables.parts, torch.cat(out), per_sample_weights=weights, mode="sum")
        return joined.view(len(q), -1)

    rows.hidden.copy_(model(ids, None, (rows.starts + at).expand(3, -1), attend))


def bias(tokens: Tensor, size: int, dtype: torch.dtype) -> Tensor:
    """(N, 1, 1, size): 0 for so many tokens of each page, then -inf."""
    behind = torch.arange(size, device=tokens.device) >= tokens[:, None]
    return torch.zeros(behind.shape, dtype=dtype, device=tokens.device).masked_fill(behind, -math.inf)[:, None, None]


class Graph:
    """`decode` as a CUDA graph, for as long as what it is given stays where it is: starting a model's hundreds of kernels
    one by one takes longer than running them."""

    def __init__(self, *given: Any) -> None:
        # Once outside, where libraries may still set themselves up; it writes what the graph will write again.
        beside = torch.cuda.Stream()
        beside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(beside):
            decode(*given)
        torch.cuda.current_stream().wait_stream(beside)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            decode(*given)

    def replay(self) -> None:
        self.graph.replay()


class Sampler(Flight):
    """A flight whose rows are computed."""

    def __init__(
        self,
        model: VisionLanguageModel,
        prompts: Sequence[Prompt],
        group: int,
        sampling: Sampling,
        seeds: Tensor,
        wanted: tuple[bool, bool],
        cuda_graphs: bool,
        cache_bytes: float,
        at_once: int,
    ) -> None:
        text, most = model.config.text, sampling.max_new_tokens
        width = model.lm_head.weight.element_size()
        of_token = 2 * text.num_hidden_layers * text.num_key_value_heads * text.head_dim * width
        lengths, make = [len(prompt.ids) for prompt in prompts], partial(Pages.of, model)
        super().__init__(lengths, group, most, at_once, make, of_token, cache_bytes, cuda_graphs)
        self.model, self.prompts, self.sampling, self.seeds = model, prompts, sampling, seeds
        self.state = Rows.of(model, len(self.rows), most, *wanted)
        self.stops = torch.tensor(sampling.stop_tokens, device=model.device)
        self.predicting: dict[int, tuple[Tensor, int]] = {}
        """Of the prompts that are held, what `prefill` found."""
        self.away: dict[Row, tuple[list[Tensor], list[Tensor]]] = {}
        """Of the rows that wait on the host, what is known of them, and their pages of every layer."""
        self.tables: Tables | None = None
        self.graph: Graph | None = None

    def fly(self) -> tuple[int, int]:
        self.arrive()
        given = self.given()
        draws, runs = super().fly()
        for number in range(draws):
            self.state.draw(self.model, self.sampling, self.stops)
            if number >= runs:
                break
            if not self.all_pages:
                decode(*given)
                continue
            self.graph = self.graph or Graph(*given)
            self.graph.replay()
        return draws, runs

    def ended(self) -> list[tuple[int, Row, Response]]:
        """Places whose rows have ended, and what they are. The one wait for a card between two looks."""
        ends, state = self.state.ends.tolist(), self.state
        found = [(place, row) for place, row in self.running if ends[place] <= row.tokens]
        if not found:
            return []
        places = self.index([place for place, _ in found])
        ids = state.ids[places].cpu()
        logps, entropies = (None if part is None else part[places].cpu() for part in (state.logps, state.entropies))

        def response(number: int, length: int) -> Response:
            logp, entropy = (None if part is None else part[number, :length].clone() for part in (logps, entropies))
            own = ids[number, :length].clone()
            return Response(own, int(own[-1]) in self.sampling.stop_tokens, logp, entropy)

        return [(place, row, response(number, ends[place])) for number, (place, row) in enumerate(found)]

    def arrive(self) -> None:
        """Brings in what is known of rows that began or came back; empty places begin again and again."""
        place_of = {row: place for place, row in self.running}
        begun: list[Row] = []
        for row in self.arrived:
            if row not in self.away:
                begun.append(row)
                continue
            parts, layers = self.away.pop(row)
            for part, own in zip(self.state.parts, parts, strict=True):
                part[place_of[row]] = own.to(part.device)
            for layer, own in zip((*self.own.k, *self.own.v), layers, strict=True):
                layer[row.pages[: len(own)]] = own.to(layer.device)
        for row in begun:
            prompt = row.prompt
            if prompt.index not in self.predicting:
                self.predicting[prompt.index] = prefill(self.model, self.prompts[prompt.index], self.shared, prompt.pages)
        if begun:
            hidden, starts = zip(*(self.predicting[row.prompt.index] for row in begun), strict=True)
            places, state = self.index([place_of[row] for row in begun]), self.state
            state.seeds[places] = self.index([int(self.seeds[row.prompt.index, row.member]) for row in begun])
            state.starts[places], state.hidden[places] = self.index(starts), torch.stack(hidden)
            state.lengths[places], state.ends[places] = 0, self.most
        if empty := [place for place, row in enumerate(self.rows) if row is None]:
            self.state.lengths[self.index(empty)] = 0

    def index(self, numbers: Sequence[int]) -> Tensor:
        return torch.tensor(numbers, dtype=torch.int64, device=self.model.device)

    def given(self) -> tuple[VisionLanguageModel, Pages, Pages, Rows, Tables]:
        """What `decode` takes until the next look."""
        text = self.model.config.text
        tables = Tables.of(self, text.num_attention_heads, text.num_key_value_heads, self.model.device)
        # Where pages went to other memory, which a graph does not know, there are more or fewer of them.
        if self.tables is None or not self.tables.become(tables):
            self.tables, self.graph = tables, None
        return self.model, self.shared, self.own, self.state, self.tables

    def leaves(self, place: int, row: Row) -> None:
        layers = (*self.own.k, *self.own.v)
        self.away[row] = (
            [part[place].clone().cpu() for part in self.state.parts],
            [layer[row.pages].cpu() for layer in layers],
        )

    def move(self, places: Sequence[int | None]) -> None:
        super().move(places)
        self.state.keep(self.index([place or 0 for place in places]))
        self.graph = None


@torch.inference_mode()
def sample(
    model: VisionLanguageModel,
    prompts: Sequence[Prompt],
    group: int,
    sampling: Sampling,
    seeds: Tensor,
    return_logp: bool = False,
    cuda_graphs: bool = False,
    return_entropy: bool = False,
    cache_bytes: float = math.inf,
    at_once: int | None = None,
    done: Callable[[int, list[Response]], None] = lambda _, __: None,
) -> list[list[Response]]:
    """`group` responses to each prompt, as many at a time as `at_once` prompts have (all, if it is None); `done` is told
    which prompt has all of its own. `seeds` (B, G) int64: a row draws the same tokens whatever else is in flight. Entropies
    are there with log-probabilities only. Where keys and values would take more than `cache_bytes`, rows wait on the host.
    """
    wanted = (return_logp, return_logp and return_entropy)
    given = (wanted, cuda_graphs, cache_bytes, at_once or len(prompts))
    sampler = Sampler(model, prompts, group, sampling, seeds, *given)
    responses: list[dict[int, Response]] = [{} for _ in prompts]
    sampler.look([])
    while sampler.rows:
        sampler.fly()
        ended = sampler.ended()
        sampler.look([place for place, _, _ in ended])
        for _, row, response in ended:
            own = responses[row.prompt.index]
            own[row.member] = response
            if len(own) == group:
                done(row.prompt.index, [own[member] for member in range(group)])
    return [[own[member] for member in range(group)] for own in responses]
