"""When a person must look at what the model decided."""

import pytest

from libs.contracts.vocabulary import AgencyId, Disposition, Kind
from services.triage.domain.decision import AgencyScore, Confidence, Decision
from services.triage.domain.linear import Judgement
from services.triage.domain.policy import Policy, is_doubtful

LEAST = Policy(
    disposition=0.5,
    dismissed_in_scope=0.05,
    answered_in_scope=0.2,
    sensitive_from=0.1,
    kind=0.5,
    field=0.4,
    matter=0.5,
    unit=0.6,
)
IN_SCOPE, SPAM = Disposition.IN_SCOPE, Disposition.SPAM_ADS


def _doubtful(
    disposition: Disposition = IN_SCOPE,
    sure: float = 0.9,
    *,
    in_scope: float = 0.0,
    rules_say: Disposition | None = None,
    sensitive: bool = False,
    kind: float = 0.9,
    field: float = 0.9,
    matter: float | None = None,
    unit: float | None = None,
    read_whole: bool = True,
) -> bool:
    decision = Decision(
        disposition,
        Confidence(sure, kind=kind, field=field, matter=matter),
        "model",
        kind=None if disposition is not IN_SCOPE else Kind.PROCEDURE_DIFFICULTY if matter else Kind.OFFICIAL_CONDUCT,
        accused_unit=() if unit is None else (AgencyScore(AgencyId("HN-CN00283"), unit),),
        sensitive=sensitive,
    )
    judged = Judgement(((disposition.value, sure), (IN_SCOPE.value, in_scope)))
    return is_doubtful(decision, judged, lambda: rules_say or disposition, LEAST, read_whole=read_whole)


def test_what_is_sure_goes_on_alone() -> None:
    assert not _doubtful()
    assert not _doubtful(matter=0.5)
    assert not _doubtful(unit=0.6)
    assert not _doubtful(SPAM)
    assert not _doubtful(Disposition.COMPLAINT_DENUNCIATION, sensitive=True)


@pytest.mark.parametrize(
    "why",
    [
        {"sure": 0.49},
        {"kind": 0.49},
        {"field": 0.39},
        {"matter": 0.49},
        {"unit": 0.59},
        {"read_whole": False},
        {"sensitive": True},
        {"disposition": SPAM, "in_scope": 0.06},
        {"disposition": SPAM, "rules_say": IN_SCOPE},
        {"disposition": Disposition.INQUIRY, "sensitive": True},
        {"disposition": Disposition.INQUIRY, "in_scope": 0.21},
        {"disposition": Disposition.STATUS_LOOKUP, "in_scope": 0.21},
    ],
)
def test_what_is_not_goes_to_a_person(why: dict[str, object]) -> None:
    assert _doubtful(**why)  # type: ignore[arg-type]


def test_what_the_rules_see_counts_for_dismissals_alone() -> None:
    assert not _doubtful(Disposition.INQUIRY, rules_say=IN_SCOPE, in_scope=0.2)
