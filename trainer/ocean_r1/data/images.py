"""Pictures as models see them: resized to whole blocks of patches, normalised, cut into patches in blocks.

The rule is that of Hugging Face's Qwen2-VL image processor (PIL version); tests hold the equality.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from ocean_r1.models.config import VisionConfig
from ocean_r1.models.positions import Grid
from ocean_r1.models.processor import processor_settings

MAX_ASPECT_RATIO = 200
MAX_DECODED_PIXELS = 100_000_000
"""A picture that unfolds to more is refused before it is decoded."""
PNG = b"\x89PNG\r\n\x1a\n"

T = TypeVar("T")


class ImageError(ValueError):
    """A picture that cannot be used, and why."""


@dataclass(frozen=True)
class PixelBounds:
    """How many pixels a picture may have after resizing."""

    min_pixels: int
    max_pixels: int


def pixel_bounds(folder: Path, min_pixels: int | None = None, max_pixels: int | None = None) -> PixelBounds:
    """The bounds that are given; where one is not, what the model's folder says. Raises ValueError where it says nothing."""
    if min_pixels is None or max_pixels is None:
        found = processor_settings(folder)
        if found is None:
            raise ValueError(
                f"{folder} has no preprocessor_config.json and no processor_config.json with an image processor"
            )
        path, settings = found
        min_pixels = min_pixels or settings.min_pixels or settings.size.shortest_edge
        max_pixels = max_pixels or settings.max_pixels or settings.size.longest_edge
        if min_pixels is None or max_pixels is None:
            raise ValueError(f"{path} does not say how many pixels a picture may have (min_pixels, max_pixels)")
    if not 0 < min_pixels <= max_pixels:
        raise ValueError(f"no picture has at least {min_pixels:,} pixels and at most {max_pixels:,}")
    return PixelBounds(min_pixels, max_pixels)


def smart_resize(height: int, width: int, factor: int, bounds: PixelBounds) -> tuple[int, int]:
    """Height and width as multiples of `factor`, within the bounds, near the given proportion.

    Raises ImageError for a picture more than 200 times as long as wide.
    """
    if max(height, width) / min(height, width) > MAX_ASPECT_RATIO:
        raise ImageError(f"{width} x {height} px is more than {MAX_ASPECT_RATIO} times as long as wide")
    rows, columns = round(height / factor) * factor, round(width / factor) * factor
    if rows * columns > bounds.max_pixels:
        scale = math.sqrt(height * width / bounds.max_pixels)
        rows = max(factor, math.floor(height / scale / factor) * factor)
        columns = max(factor, math.floor(width / scale / factor) * factor)
    elif rows * columns < bounds.min_pixels:
        scale = math.sqrt(bounds.min_pixels / (height * width))
        rows = math.ceil(height * scale / factor) * factor
        columns = math.ceil(width * scale / factor) * factor
    return rows, columns


def open_image(source: bytes | Path) -> Image.Image:
    """A decoded RGB picture, on white where it is transparent. Raises ImageError."""
    return read_image(source, on_white)


def on_white(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        # Browsers, and Pillow where there are colours, take the upper byte. `convert` makes 255 of all that is more: a white
        # sheet, which is what transformers sees.
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    if "A" not in image.getbands() and image.info.get("transparency") is None:
        return image.convert("RGB")
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB")


def image_size(source: bytes | Path) -> tuple[int, int]:
    """Width and height as the picture's header says. Raises ImageError."""
    return read_image(source, lambda image: image.size)


def read_image(source: bytes | Path, use: Callable[[Image.Image], T]) -> T:
    """What is made of a picture that is not decoded yet. Raises ImageError."""
    Image.MAX_IMAGE_PIXELS = None  # Our own bound is asked first, and says what to do.
    try:
        with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as image:
            if not 0 < image.width * image.height <= MAX_DECODED_PIXELS:
                raise ImageError(
                    f"{image.width} x {image.height} px; a picture may have 1 to {MAX_DECODED_PIXELS:,}, make it smaller"
                )
            return use(image)
    except ImageError:
        raise
    except FileNotFoundError as error:
        raise ImageError(f"there is no file {source!s}") from error
    except UnidentifiedImageError as error:
        raise ImageError("the bytes are no picture that Pillow knows") from error
    except Exception as error:  # Each of Pillow's readers raises what it happens to meet in a broken picture.
        plain = without_texts(source) if isinstance(error, ValueError) else None
        if plain is not None:
            return read_image(plain, use)
        raise ImageError(f"the picture is broken: {error or type(error).__name__}") from error


def without_texts(source: bytes | Path) -> bytes | None:
    """A PNG without its texts and colour profile, on which no pixel depends: Pillow refuses those that unpack to more than
    1 MiB. None where there is nothing to leave out."""
    try:
        content = source if isinstance(source, bytes) else source.read_bytes()
    except (OSError, ValueError):  # the reader that failed has said more
        return None
    if not content.startswith(PNG):
        return None
    kept, place = [PNG], len(PNG)
    while place < len(content):
        # A chunk: the number of its bytes (4), its kind (4), the bytes, their checksum (4).
        end = place + 12 + int.from_bytes(content[place : place + 4])
        if content[place + 4 : place + 8] not in (b"tEXt", b"zTXt", b"iTXt", b"iCCP"):
            kept.append(content[place:end])
        place = end
    plain = b"".join(kept)
    return plain if len(plain) < len(content) else None


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
    mean, std = (np.array(each, dtype=np.float32) for each in (config.pixel_mean, config.pixel_std))
    values = (np.asarray(resized, dtype=np.float32) * np.float32(1 / 255) - mean) / std  # (height, width, 3)
    rows, columns = height // patch, width // patch
    blocks = values.reshape(rows // merge, merge, patch, columns // merge, merge, patch, 3)
    blocks = blocks.transpose(0, 3, 1, 4, 6, 2, 5)  # (rows, columns of blocks, row, column in block, 3, patch, patch)
    flat = blocks.reshape(rows * columns, 3, 1, patch * patch).repeat(frames, axis=2)
    pixels = torch.from_numpy(np.ascontiguousarray(flat.reshape(rows * columns, -1)))
    return Patches(pixels, (1, rows, columns), (width / image.width, height / image.height))
