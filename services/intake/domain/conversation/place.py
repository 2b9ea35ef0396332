"""Communes in what a citizen says: which one is meant, and what to offer when several may be."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from libs.contracts.vocabulary import PlaceId
from libs.places import Ambiguous, Gazetteer, Resolution, Resolved, Unknown, fold

from ..spoken import LOCAL
from .state import Several
from .wording import MAX_TITLE, Choice

PLACE_CHOICE: Final = "place:"
_OFFERED_AT_MOST: Final = 4


@dataclass(frozen=True, slots=True)
class Meant:
    """One commune of today is meant, without doubt."""

    place_id: PlaceId
    moved_from: str = ""
    """The old name used, when the commune has been merged since."""


@dataclass(frozen=True, slots=True)
class NotFound:
    """No commune of the province is named."""


PlaceAnswer = Meant | Several | NotFound


class Places:
    """The gazetteer as a conversation uses it: today's communes, names for people."""

    def __init__(self, gazetteer: Gazetteer, now: datetime) -> None:
        self._gazetteer = gazetteer
        self._today: date = now.astimezone(LOCAL).date()

    def answer(self, text: str) -> PlaceAnswer:
        """What a reply to "phường, xã nào?" means: a bare name is enough."""
        resolution = self._gazetteer.resolve_answer(text, self._today, today=self._today)
        return self._told(resolution, text.strip())

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where a text names communes."""
        return [(mention.start, mention.end) for mention in self._gazetteer.find_communes(text)]

    def in_story(self, text: str) -> PlaceAnswer:
        """The commune a story takes place in: the only one it names, several mentions agreeing."""
        districts = tuple({district.district_id for district in self._gazetteer.find_districts(text)})
        answers = [
            self._told(self._gazetteer.resolve(mention, self._today, districts, today=self._today), mention.text)
            for mention in self._gazetteer.find_communes(text)
        ]
        if not answers:
            return NotFound()
        clear = {answer.place_id: answer for answer in answers if isinstance(answer, Meant)}
        if len(clear) == 1 and len(answers) == sum(isinstance(answer, Meant) for answer in answers):
            return next(iter(clear.values()))
        return answers[0] if len(answers) == 1 else NotFound()

    def name(self, place_id: PlaceId | None) -> str:
        """A commune in words: "phường Láng"."""
        commune = self._gazetteer.commune(place_id) if place_id else None
        return commune.full_name if commune else ""

    def choices(self, place_ids: tuple[str, ...]) -> list[Choice]:
        """Communes as choices, the likeliest first; their bare name may be typed too."""
        return [self._choice(place_id) for place_id in place_ids[:_OFFERED_AT_MOST]]

    def _choice(self, place_id: str) -> Choice:
        commune = self._gazetteer.commune(place_id)
        name = commune.full_name if commune else place_id
        typed = frozenset({fold(commune.name)}) if commune else frozenset()
        return Choice(f"{PLACE_CHOICE}{place_id}", (name[:1].upper() + name[1:])[:MAX_TITLE], typed)

    def _told(self, resolution: Resolution, words: str) -> PlaceAnswer:
        match resolution:
            case Resolved(place_id, reason, old_ids):
                moved = reason in ("moved_whole", "same_heir") and len(old_ids) == 1
                old = self._gazetteer.commune(old_ids[0]) if moved else None
                moved_from = old.full_name if old else ""
                return Meant(PlaceId(place_id), "" if moved_from == self.name(PlaceId(place_id)) else moved_from)
            case Ambiguous(candidates, reason, old_ids):
                old = self._gazetteer.commune(old_ids[0]) if len(old_ids) == 1 else None
                named = old.full_name if old else words
                place_ids = tuple(PlaceId(one) for one in candidates)
                return Several(place_ids, named, was_split=reason == "split", vanished=reason == "vanished")
            case Unknown():
                return NotFound()
