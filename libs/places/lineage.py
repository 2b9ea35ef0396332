"""Who follows whom: from a commune or an agency that is gone to those that stand in its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from libs.places.model import Agency, Commune, Successor


def commune_committees(communes: Iterable[Commune], successors: Iterable[Successor], parent_id: str) -> list[Agency]:
    """Give every commune, old and new, its People's Committee as an agency under the commune's own id."""
    heirs: dict[str, list[Successor]] = {}
    for successor in successors:
        heirs.setdefault(successor.old_id, []).append(successor)
    return [
        Agency(
            id=commune.id,
            name=f"Ủy ban nhân dân {commune.full_name}",
            short_name=f"UBND {commune.full_name}",
            level="commune",
            parent_id=commune.district_id or parent_id,
            valid_from=commune.valid_from,
            valid_to=commune.valid_to,
            successor_ids=tuple(
                heir.new_id for heir in sorted(heirs.get(commune.id, ()), key=lambda heir: not heir.is_default)
            ),
            aliases=(),
        )
        for commune in communes
    ]


class Lineage:
    """The agencies and communes of a province through time."""

    def __init__(self, communes: Iterable[Commune], agencies: Iterable[Agency]) -> None:
        self._communes = {commune.id: commune for commune in communes}
        self._agencies = {agency.id: agency for agency in agencies}
        self._districts: dict[str, set[str]] = {}
        shares: dict[str, Counter[str]] = {}
        for commune in self._communes.values():
            if commune.district_id is None:
                continue
            for position, heir in enumerate(self.heirs(commune.id)):
                self._districts.setdefault(heir, set()).add(commune.district_id)
                shares.setdefault(commune.district_id, Counter())[heir] += 2 if position == 0 else 1
        self._heirs_of_district = {
            district: tuple(heir for heir, _ in sorted(counts.items(), key=lambda share: (-share[1], share[0])))
            for district, counts in shares.items()
        }

    def agency(self, agency_id: str) -> Agency | None:
        """The agency of that id, whether in force or gone."""
        return self._agencies.get(agency_id)

    def commune(self, commune_id: str) -> Commune | None:
        """The commune of that id, whether in force or gone."""
        return self._communes.get(commune_id)

    def today_of(self, agency_id: str, on: date) -> list[str]:
        """Who stands on a day where an agency stood: itself while in force, else its successors' successors.

        Empty for an unknown id, one without living successors, or one that does not exist yet. Never an agency that
        is not in force on that day.
        """
        found: list[str] = []
        waiting = [agency_id]
        seen: set[str] = set()
        while waiting:
            current = waiting.pop(0)
            agency = self._agencies.get(current)
            if current in seen or agency is None:
                continue
            seen.add(current)
            if agency.in_force(on):
                found.append(current)
            elif agency.valid_to is not None and agency.valid_to < on:
                waiting.extend(agency.successor_ids)
        return found

    def heirs(self, commune_id: str, today: date | None = None) -> tuple[str, ...]:
        """The communes a commune has become, the default heir first; itself when it still stands.

        Without a day, the last ones known.
        """
        if today is not None:
            return tuple(self.today_of(commune_id, today))
        found: list[str] = []
        waiting = [commune_id]
        seen: set[str] = set()
        while waiting:
            current = waiting.pop(0)
            if current in seen:
                continue
            seen.add(current)
            successor_ids = self._agencies[current].successor_ids
            waiting.extend(successor_ids)
            if not successor_ids:
                found.append(current)
        return tuple(found)

    def heirs_of_district(self, district_id: str) -> tuple[str, ...]:
        """Today's communes on the ground of a former district, those that took the most of it first."""
        return self._heirs_of_district.get(district_id, ())

    def touches(self, commune_id: str, district_ids: Iterable[str]) -> bool:
        """Say whether a commune lies, or lies in part, on the ground of one of these districts."""
        commune = self._communes[commune_id]
        if commune.district_id is not None:
            return commune.district_id in district_ids
        return not self._districts.get(commune_id, set()).isdisjoint(district_ids)
