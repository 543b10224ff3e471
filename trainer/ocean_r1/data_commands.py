"""`ocean-r1 data fetch | convert | mix | check`: from what lies somewhere to rows of which each is known to be usable."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocean_r1.config import Data, DataFile, Reward, check_exists, check_model_folder
from ocean_r1.files import atomic_write
from ocean_r1.progress_bar import progress_bar

if TYPE_CHECKING:  # pyarrow and torch take seconds to import: a mistake in a command is told before
    from ocean_r1.data.convert import LeftOut, Source

SEED = {
    "stage1": "minglingfeng/Ocean_R1_visual_data_stage1",
    "stage2": "minglingfeng/Ocean_R1_visual_data_stage2",
    "geoqa-test": "minglingfeng/geoqa_test",
    "cvbench-test": "minglingfeng/cvbench_test",
}
"""The seed's training sets and those that it validates on (Ocean-R1 571b3c4c, download_data.py)."""


def add_data(commands: Any) -> None:
    parser = commands.add_parser("data", help="training rows: fetched, converted, mixed, checked")
    parts = parser.add_subparsers(required=True, metavar="COMMAND")
    add_fetch(parts)
    add_convert(parts)
    add_mix(parts)
    add_check(parts)


def add_fetch(parts: Any) -> None:
    parser = parts.add_parser(
        "fetch",
        help="a dataset of the Hugging Face hub, at one commit, each file held to its hash",
        description="Files that are there are not fetched again. HF_ENDPOINT names another hub, HF_TOKEN who you are.",
        epilog="example: ocean-r1 data fetch stage1 --out data/stage1",
    )
    parser.add_argument("dataset", help=f"{', '.join(SEED)} (the seed's), or OWNER/NAME")
    parser.add_argument("--revision", help="a commit, branch or tag; left out, what the hub has now")
    parser.add_argument("--files", nargs="+", default=[], metavar="PATTERN", help="of these names alone, as 'data/train-*'")
    parser.add_argument("--out", type=Path, required=True, help="a folder")
    parser.set_defaults(run=run_fetch, after_stop="the same command goes on after the files that have come")


def run_fetch(options: argparse.Namespace) -> None:
    from ocean_r1.data.hub import fetch

    count = total = 0
    repository = SEED.get(options.dataset, options.dataset)
    for file in fetch(repository, options.revision, options.files, options.out):
        count, total = count + 1, total + file.bytes
        print(f"{file.name}: whole", file=sys.stderr, flush=True)
    print(f"{options.out}: {count} files of {repository}, {total:,} bytes")


def add_pictures(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--images",
        choices=("bytes", "paths"),
        default="bytes",
        help="in the file; or as files beside it, which takes less memory in training (bytes)",
    )
    parser.add_argument(
        "--root",
        type=Path,
        action="append",
        default=[],
        help="a folder in which paths of another machine are found by their ends",
    )
    parser.add_argument("--frames", type=int, default=8, help="pictures of a video at most, evenly spread (8)")
    parser.add_argument("--out", type=Path, required=True, help="a .parquet file; what was left out is told beside it")


def add_convert(parts: Any) -> None:
    parser = parts.add_parser(
        "convert",
        help="rows in verl's form, or the seed's questions, as one parquet file",
        epilog="example: ocean-r1 data convert data/stage1 --images paths --out rows/stage1.parquet",
    )
    parser.add_argument("sources", type=Path, nargs="+", help="files (.parquet, .jsonl, .json) or folders of them")
    add_pictures(parser)
    parser.set_defaults(run=run_convert, after_stop="nothing is left half written")


def run_convert(options: argparse.Namespace) -> None:
    from ocean_r1.data.convert import whole_files

    for path in options.sources:
        check_exists(path)
    write_rows(whole_files(options.sources), options)


def add_mix(parts: Any) -> None:
    parser = parts.add_parser(
        "mix",
        help="parts of several files, shuffled, as a file of the seed's concat_data_from_yaml names them",
        epilog="example: ocean-r1 data mix visual_all_data_stage2.yaml --root data --out rows/stage2.parquet",
    )
    parser.add_argument("mix", type=Path, help="YAML: datasets: [{json_path, sampling_strategy}]")
    parser.add_argument("--seed", type=int, default=1, help="of what is drawn and of the order (1)")
    add_pictures(parser)
    parser.set_defaults(run=run_mix, after_stop="nothing is left half written")


def run_mix(options: argparse.Namespace) -> None:
    from ocean_r1.data.convert import mixed_files

    write_rows(mixed_files(options.mix, options.root, options.seed), options, shuffled_by=options.seed)


