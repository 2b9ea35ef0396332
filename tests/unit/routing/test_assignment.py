"""Who answers: Hà Nội's own tables, invented cases."""

from datetime import date
from typing import Any

import pytest

from libs.contracts.vocabulary import AgencyId, Desk, Disposition, Kind, MatterCode, PlaceId, RefusalReason
from services.routing.domain.assignment import Assignment, NeedsOffice, assign
from services.routing.domain.consideration import OfficeReason, Rule
from services.routing.domain.facts import Facts, Scored
from tests.unit.routing.hanoi import hanoi

TODAY = date(2026, 11, 23)
LANG = PlaceId("HN-CN00199")
OLD_TRUC_BACH = PlaceId("HN-CO00004")
OLD_CONG_VI_SPLIT = PlaceId("HN-CO00007")


def facts(*matters: tuple[str, float], **known: Any) -> Facts:
    """An ordinary case about procedures, in scope and without doubt, unless said otherwise."""
    scored = tuple(Scored(MatterCode(code), score) for code, score in matters)
    given = {"disposition": Disposition.IN_SCOPE, "kind": Kind.PROCEDURE_DIFFICULTY, "matters": scored, **known}
    return Facts(**given)


def places(*scores: tuple[str, float]) -> tuple[Scored[PlaceId], ...]:
    return tuple(Scored(PlaceId(place), score) for place, score in scores)


