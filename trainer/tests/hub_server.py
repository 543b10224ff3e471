"""A server that speaks as the Hugging Face hub does about one dataset, and can be made to break."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """What it has, and what it does wrong."""

    repository: str = "owner/rows"
    files: dict[str, bytes] = field(default_factory=dict)
    lfs: frozenset[str] = frozenset()
    """Of these it knows the sha256; of the others what git calls them."""
    token: str | None = None
    breaks: int = 0
    """So many downloads end half way."""
    sent_otherwise: frozenset[str] = frozenset()
    """Of these it sends other bytes than it lists."""
    address: str = ""
    asked: list[str] = field(default_factory=list)
    """Which files were asked for, from which byte on."""

    def described(self) -> dict[str, object]:
        def sibling(name: str, content: bytes) -> dict[str, object]:
            git = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            lfs = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
            own = {"rfilename": name, "size": len(content), "blobId": git}
            return {**own, "lfs": lfs} if name in self.lfs else own

        return {"id": self.repository, "sha": COMMIT, "siblings": [sibling(*each) for each in self.files.items()]}


@contextmanager
def hub_server(hub: Hub) -> Iterator[Hub]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            return

        def refuse(self, status: int, code: str) -> None:
            self.send_response(status)
            self.send_header("X-Error-Code", code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            if hub.token is not None and self.headers.get("Authorization") != f"Bearer {hub.token}":
                return self.refuse(401, "GatedRepo" if self.headers.get("Authorization") else "RepoNotFound")
            if path.startswith(f"/api/datasets/{hub.repository}"):
                revision = path.partition("/revision/")[2]
                if revision not in ("", "main", COMMIT):
                    return self.refuse(404, "RevisionNotFound")
                return self.answer(json.dumps(hub.described()).encode(), "application/json", "")
            name = path.partition(f"/datasets/{hub.repository}/resolve/{COMMIT}/")[2]
            if name not in hub.files:
                return self.refuse(404, "EntryNotFound" if name else "RepoNotFound")
            content = hub.files[name]
            self.answer(content, "application/octet-stream", name)

        def answer(self, content: bytes, kind: str, name: str) -> None:
            begin = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").partition("-")[0])
            body = content[begin:]
            if name in hub.sent_otherwise:
                body = body[::-1]
            self.send_response(206 if begin else 200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
            self.send_header("X-Repo-Commit", COMMIT)
            if begin:
                self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
            self.end_headers()
            if self.command == "HEAD":
                return
            if name:
                hub.asked.append(f"{name} from {begin}")
            if name and hub.breaks > 0:
                hub.breaks -= 1
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
                return
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    hub.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
