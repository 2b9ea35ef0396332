"""The lists of the desk on a real database: what SQL finds is what the rules say, neither more nor less."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert

from libs.contracts.vocabulary import AccusedPost, AgencyId, CaseState, Desk
from libs.runtime.ids import uuid7
from services.routing import tables as t
from services.routing.domain.consideration import OfficeReason
from services.routing.domain.permission import Guard, Officer, Role, may_see
from services.routing.domain.workflow import CLOSED_STATES
from services.routing.web.queue import AGENCY, CITY, Queue, groups_for
from services.routing.web.queue import OFFICE as OFFICE_LISTS
from services.routing.web.store import DeskStore
from tests.service.routing.city import LANG, OFFICE, City

MANY = 400


def some_cases(city: City) -> list[dict[str, Any]]:
    """Cases of every sort, likely and unlikely, always the same ones."""
    chance, now = random.Random(7), city.clock.now()
    rows = []
    for number in range(MANY):
        state = chance.choice(list(CaseState))
        act_by = now + timedelta(hours=chance.randint(-100, 100))
        rows.append(
            {
                "feedback_id": uuid7(),
                "code": f"HN-PA-{number:05d}",
                "sender_id": uuid7(),
                "channel": "zalo",
                "applicant_type": "citizen",
                "visibility": "private",
                "text": "Nội dung thử.",
                "received_at": now,
                "opened_at": now,
                "state": state.value,
                "version": 1,
                "agency_id": chance.choice([LANG, OFFICE, "HN-SNV25"]),
                "desk": chance.choice(list(Desk)).value,
                "office_reason": chance.choice([None, *(reason.value for reason in OfficeReason)]),
                "no_head": chance.random() < 0.3,
                "act_by": act_by,
                "warn_at": chance.choice([None, act_by - timedelta(hours=30)]),
                "ended_at": now if state in CLOSED_STATES else None,
                "ended_alone_at": chance.choice([None, now - timedelta(1), now if state in CLOSED_STATES else None]),
                "shielded": chance.random() < 0.4,
                "accused": chance.sample([LANG, OFFICE, "HN-SNV25"], k=chance.randint(0, 2)),
                "accused_post": chance.choice(list(AccusedPost)).value,
            }
        )
    return rows


def expected(rows: Sequence[dict[str, Any]], queue: Queue, who: Officer, now: Any) -> list[UUID]:
    """What the rules put on a list for an officer, in its order."""
    on_it = [row for row in rows if may_see(who, guard_of(row)) and queue.holds(row, who, now)]
    ordered = sorted(on_it, key=lambda row: (row["act_by"], row["feedback_id"]), reverse=queue.closed)
    return [row["feedback_id"] for row in ordered]


def guard_of(row: dict[str, Any]) -> Guard:
    return Guard(
        agency_id=AgencyId(row["agency_id"]),
        desk=Desk(row["desk"]),
        shielded=row["shielded"],
        accused=frozenset(row["accused"]),
        accused_post=AccusedPost(row["accused_post"]),
        no_head=row["no_head"],
    )


@pytest.mark.parametrize(
    ("agency_id", "roles"),
    [
        (OFFICE, {Role.OFFICE}),
        (OFFICE, {Role.HEAD}),
        (OFFICE, {Role.AUDITOR}),
        (OFFICE, {Role.OFFICE, Role.HANDLER}),
        (LANG, {Role.HANDLER}),
        (LANG, {Role.APPROVER}),
        (LANG, {Role.HEAD}),
        (OFFICE, {Role.ADMIN}),
    ],
    ids=lambda value: "-".join(sorted(value)) if isinstance(value, set) else value,
)
async def test_lists_and_counts_hold_what_the_rules_say(city: City, agency_id: str, roles: set[Role]) -> None:
    rows, now = some_cases(city), city.clock.now()
    who = Officer(uuid7(), "Lê Thị Mẫu", AgencyId(agency_id), frozenset(roles), agency_id == OFFICE)
    async with city.run.begin() as tx:
        await tx.session.execute(insert(t.cases), rows)
        store = DeskStore(tx.session)
        counts = await store.counts(who, [queue for queue in _all() if not queue.closed], now)
        for queue in _all():
            right = expected(rows, queue, who, now)
            found = await store.page(who, queue, now, None, MANY)
            assert [row["feedback_id"] for row in found] == right, queue.slug
            assert counts.get(queue.slug, len(right)) == len(right), queue.slug
    assert bool(groups_for(who, "")) == any(expected(rows, queue, who, now) for queue in _all())


async def test_search_finds_only_what_its_officer_may_see(city: City) -> None:
    rows = some_cases(city)
    who = Officer(uuid7(), "Lê Thị Mẫu", LANG, frozenset({Role.HANDLER}), of_office=False)
    async with city.run.begin() as tx:
        await tx.session.execute(insert(t.cases), rows)
        store = DeskStore(tx.session)
        for row in rows:
            found = [one["feedback_id"] for one in await store.find(who, row["code"])]
            assert found == ([row["feedback_id"]] if may_see(who, guard_of(row)) else []), row["code"]
        parts = {one["feedback_id"] for one in await store.find(who, "PA-0001")}
        assert parts == {
            row["feedback_id"]
            for row in rows
            if "PA-0001" in row["code"] and row["ended_at"] is None and may_see(who, guard_of(row))
        }


def _all() -> tuple[Queue, ...]:
    return (*AGENCY, *OFFICE_LISTS, *CITY)
