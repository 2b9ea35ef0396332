"""routing's part of a province: which files it reads, how they become rules, and what is wrong with them.

The rows rest in this schema as they were written, as text; `rules_of` reads them the same way from files and tables.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from libs.contracts.vocabulary import AgencyId, CaseState, Field, MatterCode, RefusalReason
from libs.launch.rows import BadRows, read_rows
from libs.places import Agency, Commune, Gazetteer, Successor, VanishedName

from .domain.calendar import Session, WorkingCalendar
from .domain.deadline import Clock, ClockRule, Unit
from .domain.directory import Current, Directory
from .domain.province import Competence, Marker, Province

Rows = Sequence[Mapping[str, str]]

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "agencies": (
        "id", "name", "short_name", "level", "parent_id", "valid_from", "valid_to", "successor_ids", "aliases",
    ),
    "communes": ("id", "nso_code", "name", "kind", "district_id", "district_name", "valid_from", "valid_to"),
    "communes_before_2025": ("name", "kind", "district_id", "district_name", "valid_to"),
    "commune_successors": ("old_id", "new_id", "part", "is_default"),
    "competence": (
        "matter_code", "field", "matter_vi", "level", "agency_before_2025_07", "agency_after", "confidence", "note",
    ),
    "deadlines": ("clock", "amount", "unit", "starts", "warn_at", "pauses_for_citizen", "on_breach", "source"),
    "calendar": ("kind", "on", "weekday", "opens", "closes", "name_vi", "source"),
    "refusal_reasons": ("code", "label_vi", "citizen_text", "where_to", "notify", "counts_as_refusal", "target"),
    "states": ("order", "code", "code_vi", "label_vi", "citizen_label_vi", "open", "notice", "portal_event"),
    "field_names": ("field", "label_vi"),
    "province": ("key", "value"),
}  # fmt: skip
"""The tables of the directory: one per file of the province, with the columns routing keeps."""

_REFORM: Final = date(2025, 7, 1)
"""From this day on column `agency_after` of competence.csv answers, until the day before `agency_before_2025_07`."""
_GENERAL_KNOWLEDGE: Final = "K"


@dataclass(frozen=True, slots=True)
class Words:
    """What things are called on pages and in answers to machines."""

    states: Mapping[CaseState, str]
    refusal_reasons: Mapping[RefusalReason, str]
    fields: Mapping[Field, str]
    answered_by_machine: str
    """Added to what a citizen is told when no person has read: that it is so, and how a person is reached."""


def read_province(folder: Path) -> dict[str, Rows]:
    """routing's part of a province's files.

    Raises:
        BadRows: a file is missing or not as it must be.
    """
    tables: dict[str, Rows] = {}
    for name, columns in COLUMNS.items():
        if name == "province":
            tables[name] = _facts_of(folder / "province.toml")
        else:
            rows = read_rows(folder / f"{name}.csv", columns)
            tables[name] = [{column: row[column] for column in columns} for row in rows]
    return tables


def rules_of(tables: Mapping[str, Rows], tie_margin: float) -> Province:
    """The province's rules.

    Raises:
        BadRows: a value cannot be read, or rows contradict one another.
    """
    try:
        province = Province(
            directory=_directory(tables),
            competences={MatterCode(row["matter_code"]): _competences(row) for row in tables["competence"]},
            clocks={rule.clock: rule for rule in map(_clock_rule, tables["deadlines"])},
            calendar=_calendar(tables["calendar"]),
            tie_margin=tie_margin,
        )
    except (ValueError, KeyError) as error:
        raise BadRows(f"the province's rows cannot be read: {error}") from error
    _check(province)
    return province


def words_of(tables: Mapping[str, Rows]) -> Words:
    """What the province calls states, refusal reasons and fields, and what it says with a machine's answer.

    Raises:
        BadRows: that is missing.
    """
    facts = {row["key"]: row["value"] for row in tables["province"]}
    if not facts.get("answered_by_machine"):
        raise BadRows("province.toml lacks answered_by_machine")
    return Words(
        states={CaseState(row["code"]): row["label_vi"] for row in tables["states"]},
        refusal_reasons={RefusalReason(row["code"]): row["label_vi"] for row in tables["refusal_reasons"]},
        fields={Field(row["field"]): row["label_vi"] for row in tables["field_names"]},
        answered_by_machine=facts["answered_by_machine"],
    )


def _facts_of(path: Path) -> Rows:
    try:
        facts = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BadRows(f"{path.name} cannot be read") from error
    return [{"key": key, "value": value} for key, value in facts.items() if isinstance(value, str)]


def _directory(tables: Mapping[str, Rows]) -> Directory:
    facts = {row["key"]: row["value"] for row in tables["province"]}
    return Directory(
        Gazetteer(
            communes=[Commune.from_row(dict(row)) for row in tables["communes"]],
            successors=[Successor.from_row(dict(row)) for row in tables["commune_successors"]],
            agencies=[Agency.from_row(dict(row)) for row in tables["agencies"]],
            vanished_names=[VanishedName.from_row(dict(row)) for row in tables["communes_before_2025"]],
        ),
        office_id=AgencyId(facts["office_agency_id"]),
        home_affairs_id=AgencyId(facts["home_affairs_agency_id"]),
    )


def _competences(row: Mapping[str, str]) -> tuple[Competence, ...]:
    matter, name = MatterCode(row["matter_code"]), row["matter_vi"]
    confirmed = row["confidence"] != _GENERAL_KNOWLEDGE
    field = Field(row["field"]) if row["field"] else None
    before, after = _answers(row["agency_before_2025_07"]), _answers(row["agency_after"])
    return (
        Competence(matter, name, before, confirmed, valid_to=_REFORM - timedelta(days=1), field=field),
        Competence(matter, name, after, confirmed, valid_from=_REFORM, field=field),
    )


def _answers(value: str) -> Marker | AgencyId:
    return Marker(value) if value.startswith("@") else AgencyId(value)


def _clock_rule(row: Mapping[str, str]) -> ClockRule:
    warn_after = int(row["warn_at"]) if row["warn_at"] else None
    return ClockRule(Clock(row["clock"]), int(row["amount"]), Unit(row["unit"]), warn_after)


def _calendar(rows: Rows) -> WorkingCalendar:
    week: dict[int, tuple[Session, ...]] = {}
    for row in (row for row in rows if row["kind"] == "week"):
        weekday = int(row["weekday"]) - 1
        session = Session(_since_midnight(row["opens"]), _since_midnight(row["closes"]))
        week[weekday] = tuple(sorted((*week.get(weekday, ()), session), key=lambda one: one.opens))
    return WorkingCalendar(
        week=week,
        holidays=frozenset(date.fromisoformat(row["on"]) for row in rows if row["kind"] == "holiday"),
        make_up_days={
            date.fromisoformat(row["on"]): int(row["weekday"]) - 1 for row in rows if row["kind"] == "make_up"
        },
    )


def _since_midnight(clock_time: str) -> timedelta:
    hours, minutes = clock_time.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _check(province: Province) -> None:
    """Refuse tables that would fail a case later: better at `prepare` than on the day somebody waits."""
    directory = province.directory
    wrong = [f"deadlines.csv lacks the clock {clock}" for clock in Clock if clock not in province.clocks]
    for name in ("office_id", "home_affairs_id"):
        if not isinstance(directory.current(getattr(directory, name), _REFORM), Current):
            wrong.append(f"province.toml: no agency stands for {name}")
    for rows in province.competences.values():
        for row in rows:
            if not isinstance(row.answers, Marker) and directory.agency(row.answers) is None:
                wrong.append(f"competence.csv, {row.matter}: agency {row.answers} is not in agencies.csv")
    if wrong:
        raise BadRows("; ".join(wrong))
