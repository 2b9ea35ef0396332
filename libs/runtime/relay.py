"""The relay: it alone publishes a service's outbox, from one process at a time."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final, NamedTuple
from uuid import uuid4

from sqlalchemy import ARRAY, BigInteger, TextClause, any_, bindparam, delete, func, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from .bell import Bell
from .bus import Bus, BusAway
from .clock import Clock
from .db import Database, is_busy, is_locked, sqlstate
from .log import get_logger
from .metrics import Metrics
from .tables import RuntimeTables

log = get_logger()

CLAIM_AT_MOST: Final = 500
PARK_AFTER_ATTEMPTS: Final = 5
_GATHERS_S: Final = 0.015
"""The least time between two turns that found all there was: a turn for many costs hardly more than one for few."""
_FLOWING: Final = 10
_GATHERS_FLOWING_S: Final = 0.1
"""The same after a turn with `_FLOWING` rows or more: nobody notices the wait, and twice as many share a commit."""
_IDS: Final = bindparam("ids", type_=ARRAY(BigInteger))
"""One array, however many: a list of its own length each time would be another statement each time."""
_RETRY_AFTER: Final = tuple(timedelta(seconds=s) for s in (1, 5, 15, 60, 300))


class _Row(NamedTuple):
    id: int
    name: str
    body: bytes
    attempts: int


class Relay:
    """Publishes one service's outbox. Many may run; the one that holds the lease leads, and only it publishes.

    Every claim carries the leader's fence: a new leader takes over at once what an earlier one had in hand, and an
    earlier leader that wakes up late can claim nothing. What both published, the hearers' inboxes stop.
    """

    def __init__(
        self,
        database: Database,
        tables: RuntimeTables,
        bus: Bus,
        clock: Clock,
        metrics: Metrics,
        *,
        poll_s: float,
        lease_s: float,
        bell: Bell | None = None,
    ) -> None:
        self._database = database
        self._tables = tables
        self._bus = bus
        self._clock = clock
        self._metrics = metrics
        self._poll_s = poll_s
        self._lease_s = lease_s
        self._holder = uuid4()
        self._fence = 0
        self._lease_ends = 0.0
        self._bell = bell
        self._claiming = _claiming(tables)
        self._removing = delete(tables.outbox).where(tables.outbox.c.id == any_(_IDS))
        self._wake = asyncio.Event()
        self._safe: list[int] = []
        self._bus_takes = True
        self._waits_for: str | None = None
        self._gathers_s = _GATHERS_S
        self._at_most = CLAIM_AT_MOST

    def wake(self) -> None:
        """There is something new in the outbox. Where another process leads, it is told."""
        if self._bell is not None and not self.leads:
            self._bell.ring()
        self._wake.set()

    @property
    def leads(self) -> bool:
        """Whether this is the relay that publishes."""
        return asyncio.get_running_loop().time() < self._lease_ends

    async def run(self) -> None:
        """Lead when nobody else does; publish what there is; until cancelled."""
        try:
            while True:
                self._wake.clear()
                began = asyncio.get_running_loop().time()
                try:
                    busy = await self._lead() and await self._turn()
                    self._waits_for = None
                except Exception as error:
                    self._tell(error)
                    if not is_locked(error):
                        self._begin_anew()
                    busy = False
                if not busy:
                    await self._rest()
                    await asyncio.sleep(began + self._gathers_s - asyncio.get_running_loop().time())
        finally:
            await asyncio.shield(self._step_down())

    def _tell(self, error: Exception) -> None:
        if not is_busy(error):
            log.exception("relay_failed")
            return
        # Once: a database that is away is asked every second.
        reason = sqlstate(error) or type(error).__qualname__
        if reason != self._waits_for:
            log.warning("relay_waits", reason=reason)
            self._waits_for = reason

    def _begin_anew(self) -> None:
        # What was claimed, released or removed in a transaction whose end nobody told us, we do not know: under another
        # name we get another fence, and with it all that is there.
        self._holder, self._lease_ends = uuid4(), 0.0
        self._metrics.relay_leads.set(0)

    async def _rest(self) -> None:
        if not self._bus_takes or not self.leads:
            # Asking more often than now and then would only load the database.
            await asyncio.sleep(self._poll_s)
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), self._poll_s)

    async def _turn(self) -> bool:
        at_most, safe = self._at_most, self._safe[:]
        async with self._database.session() as session:
            # What is safe since the last turn goes in the commit that claims the next: one for both.
            await self._remove(session, safe)
            rows = await self._claim(session, at_most)
        del self._safe[: len(safe)]
        self._gathers_s = _GATHERS_FLOWING_S if len(rows) >= _FLOWING else _GATHERS_S
        kept = await asyncio.gather(*(self._publish(row) for row in rows))
        refused = [row.id for row, was_taken in zip(rows, kept, strict=True) if not was_taken]
        if refused:
            await self._release(refused)
        # After a refusal one row goes ahead, then ever more: a broker that has just come back is slow at first.
        self._at_most = 1 if refused else min(max(at_most, len(rows) * 4), CLAIM_AT_MOST)
        self._bus_takes = not refused
        return len(rows) == at_most and self._bus_takes

    async def _lead(self) -> bool:
        """Take or renew the lease, by the database's clock; True while leading."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._lease_ends - self._lease_s / 2:
            return True
        asked_at = loop.time()
        async with self._database.session() as session:
            taken = await session.execute(
                text(f"""
                    INSERT INTO {self._tables.leases.fullname} AS l (name, holder, fence, until)
                    VALUES ('relay', :holder, 1, clock_timestamp() + make_interval(secs => :lease))
                    ON CONFLICT (name) DO UPDATE
                       SET fence = CASE WHEN l.holder = excluded.holder THEN l.fence ELSE l.fence + 1 END,
                           holder = excluded.holder, until = excluded.until
                     WHERE l.holder = excluded.holder OR l.until < clock_timestamp()
                    RETURNING fence
                """),  # noqa: S608 - the schema's own table name
                {"holder": self._holder, "lease": self._lease_s},
            )
            fence = taken.scalar()
        self._metrics.relay_leads.set(fence is not None)
        if fence is None:
            self._lease_ends = 0.0
            return False
        if fence != self._fence:
            self._fence, self._safe = int(fence), []
        self._lease_ends = asked_at + self._lease_s
        return True

    async def _claim(self, session: AsyncSession, at_most: int) -> list[_Row]:
        asked = {"fence": self._fence, "holder": self._holder, "now": self._clock.now(), "at_most": at_most}
        claimed = await session.execute(self._claiming, asked)
        return sorted(_Row(*row) for row in claimed)

    async def _publish(self, row: _Row) -> bool:
        """Hand one row to the bus; False when the bus takes nothing now, whatever it is."""
        fence = self._fence

        async def safe() -> None:
            if fence == self._fence:
                self._safe.append(row.id)
                self._wake.set()

        try:
            await self._bus.publish(row.name, row.body, safe)
        except BusAway as error:
            if self._bus_takes:
                log.warning("bus_away", reason=str(error))
                self._bus_takes = False
            return False
        except Exception as error:
            await self._failed(row, error)
        return True

    async def _release(self, row_ids: Sequence[int]) -> None:
        """Nobody's fault: the rows wait as if nothing had been tried."""
        box = self._tables.outbox
        async with self._database.session() as session:
            mine = update(box).where(box.c.id == any_(_IDS), box.c.claimed_fence == self._fence)
            await session.execute(mine.values(claimed_fence=None), {"ids": list(row_ids)})

    async def _failed(self, row: _Row, error: Exception) -> None:
        now = self._clock.now()
        parked = row.attempts + 1 >= PARK_AFTER_ATTEMPTS
        log.error("publish_failed", event_name=row.name, outbox_id=row.id, parked=parked, exc_info=error)
        async with self._database.session() as session:
            await session.execute(
                update(self._tables.outbox)
                .where(self._tables.outbox.c.id == row.id)
                .values(
                    claimed_fence=None,
                    attempts=row.attempts + 1,
                    next_at=now + _RETRY_AFTER[min(row.attempts, len(_RETRY_AFTER) - 1)],
                    parked_at=now if parked else None,
                    reason=type(error).__qualname__,
                )
            )

    async def _remove(self, session: AsyncSession, safe: Sequence[int]) -> None:
        if safe:
            await session.execute(self._removing, {"ids": list(safe)})

    async def _step_down(self) -> None:
        self._metrics.relay_leads.set(0)
        try:
            async with self._database.session() as session:
                await self._remove(session, self._safe)
                await session.execute(
                    update(self._tables.leases)
                    .where(self._tables.leases.c.name == "relay", self._tables.leases.c.holder == self._holder)
                    .values(until=func.clock_timestamp())
                )
        except Exception as error:
            if not is_busy(error):
                raise


