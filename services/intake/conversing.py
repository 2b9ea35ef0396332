"""The worker that moves conversations: claim citizens, read what they sent, think, and record it all at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from libs.runtime.ids import uuid7
from libs.runtime.log import get_logger
from libs.runtime.run import Run
from libs.runtime.tx import Tx
from libs.seal import CannotOpen

from .domain.conversation import (
    Conversation,
    DamagedConversation,
    File,
    FiledCase,
    NewerConversation,
    Step,
    TimerFired,
    advance,
    load_conversation,
    told_filed,
)
from .domain.hearing import Heard, hear
from .domain.json_body import NotAnObject, read_object
from .domain.spoken import end_of_working_day
from .domain.zalo import citizen_of, read
from .domain.zalo_event import ConsentWithdrawn
from .parts import IntakeParts
from .recording import Move, lines_of, record
from .store.conversation import Claimed, ConversationStore, ToRead

log = get_logger()

_EVENTS_AT_ONCE: Final = 200
"""Of one citizen; what comes beyond is taken in the next move."""
_WAIT_FOR_KEY: Final = timedelta(minutes=10)
_WAIT_FOR_NEWER: Final = timedelta(seconds=30)
_WAITS: Final = (timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
"""Before an event that could not be taken in is tried again. After the last it is dead."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A stored event whose meaning is known."""

    event: ToRead
    address: str
    heard: Heard


@dataclass(frozen=True, slots=True)
class _PutOff:
    """A citizen this process must leave alone for now."""

    claimed: Claimed
    until: datetime


@dataclass(frozen=True, slots=True)
class _Stuck:
    """A citizen whose conversation cannot be moved by an event, or by its timer when there is none."""

    claimed: Claimed
    at_fault: _Read | None


_Thought: TypeAlias = Move | _PutOff | _Stuck


async def move_conversations(run: Run[IntakeParts]) -> bool:
    """Move the conversations in which somebody wrote, or whose time has come: many citizens, one commit."""
    limit: int = run.settings.conversations_at_once
    async with run.begin() as tx:
        store = ConversationStore(tx.session)
        claimed = await store.claim(tx.now, tx.now + timedelta(seconds=run.settings.conversation_lease_s), limit)
        unread = await store.unread(claimed, tx.now, _EVENTS_AT_ONCE)
    moves: list[Move] = []
    left = False
    for one in claimed:
        events = unread.get(one.sender_id, [])
        thought = await _think(run, one, events)
        if isinstance(thought, Move):
            moves.append(thought)
        else:
            await _set_aside(run, thought)
        left |= len(events) > (len(thought.events) if isinstance(thought, Move) else 1)
        await asyncio.sleep(0)  # a webhook must not wait until all of them are thought out
    recorded = await _record(run, moves)
    return len(claimed) == limit or left or recorded < len(moves)


async def _record(run: Run[IntakeParts], moves: Sequence[Move]) -> int:
    """All in one transaction; when it fails, one by one, so that only the one at fault pays for it. Tells how many."""
    if not moves:
        return 0
    try:
        async with run.begin() as tx:
            recorded = await record(tx, moves, run.settings)
    except Exception:
        if len(moves) == 1:
            raise
        log.exception("moves_recorded_one_by_one", moves=len(moves))
        return await _record_one_by_one(run, moves)
    if recorded < len(moves):
        log.info("conversations_overtaken", count=len(moves) - recorded)
    return recorded


async def _record_one_by_one(run: Run[IntakeParts], moves: Sequence[Move]) -> int:
    recorded, failed = 0, None
    for move in moves:
        try:
            recorded += await _record(run, [move])
        except Exception as error:  # its citizen is free again when the lease ends
            failed = error
    if failed is not None:
        raise failed from None
    return recorded


async def _think(run: Run[IntakeParts], claimed: Claimed, events: Sequence[ToRead]) -> _Thought:
    """What one citizen's events lead to. Outside any transaction: nothing is changed here but the codes taken."""
    now = run.clock.now()
    try:
        before = _remembered(run.parts, claimed)
    except NewerConversation:
        return _PutOff(claimed, now + _WAIT_FOR_NEWER)
    except CannotOpen:
        return _PutOff(claimed, now + _WAIT_FOR_KEY)
    understood = await _understood(run, events)
    step, taken = _advance(run.parts, before, understood, now)
    if step is None:
        return _Stuck(claimed, taken[0] if taken else None)
    for effect in step.effects:
        if isinstance(effect, File):
            step = _with_code(run.parts, step, effect, await run.parts.codes.next(now), now)
    address = next((one.address for one in taken if one.address), "")
    return Move(claimed, before, step, tuple((one.event, one.heard) for one in taken), address)


