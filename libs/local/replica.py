"""The processes behind a service's public address, and which of them want requests at the moment."""

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from typing import Final

import httpx

_ASK_EVERY_S: Final = 0.5
_ANSWER_LIMIT_S: Final = 2.0


class Replica:
    """One process of a service, by its address, and whether it says that it is ready."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.is_ready = False


class Replicas:
    """All processes of one service: asked for their readiness again and again, chosen in turn."""

    def __init__(self, service: str, addresses: Sequence[str]) -> None:
        self.service = service
        self._all = [Replica(address) for address in addresses]
        self._turn = itertools.count()

    def choose(self) -> Iterator[Replica]:
        """Those that are ready, each once, beginning with the one whose turn it is."""
        ready = [replica for replica in self._all if replica.is_ready]
        if ready:
            first = next(self._turn) % len(ready)
            yield from ready[first:] + ready[:first]

    @property
    def is_ready(self) -> bool:
        """Whether anybody would answer."""
        return any(replica.is_ready for replica in self._all)

    async def watch(self, client: httpx.AsyncClient) -> None:
        """Ask all of them for as long as this runs."""
        async with asyncio.TaskGroup() as watching:
            for replica in self._all:
                watching.create_task(_watch(replica, client))


async def _watch(replica: Replica, client: httpx.AsyncClient) -> None:
    while True:
        try:
            answer = await client.get(f"{replica.address}/health/ready", timeout=_ANSWER_LIMIT_S)
            replica.is_ready = answer.status_code == 200
        except httpx.HTTPError:
            replica.is_ready = False
        await asyncio.sleep(_ASK_EVERY_S)
