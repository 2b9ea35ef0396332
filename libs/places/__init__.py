"""Communes and agencies of a province recognised in what people write. Pure: rows are passed in, nothing is read."""

from libs.places.folding import FoldedText, fold, folded_with_offsets, has_diacritics
from libs.places.gazetteer import Gazetteer
from libs.places.lineage import commune_committees
from libs.places.model import (
    Agency,
    AgencyMention,
    Ambiguous,
    Commune,
    DistrictMention,
    OfficeWord,
    PlaceMention,
    Resolution,
    Resolved,
    Successor,
    Unknown,
    VanishedName,
)

__all__ = [
    "Agency",
    "AgencyMention",
    "Ambiguous",
    "Commune",
    "DistrictMention",
    "FoldedText",
    "Gazetteer",
    "OfficeWord",
    "PlaceMention",
    "Resolution",
    "Resolved",
    "Successor",
    "Unknown",
    "VanishedName",
    "commune_committees",
    "fold",
    "folded_with_offsets",
    "has_diacritics",
]
