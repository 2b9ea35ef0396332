"""The folder provinces/hanoi holds together: what one file names, another knows."""

import re
import unicodedata
from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from libs.contracts.vocabulary import CaseState, Field, RefusalReason
from libs.places import fold
from tests.support import province
from tests.support.province import HANOI, rows, table

FIRST_DAY = date(2025, 7, 1)  # of the two-tier government
TODAY = date(2026, 11, 21)
CSV_FILES = sorted(path.name for path in HANOI.glob("*.csv"))
NOTICES = table("messages/notices.toml")
CONVERSATION = table("messages/conversation.toml")
PROVINCE = table("province.toml")
FIELDS = set(Field)
COMMUNE_IDS = {row["id"] for row in rows("communes.csv")}
AGENCY_IDS = {row["id"] for row in rows("agencies.csv")}
PLACE_TOKENS = {"@COMMUNE", "@DISTRICT", "@AGENCY_NAMED"}


@pytest.mark.parametrize("path", sorted(HANOI.rglob("*.*")), ids=lambda path: path.name)
def test_files_are_plain_composed_utf8_with_line_feeds(path: Path) -> None:
    content = path.read_bytes()
    text = content.decode("utf-8")
    assert b"\r" not in content
    assert not text.startswith("\ufeff")
    assert text.endswith("\n")
    assert unicodedata.is_normalized("NFC", text)


@pytest.mark.parametrize("name", CSV_FILES)
def test_rows_are_complete_and_without_stray_blanks(name: str) -> None:
    for row in rows(name):
        assert None not in row
        assert None not in row.values()
        assert all(value == value.strip() for value in row.values()), row


def test_every_file_is_described_and_has_a_source() -> None:
    described = (HANOI.parent / "README.md").read_text(encoding="utf-8")
    sources = (HANOI / "SOURCES.md").read_text(encoding="utf-8")
    for name in [*CSV_FILES, "province.toml"]:
        assert f"`{name}`" in described
        assert f"`{name}`" in sources


@pytest.mark.parametrize("name", CSV_FILES)
def test_the_readme_names_every_column(name: str) -> None:
    described = (HANOI.parent / "README.md").read_text(encoding="utf-8")
    (line,) = [line for line in described.splitlines() if line.startswith(f"| `{name}` |")]
    assert [column for column in rows(name)[0] if f"`{column}`" not in line] == []


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("agencies.csv", ["id"]),
        ("communes.csv", ["id"]),
        ("commune_successors.csv", ["old_id", "new_id"]),
        ("communes_before_2025.csv", ["district_id", "kind", "name"]),
        ("competence.csv", ["matter_code"]),
        ("conduct_cues.csv", ["cue"]),
        ("deadlines.csv", ["clock"]),
        ("disposition_cues.csv", ["cue", "disposition"]),
        ("field_names.csv", ["field"]),
        ("leader_cues.csv", ["cue"]),
        ("refusal_reasons.csv", ["code"]),
        ("states.csv", ["code"]),
    ],
)
def test_no_row_is_there_twice(name: str, key: list[str]) -> None:
    keys = [tuple(row[column] for column in key) for row in rows(name)]
    assert len(keys) == len(set(keys))


def test_the_tables_have_the_known_number_of_rows() -> None:
    old = [row for row in rows("communes.csv") if row["valid_to"]]
    new = [row for row in rows("communes.csv") if not row["valid_to"]]
    assert (len(old), len(new)) == (526, 126)
    assert all(row["id"] == f"HN-CO{row['nso_code']}" and row["valid_to"] == "2025-06-30" for row in old)
    assert all(row["id"] == f"HN-CN{row['nso_code']}" and row["valid_from"] == "2025-07-01" for row in new)
    assert [sum(row["kind"] == kind for row in new) for kind in ("phường", "xã")] == [51, 75]
    assert [sum(row["kind"] == kind for row in old) for kind in ("phường", "xã", "thị trấn")] == [160, 345, 21]
    assert (len(AGENCY_IDS), len(rows("competence.csv")), len(FIELDS)) == (77, 74, 22)
    assert len(rows("communes_before_2025.csv")) == 78


def test_every_old_commune_has_heirs_one_of_them_the_default_and_a_whole_one_alone() -> None:
    heirs: dict[str, list[dict[str, str]]] = {}
    for row in rows("commune_successors.csv"):
        heirs.setdefault(row["old_id"], []).append(row)
        assert row["new_id"] in COMMUNE_IDS
        assert row["new_id"].startswith("HN-CN")
    assert set(heirs) == {commune_id for commune_id in COMMUNE_IDS if commune_id.startswith("HN-CO")}
    for group in heirs.values():
        assert [row["is_default"] for row in group].count("yes") == 1
        assert {row["part"] for row in group} == ({"whole"} if len(group) == 1 else {"part"})


