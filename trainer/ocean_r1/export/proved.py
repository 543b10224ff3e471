"""An export with its proof."""

from __future__ import annotations

from pathlib import Path

from ocean_r1.config import Data, DataFile, check_exists, check_model_folder
from ocean_r1.data.images import pixel_bounds
from ocean_r1.data.prompts import Reader, Tokenizer
from ocean_r1.data.rows import open_dataset
from ocean_r1.device import usable_device
from ocean_r1.export.onnx import export
from ocean_r1.export.proof import prove
from ocean_r1.export.replies import conversations, write_replies
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.weights import load_model


def export_proved(
    model: Path,
    out: Path,
    rows: Path | None,
    prompts: int = 50,
    max_new_tokens: int = 192,
    max_tokens: int = 2000,
    replies: int = 0,
    device: str = "cpu",
) -> None:
    """Writes the export of a model's folder and, where there are rows, proves it on so many prompts of theirs, until
    `max_tokens` tokens were compared; `greedy.json` gets so many replies. Says what it came to. Raises RecipeError,
    RowError, DeviceError, WriteError, and RuntimeError where the export is not the model."""
    check_model_folder(model)
    usable = usable_device(device)
    # What is wrong with model or rows is told before the minutes that an export takes.
    bounds, tokenizer, reader = pixel_bounds(model), Tokenizer(model), None
    if rows is not None:
        check_exists(rows)
        data = Data(files=[DataFile(path=rows)], min_pixels=bounds.min_pixels, max_pixels=bounds.max_pixels)
        dataset = open_dataset(data.files)
        reader = Reader(dataset, ModelConfig.from_folder(model), tokenizer, data)
        conversations(reader, replies)
    export(model, out)
    print(f"{out}: written", flush=True)
    if reader is None:
        return
    positions = range(min(prompts, len(reader.dataset)))
    proof = prove(model, out, reader, positions, max_new_tokens, max_tokens, usable)
    ended = "" if proof.prompts == len(positions) else f" of {len(positions)}, where --tokens {max_tokens} ended it"
    print(
        f"proved on {proof.prompts} prompts{ended}, {proof.tokens:,} tokens: "
        f"those of {proof.equal} of {proof.prompts} are PyTorch's in float32, of {proof.equal_int8} in int8; "
        f"correct {proof.correct_rounded:.1%}, before the weights were rounded {proof.correct:.1%}",
        flush=True,
    )
    if min(proof.equal, proof.equal_int8) < proof.prompts:
        raise RuntimeError("the graphs are not the model")
    if replies:
        path = out / "greedy.json"
        write_replies(load_model(out).to(usable), reader, replies, max_new_tokens, path)
        print(f"{path}: {replies} replies")
