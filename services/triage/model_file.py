"""The model that is shipped: one binary file beside the code, read once at start."""

from functools import cache
from pathlib import Path
from typing import Final

from .domain.linear import LinearModel, Table

MODEL_FILE: Final = Path(__file__).parent / "model" / "triage.bin"


@cache
def shipped_model() -> LinearModel:
    """The model of this version of the code.

    Raises:
        ValueError: the file is none of ours, or broken.
    """
    return LinearModel(Table.from_bytes(MODEL_FILE.read_bytes()))
