"""The look-up page and the front page: what everybody sees, what only the sender sees, and who is stopped."""

import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import insert, text

from libs.contracts.events import Attachment, Progressed, Refused, Resolved, Routed
from libs.contracts.sealed import Contacts
from libs.contracts.vocabulary import (
    AgencyId,
    AnswerOutcome,
    CaseState,
    Channel,
    Desk,
    FeedbackId,
    FileKind,
    FileState,
    RefusalReason,
    RoutedReason,
)
from libs.runtime.bus import Delivery
from services.intake.tables import citizens, feedbacks
from tests.service.intake.bad_input import Row, rows_of
from tests.service.intake.conftest import NOW, Door
from tests.support.clock import FixedClock

ROWS = rows_of("The look-up page")
CODE = "HN-PA-261121-48213-K"
TEXT = "Bộ phận một cửa phường Láng bắt tôi đi lại bốn lần <b>"
ANSWER = "Giấy khai sinh đã trả ngày 20/11; cán bộ đã được nhắc nhở {{ 7 }}"
LANG = AgencyId("HN-CN00199")
DUE = datetime(2026, 12, 15, 10, 30, tzinfo=UTC)


async def file_one(run: Any, code: str = CODE, phone: str = "84912000678") -> FeedbackId:
    """A citizen filed a feedback."""
    feedback_id, sender_id = uuid4(), uuid4()
    seal = run.parts.sealer
    async with run.begin() as tx:
        known = {"sender_id": sender_id, "channel": Channel.ZALO, "known_since": tx.now}
        await tx.session.execute(insert(citizens).values(known))
        await tx.session.execute(
            insert(feedbacks).values(
                feedback_id=feedback_id,
                code=code,
                sender_id=sender_id,
                channel=Channel.ZALO,
                text=seal.seal_bytes(TEXT.encode()),
                contacts=seal.seal(Contacts(full_name="Nguyễn Thị Hoa", phone=phone)) if phone else None,
                received_at=NOW,
            )
        )
    return FeedbackId(feedback_id)


def routed(feedback_id: UUID, seq: int = 2, due_at: datetime = DUE, agency: str = "UBND phường Láng") -> Routed:
    return Routed(
        key=feedback_id,
        feedback_id=FeedbackId(feedback_id),
        case_seq=seq,
        agency_id=LANG,
        agency_name=agency,
        desk=Desk.AGENCY,
        due_at=due_at,
        reason=RoutedReason.ASSIGNED,
    )


def progressed(feedback_id: UUID, seq: int, state: CaseState, **more: Any) -> Progressed:
    return Progressed(key=feedback_id, feedback_id=FeedbackId(feedback_id), case_seq=seq, state=state, **more)


def resolved(feedback_id: UUID, seq: int, answer: str = ANSWER, attachments: tuple[Attachment, ...] = ()) -> Resolved:
    return Resolved(
        key=feedback_id,
        feedback_id=FeedbackId(feedback_id),
        case_seq=seq,
        agency_id=LANG,
        agency_name="UBND phường Láng",
        outcome=AnswerOutcome.EXPLAINED,
        answer=answer,
        answered_at=NOW + timedelta(days=seq),
        attachments=attachments,
    )


async def hear(run: Any, *events: Any) -> None:
    """Events reach intake, each said a minute after the one with the number below it."""
    for event in events:
        said = event.said(uuid4(), NOW + timedelta(minutes=event.case_seq), None)
        await run.consumer.hear([Delivery(said.name, said.to_bytes())])


@pytest.fixture
async def filed(door: Door) -> FeedbackId:
    return await file_one(door.run)


async def look_up(door: Door, code: str = CODE, digits: str = "") -> httpx.Response:
    return await door.http.post("/tra-cuu", data={"code": code, "digits": digits})


