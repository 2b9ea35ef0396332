"""One connection to the broker after another, each with its work. Whatever dies ends a link; nothing is repaired."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, ChannelNotFoundEntity

from libs.runtime.log import get_logger

from .topology import CONNECT_S

log = get_logger()

CLOSE_S: Final = 1.0
_HEARTBEAT_S: Final = 5
_PAUSES_S: Final = (0.2, 0.5, 1.0, 2.0, 5.0)

TROUBLE: Final = (*CONNECTION_EXCEPTIONS, TimeoutError, asyncio.CancelledError)
"""What a call on a dying link may end with: the client library cancels, too, whoever waits for an answer."""


class LinkLost(Exception):
    """The link can do no more; the text says why."""


class Link:
    """Makes connection after connection, each with its work, until it is ended."""

    def __init__(self, url: str, name: str, work: Callable[["Link", AbstractConnection], Awaitable[None]]) -> None:
        self._url = url
        self._name = name
        self._work = work
        self._lost = asyncio.Event()
        self._down = asyncio.Event()
        self._down.set()
        self._over = asyncio.Event()
        self._failures = 0

    def begin(self) -> None:
        """Before `keep`."""
        self._over.clear()

    def end(self) -> None:
        """Finish what is in hand, close, and make no other."""
        self._over.set()
        self._lost.set()

    def lose(self) -> None:
        """End this connection; another follows."""
        self._lost.set()

    def is_of_use(self) -> None:
        """It works: the next pause is a short one again."""
        self._failures = 0
        self._down.clear()

    @property
    def up(self) -> bool:
        """Whether its work is under way."""
        return not self._down.is_set()

    async def lost(self) -> None:
        """Until the connection, or something on it, has died."""
        await self._lost.wait()

    async def keep(self) -> None:
        """From `begin` until `end`: by a flag, as the library swallows a cancellation that meets it while it closes."""
        while not self._over.is_set():
            self._lost.clear()
            try:
                async with self._connected() as connection:
                    await self._work(self, connection)
                log.info("bus_link_ended", link=self._name)
            except (LinkLost, *TROUBLE) as error:
                raise_if_asked(error)
                # The library's words may hold the address with its password: only the kind of the error is told.
                log.warning("bus_link_lost", link=self._name, reason=in_words(error), failures=self._failures)
            except Exception:
                log.exception("bus_link_failed", link=self._name)
            finally:
                self._down.set()
            pause = _PAUSES_S[min(self._failures, len(_PAUSES_S) - 1)]
            self._failures += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), pause)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AbstractConnection]:
        async with asyncio.timeout(CONNECT_S):
            connection = await aio_pika.connect(
                self._url,
                timeout=CONNECT_S,
                heartbeat=_HEARTBEAT_S,
                client_properties={"connection_name": self._name},
            )
        # `connection.closed()` does not complete when the broker drops us; its callbacks are called.
        connection.close_callbacks.add(self._died)
        try:
            yield connection
        finally:
            try:
                async with asyncio.timeout(CLOSE_S):
                    await connection.close()
            except TROUBLE as error:
                raise_if_asked(error)

    async def channel(self, connection: AbstractConnection, **options: bool) -> AbstractChannel:
        """Open a channel whose death ends the link, as does a consumer on it that the broker cancels."""
        async with asyncio.timeout(CONNECT_S):
            channel = connection.channel(**options)
            await channel.initialize()
            underlay = await channel.get_underlay_channel()
        channel.close_callbacks.add(self._died)
        underlay.on_consumer_cancel_callbacks.add(lambda _frame: self.lose())
        return channel

    async def _died(self, *_: Any) -> None:
        self.lose()


def raise_if_asked(error: BaseException) -> None:
    """Pass a cancellation on that was asked of this task; one that a dying connection handed out is trouble only."""
    task = asyncio.current_task()
    if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
        raise error


def in_words(error: BaseException) -> str:
    """The kind of trouble, without the library's own words."""
    if isinstance(error, LinkLost):
        return str(error)
    if isinstance(error, ChannelNotFoundEntity):
        return "exchange or queue is missing: run `prepare`"
    return type(error).__qualname__
