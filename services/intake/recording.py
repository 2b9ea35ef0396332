"""Recording moves: conversations, transcripts, replies and what follows from them, together or not at all.

Many citizens share a transaction, and each kind of row is written with one statement for all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from libs.contracts.events import (
    Attachment,
    FeedbackReceived,
    FeedbackSupplemented,
    GeoPoint,
    ReplyRequested,
    SenderIdentified,
)
from libs.contracts.sealed import Button, ChannelAddress, Contacts, ReplyBody, Sealed
from libs.contracts.vocabulary import FeedbackId, SenderId, SupplementReason, Visibility
from libs.runtime.ids import uuid7
from libs.runtime.tx import Tx
from libs.seal import Sealer

from .case_lookup import with_look_ups
from .domain.conversation import Conversation, Draft, File, Reply, Step, Supplement, dump_conversation
from .domain.hearing import Heard
from .parts import IntakeParts
from .settings import IntakeSettings
from .store.conversation import Claimed, ConversationStore, Moved, ToRead
from .store.filing import FilingStore


@dataclass(frozen=True, slots=True)
class Move:
    """A step that was thought out, and what it was thought from."""

    claimed: Claimed
    before: Conversation
    step: Step
    events: Sequence[tuple[ToRead, Heard]]
    address: str
    """The citizen's id on the channel, as the events give it; empty when there were none."""

    @property
    def sender_id(self) -> SenderId:
        """Whose move it is."""
        return SenderId(self.claimed.sender_id)


@dataclass(slots=True)
class _Rows:
    """What is to be written, by kind."""

    addresses: dict[UUID, str] = field(default_factory=dict)
    events: list[UUID] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    feedbacks: list[dict[str, Any]] = field(default_factory=list)
    consents: list[dict[str, Any]] = field(default_factory=list)


async def record(tx: Tx[IntakeParts], moves: Sequence[Move], settings: IntakeSettings) -> int:
    """Carry steps out: everything they change, say and bring about. Tells how many.

    A conversation somebody else has moved meanwhile is passed over: its events are read again by its next worker.
    """
    store, filings = ConversationStore(tx.session), FilingStore(tx.session)
    told = [replace(move, step=await with_look_ups(tx, move.sender_id, move.step, settings)) for move in moves]
    saved = await store.save([_moved(tx, move) for move in told], tx.now)
    told = [move for move in told if move.sender_id in saved]
    rows = _Rows()
    for move in told:
        _note(tx, move, rows)
    await filings.add_files(rows.files)
    attached = await filings.attach(dict(_files_of(told)))
    seqs = await store.next_seqs({move.sender_id: len(move.step.replies) for move in told if move.step.replies})
    for move in told:
        for effect in move.step.effects:
            match effect:
                case File():
                    _file(tx, move, effect, attached, rows)
                case Supplement():
                    _supplement(tx, move, effect, attached)
        _say(tx, move.sender_id, move.step.replies, seqs.get(move.sender_id, 0), rows)
    await store.identify(rows.addresses)
    await store.heard(rows.events, tx.now)
    await filings.add_feedbacks(rows.feedbacks)
    await filings.add_consents(rows.consents)
    await store.write_down(rows.lines)
    if rows.files:
        tx.wake("fetch_files")
    return len(told)


def _moved(tx: Tx[IntakeParts], move: Move) -> Moved:
    conversation = move.step.conversation
    state = tx.parts.sealer.seal_bytes(dump_conversation(conversation))
    return Moved(move.claimed, state, move.step.wake_at, conversation.silent_until)


def _note(tx: Tx[IntakeParts], move: Move, rows: _Rows) -> None:
    """What the events themselves bring: who it is, what was said, which files wait; and a refusal of consent."""
    sealer, sender_id = tx.parts.sealer, move.sender_id
    if move.claimed.address is None and move.address:
        address = sealer.seal(ChannelAddress(channel=move.claimed.channel, address=move.address))
        rows.addresses[sender_id] = address
        tx.emit(SenderIdentified(key=sender_id, sender_id=sender_id, address=address))
    for event, heard in move.events:
        rows.events.append(event.event_id)
        rows.lines += lines_of(sealer, sender_id, event, heard)
        rows.files += [
            {
                "file_id": waiting.file_id,
                "sender_id": sender_id,
                "url": sealer.seal_bytes(waiting.sent.url.encode()),
                "name": waiting.sent.name,
                "kind": waiting.sent.kind,
                "next_at": tx.now,
                "created_at": tx.now,
            }
            for waiting in heard.files
        ]
    draft, former = move.step.conversation.draft, move.before.draft
    if draft is not None and draft.is_refused and not (former is not None and former.is_refused):
        rows.consents.append(_consent(tx, sender_id, draft, None, given=False))


# ------------------------------------------------------------------------------------------------- the feedback


def _files_of(moves: Sequence[Move]) -> list[tuple[UUID, UUID]]:
    """Which file goes with which feedback."""
    found: list[tuple[UUID, UUID]] = []
    for move in moves:
        for effect in move.step.effects:
            match effect:
                case File(draft):
                    found += [(file.file_id, draft.draft_id) for file in draft.files]
                case Supplement(feedback_id, _, files):
                    found += [(file.file_id, feedback_id) for file in files]
    return found


