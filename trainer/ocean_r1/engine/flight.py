"""Which responses are decoded together. So many rows are in flight; one that has ended gives its place to the next response,
which begins where its prompt ends. Where pages are short the youngest rows wait on the host, and come back before anything
new begins. Nothing here computes: `bench/predicted.py` counts by it what a step would take.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ocean_r1.engine.pages import OWN, SHARED, Pages

LOOK = 8
"""Tokens that are drawn between two looks at which rows have ended. A card is waited for at each look, and until then the
host runs ahead of it; a row that has ended is decoded in vain until the next, 4 tokens on average."""


@dataclass(frozen=True)
class Sizes:
    """Tokens in a page of prompts' and of responses', and how many of either there may be."""

    shared: int
    shared_limit: int
    own: int
    own_limit: int

    @classmethod
    def of(cls, lengths: Sequence[int], rows: int, at_once: int, most: int, of_token: int, cache_bytes: float) -> Sizes:
        """For prompts of these lengths, of whose responses so many rows are in flight, and of_token bytes of a token's keys
        and values. Prompts of whose responses a few still run wait for these: there may be twice as many as are answered at
        once. They take half of what all may take at most; but the longest has room, and so has one response."""
        shared, own = min(SHARED, max(lengths)), min(OWN, -(-most // LOOK) * LOOK)
        needed = sorted((-(-length // shared) for length in lengths), reverse=True)
        half = cache_bytes / 2 / (shared * of_token)
        shared_limit = math.floor(min(sum(needed[: 2 * at_once]), max(needed[0], half)))
        longest = -(-most // own)
        left = (cache_bytes - shared_limit * shared * of_token) / (own * of_token)
        return cls(shared, shared_limit, own, math.floor(max(1 + longest, min(1 + rows * longest, left))))


@dataclass(eq=False)
class Held:
    """A prompt whose keys and values lie in pages."""

    index: int
    pages: list[int]
    left: int
    """Responses to it that have not ended."""


@dataclass(eq=False)
class Row:
    """A response that has begun, and how many tokens of it were drawn before the last look."""

    prompt: Held
    member: int
    pages: list[int]
    tokens: int = 0


class Flight:
    """`lengths` are the prompts' tokens, of which so many are answered `at_once`; responses have `most` tokens at most.
    `make` gives pages: their size, how many at first, and at most. Graphs read `all_pages`, and stay as long as shapes do:
    then rows and pages are packed more seldom."""

    def __init__(
        self,
        lengths: Sequence[int],
        group: int,
        most: int,
        at_once: int,
        make: Callable[[int, int, int], Pages],
        of_token: int = 1,
        cache_bytes: float = math.inf,
        all_pages: bool = False,
    ) -> None:
        self.lengths, self.group, self.most, self.all_pages = lengths, group, most, all_pages
        self.coming = deque((index, member) for index in range(len(lengths)) for member in range(group))
        self.waiting: list[Row] = []
        self.held: dict[int, Held] = {}
        self.places = min(at_once * group, len(self.coming))
        self.rows: list[Row | None] = [None] * self.places
        sizes = Sizes.of(lengths, self.places, at_once, most, of_token, cache_bytes)
        at_first = sum(-(-length // sizes.shared) for length in lengths[:at_once])
        self.shared = make(sizes.shared, min(sizes.shared_limit, at_first), sizes.shared_limit)
        self.own = make(sizes.own, min(sizes.own_limit, 1 + self.places), sizes.own_limit)
        self.nobody = self.own.take(1)
        """The page that empty places write to."""
        self.arrived: list[Row] = []
        """Who began or came back at the last look."""

    @property
    def running(self) -> list[tuple[int, Row]]:
        return [(place, row) for place, row in enumerate(self.rows) if row is not None]

    def fly(self) -> tuple[int, int]:
        """Tokens of each row that are drawn until the next look, and how many of them are run. The last one that a response
        may have is run for no one."""
        running = [row for _, row in self.running]
        left = self.most - min(row.tokens for row in running)
        for row in running:
            row.tokens += min(LOOK, left)
        return min(LOOK, left), min(LOOK, left - 1)

    def look(self, ended: Sequence[int]) -> None:
        """The rows in these places have ended: who runs until the next look, each with room for what it draws."""
        self.arrived = []
        for place in ended:
            self.end(place)
        self.widen()
        self.fill()
        self.pack()

    def end(self, place: int) -> None:
        row = self.rows[place]
        assert row is not None
        self.rows[place] = None
        self.own.give(row.pages)
        row.prompt.left -= 1
        if not row.prompt.left:
            self.shared.give(self.held.pop(row.prompt.index).pages)

    def widen(self) -> None:
        """Gives rows whose pages are full another, if need be those of the youngest."""
        while len(full := [row for _, row in self.running if row.tokens == len(row.pages) * self.own.size]) > (
            self.own.available
        ):
            place, youngest = min(self.running, key=lambda each: each[1].tokens)
            self.leaves(place, youngest)
            self.own.give(youngest.pages)
            self.rows[place] = None
            self.waiting.append(youngest)
        for row, page in zip(full, self.own.take(len(full)), strict=True):
            row.pages.append(page)

    def fill(self) -> None:
        """Gives empty places to who waits, or else to what has not begun."""
        if (self.waiting or self.coming) and len(self.rows) < self.places:
            self.move([*range(len(self.rows)), *[None] * (self.places - len(self.rows))])
        empty = [place for place, row in enumerate(self.rows) if row is None]
        growing = sum(self.grows(row) for _, row in self.running)
        for place in empty:
            row = self.back(growing) if self.waiting else self.begun(growing)
            if row is None:
                return
            self.rows[place] = row
            self.arrived.append(row)
            growing += self.grows(row)

    def grows(self, row: Row) -> bool:
        """Whether it may need more pages."""
        return len(row.pages) * self.own.size < self.most

    def back(self, growing: int) -> Row | None:
        """One of those that wait, if there is still a page for each that grows: otherwise it would soon go again."""
        row = self.waiting[-1]
        pages = row.tokens // self.own.size + 1
        if self.own.available < pages + growing:
            return None
        row.pages = self.own.take(pages)
        return self.waiting.pop()

    def begun(self, growing: int) -> Row | None:
        """The next response, on the same condition, and if there is room for its prompt."""
        if not self.coming or self.own.available < 1 + growing:
            return None
        index, member = self.coming[0]
        if index not in self.held:
            pages = -(-self.lengths[index] // self.shared.size)
            if self.shared.available < pages:
                return None
            self.held[index] = Held(index, self.shared.take(pages), self.group)
        self.coming.popleft()
        return Row(self.held[index], member, self.own.take(1))

    def pack(self) -> None:
        """Leaves out empty places, and holes between pages that are many. Of graphs places stay where somebody may take
        them, and while they are few."""
        alive = [place for place, _ in self.running]
        useless = not self.all_pages or not (self.waiting or self.coming)
        if useless and len(alive) < (0.75 if self.all_pages else 1) * len(self.rows):
            self.move(alive)
        for pages, holders in ((self.shared, self.shared_pages()), (self.own, self.own_pages())):
            used = sum(map(len, holders))
            if used < (0.5 * pages.count if self.all_pages else 0.75 * self.read(pages, holders)):
                pages.pack(holders)

    def shared_pages(self) -> list[list[int]]:
        return [held.pages for held in self.held.values()]

    def own_pages(self) -> list[list[int]]:
        return [self.nobody, *(row.pages for _, row in self.running)]

    def read(self, pages: Pages, holders: Sequence[Sequence[int]]) -> int:
        """How many of the pages are read."""
        return pages.count if self.all_pages else 1 + max((page for own in holders for page in own), default=-1)

    def leaves(self, place: int, row: Row) -> None:
        """A row is to wait on the host; its pages are still its own."""

    def move(self, places: Sequence[int | None]) -> None:
        """The rows of these places stand in this order from now on; None is an empty place."""
        self.rows = [None if place is None else self.rows[place] for place in places]
