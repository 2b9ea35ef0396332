"""What a review decision makes of a case: who gets it, what is said, and what stays with the Office."""

from typing import Any

import pytest

from libs.contracts.events import ClassificationCorrected, MatterScore, Refused, Routed
from libs.contracts.vocabulary import CaseState, Disposition, Field, Kind, MatterCode, Nature, RefusalReason
from libs.runtime.ids import uuid7
from services.routing import jobs
from services.routing import tables as t
from services.routing.domain.review import Label
from services.routing.review import NothingProposed
from tests.service.routing.city import LANG, MINUTE, City, classification, received
from tests.service.routing.review import IN_SCOPE, decide, decided, new_events, officer

D = Disposition


async def test_a_decision_gives_the_case_to_its_agency_and_tells_triage_once(city: City) -> None:
    case = await city.opened(needs_review=True, matters=(), kind=None)
    before = len(await city.said(case))
    by = await decided(city, case, IN_SCOPE)
    assert await new_events(city, case, before) == ["ClassificationCorrected", "Routed"]
    corrected, routed = (await city.said(case))[before:]
    assert corrected == ClassificationCorrected(
        key=case,
        feedback_id=case,
        disposition=D.IN_SCOPE,
        kind=Kind.PROCEDURE_DIFFICULTY,
        nature=Nature.PHAN_ANH,
        field=Field.HO_TICH,
        matter="HT01",
        officer_id=by.id,
        model_version="test",
    ).model_copy(update={name: getattr(corrected, name) for name in ("event_id", "occurred_at", "trace")})
    assert (routed.agency_id, routed.field, routed.matter, routed.reason) == (LANG, "ho_tich", "HT01", "assigned")
    assert routed.rules
    row = await city.case(case)
    assert (row["state"], row["agency_id"], row["nature"], row["field"]) == ("assigned", LANG, "phan_anh", "ho_tich")
    assert row["decided_by_person"]
    assert row["reviewed"]


async def test_the_timeline_says_who_decided_what(city: City) -> None:
    case = await city.opened(needs_review=True)
    by = await decided(city, case, IN_SCOPE)
    (line,) = [line for line in await city.rows(t.timeline, case) if line["what"] == "reviewed"]
    assert (line["by"], line["by_name"], line["detail"]["matter"]) == (by.id, by.name, "HT01")
    (given,) = await city.rows(t.assignments, case)
    assert given["by"] == by.id


@pytest.mark.parametrize(
    ("disposition", "reason"),
    [
        (D.SPAM_ADS, RefusalReason.TCH10),
        (D.OUT_OF_SCOPE_OTHER, RefusalReason.TCH04),
        (D.INQUIRY, RefusalReason.TCH03),
        (D.INSUFFICIENT, RefusalReason.TCH07),
    ],
)
async def test_what_nobody_need_look_into_is_answered_with_its_reason(
    city: City, disposition: Disposition, reason: RefusalReason
) -> None:
    case = await city.opened(needs_review=True)
    before = len(await city.said(case))
    await decided(city, case, Label(disposition, kind=Kind.OFFICIAL_CONDUCT, matter=MatterCode("HT01")))
    corrected, refused = (await city.said(case))[before:]
    assert (corrected.disposition, corrected.kind, corrected.matter) == (disposition, None, None)
    assert (type(refused), refused.reason, refused.explanation) == (Refused, reason, "")
    row = await city.case(case)
    assert (row["state"], row["refusal_reason"], row["disposition"]) == ("refused", reason, disposition)
    assert row["ended_at"] == city.clock.now()


async def test_a_label_alone_tells_the_citizen_nothing_and_suggests_the_refusal(city: City) -> None:
    case = await city.opened(needs_review=True)
    before, due = len(await city.said(case)), (await city.case(case))["act_by"]
    await decided(city, case, Label(D.OUT_OF_SCOPE_OTHER), only_label=True)
    assert await new_events(city, case, before) == ["ClassificationCorrected"]
    row = await city.case(case)
    assert (row["state"], row["office_reason"], row["suggested_refusal"]) == ("received", "not_in_scope", "TCH04")
    assert row["act_by"] == due, "the Office's own clock runs on"
    assert row["reviewed"]


