"""The channel's media hosts: where citizens' files wait to be fetched."""

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import httpx

from libs.runtime.metrics import Metrics

from .domain.attachment import Address, Refused, Trouble, is_public

SYSTEM: Final = "zalo_media"
Resolve: TypeAlias = Callable[[str, int], Awaitable[list[str]]]


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes of a file."""

    content: bytes


@dataclass(frozen=True, slots=True)
class NotNow:
    """It did not come this time."""

    reason: Trouble


class MediaClient:
    """Fetches one file from an address nobody vouches for. Every outcome is a value; nothing is followed or trusted.

    The name is resolved once, every address it has must be public, and the connection goes to the very address that was
    checked: a name that answers differently the second time gains nothing. The certificate is checked for the name.
    """

    def __init__(
        self,
        metrics: Metrics,
        *,
        within_s: float,
        at_once: int,
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._metrics = metrics
        self._within_s = within_s
        self._resolve = resolve or _resolve
        self._client = httpx.AsyncClient(
            follow_redirects=False,
            trust_env=False,
            timeout=httpx.Timeout(within_s, connect=5.0),
            limits=httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once),
            verify=tls or ssl.create_default_context(),
        )

    async def fetch(self, address: Address, limit_bytes: int) -> Fetched | Refused | NotNow:
        """Fetch a file of at most this size."""
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self._within_s):
                outcome = await self._fetch(address, limit_bytes)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError):
            # Time-outs are OSErrors; a name that cannot be encoded is no name.
            outcome = NotNow("no_answer")
        self._metrics.calls.labels(SYSTEM, "fetched" if isinstance(outcome, Fetched) else outcome.reason).inc()
        self._metrics.call_seconds.labels(SYSTEM).observe(time.perf_counter() - started)
        return outcome

    async def _fetch(self, address: Address, limit_bytes: int) -> Fetched | Refused | NotNow:
        addresses = await self._resolve(address.host, address.port)
        if not addresses:
            return NotNow("no_answer")
        if not address.private_allowed and not all(is_public(ip) for ip in addresses):
            return Refused("private_address")
        ip = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
        default_port = 443 if address.scheme == "https" else 80
        host = address.host if address.port == default_port else f"{address.host}:{address.port}"
        async with self._client.stream(
            "GET",
            f"{address.scheme}://{ip}:{address.port}{address.target}",
            headers={"Host": host, "Accept-Encoding": "identity"},
            extensions={"sni_hostname": address.host},
        ) as response:
            if response.status_code != httpx.codes.OK:
                return _not_ok(response)
            told = response.headers.get("content-length", "")
            if told.isdecimal() and int(told) > limit_bytes:
                return Refused("too_large")
            content = bytearray()
            # Raw: what a host compresses although asked not to is not unpacked here, however small it came.
            async for chunk in response.aiter_raw():
                content += chunk
                if len(content) > limit_bytes:
                    return Refused("too_large")
            return Fetched(bytes(content))

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()


def _not_ok(response: httpx.Response) -> Refused | NotNow:
    if response.is_redirect:
        return Refused("redirected")
    return NotNow("not_found" if response.status_code in (404, 410) else "bad_status")


async def _resolve(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
