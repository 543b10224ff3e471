"""What a response is worth, term by term: pure functions of (response, ground_truth, row), each from 0 to 1.

After the seed's reward function (Ocean-R1 571b3c4c, verl/utils/reward_score/custom_reward_fn.py), written anew; where it
would evaluate text as code, numbers are read instead. `accuracy` may take long on hostile text: `pool.py` bounds it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from rapidfuzz.distance import Indel

Term = Callable[[str, str, Mapping[str, Any]], float]

ANSWER = re.compile(r"<answer>(.*?)</answer>", re.DOTALL)
TAGS = ("<think>", "</think>", "<answer>", "</answer>")
WORDS_FORMAT = re.compile(r"<think>.*?</think>\s*<answer>.*?</answer>", re.DOTALL)
BOX_FORMAT = re.compile(r"<think>.*?</think>\s*<answer>.*?\{.*\[\d+,\s*\d+,\s*\d+,\s*\d+\].*\}.*?</answer>", re.DOTALL)
BOX = re.compile(r"\[(\d+),\s*(\d+),\s*(\d+),\s*(\d+)]")
TAGGED_NUMBER = re.compile(r"<answer>\s*(\d{1,4000})\s*</answer>")  # Python reads no number of more than 4,300 digits.
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def wants_box(row: Mapping[str, Any]) -> bool:
    return row.get("reward_func") == "iou"


def well_formed(response: str, _ground_truth: str, row: Mapping[str, Any]) -> float:
    """1 where each tag stands once, thinking first, then the answer; a box within JSON where one is asked for.

    As in the seed the response begins with the thinking, and what follows the answer is not looked at.
    """
    if any(response.count(tag) != 1 for tag in TAGS):
        return 0.0
    return float(bool((BOX_FORMAT if wants_box(row) else WORDS_FORMAT).match(response)))


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Intersection over union with inclusive pixels, as the seed counts it."""
    left, top, right, bottom = (max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]) - 1, min(a[3], b[3]) - 1)
    shared = (right - left + 1) * (bottom - top + 1) if left < right and top < bottom else 0.0
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    return shared / union if union else 0.0


def true_box(ground_truth: str) -> tuple[float, ...]:
    """Left, top, right and bottom. Raises ValueError for what no box overlaps."""
    numbers = tuple(map(float, NUMBER.findall(ground_truth)))
    if len(numbers) != 4:
        raise ValueError(f"the ground truth {ground_truth!r} is no box of four numbers")
    if not overlap(numbers, numbers):
        raise ValueError(f"the ground truth {ground_truth!r} is a box without area; it is [left, top, right, bottom]")
    return numbers


def iou(response: str, ground_truth: str, _row: Mapping[str, Any]) -> float:
    """1 where the first box of whole numbers in the first answer overlaps the true one by more than half."""
    truth = true_box(ground_truth)
    answer = ANSWER.search(response)
    box = BOX.search(answer[1]) if answer else None
    if not box:
        return 0.0
    return float(overlap(tuple(map(float, box.groups())), truth) > 0.5)


def last_answer(text: str) -> str:
    """The content of the last pair of answer tags, or all of the text."""
    found = ANSWER.findall(text)
    return (found[-1] if found else text).strip()


def true_count(ground_truth: str) -> int:
    """Raises ValueError."""
    try:
        return int(ground_truth)
    except ValueError as error:
        raise ValueError(f"the ground truth {ground_truth!r} is no whole number") from error


def count(response: str, ground_truth: str, _row: Mapping[str, Any]) -> float:
    """1 where the first answer that holds nothing but a whole number is the true count (the seed's evaluation)."""
    truth, tagged = true_count(ground_truth), TAGGED_NUMBER.search(response)
    return float(tagged is not None and int(tagged[1]) == truth)


def exact(response: str, ground_truth: str, row: Mapping[str, Any]) -> float:
    """1 where the first answer is one of the row's `accepted` forms, or the box; Ocean World's own rule on the site.

    Math-Verify reads all of a response, so thinking aloud can be paid for; this looks at the answer alone.
    """
    if wants_box(row):
        return iou(response, ground_truth, row)
    tagged = ANSWER.search(response)
    answer = as_given(tagged[1] if tagged else response)
    accepted = row.get("accepted") or ground_truth
    forms = [accepted] if isinstance(accepted, str) else accepted
    return float(answer in [as_given(form) for form in forms])


def as_given(text: str) -> str:
    """A text without what does not matter: capitals, runs of spaces, commas between thousands, one final full stop."""
    text = re.sub(r"\s+", " ", text.strip().lower())
    text = re.sub(r"(\d),(?=\d{3}(?!\d))", r"\1", text)
    return re.sub(r"\.? *$", "", text, count=1).strip()


def true_letter(ground_truth: str) -> str:
    """Raises ValueError."""
    letter = chosen_letter(last_answer(ground_truth))
    if letter is None:
        raise ValueError(f"the ground truth {ground_truth!r} names no option by its letter")
    return letter


