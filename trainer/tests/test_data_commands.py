"""From a hub, or from files of the seed's, to rows that can all be used; what cannot be used is told, and why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hub_server import COMMIT, Hub, hub_server
from toy import picture, row, toy, write_rows

from ocean_r1.cli import main
from ocean_r1.data.rows import open_table, row_of

BOX_PROMPT = "First output the thinking process in <think> </think> tags"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    write_rows(tmp_path / "part.parquet", [row(index) for index in range(4)])
    files = {"data/train-00000.parquet": (tmp_path / "part.parquet").read_bytes(), "README.md": b"# Rows\n"}
    with hub_server(Hub(files=files, lfs=frozenset({"data/train-00000.parquet"}))) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        monkeypatch.setenv("HF_TOKEN", "hf_right")
        yield server


def fetch(out: Path, *more: str) -> int:
    return main(["data", "fetch", "owner/rows", "--out", str(out), *more])


def test_fetched_at_one_commit_and_not_twice(hub: Hub, tmp_path: Path) -> None:
    assert fetch(tmp_path / "rows") == 0
    for name, content in hub.files.items():
        assert (tmp_path / "rows" / name).read_bytes() == content
    record = json.loads((tmp_path / "rows/fetched.json").read_text())
    assert (record["repository"], record["commit"]) == ("owner/rows", COMMIT)
    assert fetch(tmp_path / "rows") == 0
    assert len(hub.asked) == 2


def test_patterns_choose_files(hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fetch(tmp_path / "rows", "--files", "data/*") == 0
    assert not (tmp_path / "rows/README.md").exists()
    assert fetch(tmp_path / "rows", "--files", "test/*") == 1
    assert "has no file like test/*; its files are data/train-00000.parquet, README.md" in capsys.readouterr().err


def test_a_download_that_breaks_off_goes_on_where_it_was(hub: Hub, tmp_path: Path) -> None:
    # The hub's library writes by 10 MiB, and goes on behind what is written.
    hub.breaks, hub.files["large"] = 1, bytes(range(256)) * (24 << 12)
    assert fetch(tmp_path / "rows", "--files", "large") == 0
    assert (tmp_path / "rows/large").read_bytes() == hub.files["large"]
    assert hub.asked == ["large from 0", f"large from {10 << 20}"]


@pytest.mark.parametrize("name", ["data/train-00000.parquet", "README.md"])
def test_other_bytes_than_listed_are_not_kept(
    hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    hub.sent_otherwise = frozenset({name})
    assert fetch(tmp_path / "rows", "--files", name) == 1
    assert f"{name} of owner/rows came with other bytes than the hub has of it" in capsys.readouterr().err
    assert not (tmp_path / "rows" / name).exists()
    hub.sent_otherwise = frozenset()
    assert fetch(tmp_path / "rows", "--files", name) == 0


def test_a_file_that_was_changed_here_is_fetched_again(hub: Hub, tmp_path: Path) -> None:
    assert fetch(tmp_path / "rows") == 0
    (tmp_path / "rows/README.md").write_bytes(b"# Mine\n")
    assert fetch(tmp_path / "rows") == 0
    assert (tmp_path / "rows/README.md").read_bytes() == hub.files["README.md"]


def refusals() -> dict[str, tuple[dict[str, Any], list[str], str]]:
    return {
        "no such dataset": ({"repository": "owner/other"}, [], "has no such dataset, or none that you may see; HF_TOKEN"),
        "no such revision": ({}, ["--revision", "gone"], "owner/rows at gone: .* has no such revision"),
        "on request alone": ({"token": "hf_other"}, [], "is to be had on request alone"),
        "a way out": ({"files": {"../x": b"x"}}, [], "outside of any folder of its own"),
    }


@pytest.mark.parametrize("name", refusals())
def test_what_the_hub_refuses_is_a_sentence(hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    wrong, options, said = refusals()[name]
    for key, value in wrong.items():
        setattr(hub, key, value)
    assert fetch(tmp_path / "rows", *options) == 1
    told = capsys.readouterr().err
    assert "Traceback" not in told
    assert told.startswith("ocean-r1: ")
    assert re.search(said, told)


def test_a_hub_that_is_not_there_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert fetch(tmp_path / "rows") == 1
    assert "cannot be reached, or broke off" in capsys.readouterr().err


def write_questions(path: Path, questions: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in questions))
    return path


def question(index: int, *images: str, **other: Any) -> dict[str, Any]:
    asked = {"question": f"Question {index}?", "answer": str(index), "reward_func": "acc", "image_paths": list(images)}
    return {**asked, **other}


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of pictures as another machine had them."""
    folder = tmp_path / "here/images/train"
    folder.mkdir(parents=True)
    for index in range(4):
        (folder / f"{index}.png").write_bytes(picture(index + 1))
    return tmp_path / "here"


