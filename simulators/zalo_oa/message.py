"""The conversation as the platform keeps it: every message, who sent it, and how far it came."""

import json
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from simulators.zalo_oa.clock import iso_utc
from simulators.zalo_oa.database import Database
from simulators.zalo_oa.event import Wire

Side = Literal["citizen", "oa"]
Kind = Literal["chat", "staff", "template", "zns"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message in one citizen's chat."""

    message_id: str
    side: Side
    kind: Kind
    text: str
    sent_at: int  # ms since 1970
    user_id: str | None = None  # None: a template message to a number no citizen here has
    phone: str = ""
    buttons: tuple[Wire, ...] = ()
    attachments: tuple[Wire, ...] = ()
    template: Wire | None = None  # template_id, name, kind, tracking_id, values of a template message
    is_hidden: bool = False  # sent by a button of type oa.query.hide
    quote_message_id: str = ""
    delivery_id: int | None = None  # the webhook that told a citizen's message
    received_at: int | None = None
    seen_at: int | None = None

    def for_testers(self) -> Wire:
        """The message as ``GET /outbox`` lists it."""
        return {
            "message_id": self.message_id,
            "user_id": self.user_id,
            "phone": self.phone,
            "kind": self.kind,
            "text": self.text,
            "buttons": list(self.buttons),
            "attachments": list(self.attachments),
            "template": self.template,
            "quote_message_id": self.quote_message_id,
            "sent_at": iso_utc(self.sent_at),
            "seen_at": iso_utc(self.seen_at) if self.seen_at else None,
        }


def new_message_id() -> str:
    """An opaque id of twenty hexadecimal digits."""
    return secrets.token_hex(10)


class Messages:
    """Keeps the conversations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, message: Message) -> None:
        """Keep one message, in the order of calls."""
        with self._database.transaction():
            self._database.execute(
                "INSERT INTO messages (message_id, user_id, phone, side, kind, text, buttons, attachments, template,"
                " is_hidden, quote_message_id, delivery_id, sent_at, received_at, seen_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                message.message_id,
                message.user_id,
                message.phone,
                message.side,
                message.kind,
                message.text,
                json.dumps(message.buttons, ensure_ascii=False),
                json.dumps(message.attachments, ensure_ascii=False),
                json.dumps(message.template, ensure_ascii=False),
                int(message.is_hidden),
                message.quote_message_id,
                message.delivery_id,
                message.sent_at,
                message.received_at,
                message.seen_at,
            )

    def get(self, message_id: str) -> Message | None:
        """The message of an id."""
        row = self._database.execute("SELECT * FROM messages WHERE message_id = ?", message_id).fetchone()
        return _message(row) if row else None

    def of_citizen(self, user_id: str, limit: int) -> list[Message]:
        """The latest messages of one chat, oldest first."""
        rows = self._database.execute(
            "SELECT * FROM messages WHERE user_id = ? ORDER BY id DESC LIMIT ?", user_id, limit
        ).fetchall()
        return [_message(row) for row in reversed(rows)]

    def received_by(self, user_id: str | None, phone: str | None) -> list[Message]:
        """What citizens received, oldest first: one citizen's, one number's, or everybody's."""
        rows = self._database.execute(
            "SELECT * FROM messages WHERE side = 'oa' AND (?1 IS NULL OR user_id = ?1)"
            " AND (?2 IS NULL OR phone = ?2) ORDER BY id",
            user_id,
            phone,
        )
        return [_message(row) for row in rows]

    def latest(self, offset: int, count: int) -> list[Message]:
        """The latest message of each chat, the newest chat first."""
        rows = self._database.execute(
            "SELECT * FROM messages WHERE id IN"
            " (SELECT max(id) FROM messages WHERE user_id IS NOT NULL GROUP BY user_id)"
            " ORDER BY id DESC LIMIT ? OFFSET ?",
            count,
            offset,
        )
        return [_message(row) for row in rows]

    def page_of(self, user_id: str, offset: int, count: int) -> list[Message]:
        """A part of one chat, newest first."""
        rows = self._database.execute(
            "SELECT * FROM messages WHERE user_id = ? ORDER BY id DESC LIMIT ? OFFSET ?", user_id, count, offset
        )
        return [_message(row) for row in rows]

    def sees(self, user_id: str, message_ids: Sequence[str], at_ms: int) -> list[str]:
        """Mark messages of one chat as seen; returns those newly seen that the platform tells about.

        Template messages sent by phone are marked too, but have no "seen" receipt.
        """
        newly = []
        with self._database.transaction():
            for message_id in message_ids:
                row = self._database.execute(
                    "UPDATE messages SET seen_at = ? WHERE message_id = ? AND user_id = ? AND side = 'oa'"
                    " AND seen_at IS NULL RETURNING kind",
                    at_ms,
                    message_id,
                    user_id,
                ).fetchone()
                if row is not None and row["kind"] != "zns":
                    newly.append(message_id)
        return newly

    def template_sends_since(self, at_ms: int) -> int:
        """How many template messages went out by phone since an instant, for the daily quota."""
        row = self._database.execute(
            "SELECT count(*) FROM messages WHERE kind = 'zns' AND sent_at >= ?", at_ms
        ).fetchone()
        return int(row[0])


def _message(row: sqlite3.Row) -> Message:
    return Message(
        message_id=row["message_id"],
        side=row["side"],
        kind=row["kind"],
        text=row["text"],
        sent_at=row["sent_at"],
        user_id=row["user_id"],
        phone=row["phone"],
        buttons=tuple(json.loads(row["buttons"])),
        attachments=tuple(json.loads(row["attachments"])),
        template=json.loads(row["template"]),
        is_hidden=bool(row["is_hidden"]),
        quote_message_id=row["quote_message_id"],
        delivery_id=row["delivery_id"],
        received_at=row["received_at"],
        seen_at=row["seen_at"],
    )
