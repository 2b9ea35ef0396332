"""What the machine ends without a person, and what it leaves to one."""

from typing import Any

import pytest

from libs.contracts.vocabulary import Disposition, Kind, RefusalReason, Urgency
from services.routing.domain.ending import MACHINE_MAY_END, Ending, ending_of, suggested_refusal
from services.routing.domain.facts import Facts

D, R = Disposition, RefusalReason


@pytest.mark.parametrize(
    ("facts", "ending"),
    [
        (Facts(D.SPAM_ADS), Ending(R.TCH10)),
        (Facts(D.INQUIRY), Ending(R.TCH03)),
        (Facts(D.STATUS_LOOKUP), Ending(None)),
        (Facts(D.OUT_OF_SCOPE_OTHER, refusal=R.TCH12), Ending(R.TCH12)),
    ],
)
def test_what_surely_is_no_feedback_is_ended(facts: Facts, ending: Ending) -> None:
    assert ending_of(facts, MACHINE_MAY_END) == ending


@pytest.mark.parametrize("disposition", sorted(set(D) - MACHINE_MAY_END))
def test_nothing_else_is_ever_ended(disposition: Disposition) -> None:
    assert ending_of(Facts(disposition, refusal=R.TCH04), frozenset(D)) is None


@pytest.mark.parametrize("disposition", sorted(MACHINE_MAY_END))
@pytest.mark.parametrize(
    "but",
    [
        {"needs_review": True},
        {"sensitive": True},
        {"incomplete": True},
        {"urgency": Urgency.HIGH},
        {"kind": Kind.OFFICIAL_CONDUCT},
    ],
    ids=["in doubt", "sensitive", "unfinished", "in danger", "about an official"],
)
def test_a_person_looks_at_what_is_not_plain(disposition: Disposition, but: dict[str, Any]) -> None:
    assert ending_of(Facts(disposition, refusal=R.TCH04, **but), MACHINE_MAY_END) is None


def test_nobody_is_sent_elsewhere_when_the_words_do_not_tell_where() -> None:
    assert ending_of(Facts(D.OUT_OF_SCOPE_OTHER), MACHINE_MAY_END) is None


def test_the_city_says_what_the_machine_may_end() -> None:
    assert ending_of(Facts(D.INQUIRY), {D.SPAM_ADS}) is None
    assert ending_of(Facts(D.SPAM_ADS), {D.SPAM_ADS}) == Ending(R.TCH10)
    assert ending_of(Facts(D.SPAM_ADS), ()) is None


def test_the_office_is_suggested_what_the_words_tell_else_what_is_usual() -> None:
    assert suggested_refusal(Facts(D.OUT_OF_SCOPE_OTHER, refusal=R.TCH05)) is R.TCH05
    assert suggested_refusal(Facts(D.OUT_OF_SCOPE_OTHER)) is R.TCH04
    assert suggested_refusal(Facts(D.IN_SCOPE)) is None
