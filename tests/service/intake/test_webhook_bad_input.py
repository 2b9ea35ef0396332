"""Every row of docs/bad-input.md about Zalo's webhook."""

import asyncio
import gzip
import hmac
import json
import socket
from collections.abc import Awaitable, Callable, Iterable
from itertools import repeat
from typing import Any

import pytest

from services.intake.domain.zalo_event import CitizenMessage, Noted, Unknown
from tests.service.intake.bad_input import PAGE, Row, rows_of, sections
from tests.service.intake.conftest import Door
from tests.service.intake.posting import CITIZEN, SECRET_WORDS, STAMP, Post, message, sign, signed
from tests.support.settings import APP_ID, OA_ID, OA_SECRET_KEY

ABOUT_WEBHOOK = ("Zalo's webhook: the signature", "Zalo's webhook: the body", "Zalo's webhook: the text")
OTHER_SECTIONS = ("Attachment addresses", "The look-up page")
ROWS = rows_of(*ABOUT_WEBHOOK)

BODY = message()
RAW = json.dumps(BODY, ensure_ascii=False).encode()


def with_header(header: str | None, raw: bytes = RAW) -> Post:
    return Post(raw, {} if header is None else {"X-ZEvent-Signature": header})


def stamped(stamp: object, **headers: str) -> Post:
    raw = json.dumps({**BODY, "timestamp": stamp}, ensure_ascii=False).encode()
    return signed(raw, str(stamp), **headers)


def said(text: str) -> Post:
    return signed(message(f"{SECRET_WORDS} {text}"))


def escaped(inside: str) -> Post:
    """A text with something inside that only an escape, or no JSON writer, would put there."""
    return signed(RAW.replace(SECRET_WORDS.encode(), f"{SECRET_WORDS}{inside}".encode()))


def attached(attachments: list[Any], event_name: str = "user_send_image") -> Post:
    return signed(
        message(event_name=event_name, message={"text": SECRET_WORDS, "msg_id": "m1", "attachments": attachments})
    )


