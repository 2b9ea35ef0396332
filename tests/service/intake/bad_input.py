"""docs/bad-input.md as a table of cases."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).parents[3] / "docs" / "bad-input.md"


@dataclass(frozen=True)
class Row:
    """One row of the page."""

    case: str
    answer: str
    effect: str


def rows_of(*sections: str) -> list[Row]:
    """The rows below these headings."""
    found, section = [], ""
    for line in PAGE.read_text("utf-8").splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif line.startswith("| `") and section in sections:
            case, _, answer, effect = (cell.strip() for cell in line.strip("|").split("|"))
            found.append(Row(case.strip("`"), answer, effect))
    return found


def sections() -> list[str]:
    """All headings of the page that have a table."""
    return [line.removeprefix("## ") for line in PAGE.read_text("utf-8").splitlines() if line.startswith("## ")]
