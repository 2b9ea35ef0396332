"""What a citizen adds to a case that is over: a person reads it, at the Office, behind the shield it had."""

from uuid import UUID, uuid4

import pytest

from libs.contracts.events import FeedbackSupplemented, Progressed, Resolved, Routed
from libs.contracts.vocabulary import CaseState, Disposition, FeedbackId, SenderId
from libs.contracts.vocabulary import SupplementReason as Why
from services.routing.domain.permission import Role
from tests.service.routing.casework import ANSWER, CONDUCT, ok, people_of_lang
from tests.service.routing.city import LANG, MINUTE, OFFICE, City, System, classification

REFUSAL = {"reason": "TCH04", "explanation": "Việc này do đơn vị chiếu sáng xử lý."}
DENUNCIATION = {"disposition": Disposition.COMPLAINT_DENUNCIATION, "kind": None, "sensitive": True}


def more_of(feedback_id: UUID, reason: Why = Why.CITIZEN) -> FeedbackSupplemented:
    told = {"text": "Không phải thế, tôi hỏi việc khác."} if reason is Why.CITIZEN else {}
    return FeedbackSupplemented(
        key=feedback_id, feedback_id=FeedbackId(feedback_id), sender_id=SenderId(uuid4()), reason=reason, **told
    )


async def answered(city: City, feedback_id: UUID, *by: System) -> None:
    handler, approver = by
    for system, action, body in (
        (handler, "accept", None), (handler, "answer", ANSWER), (handler, "submit", None), (approver, "approve", None),
    ):  # fmt: skip
        city.clock.advance(MINUTE)
        await ok(system.do(feedback_id, action, body))


async def test_a_refused_case_goes_back_to_the_office_and_the_machine_decides_no_more(city: City) -> None:
    feedback_id = await city.opened(needs_review=True)
    office = await city.system(OFFICE, Role.OFFICE)
    await ok(office.do(feedback_id, "refuse", REFUSAL))
    before = len(await city.said())

    city.clock.advance(MINUTE)
    await city.hear(more_of(feedback_id))
    (told,) = (await city.said())[before:]
    assert isinstance(told, Progressed)
    assert (told.state, told.case_seq) == (CaseState.RECEIVED, 3)
    case = await city.case(feedback_id)
    assert (case["state"], case["office_reason"], case["desk"]) == ("received", "added_after_end", "office")
    assert (case["ended_at"], case["refusal_reason"], case["decided_by_person"]) == (None, None, True)
    assert case["act_by"] > city.clock.now(), "the Office has its time from now on"

    city.clock.advance(MINUTE)
    await city.hear(classification(feedback_id))
    assert (await city.case(feedback_id))["state"] == "received", "a person ended it, a person decides"
    await ok(office.do(feedback_id, "refuse", REFUSAL))
    assert (await city.case(feedback_id))["state"] == "refused"


async def test_an_answered_case_can_be_given_to_the_agency_again_and_answered_again(city: City) -> None:
    feedback_id = await city.with_lang()
    people = await people_of_lang(city)
    await answered(city, feedback_id, *people)
    city.clock.advance(MINUTE)
    await city.hear(more_of(feedback_id))
    case = await city.case(feedback_id)
    assert (case["state"], case["office_reason"], case["agency_id"]) == ("received", "added_after_end", OFFICE)

    office = await city.system(OFFICE, Role.OFFICE)
    await ok(office.do(feedback_id, "assign", {"agency_id": LANG, "note": "người gửi nói thêm"}))
    await answered(city, feedback_id, *people)
    kinds = [type(event) for event in await city.said(feedback_id)]
    assert (kinds.count(Routed), kinds.count(Resolved), kinds[-1]) == (2, 2, Resolved)


async def test_a_refused_denunciation_stays_on_the_sensitive_desk(city: City) -> None:
    feedback_id = await city.opened(**DENUNCIATION)
    office = await city.system(OFFICE, Role.OFFICE)
    await ok(office.do(feedback_id, "refuse", {"reason": "TCH02", "explanation": "Xin gửi tới thanh tra thành phố."}))
    await city.hear(more_of(feedback_id))
    case = await city.case(feedback_id)
    assert (case["state"], case["desk"]) == ("received", "office_sensitive")


async def test_an_answered_case_about_an_official_is_shown_to_none_of_the_unit(city: City) -> None:
    await city.head_at(LANG)
    feedback_id = await city.opened(**CONDUCT)
    head, office = await city.system(LANG, Role.HEAD), await city.system(OFFICE, Role.OFFICE)
    for system, action, body in (
        (head, "accept", None), (head, "answer", ANSWER), (head, "submit", None), (office, "approve", None),
    ):  # fmt: skip
        await ok(system.do(feedback_id, action, body))
    await city.hear(more_of(feedback_id))
    assert (await city.case(feedback_id))["desk"] == "office"
    handler, _ = await people_of_lang(city)
    for system, status in ((handler, 404), (head, 404), (office, 200)):
        assert (await system.get(f"/cases/{feedback_id}")).status_code == status


@pytest.mark.parametrize("again", [1, 2])
async def test_a_file_that_arrives_late_opens_nothing(city: City, again: int) -> None:
    feedback_id = await city.opened(needs_review=True)
    office = await city.system(OFFICE, Role.OFFICE)
    await ok(office.do(feedback_id, "refuse", REFUSAL))
    for _ in range(again):
        await city.hear(more_of(feedback_id, Why.FILE))
    assert (await city.case(feedback_id))["state"] == "refused"


async def test_two_additions_in_a_row_open_it_once(city: City) -> None:
    feedback_id = await city.opened(needs_review=True)
    office = await city.system(OFFICE, Role.OFFICE)
    await ok(office.do(feedback_id, "refuse", REFUSAL))
    before = len(await city.said())
    await city.hear(more_of(feedback_id))
    await city.hear(more_of(feedback_id))
    assert len(await city.said()) == before + 1
