"""Calls outside: an outcome for everything that can happen, and never longer than allowed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from libs.runtime.metrics import Metrics
from libs.web import outbound
from libs.web.outbound import NoAnswer, NotSent, OutboundHttp

Answer = Callable[[httpx.Request], Awaitable[httpx.Response]]


def _client(answer: Answer, **limits: float) -> OutboundHttp:
    return OutboundHttp(
        "laundry",
        "https://laundry.example",
        Metrics("kitchen"),
        transport=httpx.MockTransport(answer),
        **limits,  # type: ignore[arg-type]
    )


async def test_a_whole_answer_is_a_reply_whatever_its_status() -> None:
    async def teapot(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(418, json={"error": -32})

    reply = await _client(teapot).call("POST", "/wash", json={"sheets": 2})
    assert (reply.status, reply.body) == (418, b'{"error":-32}')


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (httpx.ConnectError("refused"), NotSent),
        (httpx.ConnectTimeout("slow"), NotSent),
        (httpx.ReadTimeout("silent"), NoAnswer),
        (httpx.ReadError("reset"), NoAnswer),
        (httpx.RemoteProtocolError("cut"), NoAnswer),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
async def test_what_surely_was_not_sent_is_told_from_what_may_have_arrived(error: Exception, outcome: type) -> None:
    async def fail(_request: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(outcome):
        await _client(fail).call("POST", "/wash")


async def test_an_answer_that_drips_for_ever_ends_at_the_total_limit() -> None:
    class Drip(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:
                yield b"."
                await asyncio.sleep(0.01)

    async def drip(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Drip())

    with pytest.raises(NoAnswer):
        await _client(drip, total_s=0.2).call("GET", "/")


async def test_an_answer_without_end_is_cut_at_its_size_limit() -> None:
    async def flood(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=b"x" * 2_000)

    with pytest.raises(NoAnswer):
        await _client(flood, max_reply_bytes=1_000).call("GET", "/")


async def test_redirects_are_not_followed() -> None:
    async def redirect(request: httpx.Request) -> httpx.Response:
        assert request.url.host == "laundry.example"
        return httpx.Response(302, headers={"location": "http://10.0.0.1/"})

    assert (await _client(redirect).call("GET", "/")).status == 302


async def test_the_circuit_opens_after_failures_and_lets_one_call_through_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = 0
    broken = True

    async def sometimes(_request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        return httpx.Response(500 if broken else 200)

    now = 1_000.0
    monkeypatch.setattr(outbound.time, "monotonic", lambda: now)
    client = _client(sometimes)
    for _ in range(outbound.BREAK_AFTER_FAILURES):
        await client.call("GET", "/")
    with pytest.raises(NotSent, match="circuit open"):
        await client.call("GET", "/")
    assert calls == outbound.BREAK_AFTER_FAILURES
    now += outbound.BREAK_FOR_S + 1
    broken = False
    assert (await client.call("GET", "/")).status == 200
    assert (await client.call("GET", "/")).status == 200
