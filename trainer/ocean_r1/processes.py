"""Signals: what of them a run hears, and the processes that it starts for itself do not."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from types import FrameType

STOPS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def signals_blocked(*signals: signal.Signals) -> Iterator[None]:
    """Processes that start inside do not hear these signals, which a terminal (Ctrl-C) or a service manager sends to all:
    they are for the run, which ends its processes itself."""
    resource_tracker.ensure_running()  # as it starts it would let the signals through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def stop_signals() -> Iterator[list[int]]:
    """SIGINT and SIGTERM inside are added to the list in place of ending the process; a second one does what it did
    before. What is ignored stays so: a shell lets what it starts in the background not hear Ctrl-C."""
    received: list[int] = []
    before = {number: signal.getsignal(number) for number in STOPS if signal.getsignal(number) != signal.SIG_IGN}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def receive(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        restore()
        with suppress(OSError):  # not by print, which the signal may have come into the middle of
            os.write(2, b"\nthis step is ended and saved first; a second signal ends the run at once\n")

    for number in before:
        signal.signal(number, receive)
    try:
        yield received
    finally:
        restore()


class Stopped(Exception):  # noqa: N818, it is no error
    """The run ended before its last step because somebody asked for it. All that it did is saved."""

    def __init__(self, step: int, number: int) -> None:
        where = f"after step {step}, which is saved" if step else "before the first step"
        super().__init__(f"stopped {where}; the same command goes on from there")
        self.signal = number