def _claiming(tables: RuntimeTables) -> TextClause:
    """The leader takes what is due, oldest first; rows behind one of their own key that failed wait for it.

    The server may keep a plan from when the outbox was empty, as it mostly is. Whatever that plan, a heap is looked
    through once: `ANY(ARRAY(…))` chooses once, not anew for each row, where it took all 8,000 instead of 500; `NOT IN`
    looks the failed keys up in a hash. By `NOT EXISTS` alone, failed rows were looked for row by row: 15 s, for none.
    """
    # No parameter in it: else no plan for any value would know that the partial index answers it.
    failed = "attempts > 0 AND parked_at IS NULL"
    box = tables.outbox.fullname
    # Not SKIP LOCKED: rows a frozen leader was about to claim would be overtaken by later ones of their key. They are
    # waited for until the server ends that leader's transaction, which is idle.
    return text(f"""
        UPDATE {box} SET claimed_fence = :fence WHERE id = ANY (ARRAY(
            SELECT id FROM {box} AS waiting
             WHERE parked_at IS NULL
               AND (claimed_fence IS NULL OR claimed_fence < :fence)
               AND (next_at IS NULL OR next_at <= :now)
               AND (key NOT IN (SELECT key FROM {box} WHERE {failed})
                    OR NOT EXISTS (SELECT FROM {box} WHERE key = waiting.key AND id < waiting.id AND {failed}))
               AND EXISTS (SELECT FROM {tables.leases.fullname}
                            WHERE name = 'relay' AND holder = :holder AND fence = :fence AND until > clock_timestamp())
             ORDER BY id LIMIT :at_most FOR UPDATE))
        RETURNING id, name, body, attempts
    """)  # noqa: S608 - the schema's own table names
