"""Tells the phone page that something changed, so that it need not ask all the time."""

import asyncio


class Pulse:
    """A number that grows with every change, and a way to wait for the next one."""

    def __init__(self) -> None:
        self.revision = 1
        self._changed = asyncio.Event()

    def beat(self) -> None:
        """Count one change and wake everyone who waits."""
        self.revision += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait_beyond(self, revision: int, limit_s: float) -> None:
        """Return when the revision differs from the one known, or when the limit has passed."""
        try:
            async with asyncio.timeout(limit_s):
                while self.revision == revision:
                    await self._changed.wait()
        except TimeoutError:
            return
