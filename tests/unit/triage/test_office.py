"""Which office acts, and where."""

import pytest

from tests.unit.triage.hanoi import LANG, decide


@pytest.mark.parametrize(
    ("text", "level", "span"),
    [
        ("UBND phường Láng bắt làm lại khai sinh", "commune", "UBND phường Láng"),
        ("ra p. Láng nộp hồ sơ khai sinh bị trả về", "commune", "p. Láng"),
        ("Sở Xây dựng yêu cầu bổ sung bản vẽ 3 lần", "department", "Sở Xây dựng"),
        ("chi cục thuế quận Hà Đông bắt khai lại", "district", "chi cục thuế quận Hà Đông"),
        ("Kiến nghị thành phố miễn phí sao y cho học sinh", "city", "thành phố"),
        ("Kính gửi UBND thành phố, xã Sóc Sơn quá hẹn trả giấy khai sinh", "commune", "xã Sóc Sơn"),
        ("Kính gửi Sở Tư pháp: UBND phường Láng quá hẹn trả giấy khai sinh", "commune", "UBND phường Láng"),
        ("Tôi thường trú phường Láng, ra phường Đống Đa nộp hồ sơ quá hẹn 9 ngày", "commune", "phường Đống Đa"),
        ("UBND thành phố giao UBND phường Láng cấp lại sổ mà quá hẹn 9 ngày", "commune", "UBND phường Láng"),
        ("một cửa phường Láng hẹn ba lần không trả giấy khai sinh", "commune", "một cửa phường Láng"),
        ("UBND phường bắt làm lại khai sinh rất vô lý", "commune", "UBND phường"),
        ("trung tâm dịch vụ việc làm bắt nộp lại hồ sơ thất nghiệp", None, "trung tâm dịch vụ việc làm"),
        (
            "Kính gửi Văn phòng UBND thành phố. Tôi thường trú xã Sóc Sơn, đến một cửa của xã nộp hồ sơ quá hẹn",
            "commune",
            "xã Sóc Sơn",
        ),
        ("phường bắt làm lại khai sinh rất vô lý", None, None),
        ("đăng ký kết hôn rườm rà quá, phải đi lại nhiều", None, None),
    ],
)
def test_the_office_that_acts(text: str, level: str | None, span: str | None) -> None:
    decision = decide(text)
    assert (decision.agency_level, decision.agency_span) == (level, span)
    if span is not None:
        assert text[decision.agency_start : decision.agency_end] == span


def test_the_commune_its_sender_confirmed_wins_over_the_text_s() -> None:
    decision = decide("cán bộ phường Đống Đa quát tôi", LANG)
    assert [(one.place_id, one.score) for one in decision.places] == [(LANG, 1.0)]
    assert [one.agency_id for one in decision.accused_unit] == [LANG]


def test_a_confirmed_commune_tells_whose_official_an_unnamed_one_is() -> None:
    decision = decide("cán bộ một cửa quát tôi, hẹn ba lần không trả kết quả", LANG)
    assert [one.agency_id for one in decision.accused_unit] == [LANG]
    assert [one.matter for one in decision.matters] == ["HV01"]
    assert ("accused_unit", "confirmed_by_sender") in [(one.decision, one.rule) for one in decision.reasons]


def test_a_confirmed_commune_does_not_make_the_police_its_own() -> None:
    assert [one.agency_id for one in decide("công an phường Láng hách dịch", LANG).accused_unit] == ["HN-CA"]


def test_an_unknown_unit_stays_unknown() -> None:
    decision = decide("cán bộ quát dân, hẹn ba lần không trả kết quả hồ sơ khai sinh")
    assert decision.accused_unit == ()


def test_an_old_name_stands_for_its_heirs() -> None:
    decision = decide("phường Láng Hạ bắt phải có hộ khẩu mới nhận hồ sơ khai sinh")
    assert LANG in [one.place_id for one in decision.places]
    assert "HN-CO00199" not in [one.place_id for one in decision.places]
