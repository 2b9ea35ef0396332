"""What an officer can do with a case now: one main action, the others beside it, or who it waits for."""

from dataclasses import dataclass
from uuid import UUID

from libs.contracts.vocabulary import CaseState

from ..domain.permission import Action
from ..domain.workflow import CLOSED_STATES, UNDECIDED_STATES
from ..parts import RoutingParts
from ..sheet import Sheet

# Between the two the main action of an undecided case is chosen by what the rules suggest.
_ALWAYS_MAIN = (Action.APPROVE, Action.ANSWER, Action.ACCEPT)
_BESIDE = (Action.ASSIGN, Action.RETURN, Action.SEND_BACK, Action.REFUSE)


@dataclass(frozen=True, slots=True)
class Task:
    """What a case's page offers."""

    main: Action | None
    beside: tuple[Action, ...]
    waiting: str
    """Said when there is nothing to do for this officer."""


def task_of(sheet: Sheet, officer_id: UUID, parts: RoutingParts) -> Task:
    """What this officer can do, as the rules allow it."""
    actions = sheet.actions
    main = next((action for action in _ALWAYS_MAIN if action in actions), None)
    if main is None and sheet.case.state in UNDECIDED_STATES:
        main = _for_an_undecided_case(sheet)
    beside = tuple(action for action in _BESIDE if action in actions and action is not main)
    return Task(main, beside, "" if main else _waiting(sheet, officer_id, parts))


def _for_an_undecided_case(sheet: Sheet) -> Action | None:
    suggested = Action.REFUSE if sheet.row["suggested_refusal"] else Action.ASSIGN
    return suggested if suggested in sheet.actions else None


def _waiting(sheet: Sheet, officer_id: UUID, parts: RoutingParts) -> str:
    case, agency = sheet.case, parts.province.directory.short_name_of(sheet.case.agency_id)
    match case.state:
        case state if state in CLOSED_STATES:
            return "Hồ sơ đã có kết quả, không còn việc phải làm."
        case CaseState.OPENED:
            return "Đang chờ phân loại tự động. Nếu sau vài phút chưa có, hồ sơ về bàn Văn phòng."
        case CaseState.ASSIGNED:
            return f"Chờ {agency} tiếp nhận hoặc trả lại."
        case CaseState.AWAITING_APPROVAL:
            wrote = any(officer_id in (answer["written_by"], answer["submitted_by"]) for answer in sheet.answers)
            if wrote:
                return "Ông/bà đã soạn hoặc trình câu trả lời này, nên cần người khác duyệt."
            return "Chờ người có thẩm quyền duyệt câu trả lời."
        case state if state in UNDECIDED_STATES:
            return "Chờ Văn phòng quyết định."
        case _:
            return f"{agency} đang xử lý."
