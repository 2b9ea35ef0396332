"""Whom the Office can give a case to: the likely ones first, then everybody in force."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from libs.contracts.vocabulary import AgencyId
from libs.places import Agency, fold

from ..domain.directory import Current, Directory
from ..sheet import Sheet

_SHOWN_SCORES: Final = 3
_KINDS: Final = {"phường": "UBND phường", "xã": "UBND xã"}


@dataclass(frozen=True, slots=True)
class Receiver:
    """One agency to choose."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ReceiverGroup:
    """Agencies of one kind, under a heading."""

    title: str
    receivers: tuple[Receiver, ...]


def likely(sheet: Sheet, directory: Directory, on: date) -> tuple[Receiver, ...]:
    """What the rules, the place and the text point to, in that order; today's agencies only."""
    said: Mapping[str, Any] = sheet.row["classification"] or {}
    pointed = [
        (sheet.row["proposed_agency"], "theo bảng thẩm quyền"),
        (sheet.row["place_id"], "nơi xảy ra"),
        *((one["place_id"], "nơi được nêu") for one in said.get("places", ())[:_SHOWN_SCORES]),
        *((one["agency_id"], "đơn vị được nêu") for one in said.get("accused_unit", ())[:_SHOWN_SCORES]),
    ]
    found: dict[str, Receiver] = {}
    for agency_id, why in pointed:
        agency = _today(agency_id, directory, on)
        if agency is not None and agency.id not in found:
            found[agency.id] = Receiver(agency.id, f"{agency.short_name} ({why})")
    return tuple(found.values())


def _today(agency_id: str | None, directory: Directory, on: date) -> Agency | None:
    if agency_id is None:
        return None
    match directory.current(AgencyId(agency_id), on):
        case Current(agency) if agency.level not in ("city", "central"):
            return agency
    return None


def groups(ids: Iterable[str], directory: Directory, on: date) -> Sequence[ReceiverGroup]:
    """Everybody in force, by kind; communes by their bare name, so that typing finds them."""
    kinds: dict[str, list[Receiver]] = {"Sở, ngành": [], "UBND phường": [], "UBND xã": [], "Cơ quan ngành dọc": []}
    for agency_id in ids:
        agency = _today(agency_id, directory, on)
        if agency is None or agency.id != agency_id:
            continue
        commune = directory.gazetteer.commune(agency_id)
        if commune is not None:
            kinds.setdefault(_KINDS.get(commune.kind, "UBND xã"), []).append(Receiver(agency.id, commune.name))
        elif directory.vertical(agency):
            kinds["Cơ quan ngành dọc"].append(Receiver(agency.id, agency.short_name))
        else:
            kinds["Sở, ngành"].append(Receiver(agency.id, agency.short_name))
    in_order = {title: sorted(found, key=lambda one: fold(one.name)) for title, found in kinds.items()}
    return [ReceiverGroup(title, tuple(found)) for title, found in in_order.items() if found]