@pytest.mark.parametrize(
    ("case", "on", "agency"),
    [
        pytest.param(facts(("HT01", 0.9), confirmed_place=LANG), TODAY, "HN-CN00199", id="birth certificate, Láng"),
        pytest.param(facts(("HT01", 0.9), places=places(("HN-CN00199", 0.8))), TODAY, "HN-CN00199", id="place by text"),
        pytest.param(
            facts(("HT01", 0.9), confirmed_place=LANG, places=places(("HN-CN00004", 0.99))),
            TODAY,
            "HN-CN00199",
            id="the citizen's own answer wins over the text",
        ),
        pytest.param(
            facts(("HT01", 0.9), confirmed_place=OLD_TRUC_BACH), TODAY, "HN-CN00004", id="an old ward moved whole"
        ),
        pytest.param(
            facts(("HT02", 0.9), confirmed_place=LANG),
            TODAY,
            "HN-CN00199",
            id="a district's matter, now a commune's",
        ),
        pytest.param(
            facts(("HT02", 0.9), confirmed_place=OLD_CONG_VI_SPLIT),
            date(2025, 5, 15),
            "HN-D001",
            id="in May 2025 it was the district's",
        ),
        pytest.param(
            facts(("HT01", 0.9), confirmed_place=OLD_TRUC_BACH),
            date(2025, 5, 15),
            "HN-CO00004",
            id="in May 2025 the old ward still stood",
        ),
        pytest.param(facts(("HT03", 0.9)), TODAY, "HN-STP", id="a department's matter needs no place"),
        pytest.param(facts(("TH01", 0.9)), TODAY, "HN-THUE", id="tax"),
        pytest.param(facts(("TH01", 0.9)), date(2025, 4, 1), "HN-CCTKV1", id="tax in April 2025: the successor"),
        pytest.param(facts(("TH01", 0.9)), date(2024, 4, 1), "HN-CUCTHUE", id="tax in 2024"),
        pytest.param(facts(("KD01", 0.9)), date(2025, 4, 1), "HN-STC25", id="a merged department in April 2025"),
        pytest.param(facts(("NG01", 0.9)), TODAY, "HN-VPUB", id="the Office answers as an agency too"),
        pytest.param(
            facts(("HT01", 0.6), ("HT04", 0.58), confirmed_place=LANG),
            TODAY,
            "HN-CN00199",
            id="two matters too close to tell apart, one agency",
        ),
        pytest.param(
            facts(("CA01", 0.9), places=places(("HN-CN00199", 0.5), ("HN-CN00004", 0.5))),
            TODAY,
            "HN-CA",
            id="an uncertain place does no harm to a city-wide matter",
        ),
    ],
)
def test_one_agency_answers(case: Facts, on: date, agency: str) -> None:
    got = assign(case, hanoi(), on)
    assert isinstance(got, Assignment), got
    assert (got.found.agency.id, got.found.desk) == (agency, Desk.AGENCY)
    assert got.found.matter == case.matters[0].of


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        pytest.param(facts(("HT01", 0.9)), OfficeReason.PLACE_UNKNOWN, id="no place"),
        pytest.param(facts(("HT01", 0.9), confirmed_place=PlaceId("HG-1")), OfficeReason.PLACE_UNKNOWN, id="elsewhere"),
        pytest.param(
            facts(("HT01", 0.9), confirmed_place=PlaceId("HN-STP")), OfficeReason.PLACE_UNKNOWN, id="not a commune"
        ),
        pytest.param(
            facts(("HT01", 0.9), places=places(("HN-CN00199", 0.5), ("HN-CN00004", 0.45))),
            OfficeReason.PLACE_UNKNOWN,
            id="two places alike",
        ),
        pytest.param(
            facts(("HT01", 0.9), confirmed_place=OLD_CONG_VI_SPLIT),
            OfficeReason.SEVERAL_SUCCESSORS,
            id="a ward split among several",
        ),
        pytest.param(facts(), OfficeReason.MATTER_UNKNOWN, id="no matter"),
        pytest.param(facts(("ZZ99", 0.9)), OfficeReason.MATTER_UNKNOWN, id="a matter nobody knows"),
        pytest.param(
            facts(("HT03", 0.5), ("TH01", 0.48)), OfficeReason.SEVERAL_COMPETENT, id="two matters, two agencies"
        ),
        pytest.param(facts(("VB01", 0.9)), OfficeReason.OUTSIDE_CITY, id="the Ministry of Justice"),
        pytest.param(facts(("XX03", 0.9)), OfficeReason.CITY_LEVEL, id="the city itself has no desk"),
        pytest.param(facts(("HV03", 0.9)), OfficeReason.AGENCY_NOT_NAMED, id="the agency named, but none is"),
        pytest.param(facts(("HT03", 0.9), needs_review=True), OfficeReason.NEEDS_REVIEW, id="the classifier doubts"),
        pytest.param(facts(("HT03", 0.9), incomplete=True), OfficeReason.INCOMPLETE, id="never finished"),
        pytest.param(facts(("HT03", 0.9), sensitive=True), OfficeReason.SENSITIVE, id="would expose its sender"),
    ],
)
def test_a_person_at_the_office_decides(case: Facts, reason: OfficeReason) -> None:
    got = assign(case, hanoi(), TODAY)
    assert isinstance(got, NeedsOffice), got
    assert got.reason is reason
    assert got.desk is (Desk.OFFICE_SENSITIVE if reason is OfficeReason.SENSITIVE else Desk.OFFICE)


@pytest.mark.parametrize(
    ("disposition", "desk", "suggested"),
    [
        (Disposition.SPAM_ADS, Desk.OFFICE, RefusalReason.TCH10),
        (Disposition.OUT_OF_SCOPE_OTHER, Desk.OFFICE, RefusalReason.TCH04),
        (Disposition.INQUIRY, Desk.OFFICE, RefusalReason.TCH03),
        (Disposition.INSUFFICIENT, Desk.OFFICE, RefusalReason.TCH07),
        (Disposition.STATUS_LOOKUP, Desk.OFFICE, None),
        (Disposition.COMPLAINT_DENUNCIATION, Desk.OFFICE_SENSITIVE, RefusalReason.TCH02),
    ],
)
def test_nothing_is_refused_by_the_machine(
    disposition: Disposition, desk: Desk, suggested: RefusalReason | None
) -> None:
    got = assign(facts(("HT03", 0.9), disposition=disposition, kind=None), hanoi(), TODAY)
    assert isinstance(got, NeedsOffice)
    assert (got.desk, got.suggested_refusal) == (desk, suggested)


