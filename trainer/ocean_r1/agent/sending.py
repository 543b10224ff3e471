"""Two threads of an attempt: one sends what is in the spool, in order; one uploads folders and tells of them there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as Flag
from threading import Thread

from ocean_r1.agent.patience import GivenUpError, patiently
from ocean_r1.agent.protocol import LIMITS, Event, notice
from ocean_r1.agent.server import GapError, Lease, LeaseLostError, RefusedError, Server
from ocean_r1.agent.spool import Line, Position, Spool
from ocean_r1.agent.store import Store
from ocean_r1.agent.wire import files_event, rollout_events
from ocean_r1.files import remove

BATCH_BYTES = LIMITS["requestBytes"] // 2
LOOK_EVERY = 0.2
"""Seconds between two looks at what is new."""


@dataclass
class Talk:
    """How an attempt stands with the server, and with whoever ends the agent."""

    server: Server
    lease: Lease
    stop: Flag = field(default_factory=Flag)
    """The work is to end."""
    over: Flag = field(default_factory=Flag)
    """Nothing is sent any more."""
    cancelled: bool = False
    leaving: bool = False
    """The agent is to end."""
    lost: str | None = None
    """Why the job is not this attempt's any more."""
    telling: bool = False
    """How it ended is on its way: a beat that is refused from here on may only mean that the server knows it already."""

    def cancel(self) -> None:
        self.cancelled = True
        self.stop.set()

    def leave(self) -> None:
        self.leaving = True
        self.stop.set()

    def end(self, lost: str | None = None) -> None:
        self.lost = self.lost or lost
        self.stop.set()
        self.over.set()


class Worker(Thread):
    """Works until all is done and nothing more comes. What it dies of is kept for the attempt, which ends of it."""

    def __init__(self, name: str, talk: Talk) -> None:
        super().__init__(name=name, daemon=True)
        self.talk = talk
        self.last = Flag()
        """Nothing more comes."""
        self.failure: Exception | None = None

    def work(self) -> bool:
        """Whether there was something to do."""
        raise NotImplementedError

    def run(self) -> None:
        try:
            while not self.talk.over.is_set():
                last = self.last.is_set()  # looked at before the work: what came before it gets done
                if not self.work():
                    if last:
                        return
                    self.last.wait(LOOK_EVERY)
        except LeaseLostError as error:
            self.talk.end(str(error))
        except RefusedError as error:  # of those only the one that knows nobody of this token comes here
            self.talk.end(str(error))
        except GivenUpError:
            pass
        except Exception as error:  # kept: nothing of it is hidden
            self.failure = error
            self.talk.end()

    def upload(self, path: Path, sha256: str, kind: str) -> None:
        server = self.talk.server

        def send() -> None:
            patiently(lambda: server.upload(path, sha256, kind), self.talk.over, server.patience)

        try:
            send()
        except RefusedError as error:  # what became another file on its way is sent once more
            if error.status == 401:
                raise
            send()


