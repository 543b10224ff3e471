"""One response scored by our terms from any thread: a process bounds each, and one at a time is in it."""

from __future__ import annotations

import atexit
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from pydantic import BaseModel, ConfigDict

from ocean_r1.config import Algorithm, Reward
from ocean_r1.grpo.step import overlong_penalty
from ocean_r1.rewards.pool import Case, RewardPool, Scored


class Scoring(BaseModel):
    """What the reward needs of the recipe; it comes with verl's configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reward: Reward
    scored: Path
    """The folder in which what was scored is written down."""
    max_new_tokens: int
    overlong_tokens: int
    overlong_penalty: float

    def penalty(self, tokens: int) -> float:
        """What a response of so many tokens loses by its length."""
        rule = Algorithm(overlong_tokens=self.overlong_tokens, overlong_penalty=self.overlong_penalty)
        return overlong_penalty(tokens, self.max_new_tokens, rule)


class SharedPool:
    """A pool for callers in several threads, each of which waits for its own response alone."""

    def __init__(self, reward: Reward) -> None:
        self.pool = RewardPool(reward)
        self.lock = Lock()
        atexit.register(self.pool.__exit__)

    def score(self, case: Case) -> Scored:
        with self.lock:
            return self.pool.score([case])[0]


@cache
def shared_pool(reward: str) -> SharedPool:
    """One for this process; `reward` is the recipe's section as JSON."""
    return SharedPool(Reward.model_validate_json(reward))


def score(scoring: Scoring, response: str, ground_truth: str, row: dict[str, Any]) -> Scored:
    return shared_pool(scoring.reward.model_dump_json()).score(Case(response, ground_truth, row))
