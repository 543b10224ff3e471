"""Rows of other people become verl's rows in one parquet file: what the hub has, and what the seed's own files have.

Two forms are read: verl's rows (rows.py), and the seed's questions, {question, answer, reward_func, image_paths}, to which
the prompt of Ocean-R1 is made (571b3c4c, verl/examples/data_preprocess/concat_data_from_yaml.py, its templates).
A video is its frames: `videos` names folders of pictures, each read in the order of its names.
"""

from __future__ import annotations

import hashlib
import math
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ocean_r1.data.images import ImageError, image_size
from ocean_r1.data.rows import (
    IMAGE_MARK,
    VIDEO_MARK,
    Row,
    RowError,
    RowImage,
    Table,
    check_marks,
    first_problem,
    open_table,
    parsed_row,
)
from ocean_r1.files import atomic_write

MARKS = re.compile(f"{IMAGE_MARK}|{VIDEO_MARK}")
PROMPTS = {
    "acc": "{}\nYou FIRST think about the reasoning process as an internal monologue and then provide the final answer. "
    "The reasoning process MUST BE enclosed within <think> </think> tags. "
    "The final answer MUST BE in <answer> </answer> tags.",
    "iou": "{}\nFirst output the thinking process in <think> </think> tags and then output the final answer in "
    "<answer> </answer> tags. Output the final answer in JSON format.",
}
"""The words of the seed, which its models were trained on."""
BATCH = 256
"""Rows of which pictures are in memory at once."""


@dataclass(frozen=True)
class Source:
    """Some rows of a file."""

    table: Table
    indices: tuple[int, ...]


@dataclass(frozen=True)
class Pictures:
    """Where pictures are looked for, and how the rows that are written have them."""

    roots: tuple[Path, ...] = ()
    """Folders in which a path of another machine is found again, by as much of its end as there is in one of them."""
    form: Literal["bytes", "paths"] = "bytes"
    """In the file itself; or each once in a folder beside it, which takes less memory in training."""
    frames: int = 8
    """Of a video, evenly spread from the first to the last."""


@dataclass(frozen=True)
class LeftOut:
    """A row that could not be converted, and why."""

    row: str
    why: str


class SeedQuestion(BaseModel):
    model_config = ConfigDict(extra="ignore")

    question: str = Field(min_length=1)
    answer: str | int | float
    reward_func: Literal["acc", "iou"] = "acc"
    image_paths: list[str] = []
    videos: list[str] = []
    data_source: str | None = None


class MixedFile(BaseModel):
    json_path: str
    sampling_strategy: str = Field(default="all", pattern=r"^(all|(first|end|random):\d+%?)$")


class Mix(BaseModel):
    datasets: list[MixedFile] = Field(min_length=1)


def whole_files(paths: Sequence[Path]) -> list[Source]:
    """All rows of files, and of the .parquet, .jsonl and .json files of folders."""
    found: list[Path] = []
    for path in paths:
        inside = (
            sorted(each for each in path.rglob("*") if each.suffix in (".parquet", ".jsonl")) if path.is_dir() else [path]
        )
        if not inside:
            raise RowError(f"{path}: no .parquet or .jsonl file is in this folder")
        found += inside
    tables = [open_table(path) for path in found]
    return [Source(table, tuple(range(len(table)))) for table in tables]


def mixed_files(path: Path, roots: Sequence[Path], seed: int) -> list[Source]:
    """What a file of the seed's `concat_data_from_yaml.py` names, by its sampling strategies (percentages are rounded up, as
    there); what is drawn depends on the seed alone. Raises RowError."""
    try:
        mix = Mix.model_validate(yaml.safe_load(path.read_text()))
    except FileNotFoundError as error:
        raise RowError(f"{path}: there is no such file") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RowError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        raise RowError(
            f"{path}: {first_problem(error)}; it is to be datasets: [{{json_path, sampling_strategy}}]"
        ) from error
    drawn = random.Random(seed)
    sources = []
    for each in mix.datasets:
        table = open_table(found_again(each.json_path, path.parent, roots))
        sources.append(Source(table, sampled(len(table), each.sampling_strategy, drawn)))
    return sources


def sampled(count: int, strategy: str, drawn: random.Random) -> tuple[int, ...]:
    how, _, amount = strategy.partition(":")
    indices = list(range(count))
    if how == "all":
        return tuple(indices)
    wanted = math.ceil(int(amount[:-1]) * count / 100) if amount.endswith("%") else int(amount)
    if how == "random":
        drawn.shuffle(indices)
    return tuple(indices[-wanted:] if how == "end" and wanted else indices[:wanted])


def found_again(path: str, folder: Path, roots: Sequence[Path]) -> Path:
    """Where a path is here: beside the file that names it, or by its end in a folder; the first where it is nowhere."""
    here = folder / path
    parts = [part for part in PurePosixPath(path).parts if part not in ("/", "..")]
    ends = (root.joinpath(*parts[start:]) for start in range(len(parts)) for root in roots)
    return here if here.exists() else next((end for end in ends if end.exists()), here)


def convert(
    sources: Sequence[Source], out: Path, pictures: Pictures, shuffled_by: int | None = None
) -> Iterator[LeftOut | None]:
    """Writes the rows that can be read to `out`, and gives for each row what kept it out, or None. Raises RowError where
    their columns do not fit together."""
    order = [(source.table, index) for source in sources for index in source.indices]
    if shuffled_by is not None:
        random.Random(shuffled_by).shuffle(order)
    kept: list[Converted] = []
    for table, index in order:
        try:
            row, images = read(table, index, pictures)
            check_pictures(images)
            kept.append(Converted(plain(row), table, index))
        except (RowError, ImageError) as error:
            yield LeftOut(table.name(index), str(error).removeprefix(f"{table.name(index)}: "))
            continue
        yield None
    if kept:
        write(kept, out, pictures)


