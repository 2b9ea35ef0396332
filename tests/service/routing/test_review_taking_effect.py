"""A review decision takes effect once, when it can no longer be taken back; or it is dropped, and that is told."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert

from libs.contracts.vocabulary import CaseState, Disposition
from libs.runtime.ids import uuid7
from services.routing import casework, jobs, review
from services.routing import tables as t
from services.routing.domain.permission import Officer
from services.routing.domain.review import Label
from services.routing.domain.workflow import Stale, Unseen
from services.routing.review import DecidedAlready, Kept, TakenBack, TooLate
from services.routing.store import ReviewStore
from tests.service.routing.city import City, classification
from tests.service.routing.review import IN_SCOPE, UNDO, decide, decided, later, new_events, officer

D = Disposition


async def test_nothing_is_said_while_a_decision_can_be_taken_back(city: City) -> None:
    case = await city.opened(needs_review=True)
    before, said = await city.case(case), await city.said(case)
    kept = await decide(city, case, IN_SCOPE, officer())
    assert isinstance(kept, Kept)
    assert kept.takes_effect_at == city.clock.now() + UNDO
    await later(city, UNDO - timedelta(seconds=1))
    assert (await city.case(case), await city.said(case)) == (before, said)


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
