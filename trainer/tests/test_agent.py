"""The agent against a server that fails in every way: all arrives once and in order; what is not its own any more ends."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from agent_server import TOKEN, AgentServer, serving, sha256

from ocean_r1.agent import attempt as attempts
from ocean_r1.agent import processes
from ocean_r1.agent.agent import AgentError, own_folder, run_agent
from ocean_r1.agent.attempt import Attempt, OnVerl, Outcome, Place
from ocean_r1.agent.log import Lines
from ocean_r1.agent.protocol import LIMITS, cut, cut_line, numbers
from ocean_r1.agent.sending import Sender, Talk, Uploader
from ocean_r1.agent.server import AwayError, GapError, Lease, LeaseLostError, RefusedError, Server
from ocean_r1.agent.spool import Spool
from ocean_r1.agent.store import FetchError, Store
from ocean_r1.agent.wire import group_of

SPEC: dict[str, Any] = {
    "kind": "train",
    "recipe": {"toml": "name = 'toy'", "overrides": {}},
    "start": {"kind": "checkpoint", "id": "toy"},
    "rows": [],
}
TOOLS = """
import json, os, signal, sys, time
from pathlib import Path
from ocean_r1.agent.processes import record, write_json
from ocean_r1.agent.spool import Spool
from ocean_r1.agent.watch import SpoolObserver

record(Path())
observer = SpoolObserver(Spool(Path("spool")), Path("outbox"))

def checkpoint(step):
    folder = Path(f"run/step-{step:06d}")
    (folder / "model").mkdir(parents=True)
    (folder / "model/config.json").write_text("{}")
    (folder / "model/model.safetensors").write_bytes(bytes([step % 251]) * 100_000)
    (folder / "optimizer.safetensors").write_bytes(bytes([step % 241]) * 50_000)
    (folder / "state.json").write_text("{}")
    observer.on_checkpoint(step, folder)

def end(kind, **more):
    write_json(Path("outcome.json"), {"kind": kind, **more})
    sys.exit()
"""
STEPS = """
observer.on_begin(0, 20)
for step in range(1, 21):
    print("step", step, flush=True)
    observer.on_metrics(step, {"loss": 1 / step})
    if step % 5 == 0:
        checkpoint(step)
end("succeeded")
"""
WAITS = "observer.on_begin(0, 20)\nobserver.on_metrics(1, {})\nwhile True: time.sleep(0.05)\n"


@pytest.fixture
def server() -> AgentServer:
    return AgentServer()


@pytest.fixture
def address(server: AgentServer) -> Iterator[str]:
    with serving(server) as at:
        yield at


@pytest.fixture
def does(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a script in the place of the trainer."""

    def put(script: str) -> None:
        monkeypatch.setattr(processes, "COMMAND", ["-c", TOOLS + script])

    return put


def next_attempt(server: AgentServer, address: str, work: Path, verl: OnVerl | None = None) -> Attempt:
    if server.job is None:
        server.offer(SPEC, server.folder(model_folder(work)))
    talks = Server(address, TOKEN, patience=0.01)
    reply = talks.lease({"host": "box", "system": "", "cores": 1, "memory": 1, "diskFree": 1, "cards": [], "versions": {}})
    return Attempt(talks, reply["job"], reply["beatEvery"], Place(work, ["false"], verl=verl))


def model_folder(work: Path) -> Path:
    folder = work / "toy"
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text("{}")
    (folder / "onnx" / "graph.onnx").write_text("not for training")
    return folder


def run(server: AgentServer, address: str, work: Path) -> Outcome:
    return next_attempt(server, address, work).run()


# What is told.


