"""Agencies are named, dated, and never assigned when they are gone."""

import time
import unicodedata
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.places import Agency, Ambiguous, Commune, Gazetteer, Successor, commune_committees, fold
from tests.support import province

TODAY = date(2026, 11, 21)
IN_2024 = date(2024, 5, 6)
GAZETTEER = province.gazetteer()
LANG = "HN-CN00199"


@pytest.mark.parametrize(
    ("text", "span", "how", "level", "named", "assignable", "places"),
    [
        ("nộp ở UBND phường Láng", "UBND phường Láng", "office", "commune", [LANG], [LANG], [LANG]),
        ("một cửa phường Láng đóng", "một cửa phường Láng", "office", "commune", [LANG], [LANG], [LANG]),
        ("cán bộ phường Láng quát", "phường Láng", "office", "commune", [LANG], [LANG], [LANG]),
        ("ra phường Láng", "phường Láng", "place", "commune", [LANG], [LANG], [LANG]),
        ("công an phường Láng hẹn", "công an phường Láng", "office", "commune", ["HN-CA"], ["HN-CA"], [LANG]),
        ("CA p. Lang", "CA p. Lang", "office", "commune", ["HN-CA"], ["HN-CA"], [LANG]),
        ("UBND xã Phù Đổng", "UBND xã Phù Đổng", "office", "commune", ["HN-CN00541"], ["HN-CN00541"], ["HN-CN00541"]),
        ("UBND phường Láng Thượng cũ", "UBND phường Láng Thượng", "office", "commune", ["HN-CO00187"], [LANG], [LANG]),
        ("UB p. Láng Thượng, quận Đống Đa", "UB p. Láng Thượng", "office", "commune", ["HN-CO00187"], [LANG], [LANG]),
        ("UBND Láng Thượng", "UBND Láng Thượng", "office", "commune", ["HN-CO00187"], [LANG], [LANG]),
        ("Sở Tư pháp hẹn", "Sở Tư pháp", "name", "department", ["HN-STP"], ["HN-STP"], []),
        ("so tu phap hen", "so tu phap", "name", "department", ["HN-STP"], ["HN-STP"], []),
        ("Sở KH&ĐT", "Sở KH&ĐT", "name", "department", ["HN-SKHDT"], ["HN-STC25"], []),
        ("Sở Giao thông vận tải", "Sở Giao thông vận tải", "name", "department", ["HN-SGTVT"], ["HN-SXD25"], []),
        ("Cục Thuế Hà Nội", "Cục Thuế Hà Nội", "name", "department", ["HN-CUCTHUE"], ["HN-THUE"], []),
        ("chi cục thuế quận Ba Đình", "chi cục thuế quận Ba Đình", "office", "district", ["HN-THUE"], ["HN-THUE"], []),
        ("Thue co so 6", "Thue co so", "office", "district", ["HN-THUE"], ["HN-THUE"], []),
        ("BHXH huyen Thuong Tin", "BHXH huyen Thuong Tin", "office", "district", ["HN-BHXH"], ["HN-BHXH"], []),
        ("lên bảo hiểm xã hội nộp", "bảo hiểm xã hội", "office", "district", ["HN-BHXH"], ["HN-BHXH"], []),
        ("Kính gửi UBND TP. Hà Nội", "UBND TP. Hà Nội", "name", "city", ["HN"], ["HN"], []),
        ("đề nghị thành phố bỏ", "thành phố", "office", "city", ["HN"], ["HN"], []),
        ("lên phường làm giấy", "phường", "unnamed", "commune", [], [], []),
        ("công an phường quát", "công an phường", "office", "commune", ["HN-CA"], ["HN-CA"], []),
        ("UBND phường hẹn", "UBND phường", "function", "commune", [], [], []),
        ("cán bộ phường quát", "cán bộ phường", "unnamed", "commune", [], [], []),
        ("điểm pvhcc p. Láng", "điểm pvhcc p. Láng", "office", "commune", [LANG], [LANG], [LANG]),
        ("trung tâm dịch vụ việc làm hẹn", "trung tâm dịch vụ việc làm", "office", None, [], [], []),
        ("trung tâm sát hạch Láng Hạ", "trung tâm sát hạch", "office", None, [], [], []),
        ("chi cục thú y bảo", "chi cục thú y", "office", "department", ["HN-SNNMT"], ["HN-SNNMT"], []),
        ("chi nhánh số 3 TTPVHCC", "chi nhánh số 3 TTPVHCC", "name", "department", ["HN-TTPVHCC"], ["HN-TTPVHCC"], []),
        (
            "VPĐK chi nhánh Thường Tín",
            "VPĐK chi nhánh Thường Tín", "office", "district", ["HN-VPDKDD"], ["HN-VPDKDD"], ["HN-CN10183"],
        ),
        ("BHXH khu vực 1", "BHXH khu vực", "office", "district", ["HN-BHXH"], ["HN-BHXH"], []),
        (
            "phòng Kinh tế, Hạ tầng và Đô thị phường Láng",
            "phòng Kinh tế, Hạ tầng và Đô thị phường Láng", "office", "commune", [LANG], [LANG], [LANG],
        ),
        ("thường trú xã Phù Đổng", "xã Phù Đổng", "place", "commune", ["HN-CN00541"], ["HN-CN00541"], ["HN-CN00541"]),
        ("thì xã Phù Đổng bảo", "xã Phù Đổng", "place", "commune", ["HN-CN00541"], ["HN-CN00541"], ["HN-CN00541"]),
        ("ra phg Láng", "phg Láng", "place", "commune", [LANG], [LANG], [LANG]),
        ("UBND xã Khánh Bình Tây ghi sai", "UBND xã Khánh Bình Tây", "elsewhere", "commune", [], [], []),
    ],
)  # fmt: skip
def test_an_office_is_found_with_who_answers_for_it(
    text: str, span: str, how: str, level: str | None, named: list[str], assignable: list[str], places: list[str]
) -> None:
    (mention,) = GAZETTEER.find_agencies(text, TODAY)
    assert (mention.text, mention.how, mention.level) == (span, how, level)
    assert text[mention.start : mention.end] == span
    assert (list(mention.named_ids), list(mention.agency_ids), list(mention.place_ids)) == (named, assignable, places)


