"""Decisions of the review page, made without the page: kept, and carried out when their time has come."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from libs.contracts.events import AgencyScore
from libs.contracts.vocabulary import AgencyId, Disposition, Field, Kind, MatterCode, Nature
from services.routing import jobs, review
from services.routing.domain.permission import Officer, Role
from services.routing.domain.review import Decision, Label
from services.routing.review import Kept
from tests.service.routing.city import LANG, OFFICE, City

UNDO: Final = timedelta(seconds=15)
IN_SCOPE: Final = Label(
    Disposition.IN_SCOPE, Kind.PROCEDURE_DIFFICULTY, Nature.PHAN_ANH, Field.HO_TICH, MatterCode("HT01")
)  # a birth certificate
OF_LANG: Final = (AgencyScore(agency_id=AgencyId(LANG), score=0.9),)


def officer(*roles: Role, agency: str = OFFICE) -> Officer:
    """Who decides, without an account: of the Office, unless said otherwise."""
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
    """What routing has said of a case after the first so many events."""
    return [type(event).__name__ for event in (await city.said(feedback_id))[before:]]
