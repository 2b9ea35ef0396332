"""Who may see a case that is not for everybody, and why: said on top of its page."""

from dataclasses import dataclass

from libs.contracts.vocabulary import AccusedPost, Desk, Kind

from ..domain.case import Case
from ..domain.directory import Directory


@dataclass(frozen=True, slots=True)
class Banner:
    """The notice over a shielded case."""

    title: str
    who: str
    why: str


def banner_of(case: Case, directory: Directory) -> Banner | None:
    """The notice over a case; nothing when it is an ordinary one."""
    guard = case.guard
    if not guard.shielded and not case.sensitive:
        return None
    return Banner(_title(case), _who(case, directory), _why(case))


def _title(case: Case) -> str:
    if case.sensitive:
        return "Hồ sơ nhạy cảm"
    return "Phản ánh về lãnh đạo" if case.guard.accused_post is AccusedPost.LEADER else "Phản ánh về cán bộ"


def _who(case: Case, directory: Directory) -> str:
    guard, agency = case.guard, directory.short_name_of(case.agency_id)
    office = directory.short_name_of(directory.office_id)
    match guard.desk:
        case Desk.OFFICE_SENSITIVE | Desk.OFFICE:
            who = f"Chỉ cán bộ {office} được giao việc này xem được."
        case Desk.HEAD:
            who = f"Chỉ người đứng đầu {agency} và {office} xem được; cán bộ khác của {agency} không biết có hồ sơ này."
        case Desk.AGENCY if case.agency_id in guard.accused:
            # A person had given it to the very unit before it was known to be about it.
            head = "" if guard.accused_post is AccusedPost.LEADER else f"người đứng đầu {agency} và "
            who = f"Chỉ {head}{office} xem được; cán bộ khác của {agency} không xem được nữa."
        case Desk.AGENCY:
            who = f"{agency} và {office} xem được; đơn vị bị phản ánh không xem được."
    if guard.no_head:
        who += f" {agency} chưa có tài khoản người đứng đầu, nên hồ sơ đồng thời nằm ở Văn phòng."
    return who


def _why(case: Case) -> str:
    if case.sensitive:
        return (
            "Nội dung có dấu hiệu khiếu nại, tố cáo hoặc có thể làm lộ người gửi: không chuyển cho đơn vị bị nêu và "
            "không đưa lên Cổng khi chưa có người quyết định."
        )
    if case.kind is Kind.OFFICIAL_CONDUCT:
        return "Người bị phản ánh không được biết, không được xử lý việc của chính mình; thông tin người gửi được ẩn."
    return "Nội dung có nêu cán bộ của một đơn vị; thông tin người gửi được ẩn."
