"""The conduct shield: whose desk a case about officials stands on, so that nobody judges or hides his own case.

Source: design, section 4 "Conduct shield"; domain rules 2.5.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from libs.contracts.vocabulary import AccusedPost, AgencyId, Desk
from libs.places import Agency

from .competence import may_receive, the_one_standing
from .consideration import Considered, Found, OfficeReason, Rule
from .directory import Current, Directory
from .facts import Facts, leading, the_place
from .province import Province


def accused_agency(facts: Facts, province: Province, on: date, considered: Considered) -> Found | None:
    """Who answers for the conduct of an official: the head of the accused unit, for a leader the Department of Home
    Affairs; nothing when a gate said why not.
    """
    unit = _accused_unit(facts, province, on, considered)
    if unit is None or not may_receive(unit, province.directory, considered):
        return None
    matter = facts.matters[0].of if facts.matters else None
    vertical = province.directory.vertical(unit)
    if facts.accused_post is not AccusedPost.LEADER and unit.id != province.directory.office_id:
        considered.remark(Rule.ACCUSED_IS_STAFF, True, f"Người đứng đầu {unit.name} xem xét; Văn phòng theo dõi.")
        return Found(unit, Desk.HEAD, matter, office_copy=True, covering_note=vertical)
    above = _above(unit, province.directory, on)
    if above is None:
        because = f"Phản ánh về lãnh đạo {unit.name}: Văn phòng quyết định nơi giải quyết."
        considered.gate(Rule.ACCUSED_IS_STAFF, False, because, OfficeReason.ACCUSED_LEADER)
        return None
    considered.remark(Rule.ACCUSED_IS_STAFF, False, f"Không giao cho {unit.name}; {above.name} giải quyết.")
    return Found(above, Desk.AGENCY, matter, office_copy=unit.id != province.directory.office_id)


def _accused_unit(facts: Facts, province: Province, on: date, considered: Considered) -> Agency | None:
    likely = leading(facts.accused_units, province.tie_margin)
    because = "Đã rõ đơn vị của người bị phản ánh." if likely else "Chưa rõ người bị phản ánh thuộc đơn vị nào."
    if not considered.gate(Rule.ACCUSED_UNIT_KNOWN, bool(likely), because, OfficeReason.ACCUSED_UNIT_UNKNOWN):
        return None
    place = the_place(facts, province.tie_margin)
    return the_one_standing([province.directory.current(unit.of, on, place) for unit in likely], on, considered)


def _above(unit: Agency, directory: Directory, on: date) -> Agency | None:
    """Who judges a unit's leader, and the Office's own officers: the Department of Home Affairs, but not itself nor a
    unit that is not under the city.
    """
    home_affairs = directory.current(directory.home_affairs_id, on)
    if not isinstance(home_affairs, Current) or home_affairs.agency == unit or directory.vertical(unit):
        return None
    return home_affairs.agency


def accused_on(facts: Facts, province: Province, on: date) -> frozenset[AgencyId]:
    """Every agency whose ordinary officers must see nothing of a shielded case, under its names of then and of today.

    Any candidate counts, however unsure. Only the Office must be a likely one: it looks after all doubtful cases.
    """
    directory = province.directory
    likely = {unit.of for unit in leading(facts.accused_units, province.tie_margin)}
    named = {unit.of for unit in facts.accused_units}
    return _with_heirs((agency for agency in named if agency in likely or agency != directory.office_id), directory, on)


def _with_heirs(agencies: Iterable[AgencyId], directory: Directory, on: date) -> frozenset[AgencyId]:
    then = frozenset(agencies)
    return then | {AgencyId(heir.id) for agency in then for heir in directory.heirs(agency, on)}


@dataclass(frozen=True, slots=True)
class LeaderAccused:
    """The agency's own leader is accused: it may not be given the case."""


def desk_at(
    agency: AgencyId, directory: Directory, *, shielded: bool, accused: frozenset[AgencyId], post: AccusedPost
) -> Desk | LeaderAccused:
    """The desk at an agency a person gives the case to.

    A shielded case goes to a head, even at an agency nobody accused: who was taken for the accused unit may be wrong.
    """
    if not shielded or (agency == directory.home_affairs_id and agency not in accused):
        return Desk.AGENCY
    may_be_the_accused_unit = agency in accused or not accused
    return LeaderAccused() if post is AccusedPost.LEADER and may_be_the_accused_unit else Desk.HEAD