def choice(response: str, ground_truth: str, _row: Mapping[str, Any]) -> float:
    """1 where the answer names the letter of the true option."""
    return float(chosen_letter(last_answer(response)) == true_letter(ground_truth))


# Words near a letter that make it likely to be the choice; as upstream, Chinese ones included.
CUES = (
    *("答案", "选择", "正确", "是", "对", "认为", "应该", "觉得"),
    *("ANSWER", "CORRECT", "CHOOSE", "SELECT", "RIGHT", "THINK", "BELIEVE", "SHOULD"),
)


def chosen_letter(text: str) -> str | None:
    """The capital that a text seems to choose: standing alone, near a cue, near the end, before punctuation."""
    text = re.sub(r"\s+", " ", text.upper())
    letters: list[str] = re.findall(r"(?<![A-Z])([A-Z])(?![A-Z])", text)
    scores = dict.fromkeys(letters, 0)
    if len(letters) < 2:
        return letters[0] if letters else None
    for letter in letters:
        place = text.find(letter)
        near = text[max(0, place - 20) : place + 20]
        scores[letter] += sum(cue in near for cue in CUES)
        scores[letter] += 2 if place > len(text) * 0.7 else 0
        scores[letter] += 1 if place < len(text) - 1 and text[place + 1] in "。.!！,，" else 0  # noqa: RUF001
    return max(scores, key=scores.__getitem__)


def accuracy(response: str, ground_truth: str, _row: Mapping[str, Any]) -> float:
    """The seed's cascade: Math-Verify on the whole response, then on LaTeX alone, then texts, numbers, letters, likeness."""
    if mathematically_equal(response, ground_truth):
        return 1.0
    truth, answer = last_answer(ground_truth), last_answer(response)
    if not truth or not answer:
        return 0.0
    if len(truth) > 1 and truth[0] == truth[-1] == "$":
        truth = truth[1:-1]
    if answer[0] == answer[-1] == "$":
        answer = answer.replace("$", "")
    truth, answer = (re.sub(r"\s*([=+\-*/])\s*", r"\1", text) for text in (truth, answer))
    if answer == truth:
        return 1.0
    if re.search(r"\d", truth):
        numbers = as_number(answer), as_number(truth)
        value = likeness(answer, truth) if None in numbers else float(numbers[0] == numbers[1])
    elif letter := chosen_letter(truth):
        value = float(chosen_letter(answer) == letter)
    else:
        value = likeness(answer, truth)
    if value <= 0.6:
        return 0.0
    return 1.0 if value >= 1.0 else 0.1


def plain(text: str) -> str:
    """Without line ends, a final full stop or capitals."""
    text = re.sub(r"(?<=\s)[\n\r]", "", last_answer(text))
    return re.sub(r"[\n\r]", " ", text).strip().rstrip(".").lower()


def as_number(text: str) -> float | None:
    try:
        return float(plain(text))
    except ValueError:
        return None


def likeness(a: str, b: str) -> float:
    return float(Indel.normalized_similarity(plain(a), plain(b)))


def mathematically_equal(response: str, ground_truth: str) -> bool:
    from latex2sympy2_extended import NormalizationConfig
    from math_verify import LatexExtractionConfig, parse, verify

    # Its own time limits need signals of the main thread; the pool ends a process that takes too long.
    off = {"parsing_timeout": None}
    if verify(parse(response, **off), parse(ground_truth, **off), timeout_seconds=None):
        return True
    gold = parse(ground_truth, extraction_mode="first_match", extraction_config=[LatexExtractionConfig()], **off)
    if not gold:
        return False
    strict = LatexExtractionConfig(
        normalization_config=NormalizationConfig(
            nits=False, malformed_operators=False, basic_latex=True, equations=True, boxed="all", units=True
        ),
        boxed_match_priority=0,
        try_extract_without_anchor=False,
    )
    answer = parse(response, extraction_mode="first_match", extraction_config=[strict], **off)
    return bool(verify(answer, gold, timeout_seconds=None))


PLAIN: Mapping[str, Term] = {
    "accuracy": accuracy,
    "iou": iou,
    "format": well_formed,
    "count": count,
    "exact": exact,
    "choice": choice,
}
ASKED_FOR: Mapping[str, Term] = {"acc": accuracy, **PLAIN}
"""What a row may ask for as its `reward_func`: the seed's two, and the other terms."""


def correct_by(own: Mapping[str, Term]) -> Term:
    """What the row asks for as its `reward_func`: `acc` or `iou`, as the seed dispatches, another term, or one of `own`.
    Only the recipe names files: rows may be a stranger's. It raises ValueError where a row asks for what is not there."""
    known = {**ASKED_FOR, **own}

    def correct(response: str, ground_truth: str, row: Mapping[str, Any]) -> float:
        name = row.get("reward_func") or "acc"
        if name not in known:
            raise ValueError(f"the row asks for the reward {name!r}; there are {', '.join(known)}")
        return known[name](response, ground_truth, row)

    return correct


TERMS: Mapping[str, Term] = {"correct": correct_by({}), **PLAIN}
"""Those that need no entry in a recipe."""
