"""Fetching citizens' files, and every row of docs/bad-input.md about where they wait."""

import asyncio
import gzip
import io
import socket
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select

from libs.contracts.events import FeedbackSupplemented
from libs.contracts.vocabulary import Channel, FileKind, FileState, SupplementReason
from libs.runtime.tx import Tx
from services.intake.app import SERVICE
from services.intake.clients import MediaClient
from services.intake.files import fetch_files
from services.intake.store import FileStore
from services.intake.store.filing import FilingStore
from services.intake.tables import citizens, feedbacks, files, runtime
from tests.service.intake.bad_input import Row, rows_of
from tests.support.clock import FixedClock
from tests.support.service import Runs

ROWS = rows_of("Attachment addresses")

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\x00" * 64 + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42" + b"\x00" * 64
AMR = b"#!AMR\n" + b"\x3c" * 64
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def archive(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name in names:
            file.writestr(name, "<x/>")
    return packed.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")


def answer(content: bytes, *headers: str, status: str = "200 OK", announced: int | None = None) -> bytes:
    length = len(content) if announced is None else announced
    return "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {length}", *headers, "", ""]).encode() + content


SERVED: dict[str, bytes] = {
    "redirect_inward": answer(b"", "Location: http://127.0.0.1:1/", status="302 Found"),
    "not_found": answer(b"", status="404 Not Found"),
    "server_error": answer(b"", status="500 Internal Server Error"),
    "announced_too_large": answer(JPEG, announced=3 * 1024**3),
    "endless": b"HTTP/1.1 200 OK\r\n\r\n" + JPEG,
    "slow_drip": b"HTTP/1.1 200 OK\r\n\r\n" + JPEG,
    "cut_off_file": answer(JPEG, announced=len(JPEG) + 1),
    "no_bytes": answer(b""),
    "html_named_jpg": answer(b"<!doctype html><html><body>x</body></html>", "Content-Type: image/jpeg"),
    "svg_with_script": answer(SVG, "Content-Type: image/png"),
    "program": answer(b"MZ" + b"\x00" * 200),
    "zip": answer(archive("a.txt")),
    "macro_document": answer(archive("word/document.xml", "word/vbaProject.bin")),
    "zip_bomb": answer(archive(*(f"word/document.xml{number:060}" for number in range(6_000)), "word/document.xml")),
    "gzip_encoded": answer(gzip.compress(JPEG), "Content-Encoding: gzip"),
}
"""What the media host answers, by the path it is asked for."""

ADDRESSES: dict[str, str] = {
    "file_scheme": "file:///etc/passwd",
    "data_scheme": "data:image/png;base64,AAAA",
    "loopback": "https://127.0.0.1/a.jpg",
    "link_local": "https://169.254.169.254/latest/meta-data",
    "decimal_address": "https://2130706433/a.jpg",
    "plain_http": "http://f1.zdn.vn/a.jpg",
    "other_port": "https://f1.zdn.vn:8443/a.jpg",
    "other_host": "https://files.example/a.jpg",
    "look_alike_host": "https://evilzdn.vn/a.jpg",
    "user_in_address": "https://f1.zdn.vn@files.example/a.jpg",
    "line_break": "https://f1.zdn.vn/a\r\nX-Admin: 1",
    "points_inward": "https://inward.zdn.vn/a.jpg",
    "points_both_ways": "https://both.zdn.vn/a.jpg",
    "mapped_address": "https://mapped.zdn.vn/a.jpg",
    "changes_its_mind": "https://changes.zdn.vn/a.jpg",
    "unknown_name": "https://nowhere.zdn.vn/a.jpg",
}
NAMES: dict[str, list[str]] = {
    "inward.zdn.vn": ["10.0.0.1"],
    "both.zdn.vn": ["93.184.216.34", "127.0.0.1"],
    "mapped.zdn.vn": ["::ffff:127.0.0.1"],
}


class MediaHost:
    """A media host on this machine that answers what each path asks for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.address = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readline()).split()
        if not asked:  # whoever connected gave up before it asked
            writer.close()
            return
        path = asked[1].decode().removeprefix("/")
        while (await reader.readline()).strip():
            pass
        self.asked.append(path)
        try:
            writer.write(SERVED[path])
            await writer.drain()
            if path == "endless":
                while True:
                    writer.write(b"\x00" * 65_536)
                    await writer.drain()
            if path == "slow_drip":
                await reader.read()  # says no more, until the other side goes
        except ConnectionError:
            pass
        finally:
            writer.close()


@pytest.fixture
async def host() -> AsyncIterator[MediaHost]:
    host = MediaHost()
    server = await asyncio.start_server(host.serve, "127.0.0.1", 0)
    host.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield host
    server.close()
    await server.wait_closed()


class Resolver:
    """Names as the internet would answer, and how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def resolve(self, host: str, port: int) -> list[str]:
        self.asked += 1
        if host == "changes.zdn.vn":
            # Discarded by the network: a connection there never comes about. 127.0.0.1 would.
            return ["192.88.99.1"] if self.asked == 1 else ["127.0.0.1"]
        if host in NAMES:
            return NAMES[host]
        if host == "127.0.0.1":
            return [host]
        raise socket.gaierror(socket.EAI_NONAME, "no such name")


