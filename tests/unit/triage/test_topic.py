"""Which procedure a text is about."""

import pytest

from libs.contracts.vocabulary import AgencyLevel, Field, MatterCode
from services.triage.domain.office import Offices
from services.triage.domain.row import CONDUCT_PREFIX, DISPOSITION_PREFIX, CompetenceRow
from services.triage.domain.topic import TopicBook
from tests.unit.triage.hanoi import decide, evidence_of, rows


@pytest.mark.parametrize(
    ("text", "matters"),
    [
        pytest.param(
            "phường Láng bắt phải có hộ khẩu giấy mới nhận hồ sơ khai sinh cho con em", ["HT01", "CA01"], id="the story"
        ),
        pytest.param("đi làm hộ chiếu thì đòi giấy khai sinh bản gốc, vô lý", ["CA03", "HT01"], id="what is made"),
        pytest.param("yêu cầu hộ khẩu khi tôi đăng ký kết hôn, bất cập", ["HT01", "CA01"], id="what is registered"),
        pytest.param("nộp hồ sơ tách thửa mà thiếu căn cước là bị trả về", ["DD02", "CA02"], id="what is handed in"),
        pytest.param("xin cấp phù hiệu xe, bắt bổ sung đăng kiểm rất phiền", ["GT01", "GT02"], id="what is asked for"),
        pytest.param(
            "bắt làm xác nhận cư trú thì mới cho đăng ký khai tử, vô lý", ["HT01", "CA01"], id="a verb demanded"
        ),
    ],
)
def test_what_is_filed_outranks_a_paper_that_is_demanded(text: str, matters: list[str]) -> None:
    assert [one.matter for one in decide(text).matters][:2] == matters


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("thủ tục sao y ở xã rườm rà quá, phải xếp hàng từ sáng", "chung_thuc"),
        ("Nộp thuế cho sạp hàng phải lên tận chi cục, bất tiện", "thue"),
        ("lam lai so do bi mat phai di lai nhieu noi, rat phien", "dat_dai"),
        ("hồ sơ đổi GPLX bị từ chối vô lý", "giao_thong"),
        ("cổng dịch vụ công báo lỗi suốt, không nộp được hồ sơ khai sinh", "cntt_dvc_truc_tuyen"),
        ("hồ sơ khai sinh nộp qua cổng dịch vụ công bị trả vì tên không khớp", "ho_tich"),
        ("chi cục thuế quận Hà Đông không ai nghe máy", "thue"),
        ("cán bộ một cửa phường Láng quát tôi", "khac"),
    ],
)
def test_which_field_a_text_is_about(text: str, field: str) -> None:
    assert decide(text).field == field


def test_the_name_of_a_place_names_no_procedure() -> None:
    assert "DT02" not in [one.matter for one in decide("xã Hòa Lạc bắt làm lại khai sinh, vô lý").matters]


def test_rows_about_what_is_not_handled_are_never_a_matter() -> None:
    words = [
        keyword for row in rows().competence if row.matter.startswith(DISPOSITION_PREFIX) for keyword in row.keywords
    ]
    assert words
    for keyword in words:
        matters = decide(f"thủ tục {keyword} ở phường Láng vô lý quá").matters
        assert not [one for one in matters if one.matter.startswith(DISPOSITION_PREFIX)], keyword


def test_not_even_when_such_a_row_has_a_field() -> None:
    row = CompetenceRow(MatterCode("XX09"), Field.KHAC, AgencyLevel.CITY, ("khiếu nại",))
    assert TopicBook((row,), ()).find(evidence_of("tôi khiếu nại"), Offices((), None)).matters == ()


def test_a_procedure_named_beside_the_counter_is_the_matter() -> None:
    decision = decide("bộ phận một cửa bắt xếp hàng lấy số từ sáng để làm khai sinh, quá bất tiện")
    assert [one.matter for one in decision.matters] == ["HT01"]


def test_a_procedure_s_keyword_alone_finds_its_own_field() -> None:
    for row in rows().competence:
        if row.field is None or row.matter.startswith((CONDUCT_PREFIX, DISPOSITION_PREFIX)):
            continue
        keyword = max(row.keywords, key=lambda words: len(words.split()))
        decision = decide(f"làm thủ tục {keyword} quá rườm rà, đề nghị bỏ bớt giấy tờ")
        assert row.matter in [one.matter for one in decision.matters], (row.matter, keyword)


def test_scores_are_shares_the_best_first() -> None:
    matters = decide("đòi hộ khẩu, căn cước, hộ chiếu khi nhận hồ sơ khai sinh").matters
    assert len(matters) == 3
    assert [one.score for one in matters] == sorted((one.score for one in matters), reverse=True)
    assert sum(one.score for one in matters) <= 1


def test_every_field_has_everyday_words() -> None:
    assert {cue.value for cue in rows().cues if cue.decision == "field"} == set(Field)
