"""What a card does with the trainer, in under eight minutes of one card and with nothing but this repository:

    python bench/card.py                    # a random 3B at the recipe's lengths
    python bench/card.py --size nano --device cpu   # the same at toy length, where there is no card

Each check says its figure; the exit code is 1 where one is out of its bound. Nothing is begun that `--minutes` leaves no
time for. TRL is measured beside it where `bench/against_trl.py` has installed it and `--rows` names rows.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import torch
from steps import SIZES, Step, most_held, prompt_of, recipe_of
from torch import Tensor

from ocean_r1.config import GrpoRecipe
from ocean_r1.engine.attention import attend, attend_back, attend_back_plainly, attend_plainly
from ocean_r1.engine.forward import group_stats
from ocean_r1.engine.prompt import Prompt
from ocean_r1.engine.sampling import Sampling, sample
from ocean_r1.files import size
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.families import build_model
from ocean_r1.models.model import VisionLanguageModel, initialise
from ocean_r1.plan import LEARNS, SAMPLES, figures, fitting

GOAL = {"3b": 1_800, "7b": 2_000}
"""Tokens a second and card, prompts counted for each response: EasyR1 0.3.2 on 8 H100, its assets/baselines.md."""


@dataclass(frozen=True)
class Lengths:
    """What is measured: as a step is on average, and as its longest group may be."""

    prompts: int
    tokens: int
    new: int
    pixels: int
    longest_tokens: int
    longest_new: int


RECIPE = Lengths(8, 1_200, 400, 1_003_520, 8_192, 4_096)
TOY = Lengths(2, 150, 20, 160**2, 200, 40)


@dataclass(frozen=True)
class Found:
    said: str
    good: bool = True


def relative(ours: Tensor, theirs: Tensor) -> float:
    ours, theirs = ours.double().cpu(), theirs.double().cpu()
    return ((ours - theirs).norm() / theirs.norm()).item()


def small_model() -> VisionLanguageModel:
    model = build_model(ModelConfig.from_json(SIZES["nano"]))
    initialise(model, torch.Generator().manual_seed(3), std=0.1)
    return model


def gradients(model: VisionLanguageModel) -> tuple[Tensor, dict[str, Tensor]]:
    """Log-probabilities of a group of unequal lengths, and what their sum and that of entropies pulls at."""
    draw = torch.Generator().manual_seed(4)
    torch.manual_seed(4)
    prompt = prompt_of(recipe_of(1, 120, 5, 40, 160**2), model.config)
    stats = group_stats(model, prompt, [torch.randint(5, 900, (n,), generator=draw) for n in (5, 40, 1, 17, 23)])
    (stats.logp.sum() + stats.entropy.sum()).backward()
    return stats.logp.detach(), {n: p.grad for n, p in model.named_parameters() if p.grad is not None}


def correctness(device: str) -> Iterator[Found]:
    """A group's pass in float32 and bfloat16, against float64 on the CPU."""
    exact, pulls = gradients(small_model().double())
    for dtype, bound in ((torch.float32, 1e-4), (torch.bfloat16, 0.05)):
        logp, own = gradients(small_model().to(device, dtype))
        far = relative(logp, exact)
        off = relative(*(torch.cat([part[name].double().cpu().flatten() for name in pulls]) for part in (own, pulls)))
        said = f"{dtype}: log-probabilities within {far:.1e}, gradients within {off:.1e} of float64's"
        yield Found(said, max(far, off) < bound)


def packed_attention(device: str, lengths: Lengths) -> Iterator[Found]:
    """The kernels of 3B's heads in bfloat16, against plain words in float32."""
    draw = torch.Generator().manual_seed(5)

    def drawn(heads: int, length: int) -> Tensor:
        return torch.randn(2, heads, length, 128, generator=draw).to(device, torch.bfloat16)

    for causal in (False, True):
        q, grad, k, v = (drawn(heads, lengths.new) for heads in (16, 16, 2, 2))
        out, log_sum = attend(q, k, v, causal)
        wide = [part.float() for part in (grad, q, k, v)]
        exact, exact_sum = attend_plainly(*wide[1:], causal)
        pairs = zip(
            (out, log_sum, *attend_back(grad, q, k, v, out, log_sum, causal)),
            (exact, exact_sum, *attend_back_plainly(*wide, exact, exact_sum, causal)),
            strict=True,
        )
        worst = max(relative(ours, theirs) for ours, theirs in pairs)
        what = "its own response" if causal else "the prompt"
        yield Found(f"to {what}: output, sums and gradients within {worst:.1e} of float32's", worst < 0.02)


def graphs(device: str) -> Iterator[Found]:
    """Samples by CUDA graphs are those without."""
    if device == "cpu":
        yield Found("not tried: CUDA graphs need a card")
        return
    model = small_model().to(device)
    prompts = [Prompt(torch.arange(20, 60 + 10 * index), None, ()) for index in range(3)]
    seeds = torch.arange(18).view(3, 6)
    given = (model, prompts, 6, Sampling(170, (5, 6)), seeds, True)
    plain, graphed = (sample(*given, on, at_once=2) for on in (False, True))
    pairs = [(a, b) for one, other in zip(plain, graphed, strict=True) for a, b in zip(one, other, strict=True)]
    same = sum(a.ids.tolist() == b.ids.tolist() for a, b in pairs)
    yield Found(f"{same} of {len(pairs)} responses are the same", same == len(pairs))


