"""What is tried again while the server is away."""

from __future__ import annotations

import random
from collections.abc import Callable
from threading import Event
from typing import TypeVar

from ocean_r1.agent.server import AwayError

T = TypeVar("T")
LONGEST = 15
"""Times the first wait."""


class GivenUpError(Exception):
    """It is over before the server came back."""


def patiently(call: Callable[[], T], over: Event, first: float) -> T:
    """The result of a call that is made until the server is there, after waits that grow from `first` seconds on. Raises
    what it raises besides AwayError, and GivenUpError once it is over."""
    wait = first
    while True:
        try:
            return call()
        except AwayError as error:
            if over.wait(wait * random.uniform(0.5, 1)):
                raise GivenUpError(str(error)) from error
            wait = min(LONGEST * first, 2 * wait)
