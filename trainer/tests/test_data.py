"""Rows become prompts, and what cannot is told by file and row."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import FAMILIES
from PIL import Image
from toy import QWEN3, SHAPE, picture, recipe, row, toy, write_rows
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from ocean_r1.config import Data, DataFile, RecipeError, parse_recipe
from ocean_r1.data.images import ImageError, PixelBounds, patches_of, smart_resize
from ocean_r1.data.prompts import Reader, Tokenizer, scaled_truth
from ocean_r1.data.rows import RowError, open_dataset
from ocean_r1.data.sampler import RowSampler
from ocean_r1.models.config import ModelConfig, Qwen2_5_VisionConfig, Qwen3VisionConfig, VisionConfig

TOWER = {"depth": 1, "hidden_size": 32, "intermediate_size": 8, "num_heads": 1, "out_hidden_size": 8}
OLD = Qwen2_5_VisionConfig(**TOWER, patch_size=14, fullatt_block_indexes=())
NEW = Qwen3VisionConfig(**TOWER, patch_size=16, num_position_embeddings=4, deepstack_visual_indexes=())
# What the hub's preprocessor_config.json of the families say.
OLD_SETTINGS = {
    "patch_size": 14,
    "image_mean": [0.48145466, 0.4578275, 0.40821073],
    "image_std": [0.26862954, 0.26130258, 0.27577711],
}
NEW_SETTINGS = {"patch_size": 16, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}


@pytest.mark.parametrize(("vision", "settings"), [(OLD, OLD_SETTINGS), (NEW, NEW_SETTINGS)], ids=FAMILIES)
@pytest.mark.parametrize("size", [(640, 480), (100, 37), (28, 28), (31, 999), (1500, 1200)])
def test_pictures_are_cut_as_by_transformers(size: tuple[int, int], vision: VisionConfig, settings: dict[str, Any]) -> None:
    generator = np.random.default_rng(0)
    image = Image.fromarray(generator.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8))
    bounds = PixelBounds(28 * 28 * 4, 28 * 28 * 1280)
    processor = Qwen2VLImageProcessorPil(
        **settings, size={"shortest_edge": bounds.min_pixels, "longest_edge": bounds.max_pixels}
    )
    expected = processor(images=[image], return_tensors="pt")
    patches = patches_of(image, vision, bounds)
    assert [list(patches.grid)] == expected["image_grid_thw"].tolist()
    torch.testing.assert_close(patches.pixels, expected["pixel_values"], rtol=1e-5, atol=1e-5)


def test_a_picture_may_not_be_a_line() -> None:
    with pytest.raises(ImageError, match="200 times"):
        smart_resize(10, 2100, 28, PixelBounds(1, 10**6))


def reader_of(folder: Path, rows: list[dict[str, Any]], shape: dict[str, Any] = SHAPE, **data: Any) -> Reader:
    paths = toy(folder, shape=shape)
    path = write_rows(folder / "some.parquet", rows)
    settings = Data(files=[DataFile(path=path)], min_pixels=1024, max_pixels=1024, **data)
    config = ModelConfig.from_folder(paths["model"])
    return Reader(open_dataset(settings.files), config, Tokenizer(paths["model"]), settings)


@pytest.mark.parametrize("shape", [SHAPE, QWEN3], ids=FAMILIES)
def test_the_length_told_from_headers_is_the_prompts_length(tmp_path: Path, shape: dict[str, Any]) -> None:
    reader = reader_of(tmp_path, [row(index) for index in range(8)], shape)
    for position in range(8):
        row_of, name = reader.dataset.row(position), reader.dataset.name(position)
        length = reader.length_of(row_of, reader.dataset.folder(position), name)
        assert length == len(reader.example(position).prompt.ids)
    assert len(reader.example(3).prompt.grids) == 0  # a row without a picture


# By the bounds of the hub's preprocessor_config.json of each family; 640 x 480 is 23 x 17 blocks of 28 px, 20 x 15 of 32.
@pytest.mark.parametrize(
    ("shape", "patch", "bounds", "tokens"),
    [(SHAPE, 14, (3136, 12845056), 23 * 17), (QWEN3, 16, (65536, 16777216), 20 * 15)],
    ids=FAMILIES,
)
def test_how_many_tokens_a_picture_has(
    tmp_path: Path, shape: dict[str, Any], patch: int, bounds: tuple[int, int], tokens: int
) -> None:
    asked = row(0, images=[{"bytes": picture(1, (640, 480)), "path": None}])
    shape = {**shape, "vision": {**shape["vision"], "patch_size": patch, "window_size": 112}}
    reader = reader_of(tmp_path, [asked, row(3)], shape)
    reader = replace(reader, data=reader.data.model_copy(update={"min_pixels": bounds[0], "max_pixels": bounds[1]}))
    ids = reader.example(0).prompt.ids.tolist()
    assert ids.count(reader.config.image_token_id) == tokens
    assert reader.length_of(reader.dataset.row(0), tmp_path, "a row") == len(ids)


def test_a_box_is_told_in_the_frame_that_the_model_sees(tmp_path: Path) -> None:
    assert scaled_truth("[10, 20, 30, 41]", (2.0, 0.5), "a row") == "[20, 10, 60, 20]"
    wide = {
        "images": [{"bytes": picture(2, (64, 16)), "path": None}],
        "reward_model": {"style": "rule", "ground_truth": "[0, 0, 64, 16]"},
    }
    reader = reader_of(tmp_path, [row(0, **wide, extra_info={"reward_func": "iou"})])
    example = reader.example(0)
    _, rows, columns = example.prompt.grids[0]
    assert example.ground_truth == f"[0, 0, {columns * 8}, {rows * 8}]"


BAD_ROWS: dict[str, tuple[dict[str, Any], str]] = {
    "two marks, one image": (row(0, prompt=[{"role": "user", "content": "<image> <image>"}]), "2 <image>.*1 images"),
    "a broken picture": (row(0, images=[{"bytes": picture(1)[:60], "path": None}]), "image 1: the picture is broken"),
    "no picture at all": (row(0, images=[{"bytes": b"no picture", "path": None}]), "image 1: .*no picture"),
    "a missing file": (row(0, images=[{"bytes": None, "path": "nowhere.png"}]), "image 1: .*nowhere.png"),
    "a second picture": (
        row(
            0,
            prompt=[{"role": "user", "content": "<image> <image>"}],
            images=[{"bytes": picture(1), "path": None}, {"bytes": picture(1)[:60], "path": None}],
        ),
        "image 2: the picture is broken",
    ),
    "a video": (row(0, prompt=[{"role": "user", "content": "<image> <|video_pad|>"}]), "a video.*data convert"),
    "no box": (row(0, extra_info={"reward_func": "iou"}), "no box of four numbers"),
}


@pytest.mark.parametrize(("bad", "words"), BAD_ROWS.values(), ids=BAD_ROWS.keys())
def test_a_row_that_cannot_be_used_is_named(tmp_path: Path, bad: dict[str, Any], words: str) -> None:
    reader = reader_of(tmp_path, [row(0), bad])
    with pytest.raises(RowError, match=rf"some.parquet, row 1.*{words}"):
        reader.example(1)


def test_a_key_that_is_missing_is_named(tmp_path: Path) -> None:
    bad = row(0)
    del bad["reward_model"]
    reader = reader_of(tmp_path, [bad])
    with pytest.raises(RowError, match=r"row 0: reward_model"):
        reader.example(0)


def test_no_rows_at_all(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(RowError, match=r"no \.parquet or \.jsonl"):
        open_dataset([DataFile(path=tmp_path / "empty")])
    with pytest.raises(RowError, match="no such file"):
        open_dataset([DataFile(path=tmp_path / "nowhere.parquet")])


def test_a_part_of_a_file_and_a_file_twice(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "rows.parquet", [row(index) for index in range(10)])
    assert len(open_dataset([DataFile(path=path, sample="random:30%"), DataFile(path=path, repeat=2)])) == 23
    first = open_dataset([DataFile(path=path, sample="first:4")])
    assert [first.row(i).extra_info["index"] for i in range(4)] == [0, 1, 2, 3]


def test_every_epoch_has_every_row_once_and_goes_on_where_it_stood() -> None:
    order = RowSampler(range(7), seed=1)
    taken = order.take(3) + order.take(11)
    assert sorted(taken[:7]) == sorted(taken[7:]) == list(range(7))
    assert taken[:7] != taken[7:]
    assert RowSampler(range(7), 1, taken=3).take(11) == taken[3:]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stepz": 3}, "stepz: there is no such key"),
        ({"steps": 0}, "steps"),
        ({"steps": True}, r"steps: .* integer \(is True\)"),
        ({"steps": "75"}, r"steps: .* integer \(is '75'\)"),
        ({"model.fresh": 1}, r"model.fresh: .* boolean \(is 1\)"),
        ({"data.files": "rows"}, r"data.files: .* array \(is 'rows'\)"),
        ({"optimizer.lr": math.inf}, r"optimizer.lr: .* finite number \(is inf\)"),
        ({"optimizer.betas": [0.9]}, "optimizer.betas.1: it is missing"),
        ({"optimizer.betas": [0.9, 1.0]}, r"optimizer.betas.1: .* less than 1 \(is 1.0\)"),
        ({"algorithm.mini_batches": 3}, "cannot be split"),
        ({"algorithm.aggregation": "mean"}, "algorithm.aggregation"),
        ({"kind": "ppo"}, "'tower' or 'sft' or 'grpo'"),
    ],
)
def test_a_recipe_with_a_mistake_is_told_by_its_key(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    paths = {"model": tmp_path, "rows": tmp_path}
    text = recipe(paths, tmp_path / "out", "grpo", stage=1, steps=2, prompts_per_step=4)
    parse_recipe(text, "toy.toml")
    with pytest.raises(RecipeError, match=rf"toy.toml.*{words}"):
        parse_recipe(text, "toy.toml", change)


def test_gradients_may_be_clipped_at_nothing(tmp_path: Path) -> None:
    text = recipe({"model": tmp_path, "rows": tmp_path}, tmp_path / "out", "grpo", stage=1, steps=2, prompts_per_step=4)
    parsed = parse_recipe(text, "toy.toml", {"optimizer.max_grad_norm": math.inf})
    assert parsed.optimizer.max_grad_norm == math.inf


def test_pictures_are_augmented_by_their_share_and_always_alike(tmp_path: Path) -> None:
    def seen(folder: str, augment: float) -> list[torch.Tensor]:
        (tmp_path / folder).mkdir()
        reader = reader_of(tmp_path / folder, [row(0)] * 40, augment=augment)
        return [patches for n in range(40) if (patches := reader.example(n).prompt.patches) is not None]

    plain, some, again, every = seen("plain", 0), seen("some", 0.5), seen("again", 0.5), seen("every", 1)
    assert all(torch.equal(*pair) for pair in zip(some, again, strict=True))
    assert 10 < sum(not torch.equal(*pair) for pair in zip(plain, some, strict=True)) < 30
    assert not any(torch.equal(*pair) for pair in zip(plain, every, strict=True))
    assert all(one.shape == other.shape for one, other in zip(plain, every, strict=True))
