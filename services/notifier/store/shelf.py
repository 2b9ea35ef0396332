"""What is known of messages within a transaction that hears many events, and what of them is not written yet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import DateTime, bindparam, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import Notice
from libs.runtime.db import Written, append, write_appended

from ..domain.message import MessageState
from ..domain.notice import KnownNotice
from ..domain.queue import Queued
from ..tables import messages


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it is kept."""

    message_id: UUID
    caused_by: UUID
    notice: Notice
    state: MessageState
    created_at: datetime
    sender_id: UUID | None = None
    feedback_id: UUID | None = None
    seq: int | None = None
    case_seq: int | None = None
    facts: bytes | None = None
    body: bytes | None = None
    parts: int = 1
    part: int = 0
    reason: str | None = None
    not_before: datetime | None = None
    tries: int = 0
    lost: int = 0
    doubled: bool = False
    attempted_at: datetime | None = None

    @property
    def queued(self) -> Queued:
        """As the rule of order sees it."""
        return Queued(
            self.message_id,
            self.state,
            self.created_at,
            self.not_before or self.created_at,
            self.seq,
            self.feedback_id,
            self.case_seq,
            self.part,
            self.tries,
        )


class UnsaidMessage(NamedTuple):
    """A reply that is ready, or anything that is held until its citizen writes."""

    message_id: UUID
    seq: int | None
    state: MessageState
    reason: str | None


FIELDS: Final = tuple(Message.__dataclass_fields__)
_CHANGING: Final = frozenset({"sender_id", "state", "reason", "facts", "body", "parts", "not_before"})
"""What handlers change about a message that has not left."""

# Built once: these run for every event or message, and building a statement costs more than sending it.
ADD: Final = insert(messages).inline()
CHANGE: Final = update(messages).where(messages.c.message_id == bindparam("which"))
_FREE: Final = (
    update(messages)
    .where(messages.c.message_id == bindparam("which"), messages.c.state == MessageState.READY, messages.c.tries == 0)
    .values(not_before=func.least(messages.c.not_before, bindparam("now", type_=DateTime(timezone=True))))
)


class Pending:
    """Rows of one table that are written before the commit: one for each id, changed in place until then."""

    def __init__(self, session: AsyncSession, *statements: Written) -> None:
        self._session = session
        self._statements = statements
        self._rows: dict[UUID, dict[str, Any]] = session.info.setdefault(("pending", statements[0].table), {})

    def add(self, statement: Written, which: UUID, row: dict[str, Any]) -> None:
        """Have a row written before the commit."""
        self._rows[which] = row
        append(self._session, statement, row)

    def change(self, which: UUID, values: Mapping[str, Any]) -> bool:
        """Change a row that is not written yet; whether there is one."""
        row = self._rows.get(which)
        if row is None:
            return False
        row.update(values)
        return True

    async def written(self) -> None:
        """Have in the table what was added and changed so far: before anything is asked of it."""
        if self._rows:
            await write_appended(self._session, *self._statements)
            self._rows.clear()


class Shelf:
    """The messages that the events of a transaction are about.

    Filled by `MessageStore.read_ahead` and kept as handlers change it; what is not on it is asked of the table. When
    nothing was read ahead it is not in use, and nothing is put on it.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._pending = Pending(session, ADD, CHANGE, _FREE)
        self.in_use = False
        self.notices: dict[UUID, dict[UUID, KnownNotice]] = {}
        """All notices of a case."""
        self.unsaid: dict[UUID, dict[UUID, UnsaidMessage]] = {}
        """All that is unsaid of a citizen's."""
        self.mine: dict[UUID, Message] = {}
        """Messages this transaction has locked or added: they are here as they are, and nobody else changes them."""

    async def written(self) -> None:
        """Have everything in the table, before it is read or changed there."""
        await self._pending.written()

    async def clear(self) -> None:
        """Begin anew, with nothing known."""
        await self.written()
        self.notices, self.unsaid, self.mine = {}, {}, {}
        self.in_use = True

    def add(self, message: Message) -> None:
        """Take in a new message; it is written before the commit."""
        self._pending.add(ADD, message.message_id, {name: getattr(message, name) for name in FIELDS})
        self.keep(message)

    def change(self, message_id: UUID, values: Mapping[str, Any]) -> Message | None:
        """Change a message of ours; it is written before the commit. None when it is not ours to change here."""
        before = self.mine.get(message_id)
        if before is None or not values.keys() <= _CHANGING:
            return None
        message = replace(before, **values)
        if not self._pending.change(message_id, values):
            # Always the same columns: rows of one shape are written in one go, and none before an earlier change.
            row = {"which": message_id, **{name: getattr(message, name) for name in _CHANGING}}
            self._pending.add(CHANGE, message_id, row)
        self.keep(message)
        return message

    def free(self, message_id: UUID, now: datetime) -> None:
        """Let a ready reply go that waited for another, before the commit; its citizen is locked."""
        message = self.mine.get(message_id)
        if message is None:
            self._pending.add(_FREE, message_id, {"which": message_id, "now": now})
        elif message.tries == 0 and message.not_before is not None:
            self.change(message_id, {"not_before": min(message.not_before, now)})

    def keep(self, message: Message) -> None:
        """Know a message of ours as it is now."""
        self.mine[message.message_id] = message
        notices = self.notices.get(message.feedback_id) if message.feedback_id else None
        if notices is not None:
            notices[message.message_id] = KnownNotice(
                message.message_id, message.notice, message.case_seq or 0, message.state, begun=message.part > 0
            )
        unsaid = self.unsaid.get(message.sender_id) if message.sender_id else None
        if unsaid is not None:
            if _is_unsaid(message):
                unsaid[message.message_id] = UnsaidMessage(
                    message.message_id, message.seq, message.state, message.reason
                )
            else:
                unsaid.pop(message.message_id, None)

    def forget(self, message_id: UUID) -> None:
        """A message is changed in the table: whatever it belongs to is read anew."""
        self.mine.pop(message_id, None)
        known: dict[UUID, Any]
        for known in (self.notices, self.unsaid):
            for whose in [whose for whose, those in known.items() if message_id in those]:
                del known[whose]

    def released(self, sender_id: UUID) -> None:
        """What was held of a citizen's is changed in the table."""
        self.unsaid.pop(sender_id, None)
        held = [one for one in self.mine.values() if one.sender_id == sender_id and one.state is MessageState.HELD]
        for message in held:
            self.forget(message.message_id)


def shelf_of(session: AsyncSession) -> Shelf:
    """The shelf of a transaction."""
    shelf: Shelf | None = session.info.get(Shelf)
    if shelf is None:
        shelf = session.info[Shelf] = Shelf(session)
    return shelf


def _is_unsaid(message: Message) -> bool:
    if message.state is MessageState.READY:
        return message.notice is Notice.REPLY
    return message.state is MessageState.HELD and message.not_before is None
