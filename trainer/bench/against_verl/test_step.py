"""Whole steps of verl 0.9.1 with Nano, on CPUs, as jobs of a cluster of two nodes (two raylets of this machine, a worker on
each): verl's own trainer, queue, agents, reward workers, FSDP2 and checkpoints; rollouts by our engine, `verl_on_cpu.py`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from ray.cluster_utils import Cluster as Nodes
from small import NANO, nano_recipe
from toy import row

from ocean_r1.checkpoints import parameters_of
from ocean_r1.config import GrpoRecipe
from ocean_r1.data.prompts import Reader, Tokenizer
from ocean_r1.data.rows import open_dataset
from ocean_r1.engine.sampling import Response
from ocean_r1.engine.workers import Workers
from ocean_r1.evals.greedy import greedy_texts
from ocean_r1.grpo.step import Group, update
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.weights import load_model, our_name, split_joined
from ocean_r1.optimizer import Stepper, make_optimizers
from ocean_r1.processes import Stopped
from ocean_r1.rewards.pool import Case, RewardPool
from ocean_r1.verl import run
from ocean_r1.verl.config import Cluster, Place
from ocean_r1.verl.merge import joined

ON_CPU = [
    "trainer.device=cpu",
    "actor_rollout_ref.rollout.name=ocean",
    "actor_rollout_ref.rollout.tensor_model_parallel_size=1",
    "actor_rollout_ref.rollout.agent.num_workers=1",
    "+actor_rollout_ref.model.override_config.attn_implementation=sdpa",
    "actor_rollout_ref.model.use_remove_padding=False",  # it needs flash attention
    "actor_rollout_ref.model.use_fused_kernels=False",
    "actor_rollout_ref.ref.fsdp_config.param_offload=False",
    "actor_rollout_ref.actor.fsdp_config.use_torch_compile=False",
    "actor_rollout_ref.ref.fsdp_config.use_torch_compile=False",
    "data.dataloader_num_workers=0",
    "transfer_queue.backend.SimpleStorage.num_data_storage_units=1",
]


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the engine's servers write the tokens of each response."""
    return tmp_path_factory.mktemp("tokens") / "tokens.jsonl"


@pytest.fixture(scope="module")
def address(tokens: Path) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OCEAN_ROLLOUT_TOKENS", str(tokens))
        # The nodes start `python` of the environment that they were started in.
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        patch.setattr(run, "POLL_SECONDS", 1.0)
        nodes = Nodes(True, head_node_args={"num_cpus": 8, "num_gpus": 1, "include_dashboard": True})
        nodes.add_node(num_cpus=8, num_gpus=1)
        yield f"http://{nodes.head_node.webui_url}"
        nodes.shutdown()


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> GrpoRecipe:
    """Questions that differ, so that a prompt tells its row; with a picture, and one without."""
    rows = [row(index) for index in range(4)]
    for index, each in enumerate(rows):
        each["prompt"][0]["content"] += f" Question {index}."
    return nano_recipe(tmp_path_factory.mktemp("run"), rows, **{"steps": 1, "algorithm.kl_coefficient": 0.1})


@pytest.fixture(scope="module")
def first(recipe: GrpoRecipe, address: str) -> Path:
    """The checkpoint after one step on two workers."""
    return run.train_verl(recipe, Cluster(2, 1), address, ON_CPU)


def test_a_step_on_two_workers_is_one_of_ours_on_the_same_rollouts(first: Path, recipe: GrpoRecipe, tokens: Path) -> None:
    theirs = json.loads((recipe.output / "metrics.jsonl").read_text().splitlines()[0])["data"]
    model, reference = load_model(NANO), load_model(NANO).requires_grad_(False)
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    stepper = Stepper(list(model.parameters()), make_optimizers(model, recipe.optimizer, None), recipe.optimizer)
    found = update(Workers(model), reference, stepper, groups_of(recipe, tokens), recipe, 1.0)
    assert theirs["actor/grad_norm"] == pytest.approx(found["actor/grad_norm"], rel=1e-5)
    terms = {"actor/pg_loss": 1.0, "actor/entropy_loss": -0.001, "actor/kl_loss": 0.1}
    assert theirs["actor/loss"] == pytest.approx(sum(weight * found[name] for name, weight in terms.items()), abs=1e-6)
    for name in terms:  # sums in float32, of different kernels
        assert theirs[name] == pytest.approx(found[name], rel=1e-5, abs=1e-6), name
    # The first moment is a tenth of the gradient: AdamW's step itself turns rounding near 0 into whole steps.
    [optimizer] = stepper.optimizers
    moments = their_moments(recipe, 1)
    ours = {name: optimizer.state[parameter]["exp_avg"] for name, parameter in parameters_of(model, None).items()}
    assert compared(ours, moments, model.config) < 1e-6
    moved = load_model(first / "model")
    steps = {name: (after - before[name]) for name, after in moved.named_parameters()}
    for name, parameter in model.named_parameters():
        certain = ours[name].abs() > 1e-5
        torch.testing.assert_close(steps[name][certain], (parameter - before[name])[certain], atol=1e-6, rtol=0)


