"""Which agency answers for a matter: matter × level × place × day.

Source: domain rules 5.2; the rows are the province's competence table.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from libs.contracts.vocabulary import AgencyId, Desk, PlaceId
from libs.places import Agency
from libs.wording import date_in_words

from .consideration import Considered, Found, OfficeReason, Rule
from .directory import Current, Directory, Gone, Split
from .facts import Facts, leading, the_place
from .province import Competence, Marker, Province


def competent_agency(facts: Facts, province: Province, on: date, considered: Considered) -> Found | None:
    """The one agency that answers for a matter, or nothing when a gate said why not.

    Matters too close to be told apart do no harm when they lead to the same agency.
    """
    rows = _rows(facts, province, on, considered)
    depending = _depending_on_the_case(rows, facts, province, on, considered)
    if depending is None:
        return None
    place = the_place(facts, province.tie_margin)
    standing = [_standing(row, depending, province.directory, on, place) for row in rows]
    agency = the_one_standing(standing, on, considered)
    if agency is None or not may_receive(agency, province.directory, considered):
        return None
    confirmed = all(row.confirmed for row in rows)
    because = "Thẩm quyền đã được thành phố xác nhận." if confirmed else "Thẩm quyền trong bảng chưa xác nhận."
    considered.remark(Rule.CONFIRMED, confirmed, because)
    vertical = province.directory.vertical(agency)
    return Found(agency, Desk.AGENCY, rows[0].matter, covering_note=vertical, confirmed=confirmed)


def the_one_standing(answers: Sequence[Current | Split | Gone], on: date, considered: Considered) -> Agency | None:
    """The single agency, valid on the day, that all answers lead to."""
    day = date_in_words(on)
    standing: dict[str, Agency] = {}
    successions = []
    for answer in answers:
        match answer:
            case Gone(agency_id):
                because = f"Cơ quan {agency_id} không hoạt động ngày {day} và không có cơ quan kế thừa."
                considered.gate(Rule.VALID_ON_DAY, False, because, OfficeReason.NO_SUCCESSOR)
                return None
            case Split(gone, heirs):
                because = f"{gone.name} đã thôi hoạt động, {len(heirs)} cơ quan kế thừa: {names_of(heirs)}."
                considered.gate(Rule.VALID_ON_DAY, False, because, OfficeReason.SEVERAL_SUCCESSORS)
                return None
            case Current(agency, instead_of):
                standing[agency.id] = agency
                if instead_of is not None:
                    successions.append(f"{agency.name} kế thừa {instead_of.name}.")
    agencies = tuple(standing.values())
    because = " ".join(successions) or f"{names_of(agencies)} đang hoạt động ngày {day}."
    considered.gate(Rule.VALID_ON_DAY, True, because, OfficeReason.NO_SUCCESSOR)
    only_one = len(agencies) == 1
    because = f"Chỉ {agencies[0].name} có thẩm quyền." if only_one else f"Nhiều cơ quan: {names_of(agencies)}."
    return agencies[0] if considered.gate(Rule.ONE_AGENCY, only_one, because, OfficeReason.SEVERAL_COMPETENT) else None


def may_receive(agency: Agency, directory: Directory, considered: Considered) -> bool:
    """Whether a machine may give this agency a case; says so when it is not under the city."""
    inside = agency.level != "central"
    because = f"{agency.name} {'thuộc địa bàn' if inside else 'ở ngoài'} thành phố."
    if not considered.gate(Rule.INSIDE_CITY, inside, because, OfficeReason.OUTSIDE_CITY):
        return False
    below = agency.level != "city"
    because = "Có đơn vị cụ thể nhận việc." if below else "Việc ở cấp thành phố: Văn phòng quyết định đơn vị nhận."
    if not considered.gate(Rule.BELOW_CITY_LEVEL, below, because, OfficeReason.CITY_LEVEL):
        return False
    if directory.vertical(agency):
        because = f"{agency.name} là cơ quan ngành dọc: chuyển kèm công văn phối hợp."
        considered.remark(Rule.UNDER_THE_CITY, False, because)
    return True


def names_of(agencies: Sequence[Agency]) -> str:
    """Agencies' names in one line."""
    return ", ".join(agency.name for agency in agencies)


