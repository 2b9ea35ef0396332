"""The review page's decisions: kept, taken back, carried out, dropped; what each leaves behind, and what is said."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert

from libs.contracts.events import AgencyScore, ClassificationCorrected, MatterScore, Refused, Routed
from libs.contracts.vocabulary import (
    AccusedPost,
    AgencyId,
    CaseState,
    Disposition,
    Field,
    Kind,
    MatterCode,
    Nature,
    RefusalReason,
)
from libs.runtime.ids import uuid7
from services.routing import casework, jobs, review
from services.routing import tables as t
from services.routing.domain.permission import Officer, Role
from services.routing.domain.review import Decision, Label
from services.routing.domain.workflow import NotNow, Stale, Unseen
from services.routing.review import DecidedAlready, Kept, NothingProposed, TakenBack, TooLate
from services.routing.store import ReviewStore
from tests.service.routing.city import LANG, MINUTE, OFFICE, City, classification, received

D = Disposition
UNDO = timedelta(seconds=15)
IN_SCOPE = Label(
    D.IN_SCOPE, Kind.PROCEDURE_DIFFICULTY, Nature.PHAN_ANH, Field.HO_TICH, MatterCode("HT01")
)  # a birth certificate
OF_LANG = (AgencyScore(agency_id=AgencyId(LANG), score=0.9),)


def officer(*roles: Role, agency: str = OFFICE) -> Officer:
    return Officer(uuid4(), "Trần Thị Mẫu", AgencyId(agency), frozenset(roles or {Role.OFFICE}), agency == OFFICE)


async def decide(
    city: City, feedback_id: UUID, label: Label | None, by: Officer, *, only_label: bool = False, version: int = 0
) -> Any:
    """Decide about a case as it stands now, unless another version is said."""
    seen = version or (await city.case(feedback_id))["version"]
    decision = Decision(label, only_label) if label is not None else None
    async with city.run.begin() as tx:
        return await review.decide(decision, feedback_id, seen, by, tx)


async def later(city: City, by: timedelta = UNDO) -> None:
    """Let time pass, and the job run."""
    city.clock.advance(by)
    await jobs.carry_out_reviews(city.run)


async def decided(city: City, feedback_id: UUID, label: Label | None, **how: Any) -> Officer:
    """Decide, and let it take effect."""
    by = officer()
    assert isinstance(await decide(city, feedback_id, label, by, **how), Kept)
    await later(city)
    return by


async def new_events(city: City, feedback_id: UUID, before: int) -> list[str]:
    return [type(event).__name__ for event in (await city.said(feedback_id))[before:]]


async def test_nothing_is_said_while_a_decision_can_be_taken_back(city: City) -> None:
    case = await city.opened(needs_review=True)
    before, said = await city.case(case), await city.said(case)
    kept = await decide(city, case, IN_SCOPE, officer())
    assert isinstance(kept, Kept)
    assert kept.takes_effect_at == city.clock.now() + UNDO
    await later(city, UNDO - timedelta(seconds=1))
    assert (await city.case(case), await city.said(case)) == (before, said)


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


async def test_a_decision_runs_once_however_often_the_job_does(city: City) -> None:
    case = await city.opened(needs_review=True)
    before = len(await city.said(case))
    await decided(city, case, IN_SCOPE)
    (row,) = await city.rows(t.reviews, case)
    await jobs.carry_out_reviews(city.run)
    async with city.run.begin() as tx:
        await review.carry_out(row["id"], tx)
    assert await new_events(city, case, before) == ["ClassificationCorrected", "Routed"]


async def test_a_decision_in_the_hands_of_another_replica_is_left_to_it(city: City) -> None:
    case = await city.opened(needs_review=True)
    await decide(city, case, IN_SCOPE, officer())
    city.clock.advance(UNDO)
    (row,) = await city.rows(t.reviews, case)
    async with city.run.begin() as theirs:
        assert await ReviewStore(theirs.session).claim(row["id"]) is not None
        await jobs.carry_out_reviews(city.run)
        assert (await city.case(case))["state"] == CaseState.RECEIVED
    await jobs.carry_out_reviews(city.run)
    assert (await city.case(case))["state"] == CaseState.ASSIGNED


async def test_a_decision_half_carried_out_is_carried_out_whole_next_time(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, other = await city.opened(needs_review=True), await city.opened(needs_review=True)
    before = len(await city.said(case))
    for one in (case, other):
        await decide(city, one, IN_SCOPE, officer())
        city.clock.advance(timedelta(seconds=1))
    close = casework.CaseFile.close

    async def dies(file: casework.CaseFile) -> None:
        if file.case.feedback_id == case:
            raise RuntimeError("the process dies here")
        await close(file)

    city.clock.advance(UNDO)
    with monkeypatch.context() as patch:
        patch.setattr(casework.CaseFile, "close", dies)
        with pytest.raises(RuntimeError):
            await jobs.carry_out_reviews(city.run)
    assert await new_events(city, case, before) == []
    assert (await city.case(other))["state"] == CaseState.ASSIGNED, "the others were not held up"
    await jobs.carry_out_reviews(city.run)
    assert await new_events(city, case, before) == ["ClassificationCorrected", "Routed"]


async def test_a_decision_taken_back_leaves_nothing_behind(city: City) -> None:
    case, by = await city.opened(needs_review=True), officer()
    before, said, timeline = await city.case(case), await city.said(case), await city.rows(t.timeline, case)
    kept = await decide(city, case, Label(D.SPAM_ADS), by)
    async with city.run.begin() as tx:
        assert await review.take_back(kept.review_id, by, tx) == TakenBack(case)
    await later(city)
    assert (await city.case(case), await city.said(case)) == (before, said)
    assert await city.rows(t.timeline, case) == timeline
    assert isinstance(await decide(city, case, IN_SCOPE, by), Kept), "and another decision can be made"


async def test_of_undo_and_effect_at_the_same_moment_one_wins_and_the_other_knows(city: City) -> None:
    async def undo(review_id: UUID, by: Officer) -> Any:
        async with city.run.begin() as tx:
            return await review.take_back(review_id, by, tx)

    for _ in range(6):
        case, by = await city.opened(needs_review=True), officer()
        before = len(await city.said(case))
        kept = await decide(city, case, IN_SCOPE, by)
        city.clock.advance(UNDO)
        undone, *_ = await asyncio.gather(
            undo(kept.review_id, by), jobs.carry_out_reviews(city.run), jobs.carry_out_reviews(city.run)
        )
        said = await new_events(city, case, before)
        assert said == ([] if undone == TakenBack(case) else ["ClassificationCorrected", "Routed"])
        assert undone in (TakenBack(case), TooLate(case))


async def test_of_two_officers_at_the_same_moment_one_decides(city: City) -> None:
    for _ in range(4):
        case, first, second = await city.opened(needs_review=True), officer(), officer()
        outcomes = await asyncio.gather(decide(city, case, IN_SCOPE, first), decide(city, case, IN_SCOPE, second))
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DecidedAlready", "Kept"]


async def test_only_its_maker_takes_a_decision_back_and_only_once(city: City) -> None:
    case, by = await city.opened(needs_review=True), officer()
    kept = await decide(city, case, IN_SCOPE, by)
    async with city.run.begin() as tx:
        assert await review.take_back(kept.review_id, officer(), tx) == Unseen()
        assert await review.take_back(uuid7(), by, tx) == Unseen()
    await later(city)
    async with city.run.begin() as tx:
        assert await review.take_back(kept.review_id, by, tx) == TooLate(case)
    assert (await city.case(case))["state"] == CaseState.ASSIGNED


async def test_of_two_officers_the_first_decides_and_a_form_sent_twice_is_one_decision(city: City) -> None:
    case, first, second = await city.opened(needs_review=True), officer(), officer()
    kept = await decide(city, case, IN_SCOPE, first)
    assert await decide(city, case, IN_SCOPE, first) == kept
    assert await decide(city, case, Label(D.SPAM_ADS), first) == DecidedAlready(first.name)
    assert await decide(city, case, IN_SCOPE, second) == DecidedAlready(first.name)
    assert len(await city.rows(t.reviews, case)) == 1


async def test_a_case_that_changed_in_between_is_not_touched_and_waits_again(city: City) -> None:
    case, by = await city.opened(needs_review=True), officer()
    await decide(city, case, Label(D.SPAM_ADS), by)
    city.clock.advance(timedelta(seconds=1))
    await city.hear(classification(case, needs_review=True, sensitive=True))
    before = len(await city.said(case))
    await later(city)
    assert await new_events(city, case, before) == []
    row = await city.case(case)
    assert (row["state"], row["desk"], row["reviewed"]) == ("received", "office_sensitive", False)
    (ended,) = await city.rows(t.reviews, case)
    assert ended["settled_as"] == "case_changed"
    (note,) = [line for line in await city.rows(t.timeline, case) if line["what"] == "review_dropped"]
    assert note["by"] == by.id
    assert isinstance(await decide(city, case, None, by), Kept)


async def test_who_looked_at_an_older_version_is_told_so(city: City) -> None:
    case = await city.opened(needs_review=True)
    now = (await city.case(case))["version"]
    assert await decide(city, case, IN_SCOPE, officer(), version=now + 1) == Stale(now, CaseState.RECEIVED)
    assert not await city.rows(t.reviews, case)


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


async def test_a_status_lookup_stays_with_the_office(city: City) -> None:
    case = await city.opened(disposition=D.STATUS_LOOKUP, kind=None, field=Field.HO_TICH)
    before = len(await city.said(case))
    await decided(city, case, None)
    (corrected,) = (await city.said(case))[before:]
    assert (corrected.disposition, corrected.field) == (D.STATUS_LOOKUP, Field.HO_TICH)
    row = await city.case(case)
    assert (row["state"], row["office_reason"], row["field"]) == ("received", "not_in_scope", "ho_tich")


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


# --- the shield ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", [IN_SCOPE, Label(D.SPAM_ADS), Label(D.INQUIRY)], ids=lambda one: one.disposition)
async def test_a_sensitive_case_is_labelled_and_leaves_the_office_by_no_key(city: City, label: Label) -> None:
    case = await city.opened(sensitive=True, accused_unit=OF_LANG)
    before = len(await city.said(case))
    await decided(city, case, label)
    assert await new_events(city, case, before) == ["ClassificationCorrected"]
    row = await city.case(case)
    assert (row["desk"], row["sensitive"], row["shielded"], row["reviewed"]) == ("office_sensitive", True, True, True)
    assert (row["disposition"], row["office_reason"]) == (label.disposition, "sensitive")
    assert row["proposed_agency"] is None


async def test_a_denunciation_a_person_finds_closes_the_shield(city: City) -> None:
    case = await city.opened(needs_review=True, accused_unit=OF_LANG)
    assert not (await city.case(case))["shielded"]
    await decided(city, case, Label(D.COMPLAINT_DENUNCIATION))
    row = await city.case(case)
    assert (row["desk"], row["sensitive"], row["shielded"], row["accused"]) == (
        "office_sensitive",
        True,
        True,
        [LANG],
    )
    assert row["suggested_refusal"] == "TCH02"
    assert row["office_reason"] == "sensitive"


async def test_conduct_a_person_finds_goes_to_the_head_alone(city: City) -> None:
    await city.head_at(LANG)
    case = await city.opened(needs_review=True, accused_unit=OF_LANG, accused_post=AccusedPost.STAFF)
    await decided(city, case, Label(D.IN_SCOPE, Kind.OFFICIAL_CONDUCT, Nature.PHAN_ANH, Field.KHAC))
    row = await city.case(case)
    assert (row["agency_id"], row["desk"], row["shielded"], row["accused"]) == (LANG, "head", True, [LANG])


async def test_to_call_conduct_a_procedure_opens_no_shield(city: City) -> None:
    case = await city.opened(needs_review=True, kind=Kind.OFFICIAL_CONDUCT, accused_unit=OF_LANG)
    before = len(await city.said(case))
    await decided(city, case, IN_SCOPE)
    assert await new_events(city, case, before) == ["ClassificationCorrected"]
    row = await city.case(case)
    assert (row["desk"], row["shielded"], row["office_reason"]) == ("office", True, "shield_stands")
    assert row["proposed_agency"] == LANG, "one form away, where a person says why"


async def test_a_case_taken_back_from_an_agency_stays_returned_until_it_is_given_away(city: City) -> None:
    case = await city.with_lang()
    city.clock.advance(MINUTE)
    await city.hear(classification(case, sensitive=True, accused_unit=OF_LANG))
    assert (await city.case(case))["state"] == CaseState.RETURNED
    due = (await city.case(case))["act_by"]
    await decided(city, case, None)
    row = await city.case(case)
    assert (row["state"], row["desk"], row["act_by"]) == ("returned", "office_sensitive", due)


async def test_a_case_taken_back_is_reviewed_by_what_triage_says_now(city: City) -> None:
    case = await city.with_lang()
    city.clock.advance(MINUTE)
    suspected = classification(case, disposition=D.COMPLAINT_DENUNCIATION, kind=None, matters=(), model_version="later")
    await city.hear(suspected)
    before = len(await city.said(case))
    await decided(city, case, None)
    (corrected,) = (await city.said(case))[before:]
    assert (corrected.disposition, corrected.model_version) == (D.COMPLAINT_DENUNCIATION, "later")


async def test_a_suspicion_that_comes_later_puts_a_reviewed_case_into_the_queue_again(city: City) -> None:
    case = await city.opened(needs_review=True)
    await decided(city, case, IN_SCOPE)
    city.clock.advance(MINUTE)
    await city.hear(classification(case, sensitive=True, accused_unit=OF_LANG))
    row = await city.case(case)
    assert (row["state"], row["desk"], row["reviewed"]) == ("returned", "office_sensitive", False)


async def test_what_a_person_said_is_not_overruled_by_the_machine(city: City) -> None:
    case = await city.opened(needs_review=True, matters=())
    await decided(city, case, Label(D.STATUS_LOOKUP))
    city.clock.advance(MINUTE)
    await city.hear(classification(case, matters=(MatterScore(matter=MatterCode("HT01"), score=0.9),)))
    row = await city.case(case)
    assert (row["disposition"], row["state"]) == (D.STATUS_LOOKUP, CaseState.RECEIVED)


# --- who, and which --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "agency"),
    [(Role.AUDITOR, OFFICE), (Role.ADMIN, OFFICE), (Role.HANDLER, LANG), (Role.HEAD, LANG), (Role.OFFICE, LANG)],
)
async def test_who_may_not_decide_changes_nothing(city: City, who: Role, agency: str) -> None:
    case = await city.opened(needs_review=True)
    other = officer(who, agency=agency)
    assert not isinstance(await decide(city, case, IN_SCOPE, other), Kept)
    assert not await city.rows(t.reviews, case)


async def test_a_case_about_the_office_is_its_head_s_to_review(city: City) -> None:
    await city.head_at(OFFICE)
    about_us = (AgencyScore(agency_id=AgencyId(OFFICE), score=0.9),)
    case = await city.opened(needs_review=True, kind=Kind.OFFICIAL_CONDUCT, accused_unit=about_us)
    assert await decide(city, case, None, officer()) == Unseen()
    assert isinstance(await decide(city, case, None, officer(Role.HEAD)), Kept)


async def test_only_doubtful_classifications_are_decided_here(city: City) -> None:
    given = await city.with_lang()
    assert not isinstance(await decide(city, given, IN_SCOPE, officer()), Kept)
    placeless = uuid7()
    await city.hear(received(placeless, place_id=None))
    await city.hear(classification(placeless))
    assert await decide(city, placeless, IN_SCOPE, officer()) == NotNow(CaseState.CLASSIFIED)
    assert await decide(city, uuid7(), IN_SCOPE, officer(), version=1) == Unseen()


async def test_machines_are_not_offered_to_review(city: City) -> None:
    case = await city.opened(needs_review=True)
    system = await city.system(OFFICE, Role.OFFICE)
    assert (await system.get(f"/cases/{case}")).json()["actions"] == ["assign", "refuse"]


async def test_a_decision_about_a_case_nobody_has_any_more_is_dropped(city: City) -> None:
    by, gone = officer(), uuid7()
    row = {
        "id": uuid7(), "feedback_id": gone, "seen_version": 1, "disposition": "spam_ads", "only_label": False,
        "by": by.id, "by_name": by.name, "by_agency": by.agency_id, "decided_at": city.clock.now(),
        "takes_effect_at": city.clock.now(),
    }  # fmt: skip
    async with city.run.begin() as tx:
        await tx.session.execute(insert(t.reviews).values(row))
    await jobs.carry_out_reviews(city.run)
    (ended,) = await city.rows(t.reviews, gone)
    assert ended["settled_as"] == "case_changed"
