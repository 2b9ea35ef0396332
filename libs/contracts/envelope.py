"""The envelope every event travels in."""

from datetime import UTC, datetime
from typing import Any, ClassVar, NewType, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, model_validator

Sealed = NewType("Sealed", str)
"""Cipher text (a Fernet token). Its plain text is one of the models of `sealed.py`, as JSON."""

UNSAID_ID = UUID(int=0)
UNSAID_AT = datetime(1, 1, 1, tzinfo=UTC)


class Event(BaseModel):
    """A fact in the past tense, told by one service to others.

    An event is *said* by `Tx.emit`, which stamps its id, its time and its trace; until then those are placeholders.
    Hearers ignore fields they do not know, so a field may be added; anything else needs a new `.v2`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True, hide_input_in_errors=True)

    name: ClassVar[str]
    """Wire name: routing key, schema file and metric label. Never changes, whatever the class is called."""

    event_id: UUID = UNSAID_ID
    """Unique per event; a hearer acts on it once."""
    occurred_at: AwareDatetime = UNSAID_AT
    """When the transaction that said it began."""
    key: UUID
    """What orders and locks: the feedback, or the sender before there is one."""
    feedback_id: UUID | None = None
    """The feedback it is about, when there is one."""
    trace: str | None = None
    """W3C `traceparent` of the work that said it."""

    @model_validator(mode="before")
    @classmethod
    def _key_from_what_it_is_about(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("key") is None:
            key = values.get("feedback_id") or values.get("sender_id")
            if key is not None:
                return {**values, "key": key}
        return values

    def said(self, event_id: UUID, occurred_at: datetime, trace: str | None) -> Self:
        """This event as it leaves its speaker."""
        return self.model_copy(update={"event_id": event_id, "occurred_at": occurred_at, "trace": trace})

    def to_bytes(self) -> bytes:
        """The body on the wire.

        Raises:
            ValueError: the event was never said.
        """
        if self.event_id == UNSAID_ID or self.occurred_at == UNSAID_AT:
            raise ValueError(f"{self.name} was not said: emit it through a transaction")
        return self.model_dump_json().encode()

    @classmethod
    def from_bytes(cls, body: bytes) -> Self:
        """Read a body from the wire.

        Raises:
            pydantic.ValidationError: the body is not this event.
            ValueError: it never went through `said`.
        """
        event = cls.model_validate_json(body)
        if event.event_id == UNSAID_ID or event.occurred_at == UNSAID_AT:
            raise ValueError(f"{cls.name} without event_id or occurred_at")
        return event
