"""What the machine is, and how it is. Cards are asked by NVML, where its package (`nvidia-ml-py`) and a driver are."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tomllib
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ocean_r1.agent.protocol import Event


@cache
def nvml() -> Any:
    """The library, ready; None where there is none."""
    try:
        import pynvml  # its package is an extra

        pynvml.nvmlInit()
    except Exception:  # no package, no driver, no rights: whatever it is, there are no cards to ask
        return None
    return pynvml


def cards() -> list[Any]:
    library = nvml()
    return [library.nvmlDeviceGetHandleByIndex(index) for index in range(library.nvmlDeviceGetCount())] if library else []


def text(value: str | bytes) -> str:
    return (value.decode("utf-8", "replace") if isinstance(value, bytes) else value)[:200]


def describe(work: Path) -> dict[str, Any]:
    library = nvml()
    return {
        "host": platform.node()[:200],
        "system": platform.platform()[:200],
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 0,
        "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "diskFree": shutil.disk_usage(work).free,
        "cards": [
            {"name": text(library.nvmlDeviceGetName(card)), "memory": int(library.nvmlDeviceGetMemoryInfo(card).total)}
            for card in cards()[:64]
        ],
        "versions": versions(),
    }


@cache
def versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    with suppress(OSError):  # of the sources it is run from, or of the package
        found["trainer"] = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]["version"]
    for name, package in {"torch": "torch", "trainer": "ocean-r1"}.items():
        with suppress(PackageNotFoundError):
            found.setdefault(name, version(package))
    if (library := nvml()) is not None:
        found["driver"] = text(library.nvmlSystemGetDriverVersion())
    with suppress(OSError, subprocess.SubprocessError):
        asked = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short=12", "HEAD"]
        found["commit"] = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    return found


class Gauge:
    """How the machine is, from one look to the next."""

    def __init__(self, group: int) -> None:
        self.group = group
        """Of processes, whose memory is told."""
        self.before = processor_times()

    def read(self) -> Event:
        """Percent of all cores since the last look; bytes that the job's processes have in memory."""
        times, before = processor_times(), self.before
        self.before = times
        cpu = None
        if times and before and times[1] > before[1]:
            cpu = round(100 * (times[0] - before[0]) / (times[1] - before[1]), 1)
        return {"type": "machine", "cpu": cpu, "memory": memory_of(self.group), "cards": card_uses()}


def card_uses() -> list[dict[str, float]]:
    library = nvml()
    uses = []
    for card in cards()[:64]:
        with suppress(library.NVMLError):  # a card that is busy failing does not say how it is
            use = float(library.nvmlDeviceGetUtilizationRates(card).gpu)
            uses.append({"use": use, "memory": int(library.nvmlDeviceGetMemoryInfo(card).used)})
    return uses


def processor_times() -> tuple[int, int] | None:
    """Ticks that all cores were busy, and all ticks; None where the system does not say (it is no Linux)."""
    try:
        ticks = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    except OSError:
        return None
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)


def stat_of(process: int | str) -> list[str]:
    """The fields of `/proc/PID/stat` behind the name: state, parent, group, … Raises OSError."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def memory_of(group: int) -> int | None:
    """Bytes of a group of processes; None where the system does not say."""
    if not Path("/proc/stat").exists():
        return None
    pages = 0
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with suppress(OSError, IndexError):  # it may be gone by now
                fields = stat_of(entry)
                pages += int(fields[21]) if int(fields[2]) == group else 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def birth_of(process: int) -> str | None:
    """When a process began, as the system tells it: with its number it means one process for ever. None where none is."""
    if Path("/proc/stat").exists():
        try:
            fields = stat_of(process)
        except OSError:
            return None
        return None if fields[0] == "Z" else fields[19]
    asked = subprocess.run(["ps", "-o", "lstart=", "-p", str(process)], capture_output=True, text=True, check=False)
    return asked.stdout.strip() or None
