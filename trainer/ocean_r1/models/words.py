"""A tokenizer of whole words, for a small model that reads pictures.

An image token says one token, so what is written in its few pixels should be one. Learnt byte-level BPE cuts names that are
rare in the rows to pieces ("N", "i", "a"), and a cell of a table, which is one image token, cannot say them all.

Known words and the whole numbers below a limit are one token each. All else is spelled: words by their letters, capitals in
a row (names of points, number plates) letter by letter, larger numbers digit by digit, so that nothing falls to pieces of
chance.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE

MIN_TEXTS = 10
"""In how many different texts a word has to occur: codes of chance that rows spell occur in few."""
CAPITALS = re.compile(r"[A-Z]{2}|^[A-Z]$")
SPACE = "Ġ"
"""How byte-level tokens write the space before a word."""


def learn_words(texts: Iterable[str], max_words: int, numbers: int) -> Tokenizer:
    """The alphabet of bytes, the numbers below `numbers`, and up to `max_words` words, the most frequent first; those of
    letters with the space before them and without, since what is copied from a picture stands behind a space or alone."""
    before = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split("²", "isolated"),  # Or else it were a digit of the number before it.
            pre_tokenizers.Digits(individual_digits=False),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
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
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = dict.fromkeys([*alphabet, *map(str, range(10, numbers)), *list(known)[:max_words]])
    # Without merges, and whole words taken first: what is no known word is its letters.
    tokenizer = Tokenizer(BPE(vocab={word: index for index, word in enumerate(vocabulary)}, merges=[], ignore_merges=True))
    tokenizer.pre_tokenizer = before
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer
