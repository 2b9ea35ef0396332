"""Which procedure a text is about: what is being filed outranks a paper somebody demands for it.

"Phường bắt phải có hộ khẩu giấy mới nhận hồ sơ khai sinh": the words for residence stand after a demand, those for a
birth certificate after a filing. Both are kept, the second first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from libs.contracts.vocabulary import Field, MatterCode

from .decision import MatterScore, Reason
from .evidence import Cue, Evidence, quote
from .office import Offices
from .phrase import Hit, Lexicon, Phrase, longest
from .reading import Reading, read
from .row import CompetenceRow, CueRow

MOST_MATTERS: Final = 3
_REACH: Final = 8
_REACH_OF_A_VERB: Final = 3
_ADJACENT: Final = 2
# What nothing-else-known costs: one plain keyword alone must not look certain.
_WEAK: Final = 0.2
_DOUBT: Final = 0.7
_AGAIN: Final = 0.3

Named = TypeVar("Named", Field, MatterCode)


class Role(StrEnum):
    """What a named paper is to the sender."""

    FILED = "filed"
    NAMED = "named"
    DEMANDED = "demanded"


_WORTH_OF_ROLE: Final = {Role.FILED: 2.0, Role.NAMED: 1.0, Role.DEMANDED: 0.35}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a keyword names: a field, and the matter when the province's table has one for it."""

    field: Field
    matter: MatterCode | None
    worth: float
    general: bool = False
    """How papers are handled at any counter, not a procedure of its own."""
    platform: bool = False


@dataclass(frozen=True, slots=True)
class Naming:
    """One subject named in a text, in one role."""

    hit: Hit[Subject]
    role: Role

    @property
    def score(self) -> float:
        """Longer words and a filing speak louder."""
        subject = self.hit.meaning
        return subject.worth * (1 + 0.4 * (self.hit.length - 1)) * _WORTH_OF_ROLE[self.role]


@dataclass(frozen=True, slots=True)
class Topic:
    """What a text is about, as far as its words tell."""

    namings: tuple[Naming, ...]
    fields: tuple[tuple[Field, float], ...]
    matters: tuple[MatterScore, ...]

    @property
    def field(self) -> Field | None:
        """The likeliest field."""
        return self.fields[0][0] if self.fields else None

    @property
    def field_sure(self) -> float:
        """How much of the evidence is for the likeliest field."""
        return self.fields[0][1] if self.fields else 0.0

    @property
    def strength(self) -> float:
        """How loudly a text speaks of any procedure at all."""
        return max((naming.score for naming in self.namings), default=0.0)

    def reasons(self, reading: Reading, limit: int = 4) -> tuple[Reason, ...]:
        """The words that told field and matter."""
        reasons: dict[tuple[int, int], Reason] = {}
        for naming in sorted(self.namings, key=lambda naming: -naming.score):
            subject = naming.hit.meaning
            decision = "matter" if subject.matter else "field"
            rule = f"{naming.role}:{subject.matter or subject.field}"
            reasons.setdefault((naming.hit.start, naming.hit.end), quote(reading, naming.hit, decision, rule))
        return tuple(reasons.values())[:limit]


class TopicBook:
    """All keywords of the competence table and the everyday words for fields."""

    def __init__(self, competence: Iterable[CompetenceRow], cues: Iterable[CueRow]) -> None:
        cues = tuple(cues)
        weak = {_key(cue.words) for cue in cues if (cue.decision, cue.value) == ("weak", "matter")}
        general = {_key(cue.words) for cue in cues if (cue.decision, cue.value) == ("general", "matter")}
        phrases = []
        for row in competence:
            if row.is_conduct or row.is_disposition_cue or row.field is None:
                continue
            for words in row.keywords:
                worth = _WEAK if _key(words) in weak else 0.5 if _key(words) in general else 1.0
                platform = row.field is Field.CNTT_DVC_TRUC_TUYEN
                phrases.append(Phrase(words, Subject(row.field, row.matter, worth, _key(words) in general, platform)))
        for cue in cues:
            if cue.decision == "field":
                field = Field(cue.value)
                worth = 0.3 * cue.weight
                phrases.append(
                    Phrase(cue.words, Subject(field, None, worth, platform=field is Field.CNTT_DVC_TRUC_TUYEN))
                )
        self._lexicon = Lexicon(phrases)

    def find(self, evidence: Evidence, offices: Offices) -> Topic:
        """What a text is about. The procedure wins over the office, which tells only when nothing else does."""
        roles = _Roles(evidence)
        found = [hit for hit in self._lexicon.find(evidence.reading) if not offices.inside_a_place(hit.start, hit.end)]
        hits = [hit for hit in found if not offices.inside_a_name(hit.start, hit.end)] or found
        namings = tuple(Naming(hit, roles.of(hit)) for hit in _longest_of_each_field(hits))
        if any(not naming.hit.meaning.general for naming in namings):
            namings = tuple(naming for naming in namings if not naming.hit.meaning.general)
        fails = evidence.weight("platform", "fails") > 0
        return _weigh(namings, platform_worth=2.0 if fails else 0.5)


