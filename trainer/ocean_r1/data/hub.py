"""Datasets of the Hugging Face hub: fetched at one commit, gone on with where a download ended, each file held to its hash.

The address and the token are the hub's own settings, HF_ENDPOINT and HF_TOKEN.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any

from httpx2 import HTTPError
from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from ocean_r1.data.hashes import hashes_of
from ocean_r1.files import atomic_write, make_folder, nearest_existing, size

RECORD = "fetched.json"
"""In the folder of a dataset: which repository and commit its files are of."""


class FetchError(RuntimeError):
    """What could not be fetched, from where and why. What was fetched before stays, and is gone on with."""


@dataclass(frozen=True)
class HubFile:
    """A file as the hub lists it: large ones have a sha256, small ones the hash that git gives them."""

    name: str
    bytes: int
    sha256: str | None
    git: str

    def is_at(self, path: Path) -> bool:
        if self.sha256 is not None:
            return hashes_of([path])[path] == self.sha256
        content = path.read_bytes()
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest() == self.git


def fetch(repository: str, revision: str | None, patterns: Sequence[str], out: Path) -> Iterator[HubFile]:
    """Brings a dataset's files that fit one of the patterns (all, where there is none) into a folder, and gives each once it
    is there and has its hash. Raises FetchError and WriteError."""
    address = os.environ.get("HF_ENDPOINT")
    commit, files = listed(repository, revision, patterns, address)
    make_folder(out)
    needed = sum(file.bytes for file in files if not (out / file.name).exists())
    if needed > (free := shutil.disk_usage(nearest_existing(out)).free):
        raise FetchError(f"{out}: {size(needed)} are still to come, and {size(free)} are free on that disk")
    for file in files:
        path = out / file.name
        if not (path.exists() and file.is_at(path)):
            path.unlink(missing_ok=True)
            with sentences(f"{file.name} of {repository}", address):
                hf_hub_download(repository, file.name, repo_type="dataset", revision=commit, local_dir=out, endpoint=address)
            if not file.is_at(path):
                path.unlink()
                raise FetchError(f"{file.name} of {repository} came with other bytes than the hub has of it; fetch it again")
        yield file
    with atomic_write(out / RECORD) as partial:
        record = {"repository": repository, "commit": commit, "files": [asdict(file) for file in files]}
        partial.write_text(json.dumps(record, indent=1))


def listed(repository: str, revision: str | None, patterns: Sequence[str], address: str | None) -> tuple[str, list[HubFile]]:
    """The commit that a revision is now, and its files."""
    with sentences(f"{repository}{f' at {revision}' if revision else ''}", address):
        info = HfApi(endpoint=address).dataset_info(repository, revision=revision, files_metadata=True)
    files = [hub_file(each) for each in info.siblings or []]
    wanted = [file for file in files if not patterns or any(fnmatch(file.name, pattern) for pattern in patterns)]
    if not wanted:
        names = ", ".join(file.name for file in files[:20]) or "none"
        raise FetchError(f"{repository} has no file like {' or '.join(patterns) or 'any'}; its files are {names}")
    for file in wanted:
        if ".." in PurePosixPath(file.name).parts or PurePosixPath(file.name).is_absolute():
            raise FetchError(f"{repository} names a file {file.name!r}, which is outside of any folder of its own")
    return str(info.sha), wanted


def hub_file(sibling: Any) -> HubFile:
    return HubFile(sibling.rfilename, sibling.size or 0, sibling.lfs.sha256 if sibling.lfs else None, sibling.blob_id or "")


@contextmanager
def sentences(what: str, address: str | None) -> Iterator[None]:
    """What the hub's library raises becomes a FetchError: what was asked for, and why it did not come."""
    at = address or "huggingface.co"
    try:
        yield
    except GatedRepoError as error:
        raise FetchError(
            f"{what} is to be had on request alone: ask for it at {at}, then set HF_TOKEN to a token of yours"
        ) from error
    except RevisionNotFoundError as error:
        raise FetchError(f"{what}: {at} has no such revision of it") from error
    except RepositoryNotFoundError as error:
        raise FetchError(
            f"{what}: {at} has no such dataset, or none that you may see; HF_TOKEN names who you are"
        ) from error
    except HFValidationError as error:
        raise FetchError(f"{what} is no name of a dataset: it is NAME or OWNER/NAME") from error
    except HfHubHTTPError as error:
        raise FetchError(
            f"{what}: {at} answered {' '.join(str(error).split())[:300]}; what came is kept, start again"
        ) from error
    except (HTTPError, LocalEntryNotFoundError) as error:
        raise FetchError(
            f"{what}: {at} cannot be reached, or broke off ({type(error).__name__}); what came is kept, start again"
        ) from error
