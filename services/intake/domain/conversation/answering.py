"""Answers while a draft is gathered: every fact a message holds is taken, whatever was asked."""

from dataclasses import replace

from libs.contracts.vocabulary import PlaceId

from ..details import DETAILS_AT_MOST, Asked, Details, is_street, read_details, without_spans
from ..gist import Gist, gist_of
from ..reading import tidy
from .asking import ask_between
from .place import Meant, NotFound
from .residence import residence_in_words
from .state import Consent, Person, Question, Several, Slot
from .telling import tell
from .turn import Ask, Turn

_PLACE_ANSWER_AT_MOST = 200
"""Units: characters."""
_BARE_NAME_WORDS = 6
_ATTEMPTS = 2


def take_answer(turn: Turn, text: str) -> Turn:
    """Read a message that is neither a choice nor a command: facts fill what is missing, the rest is the matter."""
    text = tidy(text)
    if turn.slot is not None:
        placed = _take_place_answer(turn, text, turn.slot)
        if placed is not None:
            return placed
    details = read_details(text, _asked(turn), turn.places.spans(text) if len(text) <= DETAILS_AT_MOST else [])
    turn = take_details(turn, details, text)
    if details.unreadable_phone and not turn.draft.person.phone:
        return turn.asking(Ask("contact_invalid_phone", {}, Question.CONTACT))
    if details.tells_something:
        return turn
    if gist_of(text) is not Gist.COURTESY:
        return tell(turn, text)
    return not_understood(turn)


def not_understood(turn: Turn) -> Turn:
    """A reply that answers nothing: put the question again, with its choices."""
    turn = turn.note("not_understood") if turn.prompt and turn.prompt.shown else turn
    return turn.insisting()


def _asked(turn: Turn) -> Asked:
    draft = turn.draft
    asks_contact = turn.question is Question.CONTACT
    asks_consent = draft.consent is not None and not draft.is_agreed
    return Asked(
        name=asks_contact,
        phone=asks_contact,
        yes=turn.texts.words_for("agree") if asks_consent else frozenset(),
        no=turn.texts.words_for("refuse") if asks_consent else frozenset(),
    )


def take_details(turn: Turn, details: Details, text: str) -> Turn:
    """Put what a message tells about its sender where it belongs; a story in it joins the matter."""
    is_story = gist_of(details.rest) is Gist.MATTER
    if details.consent is not None:
        turn = agree(turn, text) if details.consent else refuse(turn, text)
        if turn.draft.is_refused:
            return turn
    if details.phone:
        turn = turn.person_with(phone=details.phone).answered()
    if details.name is not None:
        turn = _take_name(turn, details)
    if details.address and (details.is_home or not is_story):
        turn = _take_address(turn, details)
    if details.tells_something:
        turn = turn.touched()
        if details.rest and gist_of(details.rest) is not Gist.COURTESY:
            turn = tell(turn, details.story)
    return turn


def _take_name(turn: Turn, details: Details) -> Turn:
    name = details.name
    assert name is not None
    if not name.is_short:
        return turn.person_with(full_name=name.full_name).answered()
    if turn.draft.short_name_refused:
        return turn.person_with(full_name=name.full_name).answered()
    # One word may be all there is of a name: asked once more, then believed.
    return turn.draft_with(short_name_refused=True).asking(_ask_name(turn))


def _ask_name(turn: Turn) -> Ask:
    return Ask("ask_name" if turn.draft.person.phone else "contact_invalid_name", {}, Question.CONTACT)


def _take_address(turn: Turn, details: Details) -> Turn:
    draft = turn.draft
    is_residence = details.is_home or details.phone or details.name or draft.place_id or draft.place_left_open
    slot = Slot.RESIDENCE if is_residence and not (draft.person.residence and not draft.place_id) else Slot.PLACE
    return _settle(turn, details.address, slot)


def _take_place_answer(turn: Turn, text: str, slot: Slot) -> Turn | None:
    """The answer to "phường, xã nào?"; None when the message is something else, or a story that names a place."""
    if len(text) > _PLACE_ANSWER_AT_MOST or "\n" in text:
        return None
    spans = turn.places.spans(text)
    details = read_details(text, replace(_asked(turn), name=False), spans)
    if details.phone or details.consent is not None:
        return None
    if details.address:
        turn = _settle(turn, details.address, slot)
        return tell(turn, details.rest) if gist_of(details.rest) is Gist.MATTER else turn
    if spans:
        return None if gist_of(without_spans(text, spans)) is Gist.MATTER else _settle(turn, text, slot)
    if len(text.split()) > _BARE_NAME_WORDS and not is_street(text):
        return None
    if isinstance(turn.places.answer(text), NotFound) and (details.name or gist_of(text) is Gist.COURTESY):
        return None
    return _settle(turn, text, slot)


