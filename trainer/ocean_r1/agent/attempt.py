"""One attempt at a job: from the lease to the end that the server acknowledges."""

from __future__ import annotations

import json
import random
import signal
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from subprocess import TimeoutExpired
from threading import Event as Flag
from threading import Thread
from time import monotonic
from typing import Any

from ocean_r1.agent import processes
from ocean_r1.agent.log import LogPump
from ocean_r1.agent.machine import Gauge
from ocean_r1.agent.patience import GivenUpError, patiently
from ocean_r1.agent.processes import write_json
from ocean_r1.agent.protocol import cut
from ocean_r1.agent.sending import Sender, Talk, Uploader, Worker
from ocean_r1.agent.server import AwayError, GapError, Lease, LeaseLostError, RefusedError, Server
from ocean_r1.agent.spool import Spool
from ocean_r1.agent.store import FetchError, Store, model_files
from ocean_r1.files import remove

GRACE = 20.0
"""Seconds that a step may take to end when its job is cancelled."""
SAVING = 600.0
"""Seconds that it may take in all, where a checkpoint is being written."""
GAUGE_EVERY = 15.0
LAST_WORDS = 60.0
"""Seconds for which an agent that is to end goes on to send."""

Outcome = dict[str, str]


@dataclass(frozen=True)
class OnVerl:
    """The cluster of Ray on which GRPO is run, as `ocean-r1 verl` is told it."""

    address: str
    nodes: int
    gpus: int
    overrides: list[str]


@dataclass(frozen=True)
class Place:
    """What all attempts of an agent share."""

    work: Path
    ocean: list[str]
    price_per_hour: float | None = None
    """Of the box, where somebody named one."""
    verl: OnVerl | None = None

    @property
    def store(self) -> Store:
        return Store(self.work / "files")

    @property
    def jobs(self) -> Path:
        return self.work / "jobs"

    @property
    def held(self) -> Path:
        return self.work / "held.json"


class Beat(Thread):
    """Says that the agent lives, whatever else it is at, until all is over."""

    def __init__(self, talk: Talk, every: float) -> None:
        super().__init__(name="beat", daemon=True)
        self.talk, self.every = talk, every

    def run(self) -> None:
        while not self.talk.over.wait(self.every * random.uniform(0.7, 1)):
            try:
                if self.talk.server.beat(self.talk.lease)["cancel"]:
                    self.talk.cancel()
            except AwayError:  # training goes on: what it tells waits on the disk
                continue
            except (LeaseLostError, RefusedError) as error:
                if self.talk.telling:
                    return
                self.talk.end(str(error))


