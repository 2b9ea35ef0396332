"""Text as it is heard in each state: a choice, a command, a code, an answer, or more of the matter."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from ..code import CodeFound, CodeMistyped, NoCode, PortalCodeFound, parse_code
from ..gist import Gist, asks_for_status, asks_to_look_up, gist_of, is_thanks
from ..reading import plain, tidy
from .answering import take_answer
from .choosing import Chosen, choose, look_up, start
from .deciding import SEND, ask_to_cancel, send, take_correction, take_new_value
from .inputs import TextSaid
from .outcome import LookUp, Supplement
from .small_talk import answer_small_talk, ask_for_vietnamese
from .state import State
from .telling import begin_draft, tell
from .turn import Ask, Turn

_BEARS_A_CODE: Final = re.compile(r"\S*\d{5}\S*")
_LAST_DIGITS: Final = re.compile(r"(?<!\d)\d{4}(?!\d)")
_ADDS: Final = re.compile(r"(?:toi |em |xin )*(?:bo sung|noi them|them vao|toi quen)\b")


def hear_idle(turn: Turn, said: TextSaid) -> Turn:
    """No draft is open: look up, greet, or begin one."""
    text = tidy(said.text)
    if _is_late(turn, said):
        return _hear_late_idle(turn, said)
    choice = turn.choice(text)
    if choice is not None:
        return choose(turn, choice.choice_id, text)
    for step in (_command, _code, _status):
        moved = step(turn, text)
        if moved is not None:
            return moved
    gist = gist_of(text)
    if gist is Gist.COURTESY:
        return answer_small_talk(turn, text)
    if gist is Gist.FOREIGN:
        return ask_for_vietnamese(turn)
    turn = begin_draft(turn, said)
    if turn.conversation.filed and _ADDS.match(plain(text)):
        turn = turn.draft_with(may_join=turn.conversation.filed[-1])
    return tell(turn, text)


def hear_gathering(turn: Turn, said: TextSaid) -> Turn:
    """A draft is open and something is missing."""
    if turn.draft.is_refused and turn.draft.consent is not None:
        # Writing again after declining is coming back to it: the notice is put once more.
        turn = turn.draft_with(consent=replace(turn.draft.consent, refused=False)).insisting()
    return _hear_open(turn, said, take_answer)


def hear_confirming(turn: Turn, said: TextSaid) -> Turn:
    """The summary was shown."""
    return _hear_open(turn, said, take_correction)


def hear_changing(turn: Turn, said: TextSaid) -> Turn:
    """A part of the summary is being changed."""
    return _hear_open(turn, said, take_new_value)


def hear_silent(turn: Turn, said: TextSaid) -> Turn:
    """A person of the office is writing: words join an open draft, nothing is answered but a plain "Gửi đi"."""
    text = tidy(said.text)
    if turn.conversation.draft is None:
        return turn
    if turn.conversation.state is State.CONFIRMING and plain(text) == _send_title(turn):
        return send(turn)
    return turn if gist_of(text) is Gist.COURTESY else tell(turn, text)


def _hear_open(turn: Turn, said: TextSaid, otherwise: Callable[[Turn, str], Turn]) -> Turn:
    text = tidy(said.text)
    if _is_late(turn, said):
        return turn if gist_of(text) is Gist.COURTESY else tell(turn, text)
    choice = turn.choice(text)
    if choice is not None:
        return choose(turn, choice.choice_id, text)
    for step in (_command, _code):
        moved = step(turn, text)
        if moved is not None:
            return moved
    if gist_of(text) is Gist.COURTESY and is_thanks(text):
        return replace(turn, told_more=True)
    return otherwise(turn, text)


# ------------------------------------------------------------------------------------------------ at any moment


def _cancel(turn: Turn, _text: str) -> Turn:
    return turn.note("nothing_to_cancel") if turn.conversation.draft is None else ask_to_cancel(turn)


def _help(turn: Turn, _text: str) -> Turn:
    return turn.asking(Ask("help")) if turn.conversation.draft is None else turn.note("help")


COMMANDS: Final[Mapping[str, Chosen]] = {
    "start": start,
    "talk_to_officer": start,  # officers answer feedbacks: the way to one begins with telling what it is about
    "look_up": look_up,
    "cancel": _cancel,
    "help": _help,
}
"""Commands of conversation.toml understood whatever was asked."""


def _command(turn: Turn, text: str) -> Turn | None:
    for command, act in COMMANDS.items():
        if turn.texts.is_command(command, text):
            return act(turn, text)
    if asks_to_look_up(text):
        bare = isinstance(parse_code(text, turn.texts.code_prefix), NoCode) and gist_of(text) is not Gist.MATTER
        return look_up(turn, text) if bare else None
    return None


def _code(turn: Turn, text: str) -> Turn | None:
    """A message that is about a code and little else; a story with a code in it is a story."""
    found = parse_code(text, turn.texts.code_prefix)
    if isinstance(found, NoCode):
        return None
    besides = _BEARS_A_CODE.sub(" ", text)
    if gist_of(besides) is Gist.MATTER and not asks_to_look_up(text) and not asks_for_status(besides):
        return None
    match found:
        case CodeFound(code):
            digits = _LAST_DIGITS.search(besides)
            return turn.effect(LookUp(code, digits[0] if digits else ""))
        case CodeMistyped():
            return turn.asking(Ask("lookup_none")) if turn.conversation.draft is None else turn.note("lookup_none")
        case PortalCodeFound():
            return turn.note("lookup_dossier")


def _status(turn: Turn, text: str) -> Turn | None:
    conversation = turn.conversation
    if not conversation.filed:
        return None
    if asks_for_status(text):
        return look_up(turn, text)
    latest = conversation.latest_case(turn.now, turn.timing.join_within)
    if latest is None or not _sends_again(turn, text):
        return None
    # "Gửi đi" again after it was sent: the answer is the code, never a second feedback.
    return turn.effect(LookUp(latest.code)) if latest.code else turn


def _sends_again(turn: Turn, text: str) -> bool:
    shown = turn.texts.message("summary").choices
    number = next((str(number) for number, choice in enumerate(shown, start=1) if choice.choice_id == SEND), "")
    return turn.prompt is None and plain(text) in {number, _send_title(turn)}


def _send_title(turn: Turn) -> str:
    return next((plain(one.title) for one in turn.texts.message("summary").choices if one.choice_id == SEND), "")


# --------------------------------------------------------------------------------------------------- come late


def _is_late(turn: Turn, said: TextSaid) -> bool:
    """Sent before something we have already acted upon: it answers nothing that was asked since."""
    heard_at = turn.conversation.heard_at
    return said.at is not None and heard_at is not None and said.at < heard_at - turn.timing.order_slack


def _hear_late_idle(turn: Turn, said: TextSaid) -> Turn:
    text = tidy(said.text)
    if gist_of(text) in (Gist.COURTESY, Gist.FOREIGN):
        return turn
    latest = turn.conversation.latest_case(turn.now, turn.timing.join_within)
    if latest is not None and said.at is not None and said.at <= latest.filed_at:
        # It was written before that feedback was sent, so it belongs to it.
        return turn.effect(Supplement(latest.feedback_id, text)).note("supplement_added", code=latest.code)
    return tell(begin_draft(turn, said), text)
