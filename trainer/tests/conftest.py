"""A tiny Qwen2.5-VL, as transformers builds it and as this trainer does, with the same weights."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

from ocean_r1.engine.prompt import Prompt
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.positions import Grid, tokens_of
from ocean_r1.models.qwen2_5_vl import Qwen2_5_VL
from ocean_r1.models.weights import load_weights

IMAGE, START, END, STOP, WORDS = 90, 91, 92, 93, 80


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is remembered between runs is remembered between tests, and not in the user's home."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def tiny_config(tied: bool = True) -> Qwen2_5_VLConfig:
    # Windows of 2 x 2 merged blocks, so that full and window attention both happen.
    return Qwen2_5_VLConfig(
        image_token_id=IMAGE,
        video_token_id=94,
        vision_start_token_id=START,
        vision_end_token_id=END,
        tie_word_embeddings=tied,
        text_config={
            "vocab_size": 96,
            "hidden_size": 48,
            "intermediate_size": 80,
            "num_hidden_layers": 3,
            "num_attention_heads": 6,
            "num_key_value_heads": 2,
            "rms_norm_eps": 1e-6,
            "tie_word_embeddings": tied,
            "rope_parameters": {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 10_000.0},
        },
        vision_config={
            "depth": 3,
            "hidden_size": 32,
            "intermediate_size": 40,
            "num_heads": 2,
            "patch_size": 4,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "window_size": 16,
            "out_hidden_size": 48,
            "fullatt_block_indexes": [1],
        },
    )


@pytest.fixture(scope="session", params=[True, False], ids=["tied", "untied"])
def pair(request: pytest.FixtureRequest) -> tuple[Qwen2_5_VLForConditionalGeneration, Qwen2_5_VL]:
    torch.manual_seed(0)
    config = tiny_config(request.param)
    theirs = Qwen2_5_VLForConditionalGeneration(config).double().eval()
    with torch.no_grad():
        for parameter in theirs.parameters():  # Norms and biases begin at ones and zeros, which would hide mistakes.
            parameter.add_(torch.randn_like(parameter) * 0.1)
    ours = Qwen2_5_VL(ModelConfig.from_json(config.to_dict())).double()
    load_weights(ours, iter(theirs.state_dict().items()))
    return theirs, ours


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
