"""The ingress of one machine: who gets a request, what they are told of the caller, and what the caller learns."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest
import uvicorn

from libs.local import gateway as module
from libs.local.port import ADDRESS, free_port
from tests.support.client import async_client
from tests.support.service import eventually

Answer = Callable[["Asked", asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Asked:
    """A request as it reached a process."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes = b""

    def header(self, name: str) -> list[str]:
        return [value for known, value in self.headers if known == name]


@dataclass
class Process:
    """A process of a service, of which nothing is real but its HTTP."""

    name: str
    is_ready: bool = True
    answer: Answer | None = None
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None

    @property
    def address(self) -> str:
        return f"http://{ADDRESS}:{self.port}"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, ADDRESS, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._serve_one(reader, writer)
        writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        pairs = [line.partition(": ") for line in head[1:] if line]
        asked = Asked(method, target, [(name.lower(), value) for name, _, value in pairs])
        if target == "/health/ready":
            await reply(writer, "ready", 200 if self.is_ready else 503)
            return
        self.asked.append(asked)
        if self.answer is not None:
            await self.answer(asked, reader, writer)
            return
        if length := asked.header("content-length"):
            asked.body = await reader.readexactly(int(length[0]))
        elif asked.header("transfer-encoding"):
            while (piece := await read_chunk(reader)) != b"":
                asked.body += piece
        await reply(writer, self.name)


async def read_chunk(reader: asyncio.StreamReader) -> bytes:
    size = int(await reader.readline(), 16)
    piece = await reader.readexactly(size)
    await reader.readline()
    return piece


async def reply(writer: asyncio.StreamWriter, text: str, status: int = 200, *more: str) -> None:
    lines = [f"HTTP/1.1 {status} Said", f"content-length: {len(text.encode())}", *more]
    writer.write(("\r\n".join(lines) + "\r\n\r\n" + text).encode())
    await writer.drain()


