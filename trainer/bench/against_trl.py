"""A GRPO step by us and by TRL's GRPOTrainer: same weights, rows and settings, step by step in turn.

    python bench/against_trl.py --rows ../rows/train
    python bench/against_trl.py --rows ../rows/train --size 100m --prompts 2 --group 8 --new-tokens 32

TRL is installed once, in an environment of its own under the user's cache. Each side is a process of its own, so that its
peak of memory is its own. Afterwards both compute the loss of the same responses, of unequal lengths, under a policy that
differs from the reference. Ends with an error where the losses differ by more than 1e-4.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tomllib
import venv
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

HERE = Path(__file__).parent
TRAINER = HERE.parent
TRL, TORCHVISION = "1.16.0", "0.29.1"
TOLERANCE = 1e-4


def trl_pins() -> list[str]:
    """TRL, with the torch and the transformers that the trainer is pinned to."""
    pins = tomllib.loads((TRAINER / "pyproject.toml").read_text())["project"]["dependencies"]
    same = [pin for pin in pins if pin.split("==")[0] in ("torch", "transformers", "pillow", "numpy", "pyarrow")]
    return [f"trl=={TRL}", f"torchvision=={TORCHVISION}", *same]


def trl_folder() -> Path:
    """Of TRL's environment; it has a file `complete` once it is."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ocean-r1"
    versions = "-".join(pin.replace("==", "-") for pin in trl_pins())
    return cache / f"{versions}-python-{sys.version_info.major}.{sys.version_info.minor}"


def trl_python() -> Path:
    """The interpreter of TRL's environment."""
    wanted, folder = trl_pins(), trl_folder()
    python, complete = folder / "bin" / "python", folder / "complete"
    if not complete.exists():
        print(f"installing {', '.join(wanted)} in {folder}", flush=True)
        venv.create(folder, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
        complete.touch()
    return python


SIZES: dict[str, dict[str, dict[str, Any]]] = {
    "nano": {"text": {}, "vision": {}},
    "100m": {
        "text": {
            "hidden_size": 768,
            "intermediate_size": 2304,
            "num_hidden_layers": 14,
            "num_attention_heads": 12,
            "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [8, 12, 12]},
        },
        "vision": {
            "depth": 8,
            "hidden_size": 384,
            "intermediate_size": 1024,
            "num_heads": 6,
            "fullatt_block_indexes": list(range(8)),
        },
    },
}
"""How they differ from Nano."""


def make_models(folder: Path, rows: Path, larger: dict[str, dict[str, Any]]) -> dict[str, str]:
    """A model with random weights, and a second set a little way from the first."""
    import torch

    from ocean_r1.data.rows import texts_of
    from ocean_r1.models.config import ModelConfig
    from ocean_r1.models.families import build_model
    from ocean_r1.models.model import initialise
    from ocean_r1.models.new import new_model
    from ocean_r1.models.weights import save_weights

    shape = tomllib.loads((TRAINER / "recipes" / "nano-shape.toml").read_text())
    shape |= {part: {**shape[part], **own} for part, own in larger.items()}
    draw = torch.Generator().manual_seed(1)
    for name in ("model", "moved"):
        new_model(folder / name, texts_of(rows), shape)
    model = build_model(ModelConfig.from_folder(folder / "model"))
    initialise(model, draw)
    save_weights(model, folder / "model")
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=draw), alpha=0.002)
    save_weights(model, folder / "moved")
    return {"model": str(folder / "model"), "moved": str(folder / "moved"), "pixels": shape["pixels"] ** 2}


