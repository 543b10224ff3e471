"""A recipe as the configuration of verl 0.9 (`verl/trainer/config/ppo_trainer.yaml` and what that includes).

Only what differs from verl's defaults, or what the recipe says, is written. Hydra refuses keys that verl does not have;
verl's dataclasses check the values before a job is submitted (`job.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocean_r1.config import GrpoRecipe, RecipeError

VERL = "0.9.1"
"""The version that the keys are those of."""
TOKENS_PER_GPU = 24_576
"""Of a micro-batch of verl, as its own script for Qwen2.5-VL-7B has it (examples/grpo_trainer/run_qwen2_5_vl_7b_fsdp.sh)."""
NO_DUAL_CLIP = 1e9
"""verl bounds the loss where the advantage is negative, always; by this factor never."""


@dataclass(frozen=True)
class Cluster:
    """Machines of Ray, each with as many GPUs."""

    nodes: int
    gpus: int
    """A node."""


@dataclass(frozen=True)
class Place:
    """The files of a run on verl, on a disk that every node sees under the same path. A job that goes on has its own
    configuration, metrics and scores: verl's logger begins its file anew."""

    output: Path
    attempt: int

    @property
    def folder(self) -> Path:
        return self.output.absolute() / "verl"

    @property
    def rows(self) -> Path:
        return self.folder / "rows.parquet"

    @property
    def validation(self) -> Path:
        return self.folder / "validation.parquet"

    @property
    def checkpoints(self) -> Path:
        return self.folder / "checkpoints"

    @property
    def own(self) -> Path:
        return self.folder / f"attempt-{self.attempt:03d}"

    @property
    def config(self) -> Path:
        return self.own / "config.yaml"

    @property
    def begun(self) -> Path:
        return self.own / "begun.json"

    @property
    def metrics(self) -> Path:
        return self.own / "metrics.jsonl"

    @property
    def scored(self) -> Path:
        """Where the reward writes down what it scored, a file a process."""
        return self.own / "scored"


def check_expressible(recipe: GrpoRecipe) -> None:
    """Raises RecipeError that names the keys which verl has nothing for."""
    reference = recipe.reference is not None and recipe.reference.resolve() != recipe.model.path.resolve()
    unknown = {
        "model.fresh": recipe.model.fresh,
        "data.augment": recipe.data.augment > 0,
        "reference (it takes the KL against the model that it begins with)": reference,
        "optimizer.muon": recipe.optimizer.muon,
        "optimizer.vision_lr": recipe.optimizer.vision_lr not in (None, recipe.optimizer.lr),
        'optimizer.decay = "linear"': recipe.optimizer.decay == "linear",
    }
    if found := [key for key, wanted in unknown.items() if wanted]:
        raise RecipeError(f"verl {VERL} has nothing for {', '.join(found)}; take it out, or train by `ocean-r1 train`")


def other_than_here(recipe: GrpoRecipe) -> list[str]:
    """What verl does otherwise than `ocean-r1 train` would by the same recipe, a sentence each."""
    algorithm = recipe.algorithm
    micro_batches = algorithm.reproduce_micro_batch_mean
    said = {
        "algorithm.reproduce_micro_batch_mean: verl averages over all tokens of a step": micro_batches,
        "algorithm.reproduce_temporal_mrope: verl trains with all three axes": algorithm.reproduce_temporal_mrope,
        "algorithm.reproduce_first_step_at_zero: verl's first step has its rate": algorithm.reproduce_first_step_at_zero,
        "algorithm.dynamic_sampling: verl replaces equal groups until none is left": algorithm.dynamic_sampling,
        "logging.trace: verl tells no entropy of a token": recipe.logging.trace,
        "optimizer.decay: verl's cosine has its own end": recipe.optimizer.decay == "cosine",
    }
    return [sentence for sentence, applies in said.items() if applies]


