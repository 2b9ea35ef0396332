"""Posts webhooks in Zalo's place, as many at once as wanted, and writes down every attempt."""

import asyncio
import json
import re
import time
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, Final

from tests.support.city import City
from tests.support.fact import Attempt
from tests.support.history import Historian, identity

_WAITS_S: Final = 10.0
_STATUS: Final = re.compile(rb"HTTP/1\.1 (\d{3})")
_LENGTH: Final = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


def sent_by(city: City, user_id: str, event_name: str, message: dict[str, Any], **more: Any) -> bytes:
    """The bytes of an event as Zalo would post it, sent by a citizen."""
    now = str(round(time.time() * 1000))
    parties = {"sender": {"id": user_id}, "recipient": {"id": city.secrets["ZALO_OA_ID"]}}
    event = {"app_id": city.secrets["ZALO_APP_ID"], "user_id_by_app": f"app-{user_id}", **parties}
    return _encoded(event | {"event_name": event_name, "message": message, "timestamp": now} | more)


def sent_to(city: City, user_id: str, event_name: str, message: dict[str, Any]) -> bytes:
    """The bytes of an event about something our account sent to a citizen."""
    parties = {"sender": {"id": city.secrets["ZALO_OA_ID"]}, "recipient": {"id": user_id}}
    return sent_by(city, user_id, event_name, message, **parties)


def post(
    city: City, historian: Historian, events: Sequence[bytes], *, at_once: int = 1, retries: Sequence[int] = ()
) -> list[Attempt]:
    """Hand events over, `at_once` at a time; `retries` says which number of retry each is marked with."""
    waiting = iter(list(zip(events, retries or [0] * len(events), strict=True)))
    attempts = asyncio.run(_post_all(city, waiting, at_once))
    historian.posted += attempts
    return attempts


async def try_once(city: City, event: bytes, retry: int) -> Attempt:
    """Hand one event over on a connection of its own; whatever becomes of it."""
    began, status, writer = time.monotonic(), None, None
    try:
        async with asyncio.timeout(_WAITS_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", city.port)
            writer.write(_request(city, event, retry))
            status = await _status(reader)
    except (OSError, EOFError, TimeoutError):
        status = None  # nobody answered
    finally:
        if writer is not None:
            writer.transport.abort()
    return Attempt(identity(event), status, time.monotonic() - began, retry)


async def _post_all(city: City, waiting: Iterator[tuple[bytes, int]], at_once: int) -> list[Attempt]:
    done = await asyncio.gather(*(_post_some(city, waiting) for _ in range(at_once)))
    return [attempt for attempts in done for attempt in attempts]


async def _post_some(city: City, waiting: Iterator[tuple[bytes, int]]) -> list[Attempt]:
    """One connection's share. Plain sockets: a client that is slower than the city would measure itself."""
    attempts: list[Attempt] = []
    reader, writer = await asyncio.open_connection("127.0.0.1", city.port)
    for event, retry in waiting:
        request, began = _request(city, event, retry), time.monotonic()
        writer.write(request)
        status = await asyncio.wait_for(_status(reader), _WAITS_S)
        attempts.append(Attempt(identity(event), status, time.monotonic() - began, retry))
    writer.close()
    await writer.wait_closed()
    return attempts


async def _status(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    found, length = _STATUS.match(head), _LENGTH.search(head)
    assert found is not None
    await reader.readexactly(int(length[1]) if length else 0)
    assert int(found[1]) != 503 or b"\r\nretry-after:" in head.lower(), "busy without saying for how long"
    return int(found[1])


def _request(city: City, event: bytes, retry: int) -> bytes:
    timestamp = str(json.loads(event)["timestamp"]).encode()
    signed = city.secrets["ZALO_APP_ID"].encode() + event + timestamp + city.secrets["ZALO_OA_SECRET_KEY"].encode()
    lines = [
        "POST /intake/webhooks/zalo HTTP/1.1",
        f"Host: 127.0.0.1:{city.port}",
        "Content-Type: application/json",
        f"Content-Length: {len(event)}",
        f"X-ZEvent-Signature: mac={sha256(signed).hexdigest()}",
        *([f"num_retry: {retry}"] if retry else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + event


def _encoded(event: dict[str, Any]) -> bytes:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
