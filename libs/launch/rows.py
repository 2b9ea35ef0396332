"""Reading checked tables (CSV) from a folder of data."""

import csv
from pathlib import Path


class BadRows(Exception):
    """A data file is not as it must be; the text names file and line."""


def read_rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows of a UTF-8 CSV file that has (at least) these columns, values stripped.

    Raises:
        BadRows: the file is missing, lacks a column, or a line has too many or too few values.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, restkey="", restval=None)
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise BadRows(f"{path.name}: column missing: {', '.join(missing)}")
            rows = []
            for row in reader:
                if "" in row or None in row.values():
                    raise BadRows(f"{path.name}, line {reader.line_num}: wrong number of values")
                rows.append({name: value.strip() for name, value in row.items()})
            return rows
    except FileNotFoundError as error:
        raise BadRows(f"{path} is missing") from error
    except UnicodeDecodeError as error:
        raise BadRows(f"{path.name} is not UTF-8") from error
