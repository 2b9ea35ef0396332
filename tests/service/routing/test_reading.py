"""What officers' systems read: lists, sheets, files, and the sender."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.contracts.events import AgencyScore, Attachment, FeedbackSupplemented, MessageOutcome, SenderIdentified
from libs.contracts.sealed import Contacts
from libs.contracts.vocabulary import (
    AgencyId,
    FeedbackId,
    FileKind,
    FileState,
    Kind,
    Notice,
    NoticeOutcome,
    SenderId,
    SupplementReason,
)
from libs.runtime.ids import uuid7
from services.routing import tables as t
from services.routing.domain.permission import Role
from tests.service.routing.city import LANG, MINUTE, OFFICE, WORDS, City, classification, received

SECRET = Contacts(full_name="Phạm Thị Ví Dụ", phone="84900000123", residence="phường Láng")


def supplement(feedback_id: UUID, **known: Any) -> FeedbackSupplemented:
    return FeedbackSupplemented(feedback_id=FeedbackId(feedback_id), sender_id=SenderId(uuid4()), **known)


def photo(file_id: UUID, state: FileState, **known: Any) -> Attachment:
    return Attachment(file_id=file_id, name="ảnh biên nhận.jpg", kind=FileKind.IMAGE, state=state, **known)


async def chunks(content: bytes) -> AsyncIterator[bytes]:
    yield content


@pytest.mark.parametrize("path", ["/cases", f"/cases/{UUID(int=1)}", f"/cases/{UUID(int=1)}/files/{UUID(int=2)}"])
@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer ln_wrong"}, {"Authorization": "Bearer "}, {"Authorization": "Basic eDp5"}]
)
async def test_without_a_token_in_force_nothing_is_shown(city: City, path: str, headers: dict[str, str]) -> None:
    got = await city.http.get(f"/api/v1{path}", headers=headers)
    assert (got.status_code, got.headers["www-authenticate"]) == (401, "Bearer")


async def test_a_sheet_holds_everything_but_who_sent_it(city: City) -> None:
    feedback_id = await city.with_lang()
    await city.hear(
        SenderIdentified(
            key=feedback_id,
            sender_id=SenderId(uuid4()),
            feedback_id=FeedbackId(feedback_id),
            contacts=city.run.parts.sealer.seal(SECRET),
        )
    )
    handler = await city.system(LANG, Role.HANDLER)
    got = await handler.get(f"/cases/{feedback_id}")
    sheet = got.json()
    assert got.headers["etag"] == f'"{sheet["version"]}"'
    assert got.headers["cache-control"] == "no-store"
    assert (sheet["text"], sheet["state_name"]) == (WORDS, "Đã chuyển cơ quan xử lý")
    assert (sheet["actions"], sheet["may_unmask"]) == (["accept"], True)
    assert sheet["rules"][0] == {
        "rule": "not_sensitive",
        "held": True,
        "because": "Không có dấu hiệu khiếu nại, tố cáo hoặc nội dung làm lộ người gửi.",
    }
    for secret in (SECRET.full_name, SECRET.phone):
        assert secret not in got.text


async def test_a_case_of_another_agency_is_not_found(city: City) -> None:
    feedback_id = await city.with_lang()
    other = await city.system("HN-STP", Role.HEAD, Role.HANDLER)
    assert (await other.get(f"/cases/{feedback_id}")).status_code == 404
    assert (await other.get("/cases")).json()["cases"] == []


# --- lists -----------------------------------------------------------------------------------------------------------


async def test_a_list_is_read_page_by_page_without_gap_or_repeat(city: City) -> None:
    expected = []
    for _ in range(5):
        expected.append(str(await city.with_lang()))
        city.clock.advance(timedelta(days=1))
    handler = await city.system(LANG, Role.HANDLER)
    seen: list[str] = []
    after: dict[str, Any] = {}
    while True:
        page = (await handler.get("/cases", limit=2, **after)).json()
        seen += [line["id"] for line in page["cases"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert seen == expected, "the most urgent first"


async def test_a_list_shows_open_cases_unless_a_state_is_asked_for(city: City) -> None:
    open_one, refused_one = await city.opened(needs_review=True), await city.opened(needs_review=True)
    office = await city.system(OFFICE, Role.OFFICE)
    await office.do(refused_one, "refuse", {"reason": "TCH10"})
    assert [line["id"] for line in (await office.get("/cases")).json()["cases"]] == [str(open_one)]
    refused = (await office.get("/cases", state="refused")).json()["cases"]
    assert [line["id"] for line in refused] == [str(refused_one)]


async def test_the_office_narrows_its_list_to_an_agency_and_to_what_is_late(city: City) -> None:
    with_lang = await city.with_lang()
    await city.opened(needs_review=True)
    office = await city.system(OFFICE, Role.OFFICE)
    of_lang = (await office.get("/cases", agency=LANG)).json()["cases"]
    assert [line["id"] for line in of_lang] == [str(with_lang)]
    assert (await office.get("/cases", overdue=True)).json()["cases"] == []
    city.clock.advance(timedelta(days=60))
    assert len((await office.get("/cases", overdue=True)).json()["cases"]) == 2


async def test_an_unchanged_list_is_not_sent_twice(city: City) -> None:
    feedback_id = await city.with_lang()
    handler = await city.system(LANG, Role.HANDLER)
    first = await handler.get("/cases")
    again = await city.http.get("/api/v1/cases", headers={**handler.headers, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    await handler.do(feedback_id, "accept")
    changed = await city.http.get("/api/v1/cases", headers={**handler.headers, "If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": 0},
        {"limit": -1},
        {"limit": 10**9},
        {"state": "unknown"},
        {"after": "bm9wZQ=="},
        {"after": "???"},
        {"after": "MjAyNi0xMS0yM1QwMDowMDowMHwwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDA="},
        {"agency": "x' OR 1=1"},
    ],
)
async def test_a_list_asked_for_wrongly_is_refused(city: City, wrong: dict[str, Any]) -> None:
    handler = await city.system(LANG, Role.HANDLER)
    assert (await handler.get("/cases", **wrong)).status_code == 422


# --- what the citizen adds -------------------------------------------------------------------------------------------


async def test_a_file_that_arrived_is_handed_out_only_to_who_sees_the_case(city: City) -> None:
    feedback_id, file_id = uuid7(), uuid4()
    await city.hear(received(feedback_id, attachments=(photo(file_id, FileState.PENDING),)))
    await city.hear(classification(feedback_id))
    handler = await city.system(LANG, Role.HANDLER)
    path = f"/cases/{feedback_id}/files/{file_id}"
    assert (await handler.get(path)).status_code == 404, "still being fetched"

    stored = await city.run.blobs.put(chunks(b"anh"), 100)
    ready = photo(file_id, FileState.READY, sha256=stored.sha256, mime="image/jpeg", size_bytes=3)
    version = (await city.case(feedback_id))["version"]
    await city.hear(supplement(feedback_id, reason=SupplementReason.FILE, attachments=(ready,)))
    got = await handler.get(path)
    assert (got.status_code, got.content, got.headers["content-type"]) == (200, b"anh", "image/jpeg")
    assert got.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E1%BA%A3nh")
    assert (await city.case(feedback_id))["version"] == version, "nobody's work is disturbed by a file"
    stranger = await city.system("HN-STP", Role.HANDLER)
    assert (await stranger.get(path)).status_code == 404


async def test_a_file_told_before_its_feedback_does_not_become_pending_again(city: City) -> None:
    feedback_id, file_id = uuid7(), uuid4()
    ready = photo(file_id, FileState.READY, sha256="0" * 64, mime="image/jpeg", size_bytes=3)
    await city.hear(supplement(feedback_id, reason=SupplementReason.FILE, attachments=(ready,)))
    await city.hear(received(feedback_id, attachments=(photo(file_id, FileState.PENDING),)))
    (file,) = await city.rows(t.case_files, feedback_id)
    assert (file["state"], file["sha256"]) == ("ready", "0" * 64)


async def test_a_file_whose_bytes_are_gone_says_so(city: City) -> None:
    feedback_id, file_id = await city.with_lang(), uuid4()
    lost = photo(file_id, FileState.READY, sha256="1" * 64, mime="image/jpeg", size_bytes=3)
    await city.hear(supplement(feedback_id, reason=SupplementReason.FILE, attachments=(lost,)))
    handler = await city.system(LANG, Role.HANDLER)
    assert (await handler.get(f"/cases/{feedback_id}/files/{file_id}")).status_code == 410


async def test_what_the_citizen_adds_is_shown_and_moves_nothing(city: City) -> None:
    feedback_id = await city.with_lang()
    before = await city.case(feedback_id)
    await city.hear(supplement(feedback_id, reason=SupplementReason.CITIZEN, text="Hôm nay vẫn chưa có."))
    handler = await city.system(LANG, Role.HANDLER)
    sheet = (await handler.get(f"/cases/{feedback_id}")).json()
    assert [line["text"] for line in sheet["supplements"]] == ["Hôm nay vẫn chưa có."]
    assert sheet["timeline"][-1]["what"] == "supplemented"
    assert await city.case(feedback_id) == before


# --- the sender ------------------------------------------------------------------------------------------------------


async def identify(city: City, feedback_id: UUID, contacts: Contacts = SECRET) -> None:
    sealed = city.run.parts.sealer.seal(contacts)
    feedback, sender = FeedbackId(feedback_id), SenderId(uuid4())
    await city.hear(SenderIdentified(key=feedback, feedback_id=feedback, sender_id=sender, contacts=sealed))


async def test_who_looks_at_the_sender_says_why_and_is_written_down(city: City) -> None:
    feedback_id = await city.with_lang()
    await identify(city, feedback_id)
    handler = await city.system(LANG, Role.HANDLER)
    got = await handler.do(feedback_id, "unmask", {"why": "Gọi hỏi số biên nhận"})
    assert got.json() == {"full_name": SECRET.full_name, "phone": SECRET.phone, "residence": SECRET.residence}
    last = (await city.rows(t.timeline, feedback_id))[-1]
    assert (last["what"], last["by"], last["note"]) == ("unmasked", handler.id, "Gọi hỏi số biên nhận")
    assert (await handler.do(feedback_id, "unmask", {"why": ""})).status_code == 422


async def test_contacts_rest_sealed(city: City) -> None:
    feedback_id = await city.with_lang()
    await identify(city, feedback_id)
    (row,) = await city.rows(t.contacts, feedback_id)
    assert SECRET.phone not in str(dict(row))


async def test_contacts_may_come_before_the_case_and_the_latest_count(city: City) -> None:
    feedback_id = uuid7()
    await identify(city, feedback_id, Contacts(phone="84900000999"))
    city.clock.advance(MINUTE)
    await identify(city, feedback_id)
    await city.hear(received(feedback_id))
    await city.hear(classification(feedback_id))
    office = await city.system(OFFICE, Role.OFFICE)
    assert (await office.do(feedback_id, "unmask", {"why": "đối chiếu"})).json()["phone"] == SECRET.phone


async def test_the_accused_unit_s_head_never_learns_who_sent_it(city: City) -> None:
    accused = (AgencyScore(agency_id=AgencyId(LANG), score=0.9),)
    feedback_id = await city.opened(kind=Kind.OFFICIAL_CONDUCT, accused_unit=accused)
    await identify(city, feedback_id)
    head = await city.system(LANG, Role.HEAD)
    assert not (await head.get(f"/cases/{feedback_id}")).json()["may_unmask"]
    assert (await head.do(feedback_id, "unmask", {"why": "muốn biết"})).status_code == 403
    assert "unmasked" not in [row["what"] for row in await city.rows(t.timeline, feedback_id)]


async def test_a_sender_nobody_told_of_is_unknown(city: City) -> None:
    feedback_id = await city.with_lang()
    handler = await city.system(LANG, Role.HANDLER)
    assert (await handler.do(feedback_id, "unmask", {"why": "gọi lại"})).status_code == 404


# --- messages to the citizen -----------------------------------------------------------------------------------------


async def test_where_a_message_stands_is_shown_and_an_older_word_changes_nothing(city: City) -> None:
    feedback_id, message_id = await city.with_lang(), uuid4()

    async def told(outcome: NoticeOutcome, minutes: int) -> None:
        await city.hear(
            MessageOutcome(
                key=feedback_id,
                feedback_id=FeedbackId(feedback_id),
                message_id=message_id,
                notice=Notice.ROUTED,
                outcome=outcome,
                at=city.clock.now() + minutes * MINUTE,
                caused_by=uuid4(),
            )
        )

    await told(NoticeOutcome.SEEN, 5)
    await told(NoticeOutcome.SENT, 1)
    handler = await city.system(LANG, Role.HANDLER)
    notices = (await handler.get(f"/cases/{feedback_id}")).json()["notices"]
    assert [(line["notice"], line["outcome"]) for line in notices] == [("routed", "seen")]


# --- explain ---------------------------------------------------------------------------------------------------------


async def test_anybody_may_ask_who_would_answer_and_nothing_is_kept(city: City) -> None:
    asked = {"matters": [{"matter": "HT01"}], "place": "phường Láng", "at": "2026-11-21T09:00:00+07:00"}
    got = (await city.http.post("/api/v1/assignments:explain", json=asked)).json()
    assert (got["assigned"], got["agency_id"], got["confirmed"]) == (True, LANG, False)
    assert got["deadlines"][1] == {
        "clock": "reply_rule_own",
        "started_at": "2026-11-21T09:00:00+07:00",
        "warn_at": "2026-12-08T01:00:00Z",
        "due_at": "2026-12-15T10:30:00Z",
    }
    assert all(rule["because"] for rule in got["rules"])
    async with city.run.begin() as tx:
        assert (await tx.session.execute(t.cases.select())).first() is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": "9999-12-31T23:59:59Z"},
        {"at": "2026-11-21T09:00:00"},
        {"matters": [{"matter": "HT01", "score": 2}]},
        {"disposition": "unknown"},
        [],
    ],
)
async def test_a_question_that_cannot_be_read_is_refused(city: City, wrong: Any) -> None:
    assert (await city.http.post("/api/v1/assignments:explain", json=wrong)).status_code == 422
