"""A tiny model of each family, as transformers builds it and as this trainer does, with the same weights."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import torch
from transformers import (
    AutoModelForImageTextToText,
    PreTrainedConfig,
    PreTrainedModel,
    Qwen2_5_VLConfig,
    Qwen3VLConfig,
)

from ocean_r1.engine.prompt import Prompt
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.families import build_model
from ocean_r1.models.model import VisionLanguageModel
from ocean_r1.models.positions import Grid, tokens_of
from ocean_r1.models.weights import load_weights

IMAGE, START, END, STOP, WORDS = 90, 91, 92, 93, 80
FAMILIES = ["qwen2_5_vl", "qwen3_vl"]
each_family = pytest.mark.parametrize("family", FAMILIES)
Pair = tuple[PreTrainedModel, VisionLanguageModel]


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is remembered between runs is remembered between tests, and not in the user's home."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def tiny_config(family: str = "qwen2_5_vl", tied: bool = True) -> PreTrainedConfig:
    tokens = {
        "image_token_id": IMAGE,
        "video_token_id": 94,
        "vision_start_token_id": START,
        "vision_end_token_id": END,
    }
    text: dict[str, Any] = {
        "vocab_size": 96,
        "hidden_size": 48,
        "intermediate_size": 80,
        "num_hidden_layers": 3,
        "num_attention_heads": 6,
        "num_key_value_heads": 2,
        "rms_norm_eps": 1e-6,
        "tie_word_embeddings": tied,
    }
    vision: dict[str, Any] = {
        "hidden_size": 32,
        "intermediate_size": 40,
        "num_heads": 2,
        "patch_size": 4,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
        "out_hidden_size": 48,
    }
    rope = {"rope_type": "default", "rope_theta": 10_000.0}
    if family == "qwen3_vl":
        # Heads wider than their share of the whole, sections of three lengths; a grid that pictures stretch and shrink.
        text |= {"head_dim": 16, "rope_parameters": {**rope, "mrope_section": [5, 2, 1]}}
        vision |= {"depth": 4, "num_position_embeddings": 25, "deepstack_visual_indexes": [0, 2]}
        return Qwen3VLConfig(**tokens, tie_word_embeddings=tied, text_config=text, vision_config=vision)
    # Windows of 2 x 2 merged blocks, so that full and window attention both happen.
    text |= {"rope_parameters": {**rope, "mrope_section": [1, 1, 2]}}
    vision |= {"depth": 3, "window_size": 16, "fullatt_block_indexes": [1]}
    return Qwen2_5_VLConfig(**tokens, tie_word_embeddings=tied, text_config=text, vision_config=vision)


def their_model(config: PreTrainedConfig, seed: int, noise: float) -> PreTrainedModel:
    torch.manual_seed(seed)
    model: PreTrainedModel = AutoModelForImageTextToText.from_config(config).double().eval()
    with torch.no_grad():
        for parameter in model.parameters():  # Norms and biases begin at ones and zeros, which would hide mistakes.
            parameter.add_(torch.randn_like(parameter) * noise)
    for module in model.modules():
        if type(module).__name__.endswith("RMSNorm"):
            # transformers' rounds to float32 on the way, which would be most of what is different in float64.
            module.forward = partial(rms_norm, module)
    return model


def rms_norm(module: Any, x: torch.Tensor) -> torch.Tensor:
    return x / (x.square().mean(-1, keepdim=True) + module.variance_epsilon).sqrt() * module.weight


def our_model(theirs: PreTrainedModel) -> VisionLanguageModel:
    model = build_model(ModelConfig.from_json(theirs.config.to_dict())).double()
    load_weights(model, iter(theirs.state_dict().items()))
    return model


@pytest.fixture(scope="session", params=[True, False], ids=["tied", "untied"])
def tied(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="session", params=FAMILIES)
def pair(request: pytest.FixtureRequest, tied: bool) -> Pair:
    theirs = their_model(tiny_config(request.param, tied), seed=0, noise=0.1)
    return theirs, our_model(theirs)


def make_prompt(
    generator: torch.Generator, grids: tuple[Grid, ...], words: int = 7, dtype: torch.dtype = torch.float64
) -> Prompt:
    """Words, then each image between its marks, then words."""

    def some(count: int) -> list[int]:
        return torch.randint(0, WORDS, (count,), generator=generator).tolist()

    ids = some(words)
    for grid in grids:
        ids += [START, *[IMAGE] * tokens_of(grid, 2), END, *some(2)]
    ids += some(words)
    patches = sum(t * h * w for t, h, w in grids)
    pixels = torch.randn(patches, 96, generator=generator, dtype=dtype) if grids else None
    return Prompt(torch.tensor(ids), pixels, grids)
