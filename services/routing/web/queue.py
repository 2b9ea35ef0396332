"""The lists of the desk: which cases each shows, to whom it is offered, and why it may be empty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from libs.contracts.vocabulary import CaseState, Desk

from ..domain.consideration import OfficeReason
from ..domain.permission import Officer, lenses
from ..domain.workflow import CLOSED_STATES, UNDECIDED_STATES
from .row import Row


@dataclass(frozen=True, slots=True)
class Queue:
    """One list. What is left empty narrows nothing; the shield is over all of them."""

    slug: str
    title: str
    about: str
    """What it shows, as said above the list."""
    filled_by: str
    """What would fill it, as said when it is empty."""
    own_agency: bool = False
    states: frozenset[CaseState] = frozenset()
    desks: frozenset[Desk] = frozenset()
    reasons: frozenset[OfficeReason] = frozenset()
    other_reasons_than: frozenset[OfficeReason] = frozenset()
    no_head: bool = False
    late: bool = False
    soon: bool = False
    closed: bool = False
    ended_alone: bool = False
    alarming: bool = False
    """Drawn as something that must not stay filled."""
    address: str = ""
    """Of its own page, where it has one."""

    def holds(self, case: Row, officer: Officer, now: datetime) -> bool:
        """Whether a case stands on this list; the store asks the database the same."""
        warned = case["warn_at"] is not None and case["warn_at"] <= now
        return (
            self.closed == (case["ended_at"] is not None)
            and (not self.own_agency or case["agency_id"] == officer.agency_id)
            and (not self.states or case["state"] in self.states)
            and (not self.desks or case["desk"] in self.desks)
            and (not self.reasons or case["office_reason"] in self.reasons)
            and case["office_reason"] not in self.other_reasons_than
            and (not self.no_head or bool(case["no_head"]))
            and (not self.ended_alone or case["ended_alone_at"] == case["ended_at"])
            and (not self.late or case["act_by"] < now)
            and (not self.soon or (warned and case["act_by"] >= now))
        )


@dataclass(frozen=True, slots=True)
class Group:
    """Lists that belong together, under one heading."""

    title: str
    queues: tuple[Queue, ...]


UNROUTABLE: Final = frozenset(
    {
        OfficeReason.MATTER_UNKNOWN,
        OfficeReason.PLACE_UNKNOWN,
        OfficeReason.AGENCY_NOT_NAMED,
        OfficeReason.ACCUSED_UNIT_UNKNOWN,
        OfficeReason.ACCUSED_LEADER,
        OfficeReason.SEVERAL_COMPETENT,
        OfficeReason.SEVERAL_SUCCESSORS,
        OfficeReason.NO_SUCCESSOR,
        OfficeReason.CITY_LEVEL,
        OfficeReason.OUTSIDE_CITY,
    }
)
_AT_OFFICE: Final = frozenset({Desk.OFFICE})
_AT_AGENCIES: Final = frozenset({Desk.AGENCY, Desk.HEAD})
_UNDECIDED: Final = UNDECIDED_STATES - {CaseState.RETURNED}

OFFICE: Final = (
    Queue(
        "undecided",
        "Cần quyết định",
        "Hồ sơ phân loại tự động chưa chắc chắn, chưa gửi xong hoặc có thể không thuộc phạm vi",
        "Hồ sơ nào máy không tự quyết định được sẽ hiện ở đây.",
        states=_UNDECIDED,
        desks=_AT_OFFICE,
        other_reasons_than=UNROUTABLE,
    ),
    Queue(
        "unroutable",
        "Chưa rõ cơ quan",
        "Hồ sơ thuộc phạm vi nhưng bảng thẩm quyền không chỉ ra đúng một cơ quan",
        "Hồ sơ thiếu nơi xảy ra, thiếu việc hoặc có nhiều cơ quan phù hợp sẽ hiện ở đây.",
        states=_UNDECIDED,
        desks=_AT_OFFICE,
        reasons=UNROUTABLE,
    ),
    Queue(
        "sensitive",
        "Nhạy cảm",
        "Hồ sơ có dấu hiệu khiếu nại, tố cáo hoặc có thể làm lộ người gửi; chỉ Văn phòng xem được",
        "Hồ sơ có dấu hiệu khiếu nại, tố cáo sẽ hiện ở đây và không chuyển đi khi chưa có người quyết định.",
        desks=frozenset({Desk.OFFICE_SENSITIVE}),
        states=UNDECIDED_STATES,
    ),
    Queue(
        "shield-closed",
        "Xem lại nơi giữ",
        "Hồ sơ cơ quan đã nhận rồi mới lộ dấu hiệu tố cáo hoặc việc của cán bộ, chờ Văn phòng quyết định nơi giữ",
        "Khi một hồ sơ đang ở cơ quan phải thu hẹp người được xem, hồ sơ đó hiện ở đây.",
        desks=_AT_AGENCIES,
        reasons=frozenset({OfficeReason.SENSITIVE}),
        alarming=True,
    ),
    Queue(
        "returned",
        "Đơn vị trả lại",
        "Hồ sơ cơ quan trả lại vì không đúng thẩm quyền, chờ Văn phòng chuyển nơi khác",
        "Khi một cơ quan trả lại hồ sơ, hồ sơ đó hiện ở đây kèm lý do.",
        states=frozenset({CaseState.RETURNED}),
        desks=_AT_OFFICE,
    ),
    Queue(
        "office-approval",
        "Chờ Văn phòng duyệt",
        "Câu trả lời của người đứng đầu cơ quan về hành vi cán bộ, chờ Văn phòng duyệt",
        "Khi người đứng đầu trình câu trả lời về hành vi cán bộ, hồ sơ đó hiện ở đây.",
        states=frozenset({CaseState.AWAITING_APPROVAL}),
        desks=frozenset({Desk.HEAD}),
    ),
    Queue(
        "no-head",
        "Thiếu người đứng đầu",
        "Hồ sơ về hành vi cán bộ ở cơ quan chưa có tài khoản người đứng đầu",
        "Hồ sơ hiện ở đây khi cơ quan nhận chưa có ai nhận việc ở bàn người đứng đầu.",
        desks=frozenset({Desk.HEAD}),
        no_head=True,
        alarming=True,
    ),
    Queue(
        "ended-alone",
        "Máy đã trả lời",
        "Tin chắc chắn không phải phản ánh, máy đã tự trả lời người gửi; ai nhắn lại thì cán bộ đọc",
        "Quảng cáo, câu hỏi, tra cứu và việc của nơi khác mà máy tự trả lời sẽ hiện ở đây.",
        states=frozenset({CaseState.REFUSED, CaseState.CLOSED}),
        desks=_AT_OFFICE,
        closed=True,
        ended_alone=True,
    ),
)
REVIEW: Final = Queue(
    "review",
    "Xem lại phân loại",
    "Hồ sơ phân loại tự động chưa chắc chắn: rủi ro cao nhất trước, rồi hạn gần nhất trước",
    "Hồ sơ máy phân loại chưa chắc chắn sẽ hiện ở đây. Mỗi quyết định ở đây cũng dạy máy phân loại.",
    address="/desk/review",
)
"""Ordered by risk, and left out while a decision waits: it has a page of its own."""
CITY: Final = (
    Queue(
        "city-late",
        "Quá hạn",
        "Mọi hồ sơ đang mở đã quá hạn",
        "Hồ sơ nào quá hạn ở bất kỳ cơ quan nào sẽ hiện ở đây.",
        late=True,
        alarming=True,
    ),
    Queue(
        "city-soon",
        "Sắp đến hạn",
        "Mọi hồ sơ đang mở đã qua mốc nhắc và chưa quá hạn",
        "Hồ sơ qua mốc nhắc hạn sẽ hiện ở đây.",
        soon=True,
    ),
    Queue(
        "at-agencies",
        "Đang ở cơ quan",
        "Hồ sơ đang được các cơ quan xử lý",
        "Hồ sơ đã chuyển cho cơ quan sẽ hiện ở đây cho tới khi có câu trả lời.",
        desks=_AT_AGENCIES,
    ),
    Queue(
        "city-closed",
        "Đã xong",
        "Hồ sơ đã trả lời, không thụ lý, đã rút hoặc đã đóng",
        "Hồ sơ có kết quả sẽ hiện ở đây.",
        states=CLOSED_STATES,
        closed=True,
    ),
)
AGENCY: Final = (
    Queue(
        "new",
        "Mới chuyển đến",
        "Hồ sơ vừa chuyển đến cơ quan, chờ tiếp nhận hoặc trả lại",
        "Hồ sơ được chuyển cho cơ quan sẽ hiện ở đây.",
        own_agency=True,
        states=frozenset({CaseState.ASSIGNED}),
        desks=_AT_AGENCIES,
    ),
    Queue(
        "in-progress",
        "Đang xử lý",
        "Hồ sơ cơ quan đã tiếp nhận và đang soạn trả lời",
        "Hồ sơ đã tiếp nhận sẽ hiện ở đây cho tới khi trình duyệt.",
        own_agency=True,
        states=frozenset({CaseState.IN_PROGRESS, CaseState.EXTENDED, CaseState.AWAITING_CITIZEN}),
        desks=_AT_AGENCIES,
    ),
    Queue(
        "approval",
        "Chờ duyệt",
        "Câu trả lời đã soạn xong, chờ người có thẩm quyền duyệt",
        "Câu trả lời được trình duyệt sẽ hiện ở đây.",
        own_agency=True,
        states=frozenset({CaseState.AWAITING_APPROVAL}),
        desks=_AT_AGENCIES,
    ),
    Queue(
        "sent-back",
        "Phải làm lại",
        "Câu trả lời bị yêu cầu sửa trước khi duyệt",
        "Câu trả lời bị yêu cầu sửa sẽ hiện ở đây kèm lý do.",
        own_agency=True,
        states=frozenset({CaseState.SENT_BACK}),
        desks=_AT_AGENCIES,
    ),
    Queue(
        "late",
        "Quá hạn",
        "Hồ sơ của cơ quan đã quá hạn trả lời",
        "Hồ sơ quá hạn trả lời sẽ hiện ở đây.",
        own_agency=True,
        desks=_AT_AGENCIES,
        late=True,
        alarming=True,
    ),
    Queue(
        "soon",
        "Sắp đến hạn",
        "Hồ sơ của cơ quan đã qua mốc nhắc và chưa quá hạn",
        "Hồ sơ qua mốc nhắc hạn sẽ hiện ở đây.",
        own_agency=True,
        desks=_AT_AGENCIES,
        soon=True,
    ),
    Queue(
        "closed",
        "Đã xong",
        "Hồ sơ của cơ quan đã có kết quả",
        "Hồ sơ đã trả lời sẽ hiện ở đây.",
        own_agency=True,
        desks=_AT_AGENCIES,
        states=CLOSED_STATES,
        closed=True,
    ),
)


def groups_for(officer: Officer, agency_name: str) -> tuple[Group, ...]:
    """The lists an officer is offered; an account without cases gets none."""
    ways = lenses(officer)
    decides = officer.of_office and any(way.desk is Desk.OFFICE_SENSITIVE for way in ways)
    of_all = any(way.desk in _AT_AGENCIES and way.own_agency is None for way in ways)
    of_own = any(way.desk in _AT_AGENCIES and way.own_agency is not None for way in ways)
    groups = (
        Group("Văn phòng", OFFICE) if decides else None,
        Group(agency_name, AGENCY) if of_own else None,
        Group("Toàn thành phố", CITY) if of_all else None,
    )
    return tuple(group for group in groups if group is not None)


def with_review(groups: Sequence[Group]) -> tuple[Group, ...]:
    """The lists of somebody who reviews classifications: that queue before the Office's others."""
    office, *others = groups
    return (Group(office.title, (REVIEW, *office.queues)), *others)


def chosen(groups: Sequence[Group], slug: str | None, counts: Mapping[str, int]) -> Queue | None:
    """The list asked for; else the first that has something to do; nothing when the officer is offered none."""
    queues = [queue for group in groups for queue in group.queues]
    asked = next((queue for queue in queues if queue.slug == slug), None)
    waiting = next((queue for queue in queues if counts.get(queue.slug) and not queue.closed), None)
    return asked or waiting or (queues[0] if queues else None)


def list_of(groups: Sequence[Group], case: Row, officer: Officer, now: datetime) -> str | None:
    """The list a case is found on, for a page that was opened without one."""
    queues = (queue for group in groups for queue in group.queues)
    return next((queue.slug for queue in queues if queue.holds(case, officer, now)), None)
