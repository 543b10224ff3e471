"""The server's doors for agents, over HTTP. An agent only dials out, so it may stand behind any wall."""

from __future__ import annotations

import gzip
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from ocean_r1.agent.protocol import PROTOCOL

PART = 8 * 2**20
"""Bytes of a file that are sent at once."""
CHUNK = 2**20


class AwayError(Exception):
    """The server cannot be reached, or cannot answer now: the same request is worth another try."""


class RefusedError(RuntimeError):
    """The server will not have it, and says why; asked again it will say the same."""

    def __init__(self, status: int, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.kind = kind


class LeaseLostError(Exception):
    """The job is not this attempt's any more: what it does ends at once."""


class GapError(Exception):
    """The server has not got all that comes before."""

    def __init__(self, expected: int) -> None:
        super().__init__(f"the server goes on from event {expected}")
        self.expected = expected


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A token is for the server that it was made by, and for nobody that this one points to."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True)
class Lease:
    """By which an attempt writes."""

    job: str
    lease: str
    """The token of this attempt."""


class Server:
    """Every method raises AwayError and RefusedError; those of a lease LeaseLostError."""

    def __init__(self, address: str, token: str, patience: float = 1.0) -> None:
        if urlsplit(address).scheme not in ("http", "https"):
            raise ValueError(f"--server {address}: write it as https://HOST or http://HOST:PORT")
        self.address = address.rstrip("/") + "/"
        self.token = token
        self.patience = patience
        """Seconds before the second try while it is away; the waits grow."""
        self.opener = urllib.request.build_opener(NoRedirect)

    def lease(self, machine: dict[str, Any], held: Lease | None = None) -> dict[str, Any]:
        """Waits for a job for as long as the server does; `job` is null where none came. What an agent that was killed
        held is given back, and is the first to be taken up."""
        request = {"protocol": PROTOCOL, "machine": machine, "held": held and asdict(held)}
        return dict(self.post("api/agent/lease", request, timeout=60))

    def beat(self, lease: Lease) -> dict[str, Any]:
        return dict(self.post(f"api/agent/jobs/{lease.job}/beat", {}, lease))

    def send_events(self, lease: Lease, body: bytes) -> int:
        """The place of the next event. Raises GapError."""
        next_seq: int = self.post(f"api/agent/jobs/{lease.job}/events", body, lease)["nextSeq"]
        return next_seq

    def finish(self, lease: Lease, request: dict[str, Any]) -> None:
        """May be sent again. Raises GapError."""
        self.post(f"api/agent/jobs/{lease.job}/finish", request, lease, timeout=120)

    def upload(self, path: Path, sha256: str, kind: str) -> None:
        """Sends a file in parts, from what the server has of it on. Raises FileNotFoundError where it is gone."""
        size = path.stat().st_size
        address = f"api/agent/blobs/{sha256}"
        with self.open("HEAD", address) as reply:
            offset = int(reply.headers["upload-offset"])
        query = urlencode({"kind": kind, "bytes": size})
        with path.open("rb") as file:
            while True:
                file.seek(offset)
                part = file.read(PART)
                # What the server has all of may not be put in its place yet, if it was killed: an empty part does that.
                with self.open("PATCH", f"{address}?{query}", part, {"upload-offset": str(offset)}) as reply:
                    offset = int(reply.headers["upload-offset"])
                if offset >= size:
                    return

    def fetch(self, url: str, offset: int) -> Iterator[bytes]:
        """A file from its byte `offset` on."""
        try:
            with self.open("GET", url, None, {"range": f"bytes={offset}-"} if offset else {}) as reply:
                if offset and reply.status != 206:
                    raise RefusedError(reply.status, "failed", f"{url}: the server does not go on from byte {offset}")
                while chunk := reply.read(CHUNK):
                    yield chunk
        except (OSError, http.client.HTTPException) as error:
            raise AwayError(said(error)) from error

    def post(self, path: str, content: dict[str, Any] | bytes, lease: Lease | None = None, timeout: float = 30) -> Any:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        headers = {"content-type": "application/json", "content-encoding": "gzip"}
        if lease is not None:
            headers["x-lease"] = lease.lease
        with self.open("POST", path, gzip.compress(body, 3), headers, timeout) as reply:
            try:
                text = reply.read()
                return json.loads(text) if text else None
            except (OSError, ValueError, http.client.HTTPException) as error:
                raise AwayError(f"its answer was no JSON or broke off: {said(error)}") from error

    def open(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None, timeout: float = 30
    ) -> Any:
        url = urljoin(self.address, path)
        if urlsplit(url)[:2] != urlsplit(self.address)[:2]:
            raise RefusedError(400, "refused", f"{url} is not of the server {self.address}, which alone gets the token")
        given = {"authorization": f"Bearer {self.token}", **(headers or {})}
        if body is not None:
            given.setdefault("content-type", "application/octet-stream")
        request = urllib.request.Request(url, body, given, method=method)
        try:
            return self.opener.open(request, timeout=timeout)
        except urllib.error.HTTPError as error:
            raise refusal_of(error) from error
        except (OSError, http.client.HTTPException) as error:
            raise AwayError(said(error)) from error


def said(error: Exception) -> str:
    return str(getattr(error, "reason", error)) or type(error).__name__


def refusal_of(error: urllib.error.HTTPError) -> Exception:
    """What a status other than 200 means."""
    try:
        told = json.loads(error.read())
        kind, sentence, expected = str(told["kind"]), str(told["error"]), told["expected"]
    except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException):
        kind, sentence, expected = "unknown", f"the server answered {error.code} {error.reason}", None
    if error.code >= 500 or error.code in (408, 425, 429):
        return AwayError(sentence)
    if kind == "lease-lost":
        return LeaseLostError(sentence)
    if kind == "gap" and isinstance(expected, int):
        return GapError(expected)
    return RefusedError(error.code, kind, sentence)
