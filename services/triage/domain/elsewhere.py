"""Whose business a text is that is not handled here, as far as its words tell."""

from typing import Final

from libs.contracts.vocabulary import Disposition, RefusalReason

from .evidence import Evidence

ELSEWHERE: Final = (RefusalReason.TCH04, RefusalReason.TCH05, RefusalReason.TCH12)
"""A thing seen on the street; a quarrel or a crime; what others than the city answer for. Source: domain rules 2.3."""
_ENOUGH: Final = 2
_CLEARLY: Final = 2
"""So many times as much as for any other."""


def refusal_of(evidence: Evidence, disposition: Disposition) -> RefusalReason | None:
    """The reason the words speak for; none when they do not, or for two, or when somebody only thanks.

    A citizen sent to the wrong door is worse off than one who waits until a person has read what he wrote.
    """
    if disposition is not Disposition.OUT_OF_SCOPE_OTHER or evidence.weight("talk", "thanks"):
        return None
    first, second, _ = sorted(ELSEWHERE, key=lambda reason: -evidence.weight("refusal", reason))
    most = evidence.weight("refusal", first)
    return first if most >= _ENOUGH and most >= _CLEARLY * evidence.weight("refusal", second) else None
