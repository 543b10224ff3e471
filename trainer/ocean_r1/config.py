"""Recipes: one TOML a run, read and checked here before anything else happens. Unknown keys are refused.

Paths in a recipe are relative to the folder that the command is started in.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Positive = Annotated[int, Field(gt=0)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Decay = Annotated[float, Field(ge=0, lt=1)]
Aggregation = Literal["token-mean", "seq-mean-token-mean", "seq-mean-token-sum", "seq-mean-token-sum-norm"]
KlEstimate = Literal["kl", "abs", "mse", "low_var_kl"]


class RecipeError(ValueError):
    """What is wrong with a recipe: names the file, the key and what it may be."""


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)


class DataFile(Section):
    path: Path
    """A parquet or jsonl file in verl's rows, or a folder of them."""
    sample: str | None = Field(default=None, pattern=r"^(first|random):\d+(\.\d+)?%?$")
    """Take a part only: `random:1000`, `random:20%`, `first:500` (the seed's `sampling_strategy`)."""
    repeat: Positive = 1
    """How often each of its rows is seen an epoch."""


class Data(Section):
    files: list[DataFile] = Field(min_length=1)
    """Files of rows, in this order before they are shuffled."""
    seed: Seed = 1
    """Of the order of the rows."""
    min_pixels: Positive = 28 * 28 * 4
    """Smaller pictures are enlarged to so many pixels."""
    max_pixels: Positive = 28 * 28 * 1280
    """Larger pictures are made smaller, to so many pixels."""
    max_prompt_tokens: Positive = 8192
    """Rows whose prompt, image tokens included, is longer are left out and counted."""
    augment: Fraction = 0
    """The share of pictures seen in another light, blurred, noisy, or stored with loss: each of them always alike."""

    @model_validator(mode="after")
    def _pixels_are_a_range(self) -> Self:
        if self.min_pixels > self.max_pixels:
            raise ValueError(f"min_pixels {self.min_pixels} is more than max_pixels {self.max_pixels}")
        return self


class Rollout(Section):
    group: int = Field(default=16, ge=2)
    """Responses to each prompt."""
    max_new_tokens: Positive = 4096
    """The limit of a response; one that reaches it is truncated."""
    temperature: float = Field(default=1.0, gt=0)
    """What logits are divided by before a token is drawn."""
    top_p: float = Field(default=1.0, gt=0, le=1)
    """Tokens are drawn from the likeliest that make up this share. 1: from all."""
    top_k: int = Field(default=0, ge=0)
    """Tokens are drawn from so many of the likeliest. 0: from all."""
    prompts_at_once: Positive = 64
    """As many responses as so many prompts have are decoded together; where one ends the next begins. Changes no result."""
    cache_gigabytes: float | None = Field(default=None, gt=0)
    """What the keys and values of what is sampled may take; responses that need more wait on the host. Not set: no bound."""
    cuda_graphs: bool = False
    """Decode by CUDA graphs: changes no result but for the order of sums."""
    engine: Literal["own", "vllm"] = "own"
    """What samples: the trainer itself, or a vLLM server, which is given the weights before each step."""
    server: str | None = Field(default=None, pattern=r"^https?://.")
    """The address of the vLLM server, which sees the folder of the run under the same path."""

    @model_validator(mode="after")
    def _vllm_has_a_server(self) -> Self:
        if (self.engine == "vllm") != (self.server is not None):
            raise ValueError("engine 'vllm' and server, the address of a vLLM server, go together")
        return self

    @model_validator(mode="after")
    def _vllm_draws_from_all(self) -> Self:
        if self.engine == "vllm" and (self.top_p < 1 or self.top_k):
            raise ValueError("engine 'vllm' tells probabilities among what top_p and top_k leave: leave all, by 1 and 0")
        return self

    @property
    def cache_bytes(self) -> float:
        return math.inf if self.cache_gigabytes is None else self.cache_gigabytes * 1e9


