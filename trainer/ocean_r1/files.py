"""What a run writes: each file whole or not at all, and one sentence where it cannot be written."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# Libraries in Rust (safetensors, tokenizers) raise errors of their own, which say the system's number in words.
OF_THE_SYSTEM = re.compile(r"\(os error (\d+)\)")


class WriteError(RuntimeError):
    """What could not be written, where and why. What was there before is as it was."""


@contextmanager
def as_write_error(path: Path, needed: int | None = None) -> Iterator[None]:
    """Whatever the system refuses inside becomes a WriteError about `path`; `needed` is how many bytes it takes."""
    try:
        yield
    except WriteError:
        raise
    except Exception as error:  # of the libraries that write none has a class for this; others pass
        number = system_error(error)
        if number is None:
            raise
        raise WriteError(f"{path} could not be written: {reason(number, path, needed)}") from error


def system_error(error: Exception) -> int | None:
    """The system's number of what went wrong, where it was the system that refused."""
    if isinstance(error, OSError):
        return error.errno
    match = OF_THE_SYSTEM.search(str(error))
    return int(match[1]) if match else None


def reason(number: int, path: Path, needed: int | None) -> str:
    match number:
        case errno.ENOSPC | errno.EDQUOT:
            takes = "" if needed is None else f", and it takes about {size(needed)}"
            # Less than is needed may be free even so: a quota ends before the disk does.
            return f"the disk is full ({size(shutil.disk_usage(nearest_existing(path)).free)} are free{takes})"
        case errno.EFBIG:
            takes = "" if needed is None else f"; it takes about {size(needed)}"
            return f"the system allows no file so large (ulimit -f says how large){takes}"
        case errno.EROFS:
            return "the file system can only be read"
        case errno.EACCES | errno.EPERM:
            return "you have no permission to write there"
        case errno.EISDIR:
            return "a folder of this name is in its way"
        case errno.EEXIST | errno.ENOTDIR:
            return f"{in_the_way(path)} is a file, where a folder has to be"
        case errno.ENOENT:
            return "its folder is gone"
    return os.strerror(number)


def nearest_existing(path: Path) -> Path:
    """The path, or the nearest folder above it that there is."""
    return next(each for each in (path, *path.absolute().parents) if each.exists())


def in_the_way(path: Path) -> Path:
    return next((each for each in (path, *path.parents) if each.is_file()), path)


def make_folder(path: Path) -> None:
    """Raises WriteError."""
    with as_write_error(path):
        path.mkdir(parents=True, exist_ok=True)


@contextmanager
def atomic_write(target: Path, needed: int | None = None) -> Iterator[Path]:
    """Where to write a file or a folder: it takes the place of `target` when the block ends and all of it is on the disk.
    Nothing is left of it where the block does not end well. Raises WriteError."""
    partial = target.with_name(f"{target.name}.partial")
    with as_write_error(target, needed):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            remove(partial)
            yield partial
            for path in [partial, *partial.rglob("*")]:
                sync(path)
            if target.is_dir() and partial.is_dir():
                remove(target)
            partial.replace(target)
            sync(target.parent)
        except BaseException:  # an interrupt too
            with suppress(OSError):
                remove(partial)
            raise


def remove(path: Path) -> None:
    """Removes a file or a folder, if there is one. A folder is renamed first: no half of it ever has its name."""
    if path.is_dir():
        shutil.rmtree(path.rename(path.with_name(f"{path.name}.removed")))
    else:
        path.unlink(missing_ok=True)


def remove_leftovers(folder: Path) -> None:
    """What runs that were killed have left half written, or half removed."""
    for pattern in ("*.partial", "*.removed"):
        for path in folder.glob(pattern):
            remove(path)


def sync(path: Path) -> None:
    """Waits until a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def append(path: Path, text: str) -> None:
    """Adds lines to a file, all of them or none. Raises WriteError."""
    with as_write_error(path), path.open("ab", buffering=0) as file:
        before, rest = file.seek(0, os.SEEK_END), text.encode()
        try:
            while rest:
                rest = rest[file.write(rest) :]
        except OSError:
            with suppress(OSError):  # what happened first is what is told
                file.truncate(before)
            raise


def keep_lines(path: Path, wanted: Callable[[bytes], bool]) -> None:
    """Rewrites a file of lines with those that are wanted; one that was cut off is none. Raises WriteError."""
    with atomic_write(path) as partial:
        lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
        partial.write_bytes(b"".join(line + b"\n" for line in lines if wanted(line)))


def size(count: float) -> str:
    """Bytes for people, `1.23 GB`."""
    for unit in ("B", "KB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:,.1f} TB"
