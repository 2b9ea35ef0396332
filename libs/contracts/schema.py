"""JSON Schemas of the events, checked in, and the guard that lets them only grow."""

import json
from pathlib import Path
from typing import Any, Final

from .catalogue import CATALOGUE
from .envelope import Event

FOLDER: Final = Path(__file__).parent / "schemas"


def schema_of(event: type[Event]) -> dict[str, Any]:
    """The schema of an event as hearers may rely on it."""
    schema = event.model_json_schema(mode="serialization")
    schema["$id"] = event.name
    # Ids and times are stamped when the event is said: on the wire they are always there.
    schema["required"] = sorted({*schema.get("required", ()), "event_id", "occurred_at", "key"})
    for stamped in ("event_id", "occurred_at"):
        schema["properties"][stamped].pop("default", None)
    return schema


def file_of(event: type[Event]) -> Path:
    """Where an event's schema is checked in."""
    return FOLDER / f"{event.name}.json"


def text_of(event: type[Event]) -> str:
    """The schema as it stands in its file."""
    return json.dumps(schema_of(event), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def written() -> dict[str, dict[str, Any]]:
    """The schemas that are checked in, by wire name."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def breaking_changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What a hearer or an old event in a queue would trip over; empty when the schema only grew.

    Allowed: a new optional field, a new definition, a new word in a set, a longer limit, other descriptions. A field
    that goes, changes its type, narrows, or becomes mandatory needs a new `.v2` of the event.
    """
    found = _compare("", before, after)
    for name, definition in before.get("$defs", {}).items():
        if name not in after.get("$defs", {}):
            found.append(f"{name}: definition removed")
        else:
            found += _compare(name, definition, after["$defs"][name])
    return found


def _compare(where: str, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    place = where or "event"
    found = [
        f"{place}: {word} is no longer said" for word in before.get("enum", []) if word not in after.get("enum", [])
    ]
    found += [
        f"{place}.{field} became mandatory"
        for field in after.get("required", [])
        if field not in before.get("required", [])
    ]
    for field, old in before.get("properties", {}).items():
        new = after.get("properties", {}).get(field)
        if new is None:
            found.append(f"{place}.{field} was removed")
        elif _shape(old) != _shape(new):
            found.append(f"{place}.{field} changed: {_shape(old)} → {_shape(new)}")
    return found


_SILENT: Final = {"title", "description", "default", "examples"}


def _shape(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _shape(value) for key, value in sorted(schema.items()) if key not in _SILENT}
    if isinstance(schema, list):
        return [_shape(value) for value in schema]
    return schema


def all_breaking_changes() -> list[str]:
    """What the code would break of the schemas that are checked in."""
    events = {entry.event.name: entry.event for entry in CATALOGUE}
    found = []
    for name, before in written().items():
        if name not in events:
            found.append(f"{name}: the event is gone from the catalogue")
        else:
            found += [f"{name}: {change}" for change in breaking_changes(before, schema_of(events[name]))]
    return found
