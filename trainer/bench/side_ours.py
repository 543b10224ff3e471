"""Our side of `against_trl.py`: the same calls as a step of `ocean_r1/grpo/train.py` makes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipe import clock, elapsed, peak_bytes, requests, settings

if TYPE_CHECKING:
    from ocean_r1.grpo.step import Group
    from ocean_r1.rewards.pool import RewardPool


def recipe_of(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "grpo",
        "name": "against-trl",
        "stage": 1,
        "output": "unused",
        "model": {"path": given["model"], "device": given["device"]},
        "data": {"files": [{"path": given["rows"]}], "min_pixels": given["pixels"], "max_pixels": given["pixels"]},
        "rollout": {"group": given["group"], "max_new_tokens": given["new_tokens"]},
        "reward": {"terms": {"characters": f"{Path(__file__).parent / 'reward.py'}:characters"}, "expression": "characters"},
        "optimizer": {"lr": given["lr"]},
    }


def shortened(group: Group, pool: RewardPool, texts: Any) -> Group:
    """Responses of unequal lengths, so that the loss of the policy does not sum to zero; scored anew."""
    from ocean_r1.rewards.pool import Case

    responses = []
    for index, response in enumerate(group.responses):
        length = len(response.ids) - 3 * index
        logp = None if response.logp is None else response.logp[:length]
        responses.append(replace(response, ids=response.ids[:length], logp=logp))
    said = [texts(response.ids.tolist()) for response in responses]
    scored = pool.score([Case(text, group.example.ground_truth, {}) for text in said])
    return replace(group, responses=responses, texts=said, scored=scored, rewards=[score.reward for score in scored])


def main() -> None:
    import torch

    from ocean_r1.config import GrpoRecipe
    from ocean_r1.data.prompts import Reader, Tokenizer
    from ocean_r1.data.rows import open_dataset
    from ocean_r1.engine.workers import Workers
    from ocean_r1.grpo.step import sample_groups, update
    from ocean_r1.models.weights import load_model, load_weights, tensors_of
    from ocean_r1.optimizer import Stepper, make_optimizers
    from ocean_r1.rewards.pool import RewardPool

    class Endless(Tokenizer):
        """Nothing ends a reply, so that both sides sample the same count of tokens."""

        @property
        def stop_tokens(self) -> tuple[int, ...]:
            return ()

    given = settings()
    torch.set_num_threads(given["threads"])
    recipe = GrpoRecipe.model_validate(recipe_of(given))
    model, reference = (load_model(recipe.model.path).to(given["device"]) for _ in range(2))
    reference.requires_grad_(False)
    workers = Workers(model, 1)
    stepper = Stepper(list(model.parameters()), make_optimizers(model, recipe.optimizer), recipe.optimizer)
    tokenizer = Endless(recipe.model.path)
    reader = Reader(open_dataset(recipe.data.files), model.config, tokenizer, recipe.data)
    with RewardPool(recipe.reward) as pool:

        def sampled(step: int) -> list[Group]:
            first = step * given["prompts"]
            examples = [reader.example(position) for position in range(first, first + given["prompts"])]
            return sample_groups(workers, examples, recipe, tokenizer, pool, step, Counter())

        for request, answer in requests():
            if request["do"] == "step":
                started = clock()
                groups = sampled(request["step"])
                generated = elapsed(started)["wall"]
                update(workers, reference, stepper, groups, recipe, 1.0)
                peaks = [
                    peak_bytes(device=given["device"]),
                    *(peak_bytes(str(worker.process.pid)) for worker in pool.workers),
                ]
                answer({**elapsed(started), "generate": generated, "peak": sum(peaks)})
            else:
                load_weights(model, tensors_of(Path(given["moved"])))
                groups = [shortened(group, pool, tokenizer.text) for group in sampled(0)]
                metrics = update(workers, reference, stepper, groups, recipe, 1.0)
                algorithm = recipe.algorithm
                loss = metrics["actor/pg_loss"] + algorithm.kl_coefficient * metrics["actor/kl_loss"]
                loss -= algorithm.entropy_coefficient * metrics["actor/entropy_loss"]
                answer(
                    {
                        "prompts": [group.example.prompt.ids.tolist() for group in groups],
                        "responses": [ids.tolist() for group in groups for ids in group.ids],
                        "loss": loss,
                        "policy loss": metrics["actor/pg_loss"],
                        "KL": metrics["actor/kl_loss"],
                        "entropy": metrics["actor/entropy_loss"],
                        "gradient norm": metrics["actor/grad_norm"],
                    }
                )


if __name__ == "__main__":
    main()
