"""Pictures are those that the processor sees, or a sentence; models say in either of two files how large they may be."""

from __future__ import annotations

import io
import json
import random
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps
from toy import toy
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from ocean_r1.data.images import ImageError, PixelBounds, image_size, open_image, patches_of, pixel_bounds
from ocean_r1.models.config import ModelConfig, Qwen2_5_VisionConfig, Qwen3VisionConfig, VisionConfig, check_pictures

TOWER = {"depth": 1, "hidden_size": 32, "intermediate_size": 8, "num_heads": 1, "out_hidden_size": 8}
VISION = Qwen2_5_VisionConfig(**TOWER, patch_size=14, fullatt_block_indexes=())
BOUNDS = PixelBounds(28 * 28 * 4, 28 * 28 * 1280)


def painted(mode: str = "RGB", size: tuple[int, int] = (64, 48)) -> Image.Image:
    values = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    image = Image.fromarray(values)
    match mode:
        case "I;16":
            return Image.fromarray(values[:, :, 0].astype(np.uint16) * 257)
        case "RGBA" | "LA":
            image = image.convert(mode)
            image.putalpha(Image.fromarray(values[:, :, 1]))
            return image
    return image.convert(mode)


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


LONG = zlib.compress(b"mug " * 600_000)  # unpacks to more than 1 MiB
TEXTS = {
    "zTXt": b"comment\0\0" + LONG,
    "iTXt": b"XML:com.adobe.xmp\0\1\0\0\0" + LONG,
    "iCCP": b"profile\0\0" + LONG,
}


@pytest.mark.parametrize("behind", [False, True], ids=["before the pixels", "behind them"])
@pytest.mark.parametrize("kind", TEXTS)
def test_a_png_with_a_long_text_is_its_pixels(tmp_path: Path, kind: str, behind: bool) -> None:
    plain = encoded(painted("P"), transparency=3)
    place = len(plain) - 12 if behind else 8 + 25  # before IEND, or behind IHDR
    content = plain[:place] + chunk(kind.encode(), TEXTS[kind]) + plain[place:]
    path = tmp_path / "mug.png"
    path.write_bytes(content)
    for source in (content, path):
        assert open_image(source).tobytes() == open_image(plain).tobytes()
        assert image_size(source) == (64, 48)
    with pytest.raises(ImageError, match="broken"):
        open_image(content[: len(content) * 2 // 3])


def test_a_png_with_many_texts_is_its_pixels() -> None:
    plain = encoded(painted())
    texts = b"".join(chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1_000_000))) for _ in range(70))
    assert open_image(plain[:33] + texts + plain[33:]).tobytes() == painted().tobytes()


FORMATS = {
    "RGB PNG": lambda: encoded(painted()),
    "palette PNG": lambda: encoded(painted("P")),
    "palette PNG with a transparent colour": lambda: encoded(painted("P"), transparency=3),
    "RGB PNG with a transparent colour": lambda: encoded(painted(), transparency=painted().getpixel((0, 0))),
    "palette PNG with transparency": lambda: encoded(painted("P"), transparency=bytes(range(256))),
    "gray PNG": lambda: encoded(painted("L")),
    "black and white PNG": lambda: encoded(painted("1")),
    "PNG with alpha": lambda: encoded(painted("RGBA")),
    "gray PNG with alpha": lambda: encoded(painted("LA")),
    "PNG with a text": lambda: encoded(painted())[:33] + chunk(b"tEXt", b"a\0b") + encoded(painted())[33:],
    "CMYK JPEG": lambda: encoded(painted("CMYK"), "JPEG"),
    "turned JPEG": lambda: encoded(painted(), "JPEG", exif=turned()),
    "progressive JPEG": lambda: encoded(painted(), "JPEG", progressive=True),
    "WebP with alpha": lambda: encoded(painted("RGBA"), "WEBP"),
    "GIF of two": lambda: encoded(painted("P"), "GIF", save_all=True, append_images=[painted("L")]),
    "TIFF": lambda: encoded(painted("F"), "TIFF"),
    "BMP": lambda: encoded(painted(), "BMP"),
}


def turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


