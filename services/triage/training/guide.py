"""What the labelling guide demands of one record; a person reads it in `corpus/guide.md`."""

from collections.abc import Iterator
from typing import Any, Final

from libs.contracts.vocabulary import AgencyLevel, Disposition, Field, Kind, Nature, Urgency

WITH_FIELD: Final = (Disposition.IN_SCOPE, Disposition.INQUIRY, Disposition.STATUS_LOOKUP)
OPENS: Final = "⟦"
CLOSES: Final = "⟧"
_ALLOWED: Final = {
    "disposition": frozenset(Disposition),
    "kind": frozenset(Kind),
    "nature": frozenset(Nature),
    "field": frozenset(Field),
    "level": frozenset(AgencyLevel) - {AgencyLevel.CENTRAL},
    "urgency": frozenset(Urgency),
    "sentiment": frozenset(("negative", "neutral", "positive")),
}
KEYS: Final = frozenset((*_ALLOWED, "id", "text", "tags", "notes"))


def faults_of(record: dict[str, Any]) -> Iterator[str]:
    """What is wrong with one record, by the labelling guide."""
    if unknown := sorted(record.keys() - KEYS):
        yield f"unknown keys: {', '.join(unknown)}"
    if missing := [name for name in ("id", "text", "disposition") if not is_text(record.get(name))]:
        yield f"missing: {', '.join(missing)}"
        return
    for name, allowed in _ALLOWED.items():
        if record.get(name) is not None and record[name] not in allowed:
            yield f"{name}: {record[name]}"
    tags = record.get("tags") or []
    if not isinstance(tags, list) or not all(map(is_text, tags)):
        yield "tags: not a list of words"
    in_scope = record["disposition"] == Disposition.IN_SCOPE
    for name in ("kind", "nature"):
        if (record.get(name) is not None) != in_scope:
            yield f"{name}: only and always for in_scope"
    if (record.get("field") is not None) != (record["disposition"] in WITH_FIELD):
        yield "field: only and always for in_scope, inquiry and status_lookup"
    yield from _faults_of_office(record, in_scope=in_scope)


def _faults_of_office(record: dict[str, Any], *, in_scope: bool) -> Iterator[str]:
    text = record["text"]
    _, opened, rest = text.partition(OPENS)
    span, closed, _ = rest.partition(CLOSES)
    if text.count(OPENS) != text.count(CLOSES) or text.count(OPENS) > 1 or bool(opened) != bool(closed):
        yield "office: at most one, between ⟦ and ⟧"
    elif opened and (not span or span != span.strip()):
        yield "office: blanks at its ends, or nothing in it"
    if opened and not in_scope:
        yield "office: marked only for in_scope"
    if record.get("level") and not opened:
        yield "level: without a marked office"


def is_text(value: object) -> bool:
    """Whether a value is words."""
    return isinstance(value, str) and bool(value.strip())
