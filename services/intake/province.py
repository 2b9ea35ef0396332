"""intake's part of a province: its names, what states are called, what the chat says, and its places."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from libs.contracts.vocabulary import CaseState, RefusalReason
from libs.launch.rows import BadRows, read_rows
from libs.places import Agency, Commune, Gazetteer, OfficeWord, Successor, VanishedName
from libs.runtime.tx import Tx

from .settings import IntakeSettings
from .store import ProvinceStore
from .tables import PLACE_TABLES, agencies, commune_successors, communes, communes_before_2025, office_words

_NAMES: Final = ("name", "short_name", "office_name", "code_prefix", "time_zone")


@dataclass(frozen=True, slots=True)
class StateWords:
    """What a citizen is told of a state."""

    label: str
    is_open: bool
    """Somebody still owes an answer."""


@dataclass(frozen=True, slots=True)
class RefusalWords:
    """What a citizen is told of a refusal. A sentence that needs facts of the single case is empty here."""

    label: str
    text: str
    where_to: str


@dataclass(frozen=True, slots=True)
class Province:
    """What intake knows of the province it serves."""

    name: str
    short_name: str
    office_name: str
    code_prefix: str
    zone: ZoneInfo
    states: Mapping[CaseState, StateWords]
    refusals: Mapping[RefusalReason, RefusalWords]
    conversation: Mapping[str, Any]
    """messages/conversation.toml as it is."""
    days_off: frozenset[date]
    """Public holidays, without the days worked instead."""
    told_within_days: int
    """Working days within which a citizen is told who answers and by when: the clock `transfer` of deadlines.csv."""
    gazetteer: Gazetteer


async def load_province(tx: Tx[Any], settings: IntakeSettings) -> None:
    """Put the province's files into this schema, in place of what was there.

    Raises:
        BadRows: a file is missing or not as it must be; it says which and why.
    """
    folder, store = settings.province_dir, ProvinceStore(tx.session)
    for table in PLACE_TABLES:
        columns = tuple(column.name for column in table.columns if column.name != "row")
        rows = read_rows(folder / f"{table.name}.csv", columns)
        await store.replace(table, [{column: row[column] for column in columns} for row in rows])
    await store.replace_texts(_read_texts(folder))
    await read_province(store)


async def read_province(store: ProvinceStore) -> Province:
    """The province as it was loaded.

    Raises:
        BadRows: `prepare` has not run, or what it loaded cannot be understood.
    """
    texts = await store.texts()
    try:
        facts = texts["province"]
        return Province(
            **{name: facts[name] for name in _NAMES if name != "time_zone"},
            zone=ZoneInfo(facts["time_zone"]),
            states={CaseState(code): StateWords(*words) for code, words in texts["states"].items()},
            refusals={RefusalReason(code): RefusalWords(*words) for code, words in texts["refusals"].items()},
            conversation=texts["conversation"],
            days_off=frozenset(map(date.fromisoformat, texts["working_time"]["days_off"])),
            told_within_days=texts["working_time"]["told_within_days"],
            gazetteer=Gazetteer(
                communes=[Commune.from_row(row) for row in await store.rows(communes)],
                successors=[Successor.from_row(row) for row in await store.rows(commune_successors)],
                agencies=[Agency.from_row(row) for row in await store.rows(agencies)],
                vanished_names=[VanishedName.from_row(row) for row in await store.rows(communes_before_2025)],
                office_words=[OfficeWord.from_row(row) for row in await store.rows(office_words)],
            ),
        )
    except (KeyError, ValueError, TypeError, ZoneInfoNotFoundError) as error:
        raise BadRows(f"the province's rows cannot be read ({error}): has `prepare` run?") from error


def _read_texts(folder: Path) -> dict[str, Any]:
    facts = _read_toml(folder / "province.toml")
    missing = [name for name in _NAMES if not isinstance(facts.get(name), str) or not facts[name]]
    if missing:
        raise BadRows(f"province.toml lacks {', '.join(missing)}")
    states = {
        row["code"]: (row["citizen_label_vi"], row["open"] == "yes")
        for row in read_rows(folder / "states.csv", ("code", "citizen_label_vi", "open"))
    }
    untold = [state for state in CaseState if not states.get(state, ("", False))[0]]
    if untold:
        raise BadRows(f"states.csv says nothing of {', '.join(untold)}")
    refusals = {
        row["code"]: (row["label_vi"], _filled(row["citizen_text"], facts), _filled(row["where_to"], facts))
        for row in read_rows(folder / "refusal_reasons.csv", ("code", "label_vi", "citizen_text", "where_to"))
    }
    conversation = _read_toml(folder / "messages" / "conversation.toml")
    return {
        "province": facts,
        "states": states,
        "refusals": refusals,
        "conversation": conversation,
        "working_time": _read_working_time(folder),
    }


def _read_working_time(folder: Path) -> dict[str, Any]:
    days_off = [row["on"] for row in read_rows(folder / "calendar.csv", ("kind", "on")) if row["kind"] == "holiday"]
    clocks = {row["clock"]: row for row in read_rows(folder / "deadlines.csv", ("clock", "amount", "unit"))}
    transfer = clocks.get("transfer", {})
    if transfer.get("unit") != "working_days" or not transfer["amount"].isdecimal():
        raise BadRows("deadlines.csv: the clock `transfer` must be a number of working days")
    return {"days_off": days_off, "told_within_days": int(transfer["amount"])}


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadRows(f"{path.name} cannot be read") from error


def _filled(text: str, facts: Mapping[str, Any]) -> str:
    for name in ("complaint_body", "denunciation_body"):
        text = text.replace(f"{{{{ {name} }}}}", str(facts.get(f"{name}_name", "")))
    return "" if "{{" in text else text
