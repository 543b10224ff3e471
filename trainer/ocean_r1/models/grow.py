"""A trained model that is given more words: it keeps what it can do, and what its tokenizer cut to pieces is one token,
which an image token can say (words.py). What the new words mean it has to learn."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor

from ocean_r1.models.new import SPECIAL_TOKENS, with_special, write
from ocean_r1.models.weights import tensors_of
from ocean_r1.models.words import add_words

BY_TOKEN = ("embed_tokens.weight", "lm_head.weight")
OTHERS = ("generation_config.json", "tokenizer_config.json", "preprocessor_config.json", "chat_template.jinja")
IDS = {"image_token_id": "<|image_pad|>", "video_token_id": "<|video_pad|>"} | {
    f"vision_{side}_token_id": f"<|vision_{side}|>" for side in ("start", "end")
}


def grow_model(folder: Path, texts: Iterable[str], max_words: int, out: Path) -> int:
    """Writes the model of a folder with up to `max_words` words more; how many tokens it has then. `out` is there."""
    old = Tokenizer.from_file(str(folder / "tokenizer.json"))
    new = with_special(add_words(old, texts, max_words))
    new.save(str(out / "tokenizer.json"))
    was, now = old.get_vocab(), new.get_vocab()
    order = sorted(now, key=lambda word: now[word])
    generator = torch.Generator().manual_seed(0)
    tensors = {
        name: rows_for(order, tensor, was, generator) if name.endswith(BY_TOKEN) else tensor
        for name, tensor in tensors_of(folder)
    }
    save_file(tensors, out / "model.safetensors", metadata={"format": "pt"})
    config: dict[str, Any] = json.loads((folder / "config.json").read_text())
    config["text_config"]["vocab_size"] = len(order)
    write(out / "config.json", config | {key: now[token] for key, token in IDS.items()})
    for name in OTHERS:
        shutil.copyfile(folder / name, out / name)
    generation = json.loads((out / "generation_config.json").read_text())
    end, stop = now[SPECIAL_TOKENS[2]], now[SPECIAL_TOKENS[0]]
    write(out / "generation_config.json", generation | {"eos_token_id": [end, stop], "pad_token_id": stop})
    return len(order)


def rows_for(order: list[str], tensor: Tensor, was: dict[str, int], generator: torch.Generator) -> Tensor:
    """A row for each token: its own, or a new one by chance, as long as others are and so like none of them."""
    fresh = torch.nn.functional.normalize(torch.randn(len(order), tensor.shape[1], generator=generator), dim=1)
    rows: Tensor = fresh * tensor.norm(dim=1).median()
    known = [index for index, word in enumerate(order) if word in was]
    rows[known] = tensor[[was[order[index]] for index in known]].float()
    return rows
