"""All rules over a province's rows, built once, and what they see in one text before anything is decided."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from libs.contracts.vocabulary import AgencyId, AgencyLevel, Field, MatterCode, PlaceId
from libs.places import Gazetteer

from .beyond import Beyond
from .decision import Reason
from .disposition import without_denied
from .evidence import CueBook, Evidence
from .normal import decoded
from .office import Offices, find_offices
from .row import ClassifierRows
from .topic import Topic, TopicBook
from .wording import Wording

_Rows = Sequence[Any]
EDITION: Final = 4
"""Of the rules in this package: counted up whenever they decide otherwise on the same rows."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the rules see in one text."""

    evidence: Evidence
    topic: Topic
    offices: Offices
    known_place: PlaceId | None = None


class Rules:
    """The words and places of a province and of the language, ready to be found. Pure and safe to share."""

    def __init__(self, rows: ClassifierRows) -> None:
        self._wording = Wording(rows.wording)
        self._cues = CueBook(rows.cues)
        self._beyond = Beyond(rows.cues, self._wording, self._cues)
        self._topics = TopicBook(rows.competence, rows.cues)
        self._gazetteer = Gazetteer(
            rows.places.communes,
            rows.places.successors,
            rows.places.agencies,
            rows.places.vanished_names,
            rows.places.office_words,
        )
        self._conduct_rows = {AgencyLevel(row.level): row.matter for row in rows.competence if row.is_conduct}
        self._fields = {row.matter: row.field for row in rows.competence}
        places = rows.places
        gazetteer = (places.communes, places.successors, places.agencies, places.vanished_names, places.office_words)
        self.fingerprint = _fingerprint(*_words(rows), *gazetteer)
        """Twelve characters that change with any row and with the rules."""
        self.words_fingerprint = _fingerprint(*_words(rows))
        """The same without the gazetteer: what a model counts is found with these words alone."""

    def see(self, text: str, on: date, known_place: PlaceId | None = None) -> Seen:
        """Read one text written on a day, for the commune its sender confirmed, if any."""
        evidence = without_denied(self._cues.find(decoded(self._wording.read(text))))
        offices = find_offices(self._gazetteer, evidence, on)
        return Seen(evidence, self._topics.find(evidence, offices), offices, known_place)

    def held_beyond(self, text: str) -> tuple[Reason, ...]:
        """The words that hold a long text back and stand where it is not read any more."""
        return self._beyond.held(text)

    def field_of(self, matter: MatterCode) -> Field | None:
        """The field a matter belongs to."""
        return self._fields.get(matter)

    def conduct_row(self, seen: Seen, accused: AgencyId | None) -> MatterCode | None:
        """The matter of a conduct case: the row of the accused unit's tier."""
        level = self._tier(seen, accused)
        return self._conduct_rows.get(level) if level else None

    def _tier(self, seen: Seen, accused: AgencyId | None) -> AgencyLevel | None:
        """The accused unit's tier. A former district's unit is a commune now, but was accused as a district's."""
        unit = self._gazetteer.agency(accused) if accused else None
        said = seen.offices.acting.level if seen.offices.acting else None
        if unit is not None and (unit.level != "commune" or said is None):
            return AgencyLevel(unit.level)
        return AgencyLevel(said) if said else None


def _words(rows: ClassifierRows) -> tuple[_Rows, ...]:
    return rows.competence, rows.cues, rows.wording


def _fingerprint(*tables: _Rows) -> str:
    """Twelve characters that change with any row, however the rows are ordered, and with the rules."""
    digest = hashlib.sha256(f"rules {EDITION}".encode())
    for line in sorted(f"{row!r}\n" for table in tables for row in table):
        digest.update(line.encode())
    return digest.hexdigest()[:12]
