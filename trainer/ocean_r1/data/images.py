"""Pictures as Qwen2.5-VL sees them: resized to whole blocks of patches, normalised, cut into patches in blocks.

The rule is that of Hugging Face's Qwen2-VL image processor (PIL version); tests hold the equality.
"""

from __future__ import annotations

import io
import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from ocean_r1.models.config import VisionConfig
from ocean_r1.models.positions import Grid

# OpenAI CLIP's statistics, which the processor's config names.
MEAN = np.array([0.48145466, 0.4578275, 0.40821073], dtype=np.float32)
STD = np.array([0.26862954, 0.26130258, 0.27577711], dtype=np.float32)
LARGEST_RATIO = 200
MOST_PIXELS = 100_000_000
"""A picture that unfolds to more is refused before it is decoded."""


class ImageError(ValueError):
    """A picture that cannot be used, and why."""


@dataclass(frozen=True)
class PixelBounds:
    """How many pixels a picture may have after resizing."""

    least: int
    most: int


def pixel_bounds(folder: Path) -> PixelBounds:
    """What a model's folder says of it, under either of the processor's names. Raises ImageError where it says nothing."""
    try:
        settings = json.loads((folder / "preprocessor_config.json").read_text())
        size = settings.get("size") or {}
        return PixelBounds(
            int(settings.get("min_pixels") or size["shortest_edge"]), int(settings.get("max_pixels") or size["longest_edge"])
        )
    except (OSError, KeyError, ValueError) as error:
        raise ImageError(f"{folder}/preprocessor_config.json does not say how many pixels a picture may have") from error


def smart_resize(height: int, width: int, factor: int, bounds: PixelBounds) -> tuple[int, int]:
    """Height and width as multiples of `factor`, within the bounds, near the given proportion.

    Raises ImageError for a picture more than 200 times as long as wide.
    """
    if max(height, width) / min(height, width) > LARGEST_RATIO:
        raise ImageError(f"{width} x {height} px is more than {LARGEST_RATIO} times as long as wide")
    rows, columns = round(height / factor) * factor, round(width / factor) * factor
    if rows * columns > bounds.most:
        scale = math.sqrt(height * width / bounds.most)
        rows = max(factor, math.floor(height / scale / factor) * factor)
        columns = max(factor, math.floor(width / scale / factor) * factor)
    elif rows * columns < bounds.least:
        scale = math.sqrt(bounds.least / (height * width))
        rows = math.ceil(height * scale / factor) * factor
        columns = math.ceil(width * scale / factor) * factor
    return rows, columns


def open_image(source: bytes | Path) -> Image.Image:
    """A decoded RGB picture. Raises ImageError."""
    try:
        return header(source).convert("RGB")
    except OSError as error:
        raise ImageError(f"the picture is broken: {error}") from error


def image_size(source: bytes | Path) -> tuple[int, int]:
    """Width and height as the picture's header says. Raises ImageError."""
    return header(source).size


def header(source: bytes | Path) -> Image.Image:
    """A picture that is not decoded yet."""
    Image.MAX_IMAGE_PIXELS = None  # Our own bound is asked first, and says what to do.
    try:
        image = Image.open(io.BytesIO(source) if isinstance(source, bytes) else source)
    except FileNotFoundError as error:
        raise ImageError(f"there is no file {source!s}") from error
    except UnidentifiedImageError as error:
        raise ImageError("the bytes are no picture that Pillow knows") from error
    except OSError as error:
        raise ImageError(f"the picture cannot be read: {error}") from error
    if image.width * image.height > MOST_PIXELS:
        raise ImageError(f"{image.width} x {image.height} px are more than {MOST_PIXELS:,}; make it smaller")
    return image


@dataclass(frozen=True)
class Patches:
    """`pixels` (N, patch_dim) float32, `grid`, and how far the picture was stretched to get there."""

    pixels: Tensor
    grid: Grid
    scale: tuple[float, float]
    """(x, y): multiply coordinates of the original picture by it."""


def patches_of(image: Image.Image, config: VisionConfig, bounds: PixelBounds) -> Patches:
    """Cuts a picture into patches, block by block, each patch as channel, time, row, column."""
    patch, merge, frames = config.patch_size, config.spatial_merge_size, config.temporal_patch_size
    height, width = smart_resize(image.height, image.width, patch * merge, bounds)
    resized = image if image.size == (width, height) else image.resize((width, height), Image.Resampling.BICUBIC)
    values = (np.asarray(resized, dtype=np.float32) * np.float32(1 / 255) - MEAN) / STD  # (height, width, 3)
    rows, columns = height // patch, width // patch
    blocks = values.reshape(rows // merge, merge, patch, columns // merge, merge, patch, 3)
    blocks = blocks.transpose(0, 3, 1, 4, 6, 2, 5)  # (rows, columns of blocks, row, column in block, 3, patch, patch)
    flat = blocks.reshape(rows * columns, 3, 1, patch * patch).repeat(frames, axis=2)
    pixels = torch.from_numpy(np.ascontiguousarray(flat.reshape(rows * columns, -1)))
    return Patches(pixels, (1, rows, columns), (width / image.width, height / image.height))
