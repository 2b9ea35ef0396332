"""The network the faults come from: each mood does what it says, to bytes and to a broker's confirms."""

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.support.confirm import ConfirmSpoiler, Frames
from tests.support.proxy import Proxy

MOMENT_S = 0.3


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that says back what it hears; its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    closing = threading.Event()

    def answer(client: socket.socket) -> None:
        with client:
            while said := _received(client):
                client.sendall(said)

    def serve() -> None:
        while not closing.is_set():
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(client,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1]
    closing.set()
    listener.close()


@pytest.fixture
def proxy(echo: int) -> Iterator[Proxy]:
    """A network to that server."""
    made = Proxy(echo).start()
    yield made
    made.close()


@pytest.fixture
def client(proxy: Proxy) -> Iterator[socket.socket]:
    """A connection through it."""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as made:
        made.settimeout(5)
        yield made


def test_it_carries_what_is_said(client: socket.socket) -> None:
    client.sendall(b"xin")
    assert client.recv(10) == b"xin"


def test_silent_it_holds_everything_and_when_it_heals_nothing_is_missing(proxy: Proxy, client: socket.socket) -> None:
    proxy.goes_silent()
    client.sendall(b"xin")
    client.settimeout(MOMENT_S)
    with pytest.raises(TimeoutError):
        client.recv(10)
    proxy.passes()
    client.settimeout(5)
    assert client.recv(10) == b"xin"


def test_an_answer_that_was_swallowed_and_cut_is_lost(proxy: Proxy, client: socket.socket) -> None:
    proxy.swallows_answers()
    client.sendall(b"xin")
    proxy.cuts()
    assert _received(client) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", proxy.port), timeout=5)
    proxy.passes()
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as again:
        again.sendall(b"chao")
        assert again.recv(10) == b"chao"


ACK = bytes.fromhex("01 0001 0000000d 003c 0050 0000000000000007 01 ce")
NACK = bytes.fromhex("01 0001 0000000d 003c 0078 0000000000000007 01 ce")
HEARTBEAT = bytes.fromhex("08 0000 00000000 ce")


def test_every_second_confirm_is_lost_and_nothing_else_however_the_bytes_arrive() -> None:
    spoiler = ConfirmSpoiler(lose_every=2)
    frames, stream = Frames(spoiler), (ACK + HEARTBEAT) * 3
    passed = b"".join(frames.passed(stream[at : at + 5]) for at in range(0, len(stream), 5))
    assert passed == ACK + HEARTBEAT + HEARTBEAT + ACK + HEARTBEAT
    assert (spoiler.seen, spoiler.lost) == (3, 1)


def test_a_confirm_that_says_no_keeps_its_number() -> None:
    assert Frames(ConfirmSpoiler(refuse_every=1)).passed(ACK) == NACK


def _received(client: socket.socket) -> bytes:
    try:
        return client.recv(1_000)
    except ConnectionError:
        return b""
