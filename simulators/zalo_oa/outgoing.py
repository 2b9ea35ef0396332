"""The webhooks that wait to be sent: bytes fixed once, an order per citizen, a ladder of redeliveries.

Source: delivery contract of the platform; see README.md, "Facts and where they come from".
"""

from typing import Final

from simulators.zalo_oa.clock import NowMs
from simulators.zalo_oa.database import Database
from simulators.zalo_oa.delivery import Attempt, Delivery, State, Target, attempt_of, delivery_of
from simulators.zalo_oa.distortion import distorted
from simulators.zalo_oa.event import OA_SERVER, Account, Event, Person, encode, unheard_of
from simulators.zalo_oa.fault import Fault, Faults
from simulators.zalo_oa.settings import SimulatorSettings

LADDER_S: Final = (30, 300, 900, 1800, 3600)  # gaps between tries; that they are gaps is an assumption
KEPT: Final = 3000  # finished deliveries remembered for the drawer


class Outgoing:
    """Keeps webhooks until they are delivered or given up."""

    def __init__(self, settings: SimulatorSettings, database: Database, faults: Faults, now_ms: NowMs) -> None:
        self._settings = settings
        self._database = database
        self._faults = faults
        self._now_ms = now_ms
        self.account = Account(settings.app_id, settings.oa_id)

    @property
    def is_registered(self) -> bool:
        """Whether the platform still posts to our address."""
        row = self._database.execute("SELECT value FROM registration WHERE name = 'cancelled_at'").fetchone()
        return row is None

    def register(self) -> None:
        """Renew a cancelled registration; what was still waiting goes on."""
        with self._database.transaction():
            self._database.execute("DELETE FROM registration WHERE name = 'cancelled_at'")

    def emit(self, event: Event, person: Person, server: str = OA_SERVER) -> int:
        """Put an event of one citizen in the queue, with whatever faults are switched on; returns its number."""
        faults = self._faults
        body, timestamp = distorted(event, faults)
        with self._database.transaction():
            if faults.take(Fault.WEBHOOK_DROP):
                return self._keep(person.user_id, event["event_name"], server, body, timestamp, state=State.DROPPED)
            wait_ms = round(faults.options.delay_s * 1000) if faults.take(Fault.WEBHOOK_DELAY) else 0
            number = self._in_order(person.user_id, event["event_name"], server, body, timestamp, wait_ms)
            if faults.take(Fault.WEBHOOK_DUPLICATE):
                self._keep(person.user_id, event["event_name"], server, body, timestamp, wait_ms=wait_ms)
            if faults.take(Fault.WEBHOOK_UNKNOWN_EVENT):
                strange = unheard_of(self.account, person, self._now_ms())
                self._keep(person.user_id, strange["event_name"], server, encode(strange), strange["timestamp"])
        return number

    def emit_as_is(self, body: bytes, timestamp: str, event_name: str, server: str, lane: str, target: Target) -> int:
        """Put exact bytes in the queue, no fault applied; returns their number."""
        with self._database.transaction():
            return self._keep(lane, event_name, server, body, timestamp, target=target)

    def due_lanes(self) -> list[str]:
        """The lanes in which something should be sent now."""
        rows = self._database.execute(
            "SELECT DISTINCT lane FROM deliveries WHERE state = 'pending' AND due_at <= ? AND (target <> 'oa' OR ?)",
            self._now_ms(),
            self.is_registered,
        )
        return [row["lane"] for row in rows]

    def next_due(self, lane: str) -> Delivery | None:
        """The next webhook of a lane that should be sent now."""
        row = self._database.execute(
            "SELECT * FROM deliveries WHERE state = 'pending' AND lane = ? AND due_at <= ?"
            " AND (target <> 'oa' OR ?) ORDER BY place, id LIMIT 1",
            lane,
            self._now_ms(),
            self.is_registered,
        ).fetchone()
        return delivery_of(row) if row else None

    def next_due_at(self) -> int | None:
        """When the next webhook that is not yet due will be."""
        row = self._database.execute(
            "SELECT min(due_at) FROM deliveries WHERE state = 'pending' AND due_at > ? AND (target <> 'oa' OR ?)",
            self._now_ms(),
            self.is_registered,
        ).fetchone()
        return None if row[0] is None else int(row[0])

    def record(self, delivery: Delivery, attempt: Attempt) -> None:
        """Write down what came of one try, and when the next one is; after the last, cancel the registration."""
        number = delivery.attempts + 1
        state, due_at = State.PENDING, delivery.due_at
        if attempt.status == 200:
            state = State.DELIVERED
        elif number <= len(LADDER_S):
            due_at = self._now_ms() + round(LADDER_S[number - 1] * self._settings.time_factor * 1000)
        else:
            state = State.FAILED
        with self._database.transaction():
            self._database.execute(
                "INSERT INTO attempts (delivery_id, number, at, status, took_ms, answer) VALUES (?, ?, ?, ?, ?, ?)",
                delivery.id,
                number,
                attempt.at,
                attempt.status,
                attempt.took_ms,
                attempt.answer,
            )
            # Only a row still pending: a person may have discarded it while the answer was on its way.
            self._database.execute(
                "UPDATE deliveries SET state = ?, due_at = ?, attempts = ? WHERE id = ? AND state = 'pending'",
                state,
                due_at,
                number,
                delivery.id,
            )
            if state is State.FAILED and delivery.target is Target.OA:
                self._database.execute(
                    "INSERT OR IGNORE INTO registration (name, value) VALUES ('cancelled_at', ?)", str(self._now_ms())
                )
            self._forget_old()

    def send_now(self, delivery_id: int) -> bool:
        """Let a waiting webhook go at once instead of at its time."""
        return self._change_pending(delivery_id, "due_at", self._now_ms())

    def discard(self, delivery_id: int) -> bool:
        """Take a waiting webhook off the list."""
        return self._change_pending(delivery_id, "state", State.DISCARDED)

    def latest(self, limit: int, lane: str | None = None) -> list[tuple[Delivery, list[Attempt]]]:
        """The latest webhooks with every try, newest first."""
        rows = self._database.execute(
            "SELECT * FROM deliveries WHERE (?1 IS NULL OR lane = ?1) ORDER BY place DESC, id DESC LIMIT ?2",
            lane,
            limit,
        ).fetchall()
        return [(delivery_of(row), self._attempts(row["id"])) for row in rows]

    def state_of(self, delivery_id: int) -> State | None:
        """How far one webhook came."""
        row = self._database.execute("SELECT state FROM deliveries WHERE id = ?", delivery_id).fetchone()
        return State(row["state"]) if row else None

    def _in_order(self, lane: str, event_name: str, server: str, body: bytes, timestamp: str, wait_ms: int) -> int:
        held = self._database.execute(
            "SELECT id FROM deliveries WHERE lane = ? AND state = 'pending' AND is_held = 1 LIMIT 1", lane
        ).fetchone()
        if held is None and self._faults.take(Fault.WEBHOOK_REORDER):
            hold_ms = round(self._faults.options.reorder_hold_s * 1000)
            return self._keep(lane, event_name, server, body, timestamp, wait_ms=wait_ms + hold_ms, is_held=True)
        number = self._keep(lane, event_name, server, body, timestamp, wait_ms=wait_ms)
        if held is not None:  # it goes right behind the one that has now overtaken it
            self._database.execute(
                "UPDATE deliveries SET is_held = 0, due_at = ?, place = ? WHERE id = ?",
                self._now_ms() + wait_ms,
                number + 0.5,
                held["id"],
            )
        return number

    def _keep(
        self,
        lane: str,
        event_name: str,
        server: str,
        body: bytes,
        timestamp: str,
        *,
        target: Target = Target.OA,
        state: State = State.PENDING,
        wait_ms: int = 0,
        is_held: bool = False,
    ) -> int:
        address = self._settings.webhook_url if target is Target.OA else self._settings.mini_app_webhook_url
        if not address or (target is Target.OA and not self.is_registered):
            state = State.UNSENT
        now = self._now_ms()
        number = self._database.execute(
            "INSERT INTO deliveries"
            " (lane, target, event_name, server, body, timestamp, made_at, due_at, state, is_held)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            lane,
            target,
            event_name,
            server,
            body,
            timestamp,
            now,
            now + wait_ms,
            state,
            int(is_held),
        ).lastrowid
        assert number is not None
        self._database.execute("UPDATE deliveries SET place = id WHERE id = ?", number)
        return number

    def _attempts(self, delivery_id: int) -> list[Attempt]:
        rows = self._database.execute("SELECT * FROM attempts WHERE delivery_id = ? ORDER BY number", delivery_id)
        return [attempt_of(row) for row in rows]

    def _change_pending(self, delivery_id: int, column: str, value: object) -> bool:
        with self._database.transaction():
            changed = self._database.execute(
                f"UPDATE deliveries SET {column} = ? WHERE id = ? AND state = 'pending'",  # noqa: S608 - our literals
                value,
                delivery_id,
            ).rowcount
        return changed > 0

    def _forget_old(self) -> None:
        oldest = "(SELECT max(id) FROM deliveries) - ?"
        finished = f"SELECT id FROM deliveries WHERE state <> 'pending' AND id <= {oldest} LIMIT 20"  # noqa: S608
        for row in self._database.execute(finished, KEPT).fetchall():
            self._database.execute("DELETE FROM attempts WHERE delivery_id = ?", row["id"])
            self._database.execute("DELETE FROM deliveries WHERE id = ?", row["id"])
