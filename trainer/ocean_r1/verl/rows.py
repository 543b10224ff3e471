"""The rows of a run in the order of its steps, as verl's RLHFDataset reads them.

Pictures are named and not embedded: beside their bytes verl keeps them decoded (verl#7391). What a row embeds is written
once, beside the rows. Each picture says between how many pixels it is to be resized: what the recipe says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ocean_r1.config import Data
from ocean_r1.data.images import PixelBounds, image_size, smart_resize
from ocean_r1.data.prompts import scaled_truth
from ocean_r1.data.rows import Dataset, Row, RowError, map_images
from ocean_r1.files import atomic_write

AT_ONCE = 1_024
AUDIO_MARK = "<audio>"
SCHEMA = pa.schema(
    [
        ("data_source", pa.string()),
        ("prompt", pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))),
        ("images", pa.list_(pa.struct([("image", pa.string()), ("min_pixels", pa.int64()), ("max_pixels", pa.int64())]))),
        ("ability", pa.string()),
        ("reward_model", pa.struct([("style", pa.string()), ("ground_truth", pa.string())])),
        ("extra_info", pa.struct([("index", pa.int64()), ("row", pa.string()), ("of", pa.string()), ("json", pa.string())])),
    ]
)
"""`extra_info` is what the reward is asked with: all of a row's own as JSON, since its keys differ from file to file; `row`
names it, `of` says whether it is trained on or validated with."""


def write_rows(dataset: Dataset, positions: Sequence[int], data: Data, factor: int, of: str, out: Path) -> None:
    """Writes the rows at these positions, which may name one several times. `factor` is what the sides of a resized picture
    are multiples of. Raises RowError and WriteError."""
    pictures = out.with_suffix(".images")
    made: dict[int, dict[str, Any]] = {}
    with atomic_write(out) as partial, pq.ParquetWriter(partial, SCHEMA) as writer:
        for start in range(0, len(positions), AT_ONCE):
            rows = []
            for index, position in enumerate(positions[start : start + AT_ONCE], start):
                if position not in made:
                    made[position] = verl_row(dataset, position, data, factor, of, pictures)
                info = {**made[position]["extra_info"], "index": index}
                rows.append({**made[position], "extra_info": info})
            writer.write_table(pa.Table.from_pylist(rows, SCHEMA))


def verl_row(dataset: Dataset, position: int, data: Data, factor: int, of: str, pictures: Path) -> dict[str, Any]:
    """Raises RowError."""
    row, folder, name = dataset.row(position), dataset.folder(position), dataset.name(position)
    if row.images and any(AUDIO_MARK in message.content for message in row.prompt):
        raise RowError(f"{name}: its prompt has {AUDIO_MARK}, which verl takes for the place of one")
    paths = map_images(row, folder, name, lambda source: picture_path(source, pictures))
    bounds = {"min_pixels": data.min_pixels, "max_pixels": data.max_pixels}
    return {
        "data_source": row.data_source,
        "prompt": [message.model_dump() for message in row.prompt],
        "images": [{"image": path, **bounds} for path in paths],
        "ability": row.ability,
        "reward_model": {"style": row.reward_model.style, "ground_truth": truth_of(row, folder, name, data, factor)},
        "extra_info": {"row": name, "of": of, "json": json.dumps(row.extra_info, default=str)},
    }


def truth_of(row: Row, folder: Path, name: str, data: Data, factor: int) -> str:
    """The ground truth, a box in the frame that the model sees. Raises RowError."""
    if row.reward_func != "iou" or not row.images:
        return row.ground_truth

    def scale_of(source: bytes | Path) -> tuple[float, float]:
        width, height = image_size(source)
        rows, columns = smart_resize(height, width, factor, PixelBounds(data.min_pixels, data.max_pixels))
        return columns / width, rows / height

    return scaled_truth(row.ground_truth, map_images(row, folder, name, scale_of)[0], name)


def picture_path(source: bytes | Path, folder: Path) -> str:
    """Where a picture lies; what a row embeds is written into the folder, by its sha256."""
    if isinstance(source, Path):
        return str(source.absolute())
    path = folder / hashlib.sha256(source).hexdigest()
    if not path.exists():
        with atomic_write(path) as partial:
            partial.write_bytes(source)
    return str(path)