@dataclass(frozen=True)
class Converted:
    """A row in verl's form without its pictures: they are read again when they are written, all at once are too much."""

    columns: dict[str, Any]
    table: Table
    index: int


def read(table: Table, index: int, pictures: Pictures) -> tuple[Row, list[bytes | Path]]:
    """A row, and its pictures. Raises RowError."""
    name, value, folder = table.name(index), table.read(index), table.path.parent
    if "prompt" not in value:
        value = from_question(value, name, index, table.path.stem)
    row = with_frames(parsed_row(value, name), folder, pictures)
    check_marks(row, name)
    return row, [image.data or found_again(image.path, folder, pictures.roots) for image in row.images]


def check_pictures(sources: Sequence[bytes | Path]) -> None:
    """Raises ImageError."""
    for number, source in enumerate(sources, start=1):
        try:
            image_size(source)
        except ImageError as error:
            raise ImageError(f"image {number}: {error}") from error


def plain(row: Row) -> dict[str, Any]:
    """The columns of verl's rows without the pictures."""
    return {
        "data_source": row.data_source,
        "prompt": [message.model_dump() for message in row.prompt],
        "ability": row.ability,
        "reward_model": row.reward_model.model_dump(),
        "extra_info": {"reward_func": row.reward_func, **row.extra_info},
    }


def from_question(value: dict[str, Any], name: str, index: int, data_source: str) -> dict[str, Any]:
    """Raises RowError."""
    try:
        asked = SeedQuestion.model_validate(value)
    except ValidationError as error:
        raise RowError(f"{name}: neither a row with a prompt nor a question of the seed: {first_problem(error)}") from error
    missing = len(asked.image_paths) - asked.question.count(IMAGE_MARK)
    missing_videos = len(asked.videos) - asked.question.count(VIDEO_MARK)
    text = " ".join([*[IMAGE_MARK] * missing, *[VIDEO_MARK] * missing_videos, asked.question])
    return {
        "data_source": asked.data_source or data_source,
        "prompt": [{"role": "user", "content": PROMPTS[asked.reward_func].replace("{}", text, 1)}],
        "images": asked.image_paths,
        "videos": asked.videos,
        "ability": "math",
        "reward_model": {"style": "rule", "ground_truth": str(asked.answer)},
        "extra_info": {
            "index": index,
            "answer": str(asked.answer),
            "question": asked.question,
            "reward_func": asked.reward_func,
            "image_paths": asked.image_paths,
        },
    }


def with_frames(row: Row, folder: Path, pictures: Pictures) -> Row:
    """Each `<video>` becomes so many `<image>`, and its frames stand among the row's pictures in the order of the marks.
    Raises RowError."""
    if not row.videos:
        return row
    found = [found_again(str(video), folder, pictures.roots).absolute() for video in row.videos]
    frames = iter([[RowImage(path=str(path)) for path in frames_of(video, pictures.frames)] for video in found])
    single = iter(row.images)
    images: list[RowImage] = []

    def expanded(mark: re.Match[str]) -> str:
        own = next(frames, []) if mark[0] == VIDEO_MARK else list(islice(single, 1))
        images.extend(own)
        return " ".join([IMAGE_MARK] * len(own)) or mark[0]

    prompt = tuple(each.model_copy(update={"content": MARKS.sub(expanded, each.content)}) for each in row.prompt)
    left = [*single, *(frame for own in frames for frame in own)]
    return row.model_copy(update={"prompt": prompt, "images": (*images, *left), "videos": ()})


def frames_of(folder: Path, most: int) -> list[Path]:
    """Raises RowError."""
    frames = sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
    if not frames:
        raise RowError(f"the video {folder} is no folder of pictures: cut it into frames first")
    if len(frames) <= most:
        return frames
    return [frames[round(place * (len(frames) - 1) / max(1, most - 1))] for place in range(most)]


EMBEDDED = pa.list_(pa.struct([("bytes", pa.binary()), ("path", pa.string())]))
NAMED = pa.list_(pa.string())
"""Plain paths: of a path beside bytes that are null verl opens the bytes (RLHFDataset, 0.9)."""


def write(kept: Sequence[Converted], out: Path, pictures: Pictures) -> None:
    """Raises RowError and WriteError."""
    try:
        table = pa.Table.from_pylist([row.columns for row in kept])
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise RowError(f"the rows do not fit into one table, a key has values of several types: {error}") from error
    kind, form = (EMBEDDED, embedded) if pictures.form == "bytes" else (NAMED, named)
    schema = table.schema.append(pa.field("images", kind))
    with atomic_write(out) as partial, pq.ParquetWriter(partial, schema) as writer:
        for start in range(0, len(kept), BATCH):
            images = [
                [form(source, out) for source in read(row.table, row.index, pictures)[1]]
                for row in kept[start : start + BATCH]
            ]
            writer.write_table(table.slice(start, BATCH).append_column("images", pa.array(images, kind)))


def embedded(source: bytes | Path, _out: Path) -> dict[str, Any]:
    return {"bytes": source if isinstance(source, bytes) else source.read_bytes(), "path": None}


def named(source: bytes | Path, out: Path) -> str:
    """A picture's path; what a row embeds is written beside the rows, once for all that have it."""
    if isinstance(source, Path):
        return str(source.absolute())
    path = out.with_suffix(".images") / hashlib.sha256(source).hexdigest()
    if not path.exists():
        with atomic_write(path) as partial:
            partial.write_bytes(source)
    return str(path.relative_to(out.parent))
