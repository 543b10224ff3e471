"""Where tokens and patches stand: the three rotary axes of the text, and rows, columns and windows of the tower.

A grid is (t, h, w) in patches, as Qwen's processor counts them. Patches come in its order: block by block of
merge x merge patches, row by row within a block.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

Grid = tuple[int, int, int]


def tokens_of(grid: Grid, merge: int) -> int:
    """Image tokens that the text sees for a grid."""
    t, h, w = grid
    return t * (h // merge) * (w // merge)


def text_positions(ids: Tensor, grids: Sequence[Grid], image_token: int, merge: int) -> tuple[Tensor, int]:
    """Positions on the axes (time, row, column) of a prompt, (3, P) int64, and the position of its first reply token.

    Text advances on all axes by one a token; an image stands at one time and spreads over rows and columns; what
    follows it begins one past the largest position used so far (Qwen2-VL, section 2.1). Still images only.
    Raises ValueError where the runs of image tokens are not those of the grids.
    """
    token_list = ids.tolist()
    parts: list[Tensor] = []
    start, index = 0, 0
    images = iter(grids)
    while index < len(token_list):
        if token_list[index] != image_token:
            end = index
            while end < len(token_list) and token_list[end] != image_token:
                end += 1
            parts.append(torch.arange(start, start + end - index).expand(3, -1))
            start += end - index
            index = end
            continue
        grid = next(images, None)
        if grid is None:
            raise ValueError(f"the prompt has image tokens at {index} for which there is no image")
        t, rows, columns = grid[0], grid[1] // merge, grid[2] // merge
        count = t * rows * columns
        if token_list[index : index + count] != [image_token] * count:
            raise ValueError(f"the image at token {index} has {count} tokens by its grid {grid}, the prompt fewer")
        block = torch.stack(torch.meshgrid(torch.arange(t), torch.arange(rows), torch.arange(columns), indexing="ij"))
        parts.append(block.reshape(3, -1) + start)
        start += max(t, rows, columns)
        index += count
    if next(images, None) is not None:
        raise ValueError(f"{len(grids)} images are given, and the prompt has tokens for fewer")
    return torch.cat(parts, dim=1), start


def patch_positions(grids: Sequence[Grid], merge: int) -> Tensor:
    """Row and column of every patch, (N, 2) int64."""
    parts: list[Tensor] = []
    for t, h, w in grids:
        rows, columns = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
        both = torch.stack([rows, columns], dim=-1)  # (h, w, 2)
        both = both.reshape(h // merge, merge, w // merge, merge, 2).transpose(1, 2).reshape(-1, 2)
        parts.append(both.repeat(t, 1))
    return torch.cat(parts)


def image_segments(grids: Sequence[Grid]) -> list[Tensor]:
    """The patches that see one another under full attention: those of one frame, as index lists (frames, length)."""
    segments: list[Tensor] = []
    start = 0
    for t, h, w in grids:
        segments.append(start + torch.arange(t * h * w).reshape(t, h * w))
        start += t * h * w
    return by_length([row for segment in segments for row in segment])


def window_segments(grids: Sequence[Grid], merge: int, window_patches: int) -> list[Tensor]:
    """The patches of one window of window_patches x window_patches, cut at the image's edge."""
    unit = merge * merge
    side = window_patches // merge
    segments: list[Tensor] = []
    start = 0
    for t, h, w in grids:
        rows, columns = h // merge, w // merge
        blocks = torch.arange(t * rows * columns).reshape(t, rows, columns)
        for frame in blocks:
            for row in range(0, rows, side):
                for column in range(0, columns, side):
                    window = frame[row : row + side, column : column + side].reshape(-1, 1)
                    segments.append(start + (window * unit + torch.arange(unit)).reshape(-1))
        start += t * h * w
    return by_length(segments)


def by_length(segments: Sequence[Tensor]) -> list[Tensor]:
    """Segments of equal length stacked, so that each length is one batch."""
    lengths = sorted({len(segment) for segment in segments})
    return [torch.stack([segment for segment in segments if len(segment) == length]) for length in lengths]


def stretched_grid(where_N2: Tensor, lengths_N2: Tensor, side: int) -> tuple[Tensor, Tensor]:
    """A grid of side x side positions is stretched over each picture, corner on corner. Of every patch, by its row and
    column and how many of them its picture has: the four positions around it (N, 4) int64, and the share of each (N, 4)
    float32, which is greater the nearer it is."""
    exact = where_N2.float() * (side - 1) / (lengths_N2 - 1).clamp(min=1)
    before, steps = exact.long(), torch.arange(2)
    rows, columns = (before[..., None] + steps).clamp(max=side - 1).unbind(1)  # each (N, 2)
    row_shares, column_shares = (1 - ((exact - before)[..., None] - steps).abs()).unbind(1)
    corners = rows[:, :, None] * side + columns[:, None, :]
    shares = row_shares[:, :, None] * column_shares[:, None, :]
    return corners.flatten(1), shares.flatten(1)
