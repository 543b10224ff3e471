"""What a job's process prints, as lines of its log."""

from __future__ import annotations

import os
import select
from threading import Thread
from time import monotonic

from ocean_r1.agent.protocol import LIMITS, logged
from ocean_r1.agent.spool import Spool

AT_ONCE = 100
"""Lines of one event."""
SECONDS = 0.5
"""For how long a line waits for others."""


class Lines:
    """Bytes as they come, as whole lines; of one that has no end only so much is kept as may be told."""

    def __init__(self) -> None:
        self.open = b""
        self.left_out = 0

    def feed(self, data: bytes) -> list[str]:
        *whole, rest = data.replace(b"\r", b"\n").split(b"\n")
        lines = []
        for part in whole:
            self.add(part)
            lines += self.end()
        self.add(rest)
        return lines

    def add(self, part: bytes) -> None:
        room = max(0, 4 * LIMITS["lineLength"] - len(self.open))  # UTF-8 has at most four bytes a character
        self.open += part[:room]
        self.left_out += len(part[room:])

    def end(self) -> list[str]:
        line = self.open.decode("utf-8", "replace")
        if self.left_out:
            line = f"{line[: LIMITS['lineLength'] // 2]} … (cut: {self.left_out:,} bytes more)"
        self.open, self.left_out = b"", 0
        return [line] if line.strip() else []


class LogPump(Thread):
    """Reads to the end of a pipe, whatever comes: a process whose output nobody reads stands still."""

    def __init__(self, pipe: int, spool: Spool) -> None:
        super().__init__(name="log", daemon=True)
        self.pipe = pipe
        self.spool = spool
        self.failure: OSError | None = None

    def run(self) -> None:
        lines, waiting, since = Lines(), list[str](), 0.0
        while True:
            left = SECONDS - (monotonic() - since) if waiting else None
            ready = left is None or (left > 0 and select.select([self.pipe], [], [], left)[0])
            data = os.read(self.pipe, 2**16) if ready else None
            if data:
                since = since if waiting else monotonic()
                waiting += lines.feed(data)
            if data == b"":
                waiting += lines.end()
            while waiting and (not data or len(waiting) >= AT_ONCE):
                self.tell(waiting[:AT_ONCE])
                del waiting[:AT_ONCE]
            if data == b"":
                return

    def tell(self, lines: list[str]) -> None:
        try:
            self.spool.append(logged(lines))
            self.spool.shrink()
        except OSError as error:  # a full disk, which ends the run by itself: its output is read on
            self.failure = error
