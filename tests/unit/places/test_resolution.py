"""From the name somebody used to today's commune, or to a question."""

from datetime import date

import pytest

from libs.places import Ambiguous, Resolved, Unknown
from tests.support import province

TODAY = date(2026, 11, 21)
OLD_DAY = date(2025, 5, 10)
GAZETTEER = province.gazetteer()

LANG, GIANG_VO, DONG_DA = "HN-CN00199", "HN-CN00025", "HN-CN00235"
NGOC_HA, BA_DINH = "HN-CN00008", "HN-CN00004"


@pytest.mark.parametrize(
    ("name", "on", "expected"),
    [
        pytest.param("phường Láng", TODAY, Resolved(LANG, "current"), id="today's name"),
        pytest.param("phường Láng", OLD_DAY, Resolved(LANG, "current"), id="today's name for an old event"),
        pytest.param(
            "phường Láng Thượng", TODAY, Resolved(LANG, "moved_whole", ("HN-CO00187",)), id="an old name, moved whole"
        ),
        pytest.param(
            "phường Láng Hạ",
            TODAY,
            Ambiguous((LANG, GIANG_VO, DONG_DA), "split", ("HN-CO00199",)),
            id="an old name, split: the default heir first",
        ),
        pytest.param("phường Ngọc Hà", TODAY, Resolved(NGOC_HA, "current"), id="old and new name: today the new"),
        pytest.param(
            "phường Ngọc Hà", OLD_DAY, Ambiguous((BA_DINH, NGOC_HA), "split", ("HN-CO00016",)), id="in May 2025 the old"
        ),
        pytest.param(
            "phường Ngọc Hà cũ", TODAY, Ambiguous((BA_DINH, NGOC_HA), "split", ("HN-CO00016",)), id="said to be the old"
        ),
        pytest.param(
            "phường Ngọc Hà, quận Ba Đình",
            TODAY,
            Ambiguous((NGOC_HA, BA_DINH), "old_and_new", ("HN-CO00016",)),
            id="an old district beside it: either",
        ),
        pytest.param("xã Chương Dương", TODAY, Resolved("HN-CN10237", "current"), id="the level word: the new xã"),
        pytest.param(
            "phường Chương Dương",
            TODAY,
            Resolved("HN-CN00097", "moved_whole", ("HN-CO00067",)),
            id="the level word: the old phường of another district",
        ),
        pytest.param("xã Dương Nội", TODAY, Resolved("HN-CN09886", "current"), id="a level word nobody else has"),
        pytest.param("xã Hòa Phú", TODAY, Resolved("HN-CN10096", "current"), id="the name in force wins"),
        pytest.param(
            "xã Hòa Phú, huyện Ứng Hòa",
            TODAY,
            Resolved("HN-CN10417", "chosen_by_district", ("HN-CO10417",)),
            id="a district tells the old namesake",
        ),
        pytest.param(
            "phường Yên Viên",
            TODAY,
            Resolved("HN-CN00541", "same_heir", ("HN-CO00526", "HN-CO00532")),
            id="two old namesakes with one heir",
        ),
    ],
)
def test_a_name_is_read_by_date_level_and_district(name: str, on: date, expected: object) -> None:
    assert GAZETTEER.resolve(name, on) == expected


def test_namesakes_in_several_districts_are_asked_about_and_a_hint_decides() -> None:
    outcome = GAZETTEER.resolve("phường Minh Khai", TODAY)
    assert isinstance(outcome, Ambiguous)
    assert outcome.reason == "namesakes"
    assert outcome.old_ids == ("HN-CO00295", "HN-CO00613")
    defaults = [
        one.new_id for old in outcome.old_ids for one in province.successors() if one.old_id == old and one.is_default
    ]
    assert list(outcome.candidates[:2]) == defaults
    hinted = GAZETTEER.resolve("phường Minh Khai", TODAY, ["HN-D007"])
    assert isinstance(hinted, Ambiguous)
    assert (hinted.reason, hinted.old_ids) == ("split", ("HN-CO00295",))


def test_a_hint_against_the_date_raises_a_doubt_and_nothing_more() -> None:
    outcome = GAZETTEER.resolve("xã Hòa Phú", TODAY, ["HN-D281"])
    assert outcome == Ambiguous(("HN-CN10096", "HN-CN10417"), "old_and_new", ("HN-CO10417",))
    assert GAZETTEER.resolve("phường Ngọc Hà", TODAY, ["HN-D001"]) == Resolved(NGOC_HA, "current")


