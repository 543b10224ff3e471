"""What of `ocean-r1 verl` needs no verl: its configuration, rows, reward and merged weights, and a job's files as a run.

With verl itself `npm run check:verl` does it, in an environment of its own (bench/against_verl).
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import torch
from torch import Tensor
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor import DTensor, Replicate, Shard
from torch.testing._internal.distributed.fake_pg import FakeStore
from toy import picture, recipe, row, toy
from toy import write_rows as write_toy_rows

from ocean_r1.checkpoints import checkpoint_folder, read_state
from ocean_r1.config import Data, DataFile, GrpoRecipe, RecipeError, Reward, load_recipe, parse_recipe
from ocean_r1.data.rows import RowError, open_dataset
from ocean_r1.driver import Observer
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.families import build_model
from ocean_r1.models.model import initialise
from ocean_r1.models.weights import hub_state, load_model, our_name, save_weights
from ocean_r1.rewards.pool import Case, RewardPool
from ocean_r1.verl.config import Cluster, Place, other_than_here, verl_config
from ocean_r1.verl.follow import Follower
from ocean_r1.verl.job import check_installed
from ocean_r1.verl.merge import merge
from ocean_r1.verl.rows import write_rows
from ocean_r1.verl.scoring import Scoring, score

RECIPES = Path(__file__).parents[1] / "recipes"


def grpo(tmp_path: Path, **overrides: Any) -> GrpoRecipe:
    """A toy recipe; `a__b=1` sets `a.b`."""
    given = {key.replace("__", "."): value for key, value in overrides.items()}
    text = recipe(toy(tmp_path), tmp_path / "run", "grpo", stage=1, steps=2, prompts_per_step=2)
    found = parse_recipe(text, "toy", {"model.fresh": False, **given})
    assert isinstance(found, GrpoRecipe)
    return found


# ---------------------------------------------------------------- configuration


def test_the_seeds_recipe_is_its_own_script_on_verl() -> None:
    found = load_recipe(RECIPES / "7b-stage2.toml")
    assert isinstance(found, GrpoRecipe)
    config = verl_config(found, Place(Path("/run"), 3), Cluster(4, 8), steps=156, patch_size=14, merge_size=2)
    actor, rollout = config["actor_rollout_ref"]["actor"], config["actor_rollout_ref"]["rollout"]
    # Keys of run_qwen25vl-7b_stage2.sh (571b3c4c), by the names that verl 0.9 has for them.
    assert (config["data"]["train_batch_size"], rollout["n"], actor["ppo_mini_batch_size"]) == (256, 16, 256)
    assert (config["data"]["max_prompt_length"], config["data"]["max_response_length"]) == (8192, 4096)
    assert (actor["optim"]["lr"], actor["optim"]["weight_decay"], actor["optim"]["clip_grad"]) == (1e-6, 0.01, 1.0)
    assert (actor["use_kl_loss"], actor["kl_loss_coef"], actor["kl_loss_type"]) == (True, 0.001, "low_var_kl")
    assert (actor["entropy_coeff"], actor["clip_ratio_low"], actor["clip_ratio_high"]) == (0.001, 0.2, 0.2)
    assert (rollout["temperature"], rollout["top_p"], rollout["top_k"]) == (1.0, 1.0, -1)
    assert (config["trainer"]["nnodes"], config["trainer"]["n_gpus_per_node"]) == (4, 8)
    assert (config["trainer"]["save_freq"], config["trainer"]["test_freq"]) == (50, 20)
    assert config["reward"]["custom_reward_function"]["reward_kwargs"]["scoring"]["reward"]["expression"] == (
        "correct + 0.05 * format"
    )
    assert "custom_reward_function" not in config  # 0.9 reads the old key no more, and says nothing
    # Where every node finds them; what a job writes of its own has its attempt's name.
    assert config["trainer"]["default_local_dir"] == "/run/verl/checkpoints"
    assert config["reward"]["custom_reward_function"]["reward_kwargs"]["scoring"]["scored"] == "/run/verl/attempt-003/scored"
    assert other_than_here(found) == ["algorithm.reproduce_micro_batch_mean: verl averages over all tokens of a step"]


def test_dual_clip_is_off_where_the_recipe_has_none(tmp_path: Path) -> None:
    def bound(**own: Any) -> float:
        config = verl_config(grpo(tmp_path, **own), Place(tmp_path, 1), Cluster(1, 1), 1, 8, 2)
        return float(config["actor_rollout_ref"]["actor"]["clip_ratio_c"])

    assert bound() > 1e6  # verl's own default would be 3
    assert bound(algorithm__dual_clip=3.0) == 3.0


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"optimizer__muon": True}, "optimizer.muon"),
        ({"optimizer__vision_lr": 0}, "optimizer.vision_lr"),
        ({"optimizer__decay": "linear"}, 'optimizer.decay = "linear"'),
        ({"reference": "elsewhere"}, "reference"),
        ({"model__fresh": True}, "model.fresh"),
        ({"data__augment": 0.5}, "data.augment"),
    ],
)
def test_what_verl_has_nothing_for_is_refused(tmp_path: Path, own: dict[str, Any], said: str) -> None:
    with pytest.raises(RecipeError, match=rf"verl 0\.9\.1 has nothing for {said}"):
        verl_config(grpo(tmp_path, **own), Place(tmp_path, 1), Cluster(1, 1), 1, 8, 2)


def test_responses_are_dealt_out_evenly(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"8 responses an update .* evenly to 3 x 1 GPUs"):
        verl_config(grpo(tmp_path), Place(tmp_path, 1), Cluster(3, 1), 1, 8, 2)


def test_without_verl_it_says_what_to_install() -> None:
    with pytest.raises(RecipeError, match=r"pip install verl==0\.9\.1 'ray\[default\]'.*; verl and ray cannot be found"):
        check_installed()


# ---------------------------------------------------------------- rows


def rows_of(tmp_path: Path, made: list[dict[str, Any]], positions: list[int], **data: Any) -> list[dict[str, Any]]:
    file = DataFile(path=write_toy_rows(tmp_path / "in.parquet", made))
    given = Data(files=[file], min_pixels=1024, max_pixels=1024, **data)
    write_rows(open_dataset([file]), positions, given, 16, "train", tmp_path / "out.parquet")
    found: list[dict[str, Any]] = pq.read_table(tmp_path / "out.parquet").to_pylist()
    return found


def test_rows_come_in_the_order_of_the_steps_with_pictures_beside_them(tmp_path: Path) -> None:
    two = row(
        1,
        prompt=[{"role": "user", "content": "<image> <image> same?"}],
        images=[{"bytes": picture(1)}, {"bytes": picture(2)}],
    )
    found = rows_of(tmp_path, [row(0), two, row(3)], [2, 1, 0, 2])
    assert [each["extra_info"]["index"] for each in found] == [0, 1, 2, 3]
    assert [len(each["images"]) for each in found] == [0, 2, 1, 0]
    assert [Path(image["image"]).read_bytes() for image in found[1]["images"]] == [picture(1), picture(2)]
    assert {(image["min_pixels"], image["max_pixels"]) for image in found[1]["images"]} == {(1024, 1024)}
    assert json.loads(found[2]["extra_info"]["json"])["question"] == "How many squares are there?"
    assert found[0]["extra_info"]["row"] == f"{tmp_path / 'in.parquet'}, row 2"


def test_boxes_are_in_the_frame_that_the_model_sees(tmp_path: Path) -> None:
    box = row(
        0, images=[{"bytes": picture(1, (64, 64))}], reward_model={"style": "rule", "ground_truth": "[10, 20, 40, 60]"}
    )
    box["extra_info"] = {**box["extra_info"], "reward_func": "iou"}
    assert rows_of(tmp_path, [box], [0])[0]["reward_model"]["ground_truth"] == "[5, 10, 20, 30]"  # 64 px become 32


def test_a_mark_that_verl_would_read_is_refused(tmp_path: Path) -> None:
    asked = row(0, prompt=[{"role": "user", "content": "<image> What does <audio> mean?"}])
    with pytest.raises(RowError, match=r"in\.parquet, row 0: its prompt has <audio>"):
        rows_of(tmp_path, [asked], [0])


# ---------------------------------------------------------------- reward

RESPONSES = [
    ("<think>two</think> <answer>2</answer>", "2"),
    ("<think>two</think> <answer>3</answer>", "2"),
    ("2", "2"),
    ("<think>a half</think> <answer>\\frac{1}{2}</answer>", "0.5"),
    ("<answer>" + "9" * 5000 + "</answer>", "2"),
]


def test_threads_are_given_what_the_pool_gives() -> None:
    reward = Reward(expression="correct + 0.1 * format", workers=1)
    scoring = Scoring(reward=reward, scored=Path("/none"), max_new_tokens=8, overlong_tokens=0, overlong_penalty=1)
    with RewardPool(reward) as pool:
        expected = pool.score([Case(response, truth, {}) for response, truth in RESPONSES])
    assert [each.reward for each in expected] == [1.1, 0.1, 1.0, 1.1, 0.0]
    with ThreadPoolExecutor(8) as threads:  # verl asks from threads, where no signal may end what hangs
        found = list(threads.map(lambda each: score(scoring, *each, {}), RESPONSES * 4))
    assert found == expected * 4


def test_a_response_that_hangs_is_worth_nothing_and_the_next_is_scored(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(
        "def hangs(response, truth, row):\n    while response == 'hang': pass\n    return 1.0\n"
    )
    reward = Reward(terms={"own": f"{tmp_path / 'own.py'}:hangs"}, expression="own", workers=1, timeout_seconds=0.5)
    scoring = Scoring(reward=reward, scored=tmp_path, max_new_tokens=8, overlong_tokens=0, overlong_penalty=1)
    first, second = score(scoring, "hang", "", {}), score(scoring, "go on", "", {})
    assert (first.reward, first.failed) == (0.0, {"own": "longer than 0.5 s"})
    assert (second.reward, second.failed) == (1.0, {})


def test_length_costs_what_the_recipe_says() -> None:
    scoring = Scoring(reward=Reward(), scored=Path("/none"), max_new_tokens=100, overlong_tokens=20, overlong_penalty=0.5)
    assert [scoring.penalty(tokens) for tokens in (80, 90, 100)] == [0.0, 0.25, 0.5]


# ---------------------------------------------------------------- checkpoints


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The toy's model with weights."""
    folder = toy(tmp_path)["model"]
    made = build_model(ModelConfig.from_folder(folder))
    initialise(made, torch.Generator().manual_seed(1))
    save_weights(made, folder)
    return folder