POSTS: dict[str, list[Post]] = {
    case: made if isinstance(made, list) else [made]
    for case, made in {
        "signature_missing": with_header(None),
        "signature_empty": with_header(""),
        "signature_short": with_header(f"mac={sign(RAW)[:-1]}"),
        "signature_without_mac": with_header(sign(RAW)),
        "signature_of_other_secret": with_header(f"mac={sign(RAW, secret='khác'.encode().hex())}"),
        "signature_of_other_app": with_header(f"mac={sign(RAW, app_id='1')}"),
        "signature_of_oa_id": with_header(f"mac={sign(RAW, app_id=OA_ID)}"),
        "signature_hmac": with_header(
            "mac=" + hmac.digest(OA_SECRET_KEY.encode(), APP_ID.encode() + RAW + STAMP.encode(), "sha256").hex()
        ),
        "signature_over_other_bytes": with_header(f"mac={sign(json.dumps(BODY).encode())}"),
        "signature_of_other_body": with_header(f"mac={sign(json.dumps(message(msg_id='m2')).encode())}"),
        "timestamp_missing": signed(message(timestamp=None), ""),
        "timestamp_empty": signed(message(timestamp=""), ""),
        "signature_upper_case": with_header(f"MAC = {sign(RAW).upper()}"),
        "signature_stale": stamped(str(int(STAMP) - 86_400_000), num_retry="5"),
        "timestamp_number": stamped(int(STAMP)),
        "timestamp_zero": stamped(0),
        "timestamp_negative": stamped(-int(STAMP)),
        "timestamp_in_seconds": stamped(STAMP[:10]),
        "timestamp_eleven_digits": stamped(STAMP[:11]),
        "timestamp_a_year_off": stamped(str(int(STAMP) - 365 * 86_400_000)),
        "timestamp_year_9999": stamped("253370764800000"),
        "empty": Post(b""),
        "not_json": signed(b"a=1&b=2", ""),
        "json_list": signed(b"[" + RAW + b"]"),
        "json_text": signed(json.dumps(SECRET_WORDS).encode()),
        "nan": signed(RAW.replace(b'"m1"', b"NaN")),
        "two_objects": signed(RAW + RAW),
        "cut_off": signed(RAW[: len(RAW) // 2]),
        "utf16": signed(RAW.decode().encode("utf-16")),
        "gzip_bomb": signed(gzip.compress(bytes(1_000_000)) * 100, **{"Content-Encoding": "gzip"}),
        "deep_nesting": signed(b"[" * 100_000),
        "other_app": signed(message(app_id="1")),
        "other_oa": signed(message(oa_id="1")),
        "other_recipient": signed(message(recipient={"id": "1"})),
        "console_sample": Post(
            json.dumps(
                message(
                    sender={"id": "1"},
                    recipient={"id": "2"},
                    message={"msg_id": "This is message id", "text": "This is testing message"},
                )
            ).encode()
        ),
        "byte_order_mark": signed(b"\xef\xbb\xbf" + RAW),
        "not_utf8": signed(RAW.replace(SECRET_WORDS.encode(), SECRET_WORDS.encode() + b" \xe1")),
        "lone_surrogate": escaped(r" \ud83d"),
        "nul": escaped(r"\u0000\u0007\u009f"),
        "raw_control_character": escaped("\x07\x1b"),
        "repeated_keys": signed(RAW[:-1] + b',"event_name":"user_send_text"}'),
        "ids_as_numbers": signed(
            message(sender={"id": int(CITIZEN)}, recipient={"id": int(OA_ID)}, app_id=int(APP_ID))
        ),
        "extra_fields": signed(message(weather={"wind": [1, 2, None]}, x=True)),
        "wrong_content_type": Post(RAW, {**signed(RAW).headers, "Content-Type": "text/plain"}),
        "no_sender": signed(message(sender=None, recipient=None)),
        "unknown_event": signed(message(event_name="user_send_hologram")),
        "no_event_name": signed(message(event_name=None)),
        "long_event_name": signed(message(event_name="x" * 10_000)),
        "five_hundred_attachments": attached([{"type": "image", "payload": {"url": "https://a/b"}}] * 500),
        "bad_attachments": attached([None, "x", [], {}, {"type": 7}, {"payload": {"url": []}}]),
        "impossible_location": attached(
            [{"type": "location", "payload": {"coordinates": {"latitude": "91", "longitude": "x"}}}],
            "user_send_location",
        ),
        "missing_fields": signed(message(app_id=None, recipient=None, message={"text": SECRET_WORDS})),
        "same_event_twice": [signed(RAW), signed(RAW)],
        "same_message_other_bytes": [signed(RAW), signed(json.dumps(BODY, indent=1).encode())],
        "decomposed": said("Tie\u0302\u0301ng Vie\u0323\u0302t"),
        "emoji": said("👨‍👩‍👧 👍🏽 🇻🇳"),
        "right_to_left": said("\u202egnp.exe"),
        "fifty_thousand": said("ổ" * 50_000),
        "formula": said("=HYPERLINK(1)"),
        "markup": said("<script>alert(1)</script>"),
        "braces": said("{{ 7 * 7 }} {% x %} ${x}"),
        "sql": said("'; DROP TABLE intake.channel_events; --"),
    }.items()
}


async def over_a_socket(door: Door, framing: str, chunks: Iterable[bytes], signature: str = "0" * 64) -> int:
    """Send a body as it comes, reading at the same time, and give the status of the answer."""
    loop = asyncio.get_running_loop()
    with socket.create_connection(("127.0.0.1", door.port)) as connection:
        connection.setblocking(False)
        head = ["POST /webhooks/zalo HTTP/1.1", "Host: x", f"X-ZEvent-Signature: mac={signature}", framing, "", ""]
        await loop.sock_sendall(connection, "\r\n".join(head).encode())

        async def send() -> None:
            for chunk in chunks:
                await loop.sock_sendall(connection, chunk)

        sending = asyncio.create_task(send())
        answer = await loop.sock_recv(connection, 4_096)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    return int(answer.split()[1])


SENDERS: dict[str, Callable[[Door], Awaitable[int]]] = {
    "ten_mebibytes": lambda door: over_a_socket(
        door, f"Content-Length: {10 * 1024 * 1024}", repeat(b" " * 65_536, 160)
    ),
    "endless_chunks": lambda door: over_a_socket(
        door, "Transfer-Encoding: chunked", repeat(b"10000\r\n" + b" " * 65_536 + b"\r\n")
    ),
    "length_too_small": lambda door: over_a_socket(door, f"Content-Length: {len(RAW) - 10}", [RAW], sign(RAW)),
    "length_too_large": lambda door: over_a_socket(door, f"Content-Length: {len(RAW) + 10}", [RAW], sign(RAW)),
}


def test_the_page_and_the_tests_name_the_same_cases() -> None:
    assert sections() == [*ABOUT_WEBHOOK, *OTHER_SECTIONS]
    assert [row.case for row in ROWS] == list(dict.fromkeys(row.case for row in ROWS))
    assert {row.case for row in ROWS} == POSTS.keys() | SENDERS.keys()
    assert PAGE.read_text("utf-8").count("\n| `") == len(rows_of(*sections()))


async def nothing_stored(door: Door) -> None:
    assert await door.count() == 0


async def stored_once(door: Door) -> Any:
    [row] = await door.stored()
    assert (row.state, row.attempts) == ("new", 0)
    assert len(row.event_name) <= 64
    return row


async def in_order_of_arrival(door: Door) -> None:
    assert (await stored_once(door)).event_at is None


async def text_kept(door: Door) -> None:
    told = door.reads(await stored_once(door))
    assert isinstance(told, CitizenMessage)
    assert told.citizen == CITIZEN
    assert told.text.startswith(SECRET_WORDS)
    assert not {"\x00", "\x07", "\x1b", "\x9f"} & set(told.text)
    told.text.encode()


async def no_effect(door: Door) -> None:
    row = await stored_once(door)
    assert isinstance(door.reads(row), Unknown | Noted)
    assert row.sender_key is None


EFFECTS: dict[str, Callable[[Door], Awaitable[Any]]] = {
    "nothing stored": nothing_stored,
    "stored once": stored_once,
    "stored once, taken in order of arrival": in_order_of_arrival,
    "stored once, text kept": text_kept,
    "stored once, no effect": no_effect,
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.case)
async def test_bad_input(row: Row, open_door: Any, logged: Callable[[], str]) -> None:
    door = await open_door(body_within_s=0.5)
    if row.case in SENDERS:
        assert await SENDERS[row.case](door) == int(row.answer)
    else:
        for post in POSTS[row.case]:
            answer = await door.post(post)
            assert answer.status_code == int(row.answer)
            assert "Hoa" not in answer.text
            if answer.status_code != 200:
                assert answer.headers["content-type"] == "application/problem+json"
    await EFFECTS[row.effect](door)
    metrics = (await door.http.get("/metrics")).text
    for told in (logged(), metrics):
        assert "Hoa" not in told
        assert CITIZEN not in told
        assert "hologram" not in told
