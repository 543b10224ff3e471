"""Greedy replies by an export on onnxruntime: the proof that the graphs are the model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ocean_r1.engine.prompt import Prompt
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.positions import text_positions


class ExportedModel:
    """The graphs of a folder; `suffix` is empty or `_quantized`."""

    def __init__(self, folder: Path, suffix: str = "") -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3

        def opened(name: str) -> Any:
            return onnxruntime.InferenceSession(folder / "onnx" / f"{name}{suffix}.onnx", options)

        self.config = ModelConfig.from_folder(folder)
        self.vision, self.embed, self.decoder = map(opened, ("vision_encoder", "embed_tokens", "decoder_model_merged"))

    def greedy(self, prompt: Prompt, max_new_tokens: int, stops: Sequence[int]) -> list[int]:
        """The tokens that follow a prompt, the stop token included. The image token is never chosen, as in sampling."""
        config, text = self.config, self.config.text
        positions, following = text_positions(
            prompt.ids, prompt.grids, config.image_token_id, config.vision.spatial_merge_size
        )
        embeds = self.embed.run(None, {"input_ids": prompt.ids.numpy()[None]})[0]
        if prompt.patches is not None:
            grid = np.array(prompt.grids, dtype=np.int64)
            given = {"pixel_values": prompt.patches.numpy(), "image_grid_thw": grid}
            embeds[0, prompt.ids.numpy() == config.image_token_id] = self.vision.run(None, given)[0]
        empty = np.zeros((1, text.num_key_value_heads, 0, text.head_dim), dtype=np.float32)
        past = [empty] * (2 * text.num_hidden_layers)
        names = [f"past_key_values.{layer}.{kind}" for layer in range(text.num_hidden_layers) for kind in ("key", "value")]
        tokens: list[int] = []
        where: Tensor = positions[:, None]
        length = len(prompt.ids)
        while True:
            inputs = {
                "inputs_embeds": embeds,
                "attention_mask": np.ones((1, length), dtype=np.int64),
                "position_ids": where.numpy().astype(np.int64),
                "num_logits_to_keep": np.array(1, dtype=np.int64),
                **dict(zip(names, past, strict=True)),
            }
            logits, *past = self.decoder.run(None, inputs)
            logits[0, -1, config.image_token_id] = -np.inf
            tokens.append(int(logits[0, -1].argmax()))
            if tokens[-1] in stops or len(tokens) == max_new_tokens:
                return tokens
            embeds = self.embed.run(None, {"input_ids": np.array([tokens[-1:]], dtype=np.int64)})[0]
            where = torch.full((3, 1, 1), following + len(tokens) - 1)
            length += 1
