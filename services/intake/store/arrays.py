"""Many rows handed to one statement as arrays."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, bindparam, column, func
from sqlalchemy.sql.selectable import TableValuedAlias


def table_of(**columns: Any) -> TableValuedAlias:
    """Rows handed to a statement as one array a column, so that its text does not depend on how many they are.

    The statement is built once with it, by name of column and type; `columns_of` makes what it is executed with.
    """
    arrays = (bindparam(f"fresh_{name}", type_=ARRAY(kind)) for name, kind in columns.items())
    listed = func.unnest(*arrays).table_valued(*(column(name, kind) for name, kind in columns.items()))
    return listed.render_derived(name="fresh")


def columns_of(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    """Rows turned into the arrays a statement with `table_of` asks for."""
    return {f"fresh_{name}": [row[place] for row in rows] for place, name in enumerate(names)}
