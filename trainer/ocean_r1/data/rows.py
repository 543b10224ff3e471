"""Training rows in verl's form, read and checked before anything is computed.

A row: data_source, prompt (messages with `<image>` where a picture stands), images (bytes, or paths), ability,
reward_model {style, ground_truth}, extra_info {index, answer, question, reward_func, image_paths, ...}. In tables all rows
have the same columns, so null stands for a key that a row does not have.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StrictBytes, ValidationError, field_validator, model_validator

from ocean_r1.config import DataFile
from ocean_r1.data.images import ImageError
from ocean_r1.data.tables import JsonRows, ParquetRows, open_json, open_parquet, parse
from ocean_r1.data.tables import RowError as RowError

IMAGE_MARK = "<image>"
VIDEO_MARK = "<video>"
COLUMNS = ("data_source", "prompt", "images", "videos", "ability", "reward_model", "extra_info")

T = TypeVar("T")


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        # pandas writes NaN for what is missing, which alone is not equal to itself.
        return {key: value for key, value in data.items() if value is not None and value == value}


class Message(Part):
    role: Literal["system", "user", "assistant"]
    content: str


class RowImage(Part):
    """A picture: its bytes, or where it lies."""

    data: StrictBytes = Field(default=b"", alias="bytes")
    path: str = ""

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if not (self.data or self.path):
            raise ValueError("a picture has bytes or a path")
        return self


class RewardModel(Part):
    style: str = "rule"
    ground_truth: str


class Further(Part):
    """One more question about a row's picture, for supervised training."""

    kind: str
    content: str
    question: str = ""
    solution: str


class ExtraInfo(Part):
    reward_func: str = Field(default="acc", pattern=r"^[A-Za-z_]\w*$")
    further: tuple[Further, ...] = ()


class Row(Part):
    data_source: str
    prompt: tuple[Message, ...] = Field(min_length=1)
    images: tuple[RowImage, ...] = ()
    videos: tuple[Any, ...] = ()
    """Whatever they are: `convert.py` makes pictures of them, nothing else reads them."""
    ability: str = ""
    reward_model: RewardModel
    extra_info: dict[str, Any] = {}
    known: ExtraInfo = Field(default=ExtraInfo(), validation_alias="extra_info")
    """What the trainer itself reads of extra_info; reward functions are handed all of it."""

    @model_validator(mode="before")
    @classmethod
    def _json_in_columns(cls, data: object) -> object:
        """Tables that cannot hold lists or objects hold them as JSON's text."""
        if not isinstance(data, dict):
            return data
        return {
            key: from_json(value) if key in ("images", "videos", "reward_model", "extra_info") else value
            for key, value in data.items()
        }

    @field_validator("prompt", mode="before")
    @classmethod
    def _text_is_a_message(cls, value: object) -> object:
        """A text is what the user says, unless it is messages as JSON."""
        if not isinstance(value, str):
            return value
        messages = from_json(value)
        if isinstance(messages, list) and messages and all(isinstance(each, dict) and "role" in each for each in messages):
            return messages
        return [{"role": "user", "content": value}]

    @field_validator("videos", mode="before")
    @classmethod
    def _one_video_may_stand_alone(cls, value: object) -> object:
        return value if isinstance(value, list | tuple) else [value]

    @field_validator("images", mode="before")
    @classmethod
    def _paths_are_images(cls, value: object) -> object:
        """One picture may stand without a list, and one of which only the path is known as that."""
        images = value if isinstance(value, list | tuple) else [value]
        return [{"path": image} if isinstance(image, str) else image for image in images]

    @property
    def reward_func(self) -> str:
        """Which correctness the row asks for: `acc`, `iou`, or a term of the recipe's."""
        return self.known.reward_func

    @property
    def ground_truth(self) -> str:
        return self.reward_model.ground_truth

    def sources(self, folder: Path) -> list[bytes | Path]:
        """The pictures as bytes, or as paths, relative ones beside the row's file."""
        return [image.data or folder / image.path for image in self.images]


def from_json(value: object) -> object:
    """What a text spells that is a list or an object of JSON; all else as it is."""
    if isinstance(value, str) and value.lstrip().startswith(("[", "{")):
        try:
            return parse(value)
        except (ValueError, RecursionError):
            return value
    return value


Table = ParquetRows | JsonRows
"""One file of rows."""


def row_of(table: Table, index: int) -> Row:
    """Raises RowError naming the file, the row and the key."""
    return row_from(table.read(index), table.name(index))


def row_from(value: dict[str, Any], name: str) -> Row:
    """Raises RowError naming the row and the key."""
    row = parsed_row(value, name)
    check_marks(row, name)
    return row


def parsed_row(value: dict[str, Any], name: str) -> Row:
    """A row that may have videos. Raises RowError naming the row and the key."""
    try:
        return Row.model_validate(value)
    except ValidationError as error:
        raise RowError(f"{name}: {first_problem(error)}") from error


