"""The province's rows, as they were written."""

from sqlalchemy import Column, Table, Text

from ..province import COLUMNS
from .schema import metadata

_KEYS = {
    "agencies": ("id",),
    "communes": ("id",),
    "communes_before_2025": ("name", "kind", "district_id"),
    "commune_successors": ("old_id", "new_id"),
    "competence": ("matter_code",),
    "deadlines": ("clock",),
    "calendar": ("kind", "on", "weekday", "opens"),
    "refusal_reasons": ("code",),
    "states": ("code",),
    "field_names": ("field",),
    "province": ("key",),
}
directory_tables = {
    name: Table(
        name,
        metadata,
        *(Column(column, Text, nullable=False, primary_key=column in _KEYS[name]) for column in columns),
    )
    for name, columns in COLUMNS.items()
}
"""The province's rows, as they were written; `prepare` replaces them."""