class Reward(Section):
    terms: dict[str, str] = {}
    """Terms of your own, `name = "path/to/file.py:function"`; the built-in ones need no entry."""
    expression: str = "correct + 0.1 * format"
    """How terms make the reward: their names, numbers, + - * / and parentheses. `correct` is what the row asks for."""
    workers: Positive = 2
    """Processes that terms are computed in."""
    timeout_seconds: float = Field(default=10, gt=0)
    """What a term may take for one response; then its process is ended and the term is 0."""


class Algorithm(Section):
    divide_by_std: bool = True
    """False: Dr. GRPO."""
    clip_low: float = Field(default=0.2, gt=0, lt=1)
    """How far below 1 the ratio of probabilities may fall before it is clipped."""
    clip_high: float = Field(default=0.2, gt=0)
    """How far above 1 it may rise."""
    dual_clip: float | None = Field(default=None, gt=1)
    """The bound of the ratio where the advantage is negative; not set: none."""
    aggregation: Aggregation = "token-mean"
    """How the losses of tokens become one."""
    aggregation_norm: float | None = Field(default=None, gt=0)
    """What `seq-mean-token-sum-norm` divides by."""
    kl: KlEstimate = "low_var_kl"
    """How the divergence from the reference is estimated."""
    kl_coefficient: float = Field(default=0.001, ge=0)
    """Its weight in the loss. 0: no reference is held."""
    kl_straight_through: bool = False
    """Its value is told, and the gradient is that of `mse`, which is unbiased."""
    entropy_coefficient: float = Field(default=0.001, ge=0)
    """The weight of entropy in the loss."""
    importance_threshold: float | None = Field(default=None, gt=0)
    """Where what samples computes otherwise than what learns: a token's policy loss counts by the ratio of its probabilities
    there, at most so often (truncated importance sampling). Not set: once."""
    mini_batches: Positive = 1
    """Optimizer steps that one rollout is split into."""
    epochs: Positive = 1
    """How often a rollout is used."""
    dynamic_sampling: int = Field(default=0, ge=0)
    """DAPO: groups whose rewards are all equal are replaced by others, at most this many times a step. 0 keeps them."""
    overlong_tokens: int = Field(default=0, ge=0)
    """DAPO: over the last so many tokens before the limit the reward falls by up to `overlong_penalty`. 0: none."""
    overlong_penalty: float = Field(default=1.0, ge=0)
    """The most that a response loses by its length."""
    reproduce_temporal_mrope: bool = False
    """The seed's training passes saw the time axis of the positions on all three axes."""
    reproduce_first_step_at_zero: bool = False
    """The seed's schedule had a rate of 0 at its first step."""
    reproduce_micro_batch_mean: int = Field(default=0, ge=0)
    """The seed averaged token means of micro-batches of 8 responses; 0 averages over all tokens."""

    @model_validator(mode="after")
    def _norm_is_given(self) -> Self:
        if self.aggregation == "seq-mean-token-sum-norm" and self.aggregation_norm is None:
            raise ValueError("aggregation 'seq-mean-token-sum-norm' needs aggregation_norm")
        return self


class Optimizer(Section):
    lr: float = Field(gt=0)
    """The learning rate, at its highest."""
    vision_lr: float | None = Field(default=None, ge=0)
    """Another rate for the vision tower; 0 freezes it, and a step of GRPO looks at each picture once."""
    offload: bool = False
    """Float32 weights and moments stay on the host and move there; the card holds what computes, and gradients."""
    muon: bool = False
    """Muon for the matrices inside the model, where much is to be learnt from little; AdamW for the rest."""
    betas: tuple[Decay, Decay] = (0.9, 0.999)
    """How much of the moments a step keeps."""
    weight_decay: float = Field(default=0.01, ge=0)
    """What a step takes of each weight, by the learning rate."""
    max_grad_norm: float = Field(default=1.0, gt=0, allow_inf_nan=True, json_schema_extra={"infinite": True})
    """inf: gradients are as long as they are."""
    warmup_steps: int = Field(default=0, ge=0)
    """Steps in which the rate rises to its height."""
    decay: Literal["constant", "cosine", "linear"] = "constant"
    """How the rate falls after that."""


