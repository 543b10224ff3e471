"""Examples in the sampler's order, read by threads: while a step computes, those that the next one begins with."""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor

from ocean_r1.data.prompts import Example, Reader
from ocean_r1.data.sampler import RowSampler

MOST = 64
"""Examples that are read ahead: the largest pictures take 24 MB each."""


class Ahead:
    def __init__(self, reader: Reader, sampler: RowSampler) -> None:
        self.reader = reader
        self.sampler = sampler
        self.threads = ThreadPoolExecutor(min(8, os.cpu_count() or 1), "pictures")
        self.coming: dict[int, Future[Example]] = {}

    def take(self, count: int) -> list[Example]:
        """The next examples. Raises RowError, also for a row that was read ahead, when it is taken."""
        positions = self.sampler.take(count)
        reading = [self.coming.pop(position) if position in self.coming else self.read(position) for position in positions]
        examples = [each.result() for each in reading]
        self.coming = {position: self.read(position) for position in self.sampler.after(min(count, MOST))}
        return examples

    def read(self, position: int) -> Future[Example]:
        return self.threads.submit(self.reader.example, position)
