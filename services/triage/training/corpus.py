"""The corpus: messages written for this project, and names of procedures, read and found in order."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from libs.contracts.vocabulary import AgencyLevel, Disposition, Field, Kind, Nature
from libs.launch.rows import BadRows, read_rows

from .guide import CLOSES, KEYS, OPENS, faults_of

CORPUS: Final = Path(__file__).parents[1] / "corpus"


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled message; `batch` is the voice it was written in."""

    id: str
    batch: str
    text: str
    disposition: Disposition
    kind: Kind | None
    nature: Nature | None
    field: Field | None
    level: AgencyLevel | None
    span: str | None
    tags: tuple[str, ...]

    def label(self, decision: str) -> str | None:
        """The label of one of the four trained decisions."""
        label: str | None = getattr(self, decision)
        return label


@dataclass(frozen=True, slots=True)
class ProcedureName:
    """A name of an administrative procedure: it tells of a field, and of nothing else."""

    field: Field
    name: str


def read_voices(folder: Path = CORPUS) -> tuple[Example, ...]:
    """Every message of `voices/*.jsonl`, in order.

    Raises:
        BadRows: a line is not as the labelling guide wants it; it says which and why.
    """
    examples = tuple(
        example for path in sorted((folder / "voices").glob("*.jsonl")) for example in _voice(path, path.stem)
    )
    _no_twins(examples)
    return examples


def read_labelled(path: Path) -> tuple[Example, ...]:
    """A file of labelled messages outside the corpus, whose office stands in `agency_span` and `agency_level`.

    Raises:
        BadRows: a line is not as the labelling guide wants it.
    """
    return tuple(_voice(path, path.stem, of_others=True))


def read_procedures(folder: Path = CORPUS) -> tuple[ProcedureName, ...]:
    """Official and everyday names of procedures, each with its field."""
    names = []
    for row in read_rows(folder / "procedures.csv", ("field", "name", "everyday_names", "source")):
        for name in (row["name"], *filter(None, row["everyday_names"].split("|"))):
            names.append(ProcedureName(Field(row["field"]), name))
    return tuple(names)


def fingerprint(folder: Path = CORPUS) -> str:
    """Changes with any byte of the corpus."""
    digest = hashlib.sha256()
    for path in (*sorted((folder / "voices").glob("*.jsonl")), folder / "procedures.csv"):
        digest.update(f"{path.name} {path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _voice(path: Path, batch: str, *, of_others: bool = False) -> Iterator[Example]:
    for number, line in enumerate(path.read_text("utf-8").split("\n"), start=1):
        if line.strip():
            try:
                yield _example(json.loads(line), batch, of_others=of_others)
            except (ValueError, TypeError, AttributeError) as error:
                raise BadRows(f"{path.name}, line {number}: {error}") from error


def _example(record: dict[str, Any], batch: str, *, of_others: bool) -> Example:
    # Others mark the office beside the text, so there is nothing in it that a level could belong to.
    ours = {name: record[name] for name in KEYS - {"level"} if name in record} if of_others else record
    if faults := list(faults_of(ours)):
        raise ValueError("; ".join(faults))
    before, _, rest = record["text"].partition(OPENS)
    span, _, after = rest.partition(CLOSES)
    level = record.get("level") or record.get("agency_level")
    return Example(
        id=record["id"],
        batch=batch,
        text=before + span + after,
        disposition=Disposition(record["disposition"]),
        kind=Kind(record["kind"]) if record.get("kind") else None,
        nature=Nature(record["nature"]) if record.get("nature") else None,
        field=Field(record["field"]) if record.get("field") else None,
        level=AgencyLevel(level) if level else None,
        span=span or record.get("agency_span"),
        tags=tuple(record.get("tags") or ()),
    )


def _no_twins(examples: Iterable[Example]) -> None:
    ids: set[str] = set()
    texts: dict[str, Example] = {}
    for example in examples:
        if example.id in ids:
            raise BadRows(f"{example.id} stands twice")
        ids.add(example.id)
        twin = texts.setdefault(" ".join(example.text.casefold().split()), example)
        if (twin.disposition, twin.kind, twin.nature, twin.field) != (
            example.disposition,
            example.kind,
            example.nature,
            example.field,
        ):
            raise BadRows(f"{example.id} says the same as {twin.id} under other labels")
