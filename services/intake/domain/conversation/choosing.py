"""Choices and commands: what each button, number or word does. One row per id of conversation.toml."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from libs.contracts.vocabulary import PlaceId, Visibility

from ..reading import Part
from .answering import agree, leave_place_open, refuse, set_place, set_residence
from .deciding import (
    CANCEL_KEY,
    SEND,
    ask_for_files,
    ask_to_cancel,
    change_part,
    changed,
    discard,
    send,
    set_visibility,
)
from .outcome import LookUp
from .place import PLACE_CHOICE
from .state import Question, Slot, State
from .telling import add_to_case
from .turn import Ask, Turn

Chosen: TypeAlias = Callable[[Turn, str], Turn]
"""What a choice does; the text is what the citizen typed or pressed."""


def _read_notice(turn: Turn, _text: str) -> Turn:
    return turn.asking(Ask("privacy_notice", {}, Question.CONSENT))


def _not_sure(turn: Turn, _text: str) -> Turn:
    if _slot(turn) is Slot.RESIDENCE:
        return set_residence(turn, turn.draft.residence_words, None)
    return changed(leave_place_open(turn))


def _city_wide(turn: Turn, _text: str) -> Turn:
    left_open = turn.draft_with(place_id=None, place_doubt=None, place_left_open=True)
    return changed(left_open.touched().answered())


def _outside_city(turn: Turn, _text: str) -> Turn:
    if _slot(turn) is Slot.RESIDENCE:
        return changed(set_residence(turn, turn.draft.residence_words, None))
    turn = leave_place_open(turn) if turn.draft.place_attempts else turn.draft_with(place_attempts=1)
    return changed(turn.note("place_outside_city").answered())


def _other_place(turn: Turn, _text: str) -> Turn:
    question = Question.RESIDENCE if _slot(turn) is Slot.RESIDENCE else Question.PLACE
    return turn.draft_with(place_doubt=None).asking(Ask("commune_unknown", {}, question, _slot(turn)))


def _commune(turn: Turn, choice_id: str) -> Turn:
    place_id = PlaceId(choice_id.removeprefix(PLACE_CHOICE))
    if _slot(turn) is Slot.RESIDENCE:
        return changed(set_residence(turn, turn.draft.residence_words, place_id))
    return changed(set_place(turn, place_id))


def _same_place(turn: Turn, _text: str) -> Turn:
    return changed(set_residence(turn, "", turn.draft.place_id)) if turn.draft.place_id else turn.insisting()


def _slot(turn: Turn) -> Slot:
    return turn.slot or Slot.PLACE


def _continue(turn: Turn, _text: str) -> Turn:
    changing = turn.conversation.changing is Part.FILES
    return (turn.now_with(state=State.CONFIRMING, changing=None) if changing else turn).answered()


def _cancel(turn: Turn, _text: str) -> Turn:
    asked = turn.prompt is not None and turn.prompt.key == CANCEL_KEY
    return discard(turn) if asked else ask_to_cancel(turn)


def _add_to_case(turn: Turn, _text: str) -> Turn:
    case = turn.draft.may_join
    return add_to_case(turn, case) if case else turn.answered()


def _new_case(turn: Turn, _text: str) -> Turn:
    return turn.draft_with(may_join=None).touched().answered()


def start(turn: Turn, _text: str) -> Turn:
    """Begin to tell; with a draft open, go on with it."""
    return turn.asking(Ask("ask_content")) if turn.conversation.draft is None else turn.insisting()


def look_up(turn: Turn, _text: str) -> Turn:
    """Show all cases of this citizen."""
    return turn.effect(LookUp())


def _change(part: Part | None) -> Chosen:
    return lambda turn, _text: change_part(turn, part)


def _publish(visibility: Visibility) -> Chosen:
    return lambda turn, _text: set_visibility(turn, visibility)


_WITHOUT_DRAFT: Final[Mapping[str, Chosen]] = {"start": start, "look_up": look_up}

_WITH_DRAFT: Final[Mapping[str, Chosen]] = {
    "add_to_case": _add_to_case,
    "new_case": _new_case,
    "agree": agree,
    "refuse": refuse,
    "read_notice": _read_notice,
    "city_wide": _city_wide,
    "not_sure": _not_sure,
    "outside_city": _outside_city,
    "other_place": _other_place,
    "same_place": _same_place,
    SEND: lambda turn, _text: send(turn),
    "change": _change(None),
    "change_content": _change(Part.CONTENT),
    "change_place": _change(Part.PLACE),
    "change_contact": _change(Part.CONTACT),
    "change_residence": _change(Part.RESIDENCE),
    "change_publication": _change(Part.PUBLICATION),
    "public": _publish(Visibility.PUBLIC),
    "private": _publish(Visibility.PRIVATE),
    "add_files": lambda turn, _text: ask_for_files(turn),
    "continue": _continue,
    "cancel": _cancel,
}

CHOICES: Final[frozenset[str]] = frozenset({*_WITHOUT_DRAFT, *_WITH_DRAFT})
"""The ids this conversation can act upon. A button with another id is not offered."""


def choose(turn: Turn, choice_id: str, text: str) -> Turn:
    """Do what a choice means. One that no longer makes sense puts the question again."""
    if turn.conversation.draft is not None:
        if choice_id.startswith(PLACE_CHOICE):
            return _commune(turn, choice_id)
        if choice_id in _WITH_DRAFT:
            return _WITH_DRAFT[choice_id](turn, text)
    chosen = _WITHOUT_DRAFT.get(choice_id)
    return chosen(turn, text) if chosen else turn.insisting()