def sharded(weights: dict[str, Tensor], actor: Path, world: tuple[int, ...]) -> None:
    """As verl's FSDP2 leaves a model: a file a rank. On a mesh of two dimensions the first has copies."""
    actor.mkdir(parents=True)
    ranks = torch.Size(world).numel()
    (actor / "fsdp_config.json").write_text(json.dumps({"FSDP_version": 2, "world_size": ranks}))
    torch.distributed.init_process_group("fake", rank=0, world_size=ranks, store=FakeStore())
    mesh, placements = init_device_mesh("cpu", world), [Replicate()] * (len(world) - 1) + [Shard(0)]
    for rank in range(ranks):
        own = {}
        for name, whole in weights.items():
            parts = whole.chunk(world[-1])
            part = parts[rank % world[-1]].clone() if rank % world[-1] < len(parts) else whole[:0].clone()
            own[name] = DTensor.from_local(part, mesh, placements, run_check=False, shape=whole.shape, stride=whole.stride())
        torch.save(own, actor / f"model_world_size_{ranks}_rank_{rank}.pt")
    torch.distributed.destroy_process_group()


@pytest.mark.parametrize("world", [(2,), (3,), (2, 2)], ids=["two", "three, unevenly", "two copies of two"])
def test_shards_become_the_model_that_they_are_of(tmp_path: Path, model: Path, world: tuple[int, ...]) -> None:
    weights = hub_state(load_model(model))
    # As transformers 5 names its modules.
    named = {f"model.{our_name(name)}": weight for name, weight in weights.items()}
    sharded(named, tmp_path / "actor", world)
    merge(tmp_path / "actor", model, tmp_path / "merged")
    found = hub_state(load_model(tmp_path / "merged"))
    assert found.keys() == weights.keys()
    assert all(torch.equal(found[name], weight) for name, weight in weights.items())  # bfloat16 would be rounded
    assert (tmp_path / "merged" / "tokenizer.json").read_bytes() == (model / "tokenizer.json").read_bytes()


