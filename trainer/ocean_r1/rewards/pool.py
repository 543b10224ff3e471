"""Rewards are computed in processes of their own, since a response may keep a computer-algebra system busy for ever."""

from __future__ import annotations

import importlib.util
import logging
import multiprocessing as mp
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic
from typing import Any

from ocean_r1.config import RecipeError, Reward
from ocean_r1.processes import STOPS, signals_blocked
from ocean_r1.rewards.expression import compile_expression
from ocean_r1.rewards.terms import TERMS, Term, correct_by

MAX_REWARD = 1e18
"""What a reward may be at most, up or down: its square is still a number in float32."""


@dataclass(frozen=True)
class Case:
    """What a term is asked about. `row` is the row's extra_info."""

    response: str
    ground_truth: str
    row: Mapping[str, Any]


@dataclass(frozen=True)
class Scored:
    """The reward of a response, the value of each term, and why those that ran out of time or failed are 0: terms by their
    names, the reward by its expression."""

    reward: float
    terms: dict[str, float]
    failed: dict[str, str] = field(default_factory=dict)


def load_terms(sources: Mapping[str, str]) -> dict[str, Term]:
    """By their names in the expression; `correct` may be any of the others, as a row asks. Raises RecipeError."""
    own = {name: load_term(source) for name, source in sources.items()}
    return {name: correct_by(own) if sources[name] == "correct" else term for name, term in own.items()}


def load_term(source: str) -> Term:
    """A built-in term, or `path/to/file.py:function`. Raises RecipeError."""
    if source in TERMS:
        return TERMS[source]
    path, _, name = source.partition(":")
    spec = importlib.util.spec_from_file_location(f"reward_{Path(path).stem}", path) if name else None
    if spec is None or spec.loader is None or not Path(path).exists():
        raise RecipeError(f"reward.terms: {source!r} is neither {', '.join(TERMS)} nor a file and function")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # a file of the user's own may raise anything
        raise RecipeError(f"reward.terms: {path} cannot be imported: {type(error).__name__}: {error}") from error
    term: Term | None = getattr(module, name, None)
    if not callable(term):
        raise RecipeError(f"reward.terms: {path} has no function {name}")
    return term


def finite_number(value: object) -> float:
    """What a term returned as a reward. Raises TypeError and ValueError for what is none."""
    if isinstance(value, str | bytes):
        raise TypeError(f"{value!r} is a text and no number")
    found = float(value)  # type: ignore[arg-type]  # what is no number raises TypeError
    if not abs(found) <= MAX_REWARD:
        raise ValueError(f"{found} is no number from {-MAX_REWARD:g} to {MAX_REWARD:g}")
    return found


def worker_main(connection: Connection, sources: Mapping[str, str]) -> None:
    """A worker's life: it says that it is ready, then cases come and go back with the values of all terms."""
    terms = load_terms(sources)
    if {"accuracy", "correct"} & set(sources.values()):
        import math_verify  # noqa: F401, seconds to import, and not to be taken off the first case's time

        # It warns that it has no time limit of its own; this process has one.
        logging.getLogger("math_verify").setLevel(logging.ERROR)
    connection.send(None)
    while True:
        try:
            case: Case = connection.recv()
        except (EOFError, ConnectionResetError):  # the run is gone
            return
        values: dict[str, float] = {}
        failed: dict[str, str] = {}
        for name, term in terms.items():
            try:
                values[name] = finite_number(term(case.response, case.ground_truth, case.row))
            except Exception as error:  # a term of the user's own may raise anything: it is 0, told and counted
                values[name], failed[name] = 0.0, f"{type(error).__name__}: {error}"
        connection.send((values, failed))


@dataclass
class Worker:
    process: BaseProcess
    connection: Connection
    ready: bool = False
    case: int | None = None
    since: float = 0.0


class RewardPool:
    """Scores responses by the recipe. Use as a context, so that its processes end."""

    def __init__(self, reward: Reward) -> None:
        self.reward = reward
        self.combine, names = compile_expression(reward.expression)
        self.sources = {name: reward.terms.get(name, name) for name in sorted({*names, *reward.terms})}
        load_terms(self.sources)
        self.context = mp.get_context("spawn")
        self.workers: list[Worker] = []

    def __enter__(self) -> RewardPool:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.process.kill()
            worker.process.join()
        self.workers = []

    def _start(self) -> Worker:
        ours, theirs = self.context.Pipe()
        process = self.context.Process(target=worker_main, args=(theirs, self.sources), daemon=True)
        with signals_blocked(*STOPS):
            process.start()
        theirs.close()
        return Worker(process, ours)

    def score(self, cases: Sequence[Case]) -> list[Scored]:
        """In the order of the cases. Raises RuntimeError where the processes cannot start."""
        results: dict[int, Scored] = {}
        waiting = deque(range(len(cases)))
        while len(self.workers) < min(self.reward.workers, len(cases)):
            self.workers.append(self._start())
        while len(results) < len(cases):
            for worker in self.workers:
                if worker.ready and worker.case is None and waiting:
                    index = waiting.popleft()
                    try:
                        worker.connection.send(cases[index])
                        worker.case, worker.since = index, monotonic()
                    except OSError:  # it was killed while it waited: the case goes to the next
                        waiting.appendleft(index)
                        self._replace(worker)
            readable = wait([worker.connection for worker in self.workers], timeout=0.1)
            for worker in list(self.workers):
                late = worker.case is not None and monotonic() - worker.since > self.reward.timeout_seconds
                if worker.connection in readable:
                    self._receive(worker, results)
                elif late and worker.case is not None:
                    results[worker.case] = self._zero(f"longer than {self.reward.timeout_seconds} s")
                    self._replace(worker)
        return [results[index] for index in range(len(cases))]

    def _receive(self, worker: Worker, results: dict[int, Scored]) -> None:
        try:
            reply = worker.connection.recv()
        except (EOFError, ConnectionResetError):
            if not worker.ready:
                raise RuntimeError("a process that computes rewards ended; its own words are above") from None
            if worker.case is not None:
                results[worker.case] = self._zero("the process died")
            self._replace(worker)
            return
        if worker.case is None:
            worker.ready = True
            return
        values, failed = reply
        results[worker.case] = self._scored(values, failed)
        worker.case = None

    def _zero(self, why: str) -> Scored:
        zeros = dict.fromkeys(self.sources, 0.0)
        return self._scored(zeros, dict.fromkeys(self.sources, why))

    def _scored(self, values: dict[str, float], failed: dict[str, str]) -> Scored:
        try:
            return Scored(finite_number(self.combine(values)), values, failed)
        except (ArithmeticError, ValueError) as error:  # divided by zero, or grown out of bounds
            return Scored(0.0, values, {**failed, self.reward.expression: f"{type(error).__name__}: {error}"})

    def _replace(self, worker: Worker) -> None:
        worker.process.kill()
        worker.process.join()
        self.workers[self.workers.index(worker)] = self._start()