def check_marks(row: Row, name: str) -> None:
    """Raises RowError where the prompt's pictures are not the row's, and where there is a video."""
    if row.videos:
        raise RowError(
            f"{name}: the row has {len(row.videos)} videos, and pictures alone are seen here; "
            "`ocean-r1 data convert` makes pictures of their frames"
        )
    if any(VIDEO_MARK in message.content for message in row.prompt):
        raise RowError(
            f"{name}: the prompt has {VIDEO_MARK} and the row no videos; name them in `videos` and take the row through "
            "`ocean-r1 data convert`, or write the text otherwise"
        )
    marks = sum(message.content.count(IMAGE_MARK) for message in row.prompt)
    if marks != len(row.images):
        raise RowError(f"{name}: the prompt has {marks} {IMAGE_MARK} and the row {len(row.images)} images")


def first_problem(error: ValidationError) -> str:
    """The key, what is wrong with it and, where that is short, what it is."""
    first = error.errors()[0]
    key, words = ".".join(map(str, first["loc"])), first["msg"].removeprefix("Value error, ")
    given = "" if first["type"] == "missing" or isinstance(first["input"], dict) else f" (is {repr(first['input'])[:60]})"
    return f"{key}: {words}{given}"


def open_table(path: Path) -> Table:
    if path.suffix == ".parquet":
        return open_parquet(path, COLUMNS)
    if path.suffix in (".jsonl", ".json"):
        return open_json(path)
    raise RowError(f"{path}: rows come as .parquet, .jsonl or .json")


def tables_of(file: DataFile) -> list[Table]:
    """The table of a file, or those of a folder in order of their names."""
    if not file.path.is_dir():
        return [open_table(file.path)]
    paths = sorted(path for path in file.path.iterdir() if path.suffix in (".parquet", ".jsonl"))
    if not paths:
        raise RowError(f"{file.path}: no .parquet or .jsonl file is in this folder")
    return [open_table(path) for path in paths]


@dataclass(frozen=True)
class RowRef:
    """Where a row stands, cheap to shuffle."""

    table: int
    index: int


@dataclass(frozen=True)
class Dataset:
    """Rows of several files, in a fixed order; weights are already applied."""

    tables: tuple[Table, ...]
    refs: tuple[RowRef, ...]

    def __len__(self) -> int:
        return len(self.refs)

    def row(self, position: int) -> Row:
        ref = self.refs[position]
        return row_of(self.tables[ref.table], ref.index)

    def folder(self, position: int) -> Path:
        return self.tables[self.refs[position].table].path.parent

    def name(self, position: int) -> str:
        """How a sentence names a row: its file, and its number or line."""
        ref = self.refs[position]
        return self.tables[ref.table].name(ref.index)


def sample_refs(refs: list[RowRef], strategy: str | None, seed: int) -> list[RowRef]:
    """The part of a file's rows that a strategy names, `random:20%` or `first:500`; more than there are is all."""
    if strategy is None:
        return refs
    how, _, amount = strategy.partition(":")
    count = round(len(refs) * float(amount[:-1]) / 100) if amount.endswith("%") else int(float(amount))
    if how == "random":
        random.Random(seed).shuffle(refs)
    return refs[:count]


def open_dataset(files: Sequence[DataFile], seed: int = 0) -> Dataset:
    """All rows that the files give. Raises RowError where there is none at all."""
    tables: list[Table] = []
    refs: list[RowRef] = []
    for file in files:
        own: list[RowRef] = []
        for table in tables_of(file):
            own += [RowRef(len(tables), index) for index in range(len(table))]
            tables.append(table)
        refs += sample_refs(own, file.sample, seed) * file.repeat
    if not refs:
        raise RowError(f"no rows in {', '.join(str(file.path) for file in files)}")
    return Dataset(tuple(tables), tuple(refs))


def map_images(row: Row, folder: Path, name: str, use: Callable[[bytes | Path], T]) -> list[T]:
    """What is made of a row's pictures. Raises RowError naming the row, and the picture by its number."""
    made: list[T] = []
    for number, source in enumerate(row.sources(folder), start=1):
        try:
            made.append(use(source))
        except ImageError as error:
            raise RowError(f"{name}, image {number}: {error}") from error
    return made


def texts_of(path: Path) -> Iterator[str]:
    """Questions and worked solutions of rows, for a tokenizer to learn from. Raises RowError where there is no row."""
    dataset = open_dataset([DataFile(path=path)])
    for position in range(len(dataset)):
        row = dataset.row(position)
        yield from (message.content for message in row.prompt)
        yield str(row.extra_info.get("solution") or row.ground_truth)
        for further in row.known.further:
            yield from (further.content, further.solution)
