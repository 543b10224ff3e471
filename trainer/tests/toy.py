"""A toy run: a model of a few thousand weights, and rows of coloured squares to count."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image, ImageDraw

from ocean_r1.models.new import new_model

SHAPE: dict[str, Any] = {
    "vocabulary": 340,
    "numbers": 40,
    "pixels": 32,
    "text": {
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "max_position_embeddings": 1024,
        "rms_norm_eps": 1e-6,
        "rope_parameters": {"rope_type": "default", "rope_theta": 10_000.0, "mrope_section": [2, 3, 3]},
    },
    "vision": {
        "depth": 1,
        "hidden_size": 32,
        "intermediate_size": 40,
        "num_heads": 2,
        "patch_size": 8,
        "temporal_patch_size": 1,
        "spatial_merge_size": 2,
        "window_size": 32,
        "fullatt_block_indexes": [0],
    },
}

QWEN3: dict[str, Any] = {
    **SHAPE,
    "model_type": "qwen3_vl",
    "text": {**SHAPE["text"], "head_dim": 16},
    "vision": {
        "depth": 2,
        "hidden_size": 32,
        "intermediate_size": 40,
        "num_heads": 2,
        "patch_size": 8,
        "temporal_patch_size": 1,
        "spatial_merge_size": 2,
        "num_position_embeddings": 9,
        "deepstack_visual_indexes": [0],
    },
}


def picture(count: int, size: tuple[int, int] = (32, 32)) -> bytes:
    image = Image.new("RGB", size, (200, 200, 210))
    for index in range(count):
        x, y = 3 + 10 * (index % 3), 3 + 10 * (index // 3)
        ImageDraw.Draw(image).rectangle((x, y, x + 6, y + 6), fill=(30 * index, 80, 200))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def squares(count: int) -> list[dict[str, Any]]:
    """The objects of `picture`, as Ocean World names its own."""
    corners = [(3 + 10 * (index % 3), 3 + 10 * (index // 3)) for index in range(count)]
    look = {"shape": "cube", "colour": "blue", "material": "rubber", "size": "small"}
    place = {"away": 9, "ground_x": 5, "ground_y": 5}
    return [{**look, **place, "x1": x, "y1": y, "x2": x + 7, "y2": y + 7} for x, y in corners]


def row(index: int, **other: Any) -> dict[str, Any]:
    """How many squares a picture has; every fourth row is a question without a picture."""
    count = index % 5 + 1
    text_only = index % 4 == 3
    question = f"What is {count} + 0?" if text_only else "How many squares are there?"
    return {
        "data_source": "toy/text" if text_only else "toy/counting",
        "prompt": [{"role": "user", "content": question if text_only else f"<image> {question}"}],
        "images": [] if text_only else [{"bytes": picture(count), "path": f"{index}.png"}],
        "ability": "visual counting",
        "reward_model": {"style": "rule", "ground_truth": str(count)},
        "extra_info": {
            "index": index,
            "answer": str(count),
            "question": question,
            "reward_func": "acc",
            "solution": f"<think>I count {count}.</think>\n<answer>{count}</answer>",
            "objects": [] if text_only else squares(count),
        },
        **other,
    }


def write_rows(path: Path, rows: list[dict[str, Any]]) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def toy(folder: Path, rows: int = 12, shape: dict[str, Any] = SHAPE) -> dict[str, Path]:
    """A model without weights and a file of rows."""
    made = [row(index) for index in range(rows)]
    texts = [text for each in made for text in (each["prompt"][0]["content"], each["extra_info"]["solution"])]
    new_model(folder / "model", texts * 4, shape)
    return {"model": folder / "model", "rows": write_rows(folder / "rows.parquet", made)}


def recipe(paths: dict[str, Path], output: Path, kind: str, **other: Any) -> str:
    """TOML of a toy recipe; `other` are lines to add at the top."""
    lines = [
        f'kind = "{kind}"',
        'name = "toy"',
        f"output = {json.dumps(str(output))}",
        *(f"{key} = {json.dumps(value)}" for key, value in other.items()),
        "[model]",
        f"path = {json.dumps(str(paths['model']))}",
        "fresh = true",
        "[data]",
        f"files = [{{ path = {json.dumps(str(paths['rows']))} }}]",
        "min_pixels = 1024",
        "max_pixels = 1024",
        "[optimizer]",
        "lr = 5e-3",
        f"muon = {json.dumps(kind == 'sft')}",
        "[checkpoints]",
        "every = 1",
        "keep_last = 3",
    ]
    if kind == "grpo":
        lines += ["[rollout]", "group = 4", "max_new_tokens = 6", "[reward]", 'expression = "count + 0.1 * format"']
    return "\n".join(lines)
