"""The process that does a job: `python -m ocean_r1.agent.child`, started by the agent in the job's folder.

It reads `task.json` there, works, and leaves `outcome.json`; what it prints is the job's log. It ends as a run does at
SIGTERM, and does so by itself when its agent is gone.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from threading import Thread
from typing import Any

from ocean_r1.agent.ocean import Ocean, OceanError
from ocean_r1.agent.processes import record, write_json
from ocean_r1.agent.spool import Spool
from ocean_r1.config import check_model_folder, parse_recipe
from ocean_r1.files import WriteError
from ocean_r1.processes import Stopped

OUTPUT = Path("run")
OUTBOX = Path("outbox")
SPOOL = Path("spool")
START = Path("start")
NO_MEMORY = "the box has not enough memory for it"


class Asked(BaseException):
    """SIGTERM, where no run waits for it."""


def main() -> None:
    record(Path())
    signal.signal(signal.SIGTERM, ask)
    Thread(target=stop_without_agent, daemon=True).start()
    task = json.loads(Path("task.json").read_text())
    outcome = outcome_of(task)
    write_json(Path("outcome.json"), outcome)
    sys.stdout.flush()


def ask(*_: object) -> None:
    raise Asked


def stop_without_agent() -> None:
    """The agent holds the other end of the standard input for as long as it lives."""
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def outcome_of(task: dict[str, Any]) -> dict[str, str]:
    """`succeeded`, `stopped`, `failed` (the job asks for what cannot be done) or `lost` (the box could not)."""
    try:
        work(task)
    except (Stopped, Asked, KeyboardInterrupt):
        return {"kind": "stopped"}
    except (WriteError, OceanError, OSError) as error:
        return {"kind": "lost", "error": told(error)}
    except MemoryError:
        return {"kind": "failed", "error": NO_MEMORY}
    except ValueError as error:  # all that is wrong with recipes, rows, models and devices
        return {"kind": "failed", "error": told(error)}
    except RuntimeError as error:
        if type(error).__name__ == "OutOfMemoryError":  # of a card: torch's, which may not be imported yet
            return {"kind": "failed", "error": f"the card has not enough memory for it: {told(error).splitlines()[0]}"}
        if "can't allocate memory" in str(error):  # torch's own words on the box's
            return {"kind": "failed", "error": NO_MEMORY}
        if type(error).__name__ != "NotFiniteError":
            traceback.print_exc()
        return {"kind": "failed", "error": told(error)}
    except Exception as error:  # a defect, which another try would have again; the log has the whole of it
        traceback.print_exc()
        return {"kind": "failed", "error": f"{type(error).__name__}: {told(error)}"}
    return {"kind": "succeeded"}


def told(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'the disk'}: {error.strerror}"
    return str(error) or type(error).__name__


def work(task: dict[str, Any]) -> None:
    ocean = Ocean(task["ocean"], Path(task["made"]))
    match task["spec"]["kind"]:
        case "sft" | "train":
            train(task, ocean)
        case "export":
            export(task, ocean)
        case "eval":
            evaluate(task, ocean)


def train(task: dict[str, Any], ocean: Ocean) -> None:
    from ocean_r1.agent.watch import SpoolObserver

    spec = task["spec"]
    # Where it begins and where it writes are the agent's to say.
    given = {**spec["recipe"]["overrides"], "model.path": task["start"], "output": str(OUTPUT)}
    recipe = parse_recipe(spec["recipe"]["toml"], "recipe", given)
    check_model_folder(recipe.model.path)
    for rows in spec["rows"]:
        place = Path("rows") / rows["name"]
        if not place.exists():
            made = ocean.rows(rows)
            place.parent.mkdir(exist_ok=True)
            place.unlink(missing_ok=True)
            place.symlink_to(made)
    observer = SpoolObserver(Spool(SPOOL), OUTBOX)
    # torch takes seconds to import: a mistake in a recipe is told before.
    if recipe.kind == "grpo" and (verl := task["verl"]):
        from ocean_r1.verl.config import Cluster
        from ocean_r1.verl.run import train_verl

        train_verl(recipe, Cluster(verl["nodes"], verl["gpus"]), verl["address"], verl["overrides"], observer)
    else:
        from ocean_r1.train import train as train_here

        train_here(recipe, observer)


def export(task: dict[str, Any], ocean: Ocean) -> None:
    from ocean_r1.agent.watch import post
    from ocean_r1.export.proved import export_proved

    start, rows = Path(task["start"]), ocean.rows(task["spec"]["rows"][0])
    check_model_folder(start)
    export_proved(start, Path("export"), rows, device=device())
    post(Path("export"), OUTBOX, "export")


def evaluate(task: dict[str, Any], ocean: Ocean) -> None:
    from ocean_r1.agent.watch import post
    from ocean_r1.data.images import pixel_bounds
    from ocean_r1.evals.predict import Task, predict, read_samples
    from ocean_r1.progress_bar import progress_bar

    spec, start = task["spec"], Path(task["start"])
    check_model_folder(start)
    samples = ocean.samples(spec["benchmark"], spec["split"])
    folder = Path("predictions")
    folder.mkdir(exist_ok=True)
    asked = Task(
        benchmark=spec["benchmark"],
        split=spec["split"],
        samples=samples / "samples.jsonl",
        images=samples,
        model=start,
        name=task["name"],
        out=folder / "predictions.jsonl",
        max_new_tokens=spec["maxNewTokens"],
        bounds=pixel_bounds(start),
        at_once=64,
        device=device(),
    )
    read = read_samples(asked.samples)
    spool = Spool(SPOOL)
    spool.append({"type": "begin", "step": 0, "steps": len(read)})
    with progress_bar(len(read), "samples") as show:
        for done in predict(asked, read):
            spool.append({"type": "metrics", "step": done, "values": {"eval/samples": done}})
            show(done, "predicted")
    post(folder, OUTBOX, "predictions")


def device() -> str:
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


if __name__ == "__main__":
    main()
