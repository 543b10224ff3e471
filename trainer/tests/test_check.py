"""What a run does with its rows before the first step, and that it goes on with no others."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from toy import picture, recipe, row, toy, write_rows

from ocean_r1.cli import main
from ocean_r1.config import Data, DataFile, RecipeError, Reward, parse_recipe
from ocean_r1.data import check, hashes
from ocean_r1.data.check import CheckedRows, RowUse, check_dataset
from ocean_r1.data.hashes import hashes_of
from ocean_r1.data.rows import RowError, open_dataset
from ocean_r1.sft import train_sft
from ocean_r1.start import open_run

COUNT = Reward(expression="count + 0.1 * format")


def jpeg(length: float) -> bytes:
    """A photograph-like JPEG, cut after a share of its bytes."""
    out = io.BytesIO()
    Image.effect_noise((64, 64), 90).convert("RGB").save(out, "JPEG")
    return out.getvalue()[: int(len(out.getvalue()) * length)]


def use(folder: Path, kind: str = "grpo", reward: Reward | None = COUNT) -> RowUse:
    data = Data(files=[DataFile(path=folder)], min_pixels=1024, max_pixels=1024)
    return RowUse(folder / "model", data, kind, reward)


def tried(folder: Path, rows: list[dict[str, Any]], kind: str = "grpo", reward: Reward | None = COUNT) -> CheckedRows:
    if not (folder / "model").exists():
        toy(folder)
    dataset = open_dataset([DataFile(path=write_rows(folder / "some.parquet", rows))])
    return check_dataset(dataset, hashes_of(table.path for table in dataset.tables), use(folder, kind, reward))


def gold(index: int, truth: str, **info: Any) -> dict[str, Any]:
    """A row with another ground truth."""
    one = row(index)
    return {**one, "reward_model": {"style": "rule", "ground_truth": truth}, "extra_info": {**one["extra_info"], **info}}


def without(key: str) -> dict[str, Any]:
    one = row(0)
    return {**one, "extra_info": {**one["extra_info"], key: None}}


WRONG: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "a JPEG cut in its body": (row(0, images=[{"bytes": jpeg(0.6), "path": None}]), "grpo", "count", "image 1.*truncated"),
    "no number to count": (gold(0, "blue"), "grpo", "count", "'blue' cannot be rewarded .count: .*no whole number"),
    "no answer": (gold(0, " "), "grpo", "accuracy", "accuracy: is 0 for the very answer"),
    "a box without area": (gold(0, "[4, 4, 4, 9]", reward_func="iou"), "grpo", "correct", "correct: .*without area"),
    "half a box": (gold(0, "[4, 4, 9]", reward_func="iou"), "grpo", "correct", "no box of four numbers"),
    "a reward that is none": (
        gold(0, "4", reward_func="IoU"),
        "grpo",
        "correct",
        "asks for the reward 'IoU'; there are acc,",
    ),
    "nothing to learn from": (without("solution"), "sft", "count", "no extra_info.solution"),
    "a thing without a place": (
        gold(0, "1", objects=[{**row(0)["extra_info"]["objects"][0], "x2": None}]),
        "tower",
        "count",
        "extra_info.objects cannot be learnt: TypeError",
    ),
    "a thing that there is not": (
        gold(0, "1", objects=[{**row(0)["extra_info"]["objects"][0], "shape": "pyramid"}]),
        "tower",
        "count",
        "extra_info.objects.0 has no shape of cube, sphere",
    ),
    "a number of things": (gold(0, "1", objects=3), "tower", "count", "extra_info.objects is no list"),
    "a text where texts are listed": (gold(0, "1", written="A, B"), "tower", "count", "extra_info.written is no list"),
    "a text without a place": (
        gold(0, "1", written=[{"word": "A"}]),
        "tower",
        "count",
        "extra_info.written.*KeyError: 'x1'",
    ),
    "a thing at infinity": (
        gold(0, "1", objects=[{**row(0)["extra_info"]["objects"][0], "away": float("inf")}]),
        "tower",
        "count",
        "extra_info.objects cannot be learnt: OverflowError",
    ),
    "a question that is no text": (gold(0, "1", question=5), "sft", "count", "extra_info.question is no text"),
    "an image token that a text spells": (
        row(3, prompt=[{"role": "user", "content": "What is <|image_pad|>?"}]),
        "grpo",
        "count",
        "the prompt has 1 image tokens for 0 images",
    ),
}


@pytest.mark.parametrize(("bad", "kind", "term", "words"), WRONG.values(), ids=WRONG.keys())
def test_a_row_that_could_not_be_used_later_is_told_at_the_start(
    tmp_path: Path, bad: dict[str, Any], kind: str, term: str, words: str
) -> None:
    with pytest.raises(RowError, match=rf"1 of 1 rows cannot be used.*\n  .*some.parquet, row 0.*{words}"):
        tried(tmp_path, [bad], kind, Reward(expression=term) if kind == "grpo" else None)


def test_rows_that_can_be_used_are_told_by_the_lengths_of_their_prompts(tmp_path: Path) -> None:
    rows = [row(index) for index in range(4)]
    found = tried(tmp_path, rows)
    assert found.lengths[0] == found.lengths[1] > found.lengths[3]  # row 3 has no picture
    further = [{"kind": "a", "content": "<image> What else?", "solution": "<think></think>\n<answer>1</answer>"}]
    rows[0] = gold(0, "what is no number", further=further)
    assert tried(tmp_path, rows, "sft", None).lengths == found.lengths  # nobody asks its reward
    assert tried(tmp_path, rows, "tower", None).lengths == found.lengths


@pytest.mark.parametrize("lacks", ["kind", "content", "solution", "<image>"])
def test_a_further_question_is_looked_at_too(tmp_path: Path, lacks: str) -> None:
    item = {"kind": "a", "content": "<image> What else?", "solution": "<answer>1</answer>", lacks: None}
    item["content"] = "What else?" if lacks == "<image>" else item["content"]
    with pytest.raises(RowError, match=r"some.parquet, row 0: extra_info.further.0"):
        tried(tmp_path, [gold(0, "1", further=[item])], "sft", None)


GOLDS = [
    "12",
    "-3.5",
    "$\\frac{3}{4}$",
    "A",
    "(B) 12 cm",
    "yes",
    "two red cubes",
    "$2\\sqrt{3}$",
    "<answer> 7 </answer>",
    "x=3",
    "45°",
]
GOLDS += ["$a$ and $b$", "[1, 2]", "(2, 3)", "1,234", "50%", "\\boxed{5}", "$x^2 + 1$", "None of these.", "左", "3:2", "1/2"]


def test_no_ground_truth_that_can_be_answered_is_refused(tmp_path: Path) -> None:
    rows = [gold(index, truth) for index, truth in enumerate(GOLDS)]
    rows.append(gold(0, "[4, 4, 9, 20]", reward_func="iou"))
    rows.append(gold(0, "[4.2, 4.9, 9.5, 20.0]", reward_func="iou"))
    assert len(tried(tmp_path, rows, reward=Reward(expression="correct + 0.1 * format")).lengths) == len(rows)


def test_a_ground_truth_that_keeps_a_term_busy_for_ever_is_refused_and_a_term_of_ones_own_may_be_0(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(
        "def slow(response, truth, row):\n    while truth == '2': pass\n    return 0\n"
        "def none(response, truth, row):\n    return 0\n"
    )
    slow = Reward(terms={"slow": f"{tmp_path}/own.py:slow"}, expression="slow + format", timeout_seconds=0.5)
    with pytest.raises(
        RowError, match=r"1 of 4 rows .*\n.*row 1: the ground truth '2' cannot be rewarded \(slow: longer than"
    ):
        tried(tmp_path, [row(index) for index in range(4)], reward=slow)
    mild = Reward(terms={"none": f"{tmp_path}/own.py:none"}, expression="none + format")
    assert len(tried(tmp_path, [row(0)], reward=mild).lengths) == 1


def test_processes_find_what_one_would_and_the_report_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row(index) for index in range(60)]
    for index in range(0, 60, 6):
        rows[index] = row(0, images=[{"bytes": b"nothing", "path": None}])
    told = []
    monkeypatch.setattr(check, "BATCH", 20)
    for patience in (20.0, 0.0):
        monkeypatch.setattr(check, "SPAWN_AFTER", patience)
        with pytest.raises(RowError) as error:
            tried(tmp_path, rows, "tower", None)
        told.append(str(error.value).splitlines())
    assert told[0] == told[1]
    assert told[0][0].startswith("10 of 60 rows cannot be used")
    assert all(f"row {6 * index}, image 1: " in line for index, line in enumerate(told[0][1:6]))
    assert told[0][6:] == ["  and 5 more"]


def test_what_was_tried_is_not_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row(index) for index in range(5)]
    before = tried(tmp_path, rows)
    monkeypatch.setattr(check, "check_rows", lambda *_: pytest.fail("rows are read again"))
    assert tried(tmp_path, rows).lengths == before.lengths
    for other in (
        lambda: tried(tmp_path, [*rows, row(7)]),
        lambda: tried(tmp_path, rows, reward=Reward(expression="exact")),
        lambda: tried(tmp_path, rows, "tower"),
    ):
        with pytest.raises(pytest.fail.Exception, match="read again"):
            other()


def test_a_hash_is_remembered_as_long_as_nothing_touches_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, read = tmp_path / "rows", []
    path.write_text("one")
    real = hashes.sha256_of
    monkeypatch.setattr(hashes, "sha256_of", lambda *given: read.append(given[0]) or real(*given))
    first = hashes_of([path])
    assert hashes_of([path]) == first
    assert len(read) == 2  # it was written a moment ago: a second change could look the same
    monkeypatch.setattr(hashes, "SETTLED_NS", 0)
    assert hashes_of([path, path]) == hashes_of([path]) == first
    assert len(read) == 3
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    path.write_text("two")
    os.utime(path, ns=times)
    assert hashes_of([path]) != first


def json_rows(folder: Path, truth: str = "1") -> Path:
    """Rows that name their picture by path."""
    one = row(0, images=["one.png"])
    one["reward_model"]["ground_truth"] = truth
    (folder / "rows.jsonl").write_text(json.dumps(one) + "\n")
    return folder / "rows.jsonl"


def test_a_run_goes_on_with_the_rows_and_pictures_that_it_began_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = toy(tmp_path)
    (tmp_path / "one.png").write_bytes(picture(1))
    paths["rows"] = json_rows(tmp_path)
    recipe_path = tmp_path / "toy.toml"
    recipe_path.write_text(recipe(paths, tmp_path / "out", "sft", steps=1, rows_per_step=1))

    def goes_on() -> str:
        return "" if main(["sft", str(recipe_path), "--set", "steps=2"]) == 0 else capsys.readouterr().err

    assert main(["sft", str(recipe_path)]) == 0
    saved = paths["rows"].stat()
    json_rows(tmp_path, "2")
    os.utime(paths["rows"], ns=(saved.st_atime_ns, saved.st_mtime_ns))  # of the same size, too
    assert "rows.jsonl: the file is another one" in goes_on()
    json_rows(tmp_path)
    (tmp_path / "one.png").write_bytes(picture(3))
    assert "rows.jsonl: its rows are the same, but not the pictures" in goes_on()
    (tmp_path / "one.png").write_bytes(picture(1))
    assert goes_on() == ""


def test_a_folder_of_rows_may_not_grow_or_shrink(tmp_path: Path) -> None:
    paths = toy(tmp_path)
    (tmp_path / "many").mkdir()
    write_rows(tmp_path / "many/a.parquet", [row(0)])
    write_rows(tmp_path / "many/b.parquet", [row(1)])
    parsed = parse_recipe(
        recipe({**paths, "rows": tmp_path / "many"}, tmp_path / "out", "sft", steps=1, rows_per_step=1), ""
    )
    train_sft(parsed)
    write_rows(tmp_path / "many/c.parquet", [row(2)])
    (tmp_path / "many/a.parquet").unlink()
    with pytest.raises(RecipeError, match=r"(?s)c.parquet: it is new.*a.parquet: it is gone"):
        open_run(parsed)