class _Roles:
    """Finds the word before a keyword that says whether it is filed or demanded."""

    def __init__(self, evidence: Evidence) -> None:
        cues = (*evidence.hits("role", Role.FILED), *evidence.hits("role", Role.DEMANDED))
        self._cues = sorted(cues, key=lambda hit: hit.last)

    def of(self, hit: Hit[Subject]) -> Role:
        before = [
            cue for cue in self._cues if cue.clause == hit.clause and cue.last <= hit.last and cue.first < hit.first
        ]
        inside = [cue for cue in self._cues if hit.first <= cue.first and cue.last <= hit.last]
        if not before:
            return Role.FILED if inside else Role.NAMED
        nearest = before[-1]
        distance = hit.first - nearest.last
        if nearest.meaning.value == Role.DEMANDED:
            return Role.DEMANDED if distance <= _REACH else Role.NAMED
        if _only_a_verb(nearest):
            demand = before[-2] if len(before) > 1 else None
            if demand and demand.meaning.value == Role.DEMANDED and nearest.first - demand.last <= _ADJACENT:
                return Role.DEMANDED
            return Role.FILED if distance <= _REACH_OF_A_VERB else Role.NAMED
        return Role.FILED if distance <= _REACH else Role.NAMED


def _only_a_verb(hit: Hit[Cue]) -> bool:
    return hit.meaning.weight == 1


def _longest_of_each_field(hits: list[Hit[Subject]]) -> list[Hit[Subject]]:
    """The longest hits, and within them the matters of the same field they would have hidden."""
    kept = dict.fromkeys(longest(hits))
    fields_at: dict[int, set[Field]] = {}
    for hit in kept:
        for index in hit.matched:
            fields_at.setdefault(index, set()).add(hit.meaning.field)
    for hit in longest(hit for hit in hits if hit.meaning.matter):
        if all(fields_at.get(index, set()) <= {hit.meaning.field} for index in hit.matched):
            kept[hit] = None
            for index in hit.matched:
                fields_at.setdefault(index, set()).add(hit.meaning.field)
    return list(kept)


def _weigh(namings: tuple[Naming, ...], platform_worth: float) -> Topic:
    of_matter: dict[MatterCode, list[float]] = {}
    of_field: dict[Field, list[float]] = {}
    counted: set[tuple[Field, int]] = set()
    for naming in sorted(namings, key=lambda naming: -naming.score):
        hit, subject = naming.hit, naming.hit.meaning
        score = naming.score * (platform_worth if subject.platform else 1.0)
        if subject.matter:
            of_matter.setdefault(subject.matter, []).append(score)
        if not any((subject.field, index) in counted for index in hit.matched):
            counted.update((subject.field, index) for index in hit.matched)
            of_field.setdefault(subject.field, []).append(score)
    matters = tuple(MatterScore(matter, share) for matter, share in _shares(of_matter))
    return Topic(namings, tuple(_shares(of_field)), matters[:MOST_MATTERS])


def _shares(scores: dict[Named, list[float]]) -> list[tuple[Named, float]]:
    # Said again, a word adds little: the sender repeats it, nothing new is known.
    loudness = {named: said[0] + _AGAIN * sum(said[1:]) for named, said in scores.items()}
    whole = sum(loudness.values()) + _DOUBT
    ordered = sorted(loudness.items(), key=lambda scored: (-scored[1], scored[0]))
    return [(named, round(loud / whole, 3)) for named, loud in ordered]


def _key(words: str) -> tuple[str, ...]:
    return tuple(word.marked for word in read(words).words)
