"""The conduct shield: Hà Nội's own tables, invented cases."""

from datetime import date
from typing import Any

import pytest

from libs.contracts.vocabulary import AccusedPost, AgencyId, Desk, Disposition, Kind, PlaceId
from services.routing.domain.assignment import Assignment, NeedsOffice, assign
from services.routing.domain.consideration import OfficeReason
from services.routing.domain.facts import Facts, Scored
from services.routing.domain.shield import LeaderAccused, accused_on, desk_at
from tests.unit.routing.hanoi import hanoi

TODAY = date(2026, 11, 23)
LANG = "HN-CN00199"
HOME_AFFAIRS = "HN-SNV25"
OFFICE = "HN-VPUB"
STAFF, LEADER, UNKNOWN = AccusedPost.STAFF, AccusedPost.LEADER, AccusedPost.UNKNOWN


def conduct(*units: tuple[str, float], post: AccusedPost = STAFF, **known: Any) -> Facts:
    """A case about somebody's conduct, in scope and without doubt, unless said otherwise."""
    scored = tuple(Scored(AgencyId(unit), score) for unit, score in units)
    given = {"disposition": Disposition.IN_SCOPE, "kind": Kind.OFFICIAL_CONDUCT, "accused_units": scored, **known}
    return Facts(accused_post=post, **given)


@pytest.mark.parametrize(
    ("case", "agency", "desk", "office_copy"),
    [
        pytest.param(conduct((LANG, 0.9)), LANG, Desk.HEAD, True, id="staff of a commune: its head"),
        pytest.param(conduct((LANG, 0.9), post=UNKNOWN), LANG, Desk.HEAD, True, id="post unknown: the head"),
        pytest.param(conduct((LANG, 0.9), post=LEADER), HOME_AFFAIRS, Desk.AGENCY, True, id="a commune's leader"),
        pytest.param(conduct(("HN-STP", 0.9), post=LEADER), HOME_AFFAIRS, Desk.AGENCY, True, id="a department's"),
        pytest.param(conduct(("HN-STP", 0.9)), "HN-STP", Desk.HEAD, True, id="staff of a department"),
        pytest.param(conduct((HOME_AFFAIRS, 0.9)), HOME_AFFAIRS, Desk.HEAD, True, id="staff of Home Affairs"),
        pytest.param(conduct(("HN-CA", 0.9)), "HN-CA", Desk.HEAD, True, id="the police: their head"),
        pytest.param(conduct(("HN-SXD", 0.9)), "HN-SXD25", Desk.HEAD, True, id="a merged department: the successor"),
        pytest.param(conduct((OFFICE, 0.9)), HOME_AFFAIRS, Desk.AGENCY, False, id="the Office's own officer"),
        pytest.param(conduct((OFFICE, 0.9), post=LEADER), HOME_AFFAIRS, Desk.AGENCY, False, id="the Office's leader"),
        pytest.param(
            conduct(("HN-D006", 0.9), confirmed_place=PlaceId(LANG)), LANG, Desk.HEAD, True, id="a former district"
        ),
        pytest.param(conduct((LANG, 0.9), ("HN-CN00226", 0.4)), LANG, Desk.HEAD, True, id="another unit far behind"),
    ],
)
def test_whose_desk_a_conduct_case_stands_on(case: Facts, agency: str, desk: Desk, office_copy: bool) -> None:
    got = assign(case, hanoi(), TODAY)
    assert isinstance(got, Assignment), got
    assert (got.found.agency.id, got.found.desk, got.found.office_copy) == (agency, desk, office_copy)


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        pytest.param(conduct(), OfficeReason.ACCUSED_UNIT_UNKNOWN, id="unit unknown"),
        pytest.param(conduct(post=LEADER), OfficeReason.ACCUSED_UNIT_UNKNOWN, id="a leader of nobody knows where"),
        pytest.param(conduct((LANG, 0.5), ("HN-CN00226", 0.45)), OfficeReason.SEVERAL_COMPETENT, id="two units alike"),
        pytest.param(conduct(("HN-D006", 0.9)), OfficeReason.SEVERAL_SUCCESSORS, id="a former district, no place"),
        pytest.param(conduct(("HN", 0.9)), OfficeReason.CITY_LEVEL, id="the city as a whole"),
        pytest.param(conduct(("TW-VPCP", 0.9)), OfficeReason.OUTSIDE_CITY, id="a central body"),
        pytest.param(
            conduct((HOME_AFFAIRS, 0.9), post=LEADER), OfficeReason.ACCUSED_LEADER, id="Home Affairs' own leader"
        ),
        pytest.param(conduct(("HN-CA", 0.9), post=LEADER), OfficeReason.ACCUSED_LEADER, id="the police's leader"),
        pytest.param(conduct(("HN-NOBODY", 0.9)), OfficeReason.NO_SUCCESSOR, id="a unit nobody lists"),
        pytest.param(conduct((LANG, 0.9), needs_review=True), OfficeReason.NEEDS_REVIEW, id="the classifier doubts"),
    ],
)
def test_the_office_decides_where_a_conduct_case_goes(case: Facts, reason: OfficeReason) -> None:
    got = assign(case, hanoi(), TODAY)
    assert isinstance(got, NeedsOffice), got
    assert (got.reason, got.desk) == (reason, Desk.OFFICE)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(conduct((LANG, 0.9), sensitive=True), id="sensitive conduct"),
        pytest.param(conduct((LANG, 0.9), disposition=Disposition.COMPLAINT_DENUNCIATION), id="a denunciation"),
        pytest.param(
            conduct((LANG, 0.9), disposition=Disposition.COMPLAINT_DENUNCIATION, kind=None), id="without a kind"
        ),
        pytest.param(conduct((LANG, 0.9), disposition=Disposition.SPAM_ADS, sensitive=True), id="even if it is spam"),
    ],
)
def test_a_suspected_denunciation_stands_on_the_sensitive_desk_alone(case: Facts) -> None:
    got = assign(case, hanoi(), TODAY)
    assert isinstance(got, NeedsOffice)
    assert (got.desk, got.proposed) == (Desk.OFFICE_SENSITIVE, None)


