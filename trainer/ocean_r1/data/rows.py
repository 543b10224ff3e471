"""Training rows in verl's form (parquet or jsonl), read and checked before anything is computed.

A row: data_source, prompt (messages with `<image>` where a picture stands), images (bytes, or paths), ability,
reward_model {style, ground_truth}, extra_info {index, answer, question, reward_func, image_paths, ...}.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ocean_r1.config import DataFile
from ocean_r1.data.images import ImageError, open_image

IMAGE_MARK = "<image>"


class RowError(ValueError):
    """What is wrong with a row: names file and row."""


class Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    role: Literal["system", "user", "assistant"]
    content: str


class EmbeddedImage(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    data: bytes | None = Field(default=None, alias="bytes")
    path: str | None = None


class RewardModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    style: str = "rule"
    ground_truth: str


class Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    data_source: str
    prompt: tuple[Message, ...]
    images: tuple[EmbeddedImage | str, ...] = ()
    ability: str = ""
    reward_model: RewardModel
    extra_info: dict[str, Any] = {}

    @field_validator("images", mode="before")
    @classmethod
    def _none_is_no_image(cls, value: object) -> object:
        return () if value is None else value

    @property
    def reward_func(self) -> str:
        """Which correctness the row asks for: `acc` or `iou`."""
        return str(self.extra_info.get("reward_func") or "acc")

    @property
    def ground_truth(self) -> str:
        return self.reward_model.ground_truth

    def sources(self, folder: Path) -> list[bytes | Path]:
        """The pictures as bytes, or as paths, relative ones beside the row's file."""
        found: list[bytes | Path] = []
        for image in self.images:
            path = image if isinstance(image, str) else image.path
            if isinstance(image, EmbeddedImage) and image.data is not None:
                found.append(image.data)
            elif path:
                found.append(folder / path)
        return found


@dataclass(frozen=True)
class Table:
    """One file of rows, in memory as Arrow holds it."""

    path: Path
    table: pa.Table

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def row(self, index: int) -> Row:
        """Raises RowError naming the file, the row and the key."""
        data = self.table.slice(index, 1).to_pylist()[0]
        if isinstance(data.get("prompt"), str):  # jsonl written by hand: one user message
            data["prompt"] = [{"role": "user", "content": data["prompt"]}]
        try:
            row = Row.model_validate(data)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(map(str, first["loc"]))
            raise RowError(f"{self.path}, row {index}: {key}: {first['msg']}") from error
        marks = sum(message.content.count(IMAGE_MARK) for message in row.prompt)
        if marks != len(row.images):
            raise RowError(
                f"{self.path}, row {index}: the prompt has {marks} {IMAGE_MARK} and the row {len(row.images)} images"
            )
        return row


def open_table(path: Path) -> Table:
    try:
        if path.suffix == ".parquet":
            return Table(path, pq.read_table(path, memory_map=True))
        if path.suffix in (".jsonl", ".json"):
            return Table(path, _json_table(path))
    except FileNotFoundError as error:
        raise RowError(f"{path}: there is no such file") from error
    except (pa.ArrowInvalid, json.JSONDecodeError) as error:
        raise RowError(f"{path}: cannot be read: {error}") from error
    raise RowError(f"{path}: rows come as .parquet or .jsonl")


def _json_table(path: Path) -> pa.Table:
    rows = []
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except json.JSONDecodeError as error:
                raise RowError(f"{path}, line {number}: not JSON: {error}") from error
    return pa.Table.from_pylist(rows)


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
        return self.tables[ref.table].row(ref.index)

    def sources(self, position: int) -> list[bytes | Path]:
        return self.row(position).sources(self.folder(position))

    def folder(self, position: int) -> Path:
        return self.tables[self.refs[position].table].path.parent

    def name(self, position: int) -> str:
        """How a sentence names a row: file and number."""
        ref = self.refs[position]
        return f"{self.tables[ref.table].path}, row {ref.index}"


def sampled(refs: list[RowRef], strategy: str | None, seed: int) -> list[RowRef]:
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
        refs += sampled(own, file.sample, seed) * file.repeat
    if not refs:
        raise RowError(f"no rows in {', '.join(str(file.path) for file in files)}")
    return Dataset(tuple(tables), tuple(refs))


def problems(dataset: Dataset, positions: Iterable[int]) -> Iterator[str]:
    """Sentences on rows that cannot be used; pictures are opened."""
    for position in positions:
        try:
            row = dataset.row(position)
        except RowError as error:
            yield str(error)
            continue
        for number, source in enumerate(row.sources(dataset.folder(position)), start=1):
            try:
                open_image(source)
            except ImageError as error:
                yield f"{dataset.name(position)}, image {number}: {error}"


def texts_of(path: Path) -> Iterator[str]:
    """Questions and worked solutions of rows, for a tokenizer to learn from."""
    for table in tables_of(DataFile(path=path)):
        for index in range(len(table)):
            row = table.row(index)
            yield from (message.content for message in row.prompt)
            yield str(row.extra_info.get("solution") or row.ground_truth)
            for further in row.extra_info.get("further") or []:
                yield from (further["content"], further["solution"])
