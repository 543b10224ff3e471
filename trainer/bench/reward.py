"""A reward that random weights spread over, and that costs nothing on either side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def characters(response: str, _ground_truth: str, _row: Mapping[str, Any]) -> float:
    return float(len(response))
