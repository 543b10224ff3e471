"""Rollouts by a vLLM server: what it is sent, what is taken over of its answers, and what is said where they are wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from conftest import FAMILIES, each_family, tiny_config
from toy import QWEN3, SHAPE, picture, recipe, toy
from vllm_server import Vllm, vllm_server

from ocean_r1.cli import main
from ocean_r1.config import parse_recipe
from ocean_r1.data.images import PixelBounds, open_image, patches_of
from ocean_r1.data.prompts import Example, Tokenizer
from ocean_r1.engine.forward import group_stats
from ocean_r1.engine.prompt import Prompt
from ocean_r1.engine.sampling import Response, Sampling
from ocean_r1.engine.vllm import ServerError, VllmServer, pictures_of
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.model import VisionLanguageModel
from ocean_r1.start import open_run

GENERATE = "/inference/v1/generate"
PUSH = ["/pause", "/collective_rpc", "/update_weight_version", "/resume"]
GROUP, PROMPTS = 4, 3


@pytest.fixture
def paths(tmp_path: Path) -> dict[str, Path]:
    return toy(tmp_path)


@pytest.fixture
def server(paths: dict[str, Path]) -> Iterator[Vllm]:
    with vllm_server(Vllm(paths["model"])) as made:
        yield made


def trained(paths: dict[str, Path], server: Vllm, steps: int, *keys: str) -> int:
    path = paths["model"].parent / "run.toml"
    path.write_text(recipe(paths, paths["model"].parent / "out", "grpo", stage=1, steps=steps, prompts_per_step=PROMPTS))
    given = ["rollout.engine=vllm", f"rollout.server={server.address}", "data.max_prompt_tokens=500", *keys]
    return main(["train", str(path), *(word for key in given for word in ("--set", key))])


def metrics_of(paths: dict[str, Path]) -> list[dict[str, float]]:
    return [json.loads(line)["data"] for line in (paths["model"].parent / "out/metrics.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("shape", [SHAPE, QWEN3], ids=FAMILIES)
def test_a_server_is_given_each_step_s_weights_and_answers_by_groups(tmp_path: Path, shape: dict[str, Any]) -> None:
    paths = toy(tmp_path, shape=shape)
    with vllm_server(Vllm(paths["model"])) as first:
        assert trained(paths, first, 2) == 0
    with vllm_server(Vllm(paths["model"])) as second:  # a run goes on with a server at another address
        assert trained(paths, second, 3) == 0
    for server, steps in ((first, 2), (second, 1)):
        assert [path for path, _ in server.heard] == ["/server_info", *[*PUSH, *[GENERATE] * PROMPTS] * steps]
        asked = [body for path, body in server.heard if path == GENERATE]
        assert all(body["sampling_params"]["n"] == GROUP for body in asked)
        assert {len(body["content_parts"]) for body in asked} == {0, 1}  # the picture once for all of a group
    # The weights that draw are those that learn, each step's own.
    metrics = metrics_of(paths)
    assert all(step["actor/rollout_logp_difference"] < 1e-5 for step in metrics)
    assert all("timing_s/update_weights" in step for step in metrics)
    lines = (tmp_path / "out/rollouts/step-000003/rollouts.jsonl").read_text().splitlines()
    drawn = sorted(len(choice["token_ids"]) for reply in second.replies for choice in reply["choices"])
    assert sorted(json.loads(line)["tokens"] for line in lines) == drawn
    assert not [*(tmp_path / "out").glob("*.partial")]


def test_what_it_computes_otherwise_is_told_and_weighed(paths: dict[str, Path], server: Vllm) -> None:
    """Here it keeps the first weights, and says that it does not."""
    server.takes = 1
    assert trained(paths, server, 3, "algorithm.importance_threshold=1.01") == 0
    first, *later = metrics_of(paths)
    assert first["actor/rollout_logp_difference"] < 1e-5
    assert first["actor/importance_mean"] == pytest.approx(1, abs=1e-5)
    assert all(step["actor/rollout_logp_difference"] > 1e-3 for step in later)
    assert all(0 < step["actor/importance_cut"] < 1 for step in later)


# One prompt, without a run around it.


@dataclass
class Asked:
    """The model that learns, a prompt with a picture, and what asks about it."""

    folder: Path
    model: VisionLanguageModel
    example: Example
    client: VllmServer

    def check(self) -> None:
        self.client.check(self.folder, GROUP, 500)

    def push(self) -> None:
        self.client.version = self.client.push(self.model, self.folder.parent / "weights")

    def sample(self) -> list[Response]:
        stops = Tokenizer(self.folder).stop_tokens
        sampling = Sampling(6, stops, temperature=0.7, forbidden_tokens=(self.model.config.image_token_id,))
        return self.client.sample(self.example.prompt, GROUP, sampling, seed=5)


@pytest.fixture
def asked(paths: dict[str, Path], server: Vllm, tmp_path: Path) -> Asked:
    run = open_run(parse_recipe(recipe(paths, tmp_path / "out", "grpo", stage=1, steps=1, prompts_per_step=1), "toy"))
    example = next(each for each in run.next_examples(2) if each.images)
    return Asked(paths["model"], run.model, example, VllmServer(server.address, run.model.config))


def test_ids_and_log_probabilities_are_taken_over(server: Vllm, asked: Asked) -> None:
    asked.check()
    asked.push()
    responses = asked.sample()
    [reply] = server.replies
    assert [each.ids.tolist() for each in responses] == [choice["token_ids"] for choice in reply["choices"]]
    assert [each.finished for each in responses] == [choice["finish_reason"] == "stop" for choice in reply["choices"]]
    for response, choice in zip(responses, reply["choices"], strict=True):
        told = [token["logprob"] for token in choice["logprobs"]["content"]]
        assert response.logp is not None
        assert response.logp.tolist() == pytest.approx(told)
    assert len({tuple(each.ids.tolist()) for each in responses}) > 1
    # At the temperature of the recipe, as the trainer has it.
    own = group_stats(asked.model, asked.example.prompt, [each.ids for each in responses], temperature=0.7).logp
    sampled = torch.cat([each.logp for each in responses if each.logp is not None])
    assert (own - sampled).abs().max() < 1e-5


def of_first(**changed: Any) -> Callable[[dict[str, Any]], None]:
    return lambda reply: reply["choices"][0].update(changed)


START = "start it with --"
CHECKS: list[tuple[dict[str, Any], str]] = [
    (
        {"refuses": {"/server_info": 404}},
        "has no /server_info: it has to be vLLM 0.32 or newer, started with",
    ),
    ({"settings": {"logprobs_mode": "raw_logprobs"}}, START + "logprobs-mode processed_logprobs; it has raw_logprobs"),
    ({"settings": {"max_model_len": 499}}, START + "max-model-len 500; it has 499"),
    ({"settings": {"max_num_seqs": 3}}, START + "max-num-seqs 4 or more; it has 3"),
    ({"settings": {"max_model_len": None}}, "does not answer as vLLM 0.32 does: vllm_config.model_config.max_model_len"),
]


@pytest.mark.parametrize(("wrong", "sentence"), CHECKS)
def test_a_server_that_was_started_otherwise_is_refused(
    server: Vllm, asked: Asked, wrong: dict[str, Any], sentence: str
) -> None:
    vars(server).update(wrong)
    with pytest.raises(ServerError, match=re.escape(sentence)):
        asked.check()


def test_another_model_is_refused(server: Vllm, asked: Asked, tmp_path: Path) -> None:
    (tmp_path / "another").mkdir()
    server.folder = toy(tmp_path / "another", shape=QWEN3)["model"]
    with pytest.raises(ServerError, match="another/model, which is another model than"):
        asked.check()
    # Where its folder is not to be seen from here, it says so itself once it is given weights.
    server.folder = Path("/elsewhere")
    asked.check()
    server.refuses = {"/collective_rpc": 500}
    with pytest.raises(ServerError, match=r'/collective_rpc: it says 500, \{"error": "it would not"\}'):
        asked.push()
    assert server.heard[-1][0] == "/resume"


Spoil = Callable[[dict[str, Any]], object]
REPLIES: list[tuple[Spoil, str]] = [
    (of_first(weight_versions=[{"version": "another's"}]), "answered by weights another's, which are not this step's"),
    (of_first(logprobs=None), "told no log-probabilities of what it drew"),
    (lambda reply: reply["choices"][0]["logprobs"]["content"].pop(), "told no log-probabilities of what it drew"),
    (of_first(finish_reason="abort"), "gave a response up (abort)"),
    (of_first(token_ids=[]), "gave a response up"),
    (lambda reply: reply["choices"].pop(), "answered 3 times where 4 responses were asked for"),
    (lambda reply: reply.pop("choices"), "does not answer as vLLM 0.32 does: choices: it is missing"),
]


@pytest.mark.parametrize(("spoils", "sentence"), REPLIES)
def test_a_wrong_reply_is_refused(server: Vllm, asked: Asked, spoils: Spoil, sentence: str) -> None:
    asked.push()
    server.spoils = spoils
    with pytest.raises(ServerError, match=re.escape(sentence)):
        asked.sample()


def test_a_picture_that_it_sees_otherwise_is_refused(server: Vllm, asked: Asked) -> None:
    asked.push()
    server.bounds = PixelBounds(4096, 4096)
    with pytest.raises(ServerError, match=r"16 of them of pictures, and the trainer as \d+, 4 of them: give it"):
        asked.sample()


def test_a_server_that_is_not_there_is_told(paths: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    gone = Vllm(paths["model"])
    with vllm_server(gone):
        pass
    assert trained(paths, gone, 1) == 1
    told = capsys.readouterr().err
    assert f"no vLLM server answers at {gone.address}" in told
    assert "name another by rollout.server" in told


@each_family
def test_pictures_are_sent_as_the_model_sees_them(family: str) -> None:
    vision, bounds = ModelConfig.from_json(tiny_config(family).to_dict()).vision, PixelBounds(1024, 4096)
    seen = [patches_of(open_image(picture(3, size)), vision, bounds) for size in ((32, 32), (50, 71), (300, 200))]
    prompt = Prompt(torch.tensor([0]), torch.cat([each.pixels for each in seen]), tuple(each.grid for each in seen))
    for sent, each in zip(pictures_of(prompt, vision), seen, strict=True):
        again = patches_of(open_image(sent), vision, bounds)
        assert again.scale == (1, 1)
        assert torch.equal(again.pixels, each.pixels)
