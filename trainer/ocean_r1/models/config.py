"""The shape of a Qwen2.5-VL, read from a Hugging Face `config.json`, in the old flat form and in the nested one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from ocean_r1.config import problems_of


class VisionConfig(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    depth: int
    hidden_size: int
    intermediate_size: int
    num_heads: int
    in_channels: int = 3
    patch_size: int
    temporal_patch_size: int = 2
    spatial_merge_size: int = 2
    window_size: int = 112
    out_hidden_size: int
    fullatt_block_indexes: tuple[int, ...]

    @model_validator(mode="before")
    @classmethod
    def _old_names(cls, data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "in_channels": data.get("in_channels", data.get("in_chans", 3))}

    @property
    def patch_dim(self) -> int:
        """Values of one patch, in the order channel, time, row, column."""
        return self.in_channels * self.temporal_patch_size * self.patch_size**2


class TextConfig(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    vocab_size: int
    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    rms_norm_eps: float
    rope_theta: float
    mrope_section: tuple[int, int, int]
    """How many of the head_dim / 2 frequencies turn with time, row and column."""

    @model_validator(mode="before")
    @classmethod
    def _rope_in_one_place(cls, data: dict[str, Any]) -> dict[str, Any]:
        rope = data.get("rope_parameters") or data.get("rope_scaling") or {}
        return {
            "rope_theta": rope.get("rope_theta", 1e6),
            "mrope_section": rope.get("mrope_section"),
            "head_dim": data["hidden_size"] // data["num_attention_heads"],
            **{key: value for key, value in data.items() if value is not None},
        }


class ModelConfig(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    text: TextConfig
    vision: VisionConfig
    tie_word_embeddings: bool
    image_token_id: int
    vision_start_token_id: int
    vision_end_token_id: int

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ModelConfig:
        """From the content of a `config.json`. Raises ValueError where it is not of a Qwen2.5-VL."""
        if data.get("model_type") != "qwen2_5_vl":
            raise ValueError(f"model_type is {data.get('model_type')!r}; this trainer reads 'qwen2_5_vl'")
        text = data.get("text_config") or data
        tied = data.get("tie_word_embeddings", text.get("tie_word_embeddings", False))
        return cls.model_validate({**data, "text": text, "vision": data["vision_config"], "tie_word_embeddings": tied})

    @classmethod
    def from_folder(cls, folder: Path) -> ModelConfig:
        path = folder / "config.json"
        try:
            return cls.from_json(json.loads(path.read_text()))
        except ValidationError as error:
            raise ValueError(f"{path}: {problems_of(error)}") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{path} is no config of a Qwen2.5-VL: {error}") from error