@pytest.fixture
def resolver() -> Resolver:
    return Resolver()


OpenRun = Callable[..., Awaitable[Any]]


@pytest.fixture
def at_work(runs: Runs, host: MediaHost, resolver: Resolver, clock: FixedClock) -> OpenRun:
    async def start(**settings: Any) -> Any:
        run = await runs(SERVICE, clock=clock, media_private_hosts=host.address, media_within_s=1.5, **settings)
        await run.parts.media.close()
        media = MediaClient(run.metrics, within_s=1.5, at_once=4, resolve=resolver.resolve)
        run._parts = replace(run.parts, media=media)
        return run

    return start


async def add_file(run: Any, url: str, kind: FileKind = FileKind.IMAGE, name: str = "") -> UUID:
    """A citizen sent a file in the chat."""
    file_id, sender_id = uuid4(), uuid4()
    async with run.begin() as tx:
        known = {"sender_id": sender_id, "channel": Channel.ZALO, "known_since": tx.now}
        await tx.session.execute(insert(citizens).values(known))
        sealed = run.parts.sealer.seal_bytes(url.encode())
        row = {"file_id": file_id, "sender_id": sender_id, "url": sealed, "name": name, "kind": kind}
        await FilingStore(tx.session).add_files([{**row, "next_at": tx.now, "created_at": tx.now}])
    return file_id


async def file_feedback(tx: Tx[Any], file_id: UUID) -> UUID:
    """The draft with this file is filed."""
    feedback_id = uuid4()
    sender_id = await tx.session.scalar(select(files.c.sender_id).where(files.c.file_id == file_id))
    await tx.session.execute(
        insert(feedbacks).values(
            feedback_id=feedback_id,
            code=str(feedback_id),
            sender_id=sender_id,
            channel=Channel.ZALO,
            received_at=tx.now,
        )
    )
    await FilingStore(tx.session).attach({file_id: feedback_id})
    return feedback_id


async def row_of(run: Any, file_id: UUID) -> Any:
    async with run.begin() as tx:
        return (await tx.session.execute(select(files).where(files.c.file_id == file_id))).one()


async def told(run: Any) -> list[FeedbackSupplemented]:
    async with run.begin() as tx:
        bodies = await tx.session.scalars(select(runtime.outbox.c.body).order_by(runtime.outbox.c.id))
        return [FeedbackSupplemented.from_bytes(body) for body in bodies]


def test_the_page_and_the_tests_name_the_same_cases() -> None:
    assert {row.case for row in ROWS} == ADDRESSES.keys() | SERVED.keys()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.case)
async def test_bad_address(row: Row, at_work: OpenRun, host: MediaHost, resolver: Resolver) -> None:
    run = await at_work()
    kept_before = set(run.blobs._folder.rglob("*"))  # other tests of this process share the folder
    url = ADDRESSES.get(row.case, f"http://{host.address}/{row.case}")
    file_id = await add_file(run, url)
    async with run.begin() as tx:
        feedback_id = await file_feedback(tx, file_id)
    await fetch_files(run)
    file = await row_of(run, file_id)
    assert (file.state, file.failure) == ({"refused": "failed", "tried again": "pending"}[row.answer], row.effect)
    assert (file.url is None) == (file.next_at is None) == (row.answer == "refused")
    assert [event.attachments[0].state for event in await told(run)] == [FileState.FAILED] * (row.answer == "refused")
    assert {event.feedback_id for event in await told(run)} <= {feedback_id}
    assert host.asked == ([row.case] if row.case in SERVED else [])
    assert resolver.asked <= 1
    assert set(run.blobs._folder.rglob("*")) == kept_before


