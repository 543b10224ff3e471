"""Where a model stands: greedy replies to rows of Ocean World, right by task and by kind of question, with 95 % intervals;
and with --wrong a file of the replies that are not right, to be looked at.

    ./ocean world --split test --count 1000 --seed 31 --size 224 --frame 160 --out rows/unseen
    python trainer/bench/by_kind.py --model public/models/nano-stage2 --rows rows/unseen --wrong wrong.jsonl
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

from ocean_r1.config import Data, DataFile
from ocean_r1.data.images import pixel_bounds
from ocean_r1.data.prompts import Reader, Tokenizer
from ocean_r1.data.rows import open_dataset
from ocean_r1.evals.greedy import greedy_texts
from ocean_r1.models.weights import load_model
from ocean_r1.rewards.terms import exact, well_formed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--wrong", type=Path)
    parser.add_argument("--max-new-tokens", type=int, default=256)
    options = parser.parse_args()
    bounds = pixel_bounds(options.model, None, None)
    files = [DataFile(path=options.rows)]
    data = Data(files=files, min_pixels=bounds.min_pixels, max_pixels=bounds.max_pixels)
    model, dataset = load_model(options.model), open_dataset(files)
    reader = Reader(dataset, model.config, Tokenizer(options.model), data)
    examples = [reader.example(position) for position in range(len(dataset))]
    replies = greedy_texts(model, reader.tokenizer, [example.prompt for example in examples], options.max_new_tokens)
    found: dict[str, list[bool]] = {}
    wrong = []
    for example, reply in zip(examples, replies, strict=True):
        info = example.row.extra_info
        right = exact(reply.text, example.ground_truth, info) == 1
        formed = well_formed(reply.text, example.ground_truth, info) == 1
        for key in ("all", info["task"], f"{info['task']}: {info['kind']}"):
            found.setdefault(key, []).append(right)
        found.setdefault("well-formed", []).append(formed)
        if not right:
            wrong.append(
                {
                    "task": info["task"],
                    "kind": info["kind"],
                    "question": info["question"],
                    "truth": example.ground_truth,
                    "solution": info["solution"],
                    "reply": reply.text,
                }
            )
    for key in sorted(found, key=lambda key: (key not in ("all", "well-formed"), key)):
        print(f"{key:32} {line(found[key])}")
    if options.wrong:
        options.wrong.write_text("".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in wrong))


def line(right: list[bool]) -> str:
    """Percent right with Wilson's interval, and of how many."""
    n, z = len(right), 1.96
    share = sum(right) / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return f"{100 * share:5.1f} ({100 * max(0, middle - half):.1f} to {100 * (middle + half):.1f}) of {n}"


if __name__ == "__main__":
    main()
