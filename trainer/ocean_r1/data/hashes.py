"""sha256 of files, remembered between runs: what a run learns from is read once, and not again at every start.

A hash that is remembered holds while a file keeps its size, its inode and both its times. One of these is the time of its
last change, which programs cannot set: a file that was replaced or written into is read again, even where its size and its
time of modification are the old ones. Only on a file system that keeps no such time (FAT, some of the network) can a file
that was written into and set back pass for the old one.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import time_ns
from typing import Any

from ocean_r1.config import cache_folder
from ocean_r1.files import WriteError, atomic_write, size

Stamp = list[int]
SETTLED_NS = 3_000_000_000
"""A file that changed so shortly ago could change once more without another stamp: some clocks go by two seconds."""
LARGE = 1_000_000_000


class ChangedError(ValueError):
    """A file that was written to while it was read."""


def stamp_of(path: Path) -> Stamp:
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]


def settled(stamp: Stamp) -> bool:
    return max(stamp[1], stamp[2]) < time_ns() - SETTLED_NS


def sha256_of(path: Path, stamp: Stamp) -> str:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if stamp_of(path) != stamp:
        raise ChangedError(f"{path} changed while it was read; start again when it is whole")
    return digest


def hashes_of(paths: Iterable[Path]) -> dict[Path, str]:
    """sha256 by path. Raises OSError and ChangedError."""
    by_folder: dict[Path, dict[str, Path]] = {}
    for path in dict.fromkeys(paths):
        by_folder.setdefault(path.absolute().parent, {})[path.name] = path
    return {path: digest for folder, named in by_folder.items() for path, digest in hashes_in(folder, named).items()}


def hashes_in(folder: Path, named: dict[str, Path]) -> dict[Path, str]:
    memory = cache_folder() / "hashes" / f"{hashlib.sha256(str(folder).encode()).hexdigest()[:32]}.json"
    known: dict[str, tuple[Stamp, str]] = read_cache(memory) or {}
    stamps = {name: stamp_of(path) for name, path in named.items()}
    new = [name for name, stamp in stamps.items() if name not in known or known[name][0] != stamp]
    if (reading := sum(stamps[name][0] for name in new)) > LARGE:
        print(f"{folder}: {size(reading)} are read for their hash, which is remembered", file=sys.stderr, flush=True)
    with ThreadPoolExecutor() as pool:
        stable = {name: settled(stamps[name]) for name in new}
        found = dict(zip(new, pool.map(lambda name: sha256_of(named[name], stamps[name]), new), strict=True))
    if any(stable.values()):
        write_cache(memory, known | {name: (stamps[name], found[name]) for name in new if stable[name]})
    return {path: found[name] if name in found else known[name][1] for name, path in named.items()}


def read_cache(path: Path) -> Any:
    """The object that was remembered in a file; None where it cannot be read, which costs time and nothing else."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def write_cache(path: Path, value: object) -> None:
    try:
        with atomic_write(path) as partial:
            partial.write_text(json.dumps(value))
    except WriteError as error:
        print(f"not remembered for the next start: {error}", file=sys.stderr, flush=True)
