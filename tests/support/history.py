"""Gathers a city's history from outside: Zalo's record of its webhooks, every table, every phone."""

import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final

from pydantic import SecretStr

from libs.contracts.catalogue import heard_by, hearers_of
from libs.contracts.sealed import ChannelAddress, Sealed
from libs.local.demo import REPOSITORY, SERVICES
from libs.seal import Sealer
from services.notifier.content import open_words
from tests.support.citizen import Citizen
from tests.support.city import City
from tests.support.fact import (
    Attempt,
    Confirmation,
    Copied,
    Filed,
    Heard,
    History,
    Opened,
    Owed,
    Published,
    Read,
    Received,
    Spoken,
    Stored,
)
from tests.support.listener import Listener

_LOOK_EVERY_S: Final = 0.1
_BODY_SHOWN: Final = 4_000
"""Characters of a webhook the simulated Zalo shows."""


def identity(event: bytes) -> str:
    """What makes two attempts the same event: what happened to which message; else the bytes themselves."""
    told = json.loads(event)
    name, message = told.get("event_name", "?"), told.get("message", {})
    if name.startswith(("user_send_", "oa_send_")) or name in ("user_received_message", "user_seen_message"):
        return f"{name} {message.get('msg_id') or ' '.join(message.get('msg_ids', ()))}"
    return f"{name} {sha256(event).hexdigest()[:16]}"


class Historian:
    """Follows one city: what the tests' citizens did, what a test posted in Zalo's place, what a broker carried."""

    def __init__(self, city: City, listener: Listener | None = None) -> None:
        self._city = city
        self._listener = listener
        self._sealer = Sealer([SecretStr(city.secrets["CONTACT_KEYS"])])
        self.citizens: list[Citizen] = []
        self.strangers: set[str] = set()
        """People without a phone to look at, in whose place a test posts."""
        self.posted: list[Attempt] = []
        """Attempts that did not go through the simulated Zalo."""

    def meets(self, citizen: Citizen) -> Citizen:
        """A citizen whose phone belongs to the history."""
        self.citizens.append(citizen)
        return citizen

    def meets_stranger(self) -> str:
        """Somebody new, known to Zalo, who has said nothing yet; the user id."""
        user_id = str(5_300_000_000_000_000_000 + secrets.randbelow(10**17))
        self._city.phone.post("/age", json={"user_id": user_id, "hours": 0}).raise_for_status()
        self.strangers.add(user_id)
        return user_id

    def ledger_holds(self, within_s: float = 60.0) -> History:
        """Wait until nothing moves any more, write the history down, and have it judged by the checking program."""
        self.wait_until_quiet(within_s)
        history, path = self.history(), self._city.folder / "history.jsonl"
        history.save(path)
        judge = [sys.executable, "-m", "tests.support.ledger", str(path)]
        judged = subprocess.run(judge, cwd=REPOSITORY, capture_output=True, encoding="utf-8", check=False)
        assert judged.returncode == 0, f"the ledger does not hold:\n{judged.stdout}{judged.stderr}"
        return history

    def texts_by_stranger(self) -> dict[str, list[str]]:
        """What each stranger has received."""
        received = self._received()
        return {user: [one.text for one in received if one.citizen == user] for user in self.strangers}

    # ------------------------------------------------------------------------------------------------------- quiet

    def wait_until_quiet(self, within_s: float = 60.0) -> None:
        """Until every event is delivered, read, published, heard, and every message sent that is due soon."""
        ends = time.monotonic() + within_s
        looked_at = time.monotonic()
        while moving := self.moving():
            assert time.monotonic() < ends, f"still moving after {within_s:g} s: {moving}"
            # The longer a look takes, the rarer: else it would itself keep the city busy.
            time.sleep(max(_LOOK_EVERY_S, 3 * (time.monotonic() - looked_at)))
            looked_at = time.monotonic()

    def moving(self) -> dict[str, int]:
        """What is not at rest yet, by kind."""
        waiting = sum(delivery["state"] == "pending" for delivery in self._city.deliveries())
        counted = self._city.administrator.rows(_MOVING)
        return {one["what"]: one["n"] for one in counted if one["n"]} | ({"webhooks": waiting} if waiting else {})

    # --------------------------------------------------------------------------------------------------- the facts

    def history(self) -> History:
        """Everything that was tried, and everything that came of it."""
        senders = self._senders()
        return History(
            attempts=[*self.posted, *self._attempts()],
            stored=self._stored(),
            read=[Read(str(row["event_id"])) for row in self._rows(_READ)],
            confirmations=[
                Confirmation(one.user_id, identity(one.event), one.text)
                for citizen in self.citizens
                for one in citizen.confirmed
            ],
            filed=[
                Filed(str(row["feedback_id"]), senders[row["sender_id"]], row["code"], self._opened(row["text"]))
                for row in self._rows("SELECT feedback_id, sender_id, code, text FROM intake.feedbacks")
            ],
            opened=[
                Opened(str(row["feedback_id"]), row["code"])
                for row in self._rows("SELECT feedback_id, code FROM routing.cases")
            ],
            spoken=[_spoken(row) for row in self._rows(_SAID)],
            published=[Published(one) for one in self._listener.event_ids()] if self._listener else [],
            heard=[
                Heard(str(row["event_id"]), service)
                for service in SERVICES
                for row in self._rows(f"SELECT event_id FROM {service}.inbox")
            ],
            copied=[
                Copied(str(row["feedback_id"]), row["case_seq"])
                for row in self._rows("SELECT feedback_id, case_seq FROM intake.tracking")
            ],
            owed=[self._owed(row, senders) for row in self._rows(_OWED)],
            received=self._received(),
        )

    def _received(self) -> list[Received]:
        known = {citizen.user_id for citizen in self.citizens} | self.strangers
        shown = self._city.phone.get("/outbox").raise_for_status().json()
        return [
            Received(one["user_id"], one["text"] or "")
            for one in shown
            if one["user_id"] in known and one["kind"] != "staff"
        ]

    def _rows(self, sql: str) -> list[dict[str, Any]]:
        return self._city.administrator.rows(sql)

    def _opened(self, sealed: bytes) -> str:
        return self._sealer.open_bytes(sealed).decode()

    def _senders(self) -> dict[Any, str]:
        rows = self._rows("SELECT sender_id, address FROM intake.citizens WHERE address IS NOT NULL")
        return {row["sender_id"]: self._sealer.open(Sealed(row["address"]), ChannelAddress).address for row in rows}

    def _deliveries(self) -> Iterable[dict[str, Any]]:
        for citizen in self.citizens:
            yield from self._city.deliveries(citizen.user_id)

    def _attempts(self) -> list[Attempt]:
        found: list[Attempt] = []
        for delivery in self._deliveries():
            body = delivery["body"].encode()
            assert len(body) == delivery["body_bytes"] <= _BODY_SHOWN, "a body too long to be told from others"
            event = identity(body)
            found += [
                Attempt(event, one["status"], one["took_ms"] / 1000, retry)
                for retry, one in enumerate(delivery["attempts"])
            ]
        return found

    def _stored(self) -> list[Stored]:
        rows = self._rows("SELECT id, event_name, body FROM intake.channel_events")
        return [
            Stored(
                str(row["id"]),
                identity(self._sealer.open_bytes(row["body"])),
                row["event_name"].startswith("user_send_"),
            )
            for row in rows
        ]

    def _owed(self, row: dict[str, Any], senders: dict[Any, str]) -> Owed:
        return Owed(
            message=str(row["message_id"]),
            caused_by=str(row["caused_by"]),
            citizen=senders.get(row["sender_id"], ""),
            notice=row["notice"],
            parts=tuple(open_words(self._sealer, row["body"]).parts) if row["body"] else (),
            state=row["state"],
            doubled=row["doubled"],
            feedback=str(row["feedback_id"]) if row["feedback_id"] else None,
            case_seq=row["case_seq"],
            reply_seq=row["seq"],
        )