def _file(tx: Tx[IntakeParts], move: Move, filing: File, attached: dict[UUID, dict[str, Any]], rows: _Rows) -> None:
    draft, sealer, channel = filing.draft, tx.parts.sealer, move.claimed.channel
    feedback_id = FeedbackId(draft.draft_id)
    code = next(case.code for case in move.step.conversation.filed if case.feedback_id == feedback_id)
    contacts = _contacts(sealer, draft)
    rows.feedbacks.append(
        {
            "feedback_id": feedback_id,
            "code": code,
            "sender_id": move.sender_id,
            "channel": channel,
            "text": sealer.seal_bytes(draft.text.encode()),
            "contacts": contacts,
            "phone_key": tx.parts.keys.phone(draft.person.phone) if draft.person.phone else None,
            "received_at": tx.now,
            "incomplete": filing.incomplete,
        }
    )
    if draft.is_agreed:
        rows.consents.append(_consent(tx, move.sender_id, draft, feedback_id, given=True))
    if draft.visibility is Visibility.PUBLIC:
        rows.consents.append(_publication(tx, move.sender_id, feedback_id))
    point = draft.location
    tx.emit(
        FeedbackReceived(
            key=feedback_id,
            feedback_id=feedback_id,
            sender_id=move.sender_id,
            code=code,
            channel=channel,
            received_at=tx.now,
            text=draft.text,
            place_id=draft.place_id,
            visibility=draft.visibility,
            attachments=_attachments([file.file_id for file in draft.files], attached),
            location=GeoPoint(latitude=point.latitude, longitude=point.longitude) if point else None,
            incomplete=filing.incomplete,
        )
    )
    tx.emit(
        SenderIdentified(
            key=feedback_id, feedback_id=feedback_id, sender_id=move.sender_id, code=code, contacts=contacts
        )
    )


def _contacts(sealer: Sealer, draft: Draft) -> Sealed:
    person = draft.person
    return sealer.seal(
        Contacts(
            full_name=person.full_name,
            phone=person.phone,
            residence_place_id=person.residence_place_id,
            residence=person.residence,
        )
    )


def _supplement(tx: Tx[IntakeParts], move: Move, effect: Supplement, attached: dict[UUID, dict[str, Any]]) -> None:
    feedback_id = FeedbackId(effect.feedback_id)
    tx.emit(
        FeedbackSupplemented(
            key=feedback_id,
            feedback_id=feedback_id,
            sender_id=move.sender_id,
            reason=SupplementReason.CITIZEN,
            text=effect.text,
            attachments=_attachments([file.file_id for file in effect.files], attached),
        )
    )


def _attachments(file_ids: Sequence[UUID], attached: dict[UUID, dict[str, Any]]) -> tuple[Attachment, ...]:
    return tuple(Attachment(**attached[file_id]) for file_id in file_ids if file_id in attached)


def _consent(
    tx: Tx[IntakeParts], sender_id: UUID, draft: Draft, feedback_id: UUID | None, *, given: bool
) -> dict[str, Any]:
    consent = draft.consent
    assert consent is not None
    return {
        "id": uuid7(),
        "sender_id": sender_id,
        "feedback_id": feedback_id,
        "about": "contacts",
        "given": given,
        "asked_at": consent.asked_at,
        "answered_at": consent.given_at or tx.now,
        "words": tx.parts.sealer.seal_bytes(consent.words.encode()),
    }


def _publication(tx: Tx[IntakeParts], sender_id: UUID, feedback_id: UUID) -> dict[str, Any]:
    """Publication was chosen, and confirmed with the summary."""
    return {
        "id": uuid7(),
        "sender_id": sender_id,
        "feedback_id": feedback_id,
        "about": "publication",
        "given": True,
        "asked_at": tx.now,
        "answered_at": tx.now,
        "words": None,
    }


# ------------------------------------------------------------------------------------------------ what was said


async def say(tx: Tx[IntakeParts], sender_id: SenderId, *replies: Reply) -> None:
    """Say something to a citizen who has not just written."""
    store, rows = ConversationStore(tx.session), _Rows()
    seqs = await store.next_seqs({sender_id: len(replies)})
    _say(tx, sender_id, replies, seqs[sender_id], rows)
    await store.write_down(rows.lines)


def _say(tx: Tx[IntakeParts], sender_id: SenderId, replies: Sequence[Reply], last_seq: int, rows: _Rows) -> None:
    first = last_seq - len(replies) + 1
    for seq, reply in enumerate(replies, start=first):
        buttons = tuple(Button(title=button.title, payload=button.title) for button in reply.buttons)
        body = tx.parts.sealer.seal(ReplyBody(text=reply.text, buttons=buttons))
        tx.emit(ReplyRequested(key=sender_id, sender_id=sender_id, seq=seq, body=body))
        rows.lines.append(
            {
                "id": uuid7(),
                "sender_id": sender_id,
                "direction": "bot",
                "at": tx.now,
                "text": tx.parts.sealer.seal_bytes(reply.text.encode()),
                "message_ref": None,
                "event_id": None,
            }
        )


def lines_of(sealer: Sealer, sender_id: UUID, event: ToRead, heard: Heard) -> list[dict[str, Any]]:
    """What was said in an event, for the transcript: one line, or none."""
    said = heard.line
    if said is None:
        return []
    return [
        {
            "id": uuid7(),
            "sender_id": sender_id,
            "direction": said.speaker,
            "at": event.event_at or event.received_at,
            "text": sealer.seal_bytes(said.text.encode()),
            "message_ref": said.message_ref or None,
            "event_id": event.event_id,
        }
    ]
