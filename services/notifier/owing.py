"""From an event to a message in the queue: the steps handlers share."""

from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from libs.contracts.vocabulary import Notice
from libs.runtime.ids import uuid7
from libs.runtime.log import get_logger
from libs.runtime.tx import Tx

from .content import Facts, Words, open_facts, seal_facts, seal_words
from .domain.message import MessageState
from .domain.notice import Owed, owe, wording_of
from .domain.queue import ReplyArrived
from .domain.text import compose
from .domain.wording import BadTemplate, CaseFacts, Said, say
from .heard import CaseStep
from .parts import NotifierParts
from .store.case import Case, CaseStore
from .store.message import MessageStore
from .store.reply import ReplyStore
from .store.shelf import Message
from .telling import tell

log = get_logger()


async def owe_notice(tx: Tx[NotifierParts], heard: CaseStep) -> None:
    """Take a step of a case into account, and put the notice it owes into the queue, or down as superseded."""
    case = await CaseStore(tx.session).stepped(
        heard.feedback_id, heard.case_seq, heard.step.agency_name, heard.step.due_at, tx.now
    )
    if heard.notice is None:
        return
    store = MessageStore(tx.session)
    known = await store.notices_of(heard.feedback_id)
    decision = owe(heard.notice, heard.case_seq, known, heard.silence)
    for pointless in await store.supersede(decision.supersedes, f"by:{heard.notice}"):
        tell(tx, pointless, MessageState.SUPERSEDED, pointless.reason)
    message = Message(
        message_id=uuid7(),
        caused_by=heard.event_id,
        notice=heard.notice,
        state=MessageState.WAITING,
        created_at=tx.now,
        sender_id=case.sender_id,
        feedback_id=heard.feedback_id,
        case_seq=heard.case_seq,
    )
    if not isinstance(decision, Owed):
        await store.add(replace(message, state=MessageState.SUPERSEDED, reason=decision.reason))
        tell(tx, message, MessageState.SUPERSEDED, decision.reason)
        return
    facts = Facts(wording_of(heard.notice, heard.routed_reason, known, to_head=heard.to_head), heard.step)
    if case.sender_id is None or case.code is None:
        await store.add(replace(message, facts=seal_facts(tx.parts.sealer, facts)))
        return
    message = _in_words(tx, message, facts, case)
    await store.add(message)
    _announce(tx, message)


async def put_into_words(tx: Tx[NotifierParts], waiting: Message, case: Case) -> None:
    """Make of the facts of a notice that waited for its case what the citizen will read."""
    assert waiting.facts is not None
    message = _in_words(tx, waiting, open_facts(tx.parts.sealer, waiting.facts), case)
    changed = {name: getattr(message, name) for name in _CHANGED_BY_WORDS}
    await MessageStore(tx.session).change(message.message_id, **changed)
    _announce(tx, message)


_CHANGED_BY_WORDS: Final = ("sender_id", "state", "reason", "facts", "body", "parts", "not_before")


def _in_words(tx: Tx[NotifierParts], message: Message, facts: Facts, case: Case) -> Message:
    try:
        said = _say(tx, facts, case)
    except BadTemplate:
        # One notice that cannot be said must not hold up the others of this citizen; people see it as failed.
        log.error("notice_without_words", wording=facts.wording, feedback_id=message.feedback_id)
        tx.parts.meters.alarms.labels("wording").inc()
        reason = f"wording:{facts.wording}"
        return replace(message, sender_id=case.sender_id, facts=None, state=MessageState.FAILED, reason=reason)
    wait_s = tx.parts.settings.received_after_s if message.notice is Notice.RECEIVED else 0
    body, parts = _sealed(tx, said)
    return replace(
        message,
        sender_id=case.sender_id,
        state=MessageState.READY,
        reason=None,
        facts=None,
        body=body,
        parts=parts,
        not_before=max(message.created_at + timedelta(seconds=wait_s), tx.now),
    )


def _announce(tx: Tx[NotifierParts], message: Message) -> None:
    tell(tx, message, message.state, message.reason)
    tx.wake("send_due")


async def owe_reply(
    tx: Tx[NotifierParts], event_id: UUID, sender_id: UUID, seq: int, said: Said, arrived: ReplyArrived
) -> None:
    """Put a reply of the conversation into the queue, at its place."""
    body, parts = _sealed(tx, said)
    wait_s = tx.parts.settings.reply_gap_s if arrived.waits else 0
    message = Message(
        message_id=uuid7(),
        caused_by=event_id,
        notice=Notice.REPLY,
        state=MessageState.READY,
        created_at=tx.now,
        sender_id=sender_id,
        seq=seq,
        body=body,
        parts=parts,
        not_before=tx.now + timedelta(seconds=wait_s),
    )
    if parts == 0:
        log.error("reply_without_words", sender_id=sender_id, seq=seq)
        tx.parts.meters.alarms.labels("wording").inc()
        message = replace(message, state=MessageState.FAILED, reason="wording:reply", not_before=None)
    await ReplyStore(tx.session).add(message, arrived.next_seq)
    _announce(tx, message)


def _say(tx: Tx[NotifierParts], facts: Facts, case: Case) -> Said:
    known = CaseFacts(
        code=case.code or "",
        filed_at=case.filed_at or tx.now,
        link=f"{str(tx.parts.settings.public_url).rstrip('/')}/tra-cuu?ma={case.code}",
        agency_name=case.agency_name,
        due_at=case.due_at,
    )
    return say(facts.wording, facts.step, known, tx.parts.province, tx.parts.settings.answer_limit)


def _sealed(tx: Tx[NotifierParts], said: Said) -> tuple[bytes, int]:
    limit = tx.parts.settings.zalo_text_limit
    parts = compose(said.text, [option.title for option in said.options], limit)
    return seal_words(tx.parts.sealer, Words(parts, said.options)), len(parts)
