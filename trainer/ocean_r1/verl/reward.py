"""What verl asks for a reward, by its naive manager; and what it scored written down, of which `follow.py` makes rollouts.

verl's processes import this module by its name. verl is no dependency of the trainer, so nothing of ours imports it.
"""

from __future__ import annotations

import json
import os
import socket
from typing import Any

from verl import DataProto
from verl.experimental.reward_loop.reward_manager.naive import NaiveRewardManager

from ocean_r1.files import append, make_folder
from ocean_r1.verl.scoring import Scoring, score


def compute_score(
    data_source: str, solution_str: str, ground_truth: str, extra_info: dict[str, Any], scoring: dict[str, Any], **_: Any
) -> dict[str, Any]:
    """verl calls it in threads. `score` is without the penalty for length, which `RecordingRewardManager` takes off."""
    scored = score(Scoring.model_validate(scoring), solution_str, ground_truth, json.loads(extra_info["json"]))
    return {"score": scored.reward, "terms": scored.terms, "failed": scored.failed}


class RecordingRewardManager(NaiveRewardManager):  # type: ignore[misc]  # verl is not there where types are checked
    def __init__(self, config: Any, tokenizer: Any, compute_score: Any, **other: Any) -> None:
        super().__init__(config, tokenizer, compute_score, **other)
        self.scoring = Scoring.model_validate(dict(config.reward.custom_reward_function.reward_kwargs.scoring))
        make_folder(self.scoring.scored)
        self.record = self.scoring.scored / f"{socket.gethostname()}-{os.getpid()}.jsonl"

    async def run_single(self, data: DataProto) -> dict[str, Any]:
        result = await super().run_single(data)
        told, item = result["reward_extra_info"], data[-1]
        tokens = int(item.non_tensor_batch["response_len"])
        ids = item.batch["responses"][:tokens].tolist()
        reward = result["reward_score"] - self.scoring.penalty(tokens)
        info = item.non_tensor_batch["extra_info"]
        line = {
            "of": info["of"],
            "step": int(item.non_tensor_batch["global_steps"]),
            "index": int(info["index"]),
            "group": str(item.non_tensor_batch["uid"]),
            "output": self.tokenizer.decode(ids, skip_special_tokens=True),
            "tokens": tokens,
            "finished": bool(ids) and ids[-1] in self.stops,
            "score": result["reward_score"],
            "reward": reward,
            "terms": told["terms"],
            "failed": told["failed"],
        }
        append(self.record, json.dumps(line) + "\n")
        # verl takes means of what stands here.
        return {
            "reward_score": reward,
            "reward_extra_info": {f"reward/{name}": value for name, value in told["terms"].items()},
        }

    @property
    def stops(self) -> set[int]:
        """What ends a reply, as `data/prompts.py` has it."""
        return {self.tokenizer.convert_tokens_to_ids(name) for name in ("<|im_end|>", "<|endoftext|>")}
