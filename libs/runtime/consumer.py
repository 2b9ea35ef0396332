"""One service's end of the bus: inbox, handler, retries, and the shelf for what cannot be handled yet."""

import json
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Final
from uuid import NAMESPACE_OID, UUID, uuid5

import structlog

from libs.contracts.envelope import Event

from . import deferred, inbox, trace
from .bus import Reject, Subscription, Subscriptions
from .db import is_busy
from .log import get_logger
from .metrics import Metrics
from .tables import RuntimeTables
from .tx import Tx

log = get_logger()

TRIES: Final = 3
"""An event that fails is run again alone, twice, before it is put aside."""


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

    @property
    def name(self) -> str:
        """The service."""
        return self._subscriptions.service

    @property
    def hears(self) -> tuple[str, ...]:
        """The wire names it wants."""
        return self._subscriptions.names

    async def hear(self, name: str, body: bytes) -> None:
        """Handle one event, or put it aside durably; raises only when neither could be recorded."""
        started = time.perf_counter()
        outcome = await self._hear(name, body)
        self._metrics.events.labels(name, outcome).inc()
        self._metrics.event_seconds.labels(name).observe(time.perf_counter() - started)

    async def _hear(self, name: str, body: bytes) -> str:
        subscription = self._subscriptions.get(name)
        if subscription is None:
            return "not_ours"
        try:
            event = subscription.event.from_bytes(body)
        except ValueError:
            await self._put_aside(_id_of(body), name, body, "unreadable", dead=True)
            return "unreadable"
        with _about(event):
            for attempt in range(1, TRIES + 1):
                try:
                    return "handled" if await self._handle(subscription, event) else "duplicate"
                except Reject as refusal:
                    await self._put_aside(event.event_id, name, body, f"rejected: {refusal}", dead=True)
                    return "rejected"
                except Exception as error:
                    if is_busy(error) and attempt == TRIES:
                        raise
                    log.warning("event_failed", attempt=attempt, exc_info=True)
                    reason = type(error).__qualname__
            await self._put_aside(event.event_id, name, body, reason, dead=False)
            return "deferred"

    async def _handle(self, subscription: Subscription, event: Event) -> bool:
        async with self._begin() as tx:
            if not await inbox.first_time(tx.session, self._tables, event.event_id, tx.now):
                return False
            await subscription.handler(event, tx)
        return True

    async def _put_aside(self, event_id: UUID, name: str, body: bytes, reason: str, *, dead: bool) -> None:
        log.error("event_put_aside", event_name=name, event_id=event_id, reason=reason, dead=dead)
        async with self._begin() as tx:
            await deferred.keep(tx.session, self._tables, event_id, name, body, reason, tx.now, dead=dead)

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
                subscription, event = self._read(taken)
                with _about(event):
                    if await inbox.first_time(tx.session, self._tables, event.event_id, tx.now):
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

    def _read(self, kept: deferred.DeferredEvent) -> tuple[Subscription, Event]:
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
        self._trace = trace.follow(event.trace)
        self._bound = structlog.contextvars.bound_contextvars(
            event_name=event.name,
            event_id=str(event.event_id),
            feedback_id=str(event.feedback_id) if event.feedback_id else None,
        )

    def __enter__(self) -> None:
        self._trace.__enter__()
        self._bound.__enter__()

    def __exit__(self, *failure: Any) -> None:
        self._bound.__exit__(*failure)
        self._trace.__exit__(*failure)


def _id_of(body: bytes) -> UUID:
    """The event id of a body that cannot be read as its event: as told, or made from its bytes."""
    try:
        return UUID(json.loads(body)["event_id"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return uuid5(NAMESPACE_OID, body.hex())
