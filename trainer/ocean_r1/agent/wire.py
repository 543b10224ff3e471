"""Lines of the spool as the events that are sent. What they name is uploaded before: pictures, all files of a folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from ocean_r1.agent.protocol import LIMITS, Event, cut, number, numbers
from ocean_r1.agent.store import sha256_of

GROUP_BYTES = 2_000_000
"""Of a group, about: what is longer is cut, so that a few fit in a request."""

Upload = Callable[[Path, str, str], None]
"""A file, its sha256, and what it is: `picture`, `checkpoint`, `predictions`."""


def rollout_events(step: int, folder: Path, upload: Upload) -> Iterator[Event]:
    """All groups of a step that the run wrote to `folder`, each an event. Raises FileNotFoundError where they are gone."""
    lines = [json.loads(line) for line in (folder / "rollouts.jsonl").read_bytes().split(b"\n")[:-1]]
    for first, (_, responses) in enumerate(groupby(lines, key=lambda line: line["group"])):
        group = group_of(list(responses))
        for sha256 in group["images"]:
            upload(folder / sha256, sha256, "picture")
        yield {"type": "rollouts", "step": step, "first": first, "groups": [group]}


def group_of(responses: list[dict[str, Any]]) -> dict[str, Any]:
    one = responses[0]
    told = [response_of(response, LIMITS["outputLength"]) for response in responses]
    if sum(len(json.dumps(each)) for each in told) > GROUP_BYTES:
        told = [response_of(response, GROUP_BYTES // 6 // len(responses)) | {"trace": None} for response in responses]
    return {
        "row": cut(one["row"], 1_000),
        "dataSource": cut(one["data_source"], 200),
        "prompt": [
            {"role": cut(message["role"], 60), "content": cut(message["content"], LIMITS["outputLength"])}
            for message in one["prompt"][:100]
        ],
        "images": one["images"][:100],
        "groundTruth": cut(one["ground_truth"], LIMITS["outputLength"]),
        "responses": told[:1_024],
    }


def response_of(response: dict[str, Any], limit: int) -> dict[str, Any]:
    output = cut(response["output"], limit)
    return {
        "output": output,
        "cut": len(output) < len(response["output"]),
        "tokens": response["tokens"],
        "finished": response["finished"],
        "reward": number(response["reward"]),
        "terms": numbers(response["terms"], 100),
        "failed": {name[:100]: cut(why, 2_000) for name, why in response["failed"].items()},
        "advantage": number(response["advantage"]),
        "trace": trace_of(response.get("trace")),
    }


def trace_of(trace: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
    if trace is None:
        return None
    return [
        {"text": cut(token["text"], 200), "logp": number(token["logp"]), "entropy": number(token["entropy"])}
        for token in trace[:20_000]
    ]


def files_event(purpose: str, step: int, folder: Path, upload: Upload) -> Event:
    """Of all files in a folder but empty ones, which say nothing."""
    kind = "predictions" if purpose == "predictions" else "checkpoint"
    files = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (size := path.stat().st_size):
            sha256 = sha256_of(path)
            upload(path, sha256, kind)
            files.append({"path": path.relative_to(folder).as_posix(), "sha256": sha256, "bytes": size})
    return {"type": "files", "purpose": purpose, "step": step, "files": files}
