"""Questions on renderings that others made, four of CLEVR and five of Super-CLEVR, their answers told by eye, as rows for
by_kind.py: how far what was learnt on Ocean World holds for a stranger's pictures.

    python trainer/bench/renderings.py --pictures ../shared/data/images --out rows/renderings.jsonl
    python trainer/bench/by_kind.py --model public/models/nano-stage2 --rows rows/renderings.jsonl
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

INSTRUCTION = (
    "You FIRST think about the reasoning process as an internal monologue and then provide the final answer. The reasoning "
    "process MUST BE enclosed within <think> </think> tags. The final answer MUST BE in <answer> </answer> tags."
)
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
CLEVR, SUPER = "clevr/img{}.png", "super-clevr/superCLEVR_new_00000{}.png"
QUESTIONS: dict[str, list[tuple[str, str]]] = {
    CLEVR.format(1): [
        ("How many objects are in the image?", "5"),
        ("How many cylinders are there?", "2"),
        ("How many gray objects are there?", "2"),
        ("Is there a cyan sphere in the image?", "yes"),
        ("Is there a red object in the image?", "no"),
        (
            "Where is the green cylinder relative to the cyan sphere? Select from the following choices.\n"
            "(A) to the left\n(B) to the right",
            "(B)",
        ),
    ],
    CLEVR.format(2): [
        ("How many objects are in the image?", "9"),
        ("How many spheres are there?", "3"),
        ("How many yellow objects are there?", "3"),
        ("Is there a purple cube in the image?", "yes"),
        ("Is there a green object in the image?", "no"),
    ],
    CLEVR.format(3): [
        ("How many objects are in the image?", "6"),
        ("How many spheres are there?", "4"),
        ("How many purple objects are there?", "2"),
        ("Is there a red cylinder in the image?", "no"),
        ("Is there a purple cylinder in the image?", "yes"),
    ],
    CLEVR.format(4): [
        ("How many objects are in the image?", "9"),
        ("How many green objects are there?", "2"),
        ("How many cubes are there?", "2"),
        ("Is there a blue cube in the image?", "yes"),
        ("Is there a purple sphere in the image?", "no"),
    ],
    SUPER.format(0): [
        ("How many objects are in the image?", "7"),
        ("How many bicycles are there?", "3"),
        ("How many buses are there?", "1"),
        ("Is there a blue car in the image?", "yes"),
        ("Is there an aeroplane in the image?", "no"),
    ],
    SUPER.format(1): [
        ("How many aeroplanes are there?", "1"),
        ("Is there a yellow car in the image?", "yes"),
        ("Is there a purple bus in the image?", "no"),
        (
            "Where is the aeroplane relative to the yellow car? Select from the following choices.\n"
            "(A) in front of it\n(B) behind it",
            "(B)",
        ),
    ],
    SUPER.format(2): [
        ("How many objects are in the image?", "5"),
        ("How many buses are there?", "3"),
        ("How many bicycles are there?", "1"),
        ("Is there a blue aeroplane in the image?", "yes"),
        ("Is there a red car in the image?", "no"),
    ],
    SUPER.format(3): [
        ("How many motorbikes are there?", "3"),
        ("How many cars are there?", "1"),
        ("Is there a purple bus in the image?", "yes"),
        ("Is there an aeroplane in the image?", "no"),
        (
            "Where is the cyan motorbike relative to the bus? Select from the following choices.\n"
            "(A) to the left\n(B) to the right",
            "(B)",
        ),
    ],
    SUPER.format(4): [
        ("How many objects are in the image?", "8"),
        ("How many cars are there?", "3"),
        ("How many bicycles are there?", "2"),
        ("Is there a red bus in the image?", "yes"),
        ("Is there a yellow bus in the image?", "no"),
    ],
}


def row(path: Path, question: str, answer: str) -> dict[str, object]:
    counted = answer.isdigit()
    kind = "counting" if counted else "relation" if answer.startswith("(") else "existence"
    accepted = [answer, *([WORDS[int(answer)]] if counted else [answer.strip("()")] if kind == "relation" else [])]
    return {
        "data_source": f"renderings/{kind}",
        "prompt": [{"role": "user", "content": f"<image> {question}\n{INSTRUCTION}"}],
        "images": [str(path)],
        "reward_model": {"style": "rule", "ground_truth": answer},
        "extra_info": {
            "task": kind,
            "kind": path.parent.name,
            "question": question,
            "accepted": accepted,
            "solution": "",
            "reward_func": "acc",
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, required=True, help="a folder with clevr/ and super-clevr/")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    folder = options.pictures.resolve()
    rows = [row(folder / path, *asked) for path, all_asked in QUESTIONS.items() for asked in all_asked]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text("".join(json.dumps(each) + "\n" for each in rows))
    print(f"{len(rows)} questions on {len(QUESTIONS)} pictures, in {options.out}")


if __name__ == "__main__":
    main()
