"""The commands: `ocean-r1 data | new | grow | sft | train | verl | eval | export | pack | agent`."""

from __future__ import annotations

import argparse
import math
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ocean_r1.config import (
    RecipeError,
    agent_token,
    cache_folder,
    check_exists,
    check_model_folder,
    load_recipe,
    load_shape,
    override,
)
from ocean_r1.data_commands import add_data
from ocean_r1.processes import Stopped
from ocean_r1.verl_command import add_cluster, add_verl


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="ocean-r1", description="Trains Qwen2.5-VL by the recipe of Ocean-R1, at every size."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_data(commands)
    add_new(commands)
    add_grow(commands)
    add_training(
        commands, "sft", "supervised training: of the vision tower, or on worked solutions", "trainer/recipes/nano-base.toml"
    )
    add_training(commands, "train", "GRPO", "trainer/recipes/nano-stage1.toml")
    add_verl(commands)
    add_eval(commands)
    add_export(commands)
    add_pack(commands)
    add_agent(commands)
    options = parser.parse_args(arguments)
    before = signal.signal(signal.SIGTERM, terminate)
    try:
        options.run(options)
        sys.stdout.flush()
    except (ValueError, RuntimeError, OSError) as error:
        print(f"ocean-r1: {sentence(error)}", file=sys.stderr)
        return 1
    except Stopped as stopped:
        print(f"ocean-r1: {stopped}", file=sys.stderr)
        return 128 + stopped.signal
    except (KeyboardInterrupt, Terminated) as error:
        print(f"ocean-r1: stopped; {options.after_stop}", file=sys.stderr)
        return 128 + (signal.SIGTERM if isinstance(error, Terminated) else signal.SIGINT)
    finally:
        signal.signal(signal.SIGTERM, before)
        try:
            sys.stdout.flush()
        except OSError:  # nobody reads it, or its disk is full: it was told, or nobody wants to know
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'the output'}: {error.strerror}"
    return str(error)


class Terminated(BaseException):
    """SIGTERM, where no run waits for it: what is half written is cleared away, as after Ctrl-C."""


def terminate(*_: object) -> None:
    raise Terminated


