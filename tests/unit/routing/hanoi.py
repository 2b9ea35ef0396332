"""Hà Nội's own tables, read once for tests that ask who answers."""

from functools import cache
from pathlib import Path

from services.routing.domain.province import Province
from services.routing.province import read_province, rules_of

FOLDER = Path(__file__).parents[3] / "provinces" / "hanoi"


@cache
def hanoi() -> Province:
    return rules_of(read_province(FOLDER), tie_margin=0.1)
