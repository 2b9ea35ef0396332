"""The conversation engine: what was said goes in, what is said and done comes out. No clock, no store, no chance."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from libs.places import Gazetteer
from libs.wording import moment_in_words

from ..spoken import LOCAL, files_in_words
from .asking import missing, next_ask
from .inputs import Input, TimerFired
from .outcome import Step
from .place import Places
from .state import Consent, Conversation, FiledCase, Prompt, Question, State, Timing
from .transitions import move_for
from .turn import Ask, Turn
from .waiting import time_passed, wake_at
from .wording import Texts

_USUAL: Final = Timing()


def advance(
    conversation: Conversation,
    inputs: tuple[Input, ...],
    *,
    now: datetime,
    texts: Texts,
    gazetteer: Gazetteer,
    timing: Timing = _USUAL,
) -> Step:
    """Move a citizen's conversation by everything that came since the last move, in the order it was sent.

    However much came, at most one question is asked in reply. Late, repeated and meaningless inputs are harmless.
    """
    turn = Turn(conversation, now, texts, Places(gazetteer, now), timing, last_prompt=conversation.prompt)
    turn = _what_was_due_before(turn, inputs)
    for heard in inputs:
        turn = move_for(turn.conversation.standing(now), heard)(turn, heard)
        if heard.at is not None:
            at = min(heard.at, now)  # a channel whose clock runs ahead must not make all that follows late
            turn = turn.now_with(heard_at=max(at, turn.conversation.heard_at or at))
    return _spoken(_settled(turn), before=conversation)


def told_filed(step: Step, case: FiledCase, *, incomplete: bool, due: datetime, texts: Texts) -> Step:
    """The step completed with the code its filing was given: the citizen is told at once, before anything else."""
    conversation = step.conversation.with_case(case)
    draft = conversation.draft
    if draft is not None and draft.may_join is not None and draft.may_join.feedback_id == case.feedback_id:
        conversation = replace(conversation, draft=replace(draft, may_join=case))
    values = {"code": case.code, "due": moment_in_words(due, LOCAL)}
    reply = texts.reply("filed_incomplete" if incomplete else "filed", values)
    return replace(step, conversation=conversation, replies=(reply, *step.replies))


def _what_was_due_before(turn: Turn, inputs: tuple[Input, ...]) -> Turn:
    """A draft whose time had run out before the first of these inputs was sent is filed, whenever this runs."""
    draft = turn.conversation.draft
    first = next((heard.at for heard in inputs if heard.at is not None), None)
    if draft is None or first is None or turn.conversation.standing(turn.now) is State.SILENT:
        return turn
    if min(first, turn.now) - draft.touched_at < turn.timing.incomplete_after:
        return turn
    return time_passed(turn, TimerFired(input_id=draft.draft_id))


def _settled(turn: Turn) -> Turn:
    """A draft that lacks nothing is shown for confirmation."""
    draft = turn.conversation.draft
    ready = draft is not None and turn.conversation.state is State.GATHERING and not draft.is_refused
    if draft is None or not ready or turn.ask is not None or missing(draft) is not None:
        return turn
    return turn.now_with(state=State.CONFIRMING)


def _spoken(turn: Turn, before: Conversation) -> Step:
    if turn.conversation.standing(turn.now) is State.SILENT:
        return _step(replace(turn.now_with(quiet_until=None), notes=()))
    turn, waits = _album(turn)
    if waits:
        return _step(turn)
    ask = turn.ask or next_ask(turn)
    if ask is None:
        return _step(turn)
    prompt = _prompt(turn, ask)
    if not _is_due(turn, prompt, progressed=turn.conversation.draft != before.draft):
        return _step(turn.now_with(prompt=turn.prompt or turn.last_prompt))
    return _step(_asked(turn, ask, prompt))


def _album(turn: Turn) -> tuple[Turn, bool]:
    """Whether the reply waits for further photos, and what is said when they have come to an end."""
    conversation = turn.conversation
    quiet_until = turn.now + turn.timing.quiet if turn.new_files else conversation.quiet_until
    draft = conversation.draft
    if draft is None:
        return turn.now_with(quiet_until=None), False
    if _awaits_code(turn):
        return turn.now_with(quiet_until=turn.now + turn.timing.quiet), True
    if quiet_until is None:
        return turn, False
    if turn.now < quiet_until and not (turn.notes or turn.ask or turn.effects):
        return turn.now_with(quiet_until=quiet_until), True
    turn = turn.now_with(quiet_until=None)
    if conversation.state is State.GATHERING and draft.files:
        turn = turn.note("files_added", files=files_in_words(file.kind for file in draft.files))
        return replace(turn, told_more=True), False
    return turn.insisting(), False


def _awaits_code(turn: Turn) -> bool:
    # Sent together with the confirmation: the code to ask about is given only after this step.
    draft = turn.conversation.draft
    return draft is not None and draft.may_join is not None and not draft.may_join.code


def _prompt(turn: Turn, ask: Ask) -> Prompt:
    message = turn.texts.message(ask.key)
    shown = tuple(choice.choice_id for choice in message.with_choices(ask.found, ask.without))
    return Prompt(ask.key, shown, turn.now, ask.question, ask.slot)


def _is_due(turn: Turn, prompt: Prompt, *, progressed: bool) -> bool:
    """Whether a question is put now: not again and again to somebody who does not answer it."""
    last = turn.last_prompt
    again = last is not None and (last.key, last.shown) == (prompt.key, prompt.shown)
    if last is None or not again:
        return turn.owes_question or turn.told_more
    waited = turn.now - last.asked_at
    pressed_enough = last.times >= turn.timing.ask_at_most and waited < turn.timing.courtesies_within
    if turn.owes_question:
        return progressed or not pressed_enough
    return turn.told_more and waited >= turn.timing.ask_again_after and not pressed_enough


def _asked(turn: Turn, ask: Ask, prompt: Prompt) -> Turn:
    last = turn.last_prompt
    if last is not None and (last.key, last.shown) == (prompt.key, prompt.shown) and turn.prompt is not None:
        prompt = replace(prompt, times=last.times + 1)
    turn = turn.now_with(prompt=prompt)
    draft = turn.conversation.draft
    if draft is not None and ask.question is Question.CONSENT and draft.consent is None:
        turn = turn.draft_with(consent=Consent(asked_at=turn.now))
    if draft is not None and ask.question is Question.CONTENT:
        turn = turn.draft_with(content_asked=draft.content_asked + 1)
    choices = turn.texts.message(ask.key).with_choices(ask.found, ask.without)
    reply = turn.texts.reply(ask.key, ask.values, choices)
    return replace(turn, notes=(*turn.notes, reply))


def _step(turn: Turn) -> Step:
    conversation = turn.conversation
    return Step(conversation, turn.notes, turn.effects, wake_at(conversation, turn.timing))