def test_a_hint_that_fits_no_namesake_is_left_aside_but_one_beside_the_name_is_asked_about() -> None:
    assert GAZETTEER.resolve("phường Láng", TODAY, ["HN-D016"]) == Resolved(LANG, "current")
    assert GAZETTEER.resolve("phường Láng, huyện Sóc Sơn", TODAY) == Ambiguous((LANG,), "district_differs")


def test_diacritics_tell_names_apart_and_without_them_both_are_asked_about() -> None:
    assert GAZETTEER.resolve("xã Sơn Đông", TODAY) != GAZETTEER.resolve("xã Sơn Đồng", TODAY)
    plain = GAZETTEER.resolve("son dong", TODAY)
    assert isinstance(plain, Ambiguous)
    assert set(plain.old_ids) == {"HN-CO09613", "HN-CO09859"}


def test_a_misspelled_name_is_asked_about() -> None:
    outcome = GAZETTEER.resolve("phường Lạng Hạ", TODAY)
    assert isinstance(outcome, Ambiguous)
    assert (outcome.reason, outcome.candidates[0]) == ("spelling", LANG)


@pytest.mark.parametrize(
    "name",
    [f"{row['kind']} {row['name']}, {row['district_name']}" for row in province.rows("communes_before_2025.csv")],
)
def test_every_name_gone_before_2025_is_asked_about(name: str) -> None:
    outcome = GAZETTEER.resolve(name, date(2024, 3, 1))
    assert isinstance(outcome, Ambiguous)


def test_a_vanished_name_offers_the_communes_on_its_districts_ground() -> None:
    outcome = GAZETTEER.resolve("phường Kim Giang", TODAY)
    assert isinstance(outcome, Ambiguous)
    assert outcome.reason == "vanished"
    assert set(outcome.candidates) == set(GAZETTEER.heirs_of_district("HN-D009"))


@pytest.mark.parametrize(
    ("answer", "place_id"),
    [
        ("Láng", LANG),
        ("lang", LANG),
        ("o lang", LANG),
        ("dạ em ở Láng ạ", LANG),
        ("phuong lang", LANG),
        ("P.LÁNG", LANG),
        ("ở láng thượng", LANG),
        ("o lang thuong, dong da", LANG),
        ("phường Láng Thượng cũ nay là phường Láng", LANG),
        ("Láng Hạ cũ, giờ là phường Láng", LANG),
        ("Ngọc Hà", NGOC_HA),
        ("văn miếu quốc tử giám", "HN-CN00226"),
        ("Văn Miếu", "HN-CN00226"),
        ("buoi", "HN-CN00103"),
        ("Ô Diên", "HN-CN09817"),
        ("hoa phu ung hoa", "HN-CN10417"),
    ],
)
def test_an_answer_may_be_a_bare_name(answer: str, place_id: str) -> None:
    outcome = GAZETTEER.resolve_answer(answer, TODAY)
    assert isinstance(outcome, Resolved)
    assert outcome.place_id == place_id


@pytest.mark.parametrize(
    ("answer", "reason", "first"),
    [
        ("Láng Hạ cũ", "split", LANG),
        ("lang ha", "split", LANG),
        ("Đống Đa", "district_namesake", DONG_DA),
        ("ở Đống Đa ạ", "district_namesake", DONG_DA),
        ("quận Đống Đa", "district_only", "HN-CN00226"),
        ("Thanh Oai", "district_namesake", "HN-CN10114"),
        ("Cầu Giấy", "district_namesake", "HN-CN00166"),
        ("chương dương", "old_and_new", "HN-CN10237"),
        ("Mĩ Đình", "namesakes", "HN-CN00592"),
        ("song phuong", "namesakes", "HN-CN09784"),
        ("Thống Nhất", "vanished", "HN-CN10183"),
    ],
)
def test_an_answer_that_may_be_several_places_is_asked_again(answer: str, reason: str, first: str) -> None:
    outcome = GAZETTEER.resolve_answer(answer, TODAY)
    assert isinstance(outcome, Ambiguous)
    assert (outcome.reason, outcome.candidates[0]) == (reason, first)


@pytest.mark.parametrize(
    "answer", ["", "không biết", "toi khong ro", "Hải Phòng", "12345", "🙂", "ở làng tôi", "gan cho lang"]
)
def test_an_answer_without_a_place_is_unknown(answer: str) -> None:
    assert GAZETTEER.resolve_answer(answer, TODAY) == Unknown()


def test_before_the_reform_today_means_the_communes_of_that_day() -> None:
    assert GAZETTEER.resolve("phường Láng Thượng", OLD_DAY, today=OLD_DAY) == Resolved(
        "HN-CO00187", "moved_whole", ("HN-CO00187",)
    )
