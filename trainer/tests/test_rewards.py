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


def test_one_accepted_form_may_stand_without_a_list() -> None:
    assert exact("<answer>12</answer>", "12", {"accepted": "12"}) == 1
    assert exact("<answer>1</answer>", "12", {"accepted": "12"}) == 0


def test_choices() -> None:
    assert choice(answered("(B) the sphere"), "(B)", {}) == 1
    assert choice(answered("A"), "(B)", {}) == 0


def test_expressions_are_arithmetic_and_nothing_else() -> None:
    reward, names = compile_expression("accuracy + 0.1 * (format - 1) / 2")
    assert names == {"accuracy", "format"}
    assert reward({"accuracy": 1.0, "format": 0.0}) == pytest.approx(0.95)
    wrong = (
        "__import__('os')",
        "accuracy.real",
        "accuracy if format else 0",
        "accuracy ** 2",
        "1 +",
        "+accuracy",
        "1e999",
        "'a'",
    )
    for text in (*wrong, "1 / 0 + accuracy.real", "9" * 400, "(" * 300 + "1" + ")" * 300):
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


def test_a_row_names_its_reward_and_the_recipe_alone_names_files(tmp_path: Path) -> None:
    own = tmp_path / "own.py"
    own.write_text("def half(response, truth, row): return 0.5\n")
    cases = {
        "acc": Case(answered("$\\frac{1}{2}$"), "0.5", {"reward_func": "acc"}),
        "none": Case(answered("$\\frac{1}{2}$"), "0.5", {}),
        "iou": Case("<answer>[1, 2, 30, 40]</answer>", "[1, 2, 30, 40]", {"reward_func": "iou"}),
        "a term of ours": Case(answered("(B)"), "B", {"reward_func": "choice"}),
        "one of the recipe's": Case("", "", {"reward_func": "half"}),
        "one of nobody's": Case("", "", {"reward_func": "other"}),
        "a file": Case("", "", {"reward_func": f"{own}:half"}),
    }
    with RewardPool(Reward(terms={"half": f"{own}:half"}, expression="correct")) as pool:
        scored = dict(zip(cases, pool.score(list(cases.values())), strict=True))
    assert [score.reward for score in scored.values()] == [1, 1, 1, 1, 0.5, 0, 0]
    assert "asks for the reward 'other'; there are acc, accuracy" in scored["one of nobody's"].failed["correct"]
    assert "asks for the reward" in scored["a file"].failed["correct"]


def test_a_process_that_is_killed_while_it_waits_costs_no_reward() -> None:
    cases = [Case(answered("5"), "5", {}), Case(answered("4"), "5", {})]
    with RewardPool(Reward(expression="count", workers=2)) as pool:
        for _ in range(3):
            scored = pool.score(cases)
            assert [(score.reward, score.failed) for score in scored] == [(1, {}), (0, {})]
            for worker in [worker for worker in pool.workers if worker.ready]:
                worker.process.kill()
                worker.process.join()
        assert pool.score(cases[:1])[0].failed == {}


VALUES: dict[str, tuple[str, float | None]] = {
    "nan": ("float('nan')", None),
    "inf": ("float('inf')", None),
    "minus inf": ("-float('inf')", None),
    "numpy's nan": ("np.float32('nan')", None),
    "too large for float32's squares": ("1e19", None),
    "too large for a float": ("10**400", None),
    "complex": ("1j", None),
    "a text": ("'1.0'", None),
    "nothing": ("None", None),
    "an array": ("np.ones(2)", None),
    "true": ("True", 1),
    "numpy's true": ("np.bool_(True)", 1),
    "numpy's float": ("np.float16(0.5)", 0.5),
    "a fraction": ("Fraction(1, 4)", 0.25),
    "a whole number": ("-3", -3),
}


def test_a_reward_that_is_no_finite_number_is_0_and_told(tmp_path: Path) -> None:
    own = tmp_path / "own.py"
    values = ", ".join(f"{name!r}: lambda: {value}" for name, (value, _) in VALUES.items())
    own.write_text(
        "from fractions import Fraction\nimport numpy as np\n"
        f"VALUES = {{{values}}}\n"
        "def own(response, truth, row):\n    return VALUES[response]()\n"
    )
    with RewardPool(Reward(terms={"own": f"{own}:own"}, expression="own", workers=1)) as pool:
        scored = pool.score([Case(name, "", {}) for name in VALUES])
    for (name, (_, worth)), score in zip(VALUES.items(), scored, strict=True):
        assert score.reward == score.terms["own"] == (worth or 0), name
        assert set(score.failed) == (set() if worth else {"own"}), name
    assert "nan is no number" in scored[0].failed["own"]


def test_an_expression_that_divides_by_zero_or_grows_too_large_is_0_and_told(tmp_path: Path) -> None:
    own = tmp_path / "own.py"
    own.write_text("def own(response, truth, row):\n    return float(response)\n")
    for expression in ("1 / own", "own / (own * own)", "1e18 * own / 1e-300"):
        with RewardPool(Reward(terms={"own": f"{own}:own"}, expression=expression, workers=1)) as pool:
            zero, one, failed = pool.score([Case(response, "", {}) for response in ("0", "1e-200", "no number")])
        assert zero.reward == one.reward == 0
        assert zero.terms == {"own": 0}
        divided = "1e18" not in expression
        assert set(zero.failed) == ({expression} if divided else set())
        assert set(one.failed) == {expression}
        assert set(failed.failed) == ({"own", expression} if divided else {"own"})
        assert not divided or "ZeroDivisionError" in zero.failed[expression]


def test_a_reward_may_be_undefined_where_all_terms_are_1() -> None:
    reward, names = compile_expression("accuracy / (1 - format)")
    assert names == {"accuracy", "format"}
    assert reward({"accuracy": 1.0, "format": 0.0}) == 1
    with pytest.raises(ZeroDivisionError):
        reward({"accuracy": 1.0, "format": 1.0})


def test_a_truth_that_a_term_cannot_read_is_an_error_and_no_verdict() -> None:
    for term, truth in ((count, "four"), (choice, "4"), (choice, ""), (iou, "[1, 2, 3]"), (iou, "[9, 9, 1, 1]")):
        with pytest.raises(ValueError, match="the ground truth"):
            term(answered("4"), truth, {})
    assert count(answered("9" * 5000), "4", {}) == 0  # no number that Python reads


def test_terms_that_do_not_exist_are_told_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="neither"):
        RewardPool(Reward(expression="acuracy"))
    with pytest.raises(RecipeError, match="neither"):
        RewardPool(Reward(terms={"mine": str(tmp_path / "nowhere.py") + ":f"}, expression="mine"))
    for content, words in (
        ("def f(:", "cannot be imported: SyntaxError"),
        ("{}['a']", "imported: KeyError"),
        ("g = 1", "no function f"),
    ):
        (tmp_path / "mine.py").write_text(content)
        with pytest.raises(RecipeError, match=words):
            RewardPool(Reward(terms={"mine": f"{tmp_path / 'mine.py'}:f"}, expression="mine"))
