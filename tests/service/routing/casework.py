"""What officers' systems do with a case, said once for the tests that need it."""

from typing import Any, Final

from libs.contracts.events import AgencyScore
from libs.contracts.vocabulary import AccusedPost, AgencyId, Kind
from services.routing.domain.permission import Role
from tests.service.routing.city import LANG, City, System

ANSWER: Final = {"outcome": "accepted", "text": "UBND phường đã trả giấy khai sinh cho gia đình ngày 24/11/2026."}
CONDUCT: Final[dict[str, Any]] = {
    "kind": Kind.OFFICIAL_CONDUCT,
    "accused_unit": (AgencyScore(agency_id=AgencyId(LANG), score=0.9),),
    "accused_post": AccusedPost.STAFF,
}


async def ok(response: Any) -> Any:
    """What a request that must succeed is answered."""
    got = await response
    assert got.status_code == 200, got.text
    return got.json()


async def people_of_lang(city: City) -> tuple[System, System]:
    """Who writes the answers of the ward Láng, and who approves them."""
    return await city.system(LANG, Role.HANDLER, Role.AGENCY_FOCAL), await city.system(LANG, Role.APPROVER)
