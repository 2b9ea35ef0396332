"""What must not reach the office it names before a person has seen it."""

import pytest

from tests.unit.triage.hanoi import LANG, decide
from tests.unit.triage.test_disposition import COMPLAINTS


@pytest.mark.parametrize("text", COMPLAINTS)
def test_complaints_and_denunciations_are_sensitive(text: str) -> None:
    assert decide(text).sensitive


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("xin giữ bí mật tên tôi, cán bộ phường Láng chậm trả kết quả khai sinh", id="fears to be known"),
        pytest.param("đừng để lộ tôi nhé, phường Láng quá hẹn 9 ngày không trả kết quả", id="asks not to be told of"),
        pytest.param("kế toán phường Láng có dấu hiệu khai sai danh sách trợ cấp", id="hints at an act of somebody"),
        pytest.param("bí thư phường Láng xây nhà to lắm, thành phố xem giúp", id="a leader, and no grievance"),
        pytest.param("can bo dia chinh phuong Lang cam cua toi 15 trieu", id="without marks"),
    ],
)
def test_what_may_be_one_is_held_for_a_person(text: str) -> None:
    assert decide(text).sensitive


@pytest.mark.parametrize(
    "text",
    [
        "cán bộ một cửa phường Láng quát tôi, hẹn ba lần không trả kết quả",
        "Chủ tịch UBND phường Láng hách dịch, đuổi dân ra ngoài",
        "phường Láng bắt phải có hộ khẩu giấy mới nhận hồ sơ khai sinh cho con em",
        "cán bộ phường Láng gợi ý cà phê khi tôi xin giấy phép xây dựng",
        "hồ sơ khai sinh quá hẹn 12 ngày, đề nghị kiểm tra, chấn chỉnh",
        "thủ tục bồi thường giải phóng mặt bằng cần giấy tờ gì",
        "tôi khiếu nại ngân hàng trừ tiền thẻ mà không hoàn",
        "nhân viên tiếp nhận bảo chờ, tôi ngồi đợi từ sáng đến trưa rồi lại về, tuần sau lên lần nữa, cuối cùng giấy "
        "khai sinh cũ vẫn phải xác minh",
        "mất 3 triệu tiền dịch thuật khi làm giấy phép lao động, quá tốn kém",
    ],
)
def test_rudeness_lateness_and_expense_alone_are_not(text: str) -> None:
    assert not decide(text).sensitive


def test_the_shield_knows_whom_a_denunciation_names() -> None:
    decision = decide("trưởng thôn và kế toán UBND phường Láng kê khống tên người chết để lĩnh tiền")
    assert [one.agency_id for one in decision.accused_unit] == [LANG]


def test_something_sensitive_in_ordinary_feedback_needs_a_person() -> None:
    assert decide("xin giữ bí mật tên tôi, cán bộ phường Láng chậm trả kết quả khai sinh").needs_review


def test_the_words_that_say_so_are_quoted() -> None:
    text = "Xin giữ bí mật. Phường Láng quá hẹn 9 ngày không trả kết quả"
    words = [one.words for one in decide(text).reasons if one.decision == "sensitive"]
    assert words == ["giữ bí mật"]