def test_lines_of_a_log_are_whole_or_cut() -> None:
    lines = Lines()
    assert lines.feed(b"one\ntw") == ["one"]
    assert lines.feed("o é\r3 of 9\r\n\n".encode()) == ["two é", "3 of 9"]
    assert lines.feed(b"a" * 5_000_000) == []
    assert lines.feed(b"a" * 5_000_000) == []
    [long] = lines.feed(b"\n")
    assert len(long) < LIMITS["lineLength"]
    assert long.startswith("aaa")
    assert long.endswith("(cut: 9,936,000 bytes more)")
    assert lines.feed(b"\xff\xfe\n") == ["\ufffd\ufffd"]
    assert lines.feed(b"no end") == []
    assert lines.end() == ["no end"]


def test_texts_are_cut_as_the_server_counts() -> None:
    assert cut("abc", 3) == "abc"
    assert cut("ab🐟", 4) == "ab🐟"
    assert cut("ab🐟", 3) == "ab"
    assert cut("🐟" * 10, 10) == "🐟" * 5
    line = cut_line("🐟" * 100_000)
    assert len(line.encode("utf-16-le")) // 2 <= LIMITS["lineLength"]
    assert line.endswith("(cut: the line has 100,000 characters)")


def test_what_is_no_number_has_a_name() -> None:
    values = {"a": float("nan"), "b": float("inf"), "c": -float("inf"), "d": 0.5}
    assert numbers(values) == {"a": "NaN", "b": "Infinity", "c": "-Infinity", "d": 0.5}


def response(**other: Any) -> dict[str, Any]:
    return {
        "group": 0,
        "row": "rows/train:3",
        "data_source": "toy",
        "prompt": [{"role": "user", "content": "<image> How many?"}],
        "images": [],
        "ground_truth": "3",
        "output": "<answer>3</answer>",
        "tokens": 5,
        "finished": True,
        "reward": 1.1,
        "terms": {"exact": 1.0},
        "failed": {},
        "advantage": float("nan"),
        **other,
    }


def test_a_group_with_endless_texts_fits_in_a_request() -> None:
    group = group_of([response(output="é" * 20_000_000), *[response(output="é" * 300_000) for _ in range(15)]])
    assert len(json.dumps(group)) < LIMITS["requestBytes"] / 2
    assert {each["cut"] for each in group["responses"]} == {True}
    assert group["responses"][0]["advantage"] == "NaN"
    [short] = group_of([response(output="short")])["responses"]
    assert (short["output"], short["cut"]) == ("short", False)


# The spool.


def texts(spool: Spool) -> list[Any]:
    found = []
    while lines := spool.read(100):
        found += [line.event.get("step", line.event.get("lines", line.event.get("text"))) for line in lines]
    return found


def metric(step: int) -> dict[str, Any]:
    return {"type": "metrics", "step": step, "values": {"loss": 1.0}}


def log(text: str) -> dict[str, Any]:
    return {"type": "log", "lines": [text]}


def test_a_spool_keeps_the_order_over_its_segments(tmp_path: Path) -> None:
    spool = Spool(tmp_path, segment=200)
    for step in range(20):
        spool.append(metric(step))
    assert len(spool.segments()) > 5
    assert texts(spool) == list(range(20))
    spool.acknowledge(spool.at)
    assert len(spool.segments()) == 1
    spool.append(metric(20))
    assert texts(spool) == [20]
    # What was read and not acknowledged is read again by the next.
    assert texts(Spool(tmp_path)) == [20]


def test_who_writes_waits_for_whoever_is_at_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    writing = threading.Thread(target=Spool(tmp_path).append, args=(metric(1),))
    with spool.locked():
        writing.start()
        writing.join(0.2)
        assert not spool.segments()
    writing.join()
    assert texts(spool) == [1]