class Checkpoints(Section):
    every: Positive = 50
    """Steps from one checkpoint to the next."""
    keep_last: Positive = 2
    """How many of the last ones are kept."""
    keep_best: bool = True
    """Keep the one with the best validation besides."""
    keep_every: int = Field(default=0, ge=0)
    """Keep each n-th step besides; 0 keeps none."""


class Validation(Section):
    files: list[DataFile] = []
    """Files of rows; none: it is not validated."""
    every: Positive = 20
    """Steps from one validation to the next."""
    rows: Positive = 512
    """At most so many rows are asked."""
    before_training: bool = True
    """Validate the starting weights too."""


class Model(Section):
    path: Path
    """A Hugging Face folder; a checkpoint of this trainer has one inside."""
    fresh: bool = False
    """Begin with random weights: the folder has config and tokenizer only."""
    device: str = "cpu"
    """`cpu`, `cuda` or `cuda:1`."""
    dtype: Literal["float32", "bfloat16"] = "float32"
    """Of the computation; weights, gradients and moments are float32 in either case."""
    gradient_checkpointing: bool = False
    """Layers are computed twice, and keep their input alone: less memory, more time."""
    lora_rank: int = Field(default=0, ge=0)
    """Low-rank pairs of this rank learn beside the matrices of the language part's layers, and nothing else. 0: none."""
    lora_alpha: float = Field(default=32.0, gt=0)
    """Pairs count alpha / rank times."""
    workers: Positive = 1
    """On a CPU: how many parts of a step are computed side by side, a core each."""


class Logging(Section):
    rollouts_every: Positive = 10
    """Steps from one whose rollouts are written to the next."""
    tensorboard: bool = False
    """Write events for TensorBoard beside `metrics.jsonl`."""
    trace: bool = False
    """Rollouts have each token's text, log-probability and entropy: many times their size."""


class GrpoRecipe(Section):
    kind: Literal["grpo"]
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    """What the recipe is called."""
    stage: Literal[1, 2]
    """Of the recipe of Ocean-R1."""
    output: Path
    """The folder of the run."""
    seed: Seed = 0
    """Of all that is drawn but the order of the rows."""
    steps: Positive | None = None
    """Not set: as many as `data_epochs` take."""
    data_epochs: Positive = 1
    """How often all rows are seen, where `steps` is not set."""
    prompts_per_step: Positive = 256
    """Rows a step, each of which is answered by a group of responses."""
    model: Model
    reference: Path | None = None
    """The model that the KL is taken against; None: the one that training starts from."""
    data: Data
    rollout: Rollout = Rollout()
    reward: Reward = Reward()
    algorithm: Algorithm = Algorithm()
    optimizer: Optimizer
    validation: Validation = Validation()
    checkpoints: Checkpoints = Checkpoints()
    logging: Logging = Logging()

    @model_validator(mode="after")
    def _batches_divide(self) -> Self:
        if self.prompts_per_step % self.algorithm.mini_batches:
            raise ValueError(
                f"prompts_per_step {self.prompts_per_step} cannot be split into "
                f"algorithm.mini_batches {self.algorithm.mini_batches}"
            )
        return self

    @model_validator(mode="after")
    def _graphs_have_a_card(self) -> Self:
        if self.rollout.cuda_graphs and not self.model.device.startswith("cuda"):
            raise ValueError(f'rollout.cuda_graphs needs model.device "cuda"; it is {self.model.device!r}')
        return self

    @model_validator(mode="after")
    def _traces_have_entropies(self) -> Self:
        if self.logging.trace and self.rollout.engine == "vllm":
            raise ValueError("logging.trace needs entropies, which rollout.engine 'vllm' does not tell")
        return self

    @property
    def batch_size(self) -> int:
        """Rows a step."""
        return self.prompts_per_step


