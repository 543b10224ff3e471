"""All rows are tried before the first step, once: a broken picture is told at the start, and not hours later.

Of each row the prompt is read, its pictures are opened whole, what supervised training or the tower learns from it is looked
at, and its ground truth is given to the reward as the answer. This happens in processes of their own. That all is well, and
how long the prompts are, is remembered by what the files hold and by what is asked of them.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import multiprocessing as mp
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import torch

import ocean_r1
from ocean_r1.config import Data, Reward, cache_folder
from ocean_r1.data.hashes import hashes_of, read_cache, write_cache
from ocean_r1.data.images import image_size, open_image, smart_resize
from ocean_r1.data.labels import ATTRIBUTES, cells_of, written_in
from ocean_r1.data.prompts import NUMBER, Reader, Tokenizer
from ocean_r1.data.rows import IMAGE_MARK, Dataset, Row, RowError, RowRef, map_images
from ocean_r1.models.config import ModelConfig
from ocean_r1.processes import signals_blocked
from ocean_r1.progress_bar import progress_bar
from ocean_r1.rewards.expression import compile_expression
from ocean_r1.rewards.pool import Case, RewardPool, Scored
from ocean_r1.rewards.terms import ASKED_FOR, TERMS, last_answer

SPAWN_AFTER = 20.0
"""Seconds: what takes less is done sooner than processes start."""
BATCH, CHUNK = 128, 16
MAX_WRONG = 100
"""Where so many rows are wrong the rest is not looked at."""
SHOWN = 5


@dataclass(frozen=True)
class RowUse:
    """What a run does with rows, and so asks of them."""

    model: Path
    """Whose tokenizer and patches the prompts are made of."""
    data: Data
    kind: str
    """`sft` and `tower` learn from what rows tell besides; validation asks nothing more."""
    reward: Reward | None = None
    """By which answers to the rows are judged."""


@dataclass(frozen=True)
class CheckedRows:
    """Rows that can all be used: how many tokens each prompt has, and for each file one sha256 of all pictures that its rows
    name by path."""

    dataset: Dataset
    lengths: tuple[int, ...]
    pictures: dict[str, str]


def check_dataset(dataset: Dataset, hashes: Mapping[Path, str], use: RowUse) -> CheckedRows:
    """`hashes` are those of the dataset's files. Raises RowError that names the first wrong rows and says how many are."""
    refs = list(dict.fromkeys(dataset.refs))
    memory = cache_folder() / "rows" / f"{key_of(dataset, refs, hashes, use)}.json"
    found: Any = read_cache(memory)
    if found is None or not unchanged(found["pictures"]):
        lengths, pictures = check_rows(dataset, refs, use)
        found = {"lengths": lengths, "pictures": pictures}
        write_cache(memory, found)
    by_ref = dict(zip(refs, found["lengths"], strict=True))
    digests = {
        path: hashlib.sha256("".join(each for _, each in named).encode()).hexdigest()
        for path, named in found["pictures"].items()
    }
    return CheckedRows(dataset, tuple(by_ref[ref] for ref in dataset.refs), digests)


def unchanged(pictures: Mapping[str, Sequence[tuple[str, str]]]) -> bool:
    """Whether all pictures are what they were."""
    named = [(Path(path), digest) for own in pictures.values() for path, digest in own]
    try:
        now = hashes_of(path for path, _ in named)
    except OSError:
        return False
    return all(now[path] == digest for path, digest in named)


