"""A process that kills itself at an exact point: `python -m tests.faults.dying embedded`, or the name of one service.

`DIE_AT` names the point, `DIE_ABOUT` what must be at hand there (part of what the point tells of it), `DIE_ON` on which
such pass it dies. SIGKILL: no handler runs, no connection is closed, nothing is flushed.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

from libs.runtime.consumer import Consumer
from libs.runtime.relay import Relay
from services.intake import conversing, parts
from services.notifier import jobs
from services.notifier.clients import Renewed, ZaloOAuth
from services.notifier.domain.attempt import Sent
from tests.faults.serving import serve

MARK: Final = "dies here"
"""Written to the log at the very end, so that a test knows it was this death and no other."""


class Death:
    """Waits for its moment."""

    def __init__(self, about: str, on: int) -> None:
        self._about = about
        self._left = on

    def passes(self, about: str) -> None:
        """The point is passed with this at hand; the last such pass returns to nobody."""
        if self._about not in about:
            return
        self._left -= 1
        if self._left == 0:
            os.write(2, f"{MARK}: {about}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)


def _plant(where: object, name: str, deadly: Callable[..., Any]) -> None:
    assert hasattr(where, name), "what was wrapped has gone: find the point anew"
    setattr(where, name, deadly)


def _at_stored(death: Death) -> None:
    """A webhook's event is committed; its answer has not left."""
    store = parts._store

    async def store_and_die(run: Any, arrivals: Any) -> Any:
        stored = await store(run, arrivals)
        for arrival in arrivals:
            death.passes(arrival.event_name)
        return stored

    _plant(parts, "_store", store_and_die)


def _at_turn(death: Death) -> None:
    """A conversation's turn is written, code, feedback, replies and all; it is not committed."""
    record = vars(conversing)["record"]

    async def record_and_die(tx: Any, moves: Any, settings: Any) -> Any:
        recorded = await record(tx, moves, settings)
        death.passes(" ".join(["turn", *(event.name for event in tx.emitted)]))
        return recorded

    _plant(conversing, "record", record_and_die)


def _at_publishing(death: Death) -> None:
    """An event is committed to the outbox and claimed; nobody has it."""
    publish = Relay._publish

    async def die_or_publish(relay: Relay, row: Any) -> Any:
        death.passes(row.name)
        return await publish(relay, row)

    _plant(Relay, "_publish", die_or_publish)


def _at_published(death: Death) -> None:
    """Every hearer has committed an event; it still stands in the outbox."""
    publish, remove, names = Relay._publish, Relay._remove, {}

    async def remember_and_publish(relay: Relay, row: Any) -> Any:
        names[id(relay), row.id] = row.name
        return await publish(relay, row)

    async def die_or_remove(relay: Relay, session: Any, safe: Sequence[int]) -> None:
        for row_id in safe:
            death.passes(names[id(relay), row_id])
        await remove(relay, session, safe)

    _plant(Relay, "_publish", remember_and_publish)
    _plant(Relay, "_remove", die_or_remove)


def _at_heard(death: Death) -> None:
    """A hearer has committed what an event brings about; the bus has not been told."""
    hear = Consumer.hear

    async def hear_and_die(consumer: Consumer, deliveries: Any) -> None:
        await hear(consumer, deliveries)
        for delivery in deliveries:
            death.passes(f"{consumer.name} {delivery.name}")

    _plant(Consumer, "hear", hear_and_die)


def _at_renewed(death: Death) -> None:
    """Zalo has rotated the tokens; the new pair is in memory alone."""
    refresh = ZaloOAuth.refresh

    async def refresh_and_die(oauth: ZaloOAuth, refresh_token: str) -> Any:
        outcome = await refresh(oauth, refresh_token)
        if isinstance(outcome, Renewed):
            death.passes("renewed")
        return outcome

    _plant(ZaloOAuth, "refresh", refresh_and_die)


def _at_sent(death: Death) -> None:
    """A message is on the citizen's phone; nobody has written that down."""
    send = jobs._send

    async def send_and_die(run: Any, envelope: Any, token: Any) -> Any:
        outcome = await send(run, envelope, token)
        if isinstance(outcome, Sent):
            death.passes(envelope.message.notice)
        return outcome

    _plant(jobs, "_send", send_and_die)


POINTS: Final[dict[str, Callable[[Death], None]]] = {
    "stored": _at_stored,
    "turn": _at_turn,
    "publishing": _at_publishing,
    "published": _at_published,
    "heard": _at_heard,
    "renewed": _at_renewed,
    "sent": _at_sent,
}


def main(which: str) -> int:
    """Plant the death and start."""
    death = Death(os.environ.get("DIE_ABOUT", ""), int(os.environ.get("DIE_ON", "1")))
    POINTS[os.environ["DIE_AT"]](death)
    return serve(which)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
