"""How long the faults last: a few seconds in `make test`, as long as the promises say in `make faults`."""

import os
from typing import Final

FULL: Final = os.environ.get("FAULTS") == "full"


def lasting(short: float, full: float) -> float:
    """So many seconds, or so many of whatever is counted, in this run."""
    return full if FULL else short