def key_of(dataset: Dataset, refs: Sequence[RowRef], hashes: Mapping[Path, str], use: RowUse) -> str:
    """Of all that the result follows from, this code among it."""
    code = sorted(Path(ocean_r1.__path__[0]).rglob("*.py"))
    words = [path for path in sorted(use.model.iterdir()) if path.suffix in (".json", ".jinja", ".txt")]
    terms = [Path(source.partition(":")[0]) for source in (use.reward.terms.values() if use.reward else ())]
    parts = {
        "rows": [[str(table.path), hashes[table.path]] for table in dataset.tables],
        "which": hashlib.sha256(json.dumps([[ref.table, ref.index] for ref in refs]).encode()).hexdigest(),
        "bounds": [use.data.min_pixels, use.data.max_pixels],
        "kind": use.kind,
        "reward": use.reward.model_dump() if use.reward else None,
        "files": [hashlib.sha256(path.read_bytes()).hexdigest() for path in (*code, *words, *terms) if path.is_file()],
        "versions": [importlib.metadata.version(name) for name in ("pillow", "tokenizers", "math-verify")],
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def check_rows(dataset: Dataset, refs: Sequence[RowRef], use: RowUse) -> tuple[list[int], dict[str, list[tuple[str, str]]]]:
    """How long the rows are, and path and sha256 of the pictures that they name, by the file of the rows."""
    wrong: list[str] = []
    lengths: list[int] = []
    paths: dict[str, list[Path]] = {}
    done = 0
    with progress_bar(len(refs), "rows", seconds=10) as show:
        for batch in tried_rows(dataset, refs, use):
            for tried in batch:
                if isinstance(tried.found, str):
                    wrong.append(tried.found)
                else:
                    lengths.append(tried.found)
                paths.setdefault(str(dataset.tables[tried.ref.table].path), []).extend(tried.paths)
            done += len(batch)
            show(done, "checked, " + (f"{len(wrong):,} wrong" if wrong else "all well"))
            if len(wrong) >= MAX_WRONG:
                break
    if wrong:
        raise RowError(report(wrong, done, len(refs)))
    digests = hashes_of(path for own in paths.values() for path in own)
    pictures = {file: [(str(path), digests[path]) for path in own] for file, own in paths.items() if own}
    return lengths, pictures


@dataclass(frozen=True)
class Tried:
    """What a row was found to be: the tokens of its prompt, or a sentence on what is wrong with it."""

    ref: RowRef
    found: int | str
    paths: tuple[Path, ...] = ()
    """The pictures that it names by path."""


def tried_rows(dataset: Dataset, refs: Sequence[RowRef], use: RowUse) -> Iterator[list[Tried]]:
    """All rows in their order, some at a time."""
    positions = {ref: position for position, ref in enumerate(dataset.refs)}
    with row_reader(use, len(refs)) as read, truth_checker(use.reward) as check_truths:
        for start in range(0, len(refs), BATCH):
            batch = refs[start : start + BATCH]
            tried: dict[RowRef, Tried] = {}
            given: list[tuple[RowRef, RowTask]] = []
            for ref in batch:
                position = positions[ref]
                try:
                    given.append((ref, RowTask(dataset.row(position), dataset.folder(position), dataset.name(position))))
                except RowError as error:
                    tried[ref] = Tried(ref, str(error))
            read_lengths = read([each for _, each in given])
            golds = check_truths([each for _, each in given])
            for (ref, task), length, gold in zip(given, read_lengths(), golds, strict=True):
                paths = tuple(source for source in task.row.sources(task.folder) if isinstance(source, Path))
                tried[ref] = Tried(ref, length if isinstance(length, str) else gold or length, paths)
            yield [tried[ref] for ref in batch]


def report(wrong: Sequence[str], done: int, total: int) -> str:
    looked = f"{done:,} rows" if done == total else f"the first {done:,} of {total:,} rows, where the check ended,"
    lines = [
        f"{len(wrong):,} of {looked} cannot be used; mend them or take them out:",
        *(f"  {each}" for each in wrong[:SHOWN]),
    ]
    if len(wrong) > SHOWN:
        lines.append(f"  and {len(wrong) - SHOWN:,} more")
    return "\n".join(lines)


@dataclass(frozen=True)
class RowTask:
    """A row on its way to the process that tries it."""

    row: Row
    folder: Path
    name: str


def check_row(reader: Reader, kind: str, given: RowTask) -> int:
    """Tokens of the prompt. Raises RowError where a run of this kind could not use the row; its reward is not asked here."""
    length = reader.length_of(given.row, given.folder, given.name)
    map_images(given.row, given.folder, given.name, open_image)
    if kind == "sft":
        check_solutions(given.row, given.name)
    elif kind == "tower":
        check_labels(reader, given)
    return length


def check_solutions(row: Row, name: str) -> None:
    """Raises RowError where supervised training would find a question without its picture or its solution."""
    info = row.extra_info
    if not isinstance(info.get("solution"), str) or not info["solution"]:
        raise RowError(f"{name}: there is no extra_info.solution to learn from")
    if not isinstance(info.get("question") or "", str):
        raise RowError(f"{name}: extra_info.question is no text")
    marks = row.prompt[-1].content.count(IMAGE_MARK) if row.prompt else 0
    for index, item in enumerate(info.get("further") or []):
        texts = [item.get(key) for key in ("kind", "content", "solution")] if isinstance(item, dict) else []
        if not texts or not all(isinstance(text, str) and text for text in texts):
            raise RowError(f"{name}: extra_info.further.{index} needs texts as kind, content and solution")
        if item["content"].count(IMAGE_MARK) != marks:
            raise RowError(f"{name}: extra_info.further.{index}.content has not the {marks} {IMAGE_MARK} of the question")


def check_labels(reader: Reader, given: RowTask) -> None:
    """Raises RowError where the tower could not learn what the row tells of its pictures."""
    vision, info = reader.config.vision, given.row.extra_info
    patch, merge = vision.patch_size, vision.spatial_merge_size
    for key in ("objects", "written"):
        if not isinstance(info.get(key) or [], list):
            raise RowError(f"{given.name}: extra_info.{key} is no list")
    for index, thing in enumerate(info.get("objects") or []):
        for name, own in ATTRIBUTES.items():
            if not isinstance(thing, dict) or thing.get(name) not in own:
                raise RowError(f"{given.name}: extra_info.objects.{index} has no {name} of {', '.join(own)}")
    for source in given.row.sources(given.folder):
        width, height = image_size(source)
        rows, columns = smart_resize(height, width, patch * merge, reader.bounds)
        grid = (1, rows // patch, columns // patch)
        for key, label in (
            ("objects", partial(cells_of, grid=grid, patch=patch, merge=merge)),
            ("written", partial(written_in, tokenizer=reader.tokenizer, grid=grid, patch=patch, merge=merge)),
        ):
            try:
                label(info.get(key) or [])
            except Exception as error:  # of a label of another shape each step raises what it happens to meet
                raise RowError(
                    f"{given.name}: extra_info.{key} cannot be learnt: {type(error).__name__}: {error}"
                ) from error


Read = Callable[[Sequence[RowTask]], Callable[[], list[int | str]]]
"""Begins to read rows; what it gives waits for their lengths, or for sentences on what is wrong."""


def reader_of(use: RowUse) -> Reader:
    return Reader(Dataset((), ()), ModelConfig.from_folder(use.model), Tokenizer(use.model), use.data)


def read_all(reader: Reader, kind: str, rows: Sequence[RowTask]) -> list[int | str]:
    found: list[int | str] = []
    for given in rows:
        try:
            found.append(check_row(reader, kind, given))
        except RowError as error:
            found.append(str(error))
    return found


@contextmanager
def row_reader(use: RowUse, count: int) -> Iterator[Read]:
    """For so many rows: the first are read here, and if the others would take long, these in processes of their own."""
    reader, spent, rows_read = reader_of(use), 0.0, 0
    workers = min(len(os.sched_getaffinity(0)), 16)
    pool: ProcessPoolExecutor | None = None

    def read(rows: Sequence[RowTask]) -> Callable[[], list[int | str]]:
        nonlocal spent, rows_read, pool
        if pool is None and spent * (count - rows_read) <= SPAWN_AFTER * rows_read:
            started = perf_counter()
            found = read_all(reader, use.kind, rows)
            spent, rows_read = spent + perf_counter() - started, rows_read + len(rows)
            return lambda: found
        parts = [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]
        pool = pool or ProcessPoolExecutor(workers, mp.get_context("spawn"), initializer=init_worker, initargs=(use,))
        with signals_blocked(signal.SIGINT):
            futures = [pool.submit(read_in_worker, part) for part in parts]
        return lambda: [each for part, future in zip(parts, futures, strict=True) for each in result_of(part, future)]

    try:
        yield read
    finally:
        if pool:
            pool.shutdown(cancel_futures=True)


def result_of(part: Sequence[RowTask], future: Future[list[int | str]]) -> list[int | str]:
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise RowError(
            f"{part[0].name}, or one of the {CHUNK} rows from there on, ended the process that read it"
        ) from error


WORKER: dict[str, tuple[Reader, str]] = {}
"""In a process that reads rows: its reader."""


def init_worker(use: RowUse) -> None:
    torch.set_num_threads(1)
    WORKER["reader"] = reader_of(use), use.kind


def read_in_worker(rows: Sequence[RowTask]) -> list[int | str]:
    return read_all(*WORKER["reader"], rows)


@contextmanager
def truth_checker(reward: Reward | None) -> Iterator[Callable[[Sequence[RowTask]], list[str | None]]]:
    """Gives rows' ground truths to the reward: of each None, or a sentence on why no answer to it can be rewarded."""
    names = compile_expression(reward.expression)[1] if reward else frozenset()
    sources = {name: reward.terms.get(name, name) for name in names} if reward else {}
    sources = {name: source for name, source in sources.items() if source != "format"}
    if reward is None or not sources:
        yield lambda rows: [None] * len(rows)
        return
    with RewardPool(reward.model_copy(update={"workers": max(reward.workers, len(os.sched_getaffinity(0)))})) as pool:

        def check_truths(rows: Sequence[RowTask]) -> list[str | None]:
            cases = [Case(right_answer(each.row), each.row.ground_truth, each.row.extra_info) for each in rows]
            scored = pool.score(cases)
            return [reward_problem(each, given, sources) for each, given in zip(scored, rows, strict=True)]

        yield check_truths


def right_answer(row: Row) -> str:
    """A response that says the ground truth."""
    answer = last_answer(row.ground_truth)
    if row.reward_func == "iou":
        answer = json.dumps([round(float(number)) for number in NUMBER.findall(answer)])
    return f"<think></think>\n<answer>{answer}</answer>"


def reward_problem(scored: Scored, given: RowTask, sources: Mapping[str, str]) -> str | None:
    """A term of one's own may be worth nothing here and be right: of such it counts only that they fail."""

    def is_ours(source: str) -> bool:
        return given.row.reward_func in ASKED_FOR if source == "correct" else source in TERMS

    if any(name not in scored.failed and (scored.terms[name] > 0 or not is_ours(src)) for name, src in sources.items()):
        return None
    said = "; ".join(f"{name}: {scored.failed.get(name, 'is 0 for the very answer')}" for name in sorted(sources))
    return f"{given.name}: the ground truth {given.row.ground_truth!r:.200} cannot be rewarded ({said})"
