"""The observer of a run that an agent started: it puts all that happens where the agent finds it. It lives in the run's
process and only writes a line or links some files, so that training neither waits for a server nor ends with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ocean_r1.agent.protocol import numbers
from ocean_r1.agent.spool import Spool
from ocean_r1.agent.store import link_folder
from ocean_r1.files import remove
from ocean_r1.rollouts import Rollout


class SpoolObserver:
    def __init__(self, spool: Spool, outbox: Path) -> None:
        self.spool = spool
        self.outbox = outbox

    def on_begin(self, step: int, steps: int) -> None:
        self.spool.append({"type": "begin", "step": step, "steps": steps})

    def on_metrics(self, step: int, values: Mapping[str, float]) -> None:
        self.spool.append({"type": "metrics", "step": step, "values": numbers(values)})

    def on_checkpoint(self, step: int, folder: Path) -> None:
        """Links keep its files until they are sent, though the run may remove them before."""
        post(folder, self.outbox, "checkpoint", step)
        for older in sorted(path for path in self.outbox.glob("checkpoint-*") if path.suffix == "")[:-1]:
            with suppress(FileNotFoundError):  # it is being sent
                remove(older)

    def on_rollouts(self, step: int, rollouts: Sequence[Rollout]) -> None:
        """They lie on the disk already."""
        self.spool.append({"type": "rollouts", "step": step, "folder": f"run/rollouts/step-{step:06d}"})

    def wants_stop(self) -> bool:
        return False


def post(folder: Path, outbox: Path, purpose: str, step: int = 0) -> None:
    """Into the outbox, from where the agent uploads it."""
    outbox.mkdir(exist_ok=True)
    link_folder(folder, outbox / f"{purpose}-{step:06d}")