def rows_in(path: Path) -> list[Any]:
    table = open_table(path)
    return [row_of(table, index) for index in range(len(table))]


def test_questions_of_the_seed_become_rows(tmp_path: Path, pictures: Path) -> None:
    far = "/data/of/another/images/train"
    source = write_questions(
        tmp_path / "geoqa_8k.jsonl",
        [
            question(0, f"{far}/0.png"),
            question(1, f"{far}/1.png", f"{far}/2.png"),
            question(2),
            question(3, f"{far}/3.png", reward_func="iou", answer="[1, 2, 30, 40]"),
        ],
    )
    out = tmp_path / "rows.parquet"
    assert main(["data", "convert", str(source), "--root", str(pictures), "--out", str(out)]) == 0
    one, two, none, box = rows_in(out)
    assert one.prompt[0].content.startswith("<image> Question 0?\nYou FIRST think about the reasoning process")
    assert one.images[0].data == picture(1)
    assert two.prompt[0].content.startswith("<image> <image> Question 1?")
    assert [image.data for image in two.images] == [picture(2), picture(3)]
    assert none.images == ()
    assert (box.reward_func, box.ground_truth) == ("iou", "[1, 2, 30, 40]")
    assert BOX_PROMPT in box.prompt[0].content
    assert {each.data_source for each in (one, two, none, box)} == {"geoqa_8k"}
    # verl reads the columns by these names.
    assert set(pq.read_schema(out).names) == {"data_source", "prompt", "images", "ability", "reward_model", "extra_info"}


def test_pictures_as_paths_are_plain_texts_and_written_once(tmp_path: Path) -> None:
    same = [row(0), row(0)]
    source = write_rows(tmp_path / "embedded.parquet", same)
    out = tmp_path / "rows.parquet"
    assert main(["data", "convert", str(source), "--images", "paths", "--out", str(out)]) == 0
    assert pq.read_schema(out).field("images").type == pa.list_(pa.string())
    paths = [each.images[0].path for each in rows_in(out)]
    assert paths[0] == paths[1]
    assert (tmp_path / paths[0]).read_bytes() == picture(1)
    assert len(list((tmp_path / "rows.images").iterdir())) == 1


def test_a_video_is_its_frames_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "clip").mkdir()
    for frame in range(5):
        (tmp_path / "clip" / f"{frame}.png").write_bytes(picture(frame + 1))
    (tmp_path / "still.png").write_bytes(picture(9))
    content = "Before <image> and then <video>: how many?"
    asked = {**row(0), "prompt": [{"role": "user", "content": content}], "images": ["still.png"], "videos": ["clip"]}
    write_questions(tmp_path / "rows.jsonl", [asked])
    pq.write_table(pa.Table.from_pylist([asked]), tmp_path / "rows.parquet")
    monkeypatch.chdir(tmp_path)
    for source in ("rows.jsonl", "rows.parquet"):
        assert main(["data", "convert", source, "--frames", "3", "--out", "out.parquet"]) == 0
        (made,) = rows_in(tmp_path / "out.parquet")
        assert made.prompt[0].content == "Before <image> and then <image> <image> <image>: how many?"
        assert [image.data for image in made.images] == [picture(count) for count in (9, 1, 3, 5)]
    write_questions(tmp_path / "seed.jsonl", [{"question": "How many?", "answer": 2, "videos": ["clip"]}])
    assert main(["data", "convert", "seed.jsonl", "--frames", "2", "--out", "out.parquet"]) == 0
    (made,) = rows_in(tmp_path / "out.parquet")
    assert made.prompt[0].content.startswith("<image> <image> How many?")


def test_what_cannot_be_converted_is_told_and_left_out(
    tmp_path: Path, pictures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pictures / "images/train/2.png").write_bytes(b"no picture")
    source = write_questions(
        tmp_path / "questions.jsonl",
        [
            question(0, "images/train/0.png"),
            question(1, "images/gone.png"),
            question(2, "images/train/2.png"),
            {"question": "No answer?"},
            {**row(0), "prompt": "<image> <image> Two?", "images": ["images/train/0.png"]},
        ],
    )
    out = tmp_path / "rows.parquet"
    assert main(["data", "convert", str(source), "--root", str(pictures), "--out", str(out)]) == 0
    assert "1 rows; 4 left out, told in" in capsys.readouterr().out
    told = [json.loads(line) for line in (tmp_path / "rows.left-out.jsonl").read_text().splitlines()]
    assert [each["row"].rpartition(", ")[2] for each in told] == [f"line {line}" for line in (2, 3, 4, 5)]
    for each, words in zip(told, ["there is no file", "no picture that Pillow knows", "answer", "2 <image>"], strict=True):
        assert words in each["why"]


