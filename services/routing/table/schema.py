"""The schema `routing` and the columns its tables have in common."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Column, DateTime, MetaData, column, text

from libs.runtime.tables import NAMING, runtime_tables

metadata = MetaData(schema="routing", naming_convention=NAMING)
runtime_tables(metadata)


def one_of(name: str, values: type[StrEnum]) -> CheckConstraint:
    """A column holds one of a closed set."""
    return CheckConstraint(column(name).in_([value.value for value in values]), name=name)


def at(name: str, *, needed: bool = False) -> Column[Any]:
    """An instant."""
    return Column(name, DateTime(timezone=True), nullable=not needed)


def flag(name: str) -> Column[bool]:
    """Yes or no; no unless said."""
    return Column(name, Boolean, nullable=False, server_default=text("false"))
