"""docs/events.md, made from the catalogue: who says what to whom, and what is in it."""

import inspect
from typing import Any, Final

from .catalogue import CATALOGUE, Entry
from .schema import schema_of

_HEAD: Final = """# Events

Made by `make docs` from `libs/contracts/catalogue.py` and `events.py`; do not edit.

Every event travels in the same envelope: `event_id`, `occurred_at`, `key` (what orders and locks: the feedback, or the
sender before there is one), `feedback_id` when there is one, `trace` (W3C `traceparent`). Events may come late, twice
and in any order. Those of routing carry `case_seq`: a copy of state takes only a higher number.

"""
_ENVELOPE: Final = ("event_id", "occurred_at", "key", "trace")


def render() -> str:
    """The whole page."""
    speakers = sorted({entry.speaker for entry in CATALOGUE})
    hearers = sorted({name for entry in CATALOGUE for name in entry.hearers})
    head = "| event | said by | " + " | ".join(hearers) + " |\n"
    rule = "|---|---|" + "---|" * len(hearers) + "\n"
    rows = "".join(_row(entry, hearers) for entry in CATALOGUE)
    sections = "".join(_section(entry) for entry in CATALOGUE)
    return f"{_HEAD}{head}{rule}{rows}\nSpeakers: {', '.join(speakers)}. A dot marks who hears.\n{sections}"


def _row(entry: Entry, hearers: list[str]) -> str:
    marks = " | ".join("•" if hearer in entry.hearers else "" for hearer in hearers)
    anchor = entry.event.name.replace(".", "")
    return f"| [`{entry.event.name}`](#{anchor}) | {entry.speaker} | {marks} |\n"


def _section(entry: Entry) -> str:
    schema = schema_of(entry.event)
    about = (inspect.getdoc(entry.event) or "").strip()
    fields = "".join(
        _field(name, field, name in schema["required"])
        for name, field in schema["properties"].items()
        if name not in _ENVELOPE
    )
    return (
        f"\n## {entry.event.name}\n\n{about}\n\nClass `{entry.event.__name__}`. Said by **{entry.speaker}**, heard by "
        f"{', '.join(entry.hearers)}.\n\n| field | type | always there | what |\n|---|---|---|---|\n{fields}"
    )


def _field(name: str, field: dict[str, Any], required: bool) -> str:
    about = " ".join(str(field.get("description", "")).split())
    return f"| `{name}` | {_type(field)} | {'yes' if required else ''} | {about} |\n"


def _type(field: dict[str, Any]) -> str:
    if "$ref" in field:
        return f"`{field['$ref'].rsplit('/', 1)[-1]}`"
    if "anyOf" in field:
        return " or ".join(_type(part) for part in field["anyOf"])
    if field.get("type") == "array":
        return f"list of {_type(field.get('items', {}))}"
    return str(field.get("format", field.get("type", "any")))
