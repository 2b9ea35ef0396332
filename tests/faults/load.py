"""A steady stream of webhooks, in Zalo's own mixture, that goes on whatever happens to the city.

For each message of a citizen come three receipts of ours: delivered, seen, seen. What is not taken is sent again, ever
later, as Zalo does; every attempt and every answer enters the history. Beside it somebody looks at a page of each kind,
again and again.
"""

import asyncio
import secrets
import statistics
import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

import httpx
import uvloop

from tests.faults.length import FULL, lasting
from tests.faults.posting import sent_by, sent_to, try_once
from tests.support.citizen import BIRTH
from tests.support.city import City
from tests.support.client import async_client
from tests.support.fact import Attempt
from tests.support.history import Historian

PER_S: Final = int(lasting(20, 50))
PAGES: Final = ("/tra-cuu", "/desk/sign-in")
_AGAIN_AFTER_S: Final = (1.0, 2.0, 4.0, 8.0)
"""The last again and again. Were it a second each time, those that wait would soon be a flood of their own."""
_TRIES: Final = 30
_ALL_TAKEN_S: Final = 240.0
_LOOK_EVERY_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Answered:
    """One attempt, and when it was made."""

    at: float
    attempt: Attempt


class Load:
    """`with Load(city, historian) as load:` many webhooks a second until the block ends, then until all are taken."""

    def __init__(self, city: City, historian: Historian, *, per_s: int = PER_S) -> None:
        self._city = city
        self._historian = historian
        self._per_s = per_s
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._carry, name="load", daemon=True)
        self._failure: BaseException | None = None
        self.answers: list[Answered] = []
        self.pages: list[int | None] = []
        """What the pages answered; None for no answer."""
        self.sent = 0
        self.citizens = 0

    def __enter__(self) -> Self:
        # Zalo's receipts are posted here, not by the simulated Zalo: that is what makes the mixture exact.
        self._city.zalo(echo=False, received=False, seen=False)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ending.set()
        self._thread.join(_ALL_TAKEN_S if error is None else _AGAIN_AFTER_S[0])
        self._historian.posted += [one.attempt for one in self.answers]
        if error is None:
            assert self._failure is None, f"the load itself failed: {self._failure!r}"
            assert not self._thread.is_alive(), "what was not taken is sent again for ever"

    def goes_on_for(self, seconds: float) -> None:
        """Let it go on; at once when it failed."""
        self._thread.join(seconds)
        assert self._failure is None, f"the load itself failed: {self._failure!r}"

    def sends_nothing_new(self) -> None:
        """What was refused is still sent again until it is taken."""
        self._ending.set()

    # ------------------------------------------------------------------------------------------------ what was seen

    def statuses(self, *, since: float = 0.0) -> set[int | None]:
        """The answers there were; None for an attempt nobody answered."""
        return {one.attempt.status for one in self.answers if one.at >= since}

    def was_taken_at_once(self) -> bool:
        """Whether nothing had to be sent again; of a machine that is busy with other tests, one in fifty may."""
        return self.statuses() <= {200, 503} and len(self.refused()) <= (0 if FULL else len(self.answers) / 50)

    def refused(self, *, since: float = 0.0) -> list[Answered]:
        """The attempts that were not taken."""
        return [one for one in self.answers if one.at >= since and not one.attempt.accepted]

    def p99_s(self, *, since: float = 0.0, until: float = float("inf")) -> float:
        """The time within which 99 of 100 attempts were answered."""
        took = [one.attempt.took_s for one in self.answers if since <= one.at <= until]
        return statistics.quantiles(took, n=100)[-1]

    # ------------------------------------------------------------------------------------------------------ sending

    def _carry(self) -> None:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(self._run())
        except BaseException as failure:
            self._failure = failure

    async def _run(self) -> None:
        began, tasks = time.monotonic(), [asyncio.create_task(self._look_at_pages())]
        while not self._ending.is_set():
            self.citizens += 1
            for event in self._of_one_citizen(await asyncio.to_thread(self._historian.meets_stranger)):
                await asyncio.sleep(began + self.sent / self._per_s - time.monotonic())
                self.sent += 1
                tasks.append(asyncio.create_task(self._until_taken(event)))
        await asyncio.gather(*tasks)

    async def _until_taken(self, event: bytes) -> None:
        for retry in range(_TRIES):
            at = time.monotonic()
            attempt = await try_once(self._city, event, retry)
            self.answers.append(Answered(at, attempt))
            if attempt.accepted:
                return
            await asyncio.sleep(_AGAIN_AFTER_S[min(retry, len(_AGAIN_AFTER_S) - 1)])

    async def _look_at_pages(self) -> None:
        while not self._ending.is_set():
            async with async_client(self._city.url) as browser:
                for page in PAGES:
                    try:
                        self.pages.append((await browser.get(page)).status_code)
                    except httpx.HTTPError:
                        self.pages.append(None)
            await asyncio.sleep(_LOOK_EVERY_S)

    def _of_one_citizen(self, user_id: str) -> list[bytes]:
        return [
            sent_by(self._city, user_id, "user_send_text", {"msg_id": _number(), "text": BIRTH}),
            sent_to(self._city, user_id, "user_received_message", {"msg_id": _number()}),
            sent_to(self._city, user_id, "user_seen_message", {"msg_ids": [_number()]}),
            sent_to(self._city, user_id, "user_seen_message", {"msg_ids": [_number()]}),
        ]


def _number() -> str:
    return f"{secrets.randbelow(10**20):020}"