async def test_a_look_up_confirmed_is_closed_for_intake_to_answer(city: City) -> None:
    case = await city.opened(disposition=D.STATUS_LOOKUP, kind=None, field=Field.HO_TICH, needs_review=True)
    before = len(await city.said(case))
    await decided(city, case, None)
    corrected, closed = (await city.said(case))[before:]
    assert (corrected.disposition, corrected.field) == (D.STATUS_LOOKUP, Field.HO_TICH)
    assert (closed.state, closed.reason) == (CaseState.CLOSED, "status_lookup")
    row = await city.case(case)
    assert (row["state"], row["ended_alone_at"], row["field"]) == ("closed", None, "ho_tich")


async def test_a_look_up_only_labelled_stays_with_the_office(city: City) -> None:
    case = await city.opened(disposition=D.STATUS_LOOKUP, kind=None, needs_review=True)
    await decided(city, case, Label(D.STATUS_LOOKUP), only_label=True)
    row = await city.case(case)
    assert (row["state"], row["office_reason"]) == ("received", "not_in_scope")


async def test_to_confirm_the_machine_is_a_label_too(city: City) -> None:
    case = await city.opened(needs_review=True, nature=Nature.KIEN_NGHI, field=Field.HO_TICH)
    before = len(await city.said(case))
    await decided(city, case, None)
    corrected, routed = (await city.said(case))[before:]
    assert (corrected.kind, corrected.nature) == (Kind.PROCEDURE_DIFFICULTY, Nature.KIEN_NGHI)
    assert (corrected.field, corrected.matter, corrected.model_version) == (Field.HO_TICH, "HT01", "test")
    assert isinstance(routed, Routed)


async def test_of_what_triage_said_nothing_about_there_is_nothing_to_confirm(city: City) -> None:
    case = uuid7()
    await city.hear(received(case))
    city.clock.advance(3 * MINUTE)
    await jobs.stand_unclassified(city.run)
    assert await decide(city, case, None, officer()) == NothingProposed()
    before = len(await city.said(case))
    await decided(city, case, IN_SCOPE)
    corrected, routed = (await city.said(case))[before:]
    assert corrected.model_version is None
    assert routed.agency_id == LANG


@pytest.mark.parametrize(
    ("known", "label", "reason"),
    [
        ({"place_id": None}, IN_SCOPE, "place_unknown"),
        ({}, Label(D.IN_SCOPE, Kind.PROCEDURE_DIFFICULTY, Nature.PHAN_ANH, Field.KHAC), "matter_unknown"),
        ({}, Label(D.IN_SCOPE, Kind.OFFICIAL_CONDUCT, Nature.PHAN_ANH, Field.KHAC), "accused_unit_unknown"),
        ({"incomplete": True}, IN_SCOPE, "incomplete"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_what_is_still_missing_keeps_the_case_at_the_office(
    city: City, known: dict[str, Any], label: Label, reason: str
) -> None:
    case = uuid7()
    await city.hear(received(case, **known))
    await city.hear(classification(case, needs_review=True))
    before = len(await city.said(case))
    await decided(city, case, label)
    assert await new_events(city, case, before) == ["ClassificationCorrected"]
    row = await city.case(case)
    assert (row["office_reason"], row["desk"], row["reviewed"]) == (reason, "office", True)


async def test_a_case_taken_back_is_reviewed_by_what_triage_says_now(city: City) -> None:
    case = await city.with_lang()
    city.clock.advance(MINUTE)
    suspected = classification(case, disposition=D.COMPLAINT_DENUNCIATION, kind=None, matters=(), model_version="later")
    await city.hear(suspected)
    before = len(await city.said(case))
    await decided(city, case, None)
    (corrected,) = (await city.said(case))[before:]
    assert (corrected.disposition, corrected.model_version) == (D.COMPLAINT_DENUNCIATION, "later")


async def test_what_a_person_said_is_not_overruled_by_the_machine(city: City) -> None:
    case = await city.opened(needs_review=True, matters=())
    await decided(city, case, Label(D.INSUFFICIENT), only_label=True)
    city.clock.advance(MINUTE)
    await city.hear(classification(case, matters=(MatterScore(matter=MatterCode("HT01"), score=0.9),)))
    row = await city.case(case)
    assert (row["disposition"], row["state"]) == (D.INSUFFICIENT, CaseState.RECEIVED)
