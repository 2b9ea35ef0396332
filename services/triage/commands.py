"""`python -m services.triage classify`: JSON lines in, JSON lines out, straight from the province's files."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date
from typing import Any, BinaryIO

from pydantic import ValidationError

from libs.contracts.vocabulary import PlaceId
from libs.launch.rows import BadRows
from libs.runtime.clock import SystemClock
from libs.runtime.service import Command

from .api import TextToClassify
from .domain import Classifier, Decision, KeywordClassifier
from .province import read_tables, read_time_zone, rows_of
from .settings import OfflineSettings


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=argparse.FileType("rb"), default=sys.stdin.buffer, help="else stdin")
    parser.add_argument("--on", type=date.fromisoformat, help="the day texts without one were written; today")


def _run(chosen: argparse.Namespace) -> int:
    try:
        settings = OfflineSettings()
        folder = settings.province_dir
        classifier = KeywordClassifier(rows_of(read_tables(folder)), settings.thresholds)
        on = chosen.on or SystemClock().now().astimezone(read_time_zone(folder)).date()
    except (BadRows, ValidationError) as error:
        sys.stderr.write(f"triage: {error}\n")
        return 2
    source: BinaryIO = chosen.file
    for answer in answers(source, classifier, on):
        sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode(errors="backslashreplace") + b"\n")
        sys.stdout.buffer.flush()
    return 0


def answers(lines: Iterable[bytes], classifier: Classifier, on: date) -> Iterator[dict[str, Any]]:
    """One answer per line that is not blank; a line that cannot be read gets an error of its own, the rest goes on."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _answer(number, line, classifier, on)


def _answer(number: int, line: bytes, classifier: Classifier, on: date) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):  # neither JSON nor UTF-8, or brackets without end
        return {"id": None, "line": number, "error": "not JSON"}
    if not isinstance(record, dict):
        return {"id": None, "line": number, "error": "not an object"}
    try:
        asked = TextToClassify.model_validate(
            {name: record[name] for name in ("text", "on", "place_id") if name in record}
        )
    except ValidationError as error:
        wrong = ", ".join(f"{one['loc'][0]}: {one['type']}" for one in error.errors())
        return {"id": record.get("id"), "line": number, "error": wrong}
    place_id = PlaceId(asked.place_id) if asked.place_id else None
    return {"id": record.get("id"), **in_labels(classifier.decide(asked.text, asked.on or on, place_id))}


def in_labels(decision: Decision) -> dict[str, Any]:
    """A decision under the keys of the labelling guide, and what it has beyond them."""
    labels = ("disposition", "kind", "nature", "field", "agency_level", "agency_span", "agency_start", "agency_end")
    beyond = ("urgency", "sensitive", "needs_review", "matters", "places", "accused_unit", "accused_post")
    decided = asdict(decision)
    return {name: decided[name] for name in (*labels, *beyond, "confidence", "reasons", "model_version")}


CLASSIFY = Command(
    name="classify",
    about="decide about texts: JSON lines {id, text, on?, place_id?} in, JSON lines out; needs no database",
    arguments=_arguments,
    run=_run,
)