@pytest.mark.parametrize(
    ("content", "kind", "name", "kept_as", "mime"),
    [
        (JPEG, FileKind.IMAGE, "", "ảnh.jpg", "image/jpeg"),
        (PNG, FileKind.IMAGE, "chụp màn hình.JPG", "chụp màn hình.png", "image/png"),
        (PDF, FileKind.DOCUMENT, "Đơn.pdf", "Đơn.pdf", "application/pdf"),
        (DOCX, FileKind.DOCUMENT, "Đơn đề nghị.docx", "Đơn đề nghị.docx", "wordprocessingml"),
        (XLSX, FileKind.DOCUMENT, "bảng.xls", "bảng.xlsx", "spreadsheetml"),
        (MP4, FileKind.VIDEO, "", "video.mp4", "video/mp4"),
        (MP4, FileKind.DOCUMENT, "quay.mov", "quay.mp4", "video/mp4"),
        (AMR, FileKind.AUDIO, "", "ghi âm.amr", "audio/amr"),
    ],
)
async def test_a_file_is_kept_by_what_its_bytes_are(
    at_work: OpenRun,
    host: MediaHost,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes,
    kind: FileKind,
    name: str,
    kept_as: str,
    mime: str,
) -> None:
    run = await at_work()
    monkeypatch.setitem(SERVED, "good", answer(content, "Content-Type: text/html"))
    file_id = await add_file(run, f"http://{host.address}/good", kind, name)
    await fetch_files(run)
    file = await row_of(run, file_id)
    assert (file.state, file.name, file.failure, file.url) == ("ready", kept_as, None, None)
    assert mime in file.mime
    assert await run.blobs.read(file.sha256) == content
    assert file.size_bytes == len(content)
    assert await told(run) == []  # a draft's file is nobody else's business yet


async def test_a_file_that_comes_after_filing_is_told_with_its_feedback(
    at_work: OpenRun, host: MediaHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await at_work()
    monkeypatch.setitem(SERVED, "good", answer(PDF))
    file_id = await add_file(run, f"http://{host.address}/good", FileKind.DOCUMENT, "Đơn.pdf")
    async with run.begin() as tx:
        feedback_id = await file_feedback(tx, file_id)
    await fetch_files(run)
    [event] = await told(run)
    [attachment] = event.attachments
    assert (event.feedback_id, event.reason, event.text) == (feedback_id, SupplementReason.FILE, "")
    assert (attachment.file_id, attachment.state, attachment.name) == (file_id, FileState.READY, "Đơn.pdf")
    assert await run.blobs.read(str(attachment.sha256)) == PDF


async def test_a_file_is_tried_with_growing_waits_and_in_the_end_given_up_and_said_so(
    at_work: OpenRun, host: MediaHost, clock: FixedClock
) -> None:
    run = await at_work()
    file_id = await add_file(run, f"http://{host.address}/not_found")
    async with run.begin() as tx:
        await file_feedback(tx, file_id)
    for tries in range(1, 8):
        await fetch_files(run)
        await fetch_files(run)  # not due again yet
        assert len(host.asked) == tries
        clock.advance(timedelta(hours=7))
    file = await row_of(run, file_id)
    assert (file.state, file.failure, file.attempts) == ("failed", "not_found", 7)
    assert [event.attachments[0].state for event in await told(run)] == [FileState.FAILED]


async def test_two_workers_never_fetch_the_same_file(
    at_work: OpenRun, host: MediaHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await at_work(media_at_once=20), await at_work(media_at_once=20)
    for number in range(20):
        monkeypatch.setitem(SERVED, f"good{number}", answer(JPEG))
        await add_file(first, f"http://{host.address}/good{number}")
    await asyncio.gather(fetch_files(first), fetch_files(second))
    assert sorted(host.asked) == sorted(f"good{number}" for number in range(20))


async def test_a_worker_that_was_overtaken_changes_nothing(
    at_work: OpenRun, host: MediaHost, clock: FixedClock
) -> None:
    run = await at_work()
    file_id = await add_file(run, f"http://{host.address}/not_found")
    async with run.begin() as tx:
        [slow] = await FileStore(tx.session).claim_due(tx.now, 1, timedelta(minutes=1))
    clock.advance(timedelta(minutes=2))
    async with run.begin() as tx:
        [other] = await FileStore(tx.session).claim_due(tx.now, 1, timedelta(minutes=1))
        assert await FileStore(tx.session).give_up(slow, "not_found") is None
        assert await FileStore(tx.session).give_up(other, "too_large") is not None
    assert (await row_of(run, file_id)).failure == "too_large"


async def test_a_file_sealed_under_a_key_this_machine_lacks_waits_for_the_key(
    at_work: OpenRun, host: MediaHost
) -> None:
    run = await at_work()
    file_id = await add_file(run, f"http://{host.address}/not_found")
    async with run.begin() as tx:
        await tx.session.execute(files.update().values(url=b"gAAAAA-other"))
    await fetch_files(run)
    file = await row_of(run, file_id)
    assert (file.state, file.failure, host.asked) == ("pending", "unreadable", [])
