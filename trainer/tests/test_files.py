"""What is written is whole or not there, and what hinders it is told in one sentence. Errors are the system's own where they
can be had without a disk that is full: of files that may not grow, of folders and files in each other's way."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from toy import recipe, toy

from ocean_r1.checkpoints import checkpoints_of
from ocean_r1.cli import main
from ocean_r1.config import Reward
from ocean_r1.files import WriteError, append, as_write_error, atomic_write, keep_lines
from ocean_r1.metrics import MetricsFile
from ocean_r1.models.new import new_model
from ocean_r1.rewards.pool import Case, RewardPool

torch.set_num_threads(1)


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def leftovers(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.suffix in (".partial", ".removed") or path.name.startswith(".tmp")]


@pytest.fixture
def paths(tmp_path: Path) -> dict[str, Path]:
    return toy(tmp_path)


def sft(paths: dict[str, Path], folder: Path) -> list[str]:
    text = recipe(paths, folder / "out", "sft", steps=3, rows_per_step=2)
    (folder / "toy.toml").write_text(text)
    return ["sft", str(folder / "toy.toml")]


def test_a_checkpoint_that_cannot_grow_is_told_and_the_run_goes_on_later(
    tmp_path: Path, paths: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    command = sft(paths, tmp_path)
    assert main([*command, "--set", "steps=1"]) == 0
    capsys.readouterr()
    with no_file_larger_than(200_000):  # the moments, but not the weights
        assert main(command) == 1
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.startswith(f"ocean-r1: {tmp_path}/out/step-000002 could not be written: the system allows no file so large")
    assert told.endswith("; it takes about 579 KB")
    assert leftovers(tmp_path) == []
    assert [path.name for path in checkpoints_of(tmp_path / "out")] == ["step-000001"]
    assert main(command) == 0
    assert checkpoints_of(tmp_path / "out")[-1].name == "step-000003"
    steps = [json.loads(line)["step"] for line in (tmp_path / "out/metrics.jsonl").read_text().splitlines()]
    assert steps == [1, 2, 3]


@pytest.mark.parametrize("what", ["new", "export", "eval"])
def test_no_command_leaves_half_of_what_it_writes(
    what: str, tmp_path: Path, paths: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*sft(paths, tmp_path), "--set", "steps=1"]) == 0
    model, out = str(tmp_path / "out/step-000001/model"), tmp_path / "written"
    (tmp_path / "samples.jsonl").write_text('{"sample_id": "a", "prompt": "What is 1 + 0?"}\n')
    (tmp_path / "shape.toml").write_text("vocabulary = 340\npixels = 32\n" + SHAPE)
    about = ["--benchmark", "b", "--split", "test", "--samples", f"{tmp_path}/samples.jsonl", "--name", "n"]
    command = {
        "new": ["new", "--shape", f"{tmp_path}/shape.toml", "--rows", str(paths["rows"])],
        "export": ["export", "--model", model],
        "eval": ["eval", "--model", model, *about, "--max-new-tokens", "40"],
    }[what]
    with no_file_larger_than(4_000 if what == "new" else 100_000 if what == "export" else 150):
        assert main([*command, "--out", str(out)]) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith(f"ocean-r1: {out} could not be written: ")
    assert leftovers(tmp_path) == []
    assert main([*command, "--out", str(out)]) == 0
    if what == "eval":
        assert [json.loads(line).get("sample_id") for line in out.read_text().splitlines()] == [None, "a"]


SHAPE = """
[text]
hidden_size = 32
intermediate_size = 48
num_hidden_layers = 2
num_attention_heads = 2
num_key_value_heads = 1
rms_norm_eps = 1e-6
rope_parameters = { rope_type = "default", rope_theta = 10000.0, mrope_section = [2, 3, 3] }
[vision]
depth = 1
hidden_size = 32
intermediate_size = 40
num_heads = 2
patch_size = 8
fullatt_block_indexes = [0]
"""


@pytest.mark.parametrize(
    ("hinder", "words"),
    [
        (lambda out: out.write_text("a file"), "out is a file, where a folder has to be"),
        (
            lambda out: (out / "metrics.jsonl").mkdir(parents=True),
            "metrics.jsonl could not be written: a folder of this name",
        ),
        (lambda out: (out / "step-000001.partial").mkdir(parents=True), None),
        (lambda out: (out / "tensorboard").parent.mkdir() or (out / "tensorboard").write_text(""), "tensorboard is a file"),
    ],
    ids=["a file for the output", "a folder for the metrics", "what a killed run left", "a file for TensorBoard"],
)
def test_what_stands_in_the_way_is_named(
    hinder: object, words: str | None, tmp_path: Path, paths: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(hinder)
    hinder(tmp_path / "out")
    failed = main([*sft(paths, tmp_path), "--set", "logging.tensorboard=true", "--set", "steps=1"])
    assert failed == int(words is not None)
    assert (words or "") in capsys.readouterr().err
    assert leftovers(tmp_path) == []


REFUSALS = {
    errno.ENOSPC: r"the disk is full \(.* are free, and it takes about 5 MB\)",
    errno.EDQUOT: r"the disk is full \(.* are free, and it takes about 5 MB\)",
    errno.EROFS: "the file system can only be read",
    errno.EACCES: "you have no permission to write there",
    errno.EPERM: "you have no permission to write there",
    errno.EIO: "Input/output error",
}


@pytest.mark.parametrize(("number", "words"), REFUSALS.items(), ids=[errno.errorcode[number] for number in REFUSALS])
def test_each_refusal_of_the_system_has_its_sentence(number: int, words: str, tmp_path: Path) -> None:
    rust = Exception(f"Error while serializing: I/O error: {os.strerror(number)} (os error {number})")
    for error in (OSError(number, os.strerror(number)), rust):
        with (
            pytest.raises(WriteError, match=f"place could not be written: {words}"),
            as_write_error(tmp_path / "place", 5_000_000),
        ):
            raise error
    with pytest.raises(KeyError), as_write_error(tmp_path):  # a mistake in the code is none of the disk
        raise KeyError("x")


def test_safetensors_and_tokenizers_say_what_the_system_said(tmp_path: Path) -> None:
    with no_file_larger_than(1000), pytest.raises(WriteError, match="no file so large"), as_write_error(tmp_path):
        save_file({"a": torch.zeros(1000)}, tmp_path / "a.safetensors")
    with no_file_larger_than(1000), pytest.raises(WriteError, match="no file so large"), as_write_error(tmp_path):
        new_model(
            tmp_path / "model", ["some text"], {"vocabulary": 340, "pixels": 8, "text": {"hidden_size": 4}, "vision": {}}
        )


def test_lines_are_added_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    append(path, "the first line\n")
    with no_file_larger_than(20), pytest.raises(WriteError, match="lines could not be written"):
        append(path, "the second line\n")
    assert path.read_text() == "the first line\n"
    with pytest.raises(WriteError, match=r"the disk is full \("):
        append(Path("/dev/full"), "a line\n")


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_what_is_not_finished_does_not_replace_what_there_was(error: type[BaseException], tmp_path: Path) -> None:
    for target in (tmp_path / "file", tmp_path / "folder"):
        for text in ("old", "new"):
            with pytest.raises(error) if text == "new" else as_write_error(target), atomic_write(target) as partial:
                inside = partial if target.name == "file" else partial / "a"
                inside.parent.mkdir(exist_ok=True)
                inside.write_text(text)
                if text == "new":
                    raise error
        assert (target if target.is_file() else target / "a").read_text() == "old"
    assert leftovers(tmp_path) == []


def test_metrics_and_rollouts_go_on_where_the_checkpoint_stood(tmp_path: Path) -> None:
    lines = [json.dumps({"step": step, "data": {}}) for step in range(4)]
    path = tmp_path / "metrics.jsonl"
    path.write_text("\n".join(["\0\0\0", *lines]) + '\n{"step": 1, "da')
    for step in (2, 3):
        (tmp_path / f"rollouts/step-{step:06d}").mkdir(parents=True)
    MetricsFile(tmp_path, 2).write(3, {"a": 1.0})
    assert [json.loads(line)["step"] for line in path.read_text().splitlines()] == [0, 1, 2, 3]
    assert [each.name for each in (tmp_path / "rollouts").iterdir()] == ["step-000002"]
    MetricsFile(tmp_path, 0)  # no checkpoint: the run begins anew, its first validation included
    assert path.read_text() == ""
    assert list((tmp_path / "rollouts").iterdir()) == []


def test_lines_that_are_kept_are_kept_to_the_byte(tmp_path: Path) -> None:
    (tmp_path / "lines").write_bytes("a\u2028b\r\n\n c \nhalf".encode())
    keep_lines(tmp_path / "lines", lambda _: True)
    assert (tmp_path / "lines").read_bytes() == "a\u2028b\r\n\n c \n".encode()


def test_a_full_disk_under_tensorboard_ends_the_run(
    tmp_path: Path, paths: dict[str, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tensorboardX.record_writer.RecordWriter.flush", full)
    assert main([*sft(paths, tmp_path), "--set", "logging.tensorboard=true"]) == 1
    assert "out/tensorboard could not be written: the disk is full" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_processes_of_a_run_leave_its_end_to_it(number: signal.Signals) -> None:
    """A terminal and a service manager signal all of them, and the step that is being taken still needs its rewards."""
    with RewardPool(Reward(expression="format", workers=1)) as pool:
        case = Case("<think></think><answer></answer>", "1", {})
        for _ in range(2):
            assert pool.score([case])[0].failed == {}
            os.kill(pool.workers[0].process.pid or 0, number)


def test_two_runs_cannot_write_to_one_folder(
    tmp_path: Path, paths: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    command = sft(paths, tmp_path)
    (tmp_path / "out").mkdir()
    held, free = os.pipe()
    if (other := os.fork()) == 0:  # locks are between processes
        import fcntl

        with (tmp_path / "out/.lock").open("w") as file:
            fcntl.lockf(file, fcntl.LOCK_EX)
            os.write(free, b"x")
            signal.pause()
    try:
        os.read(held, 1)
        assert main(command) == 1
        assert "another process is training in" in capsys.readouterr().err
    finally:
        os.kill(other, signal.SIGKILL)
        os.waitpid(other, 0)
    assert main(command) == 0
