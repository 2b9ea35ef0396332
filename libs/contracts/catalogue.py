"""Who says each event and who hears it. Topology, docs/events.md and the tests are made from this table."""

from dataclasses import dataclass
from typing import Final

from .envelope import Event
from .events import (
    ChannelReceipt,
    ClassificationCorrected,
    Classified,
    FeedbackReceived,
    FeedbackSupplemented,
    MessageOutcome,
    Progressed,
    Refused,
    ReplyRequested,
    Resolved,
    Routed,
    SenderIdentified,
)

EXCHANGE: Final = "feedback.events"
"""The one topic exchange all events pass through."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event with its single speaker and its hearers (at least one)."""

    event: type[Event]
    speaker: str
    hearers: tuple[str, ...]


CATALOGUE: Final[tuple[Entry, ...]] = (
    Entry(FeedbackReceived, "intake", ("triage", "routing", "portal_bridge")),
    Entry(SenderIdentified, "intake", ("routing", "notifier", "portal_bridge")),
    Entry(FeedbackSupplemented, "intake", ("triage", "routing")),
    Entry(ReplyRequested, "intake", ("notifier",)),
    Entry(ChannelReceipt, "intake", ("notifier",)),
    Entry(Classified, "triage", ("routing",)),
    Entry(ClassificationCorrected, "routing", ("triage",)),
    Entry(Routed, "routing", ("intake", "notifier", "portal_bridge")),
    Entry(Progressed, "routing", ("intake", "notifier", "portal_bridge")),
    Entry(Refused, "routing", ("intake", "notifier", "portal_bridge")),
    Entry(Resolved, "routing", ("intake", "notifier", "portal_bridge")),
    Entry(MessageOutcome, "notifier", ("routing",)),
)


def said_by(service: str) -> tuple[type[Event], ...]:
    """The events a service is the speaker of."""
    return tuple(entry.event for entry in CATALOGUE if entry.speaker == service)


def heard_by(service: str) -> tuple[type[Event], ...]:
    """The events a service hears."""
    return tuple(entry.event for entry in CATALOGUE if service in entry.hearers)


def hearers_of(name: str) -> tuple[str, ...]:
    """The services that hear the event with this wire name.

    Raises:
        KeyError: no such event.
    """
    for entry in CATALOGUE:
        if entry.event.name == name:
            return entry.hearers
    raise KeyError(name)
