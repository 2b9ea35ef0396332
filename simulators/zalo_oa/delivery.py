"""One webhook on its way: its bytes, how far it came, and what each try brought."""

import sqlite3
from dataclasses import dataclass
from enum import StrEnum

from simulators.zalo_oa.event import Wire


class Target(StrEnum):
    """Which of our addresses a webhook goes to."""

    OA = "oa"
    MINI_APP = "mini_app"


class State(StrEnum):
    """How far a webhook came."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"  # the last try failed; the registration was cancelled
    DROPPED = "dropped"  # lost on purpose
    UNSENT = "unsent"  # no address, or the registration was cancelled when it happened
    DISCARDED = "discarded"  # a person took it off the list


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook on its way."""

    id: int
    lane: str
    target: Target
    event_name: str
    server: str
    body: bytes
    timestamp: str
    made_at: int
    due_at: int
    state: State
    attempts: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of posting a webhook once."""

    at: int
    status: int | None  # None: no answer at all
    took_ms: float
    answer: str  # the beginning of the answer's body, or the kind of failure


def delivery_of(row: sqlite3.Row) -> Delivery:
    """A webhook as the database keeps it."""
    return Delivery(
        id=row["id"],
        lane=row["lane"],
        target=Target(row["target"]),
        event_name=row["event_name"],
        server=row["server"],
        body=row["body"],
        timestamp=row["timestamp"],
        made_at=row["made_at"],
        due_at=row["due_at"],
        state=State(row["state"]),
        attempts=row["attempts"],
    )


def attempt_of(row: sqlite3.Row) -> Attempt:
    """A try as the database keeps it."""
    return Attempt(row["at"], row["status"], row["took_ms"], row["answer"])


def for_testers(delivery: Delivery, attempts: list[Attempt]) -> Wire:
    """A webhook and its tries as ``GET /deliveries`` and the page's drawer list them."""
    return {
        "id": delivery.id,
        "user_id": delivery.lane,
        "target": delivery.target,
        "event_name": delivery.event_name,
        "server": delivery.server,
        "state": delivery.state,
        "made_at": delivery.made_at,
        "due_at": delivery.due_at if delivery.state is State.PENDING else None,
        "body": delivery.body[:4000].decode("utf-8", "replace"),
        "body_bytes": len(delivery.body),
        "attempts": [
            {"at": each.at, "status": each.status, "took_ms": each.took_ms, "answer": each.answer} for each in attempts
        ],
    }
