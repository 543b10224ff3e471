"""Jobs that train: an agent, whatever it is killed at, ends in the weights of the same recipe by hand."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from agent_server import TOKEN, AgentServer, serving
from test_runs import GRPO, same, train
from toy import recipe, toy

from ocean_r1.agent import child
from ocean_r1.agent.ocean import Ocean, OceanError
from ocean_r1.agent.processes import end_orphan
from ocean_r1.cli import main
from ocean_r1.config import RecipeError, parse_recipe
from ocean_r1.files import WriteError

EVERY = {"logging.rollouts_every": 2}
TRACED = {**EVERY, "logging.trace": True}


@pytest.fixture
def server() -> AgentServer:
    return AgentServer()


@pytest.fixture
def address(server: AgentServer) -> Iterator[str]:
    with serving(server) as at:
        yield at


def spec_of(toml: str, **overrides: Any) -> dict[str, Any]:
    start = {"kind": "checkpoint", "id": "toy"}
    return {"kind": "train", "recipe": {"toml": toml, "overrides": overrides}, "start": start, "rows": []}


def agent(address: str, work: Path, ocean: str = "false") -> subprocess.Popen[str]:
    options = ["--server", address, "--work", str(work), "--ocean", ocean, "--once"]
    environment = os.environ | {"OCEAN_AGENT_TOKEN": TOKEN, "OMP_NUM_THREADS": "1"}  # as the runs by hand here
    command = [sys.executable, "-m", "ocean_r1", "agent", *options]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def by_hand(paths: dict[str, Path], folder: Path, **overrides: Any) -> Path:
    return train(parse_recipe(recipe(paths, folder / "by-hand", "grpo", **GRPO), "toy", overrides))


def sent(server: AgentServer, folder: Path) -> Path:
    """The last checkpoint that was sent, as a folder."""
    for path, content in server.checkpoint().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def test_a_job_ends_in_the_weights_of_its_recipe_by_hand(server: AgentServer, address: str, tmp_path: Path) -> None:
    paths = toy(tmp_path)
    alone = by_hand(paths, tmp_path, **EVERY)
    server.offer(spec_of(recipe(paths, tmp_path / "elsewhere", "grpo", **GRPO), **TRACED), server.folder(paths["model"]))
    with agent(address, tmp_path / "work") as process:
        assert process.wait() == 0, process.stderr and process.stderr.read()
    assert server.outcomes == [{"kind": "succeeded"}]
    same(alone, sent(server, tmp_path / "sent"))
    assert not (tmp_path / "elsewhere").exists(), "it writes in its own folder"

    def told(step: int, values: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return step, {name: value for name, value in values.items() if not name.startswith(("timing", "perf"))}

    lines = [json.loads(line) for line in (tmp_path / "by-hand/metrics.jsonl").read_text().splitlines()]
    assert [told(*each) for each in server.metrics.items()] == [told(line["step"], line["data"]) for line in lines]
    assert server.events("begin") == [{"type": "begin", "step": 0, "steps": 4}]
    assert any("4 steps of 3" in line for line in server.lines)

    groups = [server.rollouts[4, place] for place in range(3)]
    assert sorted(server.rollouts) == [(step, place) for step in (2, 4) for place in range(3)]
    rows = (tmp_path / "by-hand/rollouts/step-000004/rollouts.jsonl").read_text().splitlines()
    outputs = [response["output"] for group in groups for response in group["responses"]]
    assert outputs == [json.loads(row)["output"] for row in rows]
    for group in groups:
        assert abs(sum(response["advantage"] for response in group["responses"])) < 1e-4
        assert all(image in server.blobs for image in group["images"])
        for response in group["responses"]:
            words = [token["text"] for token in response["trace"]]
            assert all(word in response["output"] for word in words if "\ufffd" not in word and "<|" not in word)
            assert len(response["trace"]) == response["tokens"]
            assert all(token["logp"] < 0 < token["entropy"] for token in response["trace"])
    assert any(group["images"] for group in groups)


def test_an_agent_and_a_trainer_that_are_killed_lose_nothing(server: AgentServer, address: str, tmp_path: Path) -> None:
    paths = toy(tmp_path)
    # Steps enough that none of the processes has come to the last one before it is killed.
    long = {"steps": 120, "checkpoints.every": 5}
    alone = by_hand(paths, tmp_path, **long)
    server.offer(spec_of(recipe(paths, tmp_path / "x", "grpo", **GRPO), **long), server.folder(paths["model"]))
    work = tmp_path / "work"
    with agent(address, work) as first:
        server.until(lambda it: 6 in it.metrics)
        os.kill(first.pid, signal.SIGKILL)
    with agent(address, work) as second:
        server.until(lambda it: len(it.events("begin")) == 2)
        process = json.loads((work / "jobs/job-1/child.json").read_text())["process"]
        os.kill(process, signal.SIGKILL)
        assert second.wait() == 0
    assert server.outcomes == [{"kind": "lost", "error": "the job's process was killed (SIGKILL)"}]
    with agent(address, work) as third:
        assert third.wait() == 0
    assert server.outcomes[1:] == [{"kind": "succeeded"}]
    assert server.held == [None, {"job": "job-1", "lease": "lease-1"}, None], "what the first held, the second gave back"
    assert server.files["checkpoint"]["step"] == 120
    same(alone, sent(server, tmp_path / "sent"))
    assert sorted(server.metrics) == list(range(1, 121))
    first_begin, *later_begins = [event["step"] for event in server.events("begin")]
    assert first_begin == 0
    assert min(later_begins) > 0


def test_a_terminated_agent_saves_and_says_so(server: AgentServer, address: str, tmp_path: Path) -> None:
    paths = toy(tmp_path)
    endless = spec_of(recipe(paths, tmp_path / "x", "grpo", **GRPO), steps=10_000, **{"checkpoints.every": 10_000})
    server.offer(endless, server.folder(paths["model"]))
    with agent(address, tmp_path / "work") as process:
        server.until(lambda it: it.metrics)
        process.terminate()
        process.wait()
        assert process.stderr is not None
        assert "the job ends its step and saves first" in process.stderr.read()
    assert server.outcomes == [{"kind": "lost", "error": "the agent was ended by a signal"}]
    assert server.files["checkpoint"]["step"] == max(server.metrics)


@pytest.fixture
def job_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the process of a job works."""
    folder = tmp_path / "job"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def task_of(paths: dict[str, Path], toml: str, **more: Any) -> dict[str, Any]:
    spec = {**spec_of(toml), **more}
    return {
        "name": "Toy",
        "spec": spec,
        "start": str(paths["model"]),
        "ocean": ["false"],
        "made": str(paths["model"].parent),
        "verl": None,
    }