class Attempt:
    def __init__(self, server: Server, job: dict[str, Any], beat_every: float, place: Place) -> None:
        self.job, self.place = job, place
        self.verl = place.verl if job["spec"]["kind"] == "train" else None
        self.folder = place.jobs / job["id"]
        self.talk = Talk(server, Lease(job["id"], job["lease"]))
        self.folder.mkdir(parents=True, exist_ok=True)
        processes.end_orphan(self.folder)
        self.resumes = bool(job["resume"]) and job["resume"]["step"] > last_step(self.folder / "run")
        """From what another box sent: what this one has not told is no part of the job any more."""
        if self.resumes:
            for name in ("spool", "outbox", "run"):
                remove(self.folder / name)
        (self.folder / "outbox").mkdir(exist_ok=True)
        self.spool = Spool(self.folder / "spool")
        self.beat = Beat(self.talk, beat_every)
        self.sender = Sender(self.talk, self.spool, self.folder)
        self.uploader = Uploader(self.talk, self.spool, self.folder / "outbox", place.store)

    def run(self) -> Outcome:
        """What the job came to, as the server was told."""
        for thread in (self.beat, self.sender, self.uploader):
            thread.start()
        try:
            return self.end(self.work())
        except LeaseLostError as error:
            return {"kind": "taken away", "error": str(error)}
        except GivenUpError as error:
            return {"kind": "not told", "error": self.talk.lost or f"the server is away: {error}"}
        finally:
            self.talk.end()

    def work(self) -> Outcome:
        try:
            self.fetch()
        except (OSError, FetchError, RefusedError) as error:
            return {"kind": "lost", "error": f"what the job begins with could not be had: {error}"}
        except GivenUpError:
            return self.stopped()
        return self.watch()

    def fetch(self) -> None:
        """What it begins with, or goes on from, laid out in the job's folder."""
        store, start, resume = self.place.store, self.job["start"], self.job["resume"]
        if start["kind"] == "files" and not (self.folder / "start").exists():
            store.lay_out(self.talk.server, model_files(start["files"]), self.folder / "start", self.talk.stop)
        if self.resumes and not self.verl:  # which goes on from checkpoints of its own alone
            (self.folder / "run").mkdir()
            target = self.folder / "run" / f"step-{resume['step']:06d}"
            store.lay_out(self.talk.server, resume["files"], target, self.talk.stop)
        task = {
            "name": self.job["name"],
            "spec": self.job["spec"],
            "start": "start" if start["kind"] == "files" else start["path"],
            "ocean": self.place.ocean,
            "made": str(self.place.work / "made"),
            "verl": self.verl and asdict(self.verl),
        }
        write_json(self.folder / "task.json", task)

    def watch(self) -> Outcome:
        """Starts the job's process, and ends it where that is wished or it is not this agent's any more."""
        (self.folder / "outcome.json").unlink(missing_ok=True)
        child = processes.start(self.folder)
        assert child.stdout is not None
        pump = LogPump(child.stdout.fileno(), self.spool)
        pump.start()
        gauge, looked = Gauge(child.pid), monotonic()
        asked: float | None = None
        while child.poll() is None:
            over = self.talk.over.is_set()
            # A job of Ray is no child of this process: who is killed cannot stop it.
            if (over and not self.verl) or (asked and (over or self.talk.cancelled) and self.overdue(asked)):
                processes.kill(child.pid)
                child.wait()
            elif self.talk.stop.is_set() and asked is None:
                child.send_signal(signal.SIGTERM)
                asked = monotonic()
            if monotonic() - looked >= GAUGE_EVERY:
                self.spool.append(gauge.read())
                looked = monotonic()
            with suppress(TimeoutExpired):
                child.wait(0.25)
        processes.kill(child.pid)  # what it started, and left behind if it was killed
        pump.join(10)
        return self.outcome(child.returncode)

    def overdue(self, asked: float) -> bool:
        saving = any((self.folder / "run").glob("*.partial"))
        return monotonic() - asked > (SAVING if saving else GRACE)

    def outcome(self, code: int) -> Outcome:
        if self.talk.cancelled:
            return self.stopped()
        path = self.folder / "outcome.json"
        if path.exists():
            told: Outcome = json.loads(path.read_text())
            return self.stopped() if told["kind"] == "stopped" else told
        how = f"was killed ({signal.Signals(-code).name})" if code < 0 else f"ended with code {code}, without a word why"
        return {"kind": "lost", "error": f"the job's process {how}"}

    def stopped(self) -> Outcome:
        if self.talk.cancelled:
            return {"kind": "cancelled"}
        who = "the agent" if self.talk.leaving else "the job's process"
        return {"kind": "lost", "error": f"{who} was ended by a signal"}

    def end(self, outcome: Outcome) -> Outcome:
        """Sends all that is there to be told, then how it ended. Raises GivenUpError and LeaseLostError."""
        workers = (self.uploader, self.sender)
        for worker in workers:
            self.finish_work(worker)
        for worker in workers:
            if worker.failure:
                error = f"{type(worker.failure).__name__}: {worker.failure}"
                return self.tell({"kind": "lost", "error": f"the agent's {worker.name} failed: {error}"}, Flag())
        if self.talk.over.is_set():
            raise GivenUpError("not all was sent")
        return self.tell(outcome, self.talk.over)

    def finish_work(self, worker: Worker) -> None:
        worker.last.set()
        until = monotonic() + LAST_WORDS
        while worker.is_alive():
            worker.join(0.25)
            if self.talk.leaving and monotonic() > until:
                self.talk.end()

    def tell(self, outcome: Outcome, over: Flag) -> Outcome:
        if "error" in outcome:
            outcome = outcome | {"error": cut(outcome["error"], 4_000)}
        self.talk.telling = True
        try:
            patiently(lambda: self.finish_once(outcome), over, self.talk.server.patience)
        except RefusedError as error:
            if outcome["kind"] != "succeeded":
                raise
            return self.tell({"kind": "failed", "error": str(error)}, over)
        return outcome

    def finish_once(self, outcome: Outcome) -> None:
        try:
            self.talk.server.finish(self.talk.lease, {"events": self.sender.next, "outcome": outcome})
        except GapError as gap:
            if gap.expected == self.sender.next:
                raise RefusedError(409, "gap", str(gap)) from gap
            self.sender.next = gap.expected
            self.finish_once(outcome)


def last_step(run: Path) -> int:
    """Of the last whole checkpoint in a run's folder; 0 where there is none."""
    steps = [int(path.parent.name[5:]) for path in run.glob("step-*/state.json") if path.parent.name[5:].isdigit()]
    return max(steps, default=0)