def _remembered(parts: IntakeParts, claimed: Claimed) -> Conversation:
    if claimed.state is None:
        return Conversation()
    try:
        return load_conversation(parts.sealer.open_bytes(claimed.state))
    except DamagedConversation:
        # What was said is in the transcript and the raw events; the citizen must not wait for a repair.
        log.error("conversation_damaged", sender_id=claimed.sender_id)
        return Conversation()


async def _understood(run: Run[IntakeParts], events: Sequence[ToRead]) -> list[_Read]:
    """The events whose bytes can be read; the others wait or are set aside, and do not hold up their neighbours."""
    understood: list[_Read] = []
    for event in events:
        try:
            raw = run.parts.sealer.open_bytes(event.body)
        except CannotOpen:
            async with run.begin() as tx:
                await ConversationStore(tx.session).retry(event.event_id, tx.now + _WAIT_FOR_KEY)
            continue
        body = read_object(raw)
        assert not isinstance(body, NotAnObject), "only objects are let in"
        told = read(body, run.parts.account, event.received_at)
        if isinstance(told, ConsentWithdrawn):
            # An order to delete everything: people must see that it is carried out.
            async with run.begin() as tx:
                await ConversationStore(tx.session).bury(event.event_id, "erasure_ordered", tx.now)
            log.error("erasure_ordered", event_id=event.event_id)
            continue
        understood.append(_Read(event, citizen_of(body, run.parts.account), hear(told, event.event_at, uuid7)))
    return understood


def _advance(
    parts: IntakeParts, before: Conversation, events: list[_Read], now: datetime
) -> tuple[Step | None, list[_Read]]:
    """The next step and the events it takes in; no step and the event at fault when it cannot be thought."""
    attempts = [events] if len(events) < 2 else [events, events[:1]]
    for taken in attempts:
        inputs = tuple(said for one in taken for said in one.heard.inputs)
        try:
            step = advance(
                before,
                inputs or (TimerFired(input_id=uuid7()),),
                now=now,
                texts=parts.texts,
                gazetteer=parts.province.gazetteer,
                timing=parts.timing,
            )
        except Exception:
            log.exception("conversation_failed", events=len(taken))
        else:
            return step, taken
    return None, events[:1]


def _with_code(parts: IntakeParts, step: Step, filing: File, code: str, now: datetime) -> Step:
    due = end_of_working_day(now, parts.province.told_within_days, parts.province.days_off)
    case = FiledCase(filing.draft.draft_id, now, code)
    return told_filed(step, case, incomplete=filing.incomplete, due=due, texts=parts.texts)


async def _set_aside(run: Run[IntakeParts], thought: _PutOff | _Stuck) -> None:
    """A citizen who cannot be answered now is free again later; an event that can never be taken in is dead."""
    async with run.begin() as tx:
        store = ConversationStore(tx.session)
        if isinstance(thought, _PutOff):
            log.warning("conversation_left", sender_id=thought.claimed.sender_id)
            await store.put_off(thought.claimed, thought.until)
        elif thought.at_fault is None:
            await store.put_off(thought.claimed, tx.now + _WAITS[-1])
        else:
            await _retry_or_bury(tx, thought.claimed, thought.at_fault)
            await store.put_off(thought.claimed, tx.now)


async def _retry_or_bury(tx: Tx[IntakeParts], claimed: Claimed, at_fault: _Read) -> None:
    store, event = ConversationStore(tx.session), at_fault.event
    if event.attempts < len(_WAITS):
        await store.retry(event.event_id, tx.now + _WAITS[event.attempts])
    else:
        await store.bury(event.event_id, "cannot_be_taken_in", tx.now)
        await store.write_down(lines_of(tx.parts.sealer, claimed.sender_id, event, at_fault.heard))
