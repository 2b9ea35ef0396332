"""Posts signed webhook bodies over kept connections as fast as they are answered; a process of its own.

`python -m tests.bench.load_client PORT PATH CONNECTIONS EVENTS NONCE`. It makes and signs everything first, says
`ready`, waits for a line, posts, and says what it saw as JSON. It talks to sockets itself: an HTTP library would
cost more than the server it is to measure.
"""

import json
import os
import select
import socket
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

SAMPLE: Final = Path(__file__).parents[1] / "zalo_events" / "user_send_text.json"
APP_ID_NAME: Final = "INTAKE_ZALO_APP_ID"
OA_ID_NAME: Final = "INTAKE_ZALO_OA_ID"
SECRET_NAME: Final = "INTAKE_ZALO_OA_SECRET_KEY"

_HEAD_END: Final = b"\r\n\r\n"
_GOOD: Final = b"HTTP/1.1 200"


@dataclass(slots=True)
class _Connection:
    socket: socket.socket
    sent_at: float = 0.0
    read: bytes = b""


@dataclass(slots=True)
class Seen:
    """What the poster saw."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    refused: int = 0


def request(path: str, body: dict[str, Any], app_id: str, secret: str) -> bytes:
    """One whole HTTP request with a body as Zalo writes and signs it."""
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    signature = sha256(app_id.encode() + raw + body["timestamp"].encode() + secret.encode()).hexdigest()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nUser-Agent: ZaloWebhook\r\n"
        f"X-ZEvent-Signature: mac={signature}\r\nContent-Length: {len(raw)}\r\n\r\n"
    )
    return head.encode() + raw


def messages(path: str, events: int, nonce: str, app_id: str, oa_id: str, secret: str) -> list[bytes]:
    """So many different text messages, each from a citizen of its own."""
    text = json.loads(SAMPLE.read_text("utf-8"))["message"]["text"]
    return messages_of(path, nonce, range(events), 0, lambda _: text, app_id, oa_id, secret)


def messages_of(
    path: str,
    nonce: str,
    citizens: Sequence[int],
    step: int,
    text: Callable[[int], str],
    app_id: str,
    oa_id: str,
    secret: str,
) -> list[bytes]:
    """What each of these citizens writes; `step` tells one message of a citizen from the next."""
    sample = json.loads(SAMPLE.read_text("utf-8"))
    now_ms = int(time.time() * 1000)
    made = []
    for number in citizens:
        sender = str(int(sha256(f"{nonce}:{number}".encode()).hexdigest()[:15], 16))
        body = sample | {
            "app_id": app_id,
            "sender": {"id": sender},
            "user_id_by_app": sender[::-1],
            "recipient": {"id": oa_id},
            "message": {"text": text(number), "msg_id": f"{nonce}{number:x}.{step}"},
            "timestamp": str(now_ms),
        }
        made.append(request(path, body, app_id, secret))
    return made


def post_all(requests: list[bytes], port: int, connections: int) -> Seen:
    """Post them all, each connection the next one as soon as its last was answered."""
    seen, waiting = Seen(), iter(requests)
    by_number: dict[int, _Connection] = {}
    poll = select.epoll()
    for _ in range(min(connections, len(requests))):
        opened = socket.create_connection(("127.0.0.1", port))
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        by_number[opened.fileno()] = _Connection(opened)
        poll.register(opened.fileno(), select.EPOLLIN)
    clock, left = time.perf_counter, len(requests)
    began = clock()
    for connection in by_number.values():
        connection.sent_at = clock()
        connection.socket.sendall(next(waiting))
    while left:
        for number, _ in poll.poll():
            connection = by_number[number]
            got = connection.socket.recv(65_536)
            if not got:
                raise ConnectionError("the server closed a connection")
            connection.read += got
            if not _is_whole(connection.read):
                continue
            now = clock()
            seen.waits.append(now - connection.sent_at)
            seen.refused += not connection.read.startswith(_GOOD)
            connection.read = b""
            left -= 1
            following = next(waiting, None)
            if following is not None:
                connection.sent_at = now
                connection.socket.sendall(following)
    seen.seconds = clock() - began
    for connection in by_number.values():
        connection.socket.close()
    return seen


def _is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(_HEAD_END)
    if not end:
        return False
    length = head.lower().rpartition(b"content-length:")[2].split(b"\r\n", 1)[0]
    return len(body) >= int(length)


def main(words: list[str]) -> int:
    """Make, wait for the word, post, tell."""
    port, path, connections, events, nonce = int(words[0]), words[1], int(words[2]), int(words[3]), words[4]
    app_id, oa_id, secret = (os.environ[name] for name in (APP_ID_NAME, OA_ID_NAME, SECRET_NAME))
    made = messages(path, events, nonce, app_id, oa_id, secret)
    _tell("ready")
    sys.stdin.readline()
    used_before = time.process_time()
    seen = post_all(made, port, connections)
    waits = sorted(seen.waits)
    told = {
        "events": len(waits),
        "seconds": seen.seconds,
        "refused": seen.refused,
        "p50_ms": waits[len(waits) // 2] * 1000,
        "p99_ms": waits[len(waits) * 99 // 100] * 1000,
        "cpu_s": time.process_time() - used_before,
    }
    _tell(json.dumps(told))
    return 0


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
