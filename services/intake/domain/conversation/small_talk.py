"""One courteous reply to what is no matter: greetings, thanks, stickers. It starts nothing."""

from dataclasses import replace

from ..gist import is_thanks
from .inputs import Arrived, Input, StickerSent, UnreadableSent
from .state import Courtesies
from .turn import Ask, Turn


def answer_small_talk(turn: Turn, text: str) -> Turn:
    """Greet back, or take thanks; soon after filing, anything polite is thanks."""
    return _thanked(turn) if is_thanks(text) or _just_filed(turn) else _politely(turn, None)


def ask_for_vietnamese(turn: Turn) -> Turn:
    """A text in another language cannot be handled. Source: domain rules 2.3."""
    return _politely(turn, "not_vietnamese")


def greet(turn: Turn, _heard: Arrived) -> Turn:
    """Somebody came in: say who we are."""
    return _politely(turn, None)


def take_sticker(turn: Turn, _heard: StickerSent) -> Turn:
    """A mood is answered like a greeting; after filing, like thanks."""
    return _thanked(turn) if _just_filed(turn) else _politely(turn, None)


def take_unreadable(turn: Turn, _heard: UnreadableSent) -> Turn:
    """Say that it could not be opened."""
    return _politely(turn, "unknown_kind")


def tell_unreadable(turn: Turn, _heard: UnreadableSent) -> Turn:
    """Say that it could not be opened; the question that stands, stands."""
    return turn.note("unknown_kind")


def pass_over(turn: Turn, _heard: Input) -> Turn:
    """It changes nothing here; it is in the transcript."""
    return turn


def go_on(turn: Turn, _heard: Input) -> Turn:
    """It changes nothing, but a question that has stood for a while is put again."""
    return replace(turn, told_more=True)


def _just_filed(turn: Turn) -> bool:
    return turn.conversation.latest_case(turn.now, turn.timing.join_within) is not None


def _politely(turn: Turn, key: str | None) -> Turn:
    counted = _counted(turn)
    if counted is None:
        return turn
    first = counted.conversation.courtesies is not None and counted.conversation.courtesies.count == 1
    greeting = "greeting_back" if turn.conversation.filed else "greeting"
    return counted.asking(Ask(key or (greeting if first else "ask_content")))


def _thanked(turn: Turn) -> Turn:
    counted = _counted(turn)
    return turn if counted is None else counted.note("thanks")


def _counted(turn: Turn) -> Turn | None:
    """None when enough was said within the hour: two machines must not greet each other for ever."""
    so_far = turn.conversation.courtesies
    if so_far is None or turn.now - so_far.since >= turn.timing.courtesies_within:
        so_far = Courtesies(turn.now, 0)
    if so_far.count >= turn.timing.courtesies_at_most:
        return None
    return turn.now_with(courtesies=replace(so_far, count=so_far.count + 1))