@pytest.mark.parametrize(
    "text",
    [
        "rút BHXH một lần",
        "nộp tờ khai hải quan ở nhà",
        "ở số 12 phố Huế",
        "o so nha 12",
        "nghĩa vụ quân sự",
        "đóng thuế đất",
        "cấp lại căn cước",
        "cap lai can cuoc",
        "số tài chính",
        "thành phố Hà Nội đẹp",
        "cùng các cơ quan liên quan",
        "xã phường tự chia cho nhau",
        "hợp tác xã Láng",
        "xã hội",
        "",
    ],
)
def test_a_matter_is_not_an_agency(text: str) -> None:
    assert GAZETTEER.find_agencies(text, TODAY) == []


@pytest.mark.parametrize(
    ("name", "in_2024", "in_april_2025", "today"),
    [
        ("Sở Xây dựng", "HN-SXD", "HN-SXD25", "HN-SXD25"),
        ("Sở Nội vụ", "HN-SNV", "HN-SNV25", "HN-SNV25"),
        ("Sở Tài chính", "HN-STC", "HN-STC25", "HN-STC25"),
        ("Sở Nông nghiệp", "HN-SNNPTNT", "HN-SNNMT", "HN-SNNMT"),
        ("chi cục thuế", "HN-CUCTHUE", "HN-CCTKV1", "HN-THUE"),
    ],
)
def test_a_name_that_meant_different_bodies_is_read_by_its_day(
    name: str, in_2024: str, in_april_2025: str, today: str
) -> None:
    for on, agency_id in [(IN_2024, in_2024), (date(2025, 4, 1), in_april_2025), (TODAY, today)]:
        (mention,) = GAZETTEER.find_agencies(name, on, assigned_on=TODAY)
        assert mention.named_ids == (agency_id,)
        assert mention.agency_ids == (today,)


def test_a_former_district_names_the_communes_that_took_its_ground() -> None:
    text = "UBND quận Đống Đa trả lời chậm"
    (mention,) = GAZETTEER.find_agencies(text, IN_2024, assigned_on=TODAY)
    assert (mention.text, mention.level, mention.named_ids) == ("UBND quận Đống Đa", "district", ("HN-D006",))
    assert set(mention.agency_ids) == set(GAZETTEER.heirs_of_district("HN-D006"))
    (then,) = GAZETTEER.find_agencies(text, IN_2024)
    assert then.agency_ids == ("HN-D006",)


def test_a_bare_name_after_an_office_word_is_the_district_while_there_was_one_and_the_ward_since() -> None:
    (then,) = GAZETTEER.find_agencies("UBND Đống Đa", IN_2024)
    (now,) = GAZETTEER.find_agencies("UBND Đống Đa", TODAY)
    assert (then.level, then.named_ids) == ("district", ("HN-D006",))
    assert (now.level, now.named_ids) == ("commune", ("HN-CN00235",))


def test_a_split_commune_gives_all_its_heirs_the_default_first() -> None:
    (mention,) = GAZETTEER.find_agencies("cán bộ phường Láng Hạ quát", TODAY)
    assert mention.named_ids == ("HN-CO00199",)
    assert mention.agency_ids == (LANG, "HN-CN00025", "HN-CN00235")


def test_a_longer_name_of_another_province_is_given_to_nobody() -> None:
    text = "khai sinh ở xã Tân Hưng Đông huyện Cái Nước"
    mentions = GAZETTEER.find_agencies(text, TODAY)
    assert [(one.text, one.agency_ids) for one in mentions] == [("xã Tân Hưng", ()), ("huyện Cái Nước", ())]
    (place,) = GAZETTEER.find_communes(text)
    assert isinstance(GAZETTEER.resolve(place, TODAY), Ambiguous)


