"""Files by their sha256: what jobs begin with is fetched once, and what they made need not be fetched by the next."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Any

from ocean_r1.agent.patience import patiently
from ocean_r1.agent.server import Server
from ocean_r1.files import remove

KEPT_FOR = 7 * 24 * 60 * 60
"""Seconds without use."""


class FetchError(Exception):
    """A file that cannot be had as it was told."""


class Store:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def fetch(self, server: Server, file: dict[str, Any], over: Event) -> Path:
        """Where a file lies, fetched if it is not here: from where it broke off, until it is whole. Raises FetchError,
        RefusedError, GivenUpError and OSError."""
        kept = self.folder / str(file["sha256"])
        if kept.exists():
            os.utime(kept)
            return kept
        partial = kept.with_suffix(".part")
        for _ in range(2):  # what was fetched in pieces, of which one is wrong, is fetched once more from the beginning

            def go_on() -> None:
                with partial.open("ab") as out:
                    while (here := out.tell()) < file["bytes"]:
                        for chunk in server.fetch(file["url"], here):
                            out.write(chunk)

            if file["bytes"]:
                patiently(go_on, over, server.patience)
            else:
                partial.touch()
            if sha256_of(partial) == file["sha256"]:
                partial.replace(kept)
                return kept
            partial.unlink()
        raise FetchError(f"{file['path']}: what the server gives is not the file that it told of, by its sha256")

    def keep(self, path: Path, sha256: str) -> None:
        """A file that is whole and stays as it is, for later jobs."""
        if not (self.folder / sha256).exists():
            with suppress(OSError):  # no room, or a file system without links: then it is fetched
                os.link(path, self.folder / sha256)

    def lay_out(self, server: Server, files: Iterable[dict[str, Any]], target: Path, over: Event) -> None:
        """A folder of files, whole or not there. Raises as `fetch` does."""
        partial = target.with_name(f"{target.name}.partial")
        remove(partial)
        for file in files:
            place = partial / file["path"]
            if not place.resolve().is_relative_to(partial.resolve()):
                raise FetchError(f"{file['path']}: it leaves its folder")
            place.parent.mkdir(parents=True, exist_ok=True)
            link(self.fetch(server, file, over), place)
        remove(target)
        partial.replace(target)


def model_files(files: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of a checkpoint or an export the files of the model's Hugging Face folder, by their paths in it."""
    files = list(files)
    if any(file["path"] == "model/config.json" for file in files):
        own = [file for file in files if file["path"].startswith("model/")]
        return [file | {"path": file["path"].removeprefix("model/")} for file in own]
    return [file for file in files if not file["path"].startswith("onnx/")]


def link(source: Path, target: Path) -> None:
    """The same file under another name: where the file system can, without a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def link_folder(source: Path, target: Path) -> None:
    """A folder of the same files, whole or not there."""
    partial = target.with_name(f"{target.name}.partial")
    remove(partial)
    for path in sorted(source.rglob("*")):
        if path.is_file():
            place = partial / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            link(path, place)
    remove(target)
    partial.replace(target)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def tidy(folder: Path, unless: Callable[[Path], bool] = lambda _: False) -> None:
    """Removes what was not used for long."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.stat().st_mtime < time.time() - KEPT_FOR and not unless(path):
            remove(path)
