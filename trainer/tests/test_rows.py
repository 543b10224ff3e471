"""Rows are read as they are written, whatever wrote them, or refused in a sentence that names file and row."""

from __future__ import annotations

import codecs
import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from toy import picture, write_rows

from ocean_r1.cli import main
from ocean_r1.config import DataFile
from ocean_r1.data.images import open_image
from ocean_r1.data.rows import Row, RowError, map_images, open_dataset
from ocean_r1.rewards.pool import load_terms

WORD = {
    "data_source": "own/shelf",
    "prompt": [{"role": "user", "content": "How many mugs are on the shelf?"}],
    "reward_model": {"style": "rule", "ground_truth": "4"},
}
BOX = {
    "data_source": "own/shelf",
    "prompt": [{"role": "user", "content": "<image>Find the left mug."}],
    "images": ["mug.png"],
    "reward_model": {"ground_truth": "[12, 30, 88, 140]"},
    "extra_info": {"index": 1, "reward_func": "iou"},
}
NOTE = {
    **WORD,
    "prompt": "one\u2028two\u2029three\x85four \x0b\x0c\x1c — 杯子 😀",
    "extra_info": {"index": 2**64, "answer": 4},
}
ROWS: list[dict[str, Any]] = [WORD, BOX, NOTE, WORD]
LINES = [json.dumps(row, ensure_ascii=False) for row in ROWS]


def read(path: Path) -> list[Row]:
    dataset = open_dataset([DataFile(path=path)])
    return [dataset.row(position) for position in range(len(dataset))]


def written(folder: Path, content: str | bytes, name: str = "rows.jsonl") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


LAYOUTS = {
    "lines": "\n".join(LINES),
    "a line's end at the end": "\n".join(LINES) + "\n",
    "line ends of Windows": "\r\n".join(LINES) + "\r\n",
    "blank lines": "\n\n".join(LINES) + "\n \t\n\n",
    "a byte order mark": "\ufeff" + "\n".join(LINES),
    "files with byte order marks, joined": "".join(f"\ufeff{line}\n" for line in LINES),
    "spaces before and behind": "\n".join(f"  {line}\t " for line in LINES),
    "escaped": "\n".join(map(json.dumps, ROWS)),
    "a list in a line": json.dumps(ROWS),
    "a list as people see it": json.dumps(ROWS, indent=2, ensure_ascii=False),
    "a list, a row a line": "[\n" + ",\n".join(LINES) + "\n]\n",
    "a list behind a byte order mark": "\ufeff\n " + json.dumps(ROWS, indent=1, ensure_ascii=False),
    "an object with the list": json.dumps({"data": ROWS}),
    "an object with more": json.dumps({"version": {"data": [1]}, "of": 'a "data": [', "data": ROWS, "n": 3}, indent=4),
}