async def hang_up(_asked: Asked, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


@asynccontextmanager
async def serving(**replicas: list[Process]) -> AsyncIterator[httpx.AsyncClient]:
    """A gateway at work before these processes, and a caller of it."""
    for processes in replicas.values():
        for process in processes:
            await process.start()
    addresses = {service: [process.address for process in those] for service, those in replicas.items()}
    port = free_port()
    server = uvicorn.Server(module.listening(addresses, port))
    running = asyncio.create_task(server.serve())
    async with async_client(f"http://{ADDRESS}:{port}", timeout_s=20) as caller:
        await until_ready(caller, 200, 503)
        yield caller
    server.should_exit = True
    await running
    for processes in replicas.values():
        for process in processes:
            await process.stop()


async def until_ready(caller: httpx.AsyncClient, *statuses: int) -> dict[str, bool]:
    """Wait until the gateway says so (200 unless told otherwise) and give what it says of each service."""
    states: dict[str, bool] = {}

    async def is_so() -> bool:
        try:
            answer = await caller.get("/health/ready")
        except httpx.ConnectError:
            return False
        states.update(answer.json()["services"])
        return answer.status_code in (statuses or (200,))

    await eventually(is_so, 20)
    return states


@pytest.mark.parametrize(
    ("address", "service", "target"),
    [
        pytest.param("/", "intake", "/", id="the root is intake's"),
        pytest.param("/tra-cuu?ma=HN-1", "intake", "/tra-cuu?ma=HN-1", id="a page of intake"),
        pytest.param("/intake/webhooks/zalo", "intake", "/webhooks/zalo", id="a prefix is taken off"),
        pytest.param("/routing/api/v1/cases?after=1%202", "routing", "/api/v1/cases?after=1%202", id="a query stays"),
        pytest.param("/routing", "routing", "/", id="a prefix alone"),
        pytest.param("/desk", "routing", "/desk", id="the desk is routing's"),
        pytest.param("/desk/cases/a%2Fb", "routing", "/desk/cases/a%2Fb", id="a signed slash stays signed"),
        pytest.param("/desktop", "intake", "/desktop", id="only a whole word is the desk"),
        pytest.param("/routings/x", "intake", "/routings/x", id="only a whole word is a prefix"),
    ],
)
async def test_an_address_leads_to_its_service(address: str, service: str, target: str) -> None:
    processes = {name: Process(name) for name in ("intake", "routing")}
    async with serving(**{name: [process] for name, process in processes.items()}) as caller:
        await until_ready(caller)
        assert (await caller.get(address)).text == service
    assert [asked.target for asked in processes[service].asked] == [target]


async def test_a_process_is_told_who_calls_and_nothing_of_the_connection_before() -> None:
    intake = Process("intake")
    async with serving(intake=[intake], routing=[Process("routing")]) as caller:
        await until_ready(caller)
        told = {
            "X-Forwarded-For": "203.0.113.9",
            "Forwarded": "for=203.0.113.9",
            "Connection": "keep-alive, X-Of-One-Hop",
            "X-Of-One-Hop": "1",
            "Cookie": "ln_session=a",
        }
        await caller.get("/", headers=told)
    (asked,) = intake.asked
    assert asked.header("x-forwarded-for") == [ADDRESS], "a caller does not choose who it is"
    assert asked.header("x-forwarded-proto") == ["http"]
    assert asked.header("x-forwarded-host") == asked.header("host")
    assert asked.header("host")[0].startswith(f"{ADDRESS}:")
    assert asked.header("cookie") == ["ln_session=a"]
    assert asked.header("connection") == ["close"]
    assert not asked.header("x-of-one-hop")
    assert not asked.header("forwarded")


async def test_an_answer_comes_back_as_it_was() -> None:
    async def answer(_asked: Asked, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        more = ("set-cookie: a=1", "set-cookie: b=2", "connection: close, x-hop", "x-hop: 1", "location: /desk")
        await reply(writer, "đi", 303, *more)

    async with serving(intake=[Process("intake", answer=answer)], routing=[Process("routing")]) as caller:
        await until_ready(caller)
        got = await caller.get("/")
    assert (got.status_code, got.text, got.headers["location"]) == (303, "đi", "/desk")
    assert got.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert "x-hop" not in got.headers


@pytest.mark.parametrize("is_chunked", [False, True], ids=["of known length", "in pieces"])
async def test_a_body_arrives_whole(is_chunked: bool) -> None:
    intake, body = Process("intake"), b"\x00ng\xe1\xba\xadp" * 100_000

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 50_000):
            yield body[start : start + 50_000]

    async with serving(intake=[intake], routing=[Process("routing")]) as caller:
        await until_ready(caller)
        await caller.post("/intake/files", content=pieces() if is_chunked else body)
    (asked,) = intake.asked
    assert asked.body == body
    assert bool(asked.header("content-length")) != is_chunked


async def test_what_is_sent_flows_before_it_is_complete() -> None:
    has_arrived = asyncio.Event()

    async def answer(_asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard = await read_chunk(reader)
        has_arrived.set()
        heard += await read_chunk(reader)
        await reply(writer, heard.decode())

    async def speech() -> AsyncIterator[bytes]:
        yield b"one "
        async with asyncio.timeout(20):
            await has_arrived.wait()
        yield b"two"

    async with serving(intake=[Process("intake", answer=answer)], routing=[Process("routing")]) as caller:
        await until_ready(caller)
        assert (await caller.post("/", content=speech())).text == "one two"


async def test_what_is_answered_flows_before_it_is_complete() -> None:
    has_arrived = asyncio.Event()

    async def answer(_asked: Asked, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n")
        async with asyncio.timeout(20):
            await has_arrived.wait()
        writer.write(b"3\r\ntwo\r\n0\r\n\r\n")
        await writer.drain()

    async with serving(intake=[Process("intake", answer=answer)], routing=[Process("routing")]) as caller:
        await until_ready(caller)
        async with caller.stream("GET", "/") as got:
            heard = got.aiter_raw()
            assert await anext(heard) == b"one"
            has_arrived.set()
            assert [piece async for piece in heard] == [b"two"]


async def test_replicas_take_turns_and_one_that_is_not_ready_is_left_out() -> None:
    first, second, third = (Process(str(number)) for number in range(3))
    async with serving(intake=[first, second, third], routing=[Process("routing")]) as caller:
        await until_ready(caller)
        third.is_ready = False
        async with asyncio.timeout(20):
            while {(await caller.get("/")).text for _ in range(6)} != {"0", "1"}:
                pass
        assert [(await caller.get("/")).text for _ in range(4)] in (["0", "1", "0", "1"], ["1", "0", "1", "0"])


async def test_a_refused_connection_leads_to_another_replica_even_for_what_changes_something() -> None:
    first, second = Process("0"), Process("1")
    async with serving(intake=[first, second], routing=[Process("routing")]) as caller:
        async with asyncio.timeout(20):
            while {(await caller.get("/")).text for _ in range(2)} != {"0", "1"}:
                pass
        await first.stop()
        got = [await caller.post("/", content=b"once") for _ in range(4)]
    assert [(answer.status_code, answer.text) for answer in got] == [(200, "1")] * 4
    assert sum(asked.method == "POST" for asked in second.asked) == 4


async def test_a_replica_that_dies_over_a_request_is_not_followed_by_another_when_it_may_have_acted() -> None:
    dying, well = Process("dying", answer=hang_up), Process("well")
    async with serving(intake=[dying, well], routing=[Process("routing")]) as caller:
        async with asyncio.timeout(20):
            while not (dying.asked and well.asked):
                await caller.get("/")
        before = len(dying.asked) + len(well.asked)
        got = [await caller.post("/", content=b"once") for _ in range(2)]
        assert len(dying.asked) + len(well.asked) == before + 2, "each was handed on once"
    failed = next(answer for answer in got if answer.status_code != 200)
    assert (failed.status_code, failed.headers["content-type"]) == (502, "application/problem+json")
    assert failed.json()["type"] == "urn:problem:no-answer"


async def test_a_question_is_asked_again_when_a_replica_dies_over_it() -> None:
    dying, well = Process("dying", answer=hang_up), Process("well")
    async with serving(intake=[dying, well], routing=[Process("routing")]) as caller:
        async with asyncio.timeout(20):
            while not (dying.asked and well.asked):
                await caller.get("/")
        assert [(await caller.get("/")).text for _ in range(4)] == ["well"] * 4


async def test_without_a_ready_replica_the_caller_is_asked_to_come_again() -> None:
    intake = Process("intake", is_ready=False)
    async with serving(intake=[intake], routing=[Process("routing")]) as caller:
        states = await until_ready(caller, 503)
        assert states["intake"] is False
        got = await caller.get("/intake/tra-cuu")
        assert (got.status_code, got.headers["retry-after"]) == (503, "1")
        assert got.json()["type"] == "urn:problem:no-replica"
        assert not intake.asked
        intake.is_ready = True
        assert await until_ready(caller) == {"intake": True, "routing": True}


async def test_half_an_answer_is_not_passed_off_as_a_whole_one() -> None:
    async def answer(_asked: Asked, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
        await writer.drain()

    async with serving(intake=[Process("intake", answer=answer)], routing=[Process("routing")]) as caller:
        await until_ready(caller)
        with pytest.raises(httpx.RemoteProtocolError):
            await caller.get("/")


async def test_a_body_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BODY_BYTES", 1_000)
    intake = Process("intake")
    async with serving(intake=[intake], routing=[Process("routing")]) as caller:
        await until_ready(caller)
        got = await caller.post("/", content=b"x" * 1_001)
        assert (got.status_code, got.json()["type"]) == (413, "urn:problem:body-too-large")
        assert (await caller.post("/", content=b"x" * 1_000)).text == "intake"


async def test_a_process_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(module._LIMITS_S, "read", 0.2)

    async def say_nothing(_asked: Asked, reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serving(intake=[Process("intake", answer=say_nothing)], routing=[Process("routing")]) as caller:
        await until_ready(caller)
        got = await caller.get("/")
    assert (got.status_code, got.json()["type"]) == (504, "urn:problem:too-slow")


def test_a_city_without_a_front_door_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        module.main(["triage=http://127.0.0.1:1"])
    assert "no address of intake and routing" in capsys.readouterr().err
