"""Models of triage beside the shipped one, made of it without training."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np

from services.triage.domain.linear import BLOCKS, Table
from services.triage.model_file import shipped_model


def other_model(name: str = "linear-other", leaning: Mapping[str, float] | None = None) -> Table:
    """A small model under another name, leaning towards some dispositions."""
    table = small_model()
    intercepts = table.intercepts.copy()
    for label, more in (leaning or {}).items():
        intercepts[table.decisions["disposition"].index(label)] += more
    return replace(table, name=name, intercepts=intercepts)


@cache
def small_model() -> Table:
    """The shipped model reduced to what the rules see: it is whole, and read and written in no time."""
    table = shipped_model().table
    kept = np.repeat([block == "scores" for block in BLOCKS], [len(table.vocabulary[one]) for one in BLOCKS])
    return replace(
        table,
        vocabulary={block: rows if block == "scores" else () for block, rows in table.vocabulary.items()},
        rarity=table.rarity[kept],
        weights=table.weights[kept],
    )
