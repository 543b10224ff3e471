"""Rows become prompts: the chat template, image tokens in their places, pictures as patches, boxes in the resized frame."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ocean_r1.config import Data
from ocean_r1.data.augment import augmented
from ocean_r1.data.images import Patches, PixelBounds, image_size, open_image, patches_of, smart_resize
from ocean_r1.data.rows import IMAGE_MARK, Dataset, Message, Row, RowError, map_images
from ocean_r1.engine.prompt import Prompt
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.positions import tokens_of

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class Tokenizer:
    """The tokenizer and chat template of a model folder."""

    def __init__(self, folder: Path) -> None:
        from transformers import PreTrainedTokenizerFast  # seconds to import: not before it is needed

        try:
            self.inner = PreTrainedTokenizerFast.from_pretrained(folder)
        except Exception as error:  # it may be any, and some fill a page
            raise ValueError(f"{folder}: its tokenizer cannot be read: {str(error).strip().splitlines()[0]}") from error
        if not self.inner.chat_template:
            raise ValueError(f"{folder} has no chat template (tokenizer_config.json or chat_template.jinja)")

    def ids(self, text: str) -> list[int]:
        """Special tokens that the text spells are read as such."""
        found: list[int] = self.inner.encode(text, add_special_tokens=False)
        return found

    def text(self, ids: list[int], skip_special: bool = True) -> str:
        decoded: str = self.inner.decode(ids, skip_special_tokens=skip_special, clean_up_tokenization_spaces=False)
        return decoded

    def chat(self, messages: tuple[Message, ...]) -> str:
        """The conversation as text up to where the reply begins, one image token for each `<image>`."""
        conversation = [{"role": m.role, "content": content_parts(m.content)} for m in messages]
        rendered: str = self.inner.apply_chat_template(conversation, tokenize=False, add_generation_prompt=True)
        return rendered

    @property
    def image_token(self) -> int:
        return int(self.inner.convert_tokens_to_ids("<|image_pad|>"))

    @property
    def stop_tokens(self) -> tuple[int, ...]:
        """What ends a reply: the end of a message and the end of a text."""
        names = ("<|im_end|>", "<|endoftext|>")
        known = self.inner.get_vocab()
        return tuple(known[name] for name in names if name in known)

    @property
    def vocabulary(self) -> int:
        return len(self.inner)


def content_parts(content: str) -> list[dict[str, str]]:
    parts: list[dict[str, str]] = []
    for index, piece in enumerate(content.split(IMAGE_MARK)):
        if index:
            parts.append({"type": "image"})
        if piece:
            parts.append({"type": "text", "text": piece})
    return parts


def scaled_truth(ground_truth: str, scale: tuple[float, float], name: str) -> str:
    """The numbers of a box `[x1, y1, x2, y2]` in the frame that the model sees, rounded to whole pixels. Raises RowError
    naming the row."""
    numbers = NUMBER.findall(ground_truth)
    if len(numbers) != 4:
        raise RowError(f"{name}: the ground truth {ground_truth!r} is no box of four numbers")
    if scale == (1.0, 1.0):
        return ground_truth
    axes = [scale[0], scale[1], scale[0], scale[1]]
    return json.dumps([round(float(number) * axis) for number, axis in zip(numbers, axes, strict=True)])


@dataclass(frozen=True)
class Example:
    """A row, ready for the model."""

    prompt: Prompt
    row: Row
    ground_truth: str
    """The row's, boxes in the frame that the model sees."""
    name: str
    images: tuple[bytes | Path, ...] = ()
    """The row's pictures: their bytes, or where they lie."""


@dataclass(frozen=True)
class Reader:
    """Makes examples of a dataset's rows for one model."""

    dataset: Dataset
    config: ModelConfig
    tokenizer: Tokenizer
    data: Data

    def example(self, position: int) -> Example:
        """Raises RowError naming file and row."""
        row, folder, name = self.dataset.row(position), self.dataset.folder(position), self.dataset.name(position)
        rng = random.Random(f"{self.data.seed}/{position}")
        patches = map_images(row, folder, name, lambda source: self._patches(source, rng))
        truth = row.ground_truth
        if row.reward_func == "iou" and patches:
            truth = scaled_truth(truth, patches[0].scale, name)
        grids = tuple(patch.grid for patch in patches)
        ids = self.expand(self.tokenizer.ids(self.tokenizer.chat(row.prompt)), grids, name)
        pixels = torch.cat([patch.pixels for patch in patches]) if patches else None
        return Example(Prompt(torch.tensor(ids), pixels, grids), row, truth, name, tuple(row.sources(folder)))

    def length_of(self, row: Row, folder: Path, name: str) -> int:
        """Tokens of a row's prompt, from the headers of its pictures, which are in `folder` where they are paths. Raises
        RowError that begins with the row's name."""
        vision = self.config.vision
        ids = self.tokenizer.ids(self.tokenizer.chat(row.prompt))
        self.check_image_tokens(ids, len(row.images), name)
        side = vision.patch_size * vision.spatial_merge_size
        if row.reward_func == "iou":
            scaled_truth(row.ground_truth, (1.0, 1.0), name)

        def more_tokens(source: bytes | Path) -> int:
            width, height = image_size(source)
            rows, columns = smart_resize(height, width, side, self.bounds)
            return (rows // side) * (columns // side) - 1

        return len(ids) + sum(map_images(row, folder, name, more_tokens))

    @property
    def bounds(self) -> PixelBounds:
        return PixelBounds(self.data.min_pixels, self.data.max_pixels)

    def _patches(self, source: bytes | Path, rng: random.Random) -> Patches:
        image = open_image(source)
        if rng.random() < self.data.augment:
            image = augmented(image, rng)
        return patches_of(image, self.config.vision, self.bounds)

    def expand(self, ids: list[int], grids: tuple[Any, ...], name: str) -> list[int]:
        """Each single image token as many times as its grid has tokens."""
        image, merge = self.config.image_token_id, self.config.vision.spatial_merge_size
        self.check_image_tokens(ids, len(grids), name)
        following = iter(grids)
        expanded: list[int] = []
        for token in ids:
            expanded += [token] * (tokens_of(next(following), merge) if token == image else 1)
        return expanded

    def check_image_tokens(self, ids: list[int], images: int, name: str) -> None:
        """Raises RowError where there are not as many as images: a text may spell one. And where there is a video."""
        if self.config.video_token_id in ids:
            raise RowError(f"{name}: the prompt has a video; `ocean-r1 data convert` makes pictures of its frames")
        found = ids.count(self.config.image_token_id)
        if found != images:
            raise RowError(f"{name}: the prompt has {found} image tokens for {images} images")