def recipe_for(args: argparse.Namespace, prompts: int, tokens: int, new: int, pixels: int) -> GrpoRecipe:
    card = args.device != "cpu"
    return recipe_of(
        prompts,
        tokens,
        16,
        new,
        pixels,
        model__device=args.device,
        model__dtype="bfloat16" if card else "float32",
        model__gradient_checkpointing=card,
        rollout__cuda_graphs=card,
        optimizer__offload=args.offload,
    )


def timed(work: Callable[[], object], device: str) -> float:
    started = perf_counter()
    work()
    if device != "cpu":
        torch.cuda.synchronize()
    return perf_counter() - started


def speed(args: argparse.Namespace, lengths: Lengths, config: ModelConfig) -> Iterator[Found]:
    """Tokens a second of rollout and update; a step as long as on average."""
    recipe = recipe_for(args, lengths.prompts, lengths.tokens, lengths.new, lengths.pixels)
    step = Step.of(recipe, config)
    step.sample()  # Libraries set themselves up, and kernels are chosen.
    step.learn()
    sampled, learnt = timed(step.sample, args.device), timed(step.learn, args.device)
    responses = lengths.prompts * recipe.rollout.group
    new, run = responses * lengths.new, lengths.prompts * (lengths.tokens + recipe.rollout.group * lengths.new)
    yield Found(f"rollout: {new / sampled:,.0f} new tokens a second, {sampled:.2f} s for {responses} responses")
    yield Found(f"update: {run / learnt:,.0f} tokens a second, each prompt once, {learnt:.2f} s")
    told = responses * (lengths.tokens + lengths.new) / (sampled + learnt)
    goal = f"; the goal is {GOAL[args.size]:,} (EasyR1 0.3.2, 8 H100)" if args.size in GOAL else ""
    yield Found(f"a step: {told:,.0f} tokens a second, each prompt counted for each of its responses{goal}")


def memory(args: argparse.Namespace, lengths: Lengths, config: ModelConfig) -> Iterator[Found]:
    """The peak of the longest groups that the recipe allows, against the plan's."""
    recipe = recipe_for(args, 2, lengths.longest_tokens, lengths.longest_new, lengths.pixels)
    planned = figures(recipe, config)
    if args.device != "cpu" and planned.peak > torch.cuda.get_device_properties(args.device).total_memory:
        yield Found(f"not tried: {size(planned.peak)} are planned, more than the card has; try --offload")
        return
    step = Step.of(recipe, config)
    parts = {SAMPLES: most_held(step.sample, args.device)}
    step.learn()
    parts[LEARNS] = most_held(step.learn, args.device)
    for what, most in parts.items():
        share = most / planned.passing[what]
        yield Found(f"{what}: {size(most)}, {share:.2f} of the planned {size(planned.passing[what])}", 0.9 <= share <= 1.1)
    yield Found(f"planned in all {size(planned.peak)}: {fitting(planned.peak)}")


def trl(args: argparse.Namespace) -> Iterator[Found]:
    from against_trl import trl_folder

    if args.rows is None or not (trl_folder() / "complete").exists():
        yield Found("not measured: it takes --rows, and bench/against_trl.py to have been run once, which installs it")
        return
    command = [sys.executable, Path(__file__).parent / "against_trl.py", "--rows", args.rows, "--device", args.device]
    ended = subprocess.run([*command, "--steps", "3"], capture_output=True, text=True)
    lines = [line for line in ended.stdout.splitlines() if not line.startswith("step ")]
    yield from map(Found, lines)
    yield Found(ended.stderr.strip().splitlines()[-1] if ended.returncode else "losses agree", ended.returncode == 0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=SIZES, default="3b")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--offload", action="store_true", help="optimizer.offload, for a card that is too small without")
    parser.add_argument("--rows", type=Path, help="rows with one picture each, for the comparison with TRL")
    parser.add_argument("--minutes", type=float, default=8, help="begin nothing after three quarters of so many")
    args = parser.parse_args()

    lengths = RECIPE if args.size in GOAL else TOY
    config = ModelConfig.from_json(SIZES[args.size])
    if args.device != "cpu":
        print(torch.cuda.get_device_name(args.device), flush=True)
    checks: dict[str, Callable[[], Iterator[Found]]] = {
        "correctness": lambda: correctness(args.device),
        "packed attention": lambda: packed_attention(args.device, lengths),
        "CUDA graphs": lambda: graphs(args.device),
        "speed": lambda: speed(args, lengths, config),
        "memory": lambda: memory(args, lengths, config),
        "TRL": lambda: trl(args),
    }
    started, bad = perf_counter(), 0
    for name, check in checks.items():
        print(f"{name} ({(check_started := perf_counter()) - started:.0f} s)", flush=True)
        if check_started - started > 0.75 * 60 * args.minutes:
            print("  not begun: too little time is left", flush=True)
            continue
        try:
            for found in check():
                print(f"  {found.said}{'' if found.good else '  <- out of its bound'}", flush=True)
                bad += not found.good
        except Exception as error:  # whatever a card refuses: the other checks say the rest
            print(f"  failed: {type(error).__name__}: {error}", flush=True)
            bad += 1
    print(json.dumps({"seconds": round(perf_counter() - started, 1), "bad": bad}), flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
