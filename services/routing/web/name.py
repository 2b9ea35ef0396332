"""Agencies by the name people use among themselves; forms and messages carry the full one."""

from libs.contracts.vocabulary import AgencyId

from ..domain.directory import Directory


def short_name(agency_id: str, directory: Directory) -> str:
    """`UBND phường Láng`; the id of an agency nobody knows."""
    agency = directory.agency(AgencyId(agency_id))
    return agency.short_name if agency else agency_id