def whole_number(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError
    return number


def positive(text: str) -> int:
    if not (number := whole_number(text)):
        raise ValueError
    return number


def add_new(commands: Any) -> None:
    new = commands.add_parser(
        "new",
        help="a small model without weights: its shape, and a tokenizer learnt from rows",
        epilog="example: ocean-r1 new --shape trainer/recipes/nano-shape.toml --rows rows/base --out models/nano",
    )
    new.add_argument("--shape", type=Path, required=True, help="a TOML: model_type, vocabulary, pixels, [text], [vision]")
    new.add_argument("--rows", type=Path, required=True, help="a file or folder of training rows")
    new.add_argument("--out", type=Path, required=True)
    new.set_defaults(run=run_new, after_stop="nothing is left half written")


def run_new(options: argparse.Namespace) -> None:
    from ocean_r1.data.rows import texts_of
    from ocean_r1.files import atomic_write
    from ocean_r1.models.new import new_model

    shape = load_shape(options.shape)
    check_exists(options.rows)
    check_free(options.out)
    print(f"learning a tokenizer from {options.rows}", file=sys.stderr, flush=True)
    with atomic_write(options.out) as partial:
        new_model(partial, texts_of(options.rows), shape)
    print(f"{options.out}: config and tokenizer of {shape['vocabulary']} tokens")


def add_grow(commands: Any) -> None:
    parser = commands.add_parser(
        "grow",
        help="a trained model with more words: those of rows that its tokenizer cuts to pieces are one token each",
        description="The model keeps its weights; tokens of new words begin by chance, and what they mean is to be learnt.",
        epilog="example: ocean-r1 grow --model public/models/nano-stage2 --rows rows/flat --out models/nano-words",
    )
    parser.add_argument("--model", type=Path, required=True, help="a Hugging Face folder with a byte-level BPE")
    parser.add_argument(
        "--rows", type=Path, required=True, help="a file or folder of training rows, whose words it is given"
    )
    parser.add_argument("--words", type=positive, default=1000, help="how many at most, the most frequent first (1000)")
    parser.add_argument("--out", type=Path, required=True)
    parser.set_defaults(run=run_grow, after_stop="nothing is left half written")


def run_grow(options: argparse.Namespace) -> None:
    from ocean_r1.data.rows import texts_of
    from ocean_r1.files import atomic_write
    from ocean_r1.models.grow import grow_model

    check_model_folder(options.model)
    check_exists(options.rows)
    check_free(options.out)
    with atomic_write(options.out) as partial:
        partial.mkdir()
        tokens = grow_model(options.model, texts_of(options.rows), options.words, partial)
    print(f"{options.out}: {options.model} with {tokens:,} tokens")


def check_free(out: Path) -> None:
    """Raises ValueError where there is a folder that may hold what nobody wants to lose."""
    if out.is_dir() and any(path.suffix == ".safetensors" or path.is_dir() for path in out.iterdir()):
        raise ValueError(f"{out} is a folder with something else than a new model in it; name another with --out")


def add_eval(commands: Any) -> None:
    evaluate = commands.add_parser(
        "eval",
        help="greedy replies to a benchmark's samples, as predictions that `ocean score` reads",
        description="Predicts what `ocean benchmarks samples ID --json` printed; stopped, it goes on where it was.",
        epilog="example: ocean-r1 eval --benchmark ocean-world --split test --samples samples.jsonl "
        "--model runs/nano-stage2/step-000100/model --name nano-stage2 --out predictions.jsonl",
    )
    evaluate.add_argument("--benchmark", required=True)
    evaluate.add_argument("--split", required=True)
    evaluate.add_argument("--samples", type=Path, required=True, help="the JSON lines of the split's samples")
    evaluate.add_argument("--images", type=Path, default=Path(), help="the folder that the samples' pictures are in")
    evaluate.add_argument("--model", type=Path, required=True, help="a Hugging Face folder")
    evaluate.add_argument("--name", required=True, help="the model's name on the leaderboard")
    evaluate.add_argument("--out", type=Path, required=True)
    evaluate.add_argument("--max-new-tokens", type=positive, default=1024, help="a reply ends here at the latest (1024)")
    evaluate.add_argument("--min-pixels", type=positive, help="left out, as the model's image processor says")
    evaluate.add_argument("--max-pixels", type=positive, help="left out, as the model's image processor says")
    evaluate.add_argument("--at-once", type=positive, default=64, help="samples in a batch (64)")
    evaluate.add_argument("--device", default="cpu", help="cpu, or cuda for a graphics card")
    after_stop = "the same command goes on after the samples that are written"
    evaluate.set_defaults(run=run_eval, after_stop=after_stop)


def run_eval(options: argparse.Namespace) -> None:
    from ocean_r1.data.images import pixel_bounds
    from ocean_r1.evals.predict import Task, predict, read_samples
    from ocean_r1.progress_bar import progress_bar

    check_model_folder(options.model)
    check_exists(options.samples)
    task = Task(
        benchmark=options.benchmark,
        split=options.split,
        samples=options.samples,
        images=options.images,
        model=options.model,
        name=options.name,
        out=options.out,
        max_new_tokens=options.max_new_tokens,
        bounds=pixel_bounds(options.model, options.min_pixels, options.max_pixels),
        at_once=options.at_once,
        device=options.device,
    )
    samples = read_samples(task.samples)
    with progress_bar(len(samples), "samples") as show:
        for done in predict(task, samples):
            show(done, "predicted")
    print(f"{task.out}: ./ocean score {task.out} --benchmark {task.benchmark}")


def add_export(commands: Any) -> None:
    parser = commands.add_parser(
        "export",
        help="a folder with safetensors and ONNX graphs, float32 and int8, and the proof that they are the model",
        description="Rounds the weights to 8 bits and writes them in every format. With --rows it proves that all formats "
        "give PyTorch's greedy tokens; with --replies too it writes these to greedy.json, for other engines to be held to.",
        epilog="example: ocean-r1 export --model runs/nano-stage2/step-000100/model --out models/nano --rows rows/val",
    )
    parser.add_argument("--model", type=Path, required=True, help="a Hugging Face folder")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rows", type=Path, help="training rows to prove the export on")
    parser.add_argument("--prompts", type=positive, default=50, help="on how many of them at most (50)")
    parser.add_argument("--max-new-tokens", type=positive, default=192, help="a reply ends here at the latest (192)")
    parser.add_argument(
        "--tokens", type=positive, default=2000, help="the proof ends after so many tokens of replies (2000)"
    )
    parser.add_argument(
        "--replies", type=whole_number, default=0, help="how many of greedy.json (rows of Ocean World, as PNG)"
    )
    parser.add_argument("--device", default="cpu", help="where PyTorch computes what is proved: cpu, or cuda")
    parser.set_defaults(run=run_export, after_stop="nothing is left half written")


def run_export(options: argparse.Namespace) -> None:
    from ocean_r1.export.proved import export_proved

    export_proved(
        options.model,
        options.out,
        options.rows,
        prompts=options.prompts,
        max_new_tokens=options.max_new_tokens,
        max_tokens=options.tokens,
        replies=options.replies,
        device=options.device,
    )


def add_pack(commands: Any) -> None:
    parser = commands.add_parser(
        "pack",
        help="an export's weights in a quarter of the size, with nothing lost: for what is committed or sent",
        description="Puts model.int8.safetensors in the place of model.safetensors. The trainer opens either; --undo brings "
        "back the one that transformers opens, bit for bit.",
        epilog="example: ocean-r1 pack public/models/nano-*",
    )
    parser.add_argument("models", type=Path, nargs="+", metavar="MODEL", help="a folder that `ocean-r1 export` wrote")
    parser.add_argument("--undo", action="store_true")
    parser.set_defaults(run=run_pack, after_stop="a folder has its weights in one of the two files, or in both")


def run_pack(options: argparse.Namespace) -> None:
    from ocean_r1.models.packed import pack, unpack

    for model in options.models:
        check_model_folder(model)
        (unpack if options.undo else pack)(model)
        print(f"{model}: {'unpacked' if options.undo else 'packed'}")


def add_training(commands: Any, name: str, what: str, example: str) -> None:
    parser = commands.add_parser(
        name,
        help=what,
        description=f"Runs a recipe ({what}); a run that was stopped goes on from its last checkpoint.",
        epilog=f"example: ocean-r1 {name} {example} --set steps=20 --set optimizer.lr=1e-5",
    )
    parser.add_argument("recipe", type=Path, help="a TOML file")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="another value for a key of the recipe"
    )
    parser.add_argument("--plan", action="store_true", help="say what the run would be, and do nothing")
    if name == "train":
        parser.add_argument(
            "--processes",
            type=positive,
            metavar="N",
            help="of how many, a card each, --plan speaks; left out, as many as torchrun starts, or one",
        )
    after_stop = "the same command goes on from the last checkpoint"
    parser.set_defaults(run=run_training, command=name, processes=None, after_stop=after_stop)


