"""What a model's folder says of how pictures are made for it: the settings of its image processor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, PositiveInt, ValidationError, model_validator

Colour = tuple[float, float, float]
CLIP_MEAN: Colour = (0.48145466, 0.4578275, 0.40821073)
CLIP_STD: Colour = (0.26862954, 0.26130258, 0.27577711)


class Size(BaseModel):
    shortest_edge: PositiveInt | None = None
    longest_edge: PositiveInt | None = None


class ProcessorSettings(BaseModel):
    """Where a file says nothing, or null, it means what transformers' Qwen2-VL image processor does by itself."""

    min_pixels: PositiveInt | None = None
    max_pixels: PositiveInt | None = None
    size: Size = Size()
    patch_size: int = 14
    temporal_patch_size: int = 2
    merge_size: int = 2
    do_resize: bool = True
    resample: int = 3
    """Pillow's number of a filter; 3 is bicubic."""
    do_rescale: bool = True
    rescale_factor: float = 1 / 255
    do_normalize: bool = True
    image_mean: Colour = CLIP_MEAN
    image_std: Colour = CLIP_STD

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data


def processor_settings(folder: Path) -> tuple[Path, ProcessorSettings] | None:
    """The file that has them, and what it says; None where there is none. transformers 5 writes them into
    processor_config.json and prefers those to the other file's (image_processing_base.py of 5.24.0). Raises ValueError."""
    path = folder / "processor_config.json"
    try:
        if path.exists():
            inside = json.loads(path.read_bytes())
            if isinstance(inside, dict) and inside.get("image_processor"):
                return path, ProcessorSettings.model_validate(inside["image_processor"])
        path = folder / "preprocessor_config.json"
        return (path, ProcessorSettings.model_validate_json(path.read_bytes())) if path.exists() else None
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
