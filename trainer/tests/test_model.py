"""Our models say what transformers' say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from conftest import IMAGE, STOP, Pair, make_prompt, tiny_config

from ocean_r1.engine.forward import group_stats
from ocean_r1.engine.prompt import prompt_positions
from ocean_r1.engine.sampling import Sampling, sample
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.positions import Grid

IMAGES: dict[str, tuple[Grid, ...]] = {
    "text only": (),
    "one image": ((1, 8, 12),),
    "cut windows": ((1, 10, 6),),
    "three images": ((1, 4, 4), (1, 6, 10), (1, 2, 8)),
}


@pytest.mark.parametrize("grids", IMAGES.values(), ids=IMAGES.keys())
def test_log_probabilities_and_positions_are_those_of_transformers(pair: Pair, grids: tuple[Grid, ...]) -> None:
    theirs, ours = pair
    generator = torch.Generator().manual_seed(1)
    prompt = make_prompt(generator, grids)
    response = torch.randint(0, 80, (9,), generator=generator)
    ids = torch.cat([prompt.ids, response])[None]
    kinds = (ids == IMAGE).int()
    images = {"pixel_values": prompt.patches, "image_grid_thw": torch.tensor(grids)} if grids else {}
    expected_positions, _ = theirs.model.get_rope_index(ids, kinds, images.get("image_grid_thw"))
    positions, following = prompt_positions(ours, prompt)
    assert torch.equal(positions, expected_positions[:, 0, : len(prompt.ids)])
    assert following == expected_positions[0, 0, len(prompt.ids)]
    with torch.no_grad():
        logits = theirs(input_ids=ids, mm_token_type_ids=kinds, **images).logits[0, len(prompt.ids) - 1 : -1]
        expected = logits.log_softmax(-1).gather(1, response[:, None])[:, 0]
        actual = group_stats(ours, prompt, [response]).logp
    torch.testing.assert_close(actual, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("grids", IMAGES.values(), ids=IMAGES.keys())
def test_greedy_tokens_are_those_of_transformers(pair: Pair, grids: tuple[Grid, ...]) -> None:
    theirs, ours = pair
    prompt = make_prompt(torch.Generator().manual_seed(2), grids)
    images = {"pixel_values": prompt.patches, "image_grid_thw": torch.tensor(grids)} if grids else {}
    expected = theirs.generate(
        input_ids=prompt.ids[None],
        mm_token_type_ids=(prompt.ids == IMAGE).int()[None],
        max_new_tokens=12,
        do_sample=False,
        eos_token_id=STOP,
        pad_token_id=0,
        **images,
    )[0, len(prompt.ids) :]
    [[response]] = sample(ours, [prompt], 1, Sampling(12, (STOP,), temperature=0), torch.zeros(1, 1, dtype=torch.int64))
    assert response.ids.tolist() == expected.tolist()


CONFIGS: dict[str, tuple[dict[str, dict[str, Any]], str]] = {
    "a size that is missing": ({"text_config": {"hidden_size": None}}, "text_config.hidden_size: it is missing"),
    "no heads": ({"text_config": {"num_attention_heads": 0}}, "text_config.num_attention_heads: .*greater than 0"),
    "heads that share none": ({"text_config": {"num_key_value_heads": 4}}, "num_attention_heads 6 are no multiple of .* 4"),
    "positions of another width": (
        {"text_config": {"head_dim": 16}},
        r"mrope_section \[1, 1, 2\] is not half of head_dim 16",
    ),
    "a side below 0": ({"vision_config": {"patch_size": -1}}, "vision_config.patch_size: .*greater than 0"),
    "heads of parts": ({"vision_config": {"num_heads": 3}}, "hidden_size 32 cannot be split into num_heads 3"),
    "no whole window": ({"vision_config": {"window_size": 7}}, "window_size 7 is less than the side of one token, 8"),
    "a tower of another width": ({"vision_config": {"out_hidden_size": 40}}, "out_hidden_size 40 is not .*hidden_size 48"),
}


@pytest.mark.parametrize(("changes", "words"), CONFIGS.values(), ids=CONFIGS.keys())
def test_a_config_that_makes_no_model_is_refused_by_its_keys(
    tmp_path: Path, changes: dict[str, dict[str, Any]], words: str
) -> None:
    config = tiny_config().to_dict()
    for part, keys in changes.items():
        config[part] |= keys
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match=f"config.json: .*{words}"):
        ModelConfig.from_folder(tmp_path)