class Sender(Worker):
    """Sends the spool of a job, whose folder the paths in it are relative to."""

    def __init__(self, talk: Talk, spool: Spool, folder: Path) -> None:
        super().__init__("sender", talk)
        self.spool, self.folder = spool, folder
        self.next = 0
        """The place of the next event."""
        self.told: Iterator[Told] = iter(())
        self.held: Told | None = None
        """Which did not fit in the last request."""
        self.uploaded: set[str] = set()

    def work(self) -> bool:
        batch = self.batch()
        if batch:
            self.send(batch)
        return bool(batch)

    def batch(self) -> list[Told]:
        """The next events that fit in a request."""
        batch: list[Told] = []
        room = BATCH_BYTES
        while len(batch) < LIMITS["events"]:
            told = self.held or next(self.told, None)
            self.held = None
            if told is None:
                lines = self.spool.read(2**20)
                if not lines:
                    break
                self.told = (each for line in lines for each in self.expand(line))
                continue
            room -= len(told.text.encode("utf-8", "replace"))
            if room < 0 and batch:
                self.held = told
                break
            batch.append(told)
        return batch

    def expand(self, line: Line) -> Iterator[Told]:
        events = [line.event]
        if line.event["type"] == "rollouts":
            try:
                events = list(rollout_events(line.event["step"], self.folder / line.event["folder"], self.upload_once))
            except FileNotFoundError:  # a run that went on from an earlier step removed what did not happen
                return
        for left in range(len(events) - 1, -1, -1):
            yield Told(line.at, encoded(events[-1 - left]), None if left else line.behind)

    def upload_once(self, path: Path, sha256: str, kind: str) -> None:
        if sha256 not in self.uploaded:
            self.upload(path, sha256, kind)
            self.uploaded.add(sha256)

    def send(self, batch: list[Told]) -> None:
        behind = next((told.behind for told in reversed(batch) if told.behind), None)
        if behind:
            self.spool.sending(behind)
        try:
            patiently(lambda: self.send_once(batch), self.talk.over, self.talk.server.patience)
        except RefusedError as error:
            if error.status == 401:
                raise
            for told in batch if len(batch) > 1 else [refused(batch[0], error)]:
                self.send([told])
            return
        if behind:
            self.spool.acknowledge(behind)

    def send_once(self, batch: list[Told]) -> None:
        numbered = [f'{{"seq":{self.next + n},"at":"{told.at}","event":{told.text}}}' for n, told in enumerate(batch)]
        body = f'{{"events":[{",".join(numbered)}]}}'.encode("utf-8", "replace")
        try:
            self.next = self.talk.server.send_events(self.talk.lease, body)
        except GapError as gap:
            if gap.expected == self.next:
                raise RefusedError(409, "gap", str(gap)) from gap
            # It lost what it had said that it had: what comes now is what it can have.
            self.next = gap.expected
            self.send_once(batch)


@dataclass(frozen=True)
class Told:
    """An event, ready to be sent."""

    at: str
    text: str
    behind: Position | None
    """The place in the spool that is behind it; None where its line has more."""


def encoded(event: Event) -> str:
    return json.dumps(event, ensure_ascii=False)


def refused(told: Told, error: RefusedError) -> Told:
    """What is told in place of an event that is not taken, so that it keeps nothing back."""
    kind = json.loads(told.text)["type"]
    if kind == "notice":
        raise AssertionError(f"the server takes no notice: {error}") from error
    return Told(told.at, encoded(notice(f"{kind} that the server does not take: {error}", "warning")), told.behind)


class Uploader(Worker):
    """Uploads the folders of the outbox, `PURPOSE-STEP`, and puts into the spool that they are there. Of checkpoints the
    last is enough: `watch.py` removes those before it."""

    def __init__(self, talk: Talk, spool: Spool, outbox: Path, store: Store) -> None:
        super().__init__("uploader", talk)
        self.spool, self.outbox, self.store = spool, outbox, store
        for path in outbox.glob("*.sending"):  # by one that was killed
            path.rename(path.with_suffix(""))

    def work(self) -> bool:
        waiting = sorted(path for path in self.outbox.glob("*-*") if path.suffix == "")
        if not waiting:
            return False
        try:
            # Under another name nobody removes it for a later one.
            sending = waiting[0].rename(waiting[0].with_suffix(".sending"))
        except FileNotFoundError:
            return True
        self.send(sending)
        return True

    def send(self, folder: Path) -> None:
        purpose, _, step = folder.stem.partition("-")
        try:
            event = files_event(purpose, int(step), folder, self.upload)
        except RefusedError as error:
            if error.status == 401:
                raise
            event = notice(f"the {purpose} of step {int(step)} could not be sent: {error}", "error")
        self.spool.append(event)
        for file in event.get("files", ()):
            if purpose == "export" or file["path"].startswith("model/"):  # the next job of the chain begins with it
                self.store.keep(folder / file["path"], file["sha256"])
        remove(folder)
