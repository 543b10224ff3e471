"""What counts as reflection: `reflection.json` says it; the site marks by the same file (lib/reasoning/reflection.ts)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

_FILE = json.loads((Path(__file__).parent / "reflection.json").read_text("utf-8"))
CATEGORIES = _FILE["categories"]
LANGUAGE = _FILE["language"]
"""What a phrase finds and what not, for the tests of both sides."""

# What stands for something else in a phrase; all other characters stand for themselves.
_PARTS = {"*": r"\w{0,20}", "-": r"[-\s]?", "'": "['\u2019]", " ": r"\s+", " … ": r"\b[^.!?\n]{0,60}?\b"}


def pattern_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """One that finds any of some phrases, where words begin and end."""
    alternatives = [
        "".join(_PARTS.get(part) or re.escape(part) for part in re.split(r"( … |[*\-' ])", phrase))
        + (r"\b" if re.search(r"[\w*]$", phrase) else "")
        for phrase in phrases
    ]
    # As in JavaScript, a word is of ASCII letters.
    return re.compile(rf"\b(?:{'|'.join(alternatives)})", re.IGNORECASE | re.ASCII)


_REFLECTION = pattern_of(phrase for category in CATEGORIES for phrase in category["phrases"])


def reflects(text: str) -> bool:
    return _REFLECTION.search(text) is not None
