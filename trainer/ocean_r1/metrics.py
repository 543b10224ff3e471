"""The metrics file of a run, and TensorBoard's events beside it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from time import time

from ocean_r1.files import append, as_write_error, keep_lines, make_folder, remove


class MetricsFile:
    """JSON lines `{"step", "data"}`, as verl's file logger writes them, and TensorBoard's events beside them if they are
    wished for; a run that goes on keeps what there is up to its checkpoint. Raises WriteError."""

    def __init__(self, folder: Path, from_step: int, tensorboard: bool = False) -> None:
        self.path = folder / "metrics.jsonl"
        keep_lines(self.path, lambda line: from_step > 0 and step_of(line) <= from_step)
        for later in (folder / "rollouts").glob("step-*"):
            if not from_step or not later.name[5:].isdigit() or int(later.name[5:]) > from_step:
                with as_write_error(later):
                    remove(later)
        self.board = TensorBoardWriter(folder / "tensorboard", from_step) if tensorboard else None

    def write(self, step: int, data: Mapping[str, float]) -> None:
        append(self.path, json.dumps({"step": step, "data": data}) + "\n")
        if self.board is not None:
            self.board.write(step, data)

    def close(self) -> None:
        if self.board is not None:
            self.board.close()


def step_of(line: bytes) -> float:
    """Of a line of `metrics.jsonl`; endless where it is none, as a machine that lost its power may leave it."""
    try:
        return float(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        return math.inf


class TensorBoardWriter:
    """TensorBoard's events, written at once: the writer that the library offers has a thread of its own, which dies in
    silence of a full disk and then keeps the run waiting for ever."""

    def __init__(self, folder: Path, from_step: int) -> None:
        from tensorboardX.event_file_writer import EventsWriter
        from tensorboardX.proto.event_pb2 import Event, SessionLog

        make_folder(folder)
        self.folder = folder
        self.event = Event
        with as_write_error(folder):
            self.file = EventsWriter(str(folder / "events"))
            # TensorBoard forgets what an earlier start wrote of later steps.
            start = SessionLog(status=SessionLog.START)
            self.file.write_event(Event(wall_time=time(), step=from_step + 1, session_log=start))
            self.file.flush()

    def write(self, step: int, data: Mapping[str, float]) -> None:
        from tensorboardX.summary import scalar

        with as_write_error(self.folder):
            for name, value in data.items():
                self.file.write_event(self.event(wall_time=time(), step=step, summary=scalar(name, value)))
            self.file.flush()

    def close(self) -> None:
        with as_write_error(self.folder):
            self.file.close()