@pytest.mark.parametrize("content", FORMATS.values(), ids=FORMATS.keys())
def test_pictures_of_every_kind_are_seen_as_by_transformers(content: Callable[[], bytes]) -> None:
    image = Image.open(io.BytesIO(content()))
    processor = Qwen2VLImageProcessorPil(
        patch_size=14, size={"shortest_edge": BOUNDS.min_pixels, "longest_edge": BOUNDS.max_pixels}
    )
    expected = processor(images=[image], return_tensors="pt")["pixel_values"]
    patches = patches_of(open_image(content()), VISION, BOUNDS)
    torch.testing.assert_close(patches.pixels, expected, rtol=1e-5, atol=1e-5)
    if image.getexif().get(0x0112):  # pixels are taken as they lie
        assert ImageOps.exif_transpose(image).size != open_image(content()).size


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_gray_of_16_bits_is_gray_of_8(kind: str) -> None:
    """Pillow's own conversion, and so transformers, make all of it white that is more than 255."""
    upper = np.arange(256, dtype=np.uint16).reshape(16, 16)
    content = encoded(Image.fromarray(upper * 256 + upper.T), kind)
    seen = np.asarray(open_image(content))
    np.testing.assert_array_equal(seen, np.stack([upper] * 3, axis=-1))


RAISED = [
    ValueError,
    OSError,
    SyntaxError,
    EOFError,
    OverflowError,
    MemoryError,
    IndexError,
    TypeError,
    KeyError,
    AttributeError,
]
RAISED += [ZeroDivisionError, RecursionError, NotImplementedError, struct.error, zlib.error, Image.DecompressionBombError]


@pytest.mark.parametrize("error", RAISED, ids=lambda error: error.__name__)
@pytest.mark.parametrize("step", ["open", "convert"])
def test_whatever_pillow_raises_is_a_sentence(monkeypatch: pytest.MonkeyPatch, step: str, error: type[Exception]) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error("a bad thing")

    content = encoded(painted())
    with monkeypatch.context() as patched:
        patched.setattr(Image if step == "open" else Image.Image, step, fail)
        with pytest.raises(ImageError, match=r"the picture is broken: .*a bad thing"):
            open_image(content)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's own, of what it reads in spite of all
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "JPEG2000", "ICO", "PPM", "TGA"])
def test_bytes_that_were_changed_are_a_picture_or_a_sentence(kind: str) -> None:
    draw = random.Random(kind)
    whole = encoded(painted(size=(32, 32)), kind)
    for _ in range(150):
        content = bytearray(whole)
        for _ in range(draw.randrange(1, 9)):
            content[draw.randrange(min(len(content), draw.choice([64, 10**6])))] = draw.randrange(256)
        cut = bytes(content[: draw.choice([len(content), draw.randrange(len(content))])])
        for use in (open_image, image_size):
            with suppress(ImageError):
                use(cut)