def test_grpo_is_handed_to_verl_and_watched_like_any_run(
    job_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = toy(tmp_path)
    given: list[Any] = []

    def train_verl(recipe: Any, cluster: Any, address: str, overrides: list[str], observer: Any) -> None:
        given.extend((recipe.output, recipe.model.path, cluster.nodes, cluster.gpus, address, overrides))
        observer.on_begin(0, 4)
        observer.on_metrics(1, {"critic/score/mean": 0.5})

    monkeypatch.setattr("ocean_r1.verl.run.train_verl", train_verl)
    verl = {"address": "http://head:8265", "nodes": 4, "gpus": 8, "overrides": ["trainer.save_freq=3"]}
    task = task_of(paths, recipe(paths, tmp_path / "x", "grpo", **GRPO)) | {"verl": verl}
    assert child.outcome_of(task) == {"kind": "succeeded"}
    assert given == [Path("run"), paths["model"], 4, 8, "http://head:8265", ["trainer.save_freq=3"]]
    assert "critic/score/mean" in "".join(path.read_text() for path in Path("spool").iterdir())


def test_mistakes_of_a_recipe_are_final_and_a_sentence(job_folder: Path, tmp_path: Path) -> None:
    paths = toy(tmp_path)
    toml = recipe(paths, tmp_path / "x", "grpo", **GRPO)
    typo = child.outcome_of(task_of(paths, toml.replace("max_new_tokens", "max_new_token")))
    assert typo == {"kind": "failed", "error": "recipe: rollout.max_new_token: there is no such key"}
    missing = child.outcome_of(task_of(paths, toml.replace("rows.parquet", "other.parquet")))
    assert missing["kind"] == "failed"
    assert missing["error"].startswith(f"{tmp_path}/other.parquet: there is no such file or folder")
    absent = child.outcome_of(task_of(paths, toml) | {"start": "/nowhere"})
    assert absent == {"kind": "failed", "error": "/nowhere: there is no such file or folder"}
    card = child.outcome_of(task_of(paths, toml.replace("fresh = true", 'fresh = true\ndevice = "tpu"')))
    assert card["error"] == "device 'tpu': it may be cpu, cuda, or cuda:1 for the second of several cards"


@pytest.mark.parametrize(
    ("raised", "outcome"),
    [
        (WriteError("run could not be written: the disk is full"), ("lost", "run could not be written: the disk is full")),
        (OSError(errno.ENOSPC, "No space left on device", "rows"), ("lost", "rows: No space left on device")),
        (OceanError("ocean world: it ended"), ("lost", "ocean world: it ended")),
        (MemoryError(), ("failed", "the box has not enough memory for it")),
        (
            torch.OutOfMemoryError("Tried to allocate 2 GiB. GPU 0 is full.\nMore words"),
            ("failed", "the card has not enough memory for it: Tried to allocate 2 GiB. GPU 0 is full."),
        ),
        (
            RuntimeError("[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory: …"),
            ("failed", "the box has not enough memory for it"),
        ),
        (RecipeError("no such key"), ("failed", "no such key")),
        (KeyError("x"), ("failed", "KeyError: 'x'")),
    ],
)
def test_what_the_box_and_what_the_job_is_to_blame_for(
    raised: Exception, outcome: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise raised

    monkeypatch.setattr(child, "work", fail)
    assert child.outcome_of({}) == dict(zip(("kind", "error"), outcome, strict=True))


def fake_ocean(folder: Path, script: str) -> Ocean:
    command = folder / "ocean"
    command.write_text(f"#!{sys.executable}\nimport sys\n{script}\n")
    command.chmod(0o755)
    return Ocean([str(command)], folder / "made")


def test_the_same_rows_are_made_once(tmp_path: Path) -> None:
    ocean = fake_ocean(tmp_path, "open('rows.jsonl', 'a').write(' '.join(sys.argv[1:]))")
    asked = {"name": "train", "split": "train", "count": 8, "seed": 3, "size": 96, "tasks": None, "further": True}
    folder = ocean.rows(asked)
    told = (folder / "rows.jsonl").read_text()
    assert told == "world --split=train --count=8 --seed=3 --size=96 --further --out ."
    assert ocean.rows({**asked, "name": "other"}) == folder
    assert (folder / "rows.jsonl").read_text() == told
    other = ocean.rows({**asked, "tasks": ["counting", "text"]})
    assert "--task=counting,text" in (other / "rows.jsonl").read_text()


def test_what_ocean_refuses_is_a_sentence(tmp_path: Path) -> None:
    asked = {"name": "train", "split": "train", "count": 8, "seed": 3, "size": 9, "tasks": None, "further": False}
    refuses = fake_ocean(tmp_path, "print('ocean: --size is 96 to 512', file=sys.stderr); sys.exit(2)")
    with pytest.raises(RecipeError, match="ocean world: --size is 96 to 512"):
        refuses.rows(asked)
    fails = fake_ocean(tmp_path, "print('ocean: the disk is full', file=sys.stderr); sys.exit(1)")
    with pytest.raises(OceanError, match="it ended with code 1: ocean: the disk is full"):
        fails.rows(asked)
    assert not [path for path in (tmp_path / "made").iterdir() if not path.suffix]


def test_an_agent_says_why_it_cannot_work(
    server: AgentServer, address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OCEAN_AGENT_TOKEN", raising=False)
    command = ["agent", "--server", address, "--work", str(tmp_path), "--ocean", "false", "--once"]

    def said(*more: str) -> str:
        before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
        assert main([*command, *more]) == 1
        for number, handler in zip((signal.SIGTERM, signal.SIGINT), before, strict=True):
            signal.signal(number, handler)
        return capsys.readouterr().err.splitlines()[-1]

    assert (
        said() == "ocean-r1: the agent has no token: make one on the server's training page, and set OCEAN_AGENT_TOKEN to it"
    )
    assert said("--token", "wrong") == "ocean-r1: This is no agent's token."
    assert said("--token", TOKEN, "--ocean", "/nowhere/ocean").startswith(
        "ocean-r1: /nowhere/ocean: there is no such command"
    )
    assert said("--token", TOKEN, "--server", "example.org").endswith("write it as https://HOST or http://HOST:PORT")
    server.fault = lambda *_: 409
    assert said("--token", TOKEN) == "ocean-r1: a fault"


def test_nothing_is_ended_where_nothing_was_left(tmp_path: Path) -> None:
    assert end_orphan(tmp_path) is None
