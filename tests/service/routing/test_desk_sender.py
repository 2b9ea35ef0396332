"""Who sent a case, and the files with it: shown to whom, how, and written down."""

import hashlib
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from libs.contracts.events import (
    Attachment,
    SenderIdentified,
)
from libs.contracts.sealed import Contacts
from libs.contracts.vocabulary import (
    FileKind,
    FileState,
    SenderId,
)
from libs.runtime.ids import uuid7
from services.routing import tables as t
from services.routing.domain.permission import Role
from tests.service.routing.browser import SIGN_IN, Browser, at_desk, handler, words
from tests.service.routing.city import LANG, OFFICE, City, classification, received

# --- who sent it -----------------------------------------------------------------------------------------------------


@pytest.fixture
async def known_sender(city: City) -> UUID:
    """A case with Láng whose sender's contacts are known."""
    feedback_id = await city.with_lang()
    contacts = city.run.parts.sealer.seal(
        Contacts(full_name="Nguyễn Văn Mẫu", phone="84900000123", residence="phường Láng")
    )
    await city.hear(SenderIdentified(sender_id=SenderId(uuid7()), feedback_id=feedback_id, code="x", contacts=contacts))
    return feedback_id


async def test_the_sender_is_shown_once_to_who_says_why_and_that_is_written_down(
    city: City, known_sender: UUID
) -> None:
    writer = await handler(city)
    page = await writer.case(known_sender)
    assert "Nguyễn Văn Mẫu" not in page.text
    assert (await writer.send(page, "/unmask", why=" ")).status_code == 422
    assert "unmasked" not in await _steps(city, known_sender)

    shown = await writer.send(page, "/unmask", why="Gọi điện hẹn ngày nhận.")
    assert "Nguyễn Văn Mẫu" in words(shown)
    assert "0900 000 123" in words(shown)
    assert shown.headers["cache-control"] == "no-store"
    *_, looked = await city.rows(t.timeline, known_sender)
    assert (looked["what"], looked["by_name"], looked["note"]) == (
        "unmasked", "Cán bộ canbo", "Gọi điện hẹn ngày nhận.",
    )  # fmt: skip
    again = await writer.case(known_sender)
    assert "Nguyễn Văn Mẫu" not in again.text
    assert "Xem thông tin người gửi" in words(again)


async def test_a_reader_who_only_checks_does_not_see_the_sender(city: City, known_sender: UUID) -> None:
    auditor = await at_desk(city, "kiemtra", OFFICE, Role.AUDITOR)
    page = await auditor.case(known_sender)
    assert "Tài khoản này không được xem thông tin người gửi" in words(page)
    tried = await auditor.post(f"/desk/cases/{known_sender}/unmask", {"csrf": await auditor.csrf(), "why": "Tò mò"})
    assert (tried.status_code, "Nguyễn Văn Mẫu" in tried.text) == (403, False)
    assert "unmasked" not in await _steps(city, known_sender)


async def test_a_sender_nobody_knows_yet_is_said_so(city: City) -> None:
    feedback_id = await city.with_lang()
    page = await (await handler(city)).do(feedback_id, "unmask", why="Gọi điện.")
    assert (page.status_code, "Chưa có thông tin người gửi" in words(page)) == (200, True)


async def _steps(city: City, feedback_id: UUID) -> list[str]:
    return [row["what"] for row in await city.rows(t.timeline, feedback_id)]


# --- files -----------------------------------------------------------------------------------------------------------

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


async def with_file(city: City, content: bytes, name: str = "Phiếu hẹn.png") -> tuple[UUID, str]:
    """A case with one stored picture; gives its address."""

    async def chunks() -> AsyncIterator[bytes]:
        yield content

    stored = await city.run.blobs.put(chunks(), 10_000)
    file = Attachment(
        file_id=uuid4(), name=name, kind=FileKind.IMAGE, state=FileState.READY, sha256=stored.sha256,
        mime="text/html", size_bytes=stored.size_bytes,
    )  # fmt: skip
    feedback_id = uuid7()
    await city.hear(received(feedback_id, attachments=(file,)))
    await city.hear(classification(feedback_id))
    return feedback_id, f"/desk/cases/{feedback_id}/files/{file.file_id}"


async def test_a_file_leaves_as_a_download_whatever_its_sender_calls_it(city: City) -> None:
    _, path = await with_file(city, PNG, "../Phiếu\r\nhẹn.png")
    file = await (await handler(city)).get(path)
    assert (file.status_code, file.content) == (200, PNG)
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["content-disposition"] == "attachment; filename*=UTF-8''..%2FPhi%E1%BA%BFu%0D%0Ah%E1%BA%B9n.png"
    assert file.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert file.headers["x-content-type-options"] == "nosniff"


async def test_a_picture_is_shown_by_its_bytes_and_nothing_else_is(city: City) -> None:
    browser = await handler(city)
    _, picture = await with_file(city, PNG)
    shown = await browser.get(picture, inline="1")
    assert (shown.headers["content-type"], shown.headers["content-disposition"]) == ("image/png", "inline")
    _, page = await with_file(city, b"<svg onload='alert(1)'/>", "anh.png")
    kept = await browser.get(page, inline="1")
    assert kept.headers["content-type"] == "application/octet-stream"
    assert kept.headers["content-disposition"].startswith("attachment")


async def test_a_file_whose_bytes_were_altered_is_not_handed_out(city: City) -> None:
    _, path = await with_file(city, PNG + b"1")
    sha256 = hashlib.sha256(PNG + b"1").hexdigest()
    stored = city.run.blobs._path(sha256)  # type: ignore[attr-defined]
    stored.chmod(0o600)
    stored.write_bytes(b"altered")
    file = await (await handler(city)).get(path)
    assert (file.status_code, b"altered" in file.content) == (404, False)
    stored.unlink()
    assert (await (await at_desk(city, "khac", LANG, Role.HANDLER)).get(path)).status_code == 404


async def test_a_file_is_reached_through_its_own_case_only(city: City) -> None:
    _, path = await with_file(city, PNG)
    other = await city.with_lang()
    browser = await handler(city)
    assert (await browser.get(f"/desk/cases/{other}/files/{path.rpartition('/')[2]}")).status_code == 404
    stranger = await at_desk(city, "sonoivu", "HN-SNV25", Role.HANDLER)
    assert (await stranger.get(path)).status_code == 404
    assert (await Browser(city.run).get(path)).headers["location"].startswith(SIGN_IN)
