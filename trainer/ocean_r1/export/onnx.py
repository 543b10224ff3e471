"""Writes a model folder that browsers open: the Hugging Face folder and `onnx/`, in float32 and in int8.

Its weights are those of the source rounded to 8 bits, in all its files: a quarter of the download gives the same tokens.
"""

from __future__ import annotations

import shutil
import sys
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ocean_r1.checkpoints import COMPANIONS
from ocean_r1.export.encoders import encoder_of
from ocean_r1.export.graphs import Decoder, EmbedTokens
from ocean_r1.export.rounding import round_weights
from ocean_r1.files import atomic_write
from ocean_r1.models.model import VisionLanguageModel
from ocean_r1.models.packed import MAX_INT8
from ocean_r1.models.weights import load_model, save_weights

OPSET = 18
FORMATS_BYTES = 4 + 4 + 1
"""Of a weight: in safetensors, in the graphs in float32, and in int8."""
GRAPHS = ("vision_encoder", "embed_tokens", "decoder_model_merged")


def export(source: Path, target: Path) -> None:
    """`target` gets the folder's files, `model.safetensors` and the graphs, whole or not at all. Raises WriteError, and
    ValueError where `target` holds something else than a model."""
    check_replaceable(target)
    log(f"reading {source}")
    model = load_model(source).eval()
    log("rounding its weights to 8 bits")
    round_weights(model)
    with atomic_write(target, needed=FORMATS_BYTES * sum(parameter.numel() for parameter in model.parameters())) as partial:
        (partial / "onnx").mkdir(parents=True)
        for name in COMPANIONS:
            if (source / name).exists():
                shutil.copyfile(source / name, partial / name)
        log("writing model.safetensors")
        save_weights(model, partial)
        write_graphs(model, partial / "onnx")
        quantise(partial / "onnx")


def log(stage: str) -> None:
    """A line as each stage begins: some take minutes."""
    print(stage, file=sys.stderr, flush=True)


def check_replaceable(target: Path) -> None:
    """Raises ValueError for a file, and for a folder with anything in it but an export: it would be lost."""
    if target.is_file():
        raise ValueError(f"{target} is a file; name a folder with --out")
    if target.is_dir() and any(target.iterdir()) and not (target / "onnx").is_dir():
        raise ValueError(f"{target} is a folder with something else than an export in it; name another one with --out")


def write_graphs(model: VisionLanguageModel, folder: Path) -> None:
    text, vision = model.config.text, model.config.vision
    patches = torch.zeros(16, vision.patch_dim)
    write(
        encoder_of(model.visual),
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
            torch.zeros(2, 3, vision.token_width),
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
    log(f"writing onnx/{path.name}")
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
    """`*_quantized.onnx`: the same graphs with their matrices as int8, a step a channel, multiplied out again by two
    operations on constants, which onnxruntime does once when it opens the file. Raises ValueError for weights that were
    not rounded."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    for name in GRAPHS:
        log(f"writing onnx/{name}_quantized.onnx")
        model = onnx.load(folder / f"{name}.onnx")
        graph = model.graph
        # The operand of each operation that holds the matrix, and the axis along which a channel's weights lie.
        operands = {"MatMul": (1, 0), "Gather": (0, 1)}
        matrices = {
            node.input[operands[node.op_type][0]]: operands[node.op_type][1]
            for node in graph.node
            if node.op_type in operands
        }
        whole = []
        for weight in list(graph.initializer):
            if weight.name not in matrices or len(weight.dims) != 2:
                continue
            values = numpy_helper.to_array(weight)
            steps = np.abs(values).max(axis=matrices[weight.name], keepdims=True) / np.float32(MAX_INT8)
            steps[steps == 0] = 1
            integers = np.round(values / steps).astype(np.int8)
            if not np.array_equal(integers * steps, values):
                raise ValueError(f"{name}: {weight.name} is not rounded to 8 bits")
            int8, step, cast = (f"{weight.name}.{part}" for part in ("int8", "step", "cast"))
            graph.initializer.remove(weight)
            graph.initializer.extend([numpy_helper.from_array(integers, int8), numpy_helper.from_array(steps, step)])
            whole += [
                helper.make_node("Cast", [int8], [cast], to=TensorProto.FLOAT),
                helper.make_node("Mul", [cast, step], [weight.name]),
            ]
        nodes = [*whole, *graph.node]
        del graph.node[:]
        graph.node.extend(nodes)
        onnx.save(model, folder / f"{name}_quantized.onnx")