def test_the_accused_are_known_by_their_old_and_new_names() -> None:
    case = conduct(("HN-SXD", 0.9), (LANG, 0.05))
    assert accused_on(case, hanoi(), TODAY) == {"HN-SXD", "HN-SXD25", LANG}


@pytest.mark.parametrize(
    ("units", "office_accused"),
    [
        pytest.param([(OFFICE, 0.9)], True, id="named"),
        pytest.param([(LANG, 0.9), (OFFICE, 0.85)], True, id="as likely as another"),
        pytest.param([(LANG, 0.9), (OFFICE, 0.1)], False, id="a mere possibility would blind the desk of all doubts"),
    ],
)
def test_when_the_office_counts_as_accused(units: list[tuple[str, float]], office_accused: bool) -> None:
    assert (OFFICE in accused_on(conduct(*units), hanoi(), TODAY)) is office_accused


@pytest.mark.parametrize(
    ("agency", "shielded", "accused", "post", "desk"),
    [
        pytest.param(LANG, False, [], UNKNOWN, Desk.AGENCY, id="an ordinary case"),
        pytest.param(LANG, True, [LANG], STAFF, Desk.HEAD, id="the accused unit"),
        pytest.param(LANG, True, [], STAFF, Desk.HEAD, id="nobody accused yet: taken for the accused unit"),
        pytest.param(LANG, True, ["HN-STP"], STAFF, Desk.HEAD, id="another unit: whom the text accuses may be wrong"),
        pytest.param(LANG, True, ["HN-STP"], LEADER, Desk.HEAD, id="another unit's leader"),
        pytest.param(LANG, True, [LANG], LEADER, LeaderAccused(), id="never to the accused leader"),
        pytest.param(LANG, True, [], LEADER, LeaderAccused(), id="nor to a unit that may be his"),
        pytest.param(HOME_AFFAIRS, True, [LANG], LEADER, Desk.AGENCY, id="Home Affairs"),
        pytest.param(HOME_AFFAIRS, True, [], LEADER, Desk.AGENCY, id="Home Affairs, unit unknown"),
        pytest.param(HOME_AFFAIRS, True, [HOME_AFFAIRS], STAFF, Desk.HEAD, id="Home Affairs accused"),
        pytest.param(HOME_AFFAIRS, True, [HOME_AFFAIRS], LEADER, LeaderAccused(), id="Home Affairs' leader"),
    ],
)
def test_the_shield_holds_when_a_person_assigns(
    agency: str, shielded: bool, accused: list[str], post: AccusedPost, desk: Desk | LeaderAccused
) -> None:
    units = frozenset(AgencyId(unit) for unit in accused)
    got = desk_at(AgencyId(agency), hanoi().directory, shielded=shielded, accused=units, post=post)
    assert got == desk
