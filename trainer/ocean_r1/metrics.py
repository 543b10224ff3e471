"""What a run writes about itself: metrics under the seed's names, rollouts with their pictures, a line for people."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from ocean_r1.grpo.step import Group

if TYPE_CHECKING:
    from tensorboardX import SummaryWriter

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
    wished for; reopened runs go on where the checkpoint stood."""

    def __init__(self, folder: Path, from_step: int, tensorboard: bool = False) -> None:
        path = folder / "metrics.jsonl"
        kept = (
            [line for line in path.read_text().splitlines() if json.loads(line)["step"] <= from_step]
            if path.exists()
            else []
        )
        path.write_text("".join(f"{line}\n" for line in kept))
        self.path = path
        self.board: SummaryWriter | None = None
        if tensorboard:
            from tensorboardX import SummaryWriter

            self.board = SummaryWriter(str(folder / "tensorboard"), purge_step=from_step + 1, flush_secs=10)

    def write(self, step: int, data: Mapping[str, float]) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps({"step": step, "data": data}) + "\n")
        if self.board is not None:
            for name, value in data.items():
                self.board.add_scalar(name, value, step)

    def close(self) -> None:
        if self.board is not None:
            self.board.close()


def write_rollouts(folder: Path, step: int, groups: Sequence[Group], sources: Sequence[Sequence[bytes | Path]]) -> None:
    """`rollouts/step-000010/`: one JSON line a response, pictures beside it by their sha256."""
    target = folder / f"step-{step:06d}"
    target.mkdir(parents=True, exist_ok=True)
    with (target / "rollouts.jsonl").open("w") as file:
        for group, images in zip(groups, sources, strict=True):
            names = []
            for image in images:
                content = image if isinstance(image, bytes) else image.read_bytes()
                names.append(hashlib.sha256(content).hexdigest())
                (target / names[-1]).write_bytes(content)
            for text, response, score, reward in zip(group.texts, group.responses, group.scored, group.rewards, strict=True):
                line = {
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
                file.write(json.dumps(line, ensure_ascii=False) + "\n")


class Bar:
    """A progress bar in a terminal, and a line a step elsewhere."""

    def __init__(self, total: int, stream: TextIO = sys.stderr) -> None:
        self.total = total
        self.stream = stream

    def show(self, step: int, summary: str) -> None:
        if self.stream.isatty():
            done = round(24 * step / self.total)
            self.stream.write(f"\r\x1b[K[{'█' * done}{'·' * (24 - done)}] {step}/{self.total}  {summary}")
            if step == self.total:
                self.stream.write("\n")
        else:
            self.stream.write(f"step {step}/{self.total}  {summary}\n")
        self.stream.flush()
