"""What officers' systems do with cases over HTTP."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from libs.contracts.events import Progressed, Refused, Resolved, Routed
from libs.contracts.vocabulary import AccusedPost, AnswerOutcome, CaseState, RoutedReason
from libs.runtime.ids import uuid7
from services.routing import tables as t
from services.routing.domain.permission import Role
from tests.service.routing.casework import ANSWER, CONDUCT, ok, people_of_lang
from tests.service.routing.city import HOME_AFFAIRS, LANG, MINUTE, OFFICE, City, received


async def refused(response: Any, status: int, kind: str) -> Any:
    got = await response
    assert (got.status_code, got.json()["type"]) == (status, f"urn:problem:{kind}"), got.text
    assert got.headers["content-type"] == "application/problem+json"
    return got.json()


async def test_accept_answer_approve_is_told_to_the_citizen(city: City) -> None:
    feedback_id = await city.with_lang()
    handler, approver = await people_of_lang(city)
    promised = (await city.case(feedback_id))["due_at"]

    assert (await ok(handler.do(feedback_id, "accept")))["state"] == "in_progress"
    assert (await ok(handler.do(feedback_id, "answer", ANSWER)))["state"] == "in_progress"
    assert (await ok(handler.do(feedback_id, "submit")))["state"] == "awaiting_approval"
    city.clock.advance(MINUTE)
    assert (await ok(approver.do(feedback_id, "approve")))["state"] == "answered"

    _, _, accepted, resolved = await city.said()
    assert isinstance(accepted, Progressed)
    assert (accepted.state, accepted.case_seq, accepted.due_at) == (CaseState.IN_PROGRESS, 3, promised)
    assert isinstance(resolved, Resolved)
    assert (resolved.case_seq, resolved.agency_id, resolved.outcome) == (4, LANG, AnswerOutcome.ACCEPTED)
    assert (resolved.answer, resolved.answered_at) == (ANSWER["text"], city.clock.now())
    case = await city.case(feedback_id)
    assert (case["ended_at"], case["due_at"]) == (city.clock.now(), promised)
    assert [row["what"] for row in await city.rows(t.timeline, feedback_id)] == [
        "opened", "routed", "accepted", "drafted", "submitted", "approved",
    ]  # fmt: skip


async def test_an_answer_sent_back_is_written_anew(city: City) -> None:
    feedback_id = await city.with_lang()
    handler, approver = await people_of_lang(city)
    await ok(handler.do(feedback_id, "accept"))
    await ok(handler.do(feedback_id, "answer", ANSWER))
    await ok(handler.do(feedback_id, "submit"))
    assert (await ok(approver.do(feedback_id, "send-back", {"note": "Chưa nêu ngày trả"})))["state"] == "sent_back"
    await refused(handler.do(feedback_id, "submit"), 409, "no-answer")
    better = {**ANSWER, "text": "Giấy khai sinh được trả lúc 9 giờ ngày 25/11/2026 tại bộ phận một cửa."}
    await ok(handler.do(feedback_id, "answer", better))
    await ok(handler.do(feedback_id, "submit"))
    await ok(approver.do(feedback_id, "approve"))
    assert (await city.said())[-1].answer == better["text"]
    assert len(await city.rows(t.answers, feedback_id)) == 2


async def test_who_wrote_an_answer_does_not_approve_it(city: City) -> None:
    feedback_id = await city.with_lang()
    both = await city.system(LANG, Role.HANDLER, Role.APPROVER)
    for action, body in (("accept", None), ("answer", ANSWER), ("submit", None)):
        await ok(both.do(feedback_id, action, body))
    await refused(both.do(feedback_id, "approve"), 409, "own-work")


async def test_returning_a_case_brings_it_to_the_office_and_the_office_gives_it_on(city: City) -> None:
    feedback_id = await city.with_lang()
    handler, _ = await people_of_lang(city)
    office = await city.system(OFFICE, Role.OFFICE)
    await ok(handler.do(feedback_id, "return", {"note": "Việc này của Sở Tư pháp"}))
    case = await city.case(feedback_id)
    assert (case["agency_id"], case["desk"], case["state"], case["office_reason"]) == (
        OFFICE, "office", "returned", "returned",
    )  # fmt: skip
    await refused(handler.get(f"/cases/{feedback_id}"), 404, "case-not-found")
    city.clock.advance(MINUTE)
    await ok(office.do(feedback_id, "assign", {"agency_id": "HN-STP", "note": "đúng thẩm quyền", "matter": "HT03"}))

    _, _, returned, routed = await city.said()
    assert (returned.state, returned.reason, returned.agency_id) == (CaseState.RETURNED, "not_competent", LANG)
    assert isinstance(routed, Routed)
    assert (routed.case_seq, routed.agency_id, routed.reason) == (4, "HN-STP", RoutedReason.BY_OFFICER)
    assert (routed.matter, routed.occurred_at) == ("HT03", city.clock.now())


async def test_the_longer_clock_is_an_officer_s_decision(city: City) -> None:
    feedback_id = await city.with_lang()
    office = await city.system(OFFICE, Role.OFFICE)
    body = {"agency_id": LANG, "note": "phải xác minh ở ba nơi", "complex": True}
    await ok(office.do(feedback_id, "assign", body))
    case = await city.case(feedback_id)
    assert (case["clock"], case["due_at"]) == ("reply_complex", datetime.fromisoformat("2027-01-06T17:30+07:00"))


async def test_the_office_refuses_with_a_reason_and_only_the_office(city: City) -> None:
    feedback_id = await city.opened(needs_review=True)
    handler, office = await city.system(LANG, Role.HEAD), await city.system(OFFICE, Role.OFFICE)
    body = {"reason": "TCH04", "explanation": "Đèn đường hỏng do đơn vị chiếu sáng xử lý."}
    await refused(handler.do(feedback_id, "refuse", body), 404, "case-not-found")
    await ok(office.do(feedback_id, "refuse", body))
    told = (await city.said())[-1]
    assert isinstance(told, Refused)
    assert (told.reason, told.explanation, told.case_seq) == ("TCH04", body["explanation"], 2)
    assert (await city.case(feedback_id))["refusal_reason"] == "TCH04"


async def test_a_case_taken_before_triage_spoke_is_first_told_as_received(city: City) -> None:
    feedback_id = uuid7()
    await city.hear(received(feedback_id))
    office = await city.system(OFFICE, Role.OFFICE)
    assign = {"agency_id": LANG, "note": "rõ ràng"}
    await refused(office.do(feedback_id, "assign", assign), 422, "kind-needed")
    await ok(office.do(feedback_id, "assign", {**assign, "kind": "procedure_difficulty"}))
    assert [(type(event), event.case_seq) for event in await city.said()] == [(Progressed, 1), (Routed, 2)]


@pytest.mark.parametrize(
    ("agency", "instead"),
    [
        pytest.param("HN-D001", 8, id="a former district: its heirs"),
        pytest.param("HN-SXD", 1, id="a merged department: its successor"),
        pytest.param("HN", 1, id="the city itself"),
        pytest.param("TW-VPCP", 1, id="a central body"),
        pytest.param("HN-NOBODY", 0, id="nobody"),
    ],
)
async def test_only_an_agency_in_force_is_given_a_case(city: City, agency: str, instead: int) -> None:
    feedback_id = await city.opened(needs_review=True)
    office = await city.system(OFFICE, Role.OFFICE)
    told = await refused(
        office.do(feedback_id, "assign", {"agency_id": agency, "note": "thử"}), 422, "agency-not-assignable"
    )
    assert len(told["instead"]) == instead
    assert (await city.case(feedback_id))["agency_id"] == OFFICE


# --- conduct ---------------------------------------------------------------------------------------------------------


async def test_a_head_s_answer_is_approved_by_the_office(city: City) -> None:
    feedback_id = await city.opened(**CONDUCT)
    head, office = await city.system(LANG, Role.HEAD), await city.system(OFFICE, Role.OFFICE)
    for action, body in (("accept", None), ("answer", ANSWER), ("submit", None)):
        await ok(head.do(feedback_id, action, body))
    another_head = await city.system(LANG, Role.HEAD, Role.APPROVER)
    await refused(another_head.do(feedback_id, "approve"), 403, "not-yours")
    await ok(office.do(feedback_id, "approve"))
    assert (await city.said())[-1].agency_id == LANG


async def test_ordinary_officers_of_the_accused_unit_meet_no_trace_of_a_conduct_case(city: City) -> None:
    feedback_id = await city.opened(**CONDUCT)
    ordinary = await city.system(LANG, Role.AGENCY_FOCAL, Role.HANDLER, Role.APPROVER)
    assert (await ok(ordinary.get("/cases")))["cases"] == []
    unknown = await ordinary.get(f"/cases/{uuid7()}")
    known = await ordinary.get(f"/cases/{feedback_id}")
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content), "no difference to see"
    for action, body in (("accept", None), ("return", {"note": "x"}), ("answer", ANSWER), ("unmask", {"why": "x"})):
        await refused(ordinary.do(feedback_id, action, body), 404, "case-not-found")


async def test_an_accused_leader_s_unit_is_never_given_the_case_by_a_person_either(city: City) -> None:
    feedback_id = await city.opened(**{**CONDUCT, "accused_post": AccusedPost.LEADER})
    office = await city.system(OFFICE, Role.OFFICE)
    await refused(office.do(feedback_id, "assign", {"agency_id": LANG, "note": "thử"}), 409, "leader-accused")
    assert (await city.case(feedback_id))["agency_id"] == HOME_AFFAIRS


async def test_a_suspected_denunciation_given_on_by_a_person_reaches_a_head_only(city: City) -> None:
    feedback_id = await city.opened(sensitive=True)
    office, focal = await city.system(OFFICE, Role.OFFICE), await city.system(LANG, Role.AGENCY_FOCAL)
    await ok(office.do(feedback_id, "assign", {"agency_id": LANG, "note": "không phải tố cáo"}))
    case = await city.case(feedback_id)
    assert (case["desk"], case["shielded"]) == ("head", True)
    await refused(focal.get(f"/cases/{feedback_id}"), 404, "case-not-found")


# --- two at once, twice, late ----------------------------------------------------------------------------------------


async def test_of_two_officers_one_wins_and_the_other_learns_the_current_version(city: City) -> None:
    for _ in range(10):
        feedback_id = await city.with_lang()
        handler, _ = await people_of_lang(city)
        version = (await city.case(feedback_id))["version"]
        answers = await asyncio.gather(
            handler.do(feedback_id, "accept", version=version),
            handler.do(feedback_id, "return", {"note": "không thuộc thẩm quyền"}, version=version),
        )
        lost = [answer for answer in answers if answer.status_code != 200]
        assert [answer.status_code for answer in lost] in ([409], [404]), "after a return the agency sees it no more"
        if lost[0].status_code == 409:
            assert lost[0].json()["current_version"] == version + 1
            assert lost[0].headers["etag"] == f'"{version + 1}"'
        assert len(await city.said(feedback_id)) == 3


async def test_a_repeated_request_gets_the_same_answer_and_happens_once(city: City) -> None:
    feedback_id = await city.with_lang()
    handler, _ = await people_of_lang(city)
    version = (await city.case(feedback_id))["version"]
    answers = await asyncio.gather(*(handler.do(feedback_id, "accept", version=version, key="k-1") for _ in range(5)))
    assert {(answer.status_code, answer.content, answer.headers["etag"]) for answer in answers} == {
        (200, answers[0].content, f'"{version + 1}"')
    }
    assert len(await city.said()) == 3


async def test_a_key_is_good_for_one_request(city: City) -> None:
    feedback_id = await city.with_lang()
    handler, approver = await people_of_lang(city)
    await ok(handler.do(feedback_id, "accept", key="k-1"))
    await ok(handler.do(feedback_id, "answer", ANSWER, key="k-2"))
    other = {**ANSWER, "text": "Một nội dung khác hẳn, dài hơn hai mươi ký tự."}
    await refused(handler.do(feedback_id, "answer", other, key="k-2"), 409, "key-used")
    await refused(handler.do(feedback_id, "submit", key="k-2"), 409, "key-used")
    await ok(handler.do(feedback_id, "submit", key="k-3"))
    await ok(approver.do(feedback_id, "approve", key="k-1")), "another caller's keys are his own"


async def test_a_refused_request_may_be_sent_again_under_its_key(city: City) -> None:
    feedback_id = await city.with_lang()
    handler, _ = await people_of_lang(city)
    await refused(handler.do(feedback_id, "accept", version=1, key="k-1"), 409, "case-changed")
    await ok(handler.do(feedback_id, "accept", key="k-1"))


@pytest.mark.parametrize(
    ("if_match", "status", "kind"),
    [
        (None, 428, "version-needed"),
        ("2", 400, "bad-version"),
        ("*", 400, "bad-version"),
        ('W/"2"', 400, "bad-version"),
        ('"99999999999999999999"', 400, "bad-version"),
    ],
)
async def test_nobody_acts_without_saying_which_version_he_saw(
    city: City, if_match: str | None, status: int, kind: str
) -> None:
    feedback_id = await city.with_lang()
    handler, _ = await people_of_lang(city)
    headers = {**handler.headers, **({"If-Match": if_match} if if_match else {})}
    await refused(city.http.post(f"/api/v1/cases/{feedback_id}:accept", headers=headers), status, kind)


@pytest.mark.parametrize(
    ("action", "body"),
    [
        pytest.param("answer", {**ANSWER, "text": "Đã\x00 xong, ký tự NUL nằm trong câu trả lời."}, id="NUL"),
        pytest.param("answer", {**ANSWER, "text": "Xong."}, id="an answer that says nothing"),
        pytest.param("answer", {**ANSWER, "text": "x" * 20_001}, id="too long"),
        pytest.param("answer", {**ANSWER, "outcome": "maybe"}, id="unknown outcome"),
        pytest.param("answer", {**ANSWER, "state": "answered"}, id="an extra field"),
        pytest.param("return", {"note": "   "}, id="no reason"),
        pytest.param("return", {"note": 3}, id="a number for a text"),
        pytest.param("return", [], id="a list for an object"),
        pytest.param("assign", {"agency_id": "../../etc", "note": "x"}, id="a path for an agency"),
        pytest.param("refuse", {"reason": "TCH99"}, id="unknown reason"),
    ],
)
async def test_bad_bodies_are_refused_and_never_repeated_in_the_answer(city: City, action: str, body: Any) -> None:
    feedback_id = await city.with_lang()
    handler, _ = await people_of_lang(city)
    got = await handler.do(feedback_id, action, body)
    assert (got.status_code, got.json()["type"]) == (422, "urn:problem:invalid")
    assert "NUL" not in got.text


async def test_a_lone_surrogate_is_refused(city: City) -> None:
    feedback_id = await city.with_lang()
    handler, _ = await people_of_lang(city)
    headers = {**handler.headers, "If-Match": '"2"', "Content-Type": "application/json"}
    got = await city.http.post(f"/api/v1/cases/{feedback_id}:return", headers=headers, content=b'{"note": "\\ud800"}')
    assert got.status_code == 422


async def test_an_unknown_case_is_not_found(city: City) -> None:
    handler, _ = await people_of_lang(city)
    await refused(handler.do(UUID(int=5), "accept", version=1), 404, "case-not-found")
