"""Tokenizers and embeddings of new models."""

from pathlib import Path

import torch
from toy import SHAPE, recipe, row, toy, write_rows

from ocean_r1.cli import main
from ocean_r1.data.prompts import Tokenizer
from ocean_r1.models.config import ModelConfig
from ocean_r1.models.families import build_model
from ocean_r1.models.model import initialise
from ocean_r1.models.new import init_number_embeddings, learn_tokenizer, number_tokens, with_special
from ocean_r1.models.weights import load_model, save_weights
from ocean_r1.models.words import MIN_TEXTS, learn_words

TEXTS = ["a red cube at x=17, 101 cm away. ¿Qué? 12345", "the box is [110, 7, 128, 30]"] * 4


def test_whole_numbers_are_one_token_as_far_as_the_shape_says() -> None:
    tokenizer = learn_tokenizer(TEXTS, 500, numbers=200)
    pieces = {text: tokenizer.encode(text).tokens for text in map(str, range(1000))}
    assert all(pieces[text] == [text] for text in map(str, range(200)))
    assert all("".join(own) == text and len(own) == 2 for text, own in pieces.items() if int(text) >= 200)
    assert len(number_tokens(lambda text: tokenizer.encode(text).ids)) == 200
    for text in [*TEXTS, "007", "3.14", "x=١٢", "日本 42"]:
        assert tokenizer.decode(tokenizer.encode(text).ids) == text


def test_digits_stand_alone_where_the_shape_says_nothing() -> None:
    tokenizer = learn_tokenizer(TEXTS, SHAPE["vocabulary"])
    assert tokenizer.encode("110").tokens == ["1", "1", "0"]
    assert len(number_tokens(lambda text: tokenizer.encode(text).ids)) == 10


WORDS = [f'Read {number} of Nia: "Nia" has AB² = {number}².' for number in range(MIN_TEXTS)] + ["What does kcgt say?"]


def test_known_words_and_small_numbers_are_one_token_and_all_else_is_spelled() -> None:
    tokenizer = with_special(learn_words(WORDS, 100, numbers=400))

    def pieces(text: str) -> list[str]:
        return [tokenizer.decode([token], skip_special_tokens=False) for token in tokenizer.encode(text).ids]

    assert pieces("<answer>Nia</answer>") == ["<answer>", "Nia", "</answer>"]
    assert pieces(" Nia has 399") == [" Nia", " has", " ", "399"]
    assert pieces("has 400") == ["has", " ", "4", "0", "0"], "also without the space that rows always have before it"
    assert pieces("BA² = 57²") == ["B", "A", "²", " =", " ", "57", "²"]
    assert pieces("Nib kcgt") == ["N", "i", "b", " ", "k", "c", "g", "t"], "what is no word of many texts is spelled"
    for text in [*WORDS, "3.14 ¿Qué? 日本 007", " <|im_end|>"]:
        assert tokenizer.decode(tokenizer.encode(text).ids, skip_special_tokens=False) == text


def test_most_words_that_are_known_are_the_most_frequent() -> None:
    few = learn_words([*WORDS, *(f"{text} often" for text in WORDS)], 2, numbers=10)
    assert few.get_vocab_size() == 256 + 2
    assert few.encode("Read").tokens == ["Read"]


def test_near_numbers_begin_alike() -> None:
    generator = torch.Generator().manual_seed(0)
    embeddings = torch.randn(300, 64, generator=generator)
    before = embeddings.clone()
    init_number_embeddings(embeddings, range(50, 250), generator)
    assert torch.equal(embeddings[:50], before[:50])
    numbers = torch.nn.functional.normalize(embeddings[50:250], dim=1)
    likeness = numbers @ numbers.T
    assert (likeness.argmax(1) == torch.arange(200)).all()
    assert (likeness.diagonal(1) > 0.7).all()
    assert (likeness.diagonal(1) < 0.95).all()
    assert (likeness.diagonal(1) > likeness.diagonal(40).max()).all()
    assert torch.allclose(embeddings[50:250].norm(dim=1), before.norm(dim=1).median())


def test_a_model_grows_by_the_words_of_rows_and_keeps_its_weights(tmp_path: Path) -> None:
    paths = toy(tmp_path)
    small = paths["model"]
    model = build_model(ModelConfig.from_folder(small))
    initialise(model, torch.Generator().manual_seed(0))
    save_weights(model, small)
    rows = [row(0, prompt=[{"role": "user", "content": f"<image> What has Nia of {n} in RST?"}]) for n in range(MIN_TEXTS)]
    given = [
        "--model",
        str(small),
        "--rows",
        str(write_rows(tmp_path / "more.parquet", rows)),
        "--out",
        str(tmp_path / "large"),
    ]
    assert main(["grow", *given]) == 0
    large = tmp_path / "large"
    before, after = Tokenizer(small), Tokenizer(large)
    assert [after.text([token]) for token in after.ids(" Nia RST")] == [" Nia", " ", "R", "S", "T"]
    grown = load_model(large)
    assert grown.config.image_token_id == after.image_token
    assert grown.config.text.vocab_size == after.vocabulary > before.vocabulary
    old, new = (dict(each.named_parameters()) for each in (model, grown))
    embedding = "language_model.embed_tokens.weight"
    for word in ("a", "39", "<answer>", "<|image_pad|>", "<|im_end|>"):
        assert torch.equal(new[embedding][after.ids(word)], old[embedding][before.ids(word)]), word
    assert all(torch.equal(new[name], weight) for name, weight in old.items() if name != embedding)
    likeness = torch.nn.functional.normalize(new[embedding], dim=1) @ new[embedding][after.ids(" Nia")[0]]
    assert likeness.argmax() == after.ids(" Nia")[0]
    assert main(["grow", *given]) == 1, "what is there is not lost"


def test_a_grown_model_is_trained_as_any_other(tmp_path: Path) -> None:
    paths = toy(tmp_path)
    initial = build_model(ModelConfig.from_folder(paths["model"]))
    initialise(initial, torch.Generator().manual_seed(0))
    save_weights(initial, paths["model"])
    large = tmp_path / "large"
    assert main(["grow", "--model", str(paths["model"]), "--rows", str(paths["rows"]), "--out", str(large)]) == 0
    for kind, size in (("tower", "images_per_step"), ("sft", "rows_per_step")):
        text = recipe({**paths, "model": large}, tmp_path / kind, kind, steps=1, **{size: 4})
        (tmp_path / f"{kind}.toml").write_text(text.replace("fresh = true\n", ""))
        assert main(["sft", str(tmp_path / f"{kind}.toml")]) == 0
        large = tmp_path / kind / "step-000001" / "model"
        assert load_model(large).config.text.vocab_size == Tokenizer(large).vocabulary