def _spoken(row: dict[str, Any]) -> Spoken:
    told = json.loads(row["body"])
    return Spoken(
        event_id=str(row["event_id"]),
        name=row["name"],
        hearers=hearers_of(row["name"]),
        feedback=told.get("feedback_id"),
        case_seq=told.get("case_seq"),
        key=f"{row['service']} {row['key']}" if {"case_seq", "seq"} & told.keys() else "",
    )


_SAID: Final = "SELECT service, event_id, name, key, body FROM witness.said ORDER BY id"
_READ: Final = "SELECT event_id FROM intake.transcript WHERE event_id IS NOT NULL"
_OWED: Final = """
    SELECT message_id, caused_by, sender_id, notice, body, state, doubled, feedback_id, case_seq, seq
    FROM notifier.messages
"""


def _quoted(service: str) -> str:
    return ", ".join(f"'{event.name}'" for event in heard_by(service))


_MOVING: Final = " UNION ALL ".join(
    [
        *(
            f"SELECT '{name} outbox' AS what, count(*) AS n FROM {name}.outbox WHERE parked_at IS NULL"
            for name in SERVICES
        ),
        *(f"SELECT '{name} deferred', count(*) FROM {name}.deferred_events WHERE dead_at IS NULL" for name in SERVICES),
        *(
            f"SELECT 'unheard by {name}', count(*) FROM witness.said said WHERE said.name IN ({_quoted(name)})"
            f" AND NOT EXISTS (SELECT 1 FROM {name}.inbox WHERE inbox.event_id = said.event_id)"
            f" AND NOT EXISTS (SELECT 1 FROM {name}.deferred_events shelf WHERE shelf.event_id = said.event_id)"
            for name in SERVICES
        ),
        "SELECT 'unread events', count(*) FROM intake.channel_events WHERE state = 'new'",
        # What the conversation will say of its own accord in a moment: an album that is complete.
        "SELECT 'conversations', count(*) FROM intake.conversations WHERE due_at < now() + interval '5 s'",
        "SELECT 'messages', count(*) FROM notifier.messages WHERE not_before < now() + interval '5 s'",
    ]
)
