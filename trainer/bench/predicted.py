"""What a step would take on a card, by count: how often the sampler decodes and what each time reads, what passes multiply.

    python bench/predicted.py

The lengths are those of EasyR1 0.3.2's published runs (Geo3K, 512 prompts x 5 on 8 H100, about 675 tokens a rollout), whose
tokens a second and card (its assets/baselines.md) are the goal. Counts are exact: a test holds them to the sampler. What
they are multiplied with is assumed, named below, and measured by nobody here: `bench/card.py` measures. Not counted:
rewards, pictures, graphs that are captured, what several cards say to each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from steps import SIZES

from ocean_r1.engine.flight import Flight
from ocean_r1.engine.pages import Pages
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.families import build_model

GOAL = {"3b": 1_800, "7b": 2_000}
PROMPTS, GROUP, PROMPT, RESPONSE, LIMIT = 64, 5, 350, 325, 2_048
"""Of one card: prompts a step, responses to each, tokens of either on average, and the most of a response."""
PATCHES = 4 * 250
"""Of a prompt's picture: four a token."""

# An H100, as its maker has it, and the share of it that is had.
BANDWIDTH, READ = 3.35e12, 0.6
OPERATIONS, MULTIPLIED = 989e12, 0.35
LAUNCH = 6e-6
"""Seconds to start one operation of a card from Python."""
EAGER = 34
"""Operations of a layer that decodes a token (1,221 for 36 layers were counted), started one by one without graphs."""
DRAWING = 40
"""Operations by which a token is drawn."""


@dataclass(frozen=True)
class Decoded:
    """One run of so many rows, which reads the pages of so many tokens of prompts and of responses."""

    rows: int
    shared: int
    own: int


def decoding(
    prompts: Sequence[int], lengths: Sequence[Sequence[int]], most: int, at_once: int, graphs: bool = False
) -> Iterator[Decoded]:
    """What `sample` runs for prompts and their responses of these lengths, of which none is longer than `most`."""

    def pages(size: int, count: int, limit: int) -> Pages:
        return Pages(size, count, limit, [], [])

    flight = Flight(prompts, len(lengths[0]), most, at_once, pages, all_pages=graphs)
    flight.look([])
    while flight.rows:
        shared, own = flight.read(flight.shared, flight.shared_pages()), flight.read(flight.own, flight.own_pages())
        decoded = Decoded(len(flight.rows), shared * flight.shared.size, own * flight.own.size)
        yield from [decoded] * flight.fly()[1]
        flight.look([place for place, row in flight.running if row.tokens >= lengths[row.prompt.index][row.member]])


def lengths_of(prompts: int, generator: torch.Generator) -> list[list[int]]:
    """Skewed as replies are: most are short, and some reach the limit."""
    drawn = torch.randn(prompts, GROUP, generator=generator) * 0.7 + math.log(RESPONSE) - 0.7**2 / 2
    return [[int(length) for length in own] for own in drawn.exp().clamp(8, LIMIT).tolist()]


def sampled(config: ModelConfig, weights: int, lengths: list[list[int]], at_once: int, graphs: bool) -> tuple[float, int]:
    """Seconds that decoding takes, and how often it runs."""
    text = config.text
    of_token = 2 * text.num_key_value_heads * text.head_dim * text.num_hidden_layers * 2
    started = (0 if graphs else EAGER * text.num_hidden_layers) + DRAWING
    seconds, runs = 0.0, 0
    for run in decoding([PROMPT] * len(lengths), lengths, LIMIT, at_once, graphs):
        read = 2 * weights + of_token * (run.shared + run.own)
        seconds += max(read / (BANDWIDTH * READ), started * LAUNCH)
        runs += 1
    return seconds, runs


def multiplied(config: ModelConfig, language: int, tower: int, passes: int, tokens: float) -> float:
    """Seconds of so many passes over a prompt and the tokens behind it; a pass back counts as two."""
    text = config.text
    seen = PROMPT**2 / 2 + tokens * (PROMPT + RESPONSE / 2)
    attention = 4 * text.num_attention_heads * text.head_dim * text.num_hidden_layers * seen
    operations = 2 * language * (PROMPT + tokens) + attention + 2 * tower * PATCHES
    return PROMPTS * passes * operations / (OPERATIONS * MULTIPLIED)


def main() -> None:
    lengths = lengths_of(PROMPTS, torch.Generator().manual_seed(0))
    told = sum(PROMPT + length for own in lengths for length in own)
    print(f"{PROMPTS} prompts x {GROUP} on one card, {told / PROMPTS / GROUP:.0f} tokens a rollout")
    for size, goal in GOAL.items():
        config = ModelConfig.from_json(SIZES[size])
        with torch.device("meta"):
            model = build_model(config)
        tower = sum(parameter.numel() for parameter in model.visual.parameters())
        language = sum(parameter.numel() for parameter in model.parameters()) - tower
        # The reference, the policy, its layers once more, and back; sampling goes over the prompt once more.
        learnt = multiplied(config, language, tower, 5, GROUP * RESPONSE) + multiplied(config, language, tower, 1, 0)
        for name, at_once, graphs in (
            ("8 groups at once, operations one by one", 8, False),
            ("64 at once, operations one by one", 64, False),
            ("64 at once, by graphs", 64, True),
        ):
            seconds, runs = sampled(config, language, lengths, at_once, graphs)
            speed = told / (seconds + learnt)
            print(
                f"{size}, {name}: decodes {runs:,} times in {seconds:.1f} s, all passes {learnt:.1f} s: "
                f"{speed:,.0f} tokens a second and card, {speed / goal:.1f} of the goal's {goal:,}"
            )


if __name__ == "__main__":
    main()