def test_a_mix_of_the_seed_is_read_as_it_is(tmp_path: Path) -> None:
    for name, count in (("all", 3), ("first", 10), ("end", 10), ("random", 10)):
        write_questions(tmp_path / f"{name}.jsonl", [question(index, data_source=name) for index in range(count)])
    (tmp_path / "list.json").write_text(json.dumps([question(index, data_source="list") for index in range(5)]))
    mix = tmp_path / "mix.yaml"
    far = "/data_of/another/machine"
    mix.write_text(
        f"datasets:\n    - json_path: {far}/all.jsonl\n"
        f"    - json_path: {far}/first.jsonl\n      sampling_strategy: first:2\n"
        f"    - json_path: {far}/end.jsonl\n      sampling_strategy: end:3\n"
        f"    - json_path: {far}/random.jsonl\n      sampling_strategy: random:25%\n"
        f"    - json_path: {far}/list.json\n      sampling_strategy: all\n"
    )

    def mixed(out: str, seed: str) -> list[tuple[str, str]]:
        command = ["data", "mix", str(mix), "--root", str(tmp_path), "--seed", seed, "--out", str(tmp_path / out)]
        assert main(command) == 0
        return [(each.data_source, each.ground_truth) for each in rows_in(tmp_path / out)]

    once = mixed("once.parquet", "1")
    assert sorted(answer for source, answer in once if source == "first") == ["0", "1"]
    assert sorted(answer for source, answer in once if source == "end") == ["7", "8", "9"]
    # Upstream rounds percentages up.
    assert [sum(source == name for source, _ in once) for name in ("all", "random", "list")] == [3, 3, 5]
    assert once == mixed("twice.parquet", "1")
    assert once != mixed("other.parquet", "2")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("datasets: [", "not YAML"),
        ("datasets: []", "datasets: "),
        ("datasets:\n- json_path: a.jsonl\n  sampling_strategy: last:3\n", "datasets.0.sampling_strategy"),
        ("datasets:\n- json_path: gone.jsonl\n", "gone.jsonl: there is no such file"),
    ],
)
def test_a_mix_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str) -> None:
    (tmp_path / "mix.yaml").write_text(text)
    assert main(["data", "mix", str(tmp_path / "mix.yaml"), "--out", str(tmp_path / "rows.parquet")]) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "rows.parquet").exists()


def test_checked_rows_can_all_be_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = toy(tmp_path)
    good = [row(index) for index in range(6)]
    wrong = [
        {**row(6), "reward_model": {"style": "rule", "ground_truth": "many"}},
        {**row(5), "images": [{"bytes": picture(1)[:60], "path": "5.png"}]},
        {**row(7), "prompt": [{"role": "user", "content": "What is it? " * 400}]},
    ]
    source = write_rows(tmp_path / "mixed.parquet", [*good[:3], *wrong, *good[3:]])
    out = tmp_path / "used.parquet"
    options = ["--reward", "count", "--min-pixels", "1024", "--max-pixels", "1024", "--max-prompt-tokens", "300"]
    command = ["data", "check", str(source), "--model", str(paths["model"]), "--out", str(out), *options]
    assert main(command) == 0
    assert "6 rows; 3 left out" in capsys.readouterr().out
    assert [each.extra_info["index"] for each in rows_in(out)] == list(range(6))
    told = [json.loads(line) for line in (tmp_path / "used.left-out.jsonl").read_text().splitlines()]
    assert [each["row"].rpartition(", ")[2] for each in told] == ["row 3", "row 4", "row 5"]
    for each, words in zip(told, ["no whole number", "the picture is broken", "300 are the most"], strict=True):
        assert words in each["why"]


def test_where_no_row_is_left_it_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write_questions(tmp_path / "questions.jsonl", [question(0, "/far/gone.png"), question(1, "/far/gone.png")])
    assert main(["data", "convert", str(source), "--out", str(tmp_path / "rows.parquet")]) == 1
    said = capsys.readouterr().err
    assert "it has no row; 2 left out" in said
    assert "(2 of them: image 1: there is no file" in said
    assert not (tmp_path / "rows.parquet").exists()
