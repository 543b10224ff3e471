"""The phrases count what they say that they count; the site holds itself to the same file."""

from __future__ import annotations

import pytest

from ocean_r1.reflection import CATEGORIES, pattern_of, reflects


@pytest.mark.parametrize("category", CATEGORIES, ids=lambda category: category["id"])
def test_each_category_counts_its_examples(category: dict[str, list[str]]) -> None:
    pattern = pattern_of(category["phrases"])
    assert [text for text in category["counted"] if not pattern.search(text)] == []
    assert [text for text in category["not"] if reflects(text)] == []


def test_what_stands_for_something_else() -> None:
    pattern = pattern_of(["re-check*", "calculation … incorrect", "wait,", "that's odd"])
    found = ["RECHECKED", "re check", "this calculation is\tincorrect", "Wait, no", "that\u2019s odd"]
    assert [text for text in found if not pattern.search(text)] == []
    passed = ["a calculation. Incorrect", "waits,", "await,", "that is odd", "unrecheck", "recheckéd"]
    assert [text for text in passed if pattern.search(text)] == ["recheckéd"]
