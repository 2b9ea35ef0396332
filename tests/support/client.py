"""HTTP clients for servers on this machine.

httpx reads the certificates of the whole world for each client it makes, and for each call without one: 28 ms of
processor, more than any of our requests. Nothing here is ever asked over TLS, so these clients trust nobody.
"""

import ssl
from typing import Any, Final

import httpx

_TRUSTS_NOBODY: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_OURS: Final[dict[str, Any]] = {"trust_env": False, "verify": _TRUSTS_NOBODY}


def client(base_url: str = "", *, timeout_s: float = 10, **options: Any) -> httpx.Client:
    """A client that keeps its connections."""
    return httpx.Client(base_url=base_url, timeout=timeout_s, **_OURS, **options)


def async_client(base_url: str = "", *, timeout_s: float = 10, **options: Any) -> httpx.AsyncClient:
    """The same for coroutines."""
    return httpx.AsyncClient(base_url=base_url, timeout=timeout_s, **_OURS, **options)


def get(url: str, *, timeout_s: float = 10) -> httpx.Response:
    """Ask once, over a connection of its own."""
    return httpx.get(url, timeout=timeout_s, **_OURS)
