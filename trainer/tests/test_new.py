"""Tokenizers and embeddings of new models."""

import torch
from toy import SHAPE

from ocean_r1.models.new import init_number_embeddings, learn_tokenizer, number_tokens, with_special
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