def words_of(page: httpx.Response) -> str:
    """What a reader sees."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.text).split())


async def test_everybody_with_the_code_sees_where_it_stands_and_no_word_of_what_was_written(
    door: Door, filed: FeedbackId
) -> None:
    await hear(door.run, progressed(filed, 1, CaseState.RECEIVED), routed(filed), resolved(filed, 4))
    page = await look_up(door)
    seen = words_of(page)
    assert page.status_code == 200
    assert "Đã trả lời" in seen
    assert "Đã chuyển cơ quan giải quyết : UBND phường Láng" in seen
    assert "Hẹn trả lời trước 17:30 Thứ Ba 15/12/2026" in seen
    assert "một cửa" not in seen
    assert "khai sinh" not in seen
    assert "Hoa" not in seen


async def test_the_newest_step_stands_on_top_and_the_filing_at_the_bottom(door: Door, filed: FeedbackId) -> None:
    await hear(
        door.run, routed(filed), progressed(filed, 1, CaseState.RECEIVED), progressed(filed, 3, CaseState.IN_PROGRESS)
    )
    steps = re.findall(r"<li>.*?<strong>(.*?)</strong>", (await look_up(door)).text)
    assert steps == ["Đang giải quyết", "Đã chuyển cơ quan giải quyết", "Đã tiếp nhận", "Đã gửi"]


async def test_before_anybody_has_said_anything_it_is_sent(door: Door, filed: FeedbackId) -> None:
    seen = words_of(await look_up(door))
    assert "Đã gửi" in seen
    assert "17:00 Thứ Bảy 21/11/2026" in seen


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1), (3, 1, 2), (1, 1, 3, 2, 2, 3)])
async def test_news_in_any_order_and_twice_tell_the_same(door: Door, filed: FeedbackId, order: tuple[int, ...]) -> None:
    news = {
        1: progressed(filed, 1, CaseState.RECEIVED),
        2: routed(filed),
        3: progressed(filed, 3, CaseState.IN_PROGRESS),
    }
    await hear(door.run, *(news[number] for number in order))
    seen = words_of(await look_up(door))
    assert "UBND phường Láng sẽ trả lời trước 17:30 Thứ Ba 15/12/2026 Đang giải quyết" in seen


async def test_a_later_agency_and_date_count_whatever_comes_first(door: Door, filed: FeedbackId) -> None:
    later = routed(filed, 5, DUE + timedelta(days=7), "Sở Tư pháp")
    await hear(door.run, progressed(filed, 6, CaseState.IN_PROGRESS), later, routed(filed, 2))
    assert "Sở Tư pháp sẽ trả lời trước 17:30 Thứ Ba 22/12/2026" in words_of(await look_up(door))


async def test_an_agency_that_gave_the_case_back_is_no_longer_said_to_answer(door: Door, filed: FeedbackId) -> None:
    await hear(door.run, routed(filed), progressed(filed, 3, CaseState.RETURNED, reason="not_competent"))
    page = await look_up(door)
    top = words_of(page).partition("Các bước")[0]
    assert "Đang xác định cơ quan giải quyết" in top
    assert "Văn phòng UBND Thành phố Hà Nội sẽ trả lời trước" in top, "the promise stands, whoever keeps it"
    assert "UBND phường Láng" not in top


async def test_a_refusal_is_the_office_s_whoever_had_the_case_before(door: Door, filed: FeedbackId) -> None:
    refused = Refused(key=filed, feedback_id=filed, case_seq=3, reason=RefusalReason.TCH05)
    await hear(door.run, routed(filed), refused)
    top = words_of(await look_up(door)).partition("Các bước")[0]
    assert "Không thụ lý – Văn phòng UBND Thành phố Hà Nội" in top
    assert "UBND phường Láng" not in top


async def test_a_late_answer_is_said_plainly_with_what_happens_now(
    door: Door, filed: FeedbackId, clock: FixedClock
) -> None:
    await hear(door.run, routed(filed))
    clock.advance(DUE - NOW + timedelta(minutes=1))
    seen = words_of(await look_up(door))
    assert "Quá hạn trả lời UBND phường Láng chưa trả lời đúng hạn 17:30 Thứ Ba 15/12/2026, chúng tôi xin lỗi" in seen
    assert "đang đôn đốc" in seen
    await hear(door.run, resolved(filed, 3))
    assert "Quá hạn" not in words_of(await look_up(door))


async def test_the_sender_sees_the_text_and_the_answer_as_text(door: Door, filed: FeedbackId) -> None:
    await hear(door.run, routed(filed), resolved(filed, 3))
    page = await look_up(door, digits="0678")
    assert page.status_code == 200
    assert TEXT.replace("<b>", "&lt;b&gt;") in page.text
    assert ANSWER in page.text
    assert "UBND phường Láng, Thứ Ba 24/11/2026 – Giải thích, hướng dẫn" in words_of(page)
    assert page.headers["cache-control"] == "no-store"


async def test_an_answer_given_again_after_a_dispute_takes_the_first_ones_place(door: Door, filed: FeedbackId) -> None:
    await hear(door.run, resolved(filed, 5, "Câu trả lời thứ hai"), resolved(filed, 3, "Câu trả lời thứ nhất"))
    seen = words_of(await look_up(door, digits="0678"))
    assert "thứ hai" in seen
    assert "thứ nhất" not in seen


async def test_why_a_feedback_was_refused_is_for_its_sender_alone(door: Door, filed: FeedbackId) -> None:
    refused = Refused(
        key=filed, feedback_id=filed, case_seq=2, reason=RefusalReason.TCH02, explanation="Xin gửi thư kín."
    )
    await hear(door.run, refused)
    public, own = words_of(await look_up(door)), words_of(await look_up(door, digits="0678"))
    assert "Không thụ lý" in public
    assert "tố cáo" not in public.lower()
    assert "Thanh tra Thành phố Hà Nội" in own
    assert "Xin gửi thư kín." in own


async def test_the_answers_files_leave_only_with_the_right_digits(door: Door, filed: FeedbackId) -> None:
    async def bytes_of_answer() -> Any:
        yield b"%PDF-1.7 answer"

    stored = await door.run.blobs.put(bytes_of_answer(), 100)
    file_id = uuid4()
    attachment = Attachment(
        file_id=file_id,
        name='Văn bản "số 12".pdf',
        kind=FileKind.DOCUMENT,
        state=FileState.READY,
        sha256=stored.sha256,
        mime="application/pdf",
        size_bytes=stored.size_bytes,
    )
    await hear(door.run, resolved(filed, 3, attachments=(attachment,)))
    asked = {"code": CODE, "digits": "0678", "file_id": str(file_id)}
    assert str(file_id) in (await look_up(door, digits="0678")).text
    assert str(file_id) not in (await look_up(door)).text
    file = await door.http.post("/tra-cuu/tep", data=asked)
    assert (file.status_code, file.content) == (200, b"%PDF-1.7 answer")
    assert file.headers["content-disposition"].startswith("attachment; filename*=UTF-8''V%C4%83n%20b%E1%BA%A3n")
    assert file.headers["x-content-type-options"] == "nosniff"
    for name, value in (("digits", "0000"), ("digits", ""), ("code", ""), ("file_id", "../../etc/passwd")):
        refused = await door.http.post("/tra-cuu/tep", data={**asked, name: value})
        assert refused.headers["content-type"].startswith("text/html")
        assert b"%PDF" not in refused.content
    await door.run.blobs.delete(stored.sha256)
    assert (await door.http.post("/tra-cuu/tep", data=asked)).status_code == 404


async def test_guessing_digits_is_stopped_for_a_code_and_forgiven_to_who_knows_them(
    door: Door, filed: FeedbackId, clock: FixedClock
) -> None:
    for number in range(5):
        assert (await look_up(door, digits=f"000{number}")).status_code == 422
    assert (await look_up(door, digits="0678")).status_code == 200
    for number in range(6):
        assert (await look_up(door, digits=f"000{number}")).status_code == 422
    stopped = await look_up(door, digits="0678")
    assert (stopped.status_code, stopped.headers["retry-after"]) == (429, "3600")
    assert "một cửa" not in stopped.text
    assert (await look_up(door)).status_code == 200
    clock.advance(timedelta(hours=25))
    assert (await look_up(door, digits="0678")).status_code == 200


async def test_guessing_codes_is_stopped_for_an_address_and_looking_up_never_is(
    open_door: Callable[..., Awaitable[Door]], clock: FixedClock
) -> None:
    door = await open_door(lookup_tries_per_address=3)
    await file_one(door.run)
    for _ in range(10):
        assert (await look_up(door)).status_code == 200
    for _ in range(3):
        assert (await look_up(door, "HN-PA-261121-48214-L")).status_code == 404
    assert (await look_up(door)).status_code == 429
    clock.advance(timedelta(hours=2))
    assert (await look_up(door)).status_code == 200


async def test_a_link_with_the_code_opens_the_public_part_and_fills_the_form(door: Door, filed: FeedbackId) -> None:
    page = await door.http.get("/tra-cuu", params={"ma": "hn pa 261121 48213 k"})
    assert page.status_code == 200
    assert f'value="{CODE}"' in page.text
    assert "Các bước" in page.text


async def test_a_browser_that_lost_its_way_is_shown_a_page_and_a_program_a_problem(door: Door) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    for address in ("/khong-co", "/tra-cuu/tep", "/zalo_verifierOther.html", "/files/0912345678"):
        page = await door.http.get(address, headers=browser)
        assert (page.status_code, page.headers["content-type"]) == (
            405 if address == "/tra-cuu/tep" else 404,
            "text/html; charset=utf-8",
        )
        assert "Không có trang này" in page.text
        assert 'href="/tra-cuu"' in page.text
        assert "0912345678" not in page.text
        assert page.headers["content-security-policy"].startswith("default-src 'none'")
        program = await door.http.get(address)
        assert program.headers["content-type"] == "application/problem+json"
    form = await door.http.post("/tra-cuu", content=b"x" * 2_000_000, headers=browser)
    assert (form.status_code, "Nội dung gửi quá lớn" in form.text) == (413, True)


async def test_a_browser_is_told_in_words_that_the_database_is_away(door: Door) -> None:
    async with door.run.begin() as tx:
        await tx.session.execute(text("LOCK TABLE intake.feedbacks IN ACCESS EXCLUSIVE MODE"))
        page = await door.http.get("/tra-cuu", params={"ma": CODE}, headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert "tải lại trang sau ít phút" in page.text


async def test_the_pages_are_small_whole_without_scripts_and_ask_nobody_else_for_anything(
    door: Door, filed: FeedbackId
) -> None:
    await hear(door.run, routed(filed), resolved(filed, 3))
    look = [await door.http.get(f"/static/{name}") for name in ("style.css", "intake.css", "mark.svg")]
    for page in (await door.http.get("/"), await door.http.get("/tra-cuu"), await look_up(door, digits="0678")):
        assert sum(len(part.content) for part in (page, *look)) < 60_000
        assert "<script" not in page.text
        fetched = re.findall(r'(?:src|href)="([^"]+)"', re.sub(r"<a [^>]*>", "", page.text))
        assert fetched
        assert all(address.startswith("/static/") for address in fetched)
        assert page.headers["content-security-policy"].startswith("default-src 'none'")


async def test_an_error_stands_on_top_and_beside_its_field_and_the_input_is_not_lost(door: Door) -> None:
    page = (await look_up(door, "HN-PA-261121-48213-L")).text
    assert page.index('role="alert"') < page.index("<form")
    assert '<a href="#code">' in page
    assert re.search(r'<input id="code"[^>]*value="HN-PA-261121-48213-L"[^>]*aria-invalid="true"', page)
    assert 'aria-describedby="code-hint code-wrong"' in page


# --------------------------------------------------------------------------------------------- docs/bad-input.md

FORMS: dict[str, dict[str, str] | bytes] = {
    "nothing": {},
    "mistyped": {"code": "HN-PA-261121-48218-K"},
    "portal_code": {"code": "PAKN.20260516.0256"},
    "unknown_code": {"code": "HN-PA-261121-48214-L"},
    "markup_as_code": {"code": "<script>alert(1)</script>"},
    "long_code": {"code": "x" * 10_000},
    "not_a_form": b'{"code":"HN-PA-261121-48213-K"}',
    "many_fields": "&".join(f"f{number}=1" for number in range(1_000)).encode(),
    "form_too_large": b"code=" + b"x" * 1024 * 1024,
    "not_utf8_form": b"code=\xff\xfe%ff%00&digits=\xff",
    "code_as_people_type": {"code": " hn pa 261121 48213 k "},
    "wrong_digits": {"code": CODE, "digits": "0679"},
    "letters_for_digits": {"code": CODE, "digits": "abcd"},
    "other_scripts_digits": {"code": CODE, "digits": "٠٦٧٨"},
    "too_many_wrong_digits": {"code": CODE, "digits": "0678"},
    "digits_in_the_address": {},
    "no_phone_known": {"code": "HN-PA-261121-00001-F", "digits": "0000"},
    "right_digits": {"code": CODE, "digits": "0678"},
}


def test_the_page_and_the_tests_name_the_same_cases() -> None:
    assert {row.case for row in ROWS} == FORMS.keys()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.case)
async def test_bad_input(row: Row, door: Door, filed: FeedbackId, logged: Callable[[], str]) -> None:
    await hear(door.run, routed(filed), resolved(filed, 3))
    if row.case == "no_phone_known":
        await file_one(door.run, "HN-PA-261121-00001-F", phone="")
    if row.case == "too_many_wrong_digits":
        for _ in range(6):
            await look_up(door, digits="1111")
    form = FORMS[row.case]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if row.case == "digits_in_the_address":
        page = await door.http.get("/tra-cuu", params={"ma": CODE, "digits": "0678"})
    elif isinstance(form, bytes):
        page = await door.http.post("/tra-cuu", content=form, headers=headers)
    else:
        page = await door.http.post("/tra-cuu", data=form)
    assert page.status_code == int(row.answer)
    shown = "own" if "một cửa" in page.text else "public" if "Các bước" in page.text else "form"
    assert (shown if "<form" in page.text else "nothing") == row.effect
    assert "<script" not in page.text
    for line in map(json.loads, logged().splitlines()):
        told = str({key: value for key, value in line.items() if key not in {"trace_id", "timestamp", "ms"}})
        assert "678" not in told
        assert CODE not in told
