"""What officers see at the desk, over HTTP: lists, search, a case."""

from uuid import UUID, uuid4

import httpx
import pytest

from libs.contracts.events import (
    Attachment,
    FeedbackSupplemented,
    MessageOutcome,
    Reason,
)
from libs.contracts.vocabulary import (
    FileKind,
    FileState,
    Notice,
    NoticeOutcome,
    SenderId,
    SupplementReason,
)
from libs.runtime.ids import uuid7
from services.routing import tables as t
from tests.service.routing.browser import Browser, form_to, handler, office, words
from tests.service.routing.city import MINUTE, WORDS, City, classification, received


async def doubtful(city: City) -> UUID:
    """A case the Office must decide."""
    return await city.opened(needs_review=True)


# --- lists -----------------------------------------------------------------------------------------------------------


async def test_a_new_case_is_on_its_agency_s_list_with_count_and_due_date(city: City) -> None:
    feedback_id = await city.with_lang()
    page = await (await handler(city)).get("/desk")
    said = words(page)
    assert "Mới chuyển đến 1 hồ sơ" in said
    assert "1 hồ sơ, hạn gần nhất trước. Số liệu lúc 09:01" in said
    code = (await city.case(feedback_id))["code"]
    assert f"Đã chuyển cơ quan xử lý còn 22 ngày {WORDS} {code} UBND phường Láng" in said


async def test_an_empty_list_says_why_and_what_would_fill_it(city: City) -> None:
    said = words(await (await handler(city)).get("/desk", list="sent-back"))
    assert "Hiện không có hồ sơ nào ở danh sách này. Câu trả lời bị yêu cầu sửa sẽ hiện ở đây" in said


