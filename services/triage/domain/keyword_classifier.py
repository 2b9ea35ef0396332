"""The first classifier: keywords and cues of the province's tables, weighed by plain rules, each with its reason."""

import hashlib
from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace
from datetime import date
from typing import Final

from libs.contracts.vocabulary import AccusedPost, AgencyLevel, Disposition, Field, Kind, Nature, PlaceId, Urgency
from libs.places import Gazetteer

from .conduct import accused_post, kind_of, nature_of
from .decision import AgencyScore, Confidence, Decision, MatterScore, Reason
from .disposition import Standing, dispose, without_denied
from .evidence import CueBook, Evidence
from .office import Offices, accused_unit, find_offices, places_of
from .reading import LONGEST_READ
from .review import Thresholds, is_doubtful
from .row import ClassifierRows
from .sensitivity import sensitive
from .topic import Topic, TopicBook
from .wording import Wording

RULES: Final = 1
"""Edition of the rules in this package: counted up whenever they decide otherwise on the same rows."""
_WITH_FIELD: Final = (Disposition.IN_SCOPE, Disposition.INQUIRY, Disposition.STATUS_LOOKUP)
_UNIT_UNKNOWN: Final = 0.4
_PLAINLY_OTHER: Final = 0.7
_GUESSED_OTHER: Final = 0.3
_GUESSED_PLATFORM: Final = 0.5
_PLATFORM_FAILS: Final = 2