@pytest.mark.parametrize("name", ["rows.json", "rows.jsonl"])
@pytest.mark.parametrize("content", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_every_layout_of_json_gives_the_rows(tmp_path: Path, content: str, name: str) -> None:
    word, box, note, last = read(written(tmp_path, content, name))
    assert (word.reward_func, word.images, word.extra_info) == ("acc", (), {})
    assert last == word
    assert (box.reward_func, box.ground_truth, box.reward_model.style) == ("iou", "[12, 30, 88, 140]", "rule")
    assert box.sources(Path("shelf")) == [Path("shelf/mug.png")]
    assert note.prompt[0].content == NOTE["prompt"]
    assert note.extra_info == {"index": 2**64, "answer": 4}


def test_a_single_row_in_every_layout(tmp_path: Path) -> None:
    for content in (json.dumps(WORD), json.dumps([WORD]), json.dumps({"data": [WORD]}), json.dumps([WORD], indent=2)):
        assert [row.ground_truth for row in read(written(tmp_path, content))] == ["4"]


def test_rows_stand_where_they_are_said_to_stand(tmp_path: Path) -> None:
    lines = open_dataset([DataFile(path=written(tmp_path, "\n" + LINES[0] + "\n\n" + LINES[1]))])
    assert [lines.name(position).rpartition("/")[2] for position in range(2)] == ["rows.jsonl, line 2", "rows.jsonl, line 4"]
    rows = open_dataset([DataFile(path=written(tmp_path, json.dumps([WORD, BOX], indent=1), "list.json"))])
    assert [rows.name(position).rpartition("/")[2] for position in range(2)] == [
        "list.json, row 0 (line 2)",
        "list.json, row 1 (line 15)",
    ]


DEEP = '{"a":' * 100_000
REFUSED = {
    "UTF-16": ("\n".join(LINES).encode("utf-16"), "line 1: the text is UTF-16"),
    "UTF-16 without a mark": ("\n".join(LINES).encode("utf-16-le"), "line 1: the text is UTF-16"),
    "UTF-16 the other way without a mark": ("\n".join(LINES).encode("utf-16-be"), "line 1: the text is UTF-16"),
    "UTF-32 the other way": (b"\0\0\xfe\xff" + LINES[0].encode("utf-32-be"), "line 1: the text is UTF-16 or UTF-32"),
    "gzip": (gzip.compress(LINES[0].encode(), mtime=0), "line 1: byte 0x8b is not UTF-8"),
    "UTF-32": ("\n".join(LINES).encode("utf-32"), "line 1: the text is UTF-16 or UTF-32"),
    "GBK": ((LINES[0] + '\n{"prompt": "杯子"}').encode("gbk"), "line 2: byte 0xb1 is not UTF-8"),
    "Latin-1 in a list": ('[\n\n{"prompt": "tasse à thé"}]'.encode("latin-1"), "line 3: byte 0xe0 is not UTF-8"),
    "a character cut off": ((LINES[0] + '\n{"prompt": "杯').encode()[:-1], "line 2: byte 0xe6 is not UTF-8"),
    "bytes of a picture": (picture(1), "line 1: byte 0x89 is not UTF-8"),
    "a line cut off": (LINES[0] + "\n" + LINES[1][:80], "line 2: not JSON"),
    "the first line cut off": (LINES[0][:80] + "\n" + LINES[1], "line 1: not JSON"),
    "two rows in a line": (LINES[0] + LINES[1], "line 1: not JSON: Extra data"),
    "single quotes": (str(WORD), "line 1: not JSON"),
    "rows as people see them, without a list": (json.dumps(WORD, indent=2), "line 1: not JSON"),
    "a list cut off": (json.dumps(ROWS)[:-1], r"line 1: not JSON: Expecting ',' or '\]'"),
    "a list cut off within a row": (json.dumps(ROWS, indent=1)[:-90], "line [0-9]+: not JSON"),
    "a comma too many": ("[" + LINES[0] + ",\n]", "line 2: not JSON"),
    "a comma too few": ("[" + LINES[0] + "\n" + LINES[1] + "]", "line 2: not JSON: Expecting ','"),
    "more behind a list": (json.dumps(ROWS, indent=1) + "\n}", "line [0-9]+: not JSON: Extra data"),
    "a list of lists": ("[[1, 2], [3, 4]]", "row 0 .line 1.: a row is an object"),
    "a number": ("4", "line 1: a row is an object"),
    "a text": (json.dumps("a row"), "line 1: a row is an object"),
    "columns instead of rows": (json.dumps({"prompt": {"0": "a", "1": "b"}}), "data_source: Field required"),
    "a key twice": ('{"extra_info": {"reward_func": "iou"}, "extra_info": {}}', "line 1: .*'extra_info' is there twice"),
    "a key twice in a list": ('[{"a": 1, "a": 2}]', "row 0: .*'a' is there twice"),
    "a number of 5,000 digits": ('{"data_source": ' + "9" * 5000 + "}", "line 1: cannot be read: .*digits"),
    "brackets without end": (DEEP, "line 1: cannot be read: maximum recursion"),
    "brackets without end in a list": ("[" + DEEP, "row 0: cannot be read: maximum recursion"),
    "half of a character": (json.dumps({**WORD, "prompt": "\ud83d"}), "line 1: cannot be read: .*surrogates"),
}


@pytest.mark.parametrize(("content", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_rows_is_refused_by_line(tmp_path: Path, content: str | bytes, words: str) -> None:
    with pytest.raises(RowError, match=rf"rows.json.*{words}") as refused:
        read(written(tmp_path, content, "rows.json"))
    assert "\n" not in str(refused.value)


def test_a_file_without_rows_is_named(tmp_path: Path) -> None:
    for content in ("", "\ufeff", "\n\n", "[ ]", '{"data": []}'):
        with pytest.raises(RowError, match=r"no rows in .*rows.jsonl"):
            read(written(tmp_path, content))


KEYS = {
    "a truth that is a number": ({"reward_model": {"ground_truth": 4}}, r"reward_model.ground_truth: .*\(is 4\)"),
    "no truth": ({"reward_model": {"style": "rule"}}, "reward_model.ground_truth: Field required"),
    "a truth that is missing": (
        {"reward_model": {"ground_truth": float("nan")}},
        "reward_model.ground_truth: Field required",
    ),
    "an unknown role": ({"prompt": [{"role": "human", "content": "?"}]}, r"prompt.0.role: .*\(is 'human'\)"),
    "an empty prompt": ({"prompt": []}, "prompt: "),
    "a prompt of numbers": ({"prompt": 7}, "prompt: "),
    "content in parts": ({"prompt": [{"role": "user", "content": [{"type": "text"}]}]}, "prompt.0.content"),
    "an image that is nowhere": (
        {"prompt": "<image>", "images": [{"path": None}]},
        "images.0: a picture has bytes or a path",
    ),
    "an image's bytes as a text": ({"prompt": "<image>", "images": [{"bytes": "iVBOR"}]}, "images.0.bytes: .*'iVBOR'"),
    "an image of numbers": ({"prompt": "<image>", "images": [3]}, "images.0"),
    "a reward that is no name": ({"extra_info": {"reward_func": "a.py:f"}}, r"extra_info.reward_func: .*\(is 'a.py:f'\)"),
    "further questions of another form": ({"extra_info": {"further": [{"content": "?"}]}}, "extra_info.further.0.kind"),
    "extra_info as a list": ({"extra_info": [1]}, "extra_info: "),
    "extra_info as broken JSON": ({"extra_info": "{'index': 1}"}, "extra_info: "),
}


@pytest.mark.parametrize(("change", "words"), KEYS.values(), ids=KEYS.keys())
def test_a_key_that_cannot_be_used_is_named(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    with pytest.raises(RowError, match=rf"rows.jsonl, line 2: {words}") as refused:
        read(written(tmp_path, LINES[0] + "\n" + json.dumps({**WORD, **change})))
    assert "\n" not in str(refused.value)


def test_null_and_nan_stand_for_keys_that_are_not_there(tmp_path: Path) -> None:
    sparse = {
        **WORD,
        "images": None,
        "ability": float("nan"),
        "reward_model": {"style": None, "ground_truth": "4"},
        "extra_info": None,
    }
    for path in (
        written(tmp_path, json.dumps(sparse)),
        write_rows(tmp_path / "rows.parquet", [{**sparse, "ability": None}]),
    ):
        [row] = read(path)
        assert (row.images, row.ability, row.reward_model.style, row.extra_info) == ((), "", "rule", {})


def test_one_image_may_stand_without_a_list(tmp_path: Path) -> None:
    for image in ("mug.png", {"path": "mug.png"}, ["mug.png"], [{"bytes": None, "path": "mug.png"}], '["mug.png"]'):
        [row] = read(written(tmp_path, json.dumps({**BOX, "images": image})))
        assert row.sources(tmp_path) == [tmp_path / "mug.png"]


def test_json_in_columns_is_read_and_a_text_stays_one(tmp_path: Path) -> None:
    columns = {key: value if isinstance(value, str) else json.dumps(value) for key, value in BOX.items()}
    question = "[1, 2, 3] has how many numbers?"
    listed = '["a", "b"]'
    rows = [columns, {**columns, "prompt": f"<image>{question}"}, {**columns, "images": None, "prompt": listed}]
    box, asked, text = read(write_rows(tmp_path / "rows.parquet", rows))
    assert box.prompt[0].content == "<image>Find the left mug."
    assert (box.reward_func, box.images[0].path, box.ground_truth) == ("iou", "mug.png", "[12, 30, 88, 140]")
    assert asked.prompt[0].content == f"<image>{question}"
    assert text.prompt[0].content == listed


TEXT = pa.string()
MESSAGES = pa.list_(pa.struct([("role", TEXT), ("content", TEXT)]))
TYPES: dict[str, dict[str, pa.DataType]] = {
    "large": {
        "data_source": pa.large_string(),
        "prompt": pa.large_list(pa.struct([("role", pa.large_string()), ("content", pa.large_string())])),
        "images": pa.large_list(pa.struct([("bytes", pa.large_binary()), ("path", pa.large_string())])),
    },
    "views": {"data_source": pa.string_view(), "images": pa.list_(pa.string_view())},
    "dictionaries": {"data_source": pa.dictionary(pa.int8(), TEXT), "ability": pa.dictionary(pa.int32(), pa.large_string())},
    "lists of a fixed size": {
        "prompt": pa.list_(pa.struct([("role", TEXT), ("content", TEXT)]), 1),
        "images": pa.list_(pa.struct([("bytes", pa.binary()), ("path", TEXT)]), 1),
    },
    "an image and no list": {"images": pa.struct([("bytes", pa.binary()), ("path", TEXT)])},
    "paths": {"images": pa.list_(TEXT)},
    "maps": {"reward_model": pa.map_(TEXT, TEXT), "extra_info": pa.map_(TEXT, TEXT)},
    "a column of nulls": {"ability": pa.null()},
    "numbers of every kind": {
        "extra_info": pa.struct(
            [("index", pa.decimal128(10, 2)), ("reward_func", pa.dictionary(pa.int8(), TEXT)), ("at", pa.timestamp("us"))]
        )
    },
}


@pytest.mark.parametrize("types", TYPES.values(), ids=TYPES.keys())
def test_parquet_of_every_type_gives_the_rows(tmp_path: Path, types: dict[str, pa.DataType]) -> None:
    content = picture(2)
    (tmp_path / "mug.png").write_bytes(content)
    schema = {
        "data_source": TEXT,
        "prompt": MESSAGES,
        "images": pa.list_(pa.struct([("bytes", pa.binary()), ("path", TEXT)])),
        "ability": TEXT,
        "reward_model": pa.struct([("style", TEXT), ("ground_truth", TEXT)]),
        "extra_info": pa.struct([("index", TEXT), ("reward_func", TEXT)]),
        "__index_level_0__": pa.int64(),
        "an embedding": pa.binary(),
        **types,
    }
    given: Any = {"bytes": content, "path": "mug.png"}
    if not pa.types.is_struct(schema["images"]):
        given = ["mug.png" if schema["images"].value_type in (TEXT, pa.string_view()) else given]
    index = Decimal(7) if pa.types.is_struct(types.get("extra_info", TEXT)) else "7"
    row = {
        "data_source": "own/shelf",
        "prompt": [{"role": "user", "content": "<image>Find the left mug."}],
        "images": given,
        "reward_model": {"style": "rule", "ground_truth": "[1, 2, 30, 40]"},
        "extra_info": {"index": index, "reward_func": "iou"},
        "__index_level_0__": 3,
        "an embedding": b"some bytes",
    }
    made = pa.Table.from_pylist([row] * 5, schema=pa.schema(list(schema.items())))
    # pyarrow cannot write views in several groups.
    pq.write_table(made, tmp_path / "rows.parquet", row_group_size=5 if "view" in str(types) else 2)
    dataset = open_dataset([DataFile(path=tmp_path / "rows.parquet")])
    for position in range(5):
        read_row = dataset.row(position)
        map_images(read_row, dataset.folder(position), "a row", open_image)
        assert (read_row.data_source, read_row.prompt[0].content) == ("own/shelf", "<image>Find the left mug.")
        assert (read_row.ground_truth, read_row.reward_func) == ("[1, 2, 30, 40]", "iou")
        assert read_row.extra_info["index"] == index
        assert dataset.row(position).sources(dataset.folder(position)) in ([content], [tmp_path / "mug.png"])


def test_parquet_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.parquet", [WORD])
    whole = path.read_bytes()
    for content in (b"", b"no parquet", whole[:-30], whole[:40] + whole[90:], b"PAR1" + bytes(90) + b"PAR1"):
        path.write_bytes(content)
        with pytest.raises(RowError, match=r"rows.parquet: cannot be read"):
            read(path)
    pq.write_table(pa.table({"question": ["?"], "answer": ["4"]}), path)
    with pytest.raises(RowError, match=r"rows.parquet: its columns are question, answer; rows have data_source, prompt"):
        read(path)
    pq.write_table(pa.table({"data_source": [b"\xff\xfe"]}).cast(pa.schema([("data_source", pa.binary())])), path)
    with pytest.raises(RowError, match=r"rows.parquet, row 0: data_source"):
        read(path)


def test_files_of_other_kinds_are_named(tmp_path: Path) -> None:
    for name in ("rows.csv", "rows.jsonl.gz", "rows"):
        with pytest.raises(RowError, match=rf"{name}: rows come as .parquet, .jsonl or .json"):
            read(written(tmp_path, LINES[0], name))


def test_a_long_file_is_not_held(tmp_path: Path) -> None:
    path = written(tmp_path, "".join(json.dumps({**WORD, "extra_info": {"index": index}}) + "\n" for index in range(2000)))
    dataset = open_dataset([DataFile(path=path)])
    assert [dataset.row(position).extra_info["index"] for position in (0, 999, 1999)] == [0, 999, 1999]
    assert dataset.name(1999).endswith("line 2000")
    path.unlink()
    with pytest.raises(RowError, match="line 1: cannot be read"):
        dataset.row(0)


TRUTHS = {
    "no number for count": ({}, "count", "'four' is no whole number", "four"),
    "no letter for choice": ({}, "choice", "'4' names no option", "4"),
    "a box of three": ({"reward_func": "iou"}, "correct", "no box of four numbers", "[1, 2, 3]"),
    "a box without area": ({"reward_func": "iou"}, "exact", "a box without area", "[30, 40, 10, 20]"),
}


@pytest.mark.parametrize(("info", "term", "words", "truth"), TRUTHS.values(), ids=TRUTHS.keys())
def test_a_truth_that_nothing_can_equal_is_named(info: dict[str, str], term: str, words: str, truth: str) -> None:
    with pytest.raises(ValueError, match=f"the ground truth .*{words}"):
        load_terms({term: term})[term](f"<think></think><answer>{truth}</answer>", truth, info)


def test_a_command_says_it_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, codecs.BOM_UTF16_LE + LINES[0].encode("utf-16-le"))
    shape = Path(__file__).parent.parent / "recipes" / "nano-shape.toml"
    assert main(["new", "--shape", str(shape), "--rows", str(path), "--out", str(tmp_path / "model")]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[-1] == f"ocean-r1: {path}, line 1: the text is UTF-16 or UTF-32; save the file as UTF-8"


VIDEOS = {
    "a column": ({"videos": ["clip"]}, "the row has 1 videos"),
    "a column of JSON's text": ({"videos": '["clip", "other"]'}, "the row has 2 videos"),
    "as verl names them": ({"videos": [{"video": "clip.mp4", "fps": 2.0}]}, "the row has 1 videos"),
    "one alone": ({"videos": "clip.mp4"}, "the row has 1 videos"),
    "a mark": ({"prompt": "<video>How many?"}, "the prompt has <video> and the row no videos"),
}


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
@pytest.mark.parametrize(("changed", "words"), VIDEOS.values(), ids=VIDEOS)
def test_a_row_is_never_read_without_its_video(tmp_path: Path, form: str, changed: dict[str, Any], words: str) -> None:
    path = tmp_path / f"rows.{form}"
    if form == "parquet":
        pq.write_table(pa.Table.from_pylist([WORD | changed]), path)
    else:
        path.write_text(json.dumps(WORD | changed))
    with pytest.raises(RowError, match=rf"rows.{form}, (row 0|line 1): {words}.*ocean-r1 data convert"):
        read(path)


@pytest.mark.parametrize("nothing", [None, [], "[]"])
def test_a_column_of_no_videos_is_nothing(tmp_path: Path, nothing: Any) -> None:
    assert len(read(written(tmp_path, json.dumps(WORD | {"videos": nothing})))) == 1
