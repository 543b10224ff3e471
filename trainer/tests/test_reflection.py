"""The phrases count what they say that they count; the site holds itself to the same file."""

from __future__ import annotations

from typing import Any

import pytest

from ocean_r1.reflection import CATEGORIES, LANGUAGE, pattern_of, reflects


@pytest.mark.parametrize("category", CATEGORIES, ids=lambda category: category["id"])
def test_each_category_counts_its_examples(category: dict[str, list[str]]) -> None:
    pattern = pattern_of(category["phrases"])
    assert [text for text in category["counted"] if not pattern.search(text)] == []
    assert [text for text in category["not"] if reflects(text)] == []


@pytest.mark.parametrize("case", LANGUAGE, ids=lambda case: case["phrase"])
def test_what_stands_for_something_else(case: dict[str, Any]) -> None:
    pattern = pattern_of([case["phrase"]])
    assert [text for text in case["counted"] if not pattern.search(text)] == []
    assert [text for text in case["not"] if pattern.search(text)] == []
