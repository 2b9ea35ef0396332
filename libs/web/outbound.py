"""Calls to systems outside: each has a time limit, a size limit, and an outcome its caller must treat."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from libs.runtime.metrics import Metrics

BREAK_AFTER_FAILURES: Final = 5
BREAK_FOR_S: Final = 15.0


class CallFailed(Exception):
    """The system outside gave no usable answer."""


class NotSent(CallFailed):
    """Nothing reached it: not connected, or the circuit is open. Trying again does no harm."""


class NoAnswer(CallFailed):
    """It may have been carried out: the request left, the answer did not come whole or in time."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer, whatever its status."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class OutboundHttp:
    """One system outside: no redirects, a total time limit, a circuit that opens when it is down."""

    def __init__(
        self,
        system: str,
        base_url: str,
        metrics: Metrics,
        *,
        total_s: float = 10.0,
        connect_s: float = 3.0,
        max_reply_bytes: int = 1_048_576,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._system = system
        self._metrics = metrics
        self._total_s = total_s
        self._max_reply_bytes = max_reply_bytes
        self._client = httpx.AsyncClient(
            base_url=base_url,
            timeout=httpx.Timeout(total_s, connect=connect_s),
            follow_redirects=False,
            trust_env=False,
            transport=transport,
        )
        self._failures = 0
        self._open_until = 0.0

    async def call(self, method: str, path: str, **request: Any) -> Reply:
        """Send one request, once.

        Raises:
            NotSent: nothing reached the other side.
            NoAnswer: it may have been carried out.
        """
        if time.monotonic() < self._open_until:
            self._count("circuit_open")
            raise NotSent(f"{self._system}: circuit open")
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self._total_s):
                reply = await self._send(method, path, request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            self._failed("not_sent")
            raise NotSent(f"{self._system}: {type(error).__name__}") from error
        except (httpx.HTTPError, TimeoutError, _TooLong) as error:
            self._failed("no_answer")
            raise NoAnswer(f"{self._system}: {type(error).__name__}") from error
        finally:
            self._metrics.call_seconds.labels(self._system).observe(time.perf_counter() - started)
        if reply.status >= 500:
            self._failed("server_error")
        else:
            self._failures = 0
            self._count("answered")
        return reply

    async def _send(self, method: str, path: str, request: dict[str, Any]) -> Reply:
        async with self._client.stream(method, path, **request) as response:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > self._max_reply_bytes:
                    raise _TooLong
            return Reply(response.status_code, bytes(body), response.headers)

    def _failed(self, outcome: str) -> None:
        self._count(outcome)
        self._failures += 1
        if self._failures >= BREAK_AFTER_FAILURES:
            # Half open afterwards: the next call is let through, and one more failure closes the door again.
            self._open_until = time.monotonic() + BREAK_FOR_S
            self._failures = BREAK_AFTER_FAILURES - 1

    def _count(self, outcome: str) -> None:
        self._metrics.calls.labels(self._system, outcome).inc()

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()


class _TooLong(Exception):
    """The answer did not end within its size limit."""
