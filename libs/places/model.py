"""Communes and agencies as rows of a province, and what a text was found to say about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar, get_args

CommuneKind = Literal["phường", "xã", "thị trấn"]
Level = Literal["commune", "district", "department", "city", "central"]
Doubt = Literal[
    "split",  # one old commune, several heirs
    "namesakes",  # several communes of that name
    "old_and_new",  # the name of an old commune and of a new one, and a district says neither
    "district_only",  # a former district was named, no commune
    "district_namesake",  # a commune and a former district bear the name
    "district_differs",  # no commune of that name lies in the district named beside it
    "vanished",  # the name was gone before the tables begin
    "spelling",  # the diacritics typed are not those of the name, or the name typed goes on
]
Part = Literal["whole", "part"]
How = Literal[
    "name",  # of the agency itself
    "office",  # a word for an office with its place, or for a body without tables of places
    "place",  # a place alone: "ra phường Láng"
    "function",  # an office of a place that is not told: "UBND phường"
    "unnamed",  # a tier alone: "lên phường"
    "elsewhere",  # a name that the tables do not know
]
Alone = Literal["yes", "located", "addressed", "no"]

_KINDS: dict[str, CommuneKind] = {kind: kind for kind in get_args(CommuneKind)}
_LEVELS: dict[str, Level] = {level: level for level in get_args(Level)}
_PARTS: dict[str, Part] = {part: part for part in get_args(Part)}
_ALONE: dict[str, Alone] = {alone: alone for alone in get_args(Alone)}

Word = TypeVar("Word")


def _one_of(words: Mapping[str, Word], value: str) -> Word:
    if value not in words:
        raise ValueError(f"{value!r} is none of {', '.join(words)}")
    return words[value]


def _day(value: str | date | None) -> date | None:
    if isinstance(value, date):
        return value
    return date.fromisoformat(value) if value else None


def _names(value: str | None) -> tuple[str, ...]:
    return tuple(part for part in (value or "").split("|") if part)


def _in_force(valid_from: date | None, valid_to: date | None, on: date) -> bool:
    return (valid_from is None or valid_from <= on) and (valid_to is None or on <= valid_to)


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune during one period of its life; the same official code in another period is another commune."""

    id: str
    code: str
    name: str
    kind: CommuneKind
    district_id: str | None
    district_name: str | None
    valid_from: date | None
    valid_to: date | None

    @property
    def full_name(self) -> str:
        """The name with its unit word, as written in a sentence: "phường Láng"."""
        return f"{self.kind} {self.name}"

    def in_force(self, on: date) -> bool:
        """Say whether the commune existed on that day."""
        return _in_force(self.valid_from, self.valid_to, on)

    @classmethod
    def from_row(cls, row: Mapping[str, str]) -> Commune:
        """Read one row of a province's communes.csv.

        Raises: ValueError when the kind is not a commune's or a date is not ISO 8601.
        """
        return cls(
            id=row["id"],
            code=row["nso_code"],
            name=row["name"],
            kind=_one_of(_KINDS, row["kind"]),
            district_id=row["district_id"] or None,
            district_name=row["district_name"] or None,
            valid_from=_day(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
        )


@dataclass(frozen=True, slots=True)
class VanishedName:
    """A commune's name that was already gone before the communes of the table: known, but without heirs."""

    name: str
    kind: CommuneKind
    district_id: str
    valid_to: date

    @classmethod
    def from_row(cls, row: Mapping[str, str]) -> VanishedName:
        """Read one row of a province's communes_before_2025.csv."""
        return cls(
            name=row["name"],
            kind=_one_of(_KINDS, row["kind"]),
            district_id=row["district_id"],
            valid_to=date.fromisoformat(row["valid_to"]),
        )


@dataclass(frozen=True, slots=True)
class Successor:
    """One heir of an old commune: it took the whole or a part; the default is the largest heir."""

    old_id: str
    new_id: str
    part: Part
    is_default: bool

    @classmethod
    def from_row(cls, row: Mapping[str, str]) -> Successor:
        """Read one row of a province's commune_successors.csv."""
        return cls(row["old_id"], row["new_id"], _one_of(_PARTS, row["part"]), row["is_default"] == "yes")


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency during its life, under our own stable id, with who follows it."""

    id: str
    name: str
    short_name: str
    level: Level
    parent_id: str | None
    valid_from: date | None
    valid_to: date | None
    successor_ids: tuple[str, ...]
    aliases: tuple[str, ...]

    def in_force(self, on: date) -> bool:
        """Say whether the agency existed on that day; only then may it be given a case."""
        return _in_force(self.valid_from, self.valid_to, on)

    @classmethod
    def from_row(cls, row: Mapping[str, str]) -> Agency:
        """Read one row of a province's agencies.csv."""
        return cls(
            id=row["id"],
            name=row["name"],
            short_name=row["short_name"],
            level=_one_of(_LEVELS, row["level"]),
            parent_id=row["parent_id"] or None,
            valid_from=_day(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
            successor_ids=_names(row["successor_ids"]),
            aliases=_names(row["aliases"]),
        )


@dataclass(frozen=True, slots=True)
class OfficeWord:
    """A word for an office that has no name of its own: the police of a ward, the counter, the tax branch."""

    phrase: str
    agency_ids: tuple[str, ...]  # empty: the committee of the place itself
    level: Level | None
    alone: Alone  # whether it counts without a place name: after a word of place, after an address, or never
    in_span: bool

    @property
    def outside_the_tiers(self) -> bool:
        """A public unit that stands on no tier, whatever place is named after it: an employment service centre."""
        return self.level is None and not self.agency_ids and self.alone != "no"

    @classmethod
    def from_row(cls, row: Mapping[str, str]) -> OfficeWord:
        """Read one row of a province's office_words.csv."""
        return cls(
            phrase=row["phrase"],
            agency_ids=_names(row["agency_ids"]),
            level=_one_of(_LEVELS, row["level"]) if row["level"] else None,
            alone=_one_of(_ALONE, row["alone"]),
            in_span=row["in_span"] == "yes",
        )


@dataclass(frozen=True, slots=True)
class DistrictMention:
    """A former district named in a text.

    Units: start and end are code points of the text as it was given.
    """

    start: int
    end: int
    text: str
    district_id: str


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A commune named in a text: which communes of any time may be meant, before the date decides.

    Units: start and end are code points of the text as it was given.
    """

    start: int
    end: int
    text: str
    kind: CommuneKind | None
    commune_ids: tuple[str, ...]
    vanished: tuple[VanishedName, ...] = ()
    district_ids: tuple[str, ...] = ()  # of the district named right after it
    former: bool = False  # the text itself says "cũ"
    exact: bool = True  # neither a diacritic typed nor a capitalised word that follows contradicts the name


@dataclass(frozen=True, slots=True)
class AgencyMention:
    """An agency named in a text, who it was then, and who may be given the case.

    Units: start and end are code points of the text as it was given.
    """

    start: int
    end: int
    text: str
    how: How
    level: Level | None  # of the office on the spot: the police of a ward is of the commune
    named_ids: tuple[str, ...]  # what the words name; may be gone
    agency_ids: tuple[
        str, ...
    ]  # in force on the day of assignment, the likeliest first; empty when the place is missing or doubtful
    place: PlaceMention | None = None
    place_ids: tuple[str, ...] = ()  # today's communes of that place: for a vertical agency its people on the spot


@dataclass(frozen=True, slots=True)
class Resolved:
    """A place in force today."""

    place_id: str
    reason: Literal["current", "moved_whole", "same_heir", "chosen_by_district"]
    old_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several places in force today, the likeliest first: ask."""

    candidates: tuple[str, ...]
    reason: Literal[
        "split",
        "namesakes",
        "old_and_new",
        "district_only",
        "district_namesake",
        "district_differs",
        "vanished",
        "spelling",
    ]
    old_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """No place of this province was named."""


Resolution = Resolved | Ambiguous | Unknown
