"""Rows the keyword classifier is built from: the province's tables and the language's, as they were read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from libs.contracts.vocabulary import AgencyLevel, Disposition, Field, Kind, MatterCode
from libs.places import Agency, Commune, OfficeWord, Successor, VanishedName

from .phrase import phrases_of

CONDUCT_PREFIX = "HV"
DISPOSITION_PREFIX = "XX"


@dataclass(frozen=True, slots=True)
class CompetenceRow:
    """One matter of the province's competence table, with the words people use for it."""

    matter: MatterCode
    field: Field | None
    level: AgencyLevel
    keywords: tuple[str, ...]

    @property
    def is_conduct(self) -> bool:
        """The conduct of officials of one level: names who answers, never a procedure."""
        return self.matter.startswith(CONDUCT_PREFIX)

    @property
    def is_disposition_cue(self) -> bool:
        """A row about what is not handled here at all: its words are cues, it is never a matter."""
        return self.matter.startswith(DISPOSITION_PREFIX)

    @classmethod
    def from_row(cls, row: Mapping[str, str]) -> "CompetenceRow":
        """Read one row of a province's competence.csv.

        Raises:
            ValueError: field or level is none of the known ones.
        """
        return cls(
            matter=MatterCode(row["matter_code"]),
            field=Field(row["field"]) if row["field"] else None,
            level=AgencyLevel(row["level"]),
            keywords=phrases_of(row["keywords"]),
        )


@dataclass(frozen=True, slots=True)
class CueRow:
    """Words that speak for one outcome of one decision, and how strongly: 1 a hint, 3 nearly enough alone."""

    decision: str
    value: str
    words: str
    weight: int
    pattern: Literal["phrase", "regex"] = "phrase"
    folded: str = ""
    needs_marks: bool = False

    @classmethod
    def of_conduct(cls, row: Mapping[str, str]) -> "CueRow":
        """Read one row of a province's conduct_cues.csv."""
        return cls._of("kind", Kind.OFFICIAL_CONDUCT, row)

    @classmethod
    def of_disposition(cls, row: Mapping[str, str]) -> "CueRow":
        """Read one row of a province's disposition_cues.csv.

        Raises:
            ValueError: the disposition is none of the seven.
        """
        return cls._of("disposition", Disposition(row["disposition"]), row)

    @classmethod
    def of_post(cls, row: Mapping[str, str]) -> "CueRow":
        """Read one row of a province's leader_cues.csv."""
        return cls._of("post", row["accused_post"], row)

    @classmethod
    def of_language(cls, row: Mapping[str, str]) -> "CueRow":
        """Read one row of language/cues.csv."""
        return cls(
            row["decision"], row["value"], row["cue"], int(row["weight"]), needs_marks=row["needs_marks"] == "yes"
        )

    @classmethod
    def _of(cls, decision: str, value: str, row: Mapping[str, str]) -> "CueRow":
        pattern: Literal["phrase", "regex"] = "regex" if row.get("pattern") == "regex" else "phrase"
        # An empty `folded` says that without marks these words mean something else.
        needs_marks = pattern == "phrase" and not row["folded"]
        return cls(decision, value, row["cue"], int(row["weight"]), pattern, row["folded"], needs_marks)


@dataclass(frozen=True, slots=True)
class WordingRow:
    """How people write something, and how it is to be read."""

    written: str
    read_as: str


@dataclass(frozen=True, slots=True)
class PlaceRows:
    """A province's communes and agencies."""

    communes: tuple[Commune, ...]
    successors: tuple[Successor, ...]
    agencies: tuple[Agency, ...]
    vanished_names: tuple[VanishedName, ...]
    office_words: tuple[OfficeWord, ...]


@dataclass(frozen=True, slots=True)
class ClassifierRows:
    """Everything the keyword classifier is built from."""

    competence: tuple[CompetenceRow, ...]
    cues: tuple[CueRow, ...]
    wording: tuple[WordingRow, ...]
    places: PlaceRows
