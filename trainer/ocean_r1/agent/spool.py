"""What a job has to tell and has not told yet: JSON lines on the disk, in the order in which it happened.

The run writes them and the agent, each line at once and under a lock; the agent sends them. They lie in segments: what was
sent is removed with its segment. A line is `{"at", "event"}`; of rollouts the event names the folder that the run wrote.
Where much waits because the server is away, lines of the log and states of the machine are dropped, and a notice in their
place says how many; all else stays.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from ocean_r1.agent.protocol import Event, notice, now
from ocean_r1.files import atomic_write

SEGMENT = 16 * 2**20
LIMIT = 2 * 10**9
"""Bytes that may wait before lines of the log are dropped."""
DROPPED = {"log": "lines of the log", "machine": "states of the machine"}


class Position(NamedTuple):
    segment: int
    offset: int


@dataclass(frozen=True)
class Line:
    at: str
    event: Event
    behind: Position
    """The place behind it."""


class Spool:
    """Several processes may append; one reads, and tells what the server has."""

    def __init__(self, folder: Path, segment: int = SEGMENT, limit: int = LIMIT) -> None:
        self.folder = folder
        self.segment = segment
        self.limit = limit
        folder.mkdir(parents=True, exist_ok=True)
        state = self.state()
        self.at = Position(*state.get("acknowledged", (0, 0)))
        """Up to here it was read."""
        self.doubtful = Position(*state.get("sending", (0, 0)))
        """Up to here it was sent by a process that did not live to hear that it arrived."""
        self.slim: set[Path] = set()

    def state(self) -> dict[str, Any]:
        path = self.folder / "sent.json"
        return dict(json.loads(path.read_text())) if path.exists() else {}

    def segments(self) -> list[Path]:
        return [self.folder / name for name in sorted(os.listdir(self.folder)) if name.endswith(".jsonl")]

    def path_of(self, segment: int) -> Path:
        return self.folder / f"{segment:08d}.jsonl"

    @contextmanager
    def locked(self) -> Iterator[None]:
        lock = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def append(self, event: Event) -> None:
        """Raises OSError."""
        line = json.dumps({"at": now(), "event": event}, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        with self.locked():
            own = self.segments()
            last = own[-1] if own else self.path_of(self.at.segment)
            if last.exists() and last.stat().st_size >= self.segment:
                last = self.path_of(int(last.stem) + 1)
            with last.open("ab+", buffering=0) as file:
                end = file.seek(0, 2)
                if end:
                    file.seek(end - 1)
                    # Who was killed in the middle of a line leaves half of one: it is none.
                    if file.read(1) != b"\n":
                        line = b"\n" + line
                file.write(line)

    def read(self, most: int) -> list[Line]:
        """The next lines, up to so many bytes of them and at least one if there is one."""
        with self.locked():
            while True:
                before = self.at
                lines = self.read_segment(most)
                if lines:
                    return lines
                if self.at == before:  # and not only over lines that are none
                    if not self.path_of(self.at.segment + 1).exists():
                        return []
                    self.at = Position(self.at.segment + 1, 0)

    def read_segment(self, most: int) -> list[Line]:
        path = self.path_of(self.at.segment)
        if not path.exists():
            return []
        with path.open("rb") as file:
            file.seek(self.at.offset)
            content = file.read(most)
            if b"\n" not in content:
                content += file.readline()
        lines = []
        for raw in content.split(b"\n")[:-1]:
            self.at = Position(self.at.segment, self.at.offset + len(raw) + 1)
            try:
                told = json.loads(raw)
            except ValueError:
                continue  # half of a line
            unsure = self.at <= self.doubtful and told["event"]["type"] in ("log", "notice", "machine")
            if not unsure:  # these alone would be there twice; all else the server takes for what it has
                lines.append(Line(told["at"], told["event"], self.at))
        return lines

    def sending(self, behind: Position) -> None:
        self.save({**self.state(), "sending": behind})

    def acknowledge(self, behind: Position) -> None:
        """The server has all up to here."""
        self.save({"acknowledged": behind, "sending": behind})
        for path in self.segments():
            if int(path.stem) < behind.segment:
                path.unlink()

    def save(self, state: dict[str, Any]) -> None:
        path = self.folder / "sent.json"
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(state))
        partial.replace(path)

    def shrink(self) -> None:
        """Drops what may be dropped, oldest first, where more waits than may."""
        own = self.segments()
        if sum(path.stat().st_size for path in own) <= self.limit:
            return
        with self.locked():
            waiting = [path for path in self.segments()[:-1] if int(path.stem) > self.at.segment]
            for path in waiting:
                if path not in self.slim:
                    self.slim.add(path)
                    slim_down(path)
                if sum(each.stat().st_size for each in self.segments()) <= self.limit:
                    return


def slim_down(path: Path) -> None:
    dropped: Counter[str] = Counter()
    kept = []
    for raw in path.read_bytes().split(b"\n")[:-1]:
        try:
            event = json.loads(raw)["event"]
        except ValueError:
            continue
        if event["type"] in DROPPED:
            dropped[event["type"]] += len(event.get("lines", [0]))
        else:
            kept.append(raw + b"\n")
    if dropped:
        what = " and ".join(f"{count:,} {DROPPED[kind]}" for kind, count in sorted(dropped.items()))
        told = {"at": now(), "event": notice(f"{what} were dropped here: the server was away for too long", "warning")}
        kept.insert(0, json.dumps(told).encode() + b"\n")
    with atomic_write(path) as partial:
        partial.write_bytes(b"".join(kept))
