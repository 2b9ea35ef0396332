"""The ingress of a city on one machine: one public port in front of the processes of all services.

For `make demo BUS=rabbitmq` and tests only: no TLS, no limits per caller, nothing of what a real ingress is for beyond
handing requests on. `python -m libs.local.gateway --port 8000 intake=http://127.0.0.1:8101 routing=http://…` serves; a
service named twice has two replicas.
"""

import argparse
import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, Final

import httpx
import uvicorn

from libs.local.port import ADDRESS
from libs.local.replica import Replica, Replicas

Scope = Mapping[str, Any]

MAX_BODY_BYTES: Final = 64_000_000

_ROOT_SERVICE: Final = "intake"
_DESK_SERVICE: Final = "routing"
_CONNECTIONS: Final = 200
_LIMITS_S: Final = {"connect": 2.0, "read": 60.0, "write": 30.0, "pool": 5.0}
_OF_ONE_HOP: Final = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding "
    b"upgrade".split()
)
_FORWARDED: Final = frozenset((b"forwarded", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host"))
# What changes nothing may be asked of another process, even if the first one may have begun with it.
_REPEATABLE: Final = frozenset(("GET", "HEAD", "OPTIONS"))


class _BodyTooLarge(Exception):
    """The caller sends more than anybody here takes."""


class _CallerGone(Exception):
    """The caller has hung up in the middle of its request."""


class Gateway:
    """Hands each request to a process of the service it belongs to, and brings the answer back, piece by piece."""

    def __init__(self, addresses: Mapping[str, Sequence[str]]) -> None:
        self._replicas = {service: Replicas(service, those) for service, those in addresses.items()}
        # A connection for each request: only so does a connection that cannot be had prove that nobody got the request.
        limits = httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=0)
        self._transport = httpx.AsyncHTTPTransport(limits=limits, trust_env=False)

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Serve as an ASGI application."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and scope["path"] == "/health/ready":
            await self._say_readiness(send)
        elif scope["type"] == "http":
            await self._hand_on(scope, receive, send)

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        async with httpx.AsyncClient(trust_env=False) as client, asyncio.TaskGroup() as watching:
            tasks = [watching.create_task(replicas.watch(client)) for replicas in self._replicas.values()]
            await send({"type": "lifespan.startup.complete"})
            await receive()
            for task in tasks:
                task.cancel()
        await self._transport.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def _say_readiness(self, send: Any) -> None:
        states = {service: replicas.is_ready for service, replicas in self._replicas.items()}
        told = {"status": "ready" if all(states.values()) else "not_ready", "services": states}
        await _answer(send, 200 if all(states.values()) else 503, told, "application/json")

    async def _hand_on(self, scope: Scope, receive: Any, send: Any) -> None:
        service, path = _destination(scope["raw_path"], self._replicas)
        body = _Body(scope["headers"], receive)
        failure = _problem(503, "no-replica", "Đang khởi động lại, xin thử lại sau")
        for replica in self._replicas[service].choose():
            try:
                answer = await self._transport.handle_async_request(_request(replica, scope, path, body))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                replica.is_ready = False
                continue
            except httpx.PoolTimeout:
                failure = _problem(503, "busy", "Đang bận, xin thử lại sau")
                break
            except _BodyTooLarge:
                failure = _problem(413, "body-too-large", "Nội dung gửi lên quá lớn")
                break
            except _CallerGone:
                return
            except httpx.ReadTimeout:
                failure = _problem(504, "too-slow", "Chưa có trả lời kịp thời, xin thử lại sau")
                break
            except httpx.TransportError:
                failure = _problem(502, "no-answer", "Mất kết nối trước khi có trả lời")
                if scope["method"] in _REPEATABLE and not body.was_begun:
                    continue
                break
            await _pass_back(answer, send)
            return
        await _answer(send, failure["status"], failure, "application/problem+json")


class _Body(httpx.AsyncByteStream):
    """What the caller sends, read only when somebody is there to take it."""

    def __init__(self, headers: Iterable[tuple[bytes, bytes]], receive: Any) -> None:
        names = {name for name, _ in headers}
        self.is_expected = bool(names & {b"content-length", b"transfer-encoding"})
        self.was_begun = False
        self._receive = receive

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.was_begun = self.is_expected
        taken, is_more = 0, self.is_expected
        while is_more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise _CallerGone
            taken += len(message.get("body", b""))
            if taken > MAX_BODY_BYTES:
                raise _BodyTooLarge
            yield message.get("body", b"")
            is_more = message.get("more_body", False)


def _destination(raw_path: bytes, services: Mapping[str, object]) -> tuple[str, bytes]:
    """The service an address belongs to, and the address as that service knows it."""
    name, _, rest = raw_path[1:].partition(b"/")
    service = name.decode("latin-1")
    if service in services:
        return service, b"/" + rest
    return (_DESK_SERVICE if name == b"desk" else _ROOT_SERVICE), raw_path


def _request(replica: Replica, scope: Scope, path: bytes, body: _Body) -> httpx.Request:
    target = path + (b"?" + scope["query_string"] if scope["query_string"] else b"")
    headers = [(name, value) for name, value in _of_the_whole_way(scope["headers"]) if name not in _FORWARDED]
    is_chunked = body.is_expected and not any(name == b"content-length" for name, _ in headers)
    host = next((value for name, value in headers if name == b"host"), b"")
    headers += [(b"x-forwarded-host", host), (b"x-forwarded-proto", scope["scheme"].encode())]
    if scope.get("client"):
        headers.append((b"x-forwarded-for", scope["client"][0].encode()))
    if is_chunked:
        headers.append((b"transfer-encoding", b"chunked"))
    headers.append((b"connection", b"close"))
    url = httpx.URL(replica.address).copy_with(raw_path=target)
    return httpx.Request(scope["method"], url, headers=headers, stream=body, extensions={"timeout": _LIMITS_S})


def _of_the_whole_way(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers that are not about this one connection."""
    pairs = [(name.lower(), value) for name, value in headers]
    named = {word.strip().lower() for name, value in pairs if name == b"connection" for word in value.split(b",")}
    return [(name, value) for name, value in pairs if name not in _OF_ONE_HOP and name not in named]


async def _pass_back(answer: httpx.Response, send: Any) -> None:
    assert isinstance(answer.stream, httpx.AsyncByteStream)
    headers = _of_the_whole_way(answer.headers.raw)
    await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
    try:
        async with contextlib.aclosing(answer.stream):
            async for piece in answer.stream:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
    except httpx.TransportError:
        # Half of the answer is with the caller: leaving without an end tells it that this was not all.
        return
    await send({"type": "http.response.body", "body": b""})


def _problem(status: int, kind: str, title: str) -> dict[str, Any]:
    return {"type": f"urn:problem:{kind}", "title": title, "status": status}


async def _answer(send: Any, status: int, told: Mapping[str, Any], media_type: str) -> None:
    body = json.dumps(told).encode()
    headers = [(b"content-type", media_type.encode()), (b"content-length", str(len(body)).encode())]
    if status == 503:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def listening(addresses: Mapping[str, Sequence[str]], port: int) -> uvicorn.Config:
    """How a gateway before these addresses listens on a port."""
    return uvicorn.Config(
        Gateway(addresses),
        host=ADDRESS,
        port=port,
        access_log=False,
        log_config=None,
        proxy_headers=False,  # a caller does not choose who it is
        server_header=False,
        date_header=False,
        timeout_keep_alive=75,  # longer than those who ask keep one, or a request meets the closing
        timeout_graceful_shutdown=10,
    )


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m libs.local.gateway", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("replicas", nargs="+", metavar="SERVICE=URL")
    told = parser.parse_args(arguments)
    addresses: dict[str, list[str]] = {}
    for pair in told.replicas:
        service, _, address = pair.partition("=")
        addresses.setdefault(service, []).append(address)
    if missing := {_ROOT_SERVICE, _DESK_SERVICE} - set(addresses):
        parser.error(f"no address of {' and '.join(sorted(missing))}")
    uvicorn.Server(listening(addresses, told.port)).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
