"""What the passing of time does: photos come to an end, an unfinished draft is reminded of, then filed."""

from datetime import datetime, timedelta

from .asking import quoted
from .deciding import CANCEL_KEY, file_incomplete
from .inputs import StaffWrote, TimerFired
from .state import Conversation, Timing
from .telling import add_to_case
from .turn import Ask, Turn


def time_passed(turn: Turn, _fired: TimerFired) -> Turn:
    """A draft left alone: reminded of once, later filed as it is. One without substance is let go."""
    draft = turn.draft
    resting = turn.now - draft.touched_at
    worth_it = draft.has_substance and not draft.is_refused
    if resting >= turn.timing.incomplete_after:
        if not worth_it:
            return turn.back_to_idle()
        return add_to_case(turn, draft.may_join) if draft.may_join else file_incomplete(turn)
    if resting >= turn.timing.remind_after and draft.reminded_at is None and worth_it:
        return turn.draft_with(reminded_at=turn.now).asking(Ask(CANCEL_KEY, {"summary": quoted(draft)}))
    return turn


def fall_silent(turn: Turn, heard: StaffWrote) -> Turn:
    """A person of the office writes: the bot stops talking to this citizen for a while."""
    since = heard.at or turn.now
    until = max(since + turn.timing.silent_for, turn.conversation.silent_until or since)
    return turn.now_with(silent_until=until, prompt=None)


def wake_at(conversation: Conversation, timing: Timing) -> datetime | None:
    """When the conversation must be looked at again although nobody writes."""
    moments = [conversation.quiet_until] if conversation.quiet_until else []
    draft = conversation.draft
    if draft is not None:
        due: list[timedelta] = [timing.incomplete_after]
        if draft.reminded_at is None and draft.has_substance and not draft.is_refused:
            due.append(timing.remind_after)
        moment = draft.touched_at + min(due)
        moments.append(max(moment, conversation.silent_until) if conversation.silent_until else moment)
    return min(moments, default=None)
