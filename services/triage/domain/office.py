"""Which office acts in a text, on which tier it stands, and whose official is meant."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from libs.contracts.vocabulary import AgencyId, AgencyLevel, PlaceId
from libs.places import AgencyMention, Gazetteer

from .decision import AgencyScore, PlaceScore, Reason
from .evidence import Cue, Evidence
from .phrase import Hit

_SURE_OF_ONE: Final = 0.9
_SURE_OF_FIRST: Final = 0.5
_SURE_OF_CONFIRMED: Final = 0.95
# The sender confirmed the commune of the matter, but named no office: it is likely, not certain, that it acted.
_SURE_OF_CONFIRMED_ALONE: Final = 0.6
_NEAR: Final = 3
_MOST_OFFICES: Final = 64
"""Of one text: more are no citizen's account, and are looked at no further."""
_WORTH: Final = {"office": 3.0, "name": 3.0, "place": 2.5, "elsewhere": 2.5, "function": 1.5, "unnamed": 0.5}


@dataclass(frozen=True, slots=True)
class Offices:
    """The offices a text names; `acting` is the one the feedback is about."""

    mentions: tuple[AgencyMention, ...]
    acting: AgencyMention | None

    @property
    def level(self) -> AgencyLevel | None:
        """The tier of the acting office, None for none and for bodies outside the city."""
        level = AgencyLevel(self.acting.level) if self.acting and self.acting.level else None
        return None if level is AgencyLevel.CENTRAL else level

    @property
    def named(self) -> AgencyMention | None:
        """The acting office when the text gives its name or place, as the labelling guide wants it marked."""
        return self.acting if self.acting and self.acting.how != "unnamed" else None

    def inside_a_name(self, start: int, end: int) -> bool:
        """Whether a piece of the text lies inside the name of an office or a place."""
        return any(mention.start < end and start < mention.end for mention in self.mentions)

    def inside_a_place(self, start: int, end: int) -> bool:
        """Whether a piece of the text lies inside the name of a place, which tells nothing of any procedure."""
        places = [mention.place for mention in self.mentions if mention.place]
        return any(place.start < end and start < place.end for place in places)

    def reasons(self, decision: str) -> tuple[Reason, ...]:
        """The words that name the acting office, for a decision that follows from it."""
        if self.acting is None:
            return ()
        rule = f"{self.acting.how}:{self.acting.level or 'unknown'}"
        return (Reason(decision, rule, self.acting.text, self.acting.start, self.acting.end),)


def find_offices(gazetteer: Gazetteer, evidence: Evidence, on: date) -> Offices:
    """The offices a text names on a day, and the one that acts in it."""
    reading = evidence.reading
    mentions = tuple(gazetteer.find_agencies(reading.text, on, folded=reading.folded)[:_MOST_OFFICES])
    spoken_of = {mention.level for mention in mentions if mention.how in ("function", "unnamed")}
    acting = max(mentions, key=lambda mention: _acts(mention, evidence, spoken_of), default=None)
    return Offices(mentions, acting)


def places_of(offices: Offices, known_place: PlaceId | None) -> tuple[PlaceScore, ...]:
    """The communes of the matter; the one its sender confirmed leaves no room for others."""
    if known_place is not None:
        return (PlaceScore(known_place, 1.0),)
    for mention in (offices.acting, *offices.mentions):
        if mention is not None and mention.place_ids:
            return tuple(PlaceScore(PlaceId(place), score) for place, score in _spread(mention.place_ids))
    return ()


def accused_unit(offices: Offices, known_place: PlaceId | None) -> tuple[AgencyScore, ...]:
    """Whose official a conduct case is about, in force on the day of assignment, best first."""
    acting = offices.acting
    if acting is None:
        return (AgencyScore(AgencyId(known_place), _SURE_OF_CONFIRMED_ALONE),) if known_place else ()
    own_committee = acting.level == "commune" and set(acting.agency_ids) <= set(acting.place_ids)
    if known_place is not None and own_committee:
        return (AgencyScore(AgencyId(known_place), _SURE_OF_CONFIRMED),)
    return tuple(AgencyScore(AgencyId(agency), score) for agency, score in _spread(acting.agency_ids))


def _spread(ids: tuple[str, ...]) -> Iterable[tuple[str, float]]:
    """One is nearly sure; of several the first is the likeliest."""
    if len(ids) == 1:
        return ((ids[0], _SURE_OF_ONE),)
    rest = round((_SURE_OF_ONE - _SURE_OF_FIRST) / max(len(ids) - 1, 1), 3)
    return ((one, _SURE_OF_FIRST if index == 0 else rest) for index, one in enumerate(ids))


def _acts(mention: AgencyMention, evidence: Evidence, spoken_of: Collection[str | None]) -> tuple[float, int]:
    """How likely this office is the one that acts, the earlier of equals first.

    A home is no office, unless its tier is spoken of again: "thường trú xã A … một cửa của xã".
    """
    score = _WORTH[mention.how]
    if mention.level not in spoken_of and _stands_after(mention, evidence.hits("home", "home")):
        score -= 1.5
    if _stands_after(mention, evidence.hits("addressed", "addressed")):
        score -= 1.0
    if mention.level == "city":
        score -= 0.75
    if mention.level == "central":
        score -= 1.5
    return score, -mention.start


def _stands_after(mention: AgencyMention, cues: Iterable[Hit[Cue]]) -> bool:
    return any(0 <= mention.start - cue.end <= _NEAR for cue in cues)