def test_every_commune_of_today_has_an_old_one() -> None:
    assert {row["new_id"] for row in rows("commune_successors.csv")} == {
        commune_id for commune_id in COMMUNE_IDS if commune_id.startswith("HN-CN")
    }


def test_agencies_name_parents_and_successors_that_exist() -> None:
    for row in rows("agencies.csv"):
        assert not row["parent_id"] or row["parent_id"] in AGENCY_IDS
        successors = [one for one in row["successor_ids"].split("|") if one]
        assert set(successors) <= AGENCY_IDS | COMMUNE_IDS
        assert bool(successors) == bool(row["valid_to"]), row["id"]
        assert not (row["valid_from"] and row["valid_to"]) or row["valid_from"] <= row["valid_to"]


def test_every_body_that_is_gone_leads_to_one_in_force() -> None:
    for row in rows("agencies.csv"):
        assert province.gazetteer().today_of(row["id"], TODAY), row["id"]


def test_a_former_districts_successors_are_the_communes_that_took_its_ground() -> None:
    districts = [row for row in rows("agencies.csv") if row["level"] == "district"]
    assert len(districts) == 30
    for row in districts:
        assert set(row["successor_ids"].split("|")) == set(province.gazetteer().heirs_of_district(row["id"]))


def test_communes_lie_in_known_districts_under_one_name() -> None:
    names = {
        row["id"]: row["name"].removeprefix("Ủy ban nhân dân ")
        for row in rows("agencies.csv")
        if row["level"] == "district"
    }
    for row in [*rows("communes.csv"), *rows("communes_before_2025.csv")]:
        if row["district_id"]:
            assert names[row["district_id"]] == row["district_name"]


def test_every_alias_is_given_once_per_agency_and_names_one_agency_at_a_time() -> None:
    holders: dict[str, list[dict[str, str]]] = {}
    for row in rows("agencies.csv"):
        aliases = [fold(alias) for alias in row["aliases"].split("|") if alias]
        assert len(aliases) == len(set(aliases)), row["id"]
        for alias in aliases:
            holders.setdefault(alias, []).append(row)
    for alias, agencies in holders.items():
        for on in (date(2024, 5, 1), date(2025, 4, 1), TODAY):
            standing = [
                row["id"]
                for row in agencies
                if (row["valid_from"] or "0") <= on.isoformat() <= (row["valid_to"] or "9")
            ]
            assert len(standing) <= 1, (alias, on, standing)


def test_what_citizens_read_as_an_agencys_name_has_no_abbreviation_but_ubnd() -> None:
    for row in rows("agencies.csv"):
        capitals = set(re.findall(r"\b[A-ZĐ&]{2,}\b", row["short_name"])) - {"UBND"}
        assert capitals == set(), row["short_name"]


def test_office_words_name_known_agencies() -> None:
    for row in rows("office_words.csv"):
        ids = [one for one in row["agency_ids"].split("|") if one]
        assert set(ids) <= AGENCY_IDS
        assert row["alone"] in ("yes", "located", "addressed", "no")
        outside_the_tiers = not row["agency_ids"]
        assert row["alone"] == "no" or row["level"] or outside_the_tiers


def test_the_province_names_bodies_in_force() -> None:
    for key in (
        "city_agency_id",
        "office_agency_id",
        "home_affairs_agency_id",
        "complaint_body_id",
        "denunciation_body_id",
    ):
        assert province.gazetteer().today_of(PROVINCE[key], TODAY) == [PROVINCE[key]]
    assert PROVINCE["privacy_notice_key"] in CONVERSATION["messages"]
    assert re.fullmatch(r"[A-Z]{2,}-[A-Z]{2,}", PROVINCE["code_prefix"])
    assert ZoneInfo(PROVINCE["time_zone"]).key == "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize("row", rows("competence.csv"), ids=lambda row: row["matter_code"])
def test_every_matter_has_somebody_who_answers_today(row: dict[str, str]) -> None:
    assert row["field"] in FIELDS or (not row["field"] and row["matter_code"][:2] in ("HV", "XX"))
    assert row["confidence"] in ("S", "1", "2", "K")
    assert row["level"] in ("commune", "district", "department", "city", "central")
    assert row["agency_after"] in PLACE_TOKENS or province.gazetteer().today_of(row["agency_after"], TODAY) == [
        row["agency_after"]
    ]
    before = row["agency_before_2025_07"]
    assert before in PLACE_TOKENS or province.gazetteer().today_of(before, TODAY)
    assert [word for word in row["keywords"].split("|") if not word.strip()] == []


