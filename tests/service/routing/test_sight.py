"""The condition lists are filtered by sees exactly what `may_see` and `may_do` see."""

import itertools
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select

from libs.contracts.vocabulary import AccusedPost, AgencyId, Desk
from libs.runtime.ids import uuid7
from services.routing import tables as t
from services.routing.domain.permission import Action, Guard, Officer, Role, may_do, may_see
from services.routing.store import seen_by
from tests.service.routing.city import HOME_AFFAIRS, LANG, OFFICE, City

AGENCIES = (LANG, OFFICE, HOME_AFFAIRS)


def guards() -> list[Guard]:
    """Every combination of owner, desk and shield."""
    return [
        Guard(AgencyId(agency), desk, shielded, frozenset(AgencyId(one) for one in accused), post, no_head)
        for agency, desk, shielded, accused, post, no_head in itertools.product(
            AGENCIES, Desk, (False, True), ((), (LANG,), (OFFICE, LANG)), AccusedPost, (False, True)
        )
    ]


def row(guard: Guard, city: City) -> dict[str, Any]:
    now = city.clock.now()
    return {
        "feedback_id": uuid7(),
        "code": uuid4().hex,
        "sender_id": uuid4(),
        "channel": "zalo",
        "applicant_type": "citizen",
        "visibility": "private",
        "text": "x",
        "received_at": now,
        "opened_at": now,
        "act_by": now,
        "state": "assigned",
        "version": 1,
        "agency_id": guard.agency_id,
        "desk": guard.desk.value,
        "shielded": guard.shielded,
        "accused": sorted(guard.accused),
        "accused_post": guard.accused_post.value,
        "no_head": guard.no_head,
    }


@pytest.mark.parametrize("action", [Action.SEE, Action.CLASSIFY])
async def test_lists_and_single_cases_agree_on_who_sees_what_and_who_reviews_it(city: City, action: Action) -> None:
    placed = {UUID(str(made["feedback_id"])): (guard, made) for guard in guards() for made in [row(guard, city)]}
    officers = [
        Officer(uuid4(), "Mẫu", AgencyId(agency), frozenset(roles), of_office=agency == OFFICE)
        for agency in (*AGENCIES, "HN-STP")
        for roles in [*[{role} for role in Role], set(), {Role.HANDLER, Role.HEAD}, {Role.OFFICE, Role.HEAD}]
    ]
    async with city.run.begin() as tx:
        await tx.session.execute(insert(t.cases), [made for _, made in placed.values()])
        for officer in officers:
            listed = set(
                (await tx.session.execute(select(t.cases.c.feedback_id).where(seen_by(officer, action)))).scalars()
            )
            his = {feedback_id for feedback_id, (guard, _) in placed.items() if may_do(officer, guard, action)}
            assert listed == his, officer
            assert action is not Action.SEE or all(may_see(officer, placed[one][0]) for one in his)
