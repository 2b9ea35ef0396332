"""`python -m services.triage classify | train | evaluate`: straight from files, no database."""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from pydantic import ValidationError

from libs.contracts.vocabulary import PlaceId
from libs.launch.rows import BadRows
from libs.runtime.clock import SystemClock
from libs.runtime.service import Command

from .api import TextToClassify
from .domain import Classifier, ClassifierRows, Decision, KeywordClassifier, Policy, TrainedClassifier
from .domain.label import DECISIONS
from .model_file import MODEL_FILE, shipped_model
from .province import read_tables, read_time_zone, rows_of
from .settings import OfflineSettings

if TYPE_CHECKING:
    from .training.recipe import Examined


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=argparse.FileType("rb"), default=sys.stdin.buffer, help="else stdin")
    parser.add_argument("--on", type=date.fromisoformat, help="the day texts without one were written; today")


def _run(chosen: argparse.Namespace) -> int:
    try:
        settings = OfflineSettings()
        folder = settings.province_dir
        classifier = TrainedClassifier(rows_of(read_tables(folder)), shipped_model(), settings.policy)
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
    beyond = ("urgency", "refusal", "sensitive", "needs_review", "matters", "places", "accused_unit", "accused_post")
    decided = asdict(decision)
    return {name: decided[name] for name in (*labels, *beyond, "confidence", "reasons", "model_version")}


CLASSIFY = Command(
    name="classify",
    about="decide about texts: JSON lines {id, text, on?, place_id?} in, JSON lines out; needs no database",
    arguments=_arguments,
    run=_run,
)


def _train_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--labels", type=Path, nargs="+", default=[], help="learn from these too; see `export-labels`")
    parser.add_argument("--out", type=Path, help="where to write the model; needed with --labels, else the shipped one")


def _train(chosen: argparse.Namespace) -> int:
    from .training.correction import read_corrections
    from .training.fit import NoTrainer
    from .training.recipe import examine, train

    out: Path = chosen.out or MODEL_FILE
    if chosen.labels and out.resolve() == MODEL_FILE:
        sys.stderr.write("triage: a model that learned from citizens' words is not shipped: name another file, --out\n")
        return 2
    began = time.monotonic()
    try:
        settings = OfflineSettings()
        rows = rows_of(read_tables(settings.province_dir))
        corrections = read_corrections(chosen.labels)
        if chosen.labels and not corrections:
            raise BadRows("there is no label in these files")
        examined = examine(rows, corrections)
        table = train(examined)
        out.write_bytes(table.to_bytes())
    except (BadRows, ValidationError, NoTrainer, OSError) as error:
        sys.stderr.write(f"triage: {error}\n")
        return 2
    print(f"{table.name}: {out.stat().st_size} bytes, {time.monotonic() - began:.0f} s")
    if corrections:
        print(_told_of_corrections(examined, rows, settings.policy))
    return 0


def _told_of_corrections(examined: "Examined", rows: ClassifierRows, policy: Policy) -> str:
    """How the corrections would have been decided by a model that had not seen them."""
    from .training.correction import CORRECTIONS
    from .training.measure import share
    from .training.recipe import held_out_answers

    answers = held_out_answers(examined, rows, policy, CORRECTIONS)
    right = []
    for decision in DECISIONS:
        labelled = share([one for one in answers if one.gold.label(decision)], decision)
        right.append(f"{decision} {labelled.hits} of {labelled.of}")
    return f"corrections, by a model that had not seen them: {', '.join(right)} right"


def _evaluate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--card", type=Path, help="write the model card there, e.g. docs/triage.md")
    parser.add_argument("--on-file", type=Path, help="labelled messages (JSON lines) outside the corpus, measured too")


def _evaluate(chosen: argparse.Namespace) -> int:
    from .training.card import Examination, card, pictures
    from .training.corpus import read_labelled, read_voices
    from .training.curve import learning_curve
    from .training.fit import NoTrainer
    from .training.recipe import answers_of, examine, held_out_answers

    try:
        settings = OfflineSettings()
        rows = rows_of(read_tables(settings.province_dir))
        others = read_labelled(chosen.on_file) if chosen.on_file is not None else ()
        examined = examine(rows)
        examination = Examination(
            held_out_answers(examined, rows, settings.policy),
            by_rules=answers_of(KeywordClassifier(rows, settings.policy), read_voices()),
            curve=learning_curve(examined.counts),
            outside=answers_of(TrainedClassifier(rows, shipped_model(), settings.policy), others),
        )
    except (BadRows, ValidationError, NoTrainer, OSError) as error:
        sys.stderr.write(f"triage: {error}\n")
        return 2
    text = card(examination, shipped_model().table, settings.policy)
    if chosen.card is not None:
        chosen.card.write_text(text, "utf-8")
        for name, picture in pictures(examination).items():
            (chosen.card.parent / name).write_text(picture, "utf-8")
    else:
        print(text)
    return 0


TRAIN = Command(
    name="train",
    about="make the model of the corpus anew; needs the extra `training`",
    arguments=_train_arguments,
    run=_train,
)
EVALUATE = Command(
    name="evaluate",
    about="measure the model on batches it has not seen; needs the extra `training`",
    arguments=_evaluate_arguments,
    run=_evaluate,
)
