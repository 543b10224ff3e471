"""Scores rows as the seed's GEOQA script does, with the Math-Verify of this Python.

Reads a JSON list of {"gold": str, "output": str} a line; answers each line with {"seconds": CPU seconds, "verdicts":
[bool]}. The first line that it writes is {"math_verify": its version}.
"""

import json
import logging
import sys
import time
from importlib.metadata import version

from math_verify import parse, verify

logging.disable(logging.CRITICAL)
print(json.dumps({"math_verify": version("math-verify"), "sympy": version("sympy")}), flush=True)
for line in sys.stdin:
    rows = json.loads(line)
    started = time.process_time()
    verdicts = [bool(verify(parse(row["output"]), parse(row["gold"]))) for row in rows]
    print(json.dumps({"seconds": time.process_time() - started, "verdicts": verdicts}), flush=True)
