"""The shape of a Qwen2.5-VL, read from a Hugging Face `config.json`, in the old flat form and in the nested one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ocean_r1.config import Positive, problems_of

Count = Annotated[int, Field(ge=0)]


class VisionConfig(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    depth: Positive
    hidden_size: Positive
    intermediate_size: Positive
    num_heads: Positive
    in_channels: Positive = 3
    patch_size: Positive
    temporal_patch_size: Positive = 2
    spatial_merge_size: Positive = 2
    window_size: Positive = 112
    out_hidden_size: Positive
    fullatt_block_indexes: tuple[int, ...]

    @model_validator(mode="before")
    @classmethod
    def _old_names(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {**data, "in_channels": data.get("in_channels", data.get("in_chans", 3))}

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        if self.hidden_size % self.num_heads:
            raise ValueError(f"hidden_size {self.hidden_size} cannot be split into num_heads {self.num_heads}")
        if self.window_size < (side := self.patch_size * self.spatial_merge_size):
            raise ValueError(f"window_size {self.window_size} is less than the side of one token, {side}")
        return self

    @property
    def patch_dim(self) -> int:
        """Values of one patch, in the order channel, time, row, column."""
        return self.in_channels * self.temporal_patch_size * self.patch_size**2


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
    model_config = ConfigDict(frozen=True, extra="ignore")

    text: TextConfig = Field(validation_alias="text_config")
    vision: VisionConfig = Field(validation_alias="vision_config")
    tie_word_embeddings: bool
    image_token_id: Count
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

    @classmethod
    def from_json(cls, data: Any) -> ModelConfig:
        """From the content of a `config.json`. Raises ValueError where it is not of a Qwen2.5-VL."""
        if not isinstance(data, dict):
            raise ValueError("it is no object in braces")
        if data.get("model_type") != "qwen2_5_vl":
            raise ValueError(f"model_type is {data.get('model_type')!r}; this trainer reads 'qwen2_5_vl'")
        text = data.get("text_config") or data
        inner = text.get("tie_word_embeddings", False) if isinstance(text, dict) else False
        parts = {"text_config": text, "tie_word_embeddings": data.get("tie_word_embeddings", inner)}
        return cls.model_validate({**data, **parts})

    @classmethod
    def from_folder(cls, folder: Path) -> ModelConfig:
        path = folder / "config.json"
        try:
            return cls.from_json(json.loads(path.read_bytes()))
        except ValidationError as error:
            raise ValueError(f"{path}: {problems_of(error)}") from error
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{path} is no config of a Qwen2.5-VL: {error}") from error