def test_half_of_a_line_is_none(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.append(metric(1))
    with spool.segments()[0].open("a") as file:
        file.write('{"at": "2026')
    assert texts(spool) == [1]
    spool.append(metric(2))
    assert texts(spool) == [2]


def test_what_may_have_arrived_is_told_again_only_where_it_cannot_be_there_twice(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for event in (metric(1), log("one"), metric(2)):
        spool.append(event)
    spool.read(10_000)
    spool.sending(spool.at)
    spool.append(log("two"))
    assert texts(Spool(tmp_path)) == [1, 2, ["two"]]


def test_what_was_sent_and_not_heard_of_is_not_taken_for_sent(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    for step in range(3):
        spool.append(metric(step))
    talk = Talk(Server("http://127.0.0.1:1", TOKEN, patience=0.01), Lease("job-1", "lease-1"))
    sender = Sender(talk, spool, tmp_path)
    ending = threading.Timer(0.1, talk.end)
    ending.start()
    sender.run()  # until it is over, and nobody ever answered
    assert sender.failure is None
    assert texts(Spool(tmp_path / "spool")) == [0, 1, 2]


def test_a_folder_that_was_being_sent_at_a_kill_is_sent_first(server: AgentServer, address: str, tmp_path: Path) -> None:
    server.running, server.attempt = True, 1
    for name in ("checkpoint-000005.sending", "checkpoint-000010"):
        (tmp_path / "outbox" / name).mkdir(parents=True)
        (tmp_path / "outbox" / name / "weights").write_text(name)
    talk = Talk(Server(address, TOKEN), Lease("job-1", "lease-1"))
    spool = Spool(tmp_path / "spool")
    uploader = Uploader(talk, spool, tmp_path / "outbox", Store(tmp_path / "files"))
    uploader.last.set()
    uploader.run()
    assert texts(spool) == [5, 10]
    assert not list((tmp_path / "outbox").iterdir())


def test_where_much_waits_lines_of_the_log_are_dropped_and_counted(tmp_path: Path) -> None:
    spool = Spool(tmp_path, segment=1_000, limit=6_000)
    for step in range(100):
        spool.append(metric(step))
        spool.append(log("x" * 50))
        spool.shrink()
    assert sum(path.stat().st_size for path in spool.segments()) < 16_000
    found = texts(spool)
    assert [each for each in found if isinstance(each, int)] == list(range(100))
    told = [each for each in found if isinstance(each, str)]
    dropped = sum(int(each.split()[0]) for each in told)
    assert told[0].endswith("lines of the log were dropped here: the server was away for too long")
    assert dropped + sum(isinstance(each, list) for each in found) == 100
    assert ["x" * 50] in found[-4:]


# The doors.


def test_a_file_goes_on_where_its_upload_or_fetch_broke(
    server: AgentServer, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ocean_r1.agent.server.PART", 1_000)
    content = random.Random(1).randbytes(10_500)
    (tmp_path / "file").write_bytes(content)
    talks = Server(address, TOKEN)
    faults = iter([None, None, "half", None, None, "unheard"])
    server.fault = lambda method, path: next(faults, None)
    for _ in range(2):
        with pytest.raises(AwayError):
            talks.upload(tmp_path / "file", sha256(content), "checkpoint")
    talks.upload(tmp_path / "file", sha256(content), "checkpoint")
    assert server.blobs[sha256(content)] == content

    store, file = Store(tmp_path / "files"), server.file("weights", content)
    (tmp_path / f"files/{sha256(content)}.part").write_bytes(content[:4_000])
    assert store.fetch(talks, file, threading.Event()).read_bytes() == content
    before = len(server.requests)
    store.fetch(talks, file, threading.Event())
    assert len(server.requests) == before, "it is kept"


def test_a_file_that_is_another_one_is_not_taken(server: AgentServer, address: str, tmp_path: Path) -> None:
    file = server.file("weights", b"right")
    server.blobs[file["sha256"]] = b"wrong"
    with pytest.raises(FetchError, match="weights: what the server gives is not the file"):
        Store(tmp_path).fetch(Server(address, TOKEN), file, threading.Event())
    assert list(tmp_path.iterdir()) == []


def test_a_file_stays_in_its_folder(server: AgentServer, address: str, tmp_path: Path) -> None:
    file = server.file("../../outside", b"text")
    with pytest.raises(FetchError, match="it leaves its folder"):
        Store(tmp_path / "files").lay_out(Server(address, TOKEN), [file], tmp_path / "start", threading.Event())


def test_the_token_is_for_the_server_alone(address: str) -> None:
    with pytest.raises(RefusedError, match="is not of the server"):
        list(Server(address, TOKEN).fetch("http://elsewhere.invalid/file", 0))


def test_refusals_are_told_apart(server: AgentServer, address: str) -> None:
    talks, lease = Server(address, TOKEN), Lease("job-1", "lease-0")
    with pytest.raises(LeaseLostError):
        talks.beat(lease)
    with pytest.raises(RefusedError, match="no agent's token"):
        Server(address, "other").beat(lease)
    server.running = True
    body = json.dumps({"events": [{"seq": 3, "at": "2026-01-01T00:00:00Z", "event": log("x")}]}).encode()
    with pytest.raises(GapError) as gap:
        talks.send_events(lease, body)
    assert gap.value.expected == 0
    server.fault = lambda *_: 507
    with pytest.raises(AwayError):
        talks.beat(lease)


# Attempts.


def whole(server: AgentServer) -> None:
    """All of the script of 20 steps is there, once."""
    assert server.outcomes[-1] == {"kind": "succeeded"}
    assert server.metrics == {step: {"loss": 1 / step} for step in range(1, 21)}
    assert server.lines == [f"step {step}" for step in range(1, 21)]
    assert server.checkpoint()["model/model.safetensors"] == bytes([20]) * 100_000
    assert [seq for _, seq, _ in server.told] == list(range(len(server.told)))


def test_a_job_from_lease_to_end(server: AgentServer, address: str, tmp_path: Path, does: Callable[[str], None]) -> None:
    does(STEPS)
    assert run(server, address, tmp_path) == {"kind": "succeeded"}
    whole(server)
    assert server.events("begin") == [{"type": "begin", "step": 0, "steps": 20}]
    assert (tmp_path / "jobs/job-1/start/config.json").exists()
    assert not (tmp_path / "jobs/job-1/start/onnx").exists()
    assert not list((tmp_path / "jobs/job-1/outbox").iterdir())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_fails_on_the_way_all_arrives_once(
    seed: int,
    server: AgentServer,
    address: str,
    tmp_path: Path,
    does: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    does(STEPS)
    monkeypatch.setattr("ocean_r1.agent.server.PART", 20_000)
    attempt = next_attempt(server, address, tmp_path)
    random_ = random.Random(seed)
    server.fault = lambda *_: random_.choice([500, 503, 429, "drop", "unheard", "half", None, None, None, None])
    assert attempt.run() == {"kind": "succeeded"}
    whole(server)


def test_an_end_that_was_taken_unheard_is_no_lease_lost(
    server: AgentServer, address: str, tmp_path: Path, does: Callable[[str], None]
) -> None:
    does(STEPS)
    attempt = next_attempt(server, address, tmp_path)

    def fault(_: str, path: str) -> str | int | None:
        if not path.endswith("/finish"):
            return None
        # It is heard once a beat has been told that there is no such lease any more.
        return None if "beat" in server.refused else 503 if server.outcomes else "unheard"

    server.fault = fault
    assert attempt.run() == {"kind": "succeeded"}
    whole(server)
    assert server.outcomes == [{"kind": "succeeded"}]


def test_a_server_that_is_away_costs_nothing(
    server: AgentServer, address: str, tmp_path: Path, does: Callable[[str], None]
) -> None:
    does(STEPS)
    attempt = next_attempt(server, address, tmp_path)
    outcome = tmp_path / "jobs/job-1/outcome.json"
    # It comes back when the run has ended.
    server.fault = lambda method, path: None if method == "GET" or outcome.exists() else "drop"
    assert attempt.run() == {"kind": "succeeded"}
    whole(server)


def test_who_lost_the_lease_stops_at_once(
    server: AgentServer, address: str, tmp_path: Path, does: Callable[[str], None]
) -> None:
    does("signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + WAITS)
    attempt = next_attempt(server, address, tmp_path)
    ending = threading.Thread(target=lambda: (server.until(lambda it: it.metrics), server.lose_lease()))
    ending.start()
    assert attempt.run()["kind"] == "not told"
    ending.join()
    assert attempt.talk.lost == "It is another attempt's."
    assert server.refused == ["beat"], "without having anything to tell"
    assert server.outcomes == []
    assert processes.end_orphan(attempt.folder) is None, "nothing of it is at work any more"


ON_VERL = OnVerl("http://head:8265", 4, 8, ["trainer.save_freq=3"])


def test_a_job_on_verl_is_told_where_and_ended_in_order_when_its_lease_is_lost(
    server: AgentServer, address: str, tmp_path: Path, does: Callable[[str], None]
) -> None:
    # A job of Ray is no process of this machine: whoever follows it has to be let stop it.
    does(
        "verl = json.loads(Path('task.json').read_text())['verl']\n"
        "signal.signal(signal.SIGTERM, lambda *_: (Path('stopped').write_text(json.dumps(verl)), end('stopped')))\n" + WAITS
    )
    attempt = next_attempt(server, address, tmp_path, ON_VERL)
    losing = threading.Thread(target=lambda: (server.until(lambda it: it.metrics), server.lose_lease()))
    losing.start()
    assert attempt.run()["kind"] == "not told"
    losing.join()
    told = json.loads((attempt.folder / "stopped").read_text())
    assert told == {"address": "http://head:8265", "nodes": 4, "gpus": 8, "overrides": ["trainer.save_freq=3"]}


def test_what_verl_cannot_go_on_from_is_not_fetched(
    server: AgentServer, address: str, tmp_path: Path, does: Callable[[str], None]
) -> None:
    does("observer.on_begin(0, 9)\ncheckpoint(3)\nos.kill(os.getpid(), 9)")
    assert run(server, address, tmp_path / "there")["kind"] == "lost"
    does("assert not Path('run').exists()\nobserver.on_begin(0, 9)\ncheckpoint(9)\nend('succeeded')")
    assert next_attempt(server, address, tmp_path / "here", ON_VERL).run() == {"kind": "succeeded"}
    assert server.files["checkpoint"]["step"] == 9


def test_only_grpo_is_for_verl(server: AgentServer, address: str, tmp_path: Path, does: Callable[[str], None]) -> None:
    does("assert json.loads(Path('task.json').read_text())['verl'] is None\ncheckpoint(1)\nend('succeeded')")
    server.offer({**SPEC, "kind": "sft"}, server.folder(model_folder(tmp_path)))
    assert next_attempt(server, address, tmp_path, ON_VERL).run() == {"kind": "succeeded"}


def test_a_cancelled_job_saves_and_is_over(
    server: AgentServer, address: str, tmp_path: Path, does: Callable[[str], None]
) -> None:
    does("signal.signal(signal.SIGTERM, lambda *_: (observer.on_metrics(2, {}), checkpoint(2), end('stopped')))\n" + WAITS)
    attempt = next_attempt(server, address, tmp_path)
    cancelling = threading.Thread(target=lambda: (server.until(lambda it: it.metrics), setattr(server, "cancel", True)))
    cancelling.start()
    assert attempt.run() == {"kind": "cancelled"}
    cancelling.join()
    assert server.outcomes == [{"kind": "cancelled"}]
    assert sorted(server.metrics) == [1, 2]
    assert server.files["checkpoint"]["step"] == 2


def test_a_step_that_does_not_end_is_ended(
    server: AgentServer, address: str, tmp_path: Path, does: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "GRACE", 0.2)
    does("signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + WAITS)
    attempt = next_attempt(server, address, tmp_path)
    server.cancel = True
    assert attempt.run() == {"kind": "cancelled"}
    assert server.outcomes == [{"kind": "cancelled"}]


def test_an_agent_that_is_to_end_lets_another_go_on(
    server: AgentServer, address: str, tmp_path: Path, does: Callable[[str], None]
) -> None:
    does("signal.signal(signal.SIGTERM, lambda *_: (checkpoint(1), end('stopped')))\n" + WAITS)
    attempt = next_attempt(server, address, tmp_path / "a")
    leaving = threading.Thread(target=lambda: (server.until(lambda it: it.metrics), attempt.talk.leave()))
    leaving.start()
    assert attempt.run() == {"kind": "lost", "error": "the agent was ended by a signal"}
    leaving.join()
    does("assert Path('run/step-000001/state.json').exists()\nobserver.on_begin(1, 2)\ncheckpoint(2)\nend('succeeded')")
    assert run(server, address, tmp_path / "b") == {"kind": "succeeded"}
    assert [event["step"] for event in server.events("begin")] == [0, 1]


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "the job's process was killed (SIGKILL)"),
        ("sys.exit(3)", "the job's process ended with code 3, without a word why"),
        ("end('lost', error='run could not be written: the disk is full')", "run could not be written: the disk is full"),
    ],
)
def test_what_the_box_is_to_blame_for_is_tried_again(
    script: str, error: str, server: AgentServer, address: str, tmp_path: Path, does: Callable[[str], None]
) -> None:
    does("observer.on_begin(0, 20)\nobserver.on_metrics(1, {})\ncheckpoint(1)\n" + script)
    assert run(server, address, tmp_path) == {"kind": "lost", "error": error}
    assert server.outcomes == [{"kind": "lost", "error": error}]
    assert server.files["checkpoint"]["step"] == 1
    does("assert Path('run/step-000001/state.json').exists()\nend('succeeded')")
    assert run(server, address, tmp_path) == {"kind": "succeeded"}


def test_files_that_are_gone_at_the_server_are_told(
    server: AgentServer, address: str, tmp_path: Path, does: Callable[[str], None]
) -> None:
    does(STEPS)
    attempt = next_attempt(server, address, tmp_path)
    server.fault = lambda method, path: 404 if method == "GET" else None
    assert attempt.run() == {"kind": "lost", "error": "what the job begins with could not be had: a fault"}


def test_a_job_that_left_nothing_has_failed(
    server: AgentServer, address: str, tmp_path: Path, does: Callable[[str], None]
) -> None:
    does("end('succeeded')")
    assert run(server, address, tmp_path) == {"kind": "failed", "error": "The job has not sent its checkpoint."}
    assert server.outcomes == [{"kind": "failed", "error": "The job has not sent its checkpoint."}]


def test_an_event_that_is_refused_keeps_nothing_back(
    server: AgentServer, address: str, tmp_path: Path, does: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    does(STEPS)
    taken = server.take

    def picky(events: list[dict[str, Any]]) -> Any:
        if any(each["event"].get("step") == 7 and each["event"]["type"] == "metrics" for each in events):
            return 400, {"error": "no sevens", "kind": "refused", "expected": None}
        return taken(events)

    monkeypatch.setattr(server, "take", picky)
    assert run(server, address, tmp_path) == {"kind": "succeeded"}
    assert sorted(server.metrics) == [step for step in range(1, 21) if step != 7]
    [said] = server.events("notice")
    assert said["text"] == "metrics that the server does not take: no sevens"


def test_a_file_that_became_another_on_its_way_is_sent_again(
    server: AgentServer, address: str, tmp_path: Path, does: Callable[[str], None]
) -> None:
    does("observer.on_begin(0, 1)\ncheckpoint(1)\nend('succeeded')")
    attempt = next_attempt(server, address, tmp_path)
    faults = iter([400])
    server.fault = lambda method, path: next(faults, None) if method == "PATCH" else None
    assert attempt.run() == {"kind": "succeeded"}
    assert server.checkpoint()["model/model.safetensors"] == bytes([1]) * 100_000
    assert server.events("notice") == []


def test_two_agents_do_not_work_in_one_folder(address: str, tmp_path: Path) -> None:
    with own_folder(tmp_path), pytest.raises(AgentError, match=r"another agent works in .* of its own with --work"):
        run_agent(Server(address, TOKEN), Place(tmp_path, ["true"]))


def test_a_server_that_forgot_events_is_told_what_comes(
    server: AgentServer, address: str, tmp_path: Path, does: Callable[[str], None]
) -> None:
    does(
        "observer.on_metrics(1, {})\nwhile not Path('../../go').exists(): time.sleep(0.01)\n"
        "observer.on_metrics(2, {})\ncheckpoint(2)\nend('succeeded')"
    )
    attempt = next_attempt(server, address, tmp_path)

    def forget() -> None:
        server.until(lambda it: it.metrics)
        server.next -= 1
        (tmp_path / "go").touch()

    forgetting = threading.Thread(target=forget)
    forgetting.start()
    assert attempt.run() == {"kind": "succeeded"}
    forgetting.join()
    assert 2 in server.metrics


def test_what_was_not_told_before_a_kill_is_told_by_the_next(
    server: AgentServer, address: str, tmp_path: Path, does: Callable[[str], None]
) -> None:
    does("observer.on_begin(0, 2)\nobserver.on_metrics(1, {})\nprint('one')\ncheckpoint(1)\nend('succeeded')")
    attempt = next_attempt(server, address, tmp_path)
    attempt.work()  # and no word of it: the agent was killed
    server.running = False
    does("observer.on_begin(1, 2)\nobserver.on_metrics(2, {})\nend('succeeded')")
    assert run(server, address, tmp_path) == {"kind": "succeeded"}
    assert sorted(server.metrics) == [1, 2]
    assert server.lines == ["one"]
    assert server.files["checkpoint"]["step"] == 1


def test_where_another_box_went_on_this_one_leaves_its_own(
    server: AgentServer, address: str, tmp_path: Path, does: Callable[[str], None]
) -> None:
    does("observer.on_begin(0, 9)\nobserver.on_metrics(1, {'here': 1})\ncheckpoint(1)\nend('succeeded')")
    next_attempt(server, address, tmp_path / "here").work()
    server.running = False
    does("observer.on_begin(0, 9)\nobserver.on_metrics(1, {'there': 1})\ncheckpoint(3)\nos.kill(os.getpid(), 9)")
    assert run(server, address, tmp_path / "there")["kind"] == "lost"
    does("assert os.listdir('run') == ['step-000003']\nobserver.on_begin(3, 9)\nend('succeeded')")
    assert run(server, address, tmp_path / "here") == {"kind": "succeeded"}
    assert server.metrics == {1: {"there": 1}}
    assert server.files["checkpoint"]["step"] == 3


def test_of_checkpoints_that_wait_the_last_is_kept(
    server: AgentServer, address: str, tmp_path: Path, does: Callable[[str], None]
) -> None:
    does("for step in range(1, 9): checkpoint(step)\nend('succeeded')")
    attempt = next_attempt(server, address, tmp_path)
    attempt.work()
    assert os.listdir(attempt.folder / "outbox") == ["checkpoint-000008"]


def test_an_orphan_is_ended_and_nobody_else(tmp_path: Path) -> None:
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    birth = processes.birth_of(sleeper.pid)
    processes.write_json(tmp_path / "child.json", {"process": sleeper.pid, "birth": "another time"})
    assert processes.end_orphan(tmp_path) is None
    assert sleeper.poll() is None
    processes.write_json(tmp_path / "child.json", {"process": sleeper.pid, "birth": birth})
    assert processes.end_orphan(tmp_path) == sleeper.pid
    assert sleeper.wait() == -signal.SIGKILL
