"""The province's folder as tests read it: rows by file name, and a gazetteer built from them."""

import csv
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from libs.places import Agency, Commune, Gazetteer, OfficeWord, Successor, VanishedName

HANOI = Path(__file__).parents[2] / "provinces" / "hanoi"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one CSV file of the province."""
    with (HANOI / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def table(name: str) -> dict[str, Any]:
    """One TOML file of the province."""
    return tomllib.loads((HANOI / name).read_text(encoding="utf-8"))


@cache
def communes() -> tuple[Commune, ...]:
    return tuple(map(Commune.from_row, rows("communes.csv")))


@cache
def successors() -> tuple[Successor, ...]:
    return tuple(map(Successor.from_row, rows("commune_successors.csv")))


def new_gazetteer() -> Gazetteer:
    """A gazetteer of Hà Nội, built from the files."""
    return Gazetteer(
        communes=communes(),
        successors=successors(),
        agencies=map(Agency.from_row, rows("agencies.csv")),
        vanished_names=map(VanishedName.from_row, rows("communes_before_2025.csv")),
        office_words=map(OfficeWord.from_row, rows("office_words.csv")),
    )


@cache
def gazetteer() -> Gazetteer:
    """The one gazetteer of Hà Nội that tests share; it keeps nothing between questions."""
    return new_gazetteer()
