"""Whether a text may be a complaint or denunciation, or would expose its sender to the office it names.

Tuned so that none is missed: what is wrongly held costs an officer a minute, what is wrongly let through may cost the
sender their peace. Rudeness or lateness alone is not sensitive.
"""

from typing import Final

from libs.contracts.vocabulary import Disposition, Kind

from .conduct import leaders_accused
from .decision import Reason
from .evidence import Cue, Evidence, quote, worth_of
from .person import identifiable_people
from .phrase import Hit

_STRONG: Final = 3
_MEDIUM: Final = 2
_NEAR: Final = 12


def sensitive(evidence: Evidence, disposition: Disposition) -> tuple[bool, tuple[Reason, ...]]:
    """Whether a person must see a text before any office does, and the words that say so."""
    fears = evidence.reasons("sensitive", "secrecy", "secrecy", limit=2)
    if disposition in (Disposition.SPAM_ADS, Disposition.INSUFFICIENT):
        return False, ()
    if disposition is Disposition.COMPLAINT_DENUNCIATION:
        acts = evidence.reasons("disposition", Disposition.COMPLAINT_DENUNCIATION, "act", limit=2)
        return True, _as_sensitive((*fears, *acts))
    if fears:
        return True, _as_sensitive(fears)
    if disposition is Disposition.OUT_OF_SCOPE_OTHER and not _names_somebody(evidence):
        return False, ()
    acts = _acts_of_somebody(evidence) or _leaders_without_a_grievance(evidence)
    return bool(acts), acts


def _names_somebody(evidence: Evidence) -> bool:
    """An authority or a post of one; a shop or a neighbour is not what the sender must be shielded from."""
    return bool(identifiable_people(evidence)) or evidence.weight("authority", "authority") > 0


def _acts_of_somebody(evidence: Evidence) -> tuple[Reason, ...]:
    """Words for an unlawful act, if strong, or if said near a person somebody could find."""
    people = identifiable_people(evidence)
    acts = [
        hit
        for hit in evidence.hits("disposition", Disposition.COMPLAINT_DENUNCIATION)
        if worth_of(hit) >= _STRONG or (hit.meaning.weight >= _MEDIUM and any(_near(person, hit) for person in people))
    ]
    return tuple(quote(evidence.reading, hit, "sensitive", "act") for hit in acts[:2])


def _leaders_without_a_grievance(evidence: Evidence) -> tuple[Reason, ...]:
    """A leader spoken of, but no delay, rudeness or requirement told: what is meant may be an accusation."""
    if evidence.weight("kind", Kind.OFFICIAL_CONDUCT) or evidence.weight("kind", Kind.PROCEDURE_DIFFICULTY):
        return ()
    return tuple(quote(evidence.reading, hit, "sensitive", "leader") for hit in leaders_accused(evidence)[:1])


def _near(person: Hit[Cue], act: Hit[Cue]) -> bool:
    return abs(person.first - act.first) <= _NEAR


def _as_sensitive(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    return tuple(Reason("sensitive", one.rule, one.words, one.start, one.end) for one in reasons)
