"""What is measured on a card runs where there is none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CARD = Path(__file__).parents[1] / "bench" / "card.py"


def test_what_a_card_is_measured_by_runs_on_a_cpu_at_toy_length() -> None:
    ended = subprocess.run(
        [sys.executable, str(CARD), "--size", "nano", "--device", "cpu"], capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert '"bad": 0' in ended.stdout
    for said in ("float64's", "float32's", "new tokens a second", "of the planned", "not tried: CUDA graphs need a card"):
        assert said in ended.stdout
