"""The families of models that are trained here."""

from __future__ import annotations

from ocean_r1.models.config import ModelConfig, Qwen2_5_VLConfig, Qwen3VLConfig
from ocean_r1.models.model import VisionLanguageModel
from ocean_r1.models.qwen2_5_vl import Qwen2_5_VL
from ocean_r1.models.qwen3_vl import Qwen3VL


def build_model(config: ModelConfig) -> VisionLanguageModel:
    """A model of this shape, with weights that mean nothing yet."""
    match config:
        case Qwen2_5_VLConfig():
            return Qwen2_5_VL(config)
        case Qwen3VLConfig():
            return Qwen3VL(config)
    raise TypeError(f"{type(config).__name__} is of no family")
