"""Waits without wearing out what is waited for: a city under load has better things to do than to answer us."""

import time
from collections.abc import Callable
from typing import Final

_LOOK_EVERY_S: Final = 0.5


def in_time(condition: Callable[[], bool], limit_s: float) -> bool:
    """Look twice a second until the condition holds; False when it still does not after the limit."""
    deadline = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_EVERY_S)
    return True
