"""What a measurement found, as numbers and as a person reads them."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, Final, Self

TABLE: Final = "| | median | spread | goal | |\n|---|---:|---|---|---|"


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity, measured once or several times."""

    what: str
    values: tuple[float, ...]
    unit: str
    goal: str = ""
    """In words; empty when nothing was promised."""
    is_met: bool | None = None

    @property
    def middle(self) -> float:
        """The median."""
        return median(self.values)

    def row(self, of: str = "") -> str:
        """A line of a table; `of` names what it is a figure of, where others stand beside it."""
        what = f"{of}: {self.what}" if of else self.what
        mark = {True: "✓", False: "✗", None: ""}[self.is_met]
        spread = f"{written(min(self.values))} – {written(max(self.values))}" if len(self.values) > 1 else ""
        return f"| {what} | {written(self.middle)} {self.unit} | {spread} | {self.goal} | {mark} |"


def measured(what: str, values: Sequence[float], unit: str) -> Figure:
    """A quantity nothing was promised about."""
    return Figure(what, tuple(values), unit)


def at_least(what: str, values: Sequence[float], unit: str, goal: float) -> Figure:
    """A quantity whose median must not be below its goal."""
    return Figure(what, tuple(values), unit, f"≥ {goal:g} {unit}", median(values) >= goal)


def at_most(what: str, values: Sequence[float], unit: str, goal: float) -> Figure:
    """A quantity whose median must not be above its goal."""
    return Figure(what, tuple(values), unit, f"≤ {goal:g} {unit}", median(values) <= goal)


@dataclass(frozen=True, slots=True)
class Section:
    """A row of the goals: how it was measured, and what came out."""

    name: str
    title: str
    how: str
    figures: tuple[Figure, ...]
    remarks: tuple[str, ...] = field(default=())

    def page(self) -> str:
        """As it stands in the document."""
        rows = "\n".join(figure.row() for figure in self.figures)
        remarks = "".join(f"\n{remark}\n" for remark in self.remarks)
        return f"## {self.title}\n\n{self.how}\n\n{TABLE}\n{rows}\n{remarks}"

    def numbers(self) -> dict[str, Any]:
        """For programs."""
        medians = {figure.what: figure.middle for figure in self.figures}
        return {"medians": medians, **asdict(self)}

    @classmethod
    def of(cls, numbers: dict[str, Any]) -> Self:
        """What `numbers` told."""
        figures = tuple(Figure(**{**figure, "values": tuple(figure["values"])}) for figure in numbers["figures"])
        return cls(numbers["name"], numbers["title"], numbers["how"], figures, tuple(numbers["remarks"]))


_WHOLE_FROM: Final = 100


def written(number: float) -> str:
    """A number with as many digits as mean something."""
    if abs(number) >= _WHOLE_FROM:
        return f"{number:,.0f}"
    return f"{number:.1f}" if abs(number) >= 10 else f"{number:.2f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Scope:
    """How much to measure: all of it, or just enough to see that it can be."""

    is_quick: bool
    tell: Callable[[str], None]

    def of(self, full: int, quick: int) -> int:
        """The number for this scope."""
        return quick if self.is_quick else full
