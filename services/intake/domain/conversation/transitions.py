"""The table of the conversation: in which state, on what, which move. Everything else hangs on it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from .deciding import changed, take_new_file
from .inputs import (
    Arrived,
    ContactShared,
    FileSent,
    Input,
    LocationSent,
    StaffWrote,
    StickerSent,
    TextSaid,
    TimerFired,
    UnreadableSent,
)
from .listening import hear_changing, hear_confirming, hear_gathering, hear_idle, hear_silent
from .small_talk import go_on, greet, pass_over, take_sticker, take_unreadable, tell_unreadable
from .state import State
from .telling import add_contact, add_file, add_location, begin_draft
from .turn import Turn
from .waiting import fall_silent, time_passed

Move: TypeAlias = Callable[[Turn, Any], Turn]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What each kind of input does in one state."""

    text: Move
    file: Move
    location: Move
    contact: Move
    arrived: Move
    sticker: Move
    unreadable: Move
    staff: Move
    timer: Move


def _begin(move: Move) -> Move:
    return lambda turn, heard: move(begin_draft(turn, heard), heard)


def _if_open(move: Move) -> Move:
    return lambda turn, heard: turn if turn.conversation.draft is None else move(turn, heard)


def _back(move: Move) -> Move:
    return lambda turn, heard: changed(move(turn, heard))


# fmt: off
TRANSITIONS: Final[dict[State, Row]] = {
    State.IDLE: Row(
        text=hear_idle,         file=_begin(add_file),      location=_begin(add_location), contact=_begin(add_contact),
        arrived=greet,          sticker=take_sticker,       unreadable=take_unreadable,
        staff=fall_silent,      timer=pass_over,
    ),
    State.GATHERING: Row(
        text=hear_gathering,    file=add_file,              location=add_location,         contact=add_contact,
        arrived=pass_over,      sticker=go_on,              unreadable=tell_unreadable,
        staff=fall_silent,      timer=time_passed,
    ),
    State.CONFIRMING: Row(
        text=hear_confirming,   file=add_file,              location=add_location,         contact=add_contact,
        arrived=pass_over,      sticker=go_on,              unreadable=tell_unreadable,
        staff=fall_silent,      timer=time_passed,
    ),
    State.CHANGING: Row(
        text=hear_changing,     file=take_new_file,         location=add_location,         contact=_back(add_contact),
        arrived=pass_over,      sticker=go_on,              unreadable=tell_unreadable,
        staff=fall_silent,      timer=time_passed,
    ),
    State.SILENT: Row(
        text=hear_silent,       file=_if_open(add_file),    location=_if_open(add_location), contact=pass_over,
        arrived=pass_over,      sticker=pass_over,          unreadable=pass_over,
        staff=fall_silent,      timer=pass_over,
    ),
}
# fmt: on

_COLUMNS: Final[dict[type, str]] = {
    TextSaid: "text",
    FileSent: "file",
    LocationSent: "location",
    ContactShared: "contact",
    Arrived: "arrived",
    StickerSent: "sticker",
    UnreadableSent: "unreadable",
    StaffWrote: "staff",
    TimerFired: "timer",
}


def move_for(state: State, heard: Input) -> Move:
    """The move of a state on an input."""
    move: Move = getattr(TRANSITIONS[state], _COLUMNS[type(heard)])
    return move
