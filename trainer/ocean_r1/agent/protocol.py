"""What agents and server say to each other. `protocol.schema.json` is made of the server's own schemas
(`lib/training/protocol.ts`); what is here puts values into the forms that it allows."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SCHEMA: dict[str, Any] = json.loads(Path(__file__).with_name("protocol.schema.json").read_text())
PROTOCOL: int = SCHEMA["protocol"]
LIMITS: dict[str, int] = SCHEMA["limits"]

Event = dict[str, Any]


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def number(value: float) -> float | str:
    """JSON has no words for what is no number or endless."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def numbers(values: Mapping[str, float], longest_name: int = 200) -> dict[str, float | str]:
    return {name[:longest_name]: number(value) for name, value in values.items()}


def cut(text: str, limit: int) -> str:
    """The beginning of a text, as long as `limit` UTF-16 units allow: the server counts as JavaScript does."""
    if len(text) * 2 <= limit:
        return text
    return text.encode("utf-16-le", "replace")[: 2 * limit].decode("utf-16-le", "ignore")


def cut_line(line: str) -> str:
    """A line of a log; what is longer than may be told says so at its end."""
    limit = LIMITS["lineLength"]
    short = cut(line, limit)
    if len(short) == len(line):
        return line
    note = f" … (cut: the line has {len(line):,} characters)"
    return cut(line, limit - len(note)) + note


def logged(lines: Iterable[str]) -> Event:
    return {"type": "log", "lines": [cut_line(line) for line in lines]}


def notice(text: str, level: str = "info") -> Event:
    return {"type": "notice", "level": level, "text": cut(text, 4_000)}