def test_what_is_no_picture_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    told = {
        tmp_path / "notes.txt": "no picture",
        tmp_path: "directory",
        tmp_path / "nowhere": "no file",
        Path("a\0b"): "null",
    }
    for path, words in told.items():
        with pytest.raises(ImageError, match=words):
            open_image(path)
    for content in (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"):
        with pytest.raises(ImageError, match="no picture"):
            open_image(content)


def test_a_picture_that_unfolds_too_far_is_not_decoded() -> None:
    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 0, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    with pytest.raises(ImageError, match=r"50000 x 50000 px.*make it smaller"):
        open_image(content)


def folder_with(folder: Path, **files: Any) -> Path:
    for name, content in files.items():
        (folder / f"{name}.json").write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


NESTED = {
    "image_processor": {"size": {"shortest_edge": 3136, "longest_edge": 1003520}},
    "processor_class": "Qwen2_5_VLProcessor",
}
OLD = {"min_pixels": 784, "max_pixels": 12845056, "size": {"shortest_edge": 1, "longest_edge": 2}}


def test_pixel_bounds_are_read_where_either_transformers_writes_them(tmp_path: Path) -> None:
    assert pixel_bounds(folder_with(tmp_path, processor_config=NESTED)) == PixelBounds(3136, 1003520)
    # As transformers 5: what is nested comes first; a processor's file of older versions has nothing nested.
    assert pixel_bounds(folder_with(tmp_path, preprocessor_config=OLD)) == PixelBounds(3136, 1003520)
    assert pixel_bounds(folder_with(tmp_path, processor_config={"chat_template": ""})) == PixelBounds(784, 12845056)
    edges = {"min_pixels": None, "size": {"shortest_edge": 3136, "longest_edge": 5000}}
    assert pixel_bounds(folder_with(tmp_path, preprocessor_config=edges)) == PixelBounds(3136, 5000)


def test_bounds_that_are_given_are_not_asked_for(tmp_path: Path) -> None:
    assert pixel_bounds(tmp_path, 784, 1024) == PixelBounds(784, 1024)
    assert pixel_bounds(folder_with(tmp_path, processor_config=NESTED), max_pixels=4000) == PixelBounds(3136, 4000)
    with pytest.raises(ValueError, match="at least 3,136 pixels and at most 784"):
        pixel_bounds(tmp_path, max_pixels=784)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "no preprocessor_config.json and no processor_config.json"),
        ({"processor_config": {"processor_class": "x"}}, "no preprocessor_config.json and no processor_config.json"),
        (
            {"processor_config": {"image_processor": {"size": {"height": 9, "width": 9}}}},
            "processor_config.json does not say",
        ),
        ({"preprocessor_config": {"size": {"shortest_edge": 4}}}, "preprocessor_config.json does not say"),
        ({"preprocessor_config": {"min_pixels": "many"}}, "preprocessor_config.json: min_pixels"),
        ({"preprocessor_config": {"size": 224}}, "preprocessor_config.json: size"),
        ({"preprocessor_config": [1]}, "preprocessor_config.json: "),
        ({"preprocessor_config": "{"}, "preprocessor_config.json: "),
        ({"processor_config": "{"}, "processor_config.json cannot be read"),
    ],
)
def test_a_folder_that_does_not_say_its_bounds(tmp_path: Path, files: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        pixel_bounds(folder_with(tmp_path, **files))


PROCESSORS = json.loads((Path(__file__).parent.parent / "fixtures/processors.json").read_text())
TOWERS: dict[str, VisionConfig] = {
    "qwen2_5_vl": VISION,
    "qwen3_vl": Qwen3VisionConfig(**TOWER, patch_size=16, num_position_embeddings=4, deepstack_visual_indexes=()),
}


@pytest.mark.parametrize("published", PROCESSORS["published"].values(), ids=PROCESSORS["published"])
@pytest.mark.parametrize("form", ["preprocessor_config", "processor_config"])
def test_what_is_published_is_opened(tmp_path: Path, published: dict[str, Any], form: str) -> None:
    settings = published["settings"]
    folder_with(tmp_path, **{form: {"image_processor": settings} if form == "processor_config" else settings})
    check_pictures(tmp_path, TOWERS[published["model_type"]])


@pytest.mark.parametrize("case", PROCESSORS["refused"], ids=lambda case: f"{case['of']}: {case['key']}")
def test_a_model_that_is_shown_other_pictures_is_refused(tmp_path: Path, case: dict[str, Any]) -> None:
    """`lib/vlm/model-config.test.ts` refuses the same."""
    published = PROCESSORS["published"][case["of"]]
    folder_with(tmp_path, preprocessor_config=published["settings"] | case["change"])
    with pytest.raises(ValueError, match=rf"preprocessor_config.json: {case['key']}"):
        check_pictures(tmp_path, TOWERS[published["model_type"]])


def test_it_is_refused_wherever_its_config_is_read(tmp_path: Path) -> None:
    model = toy(tmp_path)["model"]
    settings = json.loads((model / "preprocessor_config.json").read_text())
    folder_with(model, preprocessor_config=settings | {"image_mean": [0.5, 0.5, 0.5]})
    with pytest.raises(ValueError, match=r"image_mean is \[0.5, 0.5, 0.5\], but pictures are made with \[0.48145466, 0.45"):
        ModelConfig.from_folder(model)
