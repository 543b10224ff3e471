"""Processes of jobs: started, ended, and found again by an agent that was killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from ocean_r1.agent.machine import birth_of
from ocean_r1.files import atomic_write

CHILD = "child.json"
COMMAND = ["-m", "ocean_r1.agent.child"]


def write_json(path: Path, content: Any, mode: int = 0o644) -> None:
    with atomic_write(path) as partial:
        partial.touch(mode)
        partial.write_text(json.dumps(content))


def record(folder: Path) -> None:
    """Called by a job's process, so that it is found again."""
    write_json(folder / CHILD, {"process": os.getpid(), "birth": birth_of(os.getpid())})


def start(folder: Path) -> subprocess.Popen[bytes]:
    """A job's process, in a group of its own: what a terminal sends to the agent is not for it."""
    return subprocess.Popen(
        [sys.executable, "-u", *COMMAND],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def kill(group: int) -> None:
    """All of a group, at once."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def end_orphan(folder: Path) -> int | None:
    """Ends the process that an agent which was killed left at work in a job's folder; its number, if there was one."""
    path = folder / CHILD
    if not path.exists():
        return None
    told = json.loads(path.read_text())
    path.unlink()
    if told["birth"] is None or birth_of(told["process"]) != told["birth"]:
        return None
    kill(told["process"])
    while birth_of(told["process"]) == told["birth"]:
        time.sleep(0.05)
    return int(told["process"])
