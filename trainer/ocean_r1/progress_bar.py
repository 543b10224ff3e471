"""How far a command is: tqdm's bar in a terminal, lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from tqdm import tqdm


@contextmanager
def progress_bar(total: int, unit: str, done: int = 0, seconds: float = 0) -> Iterator[Callable[[int, str], None]]:
    """Gives `show(done, summary)`. Where there is no terminal it writes a line each time, or the last one and one in so many
    seconds."""
    shown = monotonic()
    with tqdm(total=total, initial=done, desc=unit, unit=unit, disable=None, dynamic_ncols=True) as bar:

        def show(done: int, summary: str) -> None:
            nonlocal shown
            bar.set_postfix_str(summary, refresh=False)
            bar.update(done - bar.n)
            if bar.disable and (done == total or monotonic() - shown >= seconds):
                print(f"{unit} {done:,}/{total:,}  {summary}", file=sys.stderr, flush=True)
                shown = monotonic()

        yield show
