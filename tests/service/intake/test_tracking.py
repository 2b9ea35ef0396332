"""The citizens' copy of where their cases stand, fed by news in any order."""

import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.contracts.events import Progressed, Refused, Resolved, Routed
from libs.contracts.vocabulary import (
    AgencyId,
    AnswerOutcome,
    CaseState,
    Desk,
    FeedbackId,
    RefusalReason,
    RoutedReason,
)
from services.intake import handlers
from services.intake.app import SERVICE
from services.intake.store import TrackingStore
from tests.support.clock import FixedClock
from tests.support.service import Runs

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DUE = datetime(2026, 12, 15, 10, 30, tzinfo=UTC)
LANG = AgencyId("HN-CN00199")

Tell = Callable[..., Awaitable[None]]
HANDLERS: dict[type, Any] = {
    Routed: handlers.on_routed,
    Progressed: handlers.on_progressed,
    Refused: handlers.on_refused,
    Resolved: handlers.on_resolved,
}


@pytest.fixture
async def run(runs: Runs) -> Any:
    return await runs(SERVICE, clock=FixedClock(NOW))


@pytest.fixture
def tell(run: Any) -> Tell:
    async def tell_all(*events: Any) -> None:
        for event in events:
            async with run.begin() as tx:
                await HANDLERS[type(event)](event, tx)

    return tell_all


def _story(feedback_id: UUID) -> list[Any]:
    """Received, routed, extended, answered: as routing says them."""
    about = {"key": feedback_id, "feedback_id": FeedbackId(feedback_id)}
    agency = {"agency_id": LANG, "agency_name": "UBND phường Láng"}
    events = [
        Progressed(**about, case_seq=1, state=CaseState.RECEIVED),
        Routed(**about, case_seq=2, **agency, desk=Desk.AGENCY, due_at=DUE, reason=RoutedReason.ASSIGNED),
        Progressed(**about, case_seq=3, state=CaseState.EXTENDED, due_at=DUE + timedelta(days=10)),
        Resolved(
            **about, case_seq=4, **agency, outcome=AnswerOutcome.EXPLAINED, answer="Đã giải thích.", answered_at=DUE
        ),
    ]
    return [event.said(uuid4(), NOW + timedelta(days=event.case_seq), None) for event in events]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
async def test_news_in_any_order_leave_the_same_standing(run: Any, tell: Tell, order: tuple[int, ...]) -> None:
    feedback_id = uuid4()
    events = _story(feedback_id)
    await tell(*(events[index] for index in order))
    async with run.begin() as tx:
        store = TrackingStore(tx.session)
        standing = await store.standing(feedback_id)
        steps = await store.steps(feedback_id)
        answer = await store.answer(feedback_id)
    assert standing is not None
    assert (standing.state, standing.agency_name) == (CaseState.ANSWERED, "UBND phường Láng")
    assert standing.due_at == DUE + timedelta(days=10)
    assert [step.state for step in steps] == [
        CaseState.ANSWERED,
        CaseState.EXTENDED,
        CaseState.ASSIGNED,
        CaseState.RECEIVED,
    ]
    assert answer is not None
    assert run.parts.sealer.open_bytes(answer.answer).decode() == "Đã giải thích."


async def test_news_told_twice_are_one_step(run: Any, tell: Tell) -> None:
    feedback_id = uuid4()
    events = _story(feedback_id)
    await tell(*events, *events)
    async with run.begin() as tx:
        assert len(await TrackingStore(tx.session).steps(feedback_id)) == 4


async def test_an_older_assignment_does_not_undo_a_refusal(run: Any, tell: Tell) -> None:
    feedback_id = uuid4()
    about = {"key": feedback_id, "feedback_id": FeedbackId(feedback_id)}
    refusal = Refused(**about, case_seq=3, reason=RefusalReason.TCH04, explanation="Xin gửi qua iHanoi.")
    await tell(refusal.said(uuid4(), NOW, None), _story(feedback_id)[1])
    async with run.begin() as tx:
        standing = await TrackingStore(tx.session).standing(feedback_id)
    assert standing is not None
    assert (standing.state, standing.reason) == (CaseState.REFUSED, RefusalReason.TCH04)
    assert standing.explanation is not None
    assert b"iHanoi" not in standing.explanation
