"""How a refusal reads for machines: one problem each, with what the caller needs to do better."""

from typing import assert_never

from libs.web.problem import Problem

from ..casework import KindNeeded, NotAssignable
from ..domain.shield import LeaderAccused
from ..domain.workflow import NoDraft, NotNow, NotYours, NowhereToReturn, OwnWork, Refusal, Stale, Unseen


def problem_of(refusal: Refusal | KindNeeded | NotAssignable | LeaderAccused) -> Problem:
    """A refusal as application/problem+json."""
    match refusal:
        case Unseen():
            return not_found()
        case Stale(version, state):
            return Problem(
                409,
                "case-changed",
                "Hồ sơ vừa được người khác cập nhật",
                "Xem lại hồ sơ rồi thực hiện lại với phiên bản hiện tại.",
                headers={"ETag": f'"{version}"'},
                current_version=version,
                current_state=state.value,
            )
        case NotYours():
            return Problem(403, "not-yours", "Tài khoản không có quyền thực hiện việc này")
        case NotNow(state):
            return Problem(
                409, "not-now", "Không thực hiện được ở trạng thái hiện tại của hồ sơ", current_state=state.value
            )
        case OwnWork():
            return Problem(409, "own-work", "Người soạn trả lời không tự duyệt trả lời đó")
        case NoDraft():
            return Problem(409, "no-answer", "Hồ sơ chưa có dự thảo trả lời")
        case NowhereToReturn():
            return Problem(409, "about-the-office", "Phản ánh về Văn phòng không trả lại Văn phòng")
        case KindNeeded():
            return Problem(
                422, "kind-needed", "Cần cho biết hồ sơ phản ánh về thủ tục hay về hành vi của cán bộ (kind)"
            )
        case NotAssignable(instead):
            return Problem(
                422,
                "agency-not-assignable",
                "Cơ quan này không nhận hồ sơ: không tồn tại, đã thôi hoạt động hoặc không phải nơi xử lý",
                instead=[{"agency_id": agency.id, "agency_name": agency.name} for agency in instead],
            )
        case LeaderAccused():
            return Problem(409, "leader-accused", "Không giao hồ sơ cho đơn vị có lãnh đạo bị phản ánh")
        case _:
            assert_never(refusal)


def not_found() -> Problem:
    """There is no such case, or the caller may not know of it: the answer is the same."""
    return Problem(404, "case-not-found", "Không tìm thấy hồ sơ")
