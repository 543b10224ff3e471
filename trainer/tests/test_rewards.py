"""What responses are worth, and what happens to those that never end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ocean_r1.config import RecipeError, Reward
from ocean_r1.rewards.expression import compile_expression
from ocean_r1.rewards.pool import Case, RewardPool
from ocean_r1.rewards.terms import Term, accuracy, choice, count, exact, iou, overlap, well_formed


def answered(answer: str, thought: str = "I look.") -> str:
    return f"<think>{thought}</think>\n<answer>{answer}</answer>"


@pytest.mark.parametrize(
    ("response", "truth", "reward"),
    [
        (answered("5"), "5", 1),
        (answered("4"), "5", 0),
        (answered("$\\frac{1}{2}$"), "$0.5$", 1),
        (answered("8\\sqrt{3}"), "$8\\sqrt{3}$", 1),
        (answered("a = b"), "a=b", 1),
        (answered("The answer is B."), "B", 1),
        (answered("C"), "B", 0),
        (answered("red cube"), "red cube", 1),
        (answered("red cubes"), "red cube", 0.1),  # alike by more than 0.6
        (answered("nothing like it"), "red cube", 0),
        ("", "5", 0),
    ],
)
def test_accuracy_is_the_seeds_cascade(response: str, truth: str, reward: float) -> None:
    assert accuracy(response, truth, {}) == reward


@pytest.mark.parametrize(
    ("response", "worth"),
    [
        (answered("5"), 1),
        ("<think>a</think><answer>5</answer> and more", 1),  # as upstream, the end is not looked at
        (" " + answered("5"), 0),
        (answered("5") + "<answer>6</answer>", 0),
        ("<answer>5</answer><think>a</think>", 0),
        ("5", 0),
    ],
)
def test_format(response: str, worth: float) -> None:
    assert well_formed(response, "", {"reward_func": "acc"}) == worth


def test_format_of_boxes_wants_json() -> None:
    box = {"reward_func": "iou"}
    assert well_formed(answered('{"bbox_2d": [1, 2, 3, 4]}'), "", box) == 1
    assert well_formed(answered("[1, 2, 3, 4]"), "", box) == 0


def test_boxes() -> None:
    assert overlap((0, 0, 10, 10), (0, 0, 10, 10)) == 1
    assert overlap((0, 0, 10, 10), (20, 20, 30, 30)) == 0
    assert iou(answered('{"bbox_2d": [0, 0, 10, 10]}'), "[0, 0, 10, 12]", {}) == 1
    assert iou(answered('{"bbox_2d": [0, 0, 10, 10]}'), "[5, 5, 15, 15]", {}) == 0
    assert iou(answered("no box"), "[5, 5, 15, 15]", {}) == 0
    assert iou("[0, 0, 10, 10]", "[0, 0, 10, 10]", {}) == 0  # outside the tags
    with pytest.raises(ValueError, match="no box of four numbers"):
        iou(answered("[0, 0, 1, 1]"), "5", {})


SHARED = json.loads((Path(__file__).parent / "answers.json").read_text())["cases"]
BY_RULE: dict[str, Term] = {"exact": exact, "count": count, "box": iou}


@pytest.mark.parametrize("case", SHARED, ids=[f"{case['rule']} {case['output']}" for case in SHARED])
def test_what_is_rewarded_is_what_the_site_scores(case: dict[str, Any]) -> None:
    row = {"accepted": case.get("accepted")}
    assert BY_RULE[case["rule"]](case["output"], case.get("gold", ""), row) == case["right"]


def test_choices() -> None:
    assert choice(answered("(B) the sphere"), "(B)", {}) == 1
    assert choice(answered("A"), "(B)", {}) == 0


def test_expressions_are_arithmetic_and_nothing_else() -> None:
    reward, names = compile_expression("accuracy + 0.1 * (format - 1) / 2")
    assert names == {"accuracy", "format"}
    assert reward({"accuracy": 1.0, "format": 0.0}) == pytest.approx(0.95)
    for text in ("__import__('os')", "accuracy.real", "accuracy if format else 0", "accuracy ** 2", "1 +"):
        with pytest.raises(ValueError, match="reward"):
            compile_expression(text)


def test_the_pool_ends_what_takes_too_long_and_tells_what_failed(tmp_path: Path) -> None:
    own = tmp_path / "own.py"
    own.write_text(
        "import os, time\n"
        "def slow(response, truth, row):\n"
        "    if response == 'sleep': time.sleep(60)\n"
        "    if response == 'die': os._exit(1)\n"
        "    if response == 'raise': raise KeyError('colour')\n"
        "    return len(response)\n"
    )
    reward = Reward(terms={"slow": f"{own}:slow"}, expression="slow + 1", workers=2, timeout_seconds=1)
    responses = ["a", "sleep", "bb", "die", "raise", "ccc"]
    with RewardPool(reward) as pool:
        scored = pool.score([Case(response, "", {}) for response in responses])
        again = pool.score([Case("dddd", "", {})])
    assert [score.reward for score in scored] == [2, 1, 3, 1, 1, 4]
    assert "longer than" in scored[1].failed["slow"]
    assert "died" in scored[3].failed["slow"]
    assert "KeyError" in scored[4].failed["slow"]
    assert again[0].reward == 5


def test_terms_that_do_not_exist_are_told_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="neither"):
        RewardPool(Reward(expression="acuracy"))
    with pytest.raises(RecipeError, match="neither"):
        RewardPool(Reward(terms={"mine": str(tmp_path / "nowhere.py") + ":f"}, expression="mine"))
