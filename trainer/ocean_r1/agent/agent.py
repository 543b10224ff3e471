"""The agent: it asks the server for jobs, one after the other, and does them."""

from __future__ import annotations

import fcntl
import json
import os
import random
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from time import sleep

from ocean_r1.agent import processes
from ocean_r1.agent.attempt import Attempt, Place
from ocean_r1.agent.machine import describe
from ocean_r1.agent.patience import LONGEST
from ocean_r1.agent.processes import write_json
from ocean_r1.agent.server import AwayError, Lease, Server
from ocean_r1.agent.store import tidy
from ocean_r1.files import make_folder, remove


class AgentError(RuntimeError):
    """Why an agent cannot work here."""


def run_agent(server: Server, place: Place, once: bool = False) -> None:
    """Until it is ended; with `once` until one job has ended. Raises AgentError, WriteError and RefusedError."""
    if shutil.which(place.ocean[0]) is None:
        raise AgentError(f"{place.ocean[0]}: there is no such command; --ocean names the one that makes rows")
    with own_folder(place.work):
        for folder in place.jobs.glob("*"):
            if (process := processes.end_orphan(folder)) is not None:
                say(f"ended process {process}, which an agent that was killed left at work")
        signals = Signals()
        say(f"asks {server.address} for jobs; works in {place.work}")
        while not signals.leaving:
            for kept in (place.jobs, place.work / "made", place.work / "files"):
                tidy(kept)
            if (attempt := lease(server, place)) is None:
                continue
            signals.attempt = attempt
            job = attempt.job
            say(f"{job['name']} ({job['spec']['kind']}), attempt {job['attempt']}")
            ended = attempt.run()
            signals.attempt = None
            hold(place, None)
            say(f"{job['name']}: {ended['kind']}" + (f": {ended['error']}" if "error" in ended else ""))
            if ended["kind"] in ("succeeded", "cancelled"):
                remove(attempt.folder)
            if once:
                return


def lease(server: Server, place: Place) -> Attempt | None:
    """The next job; None where none came."""
    machine = describe(place.work)
    if place.price_per_hour is not None:
        machine["pricePerHour"] = place.price_per_hour
    try:
        reply = server.lease(machine, held_lease(place))
    except AwayError as error:
        say(f"the server cannot be reached: {error}")
        sleep(server.patience * random.uniform(1, LONGEST))
        return None
    if reply["job"] is None:
        return None
    hold(place, Lease(reply["job"]["id"], reply["job"]["lease"]))
    return Attempt(server, reply["job"], reply["beatEvery"], place)


def hold(place: Place, lease: Lease | None) -> None:
    """Keeps what the agent is at, for the one that is started after it was killed."""
    write_json(place.held, lease and asdict(lease), mode=0o600)


def held_lease(place: Place) -> Lease | None:
    told = json.loads(place.held.read_text()) if place.held.exists() else None
    return told and Lease(**told)


@contextmanager
def own_folder(work: Path) -> Iterator[None]:
    """Two agents in one folder would end each other's jobs."""
    make_folder(work)
    with (work / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AgentError(f"another agent works in {work}; give this one a folder of its own with --work") from error
        yield


class Signals:
    """SIGTERM and Ctrl-C let the job end its step and save, and another agent go on; a second one ends all at once."""

    def __init__(self) -> None:
        self.attempt: Attempt | None = None
        self.leaving = False
        self.received: SimpleQueue[int] = SimpleQueue()  # which a handler may use, whatever it came into the middle of
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, _: self.received.put(number))
        Thread(target=self.obey, name="signals", daemon=True).start()

    def obey(self) -> None:
        number = self.received.get()
        self.leaving = True
        if self.attempt is not None:
            say("the job ends its step and saves first; a second signal ends it at once")
            self.attempt.talk.leave()
            number = self.received.get()
        if self.attempt is not None:
            processes.end_orphan(self.attempt.folder)
        os._exit(128 + number)


def say(sentence: str) -> None:
    print(f"agent: {sentence}", file=sys.stderr, flush=True)
