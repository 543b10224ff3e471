"""`greedy.json` of an export: PyTorch's greedy tokens on conversations about Ocean World, which other engines are held to.

Pictures are named by task, seed and size, from which TypeScript paints the same bytes. Of ten conversations six have one
picture, one has two, one none, one is a follow-up, and one puts text before the picture.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ocean_r1.data.images import open_image, patches_of
from ocean_r1.data.prompts import Reader, content_parts
from ocean_r1.data.rows import IMAGE_MARK, Message, Row, RowError
from ocean_r1.engine.prompt import Prompt
from ocean_r1.engine.sampling import Sampling, sample
from ocean_r1.files import atomic_write
from ocean_r1.models.model import VisionLanguageModel
from ocean_r1.progress_bar import progress_bar


@dataclass(frozen=True)
class Conversation:
    """Messages with `<image>` in the places of the rows' pictures."""

    messages: tuple[Message, ...]
    pictures: tuple[Row, ...]


def conversation(row: Row, before: Row, index: int) -> Conversation:
    """The `index`-th of the forms, about a row and the row before it."""
    [message] = row.prompt
    words = message.content.replace(IMAGE_MARK, "").strip()
    match index % 10:
        case 6:
            return Conversation((Message(role="user", content=IMAGE_MARK + message.content),), (before, row))
        case 7:
            return Conversation((Message(role="user", content=words),), ())
        case 8:
            reply = Message(role="assistant", content=str(row.extra_info["solution"]))
            again = Message(role="user", content="Are you sure? Look again.")
            return Conversation((message, reply, again), (row,))
        case 9:
            return Conversation((Message(role="user", content=f"{words}\n{IMAGE_MARK}"),), (row,))
        case _:
            return Conversation((message,), (row,))


def conversations(reader: Reader, count: int) -> list[Conversation]:
    """Raises RowError for rows that are not of Ocean World, or whose pictures are not its very bytes."""
    if count > len(reader.dataset):
        raise RowError(f"{count} replies need as many rows; there are {len(reader.dataset)}")
    rows = [reader.dataset.row(position) for position in range(count)]
    for position, row in enumerate(rows):
        paths = row.extra_info.get("image_paths") or []
        if "world_version" not in row.extra_info or not all(str(path).endswith(".png") for path in paths):
            raise RowError(f"{reader.dataset.name(position)}: it is no row of Ocean World with a PNG picture")
    return [conversation(row, rows[index - 1], index) for index, row in enumerate(rows)]


def prompt_of(reader: Reader, given: Conversation) -> Prompt:
    patches = [
        patches_of(open_image(source), reader.config.vision, reader.bounds)
        for row in given.pictures
        for source in row.sources(Path())
    ]
    grids = tuple(each.grid for each in patches)
    ids = reader.expand(reader.tokenizer.ids(reader.tokenizer.chat(given.messages)), grids, "a conversation")
    return Prompt(torch.tensor(ids), torch.cat([each.pixels for each in patches]) if patches else None, grids)


def described(given: Conversation) -> list[dict[str, Any]]:
    """Messages as parts, pictures by task, seed and size."""
    pictures = iter(given.pictures)

    def part(each: dict[str, str]) -> dict[str, Any]:
        if each["type"] == "text":
            return each
        about = next(pictures).extra_info
        return {"type": "image", **{key: about[key] for key in ("task", "seed", "size")}}

    return [
        {"role": message.role, "content": [part(each) for each in content_parts(message.content)]}
        for message in given.messages
    ]


def greedy_tokens(
    model: VisionLanguageModel, prompts: Sequence[Prompt], stops: tuple[int, ...], max_new_tokens: int
) -> list[list[int]]:
    """Stop tokens included; the image token is never chosen."""
    sampling = Sampling(max_new_tokens, stops, temperature=0, forbidden_tokens=(model.config.image_token_id,))
    seed = torch.zeros(1, 1, dtype=torch.int64)
    return [sample(model, [prompt], 1, sampling, seed)[0][0].ids.tolist() for prompt in prompts]


def write_replies(model: VisionLanguageModel, reader: Reader, count: int, max_new_tokens: int, path: Path) -> None:
    given = conversations(reader, count)
    prompts = [prompt_of(reader, each) for each in given]
    tokens: list[list[int]] = []
    with progress_bar(count, "replies", seconds=10) as show:
        for prompt in prompts:
            tokens += greedy_tokens(model, [prompt], reader.tokenizer.stop_tokens, max_new_tokens)
            show(len(tokens), f"{sum(map(len, tokens)):,} tokens")
    replies = [
        {"messages": described(each), "prompt_tokens": len(prompt.ids), "tokens": ids}
        for each, prompt, ids in zip(given, prompts, tokens, strict=True)
    ]
    version = reader.dataset.row(0).extra_info["world_version"]
    lines = ",\n".join(json.dumps(reply, ensure_ascii=False) for reply in replies)
    text = f'{{"world_version": {version}, "max_new_tokens": {max_new_tokens}, "conversations": [\n{lines}\n]}}\n'
    with atomic_write(path) as partial:
        partial.write_bytes(text.encode())
