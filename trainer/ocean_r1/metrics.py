"""What a run writes about itself: metrics under the seed's names, rollouts with their pictures, a line for people."""

from __future__ import annotations

import hashlib
import json
import math
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from time import monotonic, time
from typing import Any, TextIO

from ocean_r1.files import append, keep_lines, make_folder, remove, whole, writing
from ocean_r1.grpo.step import Group

# Words by which a model says that it looks again; counted as responses that have one.
REFLECTION = re.compile(
    r"\b(wait|re-?check|re-?evaluate|re-?examine|re-?think|double[- ]check|let me (?:check|see) again|verify)\b", re.I
)


def spread(name: str, values: Sequence[float]) -> dict[str, float]:
    return {f"{name}/mean": sum(values) / len(values), f"{name}/max": max(values), f"{name}/min": min(values)}


def rollout_metrics(groups: Sequence[Group], max_new_tokens: int) -> dict[str, float]:
    """Scores, lengths and terms of a step's responses."""
    responses = [response for group in groups for response in group.responses]
    scored = [score for group in groups for score in group.scored]
    lengths = [float(len(response.ids)) for response in responses]
    texts = [text for group in groups for text in group.texts]
    metrics = {
        **spread("critic/score", [score.reward for score in scored]),
        **spread("critic/rewards", [reward for group in groups for reward in group.rewards]),
        **spread("response_length", lengths),
        "response_length/clip_ratio": sum(length >= max_new_tokens for length in lengths) / len(lengths),
        **spread("prompt_length", [float(len(group.example.prompt.ids)) for group in groups]),
        "rollout/truncated": sum(not response.finished for response in responses) / len(responses),
        "rollout/equal_groups": sum(group.all_equal for group in groups) / len(groups),
        "rollout/reflection": sum(bool(REFLECTION.search(text)) for text in texts) / len(texts),
        "reward/failed": sum(bool(score.failed) for score in scored) / len(scored),
    }
    for term in scored[0].terms:
        metrics[f"reward/{term}"] = sum(score.terms[term] for score in scored) / len(scored)
    return metrics


class MetricsFile:
    """JSON lines `{"step", "data"}`, as verl's file logger writes them, and TensorBoard's events beside them if they are
    wished for; a run that goes on keeps what there is up to its checkpoint. Raises WriteError."""

    def __init__(self, folder: Path, from_step: int, tensorboard: bool = False) -> None:
        self.path = folder / "metrics.jsonl"
        keep_lines(self.path, lambda line: from_step > 0 and step_of(line) <= from_step)
        for later in (folder / "rollouts").glob("step-*"):
            if not from_step or not later.name[5:].isdigit() or int(later.name[5:]) > from_step:
                with writing(later):
                    remove(later)
        self.board = Board(folder / "tensorboard", from_step) if tensorboard else None

    def write(self, step: int, data: Mapping[str, float]) -> None:
        append(self.path, json.dumps({"step": step, "data": data}) + "\n")
        if self.board is not None:
            self.board.write(step, data)

    def close(self) -> None:
        if self.board is not None:
            self.board.close()


def step_of(line: bytes) -> float:
    """Of a line of `metrics.jsonl`; endless where it is none, as a machine that lost its power may leave it."""
    try:
        return float(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        return math.inf


class Board:
    """TensorBoard's events, written at once: the writer that the library offers has a thread of its own, which dies in
    silence of a full disk and then keeps the run waiting for ever."""

    def __init__(self, folder: Path, from_step: int) -> None:
        from tensorboardX.event_file_writer import EventsWriter
        from tensorboardX.proto.event_pb2 import Event, SessionLog

        make_folder(folder)
        self.folder = folder
        self.event = Event
        with writing(folder):
            self.file = EventsWriter(str(folder / "events"))
            # TensorBoard forgets what an earlier start wrote of later steps.
            start = SessionLog(status=SessionLog.START)
            self.file.write_event(Event(wall_time=time(), step=from_step + 1, session_log=start))
            self.file.flush()

    def write(self, step: int, data: Mapping[str, float]) -> None:
        from tensorboardX.summary import scalar

        with writing(self.folder):
            for name, value in data.items():
                self.file.write_event(self.event(wall_time=time(), step=step, summary=scalar(name, value)))
            self.file.flush()

    def close(self) -> None:
        with writing(self.folder):
            self.file.close()


def write_rollouts(folder: Path, step: int, groups: Sequence[Group], sources: Sequence[Sequence[bytes | Path]]) -> None:
    """`rollouts/step-000010/`: one JSON line a response, pictures beside it by their sha256. Raises WriteError."""
    with whole(folder / f"step-{step:06d}") as target:
        target.mkdir()
        lines = [
            line for group, images in zip(groups, sources, strict=True) for line in rollout_lines(group, images, target)
        ]
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (target / "rollouts.jsonl").write_bytes(text.encode())


def rollout_lines(group: Group, images: Sequence[bytes | Path], target: Path) -> Iterator[dict[str, Any]]:
    """A line for each response of a group, whose pictures are written to the folder."""
    names = []
    for image in images:
        content = image if isinstance(image, bytes) else image.read_bytes()
        names.append(hashlib.sha256(content).hexdigest())
        (target / names[-1]).write_bytes(content)
    for text, response, score, reward in zip(group.texts, group.responses, group.scored, group.rewards, strict=True):
        yield {
            "row": group.example.name,
            "data_source": group.example.row.data_source,
            "prompt": [message.model_dump() for message in group.example.row.prompt],
            "images": names,
            "ground_truth": group.example.ground_truth,
            "output": text,
            "tokens": len(response.ids),
            "finished": response.finished,
            "reward": reward,
            "terms": score.terms,
            "failed": score.failed,
        }


class Bar:
    """A progress bar in a terminal, and lines elsewhere: one each time, or the last and one in so many seconds."""

    def __init__(self, total: int, noun: str = "step", seconds: float = 0, stream: TextIO = sys.stderr) -> None:
        self.total = total
        self.noun = noun
        self.seconds = seconds
        self.stream = stream
        self.shown = monotonic()
        self.open = False

    def show(self, done: int, summary: str) -> None:
        if self.stream.isatty():
            width = round(24 * done / self.total)
            self.stream.write(f"\r\x1b[K[{'█' * width}{'·' * (24 - width)}] {self.noun} {done:,}/{self.total:,}  {summary}")
            self.open = True
            if done == self.total:
                self.end()
        elif done == self.total or monotonic() - self.shown >= self.seconds:
            self.stream.write(f"{self.noun} {done:,}/{self.total:,}  {summary}\n")
            self.shown = monotonic()
        self.stream.flush()

    def end(self) -> None:
        """Before the total, too: what comes next has a line of its own."""
        if self.open:
            self.stream.write("\n")
            self.open = False
