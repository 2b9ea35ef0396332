"""Models as files: the one that is shipped beside the code, and others a person hands in."""

import re
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from libs.contracts.vocabulary import Disposition, Field, Kind, Nature

from .domain.linear import READS, LinearModel, Table

MODEL_FILE: Final = Path(__file__).parent / "model" / "triage.bin"

_ALL_OF: Final = {"disposition": frozenset(Disposition), "kind": frozenset(Kind), "nature": frozenset(Nature)}
_SOME_OF: Final = {"field": frozenset(Field)}
_NAME: Final = re.compile(r"[\w.-]{1,64}", re.ASCII)


class BadModel(Exception):
    """Bytes that this code cannot decide with; the text says why, in words for a person."""


@cache
def shipped_model() -> LinearModel:
    """The model of this version of the code.

    Raises:
        ValueError: the file is none of ours, or broken.
    """
    return LinearModel(Table.from_bytes(MODEL_FILE.read_bytes()))


def read_model(artefact: bytes) -> LinearModel:
    """A model that may be put to work in place of the shipped one.

    Raises:
        BadModel: it cannot be read, does not know every label it must, or was made for another reading of texts.
    """
    try:
        table = Table.from_bytes(artefact)
        whole = _is_whole(table)
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise BadModel("the file is no triage model, or broken") from error
    if not whole:
        raise BadModel("its numbers do not belong together")
    if table.reads != READS:
        made_for = table.reads or "an earlier version"
        raise BadModel(f"it was made for another reading of texts ({made_for}; here {READS}): train it anew")
    for decision, labels in (*_ALL_OF.items(), *_SOME_OF.items()):
        known = set(table.decisions[decision])
        if not known or known - labels or (decision in _ALL_OF and labels - known):
            raise BadModel(f"its labels of {decision} are not those of this version")
    return LinearModel(table)


def _is_whole(table: Table) -> bool:
    rows = sum(len(features) for features in table.vocabulary.values())
    columns = sum(len(labels) for labels in table.decisions.values())
    numbers = (table.rarity, table.scale, table.intercepts)
    return (
        _NAME.fullmatch(table.name) is not None
        and set(table.decisions) == {*_ALL_OF, *_SOME_OF}
        and table.weights.shape == (rows, columns)
        and [len(one) for one in numbers] == [rows, columns, columns]
        and all(np.isfinite(one).all() for one in numbers)
        and all(
            len(table.calibration[decision].shift) == len(labels)
            and bool(np.isfinite([table.calibration[decision].slope, *table.calibration[decision].shift]).all())
            for decision, labels in table.decisions.items()
        )
    )
