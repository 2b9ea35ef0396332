"""Each event of routing becomes one step of a case."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from libs.contracts.events import Attachment, Progressed, Refused, Resolved, Routed
from libs.contracts.vocabulary import (
    AgencyId,
    AnswerOutcome,
    CaseState,
    Desk,
    FeedbackId,
    FileKind,
    FileState,
    Notice,
    RefusalReason,
    RoutedReason,
)
from services.notifier.domain.wording import Province, RefusalText, Step
from services.notifier.heard import of_progressed, of_refused, of_resolved, of_routed

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
DUE = datetime(2026, 12, 15, 10, 30, tzinfo=UTC)
CASE, EVENT = FeedbackId(UUID(int=1)), UUID(int=2)
PROVINCE = Province(
    zone=ZoneInfo("Asia/Ho_Chi_Minh"),
    office="Văn phòng",
    complaint_body="Ban",
    denunciation_body="Thanh tra",
    procedure_guide="Cổng",
    templates={},
    refusals={"TCH01": RefusalText("Khiếu nại.", "", "yes"), "TCH10": RefusalText("Rác.", "", "no")},
)


def test_routed_names_agency_and_date() -> None:
    event = Routed(
        key=CASE,
        feedback_id=CASE,
        case_seq=2,
        agency_id=AgencyId("HN-CN00199"),
        agency_name="UBND phường Láng",
        desk=Desk.AGENCY,
        due_at=DUE,
        reason=RoutedReason.TRANSFERRED,
    ).said(EVENT, NOW, None)
    heard = of_routed(event)
    assert (heard.notice, heard.case_seq, heard.routed_reason) == (Notice.ROUTED, 2, RoutedReason.TRANSFERRED)
    assert heard.step == Step(at=NOW, agency_name="UBND phường Láng", due_at=DUE)
    assert not heard.to_head
    assert of_routed(event.model_copy(update={"desk": Desk.HEAD})).to_head


@pytest.mark.parametrize(
    ("state", "reason", "notice", "silence"),
    [
        (CaseState.EXTENDED, None, Notice.EXTENDED, None),
        (CaseState.CLOSED, None, Notice.CLOSED, None),
        (CaseState.CLOSED, "status_lookup", Notice.CLOSED, "answered_elsewhere:status_lookup"),
        (CaseState.RETURNED, "status_lookup", None, None),
    ],
)
def test_progressed_owes_what_its_state_owes(
    state: CaseState, reason: str | None, notice: Notice | None, silence: str | None
) -> None:
    event = Progressed(key=CASE, feedback_id=CASE, case_seq=3, state=state, reason=reason, due_at=DUE)
    heard = of_progressed(event.said(EVENT, NOW, None))
    assert (heard.notice, heard.silence, heard.step.due_at) == (notice, silence, DUE)


@pytest.mark.parametrize(
    ("reason", "explanation", "silence"),
    [
        (RefusalReason.TCH01, "", None),
        (RefusalReason.TCH10, "", "not_told:TCH10"),
        (RefusalReason.TCH10, "Vì đây là quảng cáo.", None),
    ],
)
def test_a_refusal_is_told_unless_the_province_says_not(
    reason: RefusalReason, explanation: str, silence: str | None
) -> None:
    event = Refused(key=CASE, feedback_id=CASE, case_seq=3, reason=reason, explanation=explanation)
    heard = of_refused(event.said(EVENT, NOW, None), PROVINCE)
    assert (heard.notice, heard.silence) == (Notice.REFUSED, silence)
    assert heard.step.explanation == explanation


def test_an_answer_counts_its_files() -> None:
    attachment = Attachment(file_id=UUID(int=9), name="qd.pdf", kind=FileKind.DOCUMENT, state=FileState.READY)
    event = Resolved(
        key=CASE,
        feedback_id=CASE,
        case_seq=5,
        agency_id=AgencyId("HN-CN00199"),
        agency_name="UBND phường Láng",
        outcome=AnswerOutcome.EXPLAINED,
        answer="Đã cấp giấy.",
        answered_at=NOW,
        attachments=(attachment,),
    ).said(EVENT, NOW, None)
    assert (of_resolved(event).step.answer, of_resolved(event).step.files) == ("Đã cấp giấy.", 1)
