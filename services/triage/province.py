"""triage's part of a province, and the words of the language: which files they are, and how they become rows.

`rows_of` reads them the same way from files, for the command line, and from this schema, for the running service.
"""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from libs.launch.rows import BadRows, read_rows
from libs.places import Agency, Commune, OfficeWord, Successor, VanishedName
from libs.runtime.tx import Tx

from .domain import ClassifierRows
from .domain.row import CompetenceRow, CueRow, PlaceRows, WordingRow
from .settings import TriageSettings
from .store import ProvinceStore
from .tables import PROVINCE_TABLES

Tables = Mapping[str, Sequence[Mapping[str, str]]]

_LANGUAGE: Final = Path(__file__).parent / "language"
_LANGUAGE_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "cues": ("decision", "value", "weight", "cue", "needs_marks"),
    "wording": ("written", "read_as"),
}


async def load_province(tx: Tx[Any], settings: TriageSettings) -> None:
    """Put the province's files into this schema, in place of what was there, once they are found in order.

    Raises:
        BadRows: a file is missing or not as it must be; it says which and why.
    """
    tables = read_tables(settings.province_dir)
    rows_of(tables)
    store = ProvinceStore(tx.session)
    for table in PROVINCE_TABLES:
        await store.replace(table, tables[table.name])
    await store.keep_time_zone(read_time_zone(settings.province_dir).key)


def read_tables(folder: Path) -> Tables:
    """triage's columns of the province's files, by the name of the file.

    Raises:
        BadRows: a file is missing, or lacks a column.
    """
    tables = {}
    for table in PROVINCE_TABLES:
        columns = tuple(column.name for column in table.columns if column.name != "row")
        rows = read_rows(folder / f"{table.name}.csv", columns)
        tables[table.name] = [{column: row[column] for column in columns} for row in rows]
    return tables


def read_time_zone(folder: Path) -> ZoneInfo:
    """The zone whose days the province counts in.

    Raises:
        BadRows: province.toml is missing or names no zone.
    """
    try:
        facts = tomllib.loads((folder / "province.toml").read_text("utf-8"))
        return ZoneInfo(facts["time_zone"])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, ZoneInfoNotFoundError) as error:
        raise BadRows("province.toml: time_zone is missing or unknown") from error


def rows_of(tables: Tables) -> ClassifierRows:
    """The rows the classifier is built from: the province's, and the language's of this version of the code.

    Raises:
        BadRows: a value is none of those known.
    """
    try:
        return ClassifierRows(
            competence=tuple(CompetenceRow.from_row(row) for row in tables["competence"]),
            cues=(
                *(CueRow.of_conduct(row) for row in tables["conduct_cues"]),
                *(CueRow.of_disposition(row) for row in tables["disposition_cues"]),
                *(CueRow.of_post(row) for row in tables["leader_cues"]),
                *(CueRow.of_language(row) for row in _language("cues")),
            ),
            wording=tuple(WordingRow(row["written"], row["read_as"]) for row in _language("wording")),
            places=PlaceRows(
                communes=tuple(Commune.from_row(row) for row in tables["communes"]),
                successors=tuple(Successor.from_row(row) for row in tables["commune_successors"]),
                agencies=tuple(Agency.from_row(row) for row in tables["agencies"]),
                vanished_names=tuple(VanishedName.from_row(row) for row in tables["communes_before_2025"]),
                office_words=tuple(OfficeWord.from_row(row) for row in tables["office_words"]),
            ),
        )
    except ValueError as error:
        raise BadRows(f"the province's rows cannot be read: {error}") from error


def _language(name: str) -> list[dict[str, str]]:
    return read_rows(_LANGUAGE / f"{name}.csv", _LANGUAGE_COLUMNS[name])
