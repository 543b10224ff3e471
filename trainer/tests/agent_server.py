"""A server as agents see it: it holds what it is told to the protocol's schema, keeps it, and fails when a test says so."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import fastjsonschema

from ocean_r1.agent.protocol import LIMITS, SCHEMA

CHECKS = {
    name: fastjsonschema.compile({key: value for key, value in schema.items() if key != "$schema"})
    for name, schema in SCHEMA["schemas"].items()
}
TOKEN = "ocean-agent-test"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class AgentServer:
    """One job. `fault` is asked about each request, `(method, path)`: None for none, a status, `drop` for a connection
    that breaks before anything is done, `unheard` for one that breaks when all is done, `half` for one amid a part, or
    before anything is done."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.parts: dict[str, bytes] = {}
        self.job: dict[str, Any] | None = None
        self.attempt = 0
        self.running = False
        self.ended = 0
        """The attempt whose end was taken last: sent again, it says the same."""
        self.cancel = False
        self.next = 0
        self.told: list[tuple[int, int, dict[str, Any]]] = []
        self.metrics: dict[int, dict[str, Any]] = {}
        self.rollouts: dict[tuple[int, int], dict[str, Any]] = {}
        self.files: dict[str, dict[str, Any]] = {}
        self.outcomes: list[dict[str, Any]] = []
        self.beats = 0
        self.requests: list[str] = []
        self.held: list[dict[str, Any] | None] = []
        """What those who asked for a job were at before."""
        self.refused: list[str] = []
        """What asked under a lease that is over."""
        self.problems: list[str] = []
        self.fault: Callable[[str, str], str | int | None] = lambda method, path: None
        self.lock = threading.RLock()
        self.heard = threading.Condition(self.lock)

    # What a test does.

    def offer(self, spec: dict[str, Any], start: dict[str, Any]) -> None:
        self.job = {"id": "job-1", "name": "Toy", "spec": spec, "start": start}

    def file(self, path: str, content: bytes) -> dict[str, Any]:
        name = sha256(content)
        self.blobs[name] = content
        return {"path": path, "sha256": name, "bytes": len(content), "url": f"/api/agent/blobs/{name}"}

    def folder(self, folder: Path) -> dict[str, Any]:
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        return {
            "kind": "files",
            "files": [self.file(path.relative_to(folder).as_posix(), path.read_bytes()) for path in files],
        }

    def until(self, true: Callable[[AgentServer], Any]) -> None:
        """Waits until what was told makes it so."""
        with self.heard:
            assert self.heard.wait_for(lambda: true(self), timeout=60), "it did not come to that"

    def events(self, kind: str) -> list[dict[str, Any]]:
        return [event for _, _, event in self.told if event["type"] == kind]

    @property
    def lines(self) -> list[str]:
        return [line for event in self.events("log") for line in event["lines"]]

    def checkpoint(self) -> dict[str, bytes]:
        """The files of the last one that was sent."""
        return {file["path"]: self.blobs[file["sha256"]] for file in self.files["checkpoint"]["files"]}

    def lose_lease(self) -> None:
        with self.lock:
            self.running = False
            self.attempt += 100

    # What an agent asks.

    def lease(self, held: dict[str, Any] | None) -> dict[str, Any]:
        self.held.append(held)
        if held == {"job": "job-1", "lease": f"lease-{self.attempt}"}:
            self.running = False
        if self.job is None or self.running:
            return {"job": None, "beatEvery": 0.1, "leaseFor": 45}
        self.attempt += 1
        self.running, self.next = True, 0
        sent = self.files.get("checkpoint")
        resume = sent and {"step": sent["step"], "files": [self.remote(file) for file in sent["files"]]}
        job = {**self.job, "attempt": self.attempt, "lease": f"lease-{self.attempt}", "resume": resume}
        return {"job": job, "beatEvery": 0.1, "leaseFor": 45}

    def remote(self, file: dict[str, Any]) -> dict[str, Any]:
        return {**file, "url": f"/api/agent/blobs/{file['sha256']}"}

    def take(self, events: list[dict[str, Any]]) -> dict[str, Any] | tuple[int, dict[str, Any]]:
        fresh = [each for each in events if each["seq"] >= self.next]
        if [each["seq"] for each in fresh] != list(range(self.next, self.next + len(fresh))):
            return 409, {"error": "a gap", "kind": "gap", "expected": self.next}
        for each in fresh:
            for file in each["event"].get("files", ()):
                if len(self.blobs.get(file["sha256"], b"")) != file["bytes"]:
                    return 400, {"error": f"{file['path']} is not here", "kind": "refused", "expected": None}
            for group in each["event"].get("groups", ()):
                if any(image not in self.blobs for image in group["images"]):
                    return 400, {"error": "a picture is not here", "kind": "refused", "expected": None}
        for each in fresh:
            self.write(each["event"])
            self.told.append((self.attempt, each["seq"], each["event"]))
        self.next += len(fresh)
        return {"nextSeq": self.next}

    def write(self, event: dict[str, Any]) -> None:
        match event["type"]:
            case "begin":
                later = event["step"] or -1
                self.metrics = {step: values for step, values in self.metrics.items() if step <= later}
                self.rollouts = {key: group for key, group in self.rollouts.items() if key[0] <= later}
            case "metrics":
                self.metrics[event["step"]] = event["values"]
            case "rollouts":
                for place, group in enumerate(event["groups"]):
                    self.rollouts[event["step"], event["first"] + place] = group
            case "files":
                self.files[event["purpose"]] = event

    def end(self, request: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        if request["events"] != self.next:
            return 409, {"error": "a gap", "kind": "gap", "expected": self.next}
        if request["outcome"]["kind"] == "succeeded" and not self.files:
            return 400, {"error": "The job has not sent its checkpoint.", "kind": "refused", "expected": None}
        self.outcomes.append(request["outcome"])
        self.running, self.ended = False, self.attempt
        if request["outcome"]["kind"] != "lost":
            self.job = None
        return None


def handler_of(server: AgentServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def answer(self, status: int, content: Any = None, headers: dict[str, str] | None = None) -> None:
            body = b"" if content is None else content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            for name, value in {"content-length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def handle_request(self) -> None:
            fault = server.fault(self.command, self.path)
            if fault == "drop" or (fault == "half" and self.command != "PATCH"):
                self.close_connection = True
                return
            length = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(length // 2 if fault == "half" else length)
            if isinstance(fault, int):
                self.answer(fault, {"error": "a fault", "kind": "failed", "expected": None})
                return
            with server.heard:
                server.requests.append(f"{self.command} {self.path}")
                reply = self.reply(urlsplit(self.path).path, body)
                server.heard.notify_all()
            if fault in ("unheard", "half"):
                self.close_connection = True
                return
            self.answer(*reply)

        def reply(self, path: str, body: bytes) -> tuple[Any, ...]:
            if self.headers["authorization"] != f"Bearer {TOKEN}":
                return 401, {"error": "This is no agent's token.", "kind": "not-signed-in", "expected": None}
            if path.startswith("/api/agent/blobs/"):
                return self.blob(path.rpartition("/")[2], body)
            content = json.loads(gzip.decompress(body))
            if len(gzip.decompress(body)) > LIMITS["requestBytes"]:
                server.problems.append("a request is too large")
            action = path.rpartition("/")[2]
            self.check(f"{action}_request", content)
            if action == "lease":
                return 200, self.check("lease_reply", server.lease(content["held"]))
            if action == "finish" and self.headers["x-lease"] == f"lease-{server.ended}":
                return (204,)
            if not server.running or self.headers["x-lease"] != f"lease-{server.attempt}":
                server.refused.append(action)
                return 409, {"error": "It is another attempt's.", "kind": "lease-lost", "expected": None}
            if action == "beat":
                server.beats += 1
                return 200, {"cancel": server.cancel, "nextSeq": server.next}
            result = server.take(content["events"]) if action == "events" else server.end(content)
            if isinstance(result, tuple):
                return result
            return (204,) if result is None else (200, result)

        def check(self, schema: str, content: Any) -> Any:
            if schema in CHECKS:
                try:
                    CHECKS[schema](content)
                except fastjsonschema.JsonSchemaException as error:
                    server.problems.append(f"{schema}: {error}")
            return content

        def blob(self, name: str, body: bytes) -> tuple[Any, ...]:
            here = server.blobs.get(name, server.parts.get(name, b""))
            if self.command == "GET":
                start = int((self.headers["range"] or "bytes=0-")[6:-1])
                return 206 if start else 200, server.blobs[name][start:]
            if self.command == "PATCH" and name not in server.blobs:
                if int(self.headers["upload-offset"]) != len(here):
                    return 409, {"error": "go on from another byte", "kind": "conflict", "expected": None}
                here += body
                server.parts[name] = here
                if len(here) == int(parse_qs(urlsplit(self.path).query)["bytes"][0]):
                    assert sha256(server.parts.pop(name)) == name
                    server.blobs[name] = here
            return 204, None, {"upload-offset": str(len(here))}

        do_GET = do_HEAD = do_POST = do_PATCH = handle_request  # noqa: N815

    return Handler


@contextmanager
def serving(server: AgentServer) -> Iterator[str]:
    """Its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler_of(server)) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{http.server_address[1]}"
        finally:
            http.shutdown()
            thread.join()
    assert server.problems == []
