"""What the command `ocean` makes for a job, kept between jobs by what was asked for: rows, samples with their pictures."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ocean_r1
from ocean_r1.config import RecipeError

BLAMED = (2, 3)
"""Exit codes of `ocean` for bad use and bad files: what was asked for cannot be had."""


class OceanError(RuntimeError):
    """It did not do what it was asked for, through no fault of the job's."""


def own_command() -> list[str] | None:
    """`./ocean` of the repository that the trainer lies in; None where it was installed without."""
    path = Path(ocean_r1.__path__[0]).resolve().parents[1] / "ocean"
    return [str(path)] if path.is_file() else None


@dataclass(frozen=True)
class Ocean:
    command: Sequence[str]
    kept: Path
    """The folder of what it made."""

    def rows(self, asked: dict[str, Any]) -> Path:
        """A folder of rows as the protocol's `worldRows` asks for them. Raises RecipeError and OceanError."""
        options = [f"--{name}={asked[name]}" for name in ("split", "count", "seed", "size")]
        options += [f"--task={','.join(asked['tasks'])}"] if asked["tasks"] else []
        options += ["--further"] if asked["further"] else []
        return self.made(["world", *options, "--out", "."])

    def samples(self, benchmark: str, split: str) -> Path:
        """A folder with `samples.jsonl`, and the pictures that it names. Raises RecipeError and OceanError."""
        asked = ["benchmarks", "samples", benchmark, "--split", split, "--json", "--images", "pictures"]
        return self.made(asked, "samples.jsonl")

    def made(self, asked: Sequence[str], out: str | None = None) -> Path:
        """The folder that the command was or is now called in; what it prints goes to the file `out`."""
        key = hashlib.sha256(json.dumps([*self.command, self.version(), *asked]).encode()).hexdigest()[:32]
        folder, making = self.kept / key, self.kept / f"{key}.making"
        if folder.exists():
            os.utime(folder)
            return folder
        making.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            # It is the command's too: one that outlived its agent ends before another begins in the same folder.
            lock = stack.enter_context((self.kept / f"{key}.lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
            prints = stack.enter_context((making / out).open("wb")) if out else None
            with subprocess.Popen(
                [*self.command, *asked],
                cwd=making,
                env=os.environ | {"OCEAN_DATA_DIR": str(self.data_folder())},
                stdin=subprocess.DEVNULL,
                stdout=prints,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                pass_fds=[lock.fileno()],
            ) as process:
                last = ""
                try:
                    for line in process.stderr or ():
                        print(line, end="", file=sys.stderr, flush=True)
                        last = line.strip() or last
                except BaseException:  # this one is stopped, and so is what it started
                    process.terminate()
                    raise
            check(process.returncode, asked, last)
            making.rename(folder)
        return folder

    def version(self) -> str:
        """Another version of the command may make something else of the same words."""
        bundle = Path(self.command[0]).parent / "dist" / "ocean.cjs"
        return hashlib.sha256(bundle.read_bytes()).hexdigest() if bundle.is_file() else ""

    def data_folder(self) -> Path:
        """Where benchmarks are installed: the command's own, wherever it is called."""
        return Path(os.environ.get("OCEAN_DATA_DIR") or Path(self.command[0]).parent / ".data").absolute()


def check(code: int, asked: Sequence[str], last: str) -> None:
    """Raises for what did not end well, with the last words of the command."""
    if code in BLAMED:
        raise RecipeError(f"ocean {asked[0]}: {last.removeprefix('ocean: ')}")
    if code:
        raise OceanError(f"ocean {' '.join(asked)}: it ended with code {code}: {last or 'without a word'}")
