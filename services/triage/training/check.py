"""Checks the corpus line by line against its guide, and counts what it holds.

`python -m services.triage.training.check [FOLDER]` names every fault at once; `read_voices` stops at the first.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from ..domain.reading import read
from .corpus import CORPUS
from .guide import faults_of, is_text

_LABELS: Final = ("disposition", "kind", "nature", "field", "level")
_RUN: Final = 7
_MANY_RUNS: Final = 6


def check(folder: Path = CORPUS) -> tuple[list[dict[str, Any]], list[str]]:
    """The records of all batches, and every fault with its file and line."""
    records: list[dict[str, Any]] = []
    faults: list[str] = []
    seen: dict[object, str] = {}
    for path in sorted((folder / "voices").glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").split("\n"), start=1):
            if not line.strip():
                continue
            where = f"{path.name}:{number}"
            record = _record(line)
            if isinstance(record, str):
                faults.append(f"{where}: {record}")
                continue
            faults.extend(f"{where}: {fault}" for fault in faults_of(record))
            if record.get("id") in seen:
                faults.append(f"{where}: id {record['id']} also at {seen[record['id']]}")
            seen[record.get("id")] = where
            records.append(record)
    if not records:
        faults.append(f"{folder}: no messages")
    return records, faults


def much_alike(texts: dict[str, str]) -> list[tuple[str, str, int]]:
    """Pairs of messages, by id, that share many runs of words: a model would learn the template, not the language."""
    holders: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for key, text in texts.items():
        words = [word.plain for word in read(text).words]
        for run in {tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)}:
            holders[run].append(key)
    shared = Counter(pair for keys in holders.values() for pair in combinations(sorted(keys), 2))
    return [(one, other, runs) for (one, other), runs in shared.most_common() if runs >= _MANY_RUNS]


def counts(records: Iterable[dict[str, Any]]) -> dict[str, Counter[str]]:
    """How many records bear each label and each tag."""
    counted: dict[str, Counter[str]] = {name: Counter() for name in (*_LABELS, "tags")}
    for record in records:
        for name in _LABELS:
            if record.get(name):
                counted[name][record[name]] += 1
        counted["tags"].update(record.get("tags") or ())
    return counted


def _record(line: str) -> dict[str, Any] | str:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return "not JSON"
    return record if isinstance(record, dict) else "not an object"


def _report(folder: Path) -> int:
    records, faults = check(folder)
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    texts = {record["id"]: record["text"] for record in records if is_text(record.get("id")) and "text" in record}
    for one, other, runs in much_alike(texts):
        sys.stdout.write(f"much alike: {one} and {other}, {runs} runs of {_RUN} words in common\n")
    sys.stdout.write(f"{len(records)} messages, {len(faults)} faults\n")
    for name, counted in counts(records).items():
        sys.stdout.write(f"{name}: " + ", ".join(f"{label} {count}" for label, count in counted.most_common()) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(_report(Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS))
