"""In which order rows are taken: shuffled anew each epoch, the position a plain number that a checkpoint keeps."""

from __future__ import annotations

from collections.abc import Sequence

import torch


class RowSampler:
    """Endless positions in epochs; what does not fill a batch at an epoch's end is filled from the next epoch."""

    def __init__(self, positions: Sequence[int], seed: int, taken: int = 0) -> None:
        self.positions = positions
        self.seed = seed
        self.taken = taken

    def epoch(self, number: int) -> list[int]:
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + number)
        return [self.positions[i] for i in torch.randperm(len(self.positions), generator=generator).tolist()]

    def after(self, count: int) -> list[int]:
        """Those that would be taken next."""
        return RowSampler(self.positions, self.seed, self.taken).take(count)

    def take(self, count: int) -> list[int]:
        taken: list[int] = []
        while len(taken) < count:
            epoch, start = divmod(self.taken, len(self.positions))
            part = self.epoch(epoch)[start : start + count - len(taken)]
            taken += part
            self.taken += len(part)
        return taken
