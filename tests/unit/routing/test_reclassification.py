"""What a further classification may still change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from libs.contracts.vocabulary import AgencyId, CaseState, Desk, Disposition, FeedbackId, Kind
from services.routing.domain.case import Case
from services.routing.domain.facts import Facts
from services.routing.domain.permission import Guard
from services.routing.domain.reclassification import Later, on_later_classification

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ORDINARY = Facts(Disposition.IN_SCOPE, Kind.PROCEDURE_DIFFICULTY)
CONDUCT = Facts(Disposition.IN_SCOPE, Kind.OFFICIAL_CONDUCT)
SENSITIVE = Facts(Disposition.IN_SCOPE, Kind.PROCEDURE_DIFFICULTY, sensitive=True)
DENUNCIATION = Facts(Disposition.COMPLAINT_DENUNCIATION)


def case(state: CaseState, *, person: bool = False, shielded: bool = False, sensitive: bool = False) -> Case:
    guard = Guard(AgencyId("HN-CN00199"), Desk.AGENCY, shielded=shielded)
    return Case(
        FeedbackId(UUID(int=1)),
        state,
        version=3,
        case_seq=2,
        guard=guard,
        received_at=datetime(2026, 11, 23, tzinfo=UTC),
        sensitive=sensitive,
        decided_by_person=person,
    )


@pytest.mark.parametrize(
    ("before", "facts", "later"),
    [
        pytest.param(case(CaseState.OPENED), ORDINARY, Later.DECIDE, id="the first one"),
        pytest.param(case(CaseState.RECEIVED), ORDINARY, Later.DECIDE, id="nobody has decided"),
        pytest.param(case(CaseState.CLASSIFIED), CONDUCT, Later.DECIDE, id="only the agency was missing"),
        pytest.param(case(CaseState.ASSIGNED), ORDINARY, Later.RECORD, id="the machine has given it away"),
        pytest.param(case(CaseState.ASSIGNED), CONDUCT, Later.TAKE_BACK, id="given away, and it is about conduct"),
        pytest.param(case(CaseState.ASSIGNED), SENSITIVE, Later.TAKE_BACK, id="given away, and it is sensitive"),
        pytest.param(
            case(CaseState.ASSIGNED, shielded=True), CONDUCT, Later.RECORD, id="conduct, and the shield is closed"
        ),
        pytest.param(
            case(CaseState.ASSIGNED, shielded=True), DENUNCIATION, Later.TAKE_BACK, id="conduct turns out worse"
        ),
        pytest.param(case(CaseState.IN_PROGRESS, person=True), ORDINARY, Later.RECORD, id="a person's decision stands"),
        pytest.param(case(CaseState.IN_PROGRESS, person=True), CONDUCT, Later.SHIELD, id="it stands, under the shield"),
        pytest.param(
            case(CaseState.IN_PROGRESS, person=True), DENUNCIATION, Later.TAKE_BACK, id="a person did not know this"
        ),
        pytest.param(
            case(CaseState.IN_PROGRESS, person=True, shielded=True, sensitive=True),
            DENUNCIATION,
            Later.RECORD,
            id="a person knew it",
        ),
        pytest.param(case(CaseState.IN_PROGRESS), CONDUCT, Later.TAKE_BACK, id="accepted, which decides nothing"),
        pytest.param(
            replace(case(CaseState.REFUSED), ended_at=NOW, ended_alone_at=NOW),
            ORDINARY,
            Later.REOPEN,
            id="no person has read what the machine ended",
        ),
        pytest.param(
            replace(case(CaseState.REFUSED), ended_at=NOW + timedelta(hours=1), ended_alone_at=NOW),
            ORDINARY,
            Later.RECORD,
            id="opened again, and ended by a person",
        ),
        pytest.param(
            case(CaseState.RETURNED, person=True),
            ORDINARY,
            Later.RECORD,
            id="returned: the Office decides",
        ),
        pytest.param(
            case(CaseState.RECEIVED, person=True, shielded=True, sensitive=True),
            ORDINARY,
            Later.RECORD,
            id="a person has it in hand",
        ),
        pytest.param(case(CaseState.ANSWERED, person=True), DENUNCIATION, Later.RECORD, id="it is over"),
        pytest.param(case(CaseState.REFUSED, person=True), DENUNCIATION, Later.RECORD, id="it was refused"),
    ],
)
def test_a_later_classification_never_undoes_a_person_and_never_opens_a_shield(
    before: Case, facts: Facts, later: Later
) -> None:
    assert on_later_classification(before, facts) is later