def test_no_matter_is_given_to_a_district_any_more() -> None:
    assert [row["matter_code"] for row in rows("competence.csv") if row["agency_after"] == "@DISTRICT"] == []


def test_deadlines_are_amounts_of_working_time_warned_of_before_they_pass() -> None:
    for row in rows("deadlines.csv"):
        assert row["unit"] in ("working_hours", "working_days")
        assert int(row["amount"]) > 0
        assert not row["warn_at"] or 0 < int(row["warn_at"]) < int(row["amount"])
        assert row["pauses_for_citizen"] in ("yes", "no")
        assert row["source"]
        assert row["confidence"] in ("2", "1", "A")
    transfer = next(row for row in rows("deadlines.csv") if row["clock"] == "transfer")
    assert (transfer["amount"], transfer["unit"]) == ("5", "working_days")


def test_the_calendars_week_is_monday_to_friday_in_two_halves() -> None:
    week = [row for row in rows("calendar.csv") if row["kind"] == "week"]
    assert sorted({int(row["weekday"]) for row in week}) == [1, 2, 3, 4, 5]
    for weekday in "12345":
        halves = [(row["opens"], row["closes"]) for row in week if row["weekday"] == weekday]
        assert halves == [("08:00", "12:00"), ("13:30", "17:30")]
        assert all(time.fromisoformat(opens) < time.fromisoformat(closes) for opens, closes in halves)


def test_the_calendars_days_are_named_sourced_and_never_both_free_and_worked() -> None:
    days = [row for row in rows("calendar.csv") if row["kind"] != "week"]
    dates = [date.fromisoformat(row["on"]) for row in days]
    assert len(dates) == len(set(dates))
    assert {day.year for day in dates} == {2025, 2026, 2027}
    assert all(row["kind"] in ("holiday", "make_up") and row["name_vi"] and row["source"] for row in days)
    assert all(row["confidence"] == ("P" if row["on"].startswith("2027") else row["confidence"]) for row in days)


def test_every_make_up_day_is_a_weekend_day_and_stands_for_a_free_weekday() -> None:
    days = rows("calendar.csv")
    free = {row["on"]: row["name_vi"] for row in days if row["kind"] == "holiday"}
    made_up = [row for row in days if row["kind"] == "make_up"]
    assert len(made_up) == 3
    for row in made_up:
        on = date.fromisoformat(row["on"])
        replaced = [day for day, name in free.items() if f"{on:%d/%m/%Y}" in name]
        assert on.isoweekday() in (6, 7)
        assert [date.fromisoformat(day).isoweekday() for day in replaced] == [int(row["weekday"])]


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_the_fixed_holidays_of_a_year_are_free(year: int) -> None:
    free = {row["on"] for row in rows("calendar.csv") if row["kind"] == "holiday"}
    assert {f"{year}-{day}" for day in ("01-01", "04-30", "05-01", "09-02")} <= free
    lunar = [
        row for row in rows("calendar.csv") if row["on"].startswith(str(year)) and row["name_vi"] == "Tết Nguyên Đán"
    ]
    assert len(lunar) == 1


def test_every_field_has_a_name() -> None:
    assert {row["field"] for row in rows("field_names.csv")} == FIELDS
    assert all(row["label_vi"] for row in rows("field_names.csv"))


def test_states_are_those_of_a_case_with_known_notices() -> None:
    states = rows("states.csv")
    assert [row["code"] for row in states] == list(CaseState)
    assert len({row["code_vi"] for row in states}) == len(states)
    assert [row["code"] for row in states if row["open"] == "yes"] == [row["code"] for row in states[:10]]
    assert all(row["label_vi"] and row["citizen_label_vi"] for row in states)
    assert {row["notice"] for row in states} - {""} <= set(NOTICES["notices"])


def test_refusal_reasons_are_the_twelve_and_point_at_known_bodies() -> None:
    reasons = rows("refusal_reasons.csv")
    assert [row["code"] for row in reasons] == list(RefusalReason)
    assert [row["code"] for row in reasons if row["counts_as_refusal"] == "no"] == ["TCH08"]
    for row in reasons:
        assert row["citizen_text"]
        assert row["where_to"]
        assert not row["target"] or row["target"] in AGENCY_IDS


def test_every_commune_of_today_is_in_force_since_the_first_day() -> None:
    for row in rows("communes.csv"):
        standing = province.gazetteer().today_of(row["id"], FIRST_DAY)
        assert standing
        assert all(commune_id.startswith("HN-CN") for commune_id in standing)
