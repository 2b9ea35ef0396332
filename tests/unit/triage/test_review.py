"""When a person should look."""

from dataclasses import replace

import pytest

from libs.contracts.vocabulary import AgencyId, Disposition, Kind
from services.triage.domain.decision import AgencyScore, Confidence, Decision
from services.triage.domain.review import Thresholds, is_doubtful

LEAST = Thresholds(disposition=0.7, kind=0.6, field=0.5, matter=0.4, unit=0.6)
DIFFICULTY = Decision(
    disposition=Disposition.IN_SCOPE,
    confidence=Confidence(disposition=0.7, kind=0.6, field=0.5, matter=0.4),
    model_version="keywords-test",
    kind=Kind.PROCEDURE_DIFFICULTY,
)
CONDUCT = replace(
    DIFFICULTY,
    kind=Kind.OFFICIAL_CONDUCT,
    confidence=Confidence(disposition=0.7, kind=0.6),
    accused_unit=(AgencyScore(AgencyId("HN-CN00199"), 0.6),),
)


@pytest.mark.parametrize("decision", [DIFFICULTY, CONDUCT])
def test_sure_enough_goes_on(decision: Decision) -> None:
    assert not is_doubtful(decision, LEAST, read_whole=True)


@pytest.mark.parametrize("decision_name", ["disposition", "kind", "field", "matter"])
def test_any_decision_below_its_threshold_stops_a_difficulty(decision_name: str) -> None:
    unsure = replace(DIFFICULTY, confidence=replace(DIFFICULTY.confidence, **{decision_name: 0.39}))
    assert is_doubtful(unsure, LEAST, read_whole=True)


@pytest.mark.parametrize("units", [(), (AgencyScore(AgencyId("HN-CN00199"), 0.59),)])
def test_conduct_of_an_uncertain_unit_stops(units: tuple[AgencyScore, ...]) -> None:
    assert is_doubtful(replace(CONDUCT, accused_unit=units), LEAST, read_whole=True)


def test_a_text_not_read_to_its_end_stops() -> None:
    assert is_doubtful(DIFFICULTY, LEAST, read_whole=False)


def test_a_sure_complaint_is_no_doubt_but_sensitive_feedback_is() -> None:
    complaint = replace(DIFFICULTY, disposition=Disposition.COMPLAINT_DENUNCIATION, kind=None, sensitive=True)
    assert not is_doubtful(complaint, LEAST, read_whole=True)
    assert is_doubtful(replace(DIFFICULTY, sensitive=True), LEAST, read_whole=True)


def test_outside_the_scope_only_the_disposition_matters() -> None:
    lookup = replace(DIFFICULTY, disposition=Disposition.STATUS_LOOKUP, kind=None, confidence=Confidence(0.9))
    assert not is_doubtful(lookup, LEAST, read_whole=True)
