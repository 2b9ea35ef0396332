"""Cues found, and what they weigh."""

import unicodedata

import pytest

from libs.contracts.vocabulary import Disposition, Kind
from services.triage.domain.disposition import without_denied
from services.triage.domain.evidence import CueBook, Evidence
from services.triage.domain.row import CueRow
from services.triage.domain.wording import Wording

CUES = CueBook(
    (
        CueRow("kind", "official_conduct", "khó nghe", 3),
        CueRow("kind", "procedure_difficulty", "khó", 2),
        CueRow("kind", "official_conduct", r"hẹn (?:\d+|mấy) lần", 3, "regex", r"hen (?:\d+|may) lan"),
        CueRow("kind", "official_conduct", "quá hẹn", 3),
        CueRow("disposition", "complaint_denunciation", "tố cáo", 3),
        CueRow("denied", "denied", "không phải", 1),
    )
)


def _evidence(text: str) -> Evidence:
    return CUES.find(Wording(()).read(text))


def test_of_two_cues_for_one_decision_the_longer_counts() -> None:
    evidence = _evidence("nói rất khó nghe")
    assert evidence.weight("kind", Kind.OFFICIAL_CONDUCT) == 3
    assert evidence.weight("kind", Kind.PROCEDURE_DIFFICULTY) == 0


def test_the_same_words_said_twice_count_once() -> None:
    assert _evidence("quá hẹn, quá hẹn rồi").weight("kind", Kind.OFFICIAL_CONDUCT) == 3


def test_a_short_cue_typed_without_marks_weighs_less() -> None:
    assert _evidence("qua hen roi").weight("kind", Kind.OFFICIAL_CONDUCT) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("đã hẹn 3 lần", "hẹn 3 lần"),
        ("da hen may lan", "hen may lan"),
        (unicodedata.normalize("NFD", "đã hẹn mấy lần"), unicodedata.normalize("NFD", "hẹn mấy lần")),
        ("then 3 lanh", None),
        ("hèn 3 lần", None),
    ],
)
def test_a_pattern_is_found_with_or_without_marks_and_never_inside_words(text: str, words: str | None) -> None:
    found = [text[hit.start : hit.end] for hit in _evidence(text).hits("kind", Kind.OFFICIAL_CONDUCT)]
    assert found == ([words] if words else [])


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("tôi tố cáo ông A", True),
        ("đây không phải tố cáo ai", False),
        ("đây không phải là tố cáo", False),
        ("không phải lần đầu. Tôi tố cáo", True),
    ],
)
def test_a_complaint_word_taken_back_does_not_count(text: str, counts: bool) -> None:
    hits = without_denied(_evidence(text)).hits("disposition", Disposition.COMPLAINT_DENUNCIATION)
    assert bool(hits) is counts


def test_a_reason_quotes_the_strongest_cues_verbatim() -> None:
    text = "Nói KHÓ NGHE, hẹn 3 lần"
    reasons = _evidence(text).reasons("kind", Kind.OFFICIAL_CONDUCT, "conduct", limit=1)
    assert [(one.words, text[one.start : one.end]) for one in reasons] == [("KHÓ NGHE", "KHÓ NGHE")]
