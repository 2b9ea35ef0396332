"""Reads what a province says to its citizens: notices, reasons of refusal, the names of its bodies."""

import tomllib
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from libs.launch.rows import BadRows, read_rows
from libs.runtime.settings import RuntimeSettings
from libs.runtime.tx import Tx

from .domain.wording import (
    REFUSAL_VALUES,
    VALUES,
    BadTemplate,
    Option,
    Province,
    RefusalText,
    Template,
    check_template,
)
from .store.province import ProvinceStore

_MOST_OPTIONS: Final = 5
_LONGEST_TITLE: Final = 25
_NOTIFY: Final = frozenset({"yes", "short", "no"})


async def load_province(tx: Tx[Any], settings: RuntimeSettings) -> None:
    """Check the province's words and put them into this schema; part of `prepare`.

    Raises:
        BadRows: a file is missing or holds what could never be said.
    """
    await ProvinceStore(tx.session).replace(read_province(settings.province_dir))


def read_province(folder: Path) -> Province:
    """The province's words from its folder.

    Raises:
        BadRows: a file is missing or holds what could never be said; the text names it.
    """
    names = _toml(folder / "province.toml")
    described = _toml(folder / "messages" / "notices.toml").get("notices", {})
    try:
        return Province(
            zone=ZoneInfo(names["time_zone"]),
            office=names["office_name"],
            complaint_body=names["complaint_body_name"],
            denunciation_body=names["denunciation_body_name"],
            procedure_guide=names["procedure_guide_channel"],
            templates={name: _template(folder / "messages" / f"{name}.txt", described) for name in VALUES},
            refusals=_refusals(folder / "refusal_reasons.csv"),
        )
    except ZoneInfoNotFoundError as error:  # a KeyError too
        raise BadRows("province.toml: time_zone is unknown") from error
    except KeyError as error:
        raise BadRows(f"province.toml: {error} is missing") from error


def _template(path: Path, described: dict[str, Any]) -> Template:
    name = path.stem
    try:
        text = path.read_text(encoding="utf-8")
        check_template(name, text, VALUES[name])
    except FileNotFoundError as error:
        raise BadRows(f"{path} is missing") from error
    except (BadTemplate, UnicodeDecodeError) as error:
        raise BadRows(f"{path.name}: {error}") from error
    titles = [str(button["title"]) for button in described.get(name, {}).get("buttons", [])]
    if len(titles) > _MOST_OPTIONS or any(len(title) > _LONGEST_TITLE for title in titles):
        raise BadRows(f"notices.toml: {name} may have {_MOST_OPTIONS} buttons of {_LONGEST_TITLE} characters")
    return Template(text, tuple(Option(title) for title in titles))


def _refusals(path: Path) -> dict[str, RefusalText]:
    refusals = {}
    for row in read_rows(path, columns=("code", "citizen_text", "where_to", "notify")):
        try:
            for text in (row["citizen_text"], row["where_to"]):
                check_template(row["code"], text, REFUSAL_VALUES)
        except BadTemplate as error:
            raise BadRows(f"{path.name}: {error}") from error
        if row["notify"] not in _NOTIFY:
            raise BadRows(f"{path.name}: {row['code']}: notify is yes, short or no")
        refusals[row["code"]] = RefusalText(row["citizen_text"], row["where_to"], row["notify"])
    return refusals


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadRows(f"{path} is missing") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadRows(f"{path.name}: {error}") from error
