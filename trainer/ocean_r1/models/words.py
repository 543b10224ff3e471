"""A tokenizer of whole words, for a small model that reads pictures.

An image token says one token, so what is written in its few pixels should be one. Learnt byte-level BPE cuts names that are
rare in the rows to pieces ("N", "i", "a"), and a cell of a table, which is one image token, cannot say them all.

Known words and the whole numbers below a limit are one token each. All else is spelled: words by their letters, capitals in
a row (names of points, number plates) letter by letter, larger numbers digit by digit, so that nothing falls to pieces of
chance.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE

MIN_TEXTS = 10
"""In how many different texts a word has to occur: codes of chance that rows spell occur in few."""
CAPITALS = re.compile(r"[A-Z]{2}|^[A-Z]$")
RUN = re.compile(r"[A-Z]{2}")
SPACE = "Ġ"
"""How byte-level tokens write the space before a word."""


def pre_tokenizer() -> Any:
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split("²", "isolated"),  # Or else it were a digit of the number before it.
            pre_tokenizers.Digits(individual_digits=False),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )


def frequent_words(texts: Iterable[str], max_words: int) -> list[str]:
    """The most frequent first; those of letters with the space before them and without, since what is copied from a picture
    stands behind a space or alone."""
    before = pre_tokenizer()
    count: Counter[str] = Counter()
    for text in sorted(set(texts)):
        count.update(dict.fromkeys((piece for piece, _ in before.pre_tokenize_str(text)), 1))  # Once a text.
    known: dict[str, None] = {}
    for piece, occurs in count.most_common():
        bare = piece.removeprefix(SPACE)
        if occurs < MIN_TEXTS or len(known) >= max_words:
            break
        if len(piece) > 1 and not bare.isdigit() and not CAPITALS.search(bare):
            known.update(dict.fromkeys([piece, SPACE + bare, bare] if bare.isalpha() and len(bare) > 1 else [piece]))
    return list(known)[:max_words]


def learn_words(texts: Iterable[str], max_words: int, numbers: int) -> Tokenizer:
    """The alphabet of bytes, the numbers below `numbers`, and up to `max_words` words."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = dict.fromkeys([*alphabet, *map(str, range(10, numbers)), *frequent_words(texts, max_words)])
    return words_first(list(vocabulary), [])


def add_words(tokenizer: Tokenizer, texts: Iterable[str], max_words: int) -> Tokenizer:
    """A byte-level BPE that takes up to `max_words` words of the texts whole. All else it cuts as before, but that it joins
    no capitals but those of " JSON" and the like: the points R, S and T of a figure are no "RST"."""
    learnt = json.loads(tokenizer.to_str())["model"]
    words = sorted(learnt["vocab"], key=learnt["vocab"].get)
    kept = [word for word in words if not (RUN.search(word) and (word[0] != SPACE or len(word) == 3))]
    merges = [pair for pair in map(tuple, learnt["merges"]) if {*pair, "".join(pair)} <= {*kept}]
    return words_first(list(dict.fromkeys([*kept, *frequent_words(texts, max_words)])), merges)


def words_first(vocabulary: Sequence[str], merges: list[tuple[str, str]]) -> Tokenizer:
    """What is no known word is cut to pieces by the merges, without any to its letters."""
    ids = {word: index for index, word in enumerate(vocabulary)}
    tokenizer = Tokenizer(BPE(vocab=ids, merges=merges, ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizer()
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer
