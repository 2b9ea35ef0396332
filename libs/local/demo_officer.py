"""The officers of the demo, all invented."""

import json
from dataclasses import asdict, dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class DemoOfficer:
    """One account the demo seeds."""

    login: str
    name: str
    agency_id: str
    roles: tuple[str, ...]
    about: str

    def row(self, password: str) -> str:
        """A line of JSON as routing's `officer seed` reads it."""
        return json.dumps({**asdict(self), "password": password}, ensure_ascii=False)


OFFICERS: Final = (
    DemoOfficer("vanphong", "Nguyễn Thu Hà", "HN-VPUB", ("office",), "Văn phòng UBND Thành phố"),
    DemoOfficer("vanphong2", "Đỗ Quang Huy", "HN-VPUB", ("office",), "Văn phòng UBND Thành phố"),
    DemoOfficer("lang.canbo", "Trần Thị Mai", "HN-CN00199", ("agency_focal", "handler"), "cán bộ UBND phường Láng"),
    DemoOfficer("lang.lanhdao", "Phạm Văn Minh", "HN-CN00199", ("approver",), "người duyệt, UBND phường Láng"),
    DemoOfficer("lang.chutich", "Lê Quốc Hùng", "HN-CN00199", ("head",), "Chủ tịch UBND phường Láng"),
    DemoOfficer("noivu.canbo", "Vũ Thị Hạnh", "HN-SNV25", ("agency_focal", "handler"), "chuyên viên Sở Nội vụ"),
    DemoOfficer("noivu.lanhdao", "Bùi Đức Long", "HN-SNV25", ("approver",), "lãnh đạo Sở Nội vụ"),
    DemoOfficer("kiemtra", "Hoàng Minh Tuấn", "HN-VPUB", ("auditor",), "kiểm tra, chỉ xem"),
)


def password_name(login: str) -> str:
    """The name of an officer's password among the demo's secrets."""
    return f"OFFICER_PASSWORD_{login.upper().replace('.', '_')}"
