"""A new small model: its shape, and a byte-level BPE learnt from rows, in the layout of Qwen's folders.

Any text in any language tokenises, since every byte is a token. Qwen's special tokens have ids after the learnt ones.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from itertools import count, takewhile
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from torch import Tensor

from ocean_r1.models.config import ModelConfig
from ocean_r1.models.words import learn_words

SPECIAL_TOKENS = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
CLASSES = {"qwen2_5_vl": "Qwen2_5_VL", "qwen3_vl": "Qwen3VL"}
"""What transformers calls a family, by `model_type`."""
# Tags of the prompts: one token each, but ordinary text, so that a reply shows them.
TAGS = ("<think>", "</think>", "<answer>", "</answer>")

# What Qwen2.5-VL's own template says of text and pictures; it has more for videos and tools.
CHAT_TEMPLATE = (
    "{% if messages[0]['role'] != 'system' %}<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n{% endif %}"
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}{% for part in message['content'] %}"
    "{% if part['type'] == 'image' or 'image' in part %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% elif 'text' in part %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def learn_tokenizer(texts: Iterable[str], vocabulary: int, numbers: int = 10) -> Tokenizer:
    """A byte-level BPE of `vocabulary` tokens, special ones and tags included. Of whole numbers those below `numbers` (at
    most 200) are one token each; left out, digits stand alone, as Qwen has them."""
    digits = pre_tokenizers.Digits(individual_digits=True)
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, byte_level])
    trainer = BpeTrainer(
        vocab_size=vocabulary - len(SPECIAL_TOKENS) - len(TAGS) - max(0, numbers - 10),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    if numbers > 10:
        learnt = json.loads(tokenizer.to_str())["model"]
        # 11 before 10: or else 110 would begin as 1 and 10.
        joined = sorted(map(str, range(10, numbers)), key=lambda number: (len(number), number != "11", number))
        words = [*learnt["vocab"], *joined]
        merges = [tuple(pair) for pair in learnt["merges"]] + [(number[:-1], number[-1]) for number in joined]
        tokenizer = Tokenizer(BPE(vocab={word: index for index, word in enumerate(words)}, merges=merges))
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=False), byte_level])
    tokenizer.decoder = decoders.ByteLevel()
    return with_special(tokenizer)


def with_special(tokenizer: Tokenizer) -> Tokenizer:
    tokenizer.add_tokens(list(TAGS))
    tokenizer.add_special_tokens(list(SPECIAL_TOKENS))
    return tokenizer


def number_tokens(ids_of: Callable[[str], list[int]]) -> list[int]:
    """The tokens of the whole numbers from 0 on, as far as each is one token."""
    each = (ids_of(str(number)) for number in count())
    return [ids[0] for ids in takewhile(lambda ids: len(ids) == 1, each)]


@torch.no_grad()
def init_number_embeddings(embeddings_VD: Tensor, tokens: Sequence[int], generator: torch.Generator) -> None:
    """Draws the embeddings of whole numbers anew, so that near ones are alike: as waves of the number, of periods from 4 to
    512, along random axes at right angles. Drawn one by one, their order would have to be learnt from scratch; and so few
    axes fit through one attention head, by which numbers are copied. They are as long as those of other words."""
    width = embeddings_VD.shape[1]
    periods = 4.0 * 2 ** torch.arange(min(8, width // 2))
    angles = torch.arange(len(tokens))[:, None] * (2 * math.pi / periods)
    waves = torch.cat([angles.cos(), angles.sin()], dim=1) / math.sqrt(len(periods))
    axes = torch.linalg.qr(torch.randn(width, waves.shape[1], generator=generator)).Q
    embeddings_VD[list(tokens)] = waves @ axes.T * embeddings_VD.norm(dim=1).median()


def new_model(folder: Path, texts: Iterable[str], shape: dict[str, Any]) -> None:
    """Writes config, tokenizer and processor settings. `shape` has `model_type`, `text` and `vision` of `config.json`, the
    size of the vocabulary (with `whole_words` the most words that it knows, see words.py), how many numbers are one token,
    and the side of pictures in pixels. Raises ValueError for what is no model."""
    numbers = shape.get("numbers", 10)
    if shape.get("whole_words", False):
        tokenizer = with_special(learn_words(texts, shape["vocabulary"], numbers))
    else:
        tokenizer = learn_tokenizer(texts, shape["vocabulary"], numbers)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    token = {name: tokenizer.token_to_id(name) for name in SPECIAL_TOKENS}
    # Rows of the embedding beyond the vocabulary would be sampled as tokens that are none.
    text = {"vocab_size": tokenizer.get_vocab_size(), "tie_word_embeddings": True, **shape["text"]}
    vision = {"out_hidden_size": text["hidden_size"], "in_channels": 3, **shape["vision"]}
    model_type, side = shape.get("model_type", "qwen2_5_vl"), shape["pixels"] ** 2
    write(
        folder / "config.json",
        {
            "architectures": [f"{CLASSES[model_type]}ForConditionalGeneration"],
            "model_type": model_type,
            "image_token_id": token["<|image_pad|>"],
            "video_token_id": token["<|video_pad|>"],
            "vision_start_token_id": token["<|vision_start|>"],
            "vision_end_token_id": token["<|vision_end|>"],
            "tie_word_embeddings": True,
            "dtype": "float32",
            "text_config": {"model_type": f"{model_type}_text", **text},
            "vision_config": {"model_type": model_type, **vision},
        },
    )
    seen = ModelConfig.from_folder(folder).vision
    write(
        folder / "generation_config.json",
        {
            "do_sample": False,
            "eos_token_id": [token["<|im_end|>"], token["<|endoftext|>"]],
            "pad_token_id": token["<|endoftext|>"],
        },
    )
    write(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "eos_token": "<|im_end|>",
            "pad_token": "<|endoftext|>",
            "model_max_length": 4096,
            "clean_up_tokenization_spaces": False,
            "chat_template": CHAT_TEMPLATE,
        },
    )
    # Where newer readers look for it.
    (folder / "chat_template.jinja").write_text(CHAT_TEMPLATE)
    write(
        folder / "preprocessor_config.json",
        {
            "image_processor_type": "Qwen2VLImageProcessor",
            "processor_class": f"{CLASSES[model_type]}Processor",
            "patch_size": seen.patch_size,
            "temporal_patch_size": seen.temporal_patch_size,
            "merge_size": seen.spatial_merge_size,
            "min_pixels": side,
            "max_pixels": side,
            "size": {"shortest_edge": side, "longest_edge": side},
            "image_mean": seen.pixel_mean,
            "image_std": seen.pixel_std,
            "do_resize": True,
            "do_rescale": True,
            "rescale_factor": 1 / 255,
            "do_normalize": True,
            "do_convert_rgb": True,
            "resample": 3,
        },
    )


def write(path: Path, data: dict[str, Any]) -> None:
    path.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
