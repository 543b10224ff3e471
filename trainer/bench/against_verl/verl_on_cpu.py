"""verl 0.9.1 on CPUs, for `check:verl`: a platform, and rollouts by our own engine through verl's registries.

verl imports it where VERL_USE_EXTERNAL_MODULES names it; VERL_PLATFORM=cpu and VERL_ENGINE_DEVICE=cuda choose it.
"""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ray
import torch
from PIL.Image import Image
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy
from torch.distributed.fsdp import CPUOffloadPolicy
from verl.plugin.platform import PlatformBase, PlatformRegistry
from verl.utils import distributed, fsdp_utils
from verl.workers.rollout import base
from verl.workers.rollout.base import BaseRollout
from verl.workers.rollout.replica import RolloutReplica, RolloutReplicaRegistry, TokenOutput

NOTHING = SimpleNamespace(
    **dict.fromkeys(
        ("empty_cache", "synchronize", "set_device", "manual_seed", "manual_seed_all", "ipc_collect"), lambda *_, **__: None
    ),
    **dict.fromkeys(
        ("max_memory_allocated", "max_memory_reserved", "memory_allocated", "memory_reserved", "current_device"),
        lambda *_, **__: 0,
    ),
    get_device_name=lambda *_: "CPU",
    is_available=lambda: True,
    device_count=lambda: 1,
    mem_get_info=lambda *_: (1, 1),
    get_rng_state=torch.get_rng_state,
    set_rng_state=torch.set_rng_state,
    Stream=None,
)


@PlatformRegistry.register("cpu")
class PlatformCpu(PlatformBase):
    """Ray counts what it calls GPUs: `ray start --num-gpus 1` has one for each worker."""

    device_name = "cpu"
    vendor_name = "nvidia"
    device_module = NOTHING

    def is_available(self) -> bool:
        return True

    def current_device(self) -> Any:
        return "cpu"

    def device_count(self) -> int:
        return 1

    def set_device(self, device_index: int) -> None: ...

    def synchronize(self, device_index: int | None = None) -> None: ...

    def manual_seed(self, seed: int) -> None:
        torch.manual_seed(seed)

    manual_seed_all = manual_seed

    def set_allocator_settings(self, settings: str) -> None: ...

    def empty_cache(self) -> None: ...

    def get_device_capability(self, device_index: int = 0) -> tuple[None, None]:
        return None, None

    def communication_backend_name(self) -> str:
        return "gloo"

    def visible_devices_envvar(self) -> str:
        return "CUDA_VISIBLE_DEVICES"

    def nvtx_range(self, msg: str) -> Any:
        return nullcontext()

    def profiler_start(self) -> None: ...

    def profiler_stop(self) -> None: ...

    def ray_resource_name(self) -> str:
        return "GPU"

    def ray_noset_envvars(self) -> list[str]:
        return ["RAY_EXPERIMENTAL_NOSET_CUDA_VISIBLE_DEVICES"]

    def is_ipc_supported(self) -> bool:
        return False

    def cudart(self) -> None:
        return None


class EngineServer:
    """Samples by our engine, one response at a time, and writes down the tokens."""

    def __init__(self, model: str, max_new_tokens: int, seed: int) -> None:
        from ocean_r1.data.prompts import Tokenizer
        from ocean_r1.models.config import ModelConfig
        from ocean_r1.models.qwen2_5_vl import Qwen2_5_VL

        torch.set_num_threads(1)
        self.model = Qwen2_5_VL(ModelConfig.from_folder(Path(model)))
        self.tokenizer = Tokenizer(Path(model))
        self.max_new_tokens = max_new_tokens
        self.drawn = seed
        self.steps: int | None = None
        self.record = Path(os.environ["OCEAN_ROLLOUT_TOKENS"])

    def load(self, weights: dict[str, torch.Tensor], steps: int | None) -> None:
        from ocean_r1.models.weights import load_weights

        load_weights(self.model, iter(weights.items()))
        self.steps = steps

    def generate(
        self,
        prompt_ids: list[int],
        sampling_params: dict[str, Any],
        image_data: list[Image] | None = None,
        **_: Any,
    ) -> TokenOutput:
        from ocean_r1.data.images import PixelBounds, patches_of
        from ocean_r1.engine.prompt import Prompt
        from ocean_r1.engine.sampling import Sampling, sample

        vision = self.model.config.vision
        pictures = [patches_of(image, vision, PixelBounds(1, 1 << 40)) for image in image_data or []]
        pixels = torch.cat([each.pixels for each in pictures]) if pictures else None
        prompt = Prompt(torch.tensor(prompt_ids), pixels, tuple(each.grid for each in pictures))
        how = Sampling(
            self.max_new_tokens,
            self.tokenizer.stop_tokens,
            sampling_params["temperature"],
            forbidden_tokens=(self.model.config.image_token_id,),
        )
        self.drawn += 1
        [[response]] = sample(self.model, [prompt], 1, how, torch.tensor([[self.drawn]]), True)
        line = {"step": self.steps, "prompt": prompt_ids, "response": response.ids.tolist()}
        with self.record.open("a") as file:
            file.write(json.dumps(line) + "\n")
        logp = response.logp.tolist() if response.logp is not None else None
        return TokenOutput(
            token_ids=response.ids.tolist(),
            log_probs=logp,
            stop_reason="completed",
            extra_fields={"global_steps": self.steps},
        )

    def sleep(self) -> None: ...

    def wake_up(self, tags: list[str] | None = None) -> None: ...


class EngineReplica(RolloutReplica):
    """A server beside each worker."""

    async def launch_servers(self) -> None:
        [worker] = self.workers
        node = await worker.__ray_call__.remote(lambda _: ray.get_runtime_context().get_node_id())
        there = NodeAffinitySchedulingStrategy(node_id=node, soft=False)
        options = {"name": server_name(self.replica_rank), "num_cpus": 0, "scheduling_strategy": there}
        server = ray.remote(EngineServer).options(**options)
        self._server_handle = server.remote(self.model_config.path, self.config.response_length, self.replica_rank << 32)
        self.servers = [self._server_handle]
        self._server_address = f"engine:{self.replica_rank}"


def server_name(replica: int) -> str:
    return f"ocean_server_{replica}"


class EngineAdapter(BaseRollout):
    """In a training worker: hands its weights to the server beside it."""

    async def resume(self, tags: list[str]) -> None: ...

    async def release(self) -> None: ...

    async def update_weights(self, weights: Any, global_steps: int | None = None, **_: Any) -> None:
        whole = {name: tensor.detach().float().cpu().clone() for name, tensor in weights}
        server = ray.get_actor(server_name(int(os.environ["RANK"])))
        await asyncio.wrap_future(server.load.remote(whole, global_steps).future())


# It names a backend for "cpu" twice, and torch takes each device once (utils/distributed.py:89 of 0.9.1).
distributed.initialize_global_process_group_ray = partial(distributed.initialize_global_process_group_ray, backend="gloo")
# The reference is pinned memory, which is a card's (workers/engine/fsdp/transformer_impl.py:462 of 0.9.1).
fsdp_utils.CPUOffloadPolicy = lambda pin_memory: CPUOffloadPolicy(pin_memory=False)
RolloutReplicaRegistry.register("ocean", lambda: EngineReplica)
# The registry of adapters has no function to add one (workers/rollout/base.py:89 of 0.9.1).
base._ROLLOUT_REGISTRY["ocean", "async"] = f"{__name__}.EngineAdapter"
