"""The shape of a model, read from a Hugging Face `config.json`; of Qwen2.5-VL in the old flat form and in the nested one."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ocean_r1.config import Positive, problems_of
from ocean_r1.models.processor import CLIP_MEAN, CLIP_STD, Colour, processor_settings

Count = Annotated[int, Field(ge=0)]


class VisionConfig(BaseModel):
    """What the towers of all families have."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    pixel_mean: ClassVar[Colour]
    pixel_std: ClassVar[Colour]
    """By which colours from 0 to 1 are normalised, as the family's `preprocessor_config.json` names them."""

    depth: Positive
    hidden_size: Positive
    intermediate_size: Positive
    num_heads: Positive
    in_channels: Positive = 3
    patch_size: Positive
    temporal_patch_size: Positive = 2
    spatial_merge_size: Positive = 2
    out_hidden_size: Positive

    @model_validator(mode="before")
    @classmethod
    def _old_names(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {**data, "in_channels": data.get("in_channels", data.get("in_chans", 3))}

    @model_validator(mode="after")
    def _heads_fit(self) -> Self:
        if self.hidden_size % self.num_heads:
            raise ValueError(f"hidden_size {self.hidden_size} cannot be split into num_heads {self.num_heads}")
        return self

    @property
    def patch_dim(self) -> int:
        """Values of one patch, in the order channel, time, row, column."""
        return self.in_channels * self.temporal_patch_size * self.patch_size**2

    @property
    def token_width(self) -> int:
        """Of an image token, with all that the tower says of it."""
        return self.out_hidden_size


class Qwen2_5_VisionConfig(VisionConfig):  # noqa: N801, the model's name
    pixel_mean = CLIP_MEAN
    pixel_std = CLIP_STD

    window_size: Positive = 112
    fullatt_block_indexes: tuple[int, ...]

    @model_validator(mode="after")
    def _window_fits(self) -> Self:
        if self.window_size < (side := self.patch_size * self.spatial_merge_size):
            raise ValueError(f"window_size {self.window_size} is less than the side of one token, {side}")
        return self


class Qwen3VisionConfig(VisionConfig):
    pixel_mean = (0.5, 0.5, 0.5)
    pixel_std = (0.5, 0.5, 0.5)

    num_position_embeddings: Positive
    """Of a square grid, which is stretched over each picture."""
    deepstack_visual_indexes: tuple[Count, ...]
    """Behind which blocks the tower tells the language part something besides, for its first layers."""
    hidden_act: Literal["gelu_pytorch_tanh"] = "gelu_pytorch_tanh"

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        if self.position_side**2 != self.num_position_embeddings:
            raise ValueError(f"num_position_embeddings {self.num_position_embeddings} are no square grid")
        if max(self.deepstack_visual_indexes, default=0) >= self.depth:
            raise ValueError(
                f"deepstack_visual_indexes {list(self.deepstack_visual_indexes)} name blocks of a tower of {self.depth}"
            )
        return self

    @property
    def position_side(self) -> int:
        return math.isqrt(self.num_position_embeddings)

    @property
    def token_width(self) -> int:
        return self.out_hidden_size * (1 + len(self.deepstack_visual_indexes))


class TextConfig(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    vocab_size: Positive
    hidden_size: Positive
    intermediate_size: Positive
    num_hidden_layers: Positive
    num_attention_heads: Positive
    num_key_value_heads: Positive
    head_dim: Positive
    rms_norm_eps: float
    rope_theta: float = Field(gt=0)
    mrope_section: tuple[Count, Count, Count]
    """How many of the head_dim / 2 frequencies turn with time, row and column."""

    @model_validator(mode="before")
    @classmethod
    def _rope_in_one_place(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        given = {key: value for key, value in data.items() if value is not None}
        rope = given.get("rope_parameters") or given.get("rope_scaling")
        if isinstance(rope, dict):
            given = {key: rope[key] for key in ("rope_theta", "mrope_section") if key in rope} | given
        match given:
            case {"hidden_size": int(size), "num_attention_heads": int(heads)} if heads > 0:
                given = {"head_dim": size // heads} | given
        return {"rope_theta": 1e6} | given

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        if self.num_attention_heads % self.num_key_value_heads:
            raise ValueError(
                f"num_attention_heads {self.num_attention_heads} are no multiple of "
                f"num_key_value_heads {self.num_key_value_heads}"
            )
        if 2 * sum(self.mrope_section) != self.head_dim:
            raise ValueError(f"mrope_section {list(self.mrope_section)} is not half of head_dim {self.head_dim}")
        return self


class ModelConfig(BaseModel):
    """What the models of all families have."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    text: TextConfig = Field(validation_alias="text_config")
    vision: VisionConfig = Field(validation_alias="vision_config")
    tie_word_embeddings: bool
    image_token_id: Count
    video_token_id: Count | None = None
    vision_start_token_id: Count
    vision_end_token_id: Count

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        if self.vision.out_hidden_size != self.text.hidden_size:
            raise ValueError(
                f"vision_config.out_hidden_size {self.vision.out_hidden_size} is not "
                f"text_config.hidden_size {self.text.hidden_size}"
            )
        return self

    @staticmethod
    def from_json(data: Any) -> ModelConfig:
        """From the content of a `config.json`. Raises ValueError where it is of no family that this trainer knows."""
        if not isinstance(data, dict):
            raise ValueError("it is no object in braces")
        kind = CONFIGS.get(str(data.get("model_type")))
        if kind is None:
            raise ValueError(
                f"model_type is {data.get('model_type')!r}; this trainer reads {' and '.join(map(repr, CONFIGS))}"
            )
        text = data.get("text_config") or data
        inner = text.get("tie_word_embeddings", False) if isinstance(text, dict) else False
        parts = {"text_config": text, "tie_word_embeddings": data.get("tie_word_embeddings", inner)}
        return kind.model_validate({**data, **parts})

    @staticmethod
    def from_folder(folder: Path) -> ModelConfig:
        """Raises ValueError where the model cannot be trained here, or has other pictures than are made here."""
        path = folder / "config.json"
        try:
            config = ModelConfig.from_json(json.loads(path.read_bytes()))
        except ValidationError as error:
            raise ValueError(f"{path}: {problems_of(error)}") from error
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{path} is no config of a model that can be trained here: {error}") from error
        check_pictures(folder, config.vision)
        return config


def check_pictures(folder: Path, vision: VisionConfig) -> None:
    """Raises ValueError where the folder's image processor makes other pictures than this trainer does
    (`data/images.py`). The in-browser engine has the same rule (`lib/vlm/model-config.ts`)."""
    found = processor_settings(folder)
    if found is None:
        return
    path, settings = found
    here: dict[str, Any] = {
        "patch_size": vision.patch_size,
        "temporal_patch_size": vision.temporal_patch_size,
        "merge_size": vision.spatial_merge_size,
        "do_resize": True,
        "resample": 3,
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": vision.pixel_mean,
        "image_std": vision.pixel_std,
    }
    for key, wanted in here.items():
        given = getattr(settings, key)
        pairs = zip(given, wanted, strict=True) if isinstance(given, tuple) else [(given, wanted)]
        if not all(math.isclose(a, b, rel_tol=1e-6) for a, b in pairs):
            raise ValueError(
                f"{path}: {key} is {json.dumps(given)}, but pictures are made with {json.dumps(wanted)} for this model "
                "here: mend the file if it is wrong, or take another model"
            )


class Qwen2_5_VLConfig(ModelConfig):  # noqa: N801, the model's name
    vision: Qwen2_5_VisionConfig = Field(validation_alias="vision_config")


class Qwen3VLConfig(ModelConfig):
    vision: Qwen3VisionConfig = Field(validation_alias="vision_config")

    @model_validator(mode="after")
    def _layers_take_features(self) -> Self:
        features, layers = len(self.vision.deepstack_visual_indexes), self.text.num_hidden_layers
        if features >= layers:
            raise ValueError(f"the tower has features for {features} layers, the language part {layers}: it needs one more")
        return self


CONFIGS: dict[str, type[ModelConfig]] = {"qwen2_5_vl": Qwen2_5_VLConfig, "qwen3_vl": Qwen3VLConfig}
"""By `model_type`."""
