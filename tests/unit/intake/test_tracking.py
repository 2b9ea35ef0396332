"""Who answers for a case, as its sender is told."""

import pytest

from libs.contracts.vocabulary import CaseState
from services.intake.domain.tracking import answering


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (CaseState.ASSIGNED, "UBND phường Láng"),
        (CaseState.IN_PROGRESS, "UBND phường Láng"),
        (CaseState.ANSWERED, "UBND phường Láng"),
        (CaseState.RETURNED, ""),
        (CaseState.REFUSED, "Văn phòng UBND Thành phố"),
    ],
)
def test_an_agency_answers_until_it_gives_the_case_back_and_the_office_for_what_is_not_handled(
    state: CaseState, told: str
) -> None:
    assert answering(state, "UBND phường Láng", "Văn phòng UBND Thành phố") == told
