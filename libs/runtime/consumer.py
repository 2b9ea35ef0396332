"""One service's end of the bus: inbox, handler, retries, and the shelf for what cannot be handled yet."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, NamedTuple
from uuid import NAMESPACE_OID, UUID, uuid5

import structlog

from libs.contracts.envelope import Event

from . import deferred, inbox, trace
from .bus import BATCH_AT_MOST, Delivery, Reject, Subscription, Subscriptions
from .db import is_busy
from .log import get_logger
from .metrics import Metrics
from .tables import RuntimeTables
from .tx import Tx

log = get_logger()

TRIES: Final = 3
"""An event that fails is run again alone, twice, before it is put aside."""
TOGETHER_S: Final = 0.2
"""How long events may go on joining one transaction."""


class _Heard(NamedTuple):
    """A delivery that could be read."""

    subscription: Subscription
    event: Event
    delivery: Delivery


class _Done(NamedTuple):
    """What became of a delivery, told when it is committed."""

    one: _Heard
    outcome: str
    seconds: float | None


class Consumer:
    """Handles each event once: the inbox row, the effect and the events it emits commit together."""

    def __init__(
        self,
        subscriptions: Subscriptions,
        begin: Callable[[], AbstractAsyncContextManager[Tx[Any]]],
        tables: RuntimeTables,
        metrics: Metrics,
    ) -> None:
        self._subscriptions = subscriptions
        self._begin = begin
        self._tables = tables
        self._metrics = metrics
        self._pace = BATCH_AT_MOST

    @property
    def name(self) -> str:
        """The service."""
        return self._subscriptions.service

    @property
    def hears(self) -> tuple[str, ...]:
        """The wire names it wants."""
        return self._subscriptions.names

    async def hear(self, deliveries: Sequence[Delivery]) -> None:
        """Handle events, or put them aside durably; raises only when one of them could not be recorded at all.

        Several share a transaction, each in a savepoint of its own. What fails among others is tried again alone.
        """
        heard = [one for delivery in deliveries if (one := await self._read(delivery)) is not None]
        tries = TRIES
        if len(heard) > 1:
            # Rows are locked in one order, so that two processes never wait for each other in a ring.
            heard = await self._together(sorted(heard, key=lambda one: one.event.key))
            tries = TRIES - 1
        for one in heard:
            await self._alone(one, tries)

    async def able(self) -> bool:
        """Whether the database takes a write now."""
        try:
            async with self._begin() as tx:
                await deferred.probe(tx.session, self._tables, tx.now)
        except Exception as error:
            if not is_busy(error):
                log.exception("probe_failed")
            return False
        return True

    async def bury(self, delivery: Delivery, reason: str) -> None:
        """Put an event aside as dead, without trying it."""
        await self._put_aside(_id_of(delivery.body), delivery, reason, dead=True)
        self._metrics.events.labels(delivery.name, "buried").inc()

    async def _read(self, delivery: Delivery) -> _Heard | None:
        subscription = self._subscriptions.get(delivery.name)
        if subscription is None:
            self._metrics.events.labels(delivery.name, "not_ours").inc()
            return None
        try:
            return _Heard(subscription, subscription.event.from_bytes(delivery.body), delivery)
        except ValueError:
            await self._put_aside(_id_of(delivery.body), delivery, "unreadable", dead=True)
            self._metrics.events.labels(delivery.name, "unreadable").inc()
            return None

    async def _together(self, heard: Sequence[_Heard]) -> list[_Heard]:
        """Handle several in each transaction; those that must be tried alone."""
        alone: list[_Heard] = []
        left = list(heard)
        in_pieces = False
        while left:
            some = left[: self._pace]
            failed: list[_Heard] = []
            done: list[_Done] = []
            started = time.monotonic()
            try:
                async with self._begin() as tx:
                    await self._handle(some, tx, done, failed if in_pieces else None)
            except Exception:
                if in_pieces:
                    # The commit itself failed: who of them was at fault shows when each is tried alone.
                    log.warning("events_failed_together", events=len(some), exc_info=True)
                    return alone + left
                # Savepoints cost more than most events do: only those who share a commit with a failure pay for them.
                in_pieces = True
                continue
            self._keep_pace(len(some), time.monotonic() - started)
            for one in done:
                self._count(*one, tx)
            alone += failed
            left = left[len(some) :]
            in_pieces = False
        return alone

    def _keep_pace(self, events: int, seconds: float) -> None:
        """As many next time as will probably be handled in `TOGETHER_S`."""
        fitting = int(events * TOGETHER_S / max(seconds, 0.001))
        self._pace = max(1, min(fitting, self._pace * 2, BATCH_AT_MOST))

    async def _handle(
        self, heard: Sequence[_Heard], tx: Tx[Any], done: list[_Done], failed: list[_Heard] | None
    ) -> None:
        """Handle these in the open transaction, each in a savepoint when those that fail are asked for."""
        new = await inbox.note(tx.session, self._tables, [one.event.event_id for one in heard], tx.now)
        if self._subscriptions.load_ahead is not None and failed is None and len(new) > 1:
            await self._subscriptions.load_ahead([one.event for one in heard if one.event.event_id in new], tx)
        for one in heard:
            started = time.perf_counter()
            if one.event.event_id not in new:
                done.append(_Done(one, "duplicate", None))
                continue
            new.discard(one.event.event_id)
            with _about(one.event):
                if failed is None:
                    await one.subscription.handler(one.event, tx)
                elif not await self._handle_piece(one, tx):
                    failed.append(one)
                    continue
            done.append(_Done(one, "handled", time.perf_counter() - started))
        if failed:
            await inbox.take_back(tx.session, self._tables, [one.event.event_id for one in failed])

    async def _handle_piece(self, one: _Heard, tx: Tx[Any]) -> bool:
        try:
            async with tx.piece() as piece:
                await one.subscription.handler(one.event, piece)
        except Exception:
            log.warning("event_failed", attempt=1, exc_info=True)
            return False
        return True

    async def _alone(self, one: _Heard, tries: int) -> None:
        started = time.perf_counter()
        reason = ""
        with _about(one.event):
            for attempt in range(1, tries + 1):
                try:
                    async with self._begin() as tx:
                        new = await inbox.note(tx.session, self._tables, [one.event.event_id], tx.now)
                        if new:
                            await one.subscription.handler(one.event, tx)
                except Reject as refusal:
                    await self._put_aside(one.event.event_id, one.delivery, f"rejected: {refusal}", dead=True)
                    self._count(one, "rejected")
                    return
                except Exception as error:
                    log.warning("event_failed", attempt=attempt, exc_info=True)
                    reason = type(error).__qualname__
                else:
                    self._count(one, "handled" if new else "duplicate", time.perf_counter() - started, tx)
                    return
            await self._put_aside(one.event.event_id, one.delivery, reason, dead=False)
            self._count(one, "deferred")

    def _count(self, one: _Heard, outcome: str, seconds: float | None = None, tx: Tx[Any] | None = None) -> None:
        self._metrics.events.labels(one.event.name, outcome).inc()
        if outcome == "handled" and seconds is not None and tx is not None:
            self._metrics.event_seconds.labels(one.event.name).observe(seconds)
            delay = (tx.now - one.event.occurred_at).total_seconds()
            self._metrics.event_delay.labels(one.event.name).observe(max(delay, 0.0))

    async def _put_aside(self, event_id: UUID, delivery: Delivery, reason: str, *, dead: bool) -> None:
        log.error("event_put_aside", event_name=delivery.name, event_id=event_id, reason=reason, dead=dead)
        async with self._begin() as tx:
            await deferred.keep(tx.session, self._tables, event_id, delivery, reason, tx.now, dead=dead)

    async def retry_deferred(self, limit: int = 50) -> bool:
        """Run again what is due; True when there may be more."""
        async with self._begin() as tx:
            waiting = await deferred.due(tx.session, self._tables, tx.now, limit)
        for event_id in waiting:
            await self._retry(event_id)
        return len(waiting) == limit

    async def _retry(self, event_id: UUID) -> None:
        taken: deferred.DeferredEvent | None = None
        try:
            async with self._begin() as tx:
                taken = await deferred.take(tx.session, self._tables, event_id)
                if taken is None:
                    return
                subscription, event = self._read_again(taken)
                with _about(event):
                    if await inbox.note(tx.session, self._tables, [event.event_id], tx.now):
                        await subscription.handler(event, tx)
        except Exception as error:
            if taken is None or is_busy(error):
                raise
            log.warning("deferred_event_failed", event_id=event_id, attempts=taken.attempts + 1, exc_info=True)
            never = isinstance(error, Reject)
            reason = f"rejected: {error}" if never else type(error).__qualname__
            async with self._begin() as tx:
                await deferred.failed_again(tx.session, self._tables, taken, reason, tx.now, dead=never)
        else:
            self._metrics.events.labels(taken.name, "handled_later").inc()

    def _read_again(self, kept: deferred.DeferredEvent) -> tuple[Subscription, Event]:
        subscription = self._subscriptions.get(kept.name)
        if subscription is None:
            raise Reject("no longer heard")
        try:
            return subscription, subscription.event.from_bytes(kept.body)
        except ValueError as error:
            raise Reject("unreadable") from error


class _about:  # noqa: N801 - reads as a phrase where it is used
    """Binds what the work is about to logs and trace."""

    def __init__(self, event: Event) -> None:
        self._event = event
        self._trace = trace.follow(event.trace)
        self._bound: Mapping[str, Any] = {}

    def __enter__(self) -> None:
        self._trace.__enter__()
        event = self._event
        self._bound = structlog.contextvars.bind_contextvars(
            event_name=event.name,
            event_id=str(event.event_id),
            feedback_id=str(event.feedback_id) if event.feedback_id else None,
        )

    def __exit__(self, *failure: Any) -> None:
        structlog.contextvars.reset_contextvars(**self._bound)
        self._trace.__exit__(*failure)


def _id_of(body: bytes) -> UUID:
    """The event id of a body that cannot be read as its event: as told, or made from its bytes."""
    try:
        return UUID(json.loads(body)["event_id"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return uuid5(NAMESPACE_OID, body.hex())
