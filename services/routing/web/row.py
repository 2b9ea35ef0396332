"""What the view models are made from: a row as the database gives it, or a plain dictionary with the same names."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping

Row = RowMapping | Mapping[str, Any]
