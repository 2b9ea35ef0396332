"""Officials or the rule, an account or a proposal, and who is accused."""

import pytest

from libs.contracts.vocabulary import AccusedPost, Kind, Nature
from services.triage.domain.conduct import sure
from tests.unit.triage.hanoi import LANG, decide

CONDUCT = (
    "cán bộ một cửa phường Láng quát tôi, hẹn ba lần không trả kết quả",
    "hồ sơ khai sinh nộp ở phường Láng quá hẹn 12 ngày",
    "gọi điện phường Láng cả tuần không ai bắt máy để hỏi giấy khai sinh",
    "phường Láng trả hồ sơ kết hôn của tôi 4 lần, mỗi lần một lý do",
    "cán bộ phường Láng vòi vĩnh khi tôi xin giấy phép xây dựng",
    "phường Láng ghi sai tên con tôi trong giấy khai sinh rồi bắt nộp lại lệ phí",
)
DIFFICULTY = (
    "đăng ký kết hôn mà bắt về quê xin giấy xác nhận độc thân, quá rườm rà",
    "quy định mới và cũ mâu thuẫn nhau nên hồ sơ tách thửa bị từ chối",
    "sau sáp nhập không biết nộp ở đâu, thủ tục đất đai vướng mắc đủ thứ",
    "cổng dịch vụ công báo lỗi suốt, không nộp được hồ sơ",
)


@pytest.mark.parametrize("text", CONDUCT)
def test_conduct_of_officials(text: str) -> None:
    assert decide(text).kind is Kind.OFFICIAL_CONDUCT


@pytest.mark.parametrize("text", DIFFICULTY)
def test_a_difficulty_with_the_rule(text: str) -> None:
    decision = decide(text)
    assert decision.kind is Kind.PROCEDURE_DIFFICULTY
    assert decision.accused_unit == ()


@pytest.mark.parametrize(
    ("text", "nature"),
    [
        ("Đề nghị bỏ quy định phải có xác nhận độc thân khi đăng ký kết hôn", Nature.KIEN_NGHI),
        ("nên cho nộp hồ sơ khai sinh qua bưu điện để dân đỡ đi lại", Nature.KIEN_NGHI),
        ("Tôi kiến nghị thành phố rút ngắn thời hạn cấp giấy phép xây dựng", Nature.KIEN_NGHI),
        ("hồ sơ khai sinh quá hẹn 12 ngày, đề nghị kiểm tra, chấn chỉnh", Nature.PHAN_ANH),
        ("phường Láng hẹn ba lần không trả kết quả, đề nghị cấp trên xem xét xử lý", Nature.PHAN_ANH),
        ("phường Láng bắt phải có hộ khẩu giấy mới nhận hồ sơ khai sinh", Nature.PHAN_ANH),
    ],
)
def test_a_closing_formula_proposes_nothing(text: str, nature: Nature) -> None:
    assert decide(text).nature is nature


@pytest.mark.parametrize(
    ("text", "post"),
    [
        ("cán bộ một cửa phường Láng quát tôi", AccusedPost.STAFF),
        ("Chủ tịch UBND phường Láng hách dịch, đuổi dân ra ngoài", AccusedPost.LEADER),
        ("lãnh đạo phường Láng hẹn ba lần không tiếp", AccusedPost.LEADER),
        ("Kính gửi Chủ tịch UBND thành phố, cán bộ phường Láng hẹn nhiều lần không trả kết quả", AccusedPost.STAFF),
        ("Đề nghị lãnh đạo phường Láng xem lại, nhân viên tiếp nhận thái độ rất kém", AccusedPost.STAFF),
        ("Kính gửi Chủ tịch UBND thành phố: phường Láng quá hẹn 12 ngày không trả kết quả", AccusedPost.UNKNOWN),
        ("phường Láng quá hẹn 12 ngày không trả kết quả khai sinh", AccusedPost.UNKNOWN),
    ],
)
def test_a_leader_asked_for_help_is_not_accused(text: str, post: AccusedPost) -> None:
    assert decide(text).accused_post is post


@pytest.mark.parametrize(
    ("text", "matter", "unit"),
    [
        ("cán bộ phường Láng quát tôi", "HV01", LANG),
        ("UBND quận Đống Đa quá hẹn 12 ngày không trả kết quả", "HV02", None),
        ("Chuyên viên Sở Xây dựng ngâm hồ sơ 3 tháng không trả lời", "HV03", "HN-SXD25"),
        ("công an phường Láng hách dịch với dân", "HV03", "HN-CA"),
    ],
)
def test_for_conduct_the_accused_unit_s_tier_is_the_matter(text: str, matter: str, unit: str | None) -> None:
    decision = decide(text)
    assert [one.matter for one in decision.matters] == [matter]
    if unit is not None:
        assert [one.agency_id for one in decision.accused_unit] == [unit]


def test_a_former_district_leaves_several_units_and_so_a_doubt() -> None:
    decision = decide("UBND quận Đống Đa quá hẹn 12 ngày không trả kết quả")
    assert len(decision.accused_unit) > 1
    assert LANG in [one.agency_id for one in decision.accused_unit]
    assert decision.needs_review


def test_the_procedure_gives_conduct_its_field_only() -> None:
    decision = decide("cán bộ phường Láng hẹn ba lần không trả giấy khai sinh")
    assert (decision.field, [one.matter for one in decision.matters]) == ("ho_tich", ["HV01"])


def test_nothing_is_ever_certain_or_hopeless() -> None:
    assert 0 < sure(0, 100) < 0.05
    assert 0.9 < sure(100, 0) < 1
    assert sure(3, 0) > sure(3, 3) > sure(0, 3)
