"""Sampling: a prompt is encoded and prefilled once, and its keys and values serve all responses of its group.

Letters of shapes: B prompts, G responses of each, P longest prompt, M tokens of a response that there is room for, H heads,
K key/value heads, A head width, V vocabulary. The prompts' part of the cache (B, K, P, A) is written once, the responses'
part (B, G, K, M, A) in place. It has room for twice as many tokens when it is full, and when rows have ended the grid B x G
is packed closer, so that what ended costs nothing more: many prompts may be sampled at once, though each may be answered at
length. What is too much all the same waits on the host.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

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


def uniforms(seeds: Tensor, step: int) -> Tensor:
    """A number in [0, 1) for each seed (int64) and step: SplitMix64 of seed and step, so that what a row draws does not
    depend on the rows beside it."""
    z = seeds + torch.tensor(GOLDEN, device=seeds.device) * (step + 1)
    for shift, factor in ((30, -4658895280553007687), (27, -7723592293110705685)):
        z = (z ^ ((z >> shift) & ((1 << (64 - shift)) - 1))) * factor
    z = z ^ ((z >> 31) & ((1 << 33) - 1))
    return ((z >> 11) & ((1 << 53) - 1)).double() / 2**53


def pick_tokens(logits_NV: Tensor, sampling: Sampling, seeds: Tensor, step: int) -> Tensor:
    """The next token of each row, (N,), by the inverse of the cumulative distribution."""
    if sampling.forbidden_tokens:
        logits_NV[:, list(sampling.forbidden_tokens)] = -math.inf
    if sampling.temperature == 0:
        return logits_NV.argmax(dim=-1)
    probabilities = F.softmax(logits_NV / sampling.temperature, dim=-1)
    order: Tensor | None = None
    if sampling.top_k or sampling.top_p < 1:
        probabilities, order = probabilities.sort(dim=-1, descending=True, stable=True)
        if sampling.top_k:
            probabilities[:, sampling.top_k :] = 0
        if sampling.top_p < 1:
            before = probabilities.cumsum(dim=-1) - probabilities
            probabilities = probabilities.masked_fill(before >= sampling.top_p * probabilities.sum(-1, True), 0)
    cumulative = probabilities.double().cumsum(dim=-1)
    drawn = uniforms(seeds, step)[:, None] * cumulative[:, -1:]
    picked = torch.searchsorted(cumulative, drawn, right=True).clamp(max=logits_NV.shape[1] - 1)
    return (picked if order is None else order.gather(1, picked)).squeeze(1)


@dataclass
class Cache:
    """Keys and values of every layer, and which prompt tokens are real."""

    prompt_k: list[Tensor]  # each (B, K, P, A)
    prompt_v: list[Tensor]
    own_k: list[Tensor]  # each (B, G, K, M, A)
    own_v: list[Tensor]
    prompt_bias: Tensor  # (B, 1, 1, P): 0 or -inf

    @property
    def room(self) -> int:
        """Tokens of a response, M."""
        return self.own_k[0].shape[3]

    def size(self, prompts: int, group: int, room: int) -> int:
        """Bytes that a cache of this shape takes."""
        layers, (_, heads, longest, width) = len(self.prompt_k), self.prompt_k[0].shape
        tokens = prompts * (longest + group * room)
        return 2 * layers * heads * width * tokens * self.prompt_k[0].element_size()

    def mapped(self, change: Callable[[Tensor], Tensor]) -> Cache:
        """What becomes of each of its parts, as a cache."""
        prompt_k, prompt_v, own_k, own_v = (
            [change(part) for part in layers] for layers in (self.prompt_k, self.prompt_v, self.own_k, self.own_v)
        )
        return Cache(prompt_k, prompt_v, own_k, own_v, change(self.prompt_bias))

    def kept(self, prompts: Tensor, members: Tensor, used: int, room: int) -> None:
        """Keeps the prompts (B',) and of each the members (B', G'), with what of their cache is `used`, and room for so many
        tokens."""
        for parts in (self.prompt_k, self.prompt_v):
            for layer, part in enumerate(parts):
                parts[layer] = part[prompts]
        self.prompt_bias = self.prompt_bias[prompts]
        for parts in (self.own_k, self.own_v):
            for layer, part in enumerate(parts):
                wider = part.new_zeros(*members.shape, part.shape[2], room, part.shape[4])
                wider[:, :, :, :used] = part[prompts[:, None], members, :, :used]
                parts[layer] = wider


def prefill(model: VisionLanguageModel, prompts: Sequence[Prompt], group: int, room: int) -> tuple[Cache, Tensor, Tensor]:
    """The cache, the hidden state that predicts each prompt's first reply token (B, D), and that token's position (B,)."""
    text = model.config.text
    weight = model.lm_head.weight
    longest = max(len(prompt.ids) for prompt in prompts)
    layers = range(text.num_hidden_layers)
    heads = (text.num_key_value_heads, longest, text.head_dim)
    own = (len(prompts), group, text.num_key_value_heads, room, text.head_dim)
    cache = Cache(
        [weight.new_zeros(len(prompts), *heads) for _ in layers],
        [weight.new_zeros(len(prompts), *heads) for _ in layers],
        [weight.new_zeros(own) for _ in layers],
        [weight.new_zeros(own) for _ in layers],
        weight.new_zeros(len(prompts), 1, 1, longest),
    )
    last: list[Tensor] = []
    next_positions: list[int] = []
    for index, prompt in enumerate(prompts):
        length = len(prompt.ids)

        def attend(layer: int, q: Tensor, k: Tensor, v: Tensor, index: int = index, length: int = length) -> Tensor:
            q, k, v = (part.transpose(0, 1) for part in (q, k, v))
            cache.prompt_k[layer][index, :, :length] = k
            cache.prompt_v[layer][index, :, :length] = v
            out = F.scaled_dot_product_attention(q[None], k[None], v[None], is_causal=True, enable_gqa=True)
            return out[0].transpose(0, 1).flatten(1)

        positions, next_position = prompt_positions(model, prompt)
        last.append(model(prompt.ids, image_tokens(model, prompt), positions, attend, first=length - 1)[0])
        next_positions.append(next_position)
        cache.prompt_bias[index, ..., length:] = -math.inf
    return cache, torch.stack(last), torch.tensor(next_positions, device=model.device)


def decode(
    model: VisionLanguageModel, cache: Cache, ids_BG: Tensor, positions_B: Tensor, step: Tensor, length: int
) -> Tensor:
    """Runs one token of every row, written at `step` (1,) of its cache, of which the first `length` tokens are read, what is
    not yet written masked; the hidden states (B, G, D) that predict the next. `step` is a tensor for CUDA graphs' sake."""
    text = model.config.text
    rows, group = ids_BG.shape
    repeats = text.num_attention_heads // text.num_key_value_heads
    scale = text.head_dim**-0.5
    own_bias = model.lm_head.weight.new_zeros(length)
    own_bias = own_bias.masked_fill(torch.arange(length, device=own_bias.device) > step, -math.inf)

    def attend(layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        own_k, own_v = cache.own_k[layer], cache.own_v[layer]
        own_k.index_copy_(3, step, k.view(rows, group, -1, 1, text.head_dim))
        own_v.index_copy_(3, step, v.view(rows, group, -1, 1, text.head_dim))
        own_k, own_v = own_k[:, :, :, :length], own_v[:, :, :, :length]
        q = q.view(rows, group, text.num_key_value_heads, repeats, text.head_dim) * scale
        # All members of a group meet the prompt's keys in one product: (B, K, G * repeats, A) x (B, K, A, P).
        q_shared = q.transpose(1, 2).reshape(rows, text.num_key_value_heads, group * repeats, text.head_dim)
        to_prompt = q_shared @ cache.prompt_k[layer].transpose(2, 3) + cache.prompt_bias
        to_prompt = to_prompt.view(rows, text.num_key_value_heads, group, repeats, -1).transpose(1, 2)
        to_own = q @ own_k.transpose(3, 4) + own_bias  # (B, G, K, repeats, length)
        weights = F.softmax(torch.cat([to_prompt, to_own], dim=-1), dim=-1)
        on_prompt, on_own = weights.split((to_prompt.shape[-1], length), dim=-1)
        from_prompt = on_prompt.transpose(1, 2).reshape(*q_shared.shape[:3], -1) @ cache.prompt_v[layer]
        from_prompt = from_prompt.view(rows, text.num_key_value_heads, group, repeats, -1).transpose(1, 2)
        out: Tensor = (from_prompt + on_own @ own_v).reshape(rows * group, -1)
        return out

    positions = positions_B.repeat_interleave(group).expand(3, -1)
    hidden: Tensor = model(ids_BG.reshape(-1), None, positions, attend)
    grid: Tensor = hidden.unflatten(0, (rows, group))
    return grid


ROOM = 128
"""Tokens of a response that a cache has room for at first."""


class GraphedDecode:
    """`decode` as a CUDA graph, for as long as cache and grid (B, G) stay where they are: starting a model's hundreds of
    kernels one by one takes longer than running them."""

    def __init__(self, model: VisionLanguageModel, cache: Cache, ids_BG: Tensor, positions_B: Tensor) -> None:
        self.model, self.cache = model, cache
        # A graph reads and writes the same memory each time.
        self.ids, self.positions = ids_BG.clone(), positions_B.clone()
        self.step = torch.zeros(1, dtype=torch.int64, device=ids_BG.device)
        self.captured: tuple[torch.cuda.CUDAGraph, Tensor] | None = None

    def __call__(self, ids_BG: Tensor, positions_B: Tensor, step: int) -> Tensor:
        """The hidden states (B, G, D), which the next call overwrites."""
        self.ids.copy_(ids_BG)
        self.positions.copy_(positions_B)
        self.step.fill_(step)
        self.captured = self.captured or self.capture()
        graph, hidden = self.captured
        graph.replay()
        return hidden

    def capture(self) -> tuple[torch.cuda.CUDAGraph, Tensor]:
        def run() -> Tensor:
            return decode(self.model, self.cache, self.ids, self.positions, self.step, self.cache.room)

        # Once outside, where libraries may still set themselves up; it writes what the graph will write again.
        beside = torch.cuda.Stream()
        beside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(beside):
            run()
        torch.cuda.current_stream().wait_stream(beside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            hidden = run()
        return graph, hidden


def put(out: Tensor, where: tuple[Tensor, Tensor], wanted: Tensor, values: Tensor) -> None:
    """Writes the wanted of the grid's values to their prompts and members in `out`, (B, G)."""
    out[where] = torch.where(wanted, values, out[where])


@dataclass
class Drawn:
    """What was drawn for all prompts, (B, G, most new tokens), and how many tokens each response has, (B, G)."""

    sampling: Sampling
    seeds: Tensor
    stops: Tensor
    ids: Tensor
    ended_at: Tensor
    logps: Tensor | None
    entropies: Tensor | None

    @classmethod
    def none(cls, sampling: Sampling, seeds: Tensor, device: torch.device, logp: bool, entropy: bool) -> Drawn:
        shape = (*seeds.shape, sampling.max_new_tokens)
        return cls(
            sampling,
            seeds.to(device),
            torch.tensor(sampling.stop_tokens, device=device),
            torch.full(shape, -1, device=device),
            torch.full(seeds.shape, sampling.max_new_tokens, device=device),
            torch.zeros(shape, device=device) if logp else None,
            torch.zeros(shape, device=device) if logp and entropy else None,
        )

    def draw(self, grid: Grid, logits_NV: Tensor, step: int) -> None:
        """The next token of each response of the grid, of which those that end now run no more. All of the grid is written,
        what has ended as it was: to pick out what runs, a card would be waited for."""
        where, running = (grid.prompt_of[:, None], grid.member_of), grid.running
        kept = logits_NV.clone() if self.logps is not None else logits_NV
        chosen = pick_tokens(kept, self.sampling, self.seeds[where].flatten(), step)
        grid.ids = chosen.view_as(running)
        put(self.ids[:, :, step], where, running, grid.ids)
        if self.logps is not None:
            all_logp = F.log_softmax(logits_NV / (self.sampling.temperature or 1.0), dim=-1)
            put(self.logps[:, :, step], where, running, all_logp.gather(1, chosen[:, None]).view_as(running))
            if self.entropies is not None:
                entropy = -(all_logp.exp() * all_logp).sum(dim=-1)
                put(self.entropies[:, :, step], where, running, entropy.view_as(running))
        ending = running & torch.isin(chosen, self.stops).view_as(running)
        put(self.ended_at, where, ending, torch.full_like(grid.member_of, step + 1))
        grid.running = running & ~ending

    def responses(self) -> list[list[Response]]:
        lengths = self.ended_at.tolist()
        last = self.ids.gather(2, (self.ended_at - 1)[..., None]).squeeze(2)
        finished = torch.isin(last, self.stops).tolist()
        ids, logps, entropies = (None if part is None else part.cpu() for part in (self.ids, self.logps, self.entropies))
        assert ids is not None

        def part_of(part: Tensor | None, b: int, g: int) -> Tensor | None:
            return None if part is None else part[b, g, : lengths[b][g]].clone()

        return [
            [
                Response(ids[b, g, : lengths[b][g]].clone(), finished[b][g], part_of(logps, b, g), part_of(entropies, b, g))
                for g in range(len(lengths[b]))
            ]
            for b in range(len(lengths))
        ]


@dataclass
class Grid:
    """Responses (B, G) that are decoded together: which prompt and member of its group each is, whether it still runs, its
    last token; and the position (B,) of each prompt's first token of a reply."""

    cache: Cache
    positions: Tensor
    prompt_of: Tensor
    member_of: Tensor
    running: Tensor
    ids: Tensor

    def kept(self, prompts: Tensor, members: Tensor, used: int, room: int) -> None:
        """As `Cache.kept`."""
        self.cache.kept(prompts, members, used, room)
        self.positions, self.prompt_of = self.positions[prompts], self.prompt_of[prompts]
        self.member_of, self.running, self.ids = (
            part[prompts[:, None], members] for part in (self.member_of, self.running, self.ids)
        )

    def half(self, prompts: slice, device: torch.device) -> Grid:
        """The responses to these of its prompts; the cache alone goes to the device."""
        cache = self.cache.mapped(lambda part: part[prompts].to(device))
        rest = (self.positions, self.prompt_of, self.member_of, self.running, self.ids)
        return Grid(cache, *(part[prompts] for part in rest))


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
) -> list[list[Response]]:
    """`group` responses to each prompt. `seeds` (B, G) int64: a row draws the same tokens whatever else is in the batch.
    Entropies are there with log-probabilities only. A cache that would outgrow `cache_bytes` is halved, prompt by prompt at
    most, and one half waits on the host until the other has ended."""
    device, most = model.device, sampling.max_new_tokens
    drawn = Drawn.none(sampling, seeds, device, return_logp, return_entropy)
    cache, last, positions = prefill(model, prompts, group, min(ROOM, most))
    grid = Grid(
        cache,
        positions,
        torch.arange(len(prompts), device=device),
        torch.arange(group, device=device).expand(len(prompts), -1),
        torch.ones(len(prompts), group, dtype=torch.bool, device=device),
        drawn.ids[:, :, 0],
    )
    drawn.draw(grid, model.lm_head(last[:, None].expand(-1, group, -1)).float().flatten(0, 1), 0)
    waiting = [(grid, 0)]
    while waiting:
        grid, step = waiting.pop()
        grid.cache = grid.cache.mapped(lambda part: part.to(device))
        graphed: GraphedDecode | None = None
        while step + 1 < most:
            # The one wait of a step: how many prompts still run, and how many members of the largest group.
            alive = grid.running.any(dim=1)
            prompts_left, largest_group = torch.stack([alive.sum(), grid.running.sum(dim=1).max()]).tolist()
            if not prompts_left:
                break
            room = grid.cache.room if step < grid.cache.room else min(2 * grid.cache.room, most)
            # A quarter of the grid or more has ended, or the cache is full.
            if prompts_left * largest_group <= 0.75 * grid.running.numel() or room > grid.cache.room:
                if prompts_left > 1 and grid.cache.size(prompts_left, largest_group, room) > cache_bytes:
                    middle = len(grid.running) // 2
                    waiting.append((grid.half(slice(middle, None), torch.device("cpu")), step))
                    waiting.append((grid.half(slice(middle), device), step))
                    break
                rows = alive.nonzero().squeeze(1)
                members = grid.running[rows].to(torch.int8).argsort(dim=1, descending=True, stable=True)
                grid.kept(rows, members[:, :largest_group], step, room)
                graphed = None
            if cuda_graphs:
                graphed = graphed or GraphedDecode(model, grid.cache, grid.ids, grid.positions)
                hidden = graphed(grid.ids, grid.positions + step, step)
            else:
                place = torch.tensor([step], device=device)
                hidden = decode(model, grid.cache, grid.ids, grid.positions + step, place, step + 1)
            step += 1
            drawn.draw(grid, model.lm_head(hidden).float().flatten(0, 1), step)
    return drawn.responses()
