"""verl's job on a cluster of Ray: checked, submitted, asked how it is, stopped. verl and Ray are imported here, and late:
they live in an environment of their own."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

import ocean_r1
from ocean_r1.config import RecipeError
from ocean_r1.files import atomic_write
from ocean_r1.verl.config import VERL, Place

FORWARDED = ("GLOO_", "NCCL_", "VERL_", "VLLM_")
"""What begins so in the environment of the command is in that of the job."""
CHECKED = ("actor_rollout_ref.actor", "actor_rollout_ref.ref.fsdp_config", "actor_rollout_ref.rollout", "algorithm")
"""The sections that verl has dataclasses for. That of `reward` fails on verl's own defaults (workers/config/reward.py:52 of
0.9.1 calls what its base has not), and verl itself reads the section as it stands."""
ADDED = (
    "reward.custom_reward_function.reward_kwargs",
    "actor_rollout_ref.actor.fsdp_config.mixed_precision",
    "actor_rollout_ref.ref.fsdp_config.mixed_precision",
)
"""Keys that verl reads and its own files do not have."""
ERROR = re.compile(r"^(?:\(.*?\)\s*)?((?:\w+\.)*\w*(?:Error|Exception|Interrupt)\b.*)$", re.MULTILINE)
MISSING = (
    f"needs verl {VERL} and Ray, which are no part of the trainer: make an environment as docs/verl.md has it "
    f"(pip install verl=={VERL} 'ray[default]', then pip install --no-deps -e trainer), and start the command there"
)


def check_installed() -> None:
    """Raises RecipeError that says what to install."""
    missing = [name for name in ("verl", "ray") if importlib.util.find_spec(name) is None]
    if missing:
        raise RecipeError(f"`ocean-r1 verl` {MISSING}; {' and '.join(missing)} cannot be found")
    if not (found := version("verl")).startswith(VERL.rpartition(".")[0] + "."):
        raise RecipeError(f"`ocean-r1 verl` {MISSING}; here is verl {found}")


def write_config(config: Mapping[str, Any], place: Place) -> None:
    """Raises WriteError."""
    with atomic_write(place.config) as partial:
        partial.write_text(yaml.safe_dump(dict(config), sort_keys=False))


def check_config(place: Place, overrides: Sequence[str]) -> Any:
    """The whole configuration as verl composes it, its keys and values held to verl's own. Raises RecipeError."""
    import verl.trainer.config
    from hydra import compose, initialize_config_dir
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException
    from verl.trainer.ppo.utils import need_critic, need_reference_policy
    from verl.utils.config import omega_conf_to_dataclass, validate_config

    own = Path(verl.trainer.config.__path__[0])
    try:
        with initialize_config_dir(str(own), version_base=None):
            defaults = OmegaConf.to_container(compose("ppo_trainer"))
        written = {
            key: value for key, value in yaml.safe_load(place.config.read_text()).items() if key not in ("hydra", "defaults")
        }
        if unknown := [key for key in keys_of(written) if not has_key(defaults, key)]:
            raise RecipeError(f"verl {version('verl')} has no {', '.join(unknown)}; this trainer was written for {VERL}")
        with initialize_config_dir(str(place.own), version_base=None):
            config = compose(place.config.stem, list(overrides))
        for section in CHECKED:
            omega_conf_to_dataclass(OmegaConf.select(config, section))
        validate_config(config, need_reference_policy(config), need_critic(config))
    except (HydraException, OmegaConfBaseException, AssertionError, ValueError, TypeError) as error:
        if isinstance(error, RecipeError):
            raise
        raise RecipeError(f"verl does not take its configuration: {' '.join(str(error).split())}") from error
    return config


def keys_of(config: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Dotted, down to values; without those that verl's own files lack."""
    for key, value in config.items():
        name = f"{prefix}{key}"
        if name in ADDED:
            continue
        if isinstance(value, Mapping):
            yield from keys_of(value, f"{name}.")
        else:
            yield name


def has_key(config: Any, dotted: str) -> bool:
    """Where verl's own files have an empty mapping, any key may stand."""
    for part in dotted.split("."):
        if config == {}:
            return True
        if not isinstance(config, Mapping) or part not in config:
            return False
        config = config[part]
    return True


@contextmanager
def cluster_address(address: str | None) -> Iterator[str]:
    """Where jobs are submitted: the address that is given, or a cluster of this machine for as long as the block takes."""
    if address is not None:
        yield address
        return
    import ray

    context = ray.init(include_dashboard=True, log_to_driver=False)
    try:
        yield f"http://{context.dashboard_url}"
    finally:
        ray.shutdown()


class Job:
    """A job of Ray. Raises RuntimeError with a sentence where the cluster cannot be reached."""

    def __init__(self, address: str, name: str) -> None:
        from ray.job_submission import JobSubmissionClient

        self.name = name
        try:
            self.client = JobSubmissionClient(address)
        except (ConnectionError, RuntimeError) as error:
            raise RuntimeError(f"no cluster of Ray answers at {address}: {first_line(error)}") from error

    def submit(self, place: Place, overrides: Sequence[str], local: bool) -> None:
        command = [sys.executable if local else "python", "-m", "verl.trainer.main_ppo"]
        command += ["--config-path", str(place.own), "--config-name", place.config.stem, *overrides]
        forwarded = {name: value for name, value in os.environ.items() if name.startswith(FORWARDED)}
        environment = {**forwarded, "VERL_FILE_LOGGER_PATH": str(place.metrics), "HYDRA_FULL_ERROR": "1"}
        runtime = {"env_vars": environment, "py_modules": [str(Path(ocean_r1.__path__[0]))]}
        self.client.submit_job(entrypoint=shlex.join(command), submission_id=self.name, runtime_env=runtime)

    def state(self) -> str:
        """`PENDING`, `RUNNING`, `STOPPED`, `SUCCEEDED` or `FAILED`; `UNKNOWN` where the cluster has no such job."""
        try:
            return str(self.client.get_job_status(self.name).value)
        except RuntimeError as error:
            if "does not exist" in str(error) or "404" in str(error):
                return "UNKNOWN"
            raise

    def stop(self) -> bool:
        return bool(self.client.stop_job(self.name))

    def log(self) -> str:
        return str(self.client.get_job_logs(self.name))

    def failure(self) -> str:
        """Why it failed, in its own last words."""
        return last_words(self.log())


def last_words(log: str) -> str:
    """The last error that a log tells of, or its last line."""
    errors = ERROR.findall(log)
    return (errors or log.strip().splitlines() or ["it said nothing"])[-1]


def first_line(error: object) -> str:
    return str(error).strip().splitlines()[0]
