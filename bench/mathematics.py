"""Scores rows as the seed's GEOQA script does, with the Math-Verify of this Python.

Called with a file of outputs and one of annotations it scores them and ends: it prints how many are right. Else it reads a JSON list of {"gold": str, "output": str} a line; answers each line with {"seconds": CPU seconds, "verdicts":
[bool]}. The first line that it writes is {"math_verify": its version}.
"""

import json
import logging
import sys
import time
from importlib.metadata import version

from math_verify import parse, verify

logging.disable(logging.CRITICAL)


def is_right(output: str, gold: str) -> bool:
    return bool(verify(parse(output), parse(gold)))


def place(row: dict) -> tuple[str, str]:
    """A sample by its question and the name of its image: the folders before it are those of the machine that ran it."""
    return row["image_path"].rsplit("/", 1)[-1], row["question"]


if len(sys.argv) == 3:
    with open(sys.argv[1], encoding="utf-8") as outputs, open(sys.argv[2], encoding="utf-8") as annotations:
        golds = {place(row): row["ground_truth"] for row in map(json.loads, annotations)}
        results = json.load(outputs)["results"]
    verdicts = [is_right(row["model_output"], golds[place(row["question"])]) for row in results]
    print(sum(verdicts), "of", len(verdicts))
    sys.exit()

print(json.dumps({"math_verify": version("math-verify"), "sympy": version("sympy")}), flush=True)
for line in sys.stdin:
    rows = json.loads(line)
    started = time.process_time()
    verdicts = [is_right(row["output"], row["gold"]) for row in rows]
    print(json.dumps({"seconds": time.process_time() - started, "verdicts": verdicts}), flush=True)
