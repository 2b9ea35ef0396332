"""Reading what somebody posts, without letting them say how long or how much."""

import asyncio
from dataclasses import dataclass
from typing import Literal

from fastapi import Request


@dataclass(frozen=True, slots=True)
class NotRead:
    """A body that was not taken, with the status of the answer."""

    status: Literal[400, 408, 413]
    reason: Literal["broken_off", "too_slow", "too_large"]


async def read_posted(request: Request, limit_bytes: int, within_s: float) -> bytes | NotRead:
    """The whole body of a request; reading stops at the limit, whatever length was announced."""
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdecimal() and int(announced) > limit_bytes:
        return NotRead(413, "too_large")
    body = bytearray()
    try:
        async with asyncio.timeout(within_s):
            # Not request.stream(): a generator costs more than reading the one piece that most bodies come in.
            while True:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    return NotRead(400, "broken_off")
                body += message.get("body", b"")
                if len(body) > limit_bytes:
                    return NotRead(413, "too_large")
                if not message.get("more_body", False):
                    return bytes(body)
    except TimeoutError:
        return NotRead(408, "too_slow")