async def test_lists_go_on_page_by_page_in_order_of_the_due_date(city: City) -> None:
    codes = []
    for number in range(30):
        city.clock.advance(MINUTE)
        feedback_id = uuid7()
        await city.hear(received(feedback_id, code=f"HN-PA-261123-{number:05d}-A", received_at=city.clock.now()))
        await city.hear(classification(feedback_id, needs_review=True))
        codes.append(f"HN-PA-261123-{number:05d}-A")
    browser = await office(city)
    page = await browser.get("/desk", list="undecided")
    rest = await browser.get(page.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&"))
    shown = [[code for code in codes if code in words(one)] for one in (page, rest)]
    assert [len(codes) for codes in shown] == [25, 5]
    assert sorted(shown[0] + shown[1]) == codes, "each once"
    assert 'rel="next"' not in rest.text


@pytest.mark.parametrize("after", ["x", "1.x", "9" * 40 + ".0", "-1.", "1.00000000-0000-0000-0000-000000000000"])
async def test_a_list_asked_for_nonsense_begins_at_its_beginning(city: City, after: str) -> None:
    await doubtful(city)
    page = await (await office(city)).get("/desk", list="undecided", after=after)
    assert (page.status_code, WORDS in words(page)) == (200, True)


async def test_a_case_is_found_by_its_code_however_it_is_typed(city: City) -> None:
    feedback_id = await city.with_lang()
    code = (await city.case(feedback_id))["code"].upper()
    async with city.run.begin() as tx:
        await tx.session.execute(t.cases.update().values(code=code))
    browser = await handler(city)
    for typed in (code, f" {code.lower()} ", code[13:19]):
        found = await browser.get("/desk/search", q=typed)
        assert (found.status_code, found.headers["location"]) == (303, f"/desk/cases/{feedback_id}"), typed
    for typed in ("", "HN", "%", "_____", "HN-PA-000000-00000-X"):
        nothing = await browser.get("/desk/search", q=typed)
        assert (nothing.status_code, "Không tìm thấy hồ sơ nào" in words(nothing)) == (200, True), typed
        assert "aria-current" not in nothing.text, "what was searched is on no list"


# --- one case --------------------------------------------------------------------------------------------------------


async def test_a_case_s_page_tells_everything_that_is_known(city: City) -> None:
    feedback_id, sender_id = uuid7(), SenderId(uuid7())
    pending = Attachment(file_id=uuid4(), name="video.mp4", kind=FileKind.VIDEO, state=FileState.PENDING)
    failed = Attachment(file_id=uuid4(), name="ghi-am.m4a", kind=FileKind.AUDIO, state=FileState.FAILED)
    await city.hear(
        received(feedback_id, attachments=(pending, failed), location={"latitude": 21.01, "longitude": 105.8})
    )
    start = WORDS.index("giấy khai sinh")
    reason = Reason(decision="matter", rule="x", words="giấy khai sinh", start=start, end=start + 14)
    await city.hear(classification(feedback_id, reasons=(reason,)))
    await city.hear(
        FeedbackSupplemented(
            feedback_id=feedback_id, sender_id=sender_id, reason=SupplementReason.CITIZEN, text="Sáng nay vẫn chưa có."
        )
    )
    await city.hear(
        MessageOutcome(
            feedback_id=feedback_id, key=feedback_id, message_id=uuid4(), notice=Notice.ROUTED, at=city.clock.now(),
            outcome=NoticeOutcome.FAILED, caused_by=uuid4(), detail="zalo:-230",
        )
    )  # fmt: skip
    await city.hear(
        MessageOutcome(
            feedback_id=feedback_id, key=feedback_id, message_id=uuid4(), notice=Notice.RECEIVED, at=city.clock.now(),
            outcome=NoticeOutcome.SUPERSEDED, caused_by=uuid4(), detail="by:routed",
        )
    )  # fmt: skip
    page = await (await handler(city)).case(feedback_id)
    said = words(page)
    for told in (
        "còn 22 ngày hạn 17:30 Thứ Ba 15/12/2026",
        "Sáng nay vẫn chưa có.",
        "“giấy khai sinh” → việc",
        "video.mp4 đang tải",
        "ghi-am.m4a không tải được từ Zalo",
        "21.01000, 105.80000",
        "Nơi xảy ra phường Láng",
        "Gửi không được zalo:-230",
        "Chuyển cơ quan – UBND phường Láng",
        "Mở hồ sơ – Gửi qua Zalo",
        "Đã ẩn – Xem (ghi nhật ký)",
    ):
        assert told in said
    assert "by:routed" not in said, "a code only where somebody must look into it"
    assert "<mark>giấy khai sinh<sup" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert page.headers["cache-control"] == "no-store"


async def test_quotes_that_end_together_are_not_read_as_one_number(city: City) -> None:
    feedback_id = uuid7()
    await city.hear(received(feedback_id))
    end = WORDS.index("giấy khai sinh") + len("giấy khai sinh")
    quoted = [
        Reason(decision="matter", rule="x", words=words_, start=end - len(words_), end=end)
        for words_ in ("giấy khai sinh", "khai sinh")
    ]
    await city.hear(classification(feedback_id, reasons=tuple(quoted)))
    page = await (await handler(city)).case(feedback_id)
    assert ">1,2</sup>" in page.text


async def test_what_a_citizen_writes_is_never_markup(city: City) -> None:
    feedback_id = uuid7()
    nasty = "<script>alert(1)</script> {{ 7*7 }} \u202e & giấy khai sinh"
    await city.hear(received(feedback_id, text=nasty))
    reason = Reason(decision="matter", rule="x", words="<script>alert(1)</script>", start=0, end=25)
    await city.hear(classification(feedback_id, needs_review=True, reasons=(reason,)))
    browser = await office(city)
    for page in (
        await browser.get("/desk"),
        await browser.case(feedback_id),
        await browser.get("/desk/search", q="<b>x"),
    ):
        assert "<script>alert" not in page.text
        assert "<b>x" not in page.text
        assert "49" not in page.text.partition("{{")[2][:20]


@pytest.mark.parametrize("path", ["/desk/cases/x", f"/desk/cases/{UUID(int=1)}", "/desk/nowhere", "/desk/cases"])
async def test_what_is_not_there_is_said_by_a_page(city: City, path: str) -> None:
    page = await (await handler(city)).get(path)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "Không tìm thấy" in words(page)


# --- what a page brings along, and the API ---------------------------------------------------------------------------


async def test_a_page_brings_only_its_own_small_files(city: City) -> None:
    page = await (await handler(city)).get("/desk")
    links = {part.split('"')[0] for mark in ('href="', 'src="') for part in page.text.split(mark)[1:]}
    static = sorted(link for link in links if "/static/" in link)
    assert [link.split("?")[0] for link in static] == [
        "/static/desk.css", "/static/desk.js", "/static/mark.svg", "/static/style.css",
    ]  # fmt: skip
    browser, size = Browser(city.run), len(page.content)
    for link in static:
        file = await browser.get(link)
        assert (file.status_code, "immutable" in file.headers["cache-control"]) == (200, True)
        size += len(file.content)
    assert size < 60_000
    assert not [link for link in links if link.startswith(("http:", "https:", "//"))]


async def test_the_api_knows_an_officer_by_his_cookie_and_asks_for_the_form_s_token_to_change_anything(
    city: City,
) -> None:
    feedback_id = await city.with_lang()
    browser = await handler(city)
    assert (await browser.get("/api/v1/cases")).json()["cases"][0]["id"] == str(feedback_id)
    version = {"If-Match": f'"{(await city.case(feedback_id))["version"]}"'}
    path = f"/api/v1/cases/{feedback_id}:accept"
    assert (await browser.http.post(path, headers=version)).status_code == 401
    done = await browser.http.post(path, headers={**version, "X-CSRF-Token": await browser.csrf()})
    assert (done.status_code, done.json()["state"]) == (200, "in_progress")


def test_a_form_reader_reads_what_a_browser_would_send() -> None:
    page = httpx.Response(
        200, text='<form action="/x"><textarea name="a">\nb</textarea><input name="c" value="d"></form>'
    )
    assert form_to(page, "/x").fields == {"a": "b", "c": "d"}
