"""Writes a model folder that browsers open: the Hugging Face folder and `onnx/`, in float32 and in int8."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from ocean_r1.export.graphs import Decoder, EmbedTokens, VisionEncoder
from ocean_r1.models.qwen2_5_vl import Qwen2_5_VL
from ocean_r1.models.weights import load_model, save_weights
from ocean_r1.state import COMPANIONS

OPSET = 18
GRAPHS = ("vision_encoder", "embed_tokens", "decoder_model_merged")


def export(source: Path, target: Path) -> None:
    """`target` gets the folder's files, `model.safetensors` and the graphs. Written beside it and renamed when whole."""
    model = load_model(source).eval()
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    (partial / "onnx").mkdir(parents=True)
    for name in COMPANIONS:
        if (source / name).exists():
            shutil.copyfile(source / name, partial / name)
    save_weights(model, partial)
    write_graphs(model, partial / "onnx")
    quantise(partial / "onnx")
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)


def write_graphs(model: Qwen2_5_VL, folder: Path) -> None:
    text, vision = model.config.text, model.config.vision
    patches = torch.zeros(16, vision.patch_dim)
    write(
        VisionEncoder(model),
        (patches, torch.tensor([[1, 4, 4]])),
        folder / "vision_encoder.onnx",
        ["pixel_values", "image_grid_thw"],
        ["image_features"],
        {"pixel_values": {0: "num_patches"}, "image_grid_thw": {0: "num_images"}, "image_features": {0: "num_tokens"}},
    )
    batch = {0: "batch_size", 1: "sequence_length"}
    write(
        EmbedTokens(model),
        (torch.zeros(1, 3, dtype=torch.int64),),
        folder / "embed_tokens.onnx",
        ["input_ids"],
        ["inputs_embeds"],
        {"input_ids": batch, "inputs_embeds": batch},
    )
    names = [f"{layer}.{kind}" for layer in range(text.num_hidden_layers) for kind in ("key", "value")]
    past = [f"past_key_values.{name}" for name in names]
    present = [f"present.{name}" for name in names]
    caches = [torch.zeros(2, text.num_key_value_heads, 5, text.head_dim) for _ in names]
    write(
        Decoder(model),
        (
            torch.zeros(2, 3, text.hidden_size),
            torch.ones(2, 8, dtype=torch.int64),
            torch.zeros(3, 2, 3, dtype=torch.int64),
            torch.tensor(1),
            *caches,
        ),
        folder / "decoder_model_merged.onnx",
        ["inputs_embeds", "attention_mask", "position_ids", "num_logits_to_keep", *past],
        ["logits", *present],
        {
            "inputs_embeds": batch,
            # transformers.js makes its first, empty cache from these names: the batch has to have this one.
            "attention_mask": {0: "batch_size", 1: "total_sequence_length"},
            "position_ids": {1: "batch_size", 2: "sequence_length"},
            "logits": {0: "batch_size", 1: "kept_length"},
            **{name: {0: "batch_size", 2: "past_sequence_length"} for name in past},
            **{name: {0: "batch_size", 2: "total_sequence_length"} for name in present},
        },
    )


def write(
    module: nn.Module,
    example: tuple[Tensor, ...],
    path: Path,
    inputs: list[str],
    outputs: list[str],
    axes: dict[str, dict[int, str]],
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter speaks of shapes in Python that are constants on purpose
        torch.onnx.export(
            module.eval(),
            example,
            path,
            input_names=inputs,
            output_names=outputs,
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,  # two seconds in place of a minute, and it keeps the names of the axes
        )


def quantise(folder: Path) -> None:
    """`*_quantized.onnx`: weights of matrix products as 8-bit integers, a scale a channel. Unsigned, since signed
    products overflow on processors without VNNI."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    for name in GRAPHS:
        target = folder / f"{name}_quantized.onnx"
        if name == "embed_tokens":
            shutil.copyfile(folder / f"{name}.onnx", target)
            continue
        quantize_dynamic(
            folder / f"{name}.onnx",
            target,
            per_channel=True,
            weight_type=QuantType.QUInt8,
            op_types_to_quantize=["MatMul"],
            extra_options={"MatMulConstBOnly": True},
        )