def verl_config(
    recipe: GrpoRecipe, place: Place, cluster: Cluster, steps: int, patch_size: int, merge_size: int
) -> dict[str, Any]:
    """What verl is to do, as nested keys over its `ppo_trainer` defaults: `steps` in all; a patch of a picture has so many
    pixels a side, a token so many patches. Raises RecipeError."""
    check_expressible(recipe)
    check_divides(recipe, cluster)
    return {
        # Hydra looks for verl's own files beside this one.
        "hydra": {"searchpath": ["pkg://verl.trainer.config"], "run": {"dir": str(place.own)}},
        "defaults": ["ppo_trainer", "_self_"],
        "data": data_section(recipe, place, patch_size, merge_size),
        "actor_rollout_ref": {
            "model": model_section(recipe),
            "actor": actor_section(recipe),
            "ref": {"fsdp_config": engine(recipe) | {"param_offload": True}},
            "rollout": rollout_section(recipe, cluster),
        },
        "algorithm": {
            "adv_estimator": "grpo",
            "norm_adv_by_std_in_grpo": recipe.algorithm.divide_by_std,
            "use_kl_in_reward": False,
            "filter_groups": {"enable": recipe.algorithm.dynamic_sampling > 0, "metric": "reward"},
        },
        "reward": reward_section(recipe, place),
        "trainer": trainer_section(recipe, place, cluster, steps),
    }


def data_section(recipe: GrpoRecipe, place: Place, patch_size: int, merge_size: int) -> dict[str, Any]:
    return {
        "train_files": str(place.rows),
        "val_files": str(place.validation),
        "image_key": "images",
        "image_patch_size": patch_size,
        # Pictures are resized as they are read, by the bounds in their rows; the model's processor is to leave them so.
        "mm_processor_kwargs": {"min_pixels": (patch_size * merge_size) ** 2, "max_pixels": recipe.data.max_pixels},
        "train_batch_size": recipe.prompts_per_step,
        "max_prompt_length": recipe.data.max_prompt_tokens,
        "max_response_length": recipe.rollout.max_new_tokens,
        # The rows lie in the order of the steps, and those too long are out already: verl's own filter takes a row whose
        # pictures do not fit its marks for too long, and says nothing.
        "shuffle": False,
        "filter_overlong_prompts": False,
        "truncation": "error",
        "return_raw_chat": True,
    }


def model_section(recipe: GrpoRecipe) -> dict[str, Any]:
    return {
        "path": str(recipe.model.path.absolute()),
        "enable_gradient_checkpointing": recipe.model.gradient_checkpointing,
        "use_remove_padding": True,
        # Logits of 24,576 tokens by 152,064 words are 15 GB in float32; fused they are never whole.
        "use_fused_kernels": True,
    }


def engine(recipe: GrpoRecipe) -> dict[str, Any]:
    """Weights are float32, and computed with in the recipe's dtype; verl's own key `dtype` is for other engines."""
    return {
        "model_dtype": "fp32",
        "mixed_precision": {"param_dtype": recipe.model.dtype, "reduce_dtype": "float32", "buffer_dtype": "float32"},
    }


def actor_section(recipe: GrpoRecipe) -> dict[str, Any]:
    algorithm, optimizer = recipe.algorithm, recipe.optimizer
    return {
        "strategy": "fsdp2",
        "fsdp_config": engine(recipe) | {"param_offload": optimizer.offload, "optimizer_offload": optimizer.offload},
        "optim": {
            "lr": optimizer.lr,
            "betas": list(optimizer.betas),
            "weight_decay": optimizer.weight_decay,
            "clip_grad": optimizer.max_grad_norm,
            "lr_warmup_steps": optimizer.warmup_steps,
            "lr_scheduler_type": optimizer.decay,
        },
        "ppo_mini_batch_size": recipe.prompts_per_step // algorithm.mini_batches,
        "ppo_epochs": algorithm.epochs,
        "use_dynamic_bsz": True,
        "ppo_max_token_len_per_gpu": max(TOKENS_PER_GPU, recipe.data.max_prompt_tokens + recipe.rollout.max_new_tokens),
        "clip_ratio": algorithm.clip_low,
        "clip_ratio_low": algorithm.clip_low,
        "clip_ratio_high": algorithm.clip_high,
        "clip_ratio_c": algorithm.dual_clip or NO_DUAL_CLIP,
        "loss_agg_mode": algorithm.aggregation,
        "loss_scale_factor": algorithm.aggregation_norm,
        "entropy_coeff": algorithm.entropy_coefficient,
        "use_kl_loss": algorithm.kl_coefficient > 0,
        "kl_loss_coef": algorithm.kl_coefficient,
        "kl_loss_type": algorithm.kl + ("+" if algorithm.kl_straight_through else ""),
    }