class KeywordClassifier:
    """Reads keywords and cues. Built once from rows; pure and safe to share between threads."""

    def __init__(self, rows: ClassifierRows, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._wording = Wording(rows.wording)
        self._cues = CueBook(rows.cues)
        self._topics = TopicBook(rows.competence, rows.cues)
        self._gazetteer = Gazetteer(
            rows.places.communes,
            rows.places.successors,
            rows.places.agencies,
            rows.places.vanished_names,
            rows.places.office_words,
        )
        self._conduct_rows = {row.level: row.matter for row in rows.competence if row.is_conduct}
        self._model_version = f"keywords-{_fingerprint(rows)}"

    @property
    def model_version(self) -> str:
        """Changes with every row and with the rules."""
        return self._model_version

    def decide(self, text: str, on: date, known_place: PlaceId | None = None) -> Decision:
        """Decide about one text written on a day, for the commune its sender confirmed, if any."""
        evidence = without_denied(self._cues.find(self._wording.read(text)))
        offices = find_offices(self._gazetteer, evidence, on)
        topic = self._topics.find(evidence, offices)
        standing = dispose(evidence, topic, offices)
        held, held_because = sensitive(evidence, standing.disposition)
        seen = _Seen(evidence, topic, offices, standing, held, known_place)
        told = _told(seen)
        decision = self._decision(seen, told)
        decision = replace(decision, reasons=(*_reasons(seen, told), *held_because))
        doubtful = is_doubtful(decision, self._thresholds, read_whole=len(text) <= LONGEST_READ)
        return replace(decision, needs_review=doubtful)

    def _decision(self, seen: "_Seen", told: "_Told") -> Decision:
        field, field_sure = _field(seen, told)
        matters = self._matters(seen, told)
        places = places_of(seen.offices, seen.known_place)
        named = seen.offices.named
        return Decision(
            disposition=seen.standing.disposition,
            confidence=Confidence(
                disposition=seen.standing.sure,
                kind=told.kind_sure,
                nature=told.nature_sure,
                field=field_sure,
                matter=matters[0].score if matters else None,
                place=places[0].score if places else None,
            ),
            model_version=self._model_version,
            kind=told.kind,
            nature=told.nature,
            field=field,
            matters=matters,
            places=places,
            agency_level=seen.offices.level if named else None,
            agency_span=named.text if named else None,
            agency_start=named.start if named else None,
            agency_end=named.end if named else None,
            accused_unit=told.units,
            accused_post=told.post,
            urgency=Urgency.HIGH if seen.evidence.weight("urgency", "high") else Urgency.NORMAL,
            sensitive=seen.held,
        )

    def _matters(self, seen: "_Seen", told: "_Told") -> tuple[MatterScore, ...]:
        """Who is competent: for conduct the row of the accused unit's tier, else the procedure."""
        if seen.standing.disposition not in _WITH_FIELD:
            return ()
        if told.kind is not Kind.OFFICIAL_CONDUCT:
            return seen.topic.matters
        level = self._tier(seen, told)
        matter = self._conduct_rows.get(level) if level else None
        return (MatterScore(matter, told.units[0].score if told.units else _UNIT_UNKNOWN),) if matter else ()

    def _tier(self, seen: "_Seen", told: "_Told") -> AgencyLevel | None:
        """The accused unit's tier. A former district's unit is a commune now, but was accused as a district's."""
        unit = self._gazetteer.agency(told.units[0].agency_id) if told.units else None
        said = seen.offices.acting.level if seen.offices.acting else None
        if unit is not None and (unit.level != "commune" or said is None):
            return AgencyLevel(unit.level)
        return AgencyLevel(said) if said else None


@dataclass(frozen=True, slots=True)
class _Seen:
    """One text on its way through the rules."""

    evidence: Evidence
    topic: Topic
    offices: Offices
    standing: Standing
    held: bool
    known_place: PlaceId | None


@dataclass(frozen=True, slots=True)
class _Told:
    """What the sender tells of officials and of the rule, and whom they accuse."""

    kind: Kind | None = None
    kind_sure: float | None = None
    nature: Nature | None = None
    nature_sure: float | None = None
    units: tuple[AgencyScore, ...] = ()
    post: AccusedPost = AccusedPost.UNKNOWN
    post_because: tuple[Reason, ...] = ()


def _told(seen: _Seen) -> _Told:
    kind = nature = kind_sure = nature_sure = None
    if seen.standing.disposition is Disposition.IN_SCOPE:
        kind, kind_sure = kind_of(seen.evidence)
        nature, nature_sure = nature_of(seen.evidence)
    if kind is not Kind.OFFICIAL_CONDUCT and not seen.held:
        return _Told(kind, kind_sure, nature, nature_sure)
    # What is held as sensitive may accuse somebody too: the shield needs to know whom.
    post, because = accused_post(seen.evidence)
    units = accused_unit(seen.offices, seen.known_place)
    return _Told(kind, kind_sure, nature, nature_sure, units, post, because)


def _field(seen: _Seen, told: _Told) -> tuple[Field | None, float | None]:
    if seen.standing.disposition not in _WITH_FIELD:
        return None, None
    if seen.topic.field is not None:
        return seen.topic.field, seen.topic.field_sure
    if seen.evidence.weight("platform", "fails") >= _PLATFORM_FAILS:
        return Field.CNTT_DVC_TRUC_TUYEN, _GUESSED_PLATFORM
    # A rude counter with no procedure named is plainly "other"; anything else without one is a guess.
    return Field.KHAC, _PLAINLY_OTHER if told.kind is Kind.OFFICIAL_CONDUCT else _GUESSED_OTHER


def _reasons(seen: _Seen, told: _Told) -> tuple[Reason, ...]:
    evidence, disposition = seen.evidence, seen.standing.disposition
    reasons = [Reason("disposition", seen.standing.rule)]
    reasons += evidence.reasons("disposition", disposition, seen.standing.rule)
    if told.kind is not None:
        reasons += evidence.reasons("kind", told.kind, told.kind.value)
    if told.nature is Nature.KIEN_NGHI:
        reasons += evidence.reasons("nature", told.nature, "proposal", limit=2)
    if disposition in _WITH_FIELD:
        reasons += seen.topic.reasons(evidence.reading)
    reasons += seen.offices.reasons("place")
    if seen.known_place is not None:
        reasons.append(Reason("place", "confirmed_by_sender"))
    if told.units:
        reasons += seen.offices.reasons("accused_unit") or (Reason("accused_unit", "confirmed_by_sender"),)
    reasons += told.post_because
    reasons += evidence.reasons("urgency", Urgency.HIGH, "urgent", limit=2)
    return tuple(reasons)


def _fingerprint(rows: ClassifierRows) -> str:
    """Twelve characters that change with any row, however the rows are ordered, and with the rules."""
    digest = hashlib.sha256(f"rules {RULES}".encode())
    for line in sorted(_lines(rows)):
        digest.update(line.encode())
    return digest.hexdigest()[:12]


def _lines(rows: ClassifierRows) -> Iterator[str]:
    places = rows.places
    tables = (rows.competence, rows.cues, rows.wording, places.communes, places.successors, places.agencies)
    for table in (*tables, places.vanished_names, places.office_words):
        for row in table:
            yield f"{type(row).__name__} {astuple(row)!r}\n"