def write_rows(
    sources: list[Source], options: argparse.Namespace, left_out: Sequence[LeftOut] = (), shuffled_by: int | None = None
) -> None:
    """`left_out` are those that are known already."""
    from ocean_r1.data.convert import Pictures, convert

    if options.out.suffix != ".parquet":
        raise ValueError(f"--out {options.out}: rows are written as .parquet")
    pictures = Pictures(tuple(options.root), options.images, options.frames)
    total = sum(len(source.indices) for source in sources)
    found: list[LeftOut] = []
    with progress_bar(total, "rows", seconds=10) as show:
        for done, each in enumerate(convert(sources, options.out, pictures, shuffled_by), start=1):
            found += [each] if each else []
            show(done, f"written, {len(found):,} left out")
    report = told([*left_out, *found], options.out)
    if len(found) == total:
        raise ValueError(f"{options.out} is not written: it has no row{report}")
    print(f"{options.out}: {total - len(found):,} rows{report}")


def told(left_out: list[LeftOut], out: Path) -> str:
    """Writes which rows were left out and why, and says how many."""
    report = out.with_suffix(".left-out.jsonl")
    if not left_out:
        report.unlink(missing_ok=True)
        return ""
    with atomic_write(report) as partial, partial.open("w") as file:
        for row in left_out:
            file.write(json.dumps({"row": row.row, "why": row.why}, ensure_ascii=False) + "\n")
    first = Counter(row.why for row in left_out).most_common(1)[0]
    return f"; {len(left_out):,} left out, told in {report} ({first[1]:,} of them: {first[0]:.200})"


def add_check(parts: Any) -> None:
    parser = parts.add_parser(
        "check",
        help="tries each row as a run would, and writes those that can be used",
        description="Pictures are opened whole, prompts counted in tokens of the model with their pictures, and the ground "
        "truth given to the reward as the answer.",
        epilog="example: ocean-r1 data check rows/stage1.parquet --model models/Qwen2.5-VL-3B --out rows/used.parquet",
    )
    parser.add_argument("rows", type=Path, help="a file, or a folder of them")
    parser.add_argument("--model", type=Path, required=True, help="a Hugging Face folder")
    parser.add_argument(
        "--kind", choices=("grpo", "sft", "tower"), default="grpo", help="what they are to be used for (grpo)"
    )
    parser.add_argument("--reward", default="correct + 0.1 * format", help="by its terms (correct + 0.1 * format)")
    parser.add_argument("--min-pixels", type=int, default=28 * 28 * 4, help="as in the recipe (3136)")
    parser.add_argument("--max-pixels", type=int, default=28 * 28 * 1280, help="as in the recipe (1003520)")
    parser.add_argument("--max-prompt-tokens", type=int, default=8192, help="longer prompts are left out (8192)")
    add_pictures(parser)
    parser.set_defaults(run=run_check, after_stop="nothing is left half written")


def run_check(options: argparse.Namespace) -> None:
    from ocean_r1.data.check import RowUse, tried_rows
    from ocean_r1.data.convert import LeftOut, Source
    from ocean_r1.data.rows import open_dataset

    check_model_folder(options.model)
    check_exists(options.rows)
    data = Data(
        files=[DataFile(path=options.rows)],
        min_pixels=options.min_pixels,
        max_pixels=options.max_pixels,
        max_prompt_tokens=options.max_prompt_tokens,
    )
    dataset = open_dataset(data.files)
    reward = Reward(expression=options.reward) if options.kind == "grpo" else None
    kept: list[list[int]] = [[] for _ in dataset.tables]
    left_out: list[LeftOut] = []
    with progress_bar(len(dataset), "rows", seconds=10) as show:
        done = 0
        for batch in tried_rows(dataset, dataset.refs, RowUse(options.model, data, options.kind, reward)):
            for tried in batch:
                name = dataset.tables[tried.ref.table].name(tried.ref.index)
                if isinstance(tried.found, str):
                    left_out.append(LeftOut(name, tried.found.removeprefix(f"{name}: ")))
                elif tried.found > data.max_prompt_tokens:
                    left_out.append(
                        LeftOut(name, f"its prompt has {tried.found:,} tokens, {data.max_prompt_tokens:,} are the most")
                    )
                else:
                    kept[tried.ref.table].append(tried.ref.index)
            done += len(batch)
            show(done, f"{len(left_out):,} left out")
    sources = [Source(table, tuple(own)) for table, own in zip(dataset.tables, kept, strict=True)]
    write_rows(sources, options, left_out)