def groups_of(recipe: GrpoRecipe, tokens: Path) -> list[Group]:
    """What verl sampled in its first step, as our step has it."""
    reader = Reader(open_dataset(recipe.data.files), ModelConfig.from_folder(NANO), Tokenizer(NANO), recipe.data)
    by_prompt: dict[tuple[int, ...], list[Response]] = {}
    for line in map(json.loads, tokens.read_text().splitlines()):
        ids = torch.tensor(line["response"])
        finished = line["response"][-1] in reader.tokenizer.stop_tokens
        by_prompt.setdefault(tuple(line["prompt"]), []).append(Response(ids, finished, torch.zeros(len(ids))))
    assert [len(responses) for responses in by_prompt.values()] == [4, 4]
    groups = []
    with RewardPool(recipe.reward) as pool:
        for position in range(4):
            example = reader.example(position)
            if responses := by_prompt.get(tuple(example.prompt.ids.tolist())):
                texts = [reader.tokenizer.text(response.ids.tolist()) for response in responses]
                scored = pool.score([Case(text, example.ground_truth, {}) for text in texts])
                groups.append(Group(example, responses, texts, scored, [each.reward for each in scored]))
    assert len(groups) == 2
    return groups


def their_moments(recipe: GrpoRecipe, step: int) -> dict[str, torch.Tensor]:
    """AdamW's first moments of verl's checkpoint, by the names of Hugging Face."""
    actor = Place(recipe.output, 1).checkpoints / f"global_step_{step}" / "actor"
    shards = [torch.load(actor / f"optim_world_size_2_rank_{rank}.pt", weights_only=False)["state"] for rank in (0, 1)]
    names = torch.load(actor / "model_world_size_2_rank_0.pt", weights_only=False, mmap=True)
    own = [our_name(name) for name in names if our_name(name) != "lm_head.weight"]
    return {name: joined([shard[index]["exp_avg"] for shard in shards]) for index, name in enumerate(own)}


def compared(ours: dict[str, torch.Tensor], theirs: dict[str, torch.Tensor], config: ModelConfig) -> float:
    """The greatest difference; both are there, and not nothing."""
    parts = {part: rows for name, tensor in ours.items() for part, rows in split_joined(name, tensor, config).items()}
    assert parts.keys() == theirs.keys()
    assert max(rows.abs().max().item() for rows in parts.values()) > 1e-3
    return max((rows - theirs[name]).abs().max().item() for name, rows in parts.items())


def test_the_merged_checkpoint_answers(first: Path, recipe: GrpoRecipe) -> None:
    assert first == recipe.output / "step-000001"
    reader = Reader(open_dataset(recipe.data.files), ModelConfig.from_folder(NANO), Tokenizer(first / "model"), recipe.data)
    [reply] = greedy_texts(load_model(first / "model"), reader.tokenizer, [reader.example(0).prompt], 60)
    assert "<think>" in reply.text


def test_the_same_command_goes_on_from_the_checkpoint(first: Path, recipe: GrpoRecipe, address: str) -> None:
    assert first.exists()
    longer = recipe.model_copy(update={"steps": 2})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "follow", killed)
        with pytest.raises(KeyboardInterrupt):
            run.train_verl(longer, Cluster(2, 1), address, ON_CPU)
    last = run.train_verl(longer, Cluster(2, 1), address, ON_CPU)  # follows the job that was left alone
    assert last.name == "step-000002"
    assert not Place(recipe.output, 3).begun.exists()
    lines = [json.loads(line) for line in (recipe.output / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2]
    rows = [json.loads(line)["row"] for step in ("1", "2") for line in open_rollouts(recipe, step)]
    assert len(set(rows)) == 4  # the second step's are those that follow
    assert json.loads((Place(recipe.output, 2).begun).read_text())["from_step"] == 1


def killed(*_: object) -> Path:
    """A command that ends once its job is at work."""
    raise KeyboardInterrupt


def open_rollouts(recipe: GrpoRecipe, step: str) -> list[str]:
    return (recipe.output / "rollouts" / f"step-00000{step}" / "rollouts.jsonl").read_text().splitlines()


def test_a_job_that_fails_is_told_in_a_sentence(address: str, tmp_path: Path) -> None:
    recipe = nano_recipe(tmp_path)
    with pytest.raises(RuntimeError, match=r"the job nano-\w+ ended before its last step: .*Error: .*from the beginning$"):
        run.train_verl(recipe, Cluster(2, 1), address, [*ON_CPU, "actor_rollout_ref.rollout.name=nobody"])


class Impatient:
    """Wants the end as soon as it is asked."""

    def on_begin(self, step: int, steps: int) -> None: ...

    def on_metrics(self, step: int, values: object) -> None: ...

    def on_checkpoint(self, step: int, folder: Path) -> None: ...

    def on_rollouts(self, step: int, rollouts: object) -> None: ...

    def wants_stop(self) -> bool:
        return True


def test_whoever_watches_may_stop_the_job(address: str, tmp_path: Path) -> None:
    with pytest.raises(Stopped, match="stopped before the first step"):
        run.train_verl(nano_recipe(tmp_path), Cluster(2, 1), address, ON_CPU, Impatient())
