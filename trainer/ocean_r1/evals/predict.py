"""A model's greedy replies to the samples of a benchmark, as the predictions file that `ocean score` reads.

Samples come from `ocean benchmarks samples ID --json`: lines {sample_id, prompt, image, ...}; one list of such will do too.
Stopped, it goes on after the last whole line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ocean_r1.config import Data, DataFile
from ocean_r1.data.images import ImageError, PixelBounds, open_image, patches_of
from ocean_r1.data.prompts import Reader, Tokenizer
from ocean_r1.data.rows import IMAGE_MARK, VIDEO_MARK, Dataset, Message, first_problem
from ocean_r1.data.tables import open_json
from ocean_r1.device import usable_device
from ocean_r1.engine.prompt import Prompt
from ocean_r1.evals.greedy import greedy_texts
from ocean_r1.files import append, atomic_write, keep_lines
from ocean_r1.models.model import VisionLanguageModel
from ocean_r1.models.weights import load_model

BOX = re.compile(r"\[\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\]")


class EarlierTurn(BaseModel):
    model_config = ConfigDict(frozen=True)
    question: str
    reply: str


class SampleLine(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    sample_id: str
    prompt: str
    image: str | None = None
    video: Any = None
    """No sample may have one: its answer would be told about what was not seen."""
    videos: Any = None
    earlier: tuple[EarlierTurn, ...] = ()
    """What was said before the prompt; the image stands before all of it."""

    def messages(self) -> tuple[Message, ...]:
        said = [text for turn in self.earlier for text in (turn.question, turn.reply)] + [self.prompt]
        if self.image is not None:
            said[0] = IMAGE_MARK + said[0]
        return tuple(Message(role="assistant" if index % 2 else "user", content=text) for index, text in enumerate(said))


class SamplesError(ValueError):
    """What is wrong with the samples: file and line."""


@dataclass(frozen=True)
class Task:
    """What is to be predicted, and where it goes."""

    benchmark: str
    split: str
    samples: Path
    images: Path
    """The folder that the samples' image paths are in."""
    model: Path
    name: str
    out: Path
    max_new_tokens: int
    bounds: PixelBounds
    at_once: int
    device: str = "cpu"


def read_samples(path: Path) -> list[SampleLine]:
    """From JSON lines, or a list in JSON. Raises RowError and SamplesError naming the line."""
    table = open_json(path)
    samples: dict[str, SampleLine] = {}
    for index in range(len(table)):
        try:
            sample = SampleLine.model_validate(table.read(index))
        except ValidationError as error:
            raise SamplesError(f"{table.name(index)}: {first_problem(error)}") from error
        if sample.video or sample.videos or VIDEO_MARK in sample.prompt:
            raise SamplesError(
                f"{table.name(index)}: the sample has a video, and pictures alone are seen here; leave it out, or name one "
                "of its frames as its image"
            )
        if sample.sample_id in samples:
            raise SamplesError(f"{table.name(index)}: sample_id {sample.sample_id!r} is there twice")
        samples[sample.sample_id] = sample
    if not samples:
        raise SamplesError(f"{path}: there is no sample in it")
    return list(samples.values())


def header(task: Task) -> dict[str, Any]:
    """The first line of the predictions: what they are, and how they were made."""
    return {
        "benchmark": task.benchmark,
        "split": task.split,
        "model": task.name,
        "generation": {
            "temperature": 0,
            "max_new_tokens": task.max_new_tokens,
            "min_pixels": task.bounds.min_pixels,
            "max_pixels": task.bounds.max_pixels,
        },
    }


def predicted_ids(task: Task) -> set[str]:
    """Samples that the file has already; a line that was cut off is removed. Raises SamplesError for another file."""
    first = json.dumps(header(task))
    if not task.out.exists():
        with atomic_write(task.out) as partial:
            partial.write_text(first + "\n")
        return set()
    try:
        lines = [json.loads(line) for line in task.out.read_bytes().split(b"\n")[:-1]]
        found = {line["sample_id"] for line in lines[1:]}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SamplesError(f"{task.out} is there and is no file of predictions; name another file") from error
    if not lines or lines[0] != json.loads(first):
        raise SamplesError(f"{task.out} holds predictions of another model or setting; name another file")
    keep_lines(task.out, lambda _: True)
    return found


def prompt_of(reader: Reader, sample: SampleLine, task: Task) -> tuple[Prompt, tuple[float, float]]:
    """The prompt, and how far its picture was stretched."""
    import torch

    grids, pixels, scale = [], None, (1.0, 1.0)
    if sample.image is not None:
        try:
            patches = patches_of(open_image(task.images / sample.image), reader.config.vision, task.bounds)
        except ImageError as error:
            raise SamplesError(f"sample {sample.sample_id}: {error}") from error
        grids, pixels, scale = [patches.grid], patches.pixels, patches.scale
    chat = reader.tokenizer.chat(sample.messages())
    ids = reader.expand(reader.tokenizer.ids(chat), tuple(grids), f"sample {sample.sample_id}")
    return Prompt(torch.tensor(ids), pixels, tuple(grids)), scale


def rescale_boxes(text: str, scale: tuple[float, float]) -> str:
    """Boxes of a reply, told in the pixels that the model saw, in those of the picture that the benchmark knows."""
    if scale == (1.0, 1.0):
        return text
    axes = (scale[0], scale[1], scale[0], scale[1])

    def back(match: re.Match[str]) -> str:
        return json.dumps([round(int(number) / axis) for number, axis in zip(match.groups(), axes, strict=True)])

    return BOX.sub(back, text)


def predict(task: Task, samples: Sequence[SampleLine]) -> Iterator[int]:
    """Predicts what is missing; after each batch how many samples are done. Raises SamplesError and DeviceError."""
    device = usable_device(task.device)
    done = predicted_ids(task)
    missing = [sample for sample in samples if sample.sample_id not in done]
    if not missing:
        yield len(samples)
        return
    model = load_model(task.model).to(device)
    reader = reader_for(model, Tokenizer(task.model), task)
    for start in range(0, len(missing), task.at_once):
        some = missing[start : start + task.at_once]
        write(task, some, model, reader)
        yield len(done) + start + len(some)


def write(task: Task, samples: Sequence[SampleLine], model: VisionLanguageModel, reader: Reader) -> None:
    given = [prompt_of(reader, sample, task) for sample in samples]
    replies = greedy_texts(model, reader.tokenizer, [prompt for prompt, _ in given], task.max_new_tokens, task.at_once)
    lines = [
        {"sample_id": sample.sample_id, "output": rescale_boxes(reply.text, scale), "tokens": reply.tokens}
        for sample, (_, scale), reply in zip(samples, given, replies, strict=True)
    ]
    append(task.out, "".join(json.dumps(line) + "\n" for line in lines))


def reader_for(model: VisionLanguageModel, tokenizer: Tokenizer, task: Task) -> Reader:
    data = Data(files=[DataFile(path=task.samples)], min_pixels=task.bounds.min_pixels, max_pixels=task.bounds.max_pixels)
    return Reader(Dataset((), ()), model.config, tokenizer, data)
