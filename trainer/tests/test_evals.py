"""Predictions of a benchmark's samples, and going on after a stop."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from toy import picture, recipe, toy

from ocean_r1.cli import main
from ocean_r1.config import parse_recipe
from ocean_r1.data.rows import RowError
from ocean_r1.evals.predict import SampleLine, SamplesError, read_samples, rescale_boxes
from ocean_r1.evals.validation import validation_metrics
from ocean_r1.sft import train_sft


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    paths = toy(tmp_path)
    text = recipe(paths, tmp_path / "run", "sft", steps=1, rows_per_step=2)
    model = train_sft(parse_recipe(text, "toy")) / "model"
    lines = []
    for index in range(7):
        (tmp_path / f"{index}.png").write_bytes(picture(index + 1, (64, 64)))
        lines.append(
            {"sample_id": f"s{index}", "prompt": "How many?", "image": f"{index}.png" if index else None, "gold": "x"}
        )
    (tmp_path / "samples.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    options = {
        "benchmark": "ocean-world",
        "split": "test",
        "samples": tmp_path / "samples.jsonl",
        "images": tmp_path,
        "model": model,
        "name": "Toy",
        "out": tmp_path / "predictions.jsonl",
        "max-new-tokens": 5,
        "at-once": 2,
    }
    return ["eval", *(part for key, value in options.items() for part in (f"--{key}", str(value)))]


def test_every_sample_is_predicted_once_also_after_a_stop(command: list[str], tmp_path: Path) -> None:
    out = tmp_path / "predictions.jsonl"
    assert main(command) == 0
    whole = out.read_text().splitlines()
    assert json.loads(whole[0])["model"] == "Toy"
    assert [json.loads(line)["sample_id"] for line in whole[1:]] == [f"s{index}" for index in range(7)]
    # Stopped in the middle of a line: that sample is predicted again.
    out.write_text("\n".join([*whole[:4], whole[4][:9]]))
    assert main(command) == 0
    assert out.read_text().splitlines() == whole


def test_predictions_of_another_setting_are_not_mixed(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command) == 0
    assert main([*command, "--max-new-tokens", "6"]) == 1
    assert "another model or setting" in capsys.readouterr().err


def test_a_sample_without_its_picture_is_named(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "3.png").unlink()
    assert main(command) == 1
    assert "sample s3: there is no file" in capsys.readouterr().err


def test_earlier_turns_stand_before_the_prompt_and_behind_the_image() -> None:
    earlier = [{"question": " A cube?", "reply": "<answer>yes</answer>"}]
    line = {"sample_id": "s", "prompt": "And red ones?", "image": "s.png", "earlier": earlier}
    said = [(message.role, message.content) for message in SampleLine.model_validate(line).messages()]
    assert said == [("user", "<image> A cube?"), ("assistant", "<answer>yes</answer>"), ("user", "And red ones?")]


def test_boxes_are_told_in_the_benchmarks_pixels() -> None:
    reply = '<answer>{"bbox_2d": [10, 20, 30, 40]}</answer>'
    assert rescale_boxes(reply, (0.5, 0.5)) == '<answer>{"bbox_2d": [20, 40, 60, 80]}</answer>'
    assert rescale_boxes(reply, (1.0, 1.0)) == reply


def test_without_a_word_about_pixels_the_models_own_bounds_hold(command: list[str], tmp_path: Path) -> None:
    assert main(command) == 0
    before = (tmp_path / "predictions.jsonl").read_text()
    assert main([*command, "--min-pixels", "1024", "--max-pixels", "1024"]) == 0  # the toy's own: nothing is new
    assert (tmp_path / "predictions.jsonl").read_text() == before
    assert main([*command, "--max-pixels", "4096"]) == 1


def test_samples_are_read_in_every_layout(tmp_path: Path) -> None:
    samples = [
        {"sample_id": "0", "prompt": "First\u2028second\x85", "image": None, "gold": 4},
        {"sample_id": "1", "prompt": "杯子", "image": "a.png"},
    ]
    lines = "".join(json.dumps(sample, ensure_ascii=False) + "\n" for sample in samples)
    layouts = [
        lines,
        "\ufeff" + lines.replace("\n", "\r\n"),
        json.dumps(samples),
        json.dumps({"data": samples}, indent=2, ensure_ascii=False),
    ]
    for content in layouts:
        (tmp_path / "samples.txt").write_bytes(content.encode())
        first, second = read_samples(tmp_path / "samples.txt")
        assert (first.sample_id, first.prompt, first.image) == ("0", "First\u2028second\x85", None)
        assert (second.sample_id, second.prompt, second.image) == ("1", "杯子", "a.png")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "no sample"),
        ('{"sample_id": "0", "prompt": "?"}\n{"sample_id": 1, "prompt": "?"}', r"line 2: sample_id: .*\(is 1\)"),
        ('{"sample_id": "0", "question": "?"}', "line 1: prompt: Field required"),
        ('{"sample_id": "0", "prompt": "?"}\n\n{"sample_id": "0", "prompt": "!"}', "line 3: sample_id '0' is there twice"),
        ('{"sample_id": "0", "pro', "line 1: not JSON"),
        ('{"sample_id": "0", "prompt": "?", "video": "a.mp4"}', "line 1: the sample has a video"),
        ('{"sample_id": "0", "prompt": "?", "videos": ["clip"]}', "line 1: the sample has a video"),
        ('{"sample_id": "0", "prompt": "<video>?"}', "line 1: the sample has a video"),
        ("[1]", "row 0 .line 1.: a row is an object"),
        ('{"sample_id": "0", "prompt": "杯"}'.encode("gbk"), "line 1: byte 0xb1 is not UTF-8"),
    ],
)
def test_samples_that_cannot_be_read_are_named(tmp_path: Path, content: str | bytes, words: str) -> None:
    (tmp_path / "samples.jsonl").write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises((SamplesError, RowError), match=f"samples.jsonl.*{words}"):
        read_samples(tmp_path / "samples.jsonl")


def test_a_model_whose_settings_are_transformers_5s(command: list[str], tmp_path: Path) -> None:
    assert main(command) == 0
    before = (tmp_path / "predictions.jsonl").read_text()
    model = Path(command[command.index("--model") + 1])
    settings = json.loads((model / "preprocessor_config.json").read_text())
    (model / "preprocessor_config.json").unlink()
    (model / "processor_config.json").write_text(json.dumps({"image_processor": settings}))
    assert main(command) == 0  # nothing is new
    (model / "processor_config.json").unlink()
    assert main([*command, "--min-pixels", "1024", "--max-pixels", "1024"]) == 0
    assert (tmp_path / "predictions.jsonl").read_text() == before
    assert main(command) == 1


def test_validation_is_told_overall_by_source_and_by_term() -> None:
    rewards, terms = [1.5, 0.5, 0.0], [{"exact": 1.0}, {"exact": 0.5}, {"exact": 0.0}]
    assert validation_metrics(["b", "a", "b"], rewards, terms, [True, True, False]) == {
        "val/score": pytest.approx(2 / 3),
        "val/truncated": pytest.approx(1 / 3),
        "val/test_score/a": 0.5,
        "val/test_score/b": 0.75,
        "val/reward/exact": 0.5,
    }
