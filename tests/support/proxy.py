"""A network between us and a server, for AMQP or PostgreSQL alike, that can be silent, one-sided, slow, cut, or lying.

It runs in a thread of its own, so that a test may change its mood at any moment and wait for nothing.
"""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Final, Self, TypeVar

import uvloop

from tests.support.confirm import ConfirmSpoiler, Frames

T = TypeVar("T")

_CHUNK: Final = 65_536
_GONE: Final = (ConnectionError, TimeoutError, OSError)


class Proxy:
    """Listens on a port of its own and carries each connection to a port of this machine, in the mood it is told."""

    def __init__(self, target_port: int, *, name: str = "proxy") -> None:
        self._target_port = target_port
        self._loop = uvloop.new_event_loop()  # a network should not be what keeps everybody waiting
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._from_us, self._to_us = asyncio.Event(), asyncio.Event()
        self._late_s = 0.0
        self.spoiler: ConfirmSpoiler | None = None
        self.port = 0

    def start(self) -> Self:
        """Begin to listen, on a free port the first time, on the same one ever after."""
        self._thread.start()
        self.passes()
        return self

    def close(self) -> None:
        """Cut everything and end."""
        self._do(self._cut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    # -------------------------------------------------------------------------------------------------------- moods

    def passes(self) -> None:
        """Carry everything, at once; what was held back arrives, as after a network has healed."""
        self._late_s, self.spoiler = 0.0, None
        self._do(self._listen())
        self._opens(from_us=True, to_us=True)

    def goes_silent(self) -> None:
        """Connections stand and nothing moves, as when every packet is dropped; new ones hear nothing either."""
        self._opens(from_us=False, to_us=False)

    def swallows_answers(self) -> None:
        """What we send arrives, what the server answers does not; `cuts` loses it for good."""
        self._opens(from_us=True, to_us=False)

    def delays(self, seconds: float) -> None:
        """Each piece arrives so much later, in either direction."""
        self._late_s = seconds

    def cuts(self) -> None:
        """Break every connection and refuse new ones, as when the server's machine has gone."""
        self._do(self._cut())

    def breaks(self) -> None:
        """Break every connection, and let new ones in."""
        self._do(self._cut())
        self._do(self._listen())

    def spoils_confirms(self, *, lose_every: int = 0, refuse_every: int = 0) -> ConfirmSpoiler:
        """A broker's confirms: every n-th never comes, or says no; what was spoiled is counted there.

        For connections made from now on: those that stand are broken, for nobody knows where a frame of theirs begins.
        """
        self.spoiler = ConfirmSpoiler(lose_every, refuse_every)
        self.breaks()
        return self.spoiler

    # ------------------------------------------------------------------------------------------------------ carrying

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        writers = [writer]
        try:
            answers, asks = await asyncio.open_connection("127.0.0.1", self._target_port)
            writers.append(asks)
            frames = Frames(self.spoiler) if self.spoiler else None
            there = self._loop.create_task(self._pump(reader, asks, self._from_us, None))
            back = self._loop.create_task(self._pump(answers, writer, self._to_us, frames))
            try:
                await asyncio.wait([there, back], return_when=asyncio.FIRST_COMPLETED)
            finally:
                there.cancel()
                back.cancel()
                await asyncio.gather(there, back, return_exceptions=True)
        except _GONE:
            return
        except asyncio.CancelledError:
            return  # cut: to the other side it looks as if the line had broken
        finally:
            self._connections.discard(task)
            for each in writers:
                each.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, gate: asyncio.Event, frames: Frames | None
    ) -> None:
        with suppress(*_GONE):
            while piece := await reader.read(_CHUNK):
                if self._late_s:
                    await asyncio.sleep(self._late_s)
                await gate.wait()
                writer.write(frames.passed(piece) if frames else piece)
                await writer.drain()

    # ------------------------------------------------------------------------------------------------------- threads

    def _do(self, what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(10)

    def _opens(self, *, from_us: bool, to_us: bool) -> None:
        async def turn() -> None:
            for gate, is_open in ((self._from_us, from_us), (self._to_us, to_us)):
                gate.set() if is_open else gate.clear()

        self._do(turn())