def test_a_doubtful_case_still_proposes_the_agency_the_rules_lead_to() -> None:
    got = assign(facts(("HT03", 0.9), needs_review=True), hanoi(), TODAY)
    assert isinstance(got, NeedsOffice)
    assert got.proposed is not None
    assert got.proposed.id == "HN-STP"


def test_a_suspected_denunciation_proposes_no_agency() -> None:
    got = assign(facts(("HT03", 0.9), sensitive=True, needs_review=True), hanoi(), TODAY)
    assert isinstance(got, NeedsOffice)
    assert got.proposed is None


def test_a_vertical_agency_gets_a_covering_note() -> None:
    got = assign(facts(("CA01", 0.9)), hanoi(), TODAY)
    assert isinstance(got, Assignment)
    assert got.found.covering_note
    assert [rule.held for rule in got.rules if rule.rule is Rule.UNDER_THE_CITY] == [False]


def test_a_competence_of_general_knowledge_is_shown_as_unconfirmed() -> None:
    got = assign(facts(("HT01", 0.9), confirmed_place=LANG), hanoi(), TODAY)
    assert isinstance(got, Assignment)
    assert not got.found.confirmed
    assert got.rules[-1].because == "Thẩm quyền trong bảng chưa xác nhận."


def test_a_competence_with_a_source_is_confirmed() -> None:
    got = assign(facts(("CA05", 0.9)), hanoi(), TODAY)
    assert isinstance(got, Assignment)
    assert got.found.confirmed


def test_every_rule_is_told_with_its_reason() -> None:
    got = assign(facts(("HT01", 0.9), confirmed_place=LANG), hanoi(), TODAY)
    assert [rule.rule for rule in got.rules] == [
        Rule.NOT_SENSITIVE,
        Rule.IN_SCOPE,
        Rule.COMPLETE,
        Rule.CERTAIN,
        Rule.MATTER_KNOWN,
        Rule.PLACE_KNOWN,
        Rule.VALID_ON_DAY,
        Rule.ONE_AGENCY,
        Rule.INSIDE_CITY,
        Rule.BELOW_CITY_LEVEL,
        Rule.CONFIRMED,
    ]
    assert all(rule.because.endswith(".") for rule in got.rules)


def test_the_first_obstacle_is_the_reason_though_all_are_told() -> None:
    got = assign(facts(("HT01", 0.9), sensitive=True, incomplete=True, needs_review=True), hanoi(), TODAY)
    assert isinstance(got, NeedsOffice)
    assert got.reason is OfficeReason.SENSITIVE
    failed = {rule.rule for rule in got.rules if not rule.held}
    assert failed == {Rule.NOT_SENSITIVE, Rule.COMPLETE, Rule.CERTAIN, Rule.PLACE_KNOWN}


@pytest.mark.parametrize("on", [date(2024, 6, 1), date(2025, 1, 15), date(2025, 4, 1), date(2025, 7, 1), TODAY])
def test_no_matter_ever_goes_to_an_agency_that_is_not_in_force(on: date) -> None:
    province = hanoi()
    for matter in province.competences:
        for place in (LANG, OLD_TRUC_BACH, OLD_CONG_VI_SPLIT, None):
            got = assign(facts((matter, 0.9), confirmed_place=place), province, on)
            if isinstance(got, Assignment):
                assert got.found.agency.in_force(on), (matter, place, got.found.agency.id)
                assert got.found.agency.level not in ("central", "city")


def test_the_agency_a_text_names_answers_where_the_table_says_so() -> None:
    named = (Scored(AgencyId("HN-SYT"), 0.9),)
    got = assign(facts(("HV03", 0.9), accused_units=named), hanoi(), TODAY)
    assert isinstance(got, Assignment)
    assert got.found.agency.id == "HN-SYT"