class SftRecipe(Section):
    """Supervised training on worked solutions: the base of Nano."""

    kind: Literal["sft"]
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    """What the recipe is called."""
    output: Path
    """The folder of the run."""
    seed: Seed = 0
    """Of all that is drawn but the order of the rows."""
    steps: Positive
    """How many steps it takes."""
    rows_per_step: Positive
    """Rows that a step learns from."""
    further: list[str] | None = None
    """Which kinds of `extra_info.further` are learnt beside a row's question; None: all."""
    without_instruction: Fraction = 0
    """Of the questions of rows that name theirs (`extra_info.question`), this share is asked without the instruction."""
    at_a_glance: Fraction = 0
    """This share of the solutions has its reasoning replaced by a phrase: the habit of answering at once."""
    follow_ups: Fraction = 0
    """This share of the further questions is asked behind another one and its answer."""
    second_pictures: Fraction = 0
    """This share of the rows comes behind another row, its picture and its solution: conversations about two pictures."""
    max_new_tokens: Positive = 512
    """Of greedy replies when it is validated."""
    reward: Reward = Reward()
    """By which validation judges."""
    model: Model
    data: Data
    optimizer: Optimizer
    validation: Validation = Validation()
    checkpoints: Checkpoints = Checkpoints()
    logging: Logging = Logging()

    @property
    def batch_size(self) -> int:
        """Rows a step."""
        return self.rows_per_step


class TowerRecipe(Section):
    """Dense training of the vision tower, before the language part learns anything."""

    kind: Literal["tower"]
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    """What the recipe is called."""
    output: Path
    """The folder of the run."""
    seed: Seed = 0
    """Of all that is drawn but the order of the rows."""
    steps: Positive
    """How many steps it takes."""
    images_per_step: Positive
    """Pictures that a step learns from."""
    model: Model
    data: Data
    optimizer: Optimizer
    checkpoints: Checkpoints = Checkpoints()
    logging: Logging = Logging()

    @property
    def batch_size(self) -> int:
        """Rows a step."""
        return self.images_per_step


Recipe = GrpoRecipe | SftRecipe | TowerRecipe


def freezes_tower(recipe: Recipe) -> bool:
    return recipe.optimizer.vision_lr == 0 or recipe.model.lora_rank > 0


KINDS: dict[str, type[GrpoRecipe] | type[SftRecipe] | type[TowerRecipe]] = {
    "tower": TowerRecipe,
    "sft": SftRecipe,
    "grpo": GrpoRecipe,
}


def parse_recipe(text: str, name: str, overrides: dict[str, Any] | None = None) -> Recipe:
    """A recipe from TOML. `overrides` are dotted keys (`optimizer.lr`) with values. Raises RecipeError."""
    data = parse_toml(text, name)
    for dotted, value in (overrides or {}).items():
        *sections, key = dotted.split(".")
        place: Any = data
        for section in sections:
            place = place.setdefault(section, {})
            if not isinstance(place, dict):
                raise RecipeError(f"--set {dotted}: {section} is no section of a recipe")
        place[key] = value
    kind = KINDS.get(str(data.get("kind")))
    if kind is None:
        raise RecipeError(f"{name}: kind is {data.get('kind')!r}; it may be {' or '.join(map(repr, KINDS))}")
    try:
        # As JSON, strictly: `true` and "75" are no numbers, and a path is still a text.
        return kind.model_validate_json(json.dumps(data, default=str), strict=True)
    except ValidationError as error:
        raise RecipeError(f"{name}: {problems_of(error)}") from error


def problems_of(error: ValidationError) -> str:
    """What pydantic found wrong, in one line: keys, and what they are."""
    return "; ".join(": ".join(filter(None, [".".join(map(str, each["loc"])), _sentence(each)])) for each in error.errors())


