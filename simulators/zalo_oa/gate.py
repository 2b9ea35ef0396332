"""What every API request passes before its endpoint: faults on demand, the rate limit, the access token.

A pure ASGI middleware, because some faults are about the answer's bytes and not about its meaning.
"""

import asyncio
import hmac
import json
from collections import Counter
from typing import Final

import httpx
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from simulators.zalo_oa.fault import Fault
from simulators.zalo_oa.signature import secret_proof
from simulators.zalo_oa.simulator import Simulator

OA_API: Final = ("/v2.0/oa/", "/v3.0/oa/")
BUSINESS_API: Final = ("/message/", "/rating/", "/template/", "/quality", "/response/")
TOKEN_API: Final = "/v4/oa/access_token"  # noqa: S105
DRIP_PIECES: Final = 20
MINUTE_MS: Final = 60_000


class AnswerLost(httpx.RemoteProtocolError):
    """The connection ends without an answer, on purpose.

    An httpx error, so that a client calling through ``httpx.ASGITransport`` meets what it would meet on a socket.
    """


class RateLimit:
    """Counts the application's requests in the current minute."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._requests: Counter[int] = Counter()

    def take(self, at_ms: int) -> int:
        """Count one request; returns how many remain, negative when it was one too many."""
        minute = at_ms // MINUTE_MS
        for past in [each for each in self._requests if each < minute]:
            del self._requests[past]
        self._requests[minute] += 1
        return self.per_minute - self._requests[minute]


class Gate:
    """Stands in front of the API; pages, testers' surfaces and media pass untouched."""

    def __init__(self, app: ASGIApp, simulator: Simulator) -> None:
        self._app = app
        self._simulator = simulator
        self._limit = RateLimit(simulator.settings.requests_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, refuse it, or let it suffer."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith((*OA_API, *BUSINESS_API, TOKEN_API)):
            await self._app(scope, receive, send)
        elif path == TOKEN_API:
            await self._token_call(scope, receive, send)
        else:
            await self._api_call(scope, receive, send)

    async def _token_call(self, scope: Scope, receive: Receive, send: Send) -> None:
        faults = self._simulator.faults
        if faults.take(Fault.OAUTH_ANSWER_LOST):
            await self._lose_answer(scope, receive, send)
        elif faults.take(Fault.OAUTH_SLOW):
            answer = await self._whole_answer(scope, receive)
            await asyncio.sleep(faults.options.oauth_slow_s)
            for message in answer:
                await send(message)
        else:
            await self._app(scope, receive, send)

    async def _api_call(self, scope: Scope, receive: Receive, send: Send) -> None:
        faults = self._simulator.faults
        if faults.take(Fault.API_500):
            await _answer(send, 500, {"message": "Internal Server Error"})
            return
        if faults.take(Fault.API_429):
            await _answer(send, 429, {"message": "Too Many Requests"}, [(b"retry-after", b"2")])
            return
        if faults.take(Fault.API_SILENCE):
            await asyncio.sleep(faults.options.silence_s)
            await _hang_up(send)
        remain = self._limit.take(self._simulator.now_ms())
        rate = [
            (b"x-ratelimit-limit", str(self._limit.per_minute).encode()),
            (b"x-ratelimit-remain", str(max(remain, 0)).encode()),
        ]
        if remain < 0 or faults.take(Fault.API_RATE_LIMITED):
            refusal = {"error": -32, "message": "Your application reached limit call api"}
            await _answer(send, 200, refusal, [rate[0], (b"x-ratelimit-remain", b"0")])
            return
        token_refusal = self._token_refusal(Request(scope))
        if token_refusal is not None:
            await _answer(send, 200, token_refusal, rate)
            return

        async def send_with_rate(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *rate]}
            await send(message)

        if faults.take(Fault.API_ANSWER_LOST):
            await self._lose_answer(scope, receive, send)
        elif faults.take(Fault.API_SLOW_DRIP):
            await self._drip(scope, receive, send_with_rate)
        else:
            await self._app(scope, receive, send_with_rate)

    def _token_refusal(self, request: Request) -> dict[str, object] | None:
        is_business = request.url.path.startswith(BUSINESS_API)
        token = request.headers.get("access_token", "")  # with its underscore, as the platform spells it
        match self._simulator.tokens.state_of(token):
            case "unknown":
                code, text = (-124 if is_business else -216), "Access token is invalid"
            case "expired":
                code, text = (-124 if is_business else -220), "Access token is expired or removed"
            case _:
                proof = request.headers.get("appsecret_proof")
                right = secret_proof(self._simulator.settings.app_secret, token)
                if proof is None or hmac.compare_digest(proof.encode(), right.encode()):
                    return None
                code, text = (-1241 if is_business else -242), "appsecret_proof is invalid"
        return {"error": code, "message": text}

    async def _whole_answer(self, scope: Scope, receive: Receive) -> list[Message]:
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        await self._app(scope, receive, keep)
        return answer

    async def _lose_answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._whole_answer(scope, receive)
        await _hang_up(send)

    async def _drip(self, scope: Scope, receive: Receive, send: Send) -> None:
        start, *parts = await self._whole_answer(scope, receive)
        body = b"".join(part.get("body", b"") for part in parts)
        size = max(1, -(-len(body) // DRIP_PIECES))
        await send(start)
        for begin in range(0, len(body), size):
            await asyncio.sleep(self._simulator.faults.options.drip_s / DRIP_PIECES)
            await send({"type": "http.response.body", "body": body[begin : begin + size], "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _answer(
    send: Send, status: int, body: dict[str, object], headers: list[tuple[bytes, bytes]] | None = None
) -> None:
    content = json.dumps(body).encode()
    told = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*told, *(headers or [])]})
    await send({"type": "http.response.body", "body": content})


async def _hang_up(send: Send) -> None:
    # A promise of bytes that never come, then an end: the server closes the connection in the middle.
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"512")]})
    raise AnswerLost("connection closed on purpose")