def _standing(
    row: Competence, depending: Mapping[Marker, Current], directory: Directory, on: date, place: PlaceId | None
) -> Current | Split | Gone:
    """Who one row points to on the day."""
    if isinstance(row.answers, Marker):
        return depending[row.answers]
    return directory.current(row.answers, on, place)


def _rows(facts: Facts, province: Province, on: date, considered: Considered) -> list[Competence]:
    """What the table says of the likely matters on the day."""
    likely = leading(facts.matters, province.tie_margin)
    rows = [row for matter in likely for row in province.competences.get(matter.of, ()) if row.valid_on(on)]
    about = "; ".join(f"{row.matter} – {row.name}" for row in rows)
    because = f"Việc: {about}." if rows else "Chưa xác định được việc nào trong bảng thẩm quyền."
    considered.gate(Rule.MATTER_KNOWN, bool(rows), because, OfficeReason.MATTER_UNKNOWN)
    return rows


def _depending_on_the_case(
    rows: Sequence[Competence], facts: Facts, province: Province, on: date, considered: Considered
) -> dict[Marker, Current] | None:
    """What the markers among the rows stand for in this case; nothing when the case does not say."""
    if not rows:
        return None
    found: dict[Marker, Current] = {}
    if any(row.needs_place for row in rows):
        commune = _commune(facts, province, on, considered)
        if commune is None:
            return None
        found[Marker.COMMUNE] = commune
        found[Marker.DISTRICT] = _district_or_commune(commune, province.directory, on)
    else:
        considered.remark(Rule.PLACE_KNOWN, True, "Việc này không phụ thuộc nơi xảy ra.")
    if any(row.answers is Marker.AGENCY_NAMED for row in rows):
        named = _named(facts, province, on, considered)
        if named is None:
            return None
        found[Marker.AGENCY_NAMED] = named
    return found


def _commune(facts: Facts, province: Province, on: date, considered: Considered) -> Current | None:
    place = the_place(facts, province.tie_margin)
    if place is None:
        because = "Có hơn một địa danh phù hợp." if facts.places else "Chưa biết việc xảy ra ở phường, xã nào."
        considered.gate(Rule.PLACE_KNOWN, False, because, OfficeReason.PLACE_UNKNOWN)
        return None
    match province.directory.current(AgencyId(place), on):
        case Current(agency) as commune if agency.level == "commune":
            because = f"Nơi có việc thuộc {agency.name}."
            considered.gate(Rule.PLACE_KNOWN, True, because, OfficeReason.PLACE_UNKNOWN)
            return commune
        case Split(gone, heirs):
            because = f"Địa bàn cũ của {gone.name} nay thuộc {names_of(heirs)}: cần hỏi rõ."
            considered.gate(Rule.PLACE_KNOWN, False, because, OfficeReason.SEVERAL_SUCCESSORS)
        case _:
            because = "Địa danh không có trong danh mục phường, xã."
            considered.gate(Rule.PLACE_KNOWN, False, because, OfficeReason.PLACE_UNKNOWN)
    return None


def _district_or_commune(commune: Current, directory: Directory, on: date) -> Current:
    """Until 30 June 2025 the district, since then the commune itself."""
    parent = directory.gazetteer.agency(commune.agency.parent_id) if commune.agency.parent_id else None
    if parent is not None and parent.level == "district" and parent.in_force(on):
        return Current(parent)
    return commune


def _named(facts: Facts, province: Province, on: date, considered: Considered) -> Current | None:
    """The agency the text names."""
    place = the_place(facts, province.tie_margin)
    standing = [province.directory.current(u.of, on, place) for u in leading(facts.accused_units, province.tie_margin)]
    named = {answer.agency.id: answer for answer in standing if isinstance(answer, Current)}
    if len(named) == 1:
        (answer,) = named.values()
        because = f"Nội dung nêu tên {answer.agency.name}."
        considered.gate(Rule.AGENCY_NAMED, True, because, OfficeReason.AGENCY_NOT_NAMED)
        return answer
    because = "Việc này do cơ quan được nêu tên giải quyết, nhưng nội dung chưa nêu rõ cơ quan nào."
    considered.gate(Rule.AGENCY_NAMED, False, because, OfficeReason.AGENCY_NOT_NAMED)
    return None