class Side:
    """One of the two, in its own process."""

    def __init__(self, python: Path, script: str, given: Mapping[str, Any], folder: Path) -> None:
        self.log = folder / f"{script}.log"
        environment = {
            **os.environ,
            "OMP_NUM_THREADS": str(given["threads"]),
            "OMP_WAIT_POLICY": "passive",
            "HF_HUB_OFFLINE": "1",
            "PYTHONPATH": str(TRAINER),
        }
        command = [python, HERE / script, json.dumps(given)]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, env=environment
            )
        self._hear()

    def ask(self, **request: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        print(json.dumps(request), file=self.process.stdin, flush=True)
        return self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.log.name}:\n{self.log.read_text()[-4000:]}")
        heard: dict[str, Any] = json.loads(line)
        return heard

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=Path, required=True, help="a parquet file of rows with one picture, or its folder")
    parser.add_argument("--size", choices=SIZES, default="nano")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--steps", type=int, default=5, help="timed steps of each, after one that is not")
    parser.add_argument("--prompts", type=int, default=8)
    parser.add_argument("--group", type=int, default=16)
    parser.add_argument("--new-tokens", type=int, default=64)
    parser.add_argument("--micro-batch", type=int, help="TRL's per_device_train_batch_size; by default a step in one batch")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()

    rows = options.rows if options.rows.is_file() else sorted(options.rows.glob("*.parquet"))[0]
    python = trl_python()
    with TemporaryDirectory() as name:
        given: dict[str, Any] = {
            "rows": str(rows.resolve()),
            "prompts": options.prompts,
            "group": options.group,
            "new_tokens": options.new_tokens,
            "micro_batch": options.micro_batch or options.prompts * options.group,
            "steps": options.steps + 2,
            "threads": options.threads,
            "lr": 1e-6,
            "device": options.device,
            **make_models(Path(name), rows, SIZES[options.size]),
        }
        sides: dict[str, Side] = {}
        try:
            sides["ours"] = Side(Path(sys.executable), "side_ours.py", given, Path(name))
            sides["TRL"] = Side(python, "side_trl.py", given, Path(name))
            times = timed(sides, options.steps)
            ours = sides["ours"].ask(do="compare")
            theirs = sides["TRL"].ask(do="compare", responses=ours["responses"])
        finally:
            for side in sides.values():
                side.end()
    report(times)
    judge(ours, theirs)


def timed(sides: Mapping[str, Side], steps: int) -> dict[str, list[dict[str, float]]]:
    answers: dict[str, list[dict[str, float]]] = {name: [] for name in sides}
    for step in range(steps + 1):
        for name, side in sides.items():
            answers[name].append(side.ask(do="step", step=step))
            print(f"step {step}, {name}: {answers[name][-1]['wall']:.2f} s", flush=True)
    return {name: own[1:] for name, own in answers.items()}


def report(times: Mapping[str, list[dict[str, float]]]) -> None:
    for name, own in times.items():
        wall, cpu = ([answer[key] for answer in own] for key in ("wall", "cpu"))
        print(
            f"{name:>5}: {min(wall):.2f} s at best, {median(wall):.2f} s median of {len(wall)}; "
            f"processor time {median(cpu):.2f} s; peak {own[-1]['peak'] / 2**20:,.0f} MiB"
        )
    ours, theirs = times["ours"], times["TRL"]
    for key, what in (("wall", "time"), ("cpu", "processor time")):
        a, b = [answer[key] for answer in ours], [answer[key] for answer in theirs]
        print(f"{what}: {min(b) / min(a):.2f} times ours at best, {median(b) / median(a):.2f} times at the median")
    print(f"memory: ours is {ours[-1]['peak'] / theirs[-1]['peak']:.2f} of TRL's")


def judge(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> None:
    if ours["prompts"] != theirs["prompts"]:
        raise RuntimeError("the two sides read different prompts from the same rows")
    for key in ("loss", "policy loss", "KL", "entropy", "gradient norm"):
        print(f"{key}: ours {ours[key]:.7f}, TRL {theirs[key]:.7f}, difference {abs(ours[key] - theirs[key]):.1e}")
    if abs(ours["loss"] - theirs["loss"]) > TOLERANCE:
        raise RuntimeError(f"the losses differ by more than {TOLERANCE}")


if __name__ == "__main__":
    main()