def _settle(turn: Turn, words: str, slot: Slot) -> Turn:
    answer = turn.places.answer(words)
    if slot is Slot.PLACE:
        return _settle_place(turn, words, answer)
    return _settle_residence(turn, words, answer)


def _settle_place(turn: Turn, words: str, answer: Meant | Several | NotFound) -> Turn:
    draft = turn.draft
    match answer:
        case Meant(place_id, moved_from):
            return set_place(turn, place_id, moved_from)
        case _ if draft.place_attempts + 1 >= _ATTEMPTS and draft.place_id is None:
            return leave_place_open(tell(turn, words))
        case Several():
            turn = turn.draft_with(place_attempts=draft.place_attempts + 1, place_doubt=answer).touched()
            return turn.asking(ask_between(turn, answer, Slot.PLACE))
        case NotFound():
            # What they called the place may still tell an officer something.
            turn = tell(turn.draft_with(place_attempts=draft.place_attempts + 1), words)
            return turn.asking(Ask("commune_unknown", {}, Question.PLACE, Slot.PLACE))


def _settle_residence(turn: Turn, words: str, answer: Meant | Several | NotFound) -> Turn:
    draft = turn.draft
    words = ", ".join(dict.fromkeys(part for part in (draft.residence_words, words) if part))
    match answer:
        case Meant(place_id, moved_from):
            return set_residence(turn, draft.residence_words or words, place_id, renamed=bool(moved_from))
        case _ if draft.residence_attempts + 1 >= _ATTEMPTS:
            return set_residence(turn, words, None)
        case Several():
            turn = turn.draft_with(residence_attempts=draft.residence_attempts + 1, residence_words=words).touched()
            return turn.asking(ask_between(turn, answer, Slot.RESIDENCE))
        case NotFound():
            turn = turn.draft_with(residence_attempts=draft.residence_attempts + 1, residence_words=words).touched()
            return turn.asking(Ask("commune_unknown", {}, Question.RESIDENCE, Slot.RESIDENCE))


def set_place(turn: Turn, place_id: PlaceId, moved_from: str = "") -> Turn:
    """The commune of the matter is known."""
    turn = turn.draft_with(place_id=place_id, place_doubt=None, place_left_open=False, place_attempts=0)
    if moved_from:
        turn = turn.note("heir_noted", old_place=moved_from, place=turn.places.name(place_id))
    return turn.touched().answered()


def leave_place_open(turn: Turn) -> Turn:
    """The citizen cannot say where: officers will."""
    turn = turn.draft_with(place_id=None, place_doubt=None, place_left_open=True)
    return turn.note("place_left_open").touched().answered()


def set_residence(turn: Turn, words: str, place_id: PlaceId | None, *, renamed: bool = False) -> Turn:
    """Where the sender lives is known, as precisely as they wish to say."""
    residence = residence_in_words(words, turn.places.name(place_id), renamed=renamed)
    turn = turn.draft_with(residence_words="", residence_attempts=0)
    return turn.person_with(residence=residence, residence_place_id=place_id).touched().answered()


def agree(turn: Turn, words: str) -> Turn:
    """Consent was given, clearly and after the notice was shown. Source: domain rules 2.6."""
    consent = turn.draft.consent
    if consent is None or consent.given_at is not None:
        return turn
    given = Consent(consent.asked_at, given_at=turn.now, words=tidy(words)[:200])
    return turn.draft_with(consent=given).touched().answered()


def refuse(turn: Turn, words: str) -> Turn:
    """Consent was declined: contact details are forgotten, the draft rests until the citizen comes back to it."""
    consent = turn.draft.consent
    asked_at = consent.asked_at if consent else turn.now
    refused = Consent(asked_at, words=tidy(words)[:200], refused=True)
    turn = turn.draft_with(consent=refused, person=Person(), residence_words="").touched()
    turn = turn.now_with(prompt=None, known=Person()).note("consent_refused")
    return replace(turn, ask=None, owes_question=False)
