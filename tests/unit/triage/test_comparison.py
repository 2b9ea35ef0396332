"""What a shadow run counts, and which changes it calls grave."""

import json
from uuid import UUID

import pytest

from libs.contracts.vocabulary import Disposition, FeedbackId, Field, Kind, Nature
from services.triage.domain.comparison import MOST_NAMED, Comparison, Pair
from services.triage.domain.decision import Confidence, Decision
from services.triage.domain.label import Label, label_of

IN_SCOPE, SPAM, COMPLAINT = Disposition.IN_SCOPE, Disposition.SPAM_ADS, Disposition.COMPLAINT_DENUNCIATION
CONDUCT, DIFFICULTY = Kind.OFFICIAL_CONDUCT, Kind.PROCEDURE_DIFFICULTY


def _id(number: int) -> FeedbackId:
    return FeedbackId(UUID(int=number))


def _decided(
    disposition: Disposition, kind: Kind | None = None, *, review: bool = False, sensitive: bool = False
) -> Decision:
    return Decision(disposition, Confidence(0.9), "m", kind=kind, needs_review=review, sensitive=sensitive)


def _compared(*texts: tuple[Decision, Decision, Label | None]) -> Comparison:
    comparison = Comparison("old", "new")
    for number, (old, new, label) in enumerate(texts):
        comparison.add(_id(number), old, new, label)
    return comparison


@pytest.mark.parametrize(
    ("old", "new", "called"),
    [
        (_decided(IN_SCOPE), _decided(SPAM), "in scope, now ended without a person"),
        (_decided(IN_SCOPE), _decided(Disposition.INQUIRY), "in scope, now ended without a person"),
        (_decided(IN_SCOPE), _decided(SPAM, review=True), "in scope, now dismissed once a person has looked"),
        (_decided(COMPLAINT, sensitive=True), _decided(IN_SCOPE, DIFFICULTY), "held back as sensitive, now not"),
        (_decided(IN_SCOPE, sensitive=True), _decided(IN_SCOPE), "held back as sensitive, now not"),
        (_decided(IN_SCOPE, CONDUCT), _decided(IN_SCOPE, DIFFICULTY), "conduct of an official, now not"),
        (
            _decided(SPAM, review=True),
            _decided(Disposition.INQUIRY),
            "another disposition, and no person looks any more",
        ),
        (_decided(SPAM), _decided(IN_SCOPE, DIFFICULTY), "another disposition"),
        (_decided(IN_SCOPE, DIFFICULTY), _decided(IN_SCOPE, CONDUCT), None),
        (_decided(IN_SCOPE, CONDUCT), _decided(IN_SCOPE, CONDUCT, review=True, sensitive=True), None),
    ],
)
def test_what_a_change_does_to_a_citizen(old: Decision, new: Decision, called: str | None) -> None:
    comparison = _compared((old, new, None))
    assert comparison.gravest == ([] if called is None else [(called, _id(0))])


def test_the_gravest_are_named_and_no_more_than_a_person_reads() -> None:
    mild = [(_decided(SPAM), _decided(IN_SCOPE), None)] * (MOST_NAMED + 5)
    grave = [(_decided(IN_SCOPE), _decided(SPAM), None)] * 2
    named = _compared(*mild, *grave).gravest
    assert len(named) == MOST_NAMED
    assert [feedback_id for _, feedback_id in named[:3]] == [_id(MOST_NAMED + 5), _id(MOST_NAMED + 6), _id(0)]


def test_fates_are_counted_for_both_and_for_who_changes_sides() -> None:
    comparison = _compared(
        (_decided(SPAM), _decided(SPAM, review=True), None),
        (_decided(IN_SCOPE, review=True), _decided(IN_SCOPE), None),
        (_decided(IN_SCOPE, review=True), _decided(SPAM), None),
        (_decided(COMPLAINT, sensitive=True), _decided(COMPLAINT, sensitive=True), None),
    )
    assert comparison.fates == {
        "a person looks": Pair(old=2, new=1, gained=1, lost=2),
        "ended without a person": Pair(old=1, new=1, gained=1, lost=1),
        "held back as sensitive": Pair(old=1, new=1),
    }


def test_kinds_are_compared_where_both_models_decide_one() -> None:
    comparison = _compared(
        (_decided(IN_SCOPE, CONDUCT), _decided(IN_SCOPE, DIFFICULTY), None),
        (_decided(IN_SCOPE, CONDUCT), _decided(SPAM), None),
    )
    assert comparison.decided["kind"] == 1
    assert comparison.changes["kind"] == {("official_conduct", "procedure_difficulty"): 1}
    assert comparison.changes["disposition"] == {("in_scope", "spam_ads"): 1}


def test_officers_say_who_was_right_where_they_said_anything() -> None:
    comparison = _compared(
        (_decided(IN_SCOPE, CONDUCT), _decided(SPAM), Label(IN_SCOPE, CONDUCT)),
        (_decided(IN_SCOPE, CONDUCT), _decided(COMPLAINT, sensitive=True), Label(COMPLAINT)),
        (_decided(IN_SCOPE, CONDUCT), _decided(IN_SCOPE, CONDUCT), Label(IN_SCOPE)),
    )
    figures = comparison.in_figures()
    assert figures["right"]["disposition"] == {"of": 3, "old": 2, "new": 2, "gained": 1, "lost": 1}
    assert figures["right"]["kind"] == {"of": 1, "old": 1, "new": 0, "gained": 0, "lost": 1}
    assert figures["right"]["field"]["of"] == 0
    assert figures["lost_feedback"] == {"of": 2, "old": 0, "new": 1, "gained": 1, "lost": 0}
    assert figures["let_through"] == {"of": 1, "old": 1, "new": 0, "gained": 0, "lost": 1}
    assert json.loads(json.dumps(figures)) == figures


@pytest.mark.parametrize(
    ("disposition", "kept"),
    [
        (IN_SCOPE, (CONDUCT, Nature.PHAN_ANH, Field.THUE)),
        (Disposition.INQUIRY, (None, None, Field.THUE)),
        (Disposition.STATUS_LOOKUP, (None, None, Field.THUE)),
        (COMPLAINT, (None, None, None)),
        (SPAM, (None, None, None)),
    ],
)
def test_a_label_keeps_what_applies_to_its_disposition(disposition: Disposition, kept: tuple[object, ...]) -> None:
    label = label_of(disposition, CONDUCT, Nature.PHAN_ANH, Field.THUE)
    assert (label.kind, label.nature, label.field) == kept
