"""How events get from one service to others: the bus, and what a service wants to hear."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from libs.contracts.envelope import Event
from libs.runtime.tx import Tx

E = TypeVar("E", bound=Event)
Handler = Callable[[Any, Tx[Any]], Awaitable[None]]
Ahead = Callable[[Sequence[Event], Tx[Any]], Awaitable[None]]


class Reject(Exception):
    """An event that can never be handled: it is put aside as dead at once, with this reason."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One event a service hears, and what it does about it."""

    event: type[Event]
    handler: Handler


class Subscriptions:
    """What one service hears: filled in its handlers.py, served by either bus."""

    def __init__(self, service: str) -> None:
        self.service = service
        self._by_name: dict[str, Subscription] = {}
        self.load_ahead: Ahead | None = None

    def ahead(self, loader: Ahead) -> Ahead:
        """Let the decorated function read, in few statements, what the handlers of many events are about to need.

        It only saves trips to the database: events that come alone, or are tried again, are handled without it.
        """
        self.load_ahead = loader
        return loader

    def on(self, event: type[E]) -> Callable[[Callable[[E, Tx[Any]], Awaitable[None]]], Handler]:
        """Hear an event with the decorated function.

        Raises:
            ValueError: it is already heard.
        """

        def register(handler: Callable[[E, Tx[Any]], Awaitable[None]]) -> Handler:
            if event.name in self._by_name:
                raise ValueError(f"{self.service} already hears {event.name}")
            self._by_name[event.name] = Subscription(event, handler)
            return handler

        return register

    def get(self, name: str) -> Subscription | None:
        """The subscription to a wire name."""
        return self._by_name.get(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The wire names heard."""
        return tuple(self._by_name)


class Delivery(NamedTuple):
    """One event as it arrives."""

    name: str
    body: bytes


BATCH_AT_MOST: Final = 100
"""Deliveries handed to a hearer together when so many wait; none waits for others to come."""


class Hearer(Protocol):
    """One service's end of the bus."""

    @property
    def name(self) -> str:
        """The service."""
        ...

    @property
    def hears(self) -> tuple[str, ...]:
        """The wire names it wants."""
        ...

    async def hear(self, deliveries: Sequence[Delivery]) -> None:
        """Handle events, or put them aside durably; raises only when one of them could not be recorded at all."""
        ...

    async def bury(self, delivery: Delivery, reason: str) -> None:
        """Put an event aside as dead, without trying it."""
        ...

    async def able(self) -> bool:
        """Whether anything could be recorded now: asked before hearing goes on after a failure."""
        ...


class NobodyHears(Exception):
    """An event that would reach no one: it stays in the outbox and alarms."""


class BusAway(Exception):
    """Nothing can be handed over now, whatever it is: it stays in the outbox and is tried again."""


class Bus(Protocol):
    """Carries event bodies between services, at least once, in no promised order."""

    def subscribe(self, hearer: Hearer) -> None:
        """Deliver to a service from now on. Only before `start`."""
        ...

    async def start(self) -> None:
        """Begin to deliver."""
        ...

    async def publish(self, name: str, body: bytes, when_safe: Callable[[], Awaitable[None]]) -> None:
        """Hand one event over; `when_safe` is awaited once, when losing this process can no longer lose the event.

        Raises:
            NobodyHears: no service hears it.
            BusAway: no event can be handed over now.
        """
        ...

    async def stop(self) -> None:
        """Finish the deliveries under way and stop; what is still queued stays in the speakers' outboxes."""
        ...

    @property
    def ready(self) -> bool:
        """Whether events flow."""
        ...

    async def waiting(self) -> Mapping[str, int]:
        """How many deliveries wait, by queue; empty when that cannot be told now."""
        ...