COMMANDS = {"tower": "sft", "sft": "sft", "grpo": "train"}
"""By the kind of a recipe."""


def run_training(options: argparse.Namespace) -> None:
    recipe = load_recipe(options.recipe, dict(map(override, options.set)))
    if options.command != COMMANDS[recipe.kind]:
        raise RecipeError(
            f"{options.recipe} is a recipe of kind {recipe.kind!r}; its command is `ocean-r1 {COMMANDS[recipe.kind]}`"
        )
    if options.plan:
        from ocean_r1.plan import plan
        from ocean_r1.ranks import started

        check_model_folder(recipe.model.path)
        ranks = started()
        if ranks.leads:
            print(plan(recipe, options.processes or ranks.count))
        return
    if count := options.processes:
        raise RecipeError(f"--processes is for --plan; `torchrun --nproc-per-node {count} -m ocean_r1 train` starts them")
    # torch takes seconds to import: a mistake in a recipe is told before.
    from ocean_r1.ranks import open_ranks
    from ocean_r1.train import train

    last = train(recipe)
    if open_ranks().leads:
        print(last)


def add_agent(commands: Any) -> None:
    parser = commands.add_parser(
        "agent",
        help="does the jobs of a server's training page, and tells it of all that happens",
        description="Asks a server for jobs (sft, train, export, eval) and does them one by one. It only dials out. "
        "Ctrl-C and SIGTERM let the job end its step and save, so that another agent goes on; a second one ends it at once.",
        epilog="example: OCEAN_AGENT_TOKEN=ocean-agent-... ocean-r1 agent --server https://ocean.example.org",
    )
    parser.add_argument("--server", required=True, help="its address, as in a browser")
    parser.add_argument("--token", help="the agent's own, made on the training page; left out, OCEAN_AGENT_TOKEN")
    parser.add_argument("--work", type=Path, help="the folder of its jobs and what it keeps; left out, in the user's cache")
    parser.add_argument("--ocean", help="the command that makes rows and samples; left out, that of the repository")
    parser.add_argument("--price-per-hour", type=price, help="of this box, in whatever you count in: plans of runs name it")
    parser.add_argument("--once", action="store_true", help="end when one job has ended")
    parser.add_argument(
        "--ray",
        metavar="ADDRESS",
        help="GRPO is run by verl on the cluster of Ray whose dashboard is there, with --work on a disk that its nodes see "
        "(docs/verl.md); left out, on this machine",
    )
    add_cluster(parser)
    parser.set_defaults(run=run_agent_command, after_stop="jobs go on when an agent starts again")


def price(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"a price is a number from 0 on; not {text!r}")
    return value


def run_agent_command(options: argparse.Namespace) -> None:
    from ocean_r1.agent.agent import run_agent
    from ocean_r1.agent.attempt import OnVerl, Place
    from ocean_r1.agent.ocean import own_command
    from ocean_r1.agent.server import Server
    from ocean_r1.verl.job import check_installed

    if not (token := options.token or agent_token()):
        raise ValueError("the agent has no token: make one on the server's training page, and set OCEAN_AGENT_TOKEN to it")
    ocean = options.ocean.split() if options.ocean else own_command()
    if ocean is None:
        raise ValueError("the trainer lies in no repository of ours: --ocean names the command that makes rows and samples")
    verl = None
    if options.ray:
        check_installed()
        verl = OnVerl(options.ray, options.nodes, options.gpus, options.verl)
    work = (options.work or cache_folder() / "agent").absolute()
    run_agent(Server(options.server, token), Place(work, ocean, options.price_per_hour, verl), options.once)