def test_several_offices_in_one_text_do_not_overlap() -> None:
    text = unicodedata.normalize("NFD", "Sở Y tế bảo lên UBND phường Láng, công an phường Láng lại bảo ra sở")
    mentions = GAZETTEER.find_agencies(text, TODAY)
    assert [fold(mention.text) for mention in mentions] == ["so y te", "ubnd phuong lang", "cong an phuong lang", "so"]
    assert all(one.end <= other.start for one, other in pairwise(mentions))


@settings(deadline=None)
@given(
    st.text(max_size=120),
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
)
def test_any_text_on_any_day_names_only_agencies_in_force_on_the_day_of_assignment(
    text: str, on: date, assigned_on: date
) -> None:
    text = f"UBND quận Đống Đa, Sở Xây dựng; phường Láng Hạ {text} chi cục thuế"
    for mention in GAZETTEER.find_agencies(text, on, assigned_on):
        assert text[mention.start : mention.end] == mention.text
        for agency_id in mention.agency_ids:
            agency = GAZETTEER.agency(agency_id)
            assert agency is not None
            assert agency.in_force(assigned_on)


@pytest.mark.parametrize(
    ("agency_id", "on", "expected"),
    [
        ("HN-SXD25", TODAY, ["HN-SXD25"]),
        ("HN-CUCTHUE", TODAY, ["HN-THUE"]),
        ("HN-CUCTHUE", date(2025, 4, 1), ["HN-CCTKV1"]),
        ("HN-SXD25", IN_2024, []),
        ("HN-CO00187", TODAY, [LANG]),
        ("HN-CO00199", TODAY, [LANG, "HN-CN00025", "HN-CN00235"]),
        ("HN-CO00199", date(2025, 6, 30), ["HN-CO00199"]),
        ("nobody", TODAY, []),
    ],
)
def test_who_stands_where_an_agency_stood(agency_id: str, on: date, expected: list[str]) -> None:
    assert GAZETTEER.today_of(agency_id, on) == expected


def an_agency(agency_id: str, valid_from: date | None, valid_to: date | None, *successor_ids: str) -> Agency:
    return Agency(agency_id, agency_id, agency_id, "department", None, valid_from, valid_to, successor_ids, ())


def test_successors_that_point_at_each_other_end_the_search() -> None:
    ended = date(2020, 1, 1)
    gazetteer = Gazetteer([], [], [an_agency("A", None, ended, "B"), an_agency("B", None, ended, "A")])
    assert gazetteer.today_of("A", TODAY) == []


def test_an_agency_announced_for_a_day_to_come_stands_for_nobody_before_it() -> None:
    coming, end = date(2027, 1, 1), date(2028, 12, 31)
    gazetteer = Gazetteer([], [], [an_agency("A", coming, end, "B"), an_agency("B", None, None)])
    assert gazetteer.today_of("A", TODAY) == []
    assert gazetteer.today_of("A", coming) == ["A"]
    assert gazetteer.today_of("A", date(2029, 1, 1)) == ["B"]


def test_every_commune_has_a_committee_under_its_own_id() -> None:
    committees = {one.id: one for one in commune_committees(province.communes(), province.successors(), "HN")}
    assert len(committees) == len(province.communes()) == 526 + 126
    lang = committees[LANG]
    assert (lang.name, lang.short_name, lang.parent_id) == ("Ủy ban nhân dân phường Láng", "UBND phường Láng", "HN")
    old = committees["HN-CO00199"]
    assert (old.parent_id, old.successor_ids) == ("HN-D006", (LANG, "HN-CN00025", "HN-CN00235"))


@pytest.mark.parametrize(
    ("reader", "row"),
    [
        (Commune, {**province.rows("communes.csv")[0], "kind": "làng"}),
        (Commune, {**province.rows("communes.csv")[0], "valid_to": "30/06/2025"}),
        (Successor, {**province.rows("commune_successors.csv")[0], "part": "half"}),
        (Agency, {**province.rows("agencies.csv")[0], "level": "ward"}),
    ],
)
def test_a_row_that_breaks_the_tables_promise_is_refused(reader: type[Commune], row: dict[str, str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the message names the value; any of several fields may be at fault
        reader.from_row(row)


def test_a_text_four_times_as_long_takes_about_four_times_as_long() -> None:
    """Not sixteen times: each word is looked up, whatever stands before and behind it."""
    words = "ubnd phuong xa quan lang ha " * 500
    assert _seconds(GAZETTEER, words * 4) < 10 * _seconds(GAZETTEER, words)


def _seconds(gazetteer: Gazetteer, text: str) -> float:
    """Of the processor, whatever else the machine does; the least of some tries."""
    return min(_once(gazetteer, text) for _ in range(5))


def _once(gazetteer: Gazetteer, text: str) -> float:
    began = time.process_time()
    gazetteer.find_agencies(text, TODAY)
    return time.process_time() - began