def test_a_checkpoint_that_lacks_a_rank_is_none(tmp_path: Path, model: Path) -> None:
    sharded(hub_state(load_model(model)), tmp_path / "actor", (2,))
    (tmp_path / "actor" / "model_world_size_2_rank_1.pt").unlink()
    with pytest.raises(RecipeError, match=r"actor is no whole checkpoint of verl's FSDP: .*rank_1\.pt"):
        merge(tmp_path / "actor", model, tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


# ---------------------------------------------------------------- a job's files become a run


class Told(Observer):
    """What an observer was told, in order."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def on_begin(self, step: int, steps: int) -> None:
        self.events.append(("begin", step, steps))

    def on_metrics(self, step: int, values: Any) -> None:
        self.events.append(("metrics", step, dict(values)))

    def on_checkpoint(self, step: int, folder: Path) -> None:
        self.events.append(("checkpoint", step, folder))

    def on_rollouts(self, step: int, rollouts: Any) -> None:
        self.events.append(("rollouts", step, list(rollouts)))

    def wants_stop(self) -> bool:
        return False


class Files:
    """Writes what verl and our reward would."""

    def __init__(self, tmp_path: Path, model: Path) -> None:
        self.recipe = grpo(tmp_path, rollout__group=2, logging__rollouts_every=1, model__path=str(model))
        self.place = Place(self.recipe.output, 1)
        self.place.scored.mkdir(parents=True)
        dataset = open_dataset(self.recipe.data.files)
        write_rows(dataset, [1, 3, 0, 2], self.recipe.data, 16, "train", self.place.rows)
        write_rows(dataset, [0], self.recipe.data, 16, "val", self.place.validation)
        self.model = model

    def score(self, step: int, index: int, rewards: list[float], of: str = "train", process: str = "a") -> None:
        with (self.place.scored / f"{process}.jsonl").open("a") as file:
            for number, reward in enumerate(rewards):
                line = {
                    "of": of,
                    "step": step,
                    "index": index,
                    "group": f"uid-{index}",
                    "output": f"wait, {number}",
                    "tokens": 3,
                }
                terms = {"count": float(reward >= 1), "format": 0.0}
                own = {"finished": reward >= 1, "score": reward, "reward": reward, "terms": terms, "failed": {}}
                file.write(json.dumps(line | own) + "\n")

    def log(self, step: int, **data: float | None) -> None:
        with self.place.metrics.open("a") as file:
            file.write(
                json.dumps({"step": step, "data": {key.replace("__", "/"): value for key, value in data.items()}}) + "\n"
            )

    def save(self, step: int) -> None:
        sharded(hub_state(load_model(self.model)), self.place.checkpoints / f"global_step_{step}" / "actor", (2,))
        (self.place.checkpoints / "latest_checkpointed_iteration.txt").write_text(str(step))

    def metrics(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.recipe.output / "metrics.jsonl").read_text().splitlines()]


@pytest.fixture
def files(tmp_path: Path, model: Path) -> Files:
    return Files(tmp_path, model)


def test_a_step_is_told_once_all_its_responses_are_there(files: Files) -> None:
    told = Told()
    follower = Follower(files.recipe, files.place, 0, 2, told)
    files.log(1, actor__grad_norm=0.5, critic__score__mean=0.625, response_length__mean=3, perf__mfu=None)
    files.score(1, 0, [1.0, 0.0])
    assert follower.advance() == []
    files.score(1, 1, [1.0, 1.0], process="b")
    assert follower.advance() == [(1, "score 0.625  length 3")]
    [line] = files.metrics()
    assert (line["step"], line["data"]["actor/grad_norm"]) == (1, 0.5)
    assert "perf/mfu" not in line["data"]  # what is no number in JSON is null there
    own = {
        name: line["data"][name]
        for name in ("rollout/truncated", "rollout/equal_groups", "rollout/reflection", "reward/count")
    }
    assert own == {"rollout/truncated": 0.25, "rollout/equal_groups": 0.5, "rollout/reflection": 1.0, "reward/count": 0.75}
    assert told.events[0] == ("begin", 0, 2)
    lines = [
        json.loads(each)
        for each in (files.recipe.output / "rollouts" / "step-000001" / "rollouts.jsonl").read_text().splitlines()
    ]
    assert [each["group"] for each in lines] == [0, 0, 1, 1]
    # (1 - 0.5) / sqrt(0.5), and nothing to learn from equal rewards.
    assert [each["advantage"] for each in lines] == pytest.approx([0.7071058, -0.7071058, 0, 0], abs=1e-6)
    assert lines[0]["row"].endswith("rows.parquet, row 1")
    assert [(files.recipe.output / "rollouts" / "step-000001" / name).exists() for name in lines[0]["images"]] == [True]
    assert (lines[2]["images"], lines[2]["prompt"]) == (
        [],
        [{"role": "user", "content": "What is 4 + 0?"}],
    )  # row 3 has none


def test_what_never_comes_is_not_waited_for_once_the_job_has_ended(files: Files) -> None:
    follower = Follower(files.recipe, files.place, 0, 2, None)
    files.log(1, critic__score__mean=1.0, response_length__mean=3)
    files.score(1, 0, [1.0, 1.0])
    assert follower.advance() == []
    assert [step for step, _ in follower.advance(ended=True)] == [1]


def test_validation_is_told_as_by_our_own_validator(files: Files) -> None:
    follower = Follower(files.recipe, files.place, 0, 2, None)
    files.score(0, 0, [1.0], of="val")
    files.log(0, **{"val-core/toy/counting/reward/mean@1": 1.0})
    follower.advance()
    [line] = files.metrics()
    assert (
        line["data"]["val/score"] == line["data"]["val/test_score/toy/counting"] == line["data"]["val/reward/count"] == 1.0
    )


def test_a_checkpoint_is_a_model_folder_that_train_does_not_go_on_from(files: Files) -> None:
    told = Told()
    follower = Follower(files.recipe, files.place, 0, 2, told)
    files.score(1, 0, [1.0, 1.0])
    files.score(1, 1, [1.0, 1.0])
    files.save(1)
    follower.advance()
    assert not checkpoint_folder(files.recipe.output, 1).exists()  # its step is not told yet
    files.log(1, critic__score__mean=1.0, response_length__mean=3)
    follower.advance()
    folder = checkpoint_folder(files.recipe.output, 1)
    assert told.events[-1] == ("checkpoint", 1, folder)
    assert load_model(folder / "model").config == load_model(files.model).config
    with pytest.raises(RecipeError, match=r"was made by verl, which `ocean-r1 train` cannot go on with"):
        read_state(folder, files.recipe)


def test_a_job_that_goes_on_keeps_what_is_up_to_its_checkpoint(files: Files) -> None:
    follower = Follower(files.recipe, files.place, 0, 2, None)
    for step in (1, 2):
        for index in (0, 1):
            files.score(step, index, [1.0, 0.0])
        files.log(step, critic__score__mean=0.5, response_length__mean=3)
        if step == 1:
            files.save(1)
            follower.advance()
    follower.advance(ended=True)
    assert [line["step"] for line in files.metrics()] == [1, 2]
    told = Told()
    again = Follower(files.recipe, Place(files.recipe.output, 2), 1, 2, told)  # step 2 came after the last checkpoint
    assert [line["step"] for line in files.metrics()] == [1]
    assert again.progress.step == 1
    assert [event[:2] for event in told.events] == [("begin", 1), ("checkpoint", 1)]
    other = files.recipe.model_copy(update={"seed": 5})
    with pytest.raises(RecipeError, match=r"by another recipe; .*\n  seed: 0 -> 5"):
        Follower(other, Place(files.recipe.output, 2), 1, 2, None)