def rollout_section(recipe: GrpoRecipe, cluster: Cluster) -> dict[str, Any]:
    settings = recipe.rollout
    longest = recipe.data.max_prompt_tokens + settings.max_new_tokens
    return {
        "name": "vllm",
        "mode": "async",
        "n": settings.group,
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "top_k": settings.top_k or -1,
        "seed": recipe.seed,
        "dtype": recipe.model.dtype,
        "tensor_model_parallel_size": min(2, cluster.gpus),
        "gpu_memory_utilization": 0.6,
        "max_num_batched_tokens": max(16_384, longest),
        "enforce_eager": not settings.cuda_graphs and recipe.model.device == "cpu",
        "free_cache_engine": True,
        "load_format": "dummy",
        # Beside the trainer's own they tell how far the two engines are apart.
        "calculate_log_probs": True,
        "val_kwargs": {"do_sample": False, "temperature": 0, "n": 1},
    }


def reward_section(recipe: GrpoRecipe, place: Place) -> dict[str, Any]:
    """Our terms behind verl's reward manager; each of its workers has one process of ours."""
    module = "pkg://ocean_r1.verl.reward"
    terms = {name: absolute_term(source) for name, source in recipe.reward.terms.items()}
    scoring = {
        "reward": recipe.reward.model_copy(update={"workers": 1, "terms": terms}).model_dump(mode="json"),
        "scored": str(place.scored),
        "max_new_tokens": recipe.rollout.max_new_tokens,
        "overlong_tokens": recipe.algorithm.overlong_tokens,
        "overlong_penalty": recipe.algorithm.overlong_penalty,
    }
    return {
        "num_workers": recipe.reward.workers,
        "custom_reward_function": {"path": module, "name": "compute_score", "reward_kwargs": {"scoring": scoring}},
        "reward_manager": {"source": "importlib", "name": "RecordingRewardManager", "module": {"path": module}},
    }


def absolute_term(source: str) -> str:
    """`file.py:function`, found from any folder; the name of a built-in term as it is."""
    path, colon, function = source.partition(":")
    return f"{Path(path).absolute()}:{function}" if colon else source


def trainer_section(recipe: GrpoRecipe, place: Place, cluster: Cluster, steps: int) -> dict[str, Any]:
    validation = recipe.validation if recipe.validation.files else None
    return {
        "nnodes": cluster.nodes,
        "n_gpus_per_node": cluster.gpus,
        "total_epochs": 1,
        "total_training_steps": steps,
        "save_freq": recipe.checkpoints.every,
        "test_freq": validation.every if validation else -1,
        "val_before_train": validation.before_training if validation else False,
        "max_actor_ckpt_to_keep": recipe.checkpoints.keep_last,
        "default_local_dir": str(place.checkpoints),
        "resume_mode": "auto",
        "project_name": "ocean-r1",
        "experiment_name": recipe.name,
        "logger": ["console", "file"],
        "use_v1": True,
        "v1": {"trainer_mode": "sync"},
    }


def check_divides(recipe: GrpoRecipe, cluster: Cluster) -> None:
    """Raises RecipeError where an update's responses cannot be dealt out evenly: verl would add what it calls padding."""
    responses = recipe.prompts_per_step * recipe.rollout.group // recipe.algorithm.mini_batches
    if responses % (cluster.nodes * cluster.gpus):
        raise RecipeError(
            f"{responses:,} responses an update (prompts_per_step x rollout.group / algorithm.mini_batches) cannot be dealt "
            f"out evenly to {cluster.nodes} x {cluster.gpus} GPUs"
        )
