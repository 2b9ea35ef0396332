"""The words of the language are in order: every cue has a rule that reads it, none contradicts another."""

from collections import Counter
from pathlib import Path
from typing import Final

from libs.contracts.vocabulary import AccusedPost, Disposition, Field, Kind, Nature, RefusalReason
from services.triage.domain.row import CueRow
from tests.unit.triage.hanoi import rows

RULES: Final = "\n".join(path.read_text("utf-8") for path in Path("services/triage/domain").glob("*.py"))
VOCABULARY: Final = {*Disposition, *Kind, *Nature, *Field, *AccusedPost, *RefusalReason}


def _language() -> list[CueRow]:
    return [cue for cue in rows().cues if cue.pattern == "phrase"]


def test_every_cue_is_read_by_a_rule() -> None:
    unread = {
        (cue.decision, cue.value)
        for cue in _language()
        if f'"{cue.decision}"' not in RULES or (cue.value not in VOCABULARY and f'"{cue.value}"' not in RULES)
    }
    assert unread == set()


def test_weights_are_from_one_to_three() -> None:
    assert {cue.weight for cue in rows().cues} <= {1, 2, 3}


def test_no_cue_speaks_for_two_outcomes_of_one_decision_alone() -> None:
    kinds = Counter((cue.words, cue.needs_marks) for cue in {*_language()} if cue.decision == "role")
    assert [words for words, count in kinds.items() if count > 1] == []


def test_no_cue_is_given_twice() -> None:
    lines = Path("services/triage/language/cues.csv").read_text("utf-8").splitlines()[1:]
    keys = Counter(tuple(line.split(",")[index] for index in (0, 1, 3)) for line in lines)
    assert [key for key, count in keys.items() if count > 1] == []


def test_what_is_read_as_something_else_is_not_read_on() -> None:
    written = {row.written for row in rows().wording}
    assert len(written) == len(rows().wording)
    assert not written & {row.read_as for row in rows().wording}
