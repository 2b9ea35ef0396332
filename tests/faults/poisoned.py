"""A process in which one event cannot be handled: `python -m tests.faults.poisoned embedded`, or one service's name.

`POISON_IN` names the service, `POISON` the event: its handler fails for the first feedback it sees, however often it is
tried, and works for all others.
"""

import os
import sys
from dataclasses import replace
from typing import Any
from uuid import UUID

from libs.runtime.bus import Subscriptions
from services.embedded import SERVICES
from tests.faults.serving import serve


class Poisonous(Exception):
    """What the poison does to its handler."""


def poison(subscriptions: Subscriptions, name: str) -> None:
    """Make the handler of an event fail for the first feedback."""
    subscription = subscriptions.get(name)
    assert subscription is not None, f"{subscriptions.service} does not hear {name}"
    handler, poisoned = subscription.handler, set[UUID]()

    async def fail_or_handle(event: Any, tx: Any) -> None:
        if not poisoned:
            poisoned.add(event.feedback_id)
        await handler(event, tx)
        if event.feedback_id in poisoned:
            raise Poisonous

    subscriptions._by_name[name] = replace(subscription, handler=fail_or_handle)


def main(which: str) -> int:
    """Plant the poison and start."""
    service = next(one for one in SERVICES if one.name == os.environ["POISON_IN"])
    poison(service.subscriptions, os.environ["POISON"])
    return serve(which)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
