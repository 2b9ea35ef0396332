"""Officers' corrections as one more batch of the corpus: read for one training, never written into it."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any, Final

from libs.contracts.vocabulary import Disposition, Field, Kind, Nature
from libs.launch.rows import BadRows

from ..domain.label import label_of
from .corpus import Example
from .guide import KEYS, is_text

CORRECTIONS: Final = "corrections"
"""Their batch: held out whole, so that figures about them come from models that have not seen them."""


def read_corrections(paths: Iterable[Path]) -> tuple[Example, ...]:
    """What `export-labels` wrote; of several files the last one's label of a feedback holds.

    A label may lack kind, nature or field: it teaches what it has. Feedbacks of the same words and labels teach once,
    as a chain letter would drown everything else. Neither their ids nor their order change the model.

    Raises:
        BadRows: a line is none that `export-labels` writes; it says which.
    """
    by_id = {example.id: example for path in paths for example in _read(path)}
    distinct = {_taught(example): example for example in sorted(by_id.values(), key=lambda one: one.id)}
    return tuple(distinct[taught] for taught in sorted(distinct))


def fingerprint_of(corrections: Sequence[Example]) -> str:
    """Changes with any word and any label of theirs."""
    taught = json.dumps([_taught(example) for example in corrections])
    return hashlib.sha256(taught.encode()).hexdigest()


def _taught(example: Example) -> tuple[str, ...]:
    said = (example.disposition, example.kind, example.nature, example.field)
    return (example.text, *(str(one or "") for one in said))


def _read(path: Path) -> Iterable[Example]:
    for number, line in enumerate(path.read_text("utf-8").split("\n"), start=1):
        if line.strip():
            try:
                yield _example(json.loads(line))
            except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
                # Not its text: that is a citizen's.
                raise BadRows(f"{path.name}, line {number}: {_fault(error)}") from None


def _fault(error: Exception) -> str:
    return "not JSON" if isinstance(error, json.JSONDecodeError | RecursionError) else str(error)


def _example(record: dict[str, Any]) -> Example:
    if unknown := sorted(record.keys() - KEYS):
        raise ValueError(f"unknown keys: {', '.join(unknown)}")
    if missing := [name for name in ("id", "text", "disposition") if not is_text(record.get(name))]:
        raise ValueError(f"missing: {', '.join(missing)}")
    label = label_of(
        Disposition(record["disposition"]),
        kind=Kind(record["kind"]) if record.get("kind") else None,
        nature=Nature(record["nature"]) if record.get("nature") else None,
        field=Field(record["field"]) if record.get("field") else None,
    )
    disposition, kind, nature, field, _ = astuple(label)
    return Example(record["id"], CORRECTIONS, record["text"], disposition, kind, nature, field, None, None, ())