def _sentence(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "there is no such key"
    if error["type"] == "missing":
        return "it is missing"
    words = error["msg"].removeprefix("Value error, ")
    return words if isinstance(error["input"], dict) else f"{words} (is {error['input']!r})"


def parse_toml(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{name}: not TOML: {error}") from error


def read_text(path: Path) -> str:
    """A file that somebody named. Raises RecipeError; a path that is not found is told with where it was looked for."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise RecipeError(not_found(path)) from error
    except OSError as error:
        raise RecipeError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RecipeError(f"{path}: it is no text in UTF-8") from error


def not_found(path: Path) -> str:
    """Paths are relative to where a command is started, which is what is wrong as a rule."""
    where = "" if path.is_absolute() else f" in {Path.cwd()}, where the command was started"
    return f"{path}: there is no such file or folder{where}"


def cache_folder() -> Path:
    """Where is kept what can be found out again: `ocean-r1` in $XDG_CACHE_HOME, or in `.cache` of the user's home."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ocean-r1"


def agent_token() -> str | None:
    """The token that an agent shows its server, where no option says it: other users of the machine see options."""
    return os.environ.get("OCEAN_AGENT_TOKEN") or None


def check_exists(path: Path) -> None:
    if not path.exists():
        raise RecipeError(not_found(path))


def check_model_folder(path: Path) -> None:
    """Raises RecipeError where there is no model of any kind."""
    check_exists(path)
    if not (path / "config.json").is_file():
        inside = " (a checkpoint has its model in model/)" if (path / "model").is_dir() else ""
        raise RecipeError(f"{path} is no folder of a model: it has no config.json{inside}")


def load_recipe(path: Path, overrides: dict[str, Any] | None = None) -> Recipe:
    return parse_recipe(read_text(path), str(path), overrides)


def override(text: str) -> tuple[str, Any]:
    """`optimizer.lr=1e-5`; the value is JSON where it can be, else a text."""
    key, equals, value = text.partition("=")
    if not equals:
        raise RecipeError(f"--set {text}: write it as KEY=VALUE")
    try:
        return key, json.loads(value)
    except json.JSONDecodeError:
        return key, value


class Part(BaseModel):
    """What a shape says of one part of the model; `config.json` has the rest as it stands."""

    model_config = ConfigDict(extra="allow")


class TextPart(Part):
    hidden_size: Positive
    num_attention_heads: Positive


class VisionPart(Part):
    patch_size: Positive


class Shape(Section):
    """A new small model: the size of its vocabulary, how many whole numbers are one token, the side of pictures."""

    model_type: Literal["qwen2_5_vl", "qwen3_vl"] = "qwen2_5_vl"
    vocabulary: int = Field(ge=300)
    """256 bytes, special tokens, tags and numbers are in it; of `whole_words` the most words."""
    whole_words: bool = False
    """Words are one token each (models/words.py), and no pieces."""
    numbers: int = Field(default=10, ge=10, le=200)
    pixels: Positive
    text: TextPart
    vision: VisionPart


def load_shape(path: Path) -> dict[str, Any]:
    """Raises RecipeError."""
    try:
        return Shape.model_validate(parse_toml(read_text(path), str(path))).model_dump()
    except ValidationError as error:
        raise RecipeError(f"{path}: {problems_of(error)}") from error


def identity(recipe: Recipe) -> str:
    """sha256 of all that changes the run's bits; where it is written, how often it is saved or logged, and where a server
    stands does not."""
    data = recipe.model_dump(mode="json", exclude={"output", "checkpoints", "logging", "steps"})
    if isinstance(recipe, GrpoRecipe):
        del data["rollout"]["server"]
        if recipe.rollout.engine == "own":  # runs that began before there was another go on
            del data["rollout"]["engine"]
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def differences(old: dict[str, Any], new: dict[str, Any], prefix: str = "") -> list[str]:
    """Sentences `key: old -> new` for what differs between two dumped recipes."""
    lines: list[str] = []
    for key in sorted({*old, *new}):
        a, b = old.get(key), new.get(key)
        if isinstance(a, dict) and isinstance(b, dict):
            lines += differences(a, b, f"{prefix}{key}.")
        elif a != b:
            lines.append(f"{prefix}{key}: {a!r} -> {b!r}")
    return lines
