"""Is it about officials or about the rule; does it tell or propose; and who is accused."""

from typing import Final

from libs.contracts.vocabulary import AccusedPost, Kind, Nature

from .decision import Reason
from .evidence import Cue, Evidence, quote, weight_of
from .phrase import Hit

_ADDRESSED_WITHIN: Final = 3
_SURE_LEADER: Final = 2


def kind_of(evidence: Evidence) -> tuple[Kind, float]:
    """What the sender complains about most, and how sure that is."""
    conduct = evidence.weight("kind", Kind.OFFICIAL_CONDUCT)
    difficulty = evidence.weight("kind", Kind.PROCEDURE_DIFFICULTY)
    if conduct > 0 and conduct >= difficulty:
        return Kind.OFFICIAL_CONDUCT, sure(conduct, difficulty)
    return Kind.PROCEDURE_DIFFICULTY, sure(difficulty, conduct)


def nature_of(evidence: Evidence) -> tuple[Nature, float]:
    """A proposal at the core of a text makes it a kiến nghị; a closing formula does not."""
    proposals = evidence.hits("nature", Nature.KIEN_NGHI)
    proposal = weight_of(proposals)
    grievance = evidence.weight("kind", Kind.OFFICIAL_CONDUCT)
    if proposal >= 3 and _is_core(proposals, evidence):
        return Nature.KIEN_NGHI, sure(proposal, grievance / 2)
    return Nature.PHAN_ANH, sure(3 + grievance / 2, proposal)


def accused_post(evidence: Evidence) -> tuple[AccusedPost, tuple[Reason, ...]]:
    """Whether a leader of the unit is accused, rather than asked for help."""
    leaders = list(leaders_accused(evidence))
    staff = list(evidence.hits("post", AccusedPost.STAFF))
    acts = evidence.hits("kind", Kind.OFFICIAL_CONDUCT)
    if leaders and _distance(leaders, acts) <= _distance(staff, acts):
        return AccusedPost.LEADER, _quoted(leaders, evidence)
    if staff:
        return AccusedPost.STAFF, _quoted(staff, evidence)
    return AccusedPost.UNKNOWN, ()


def leaders_accused(evidence: Evidence) -> tuple[Hit[Cue], ...]:
    """Words for a leader who is not merely the one written to: "kính gửi Chủ tịch" accuses nobody."""
    return tuple(
        hit
        for hit in evidence.hits("post", AccusedPost.LEADER)
        if hit.meaning.weight >= _SURE_LEADER and not _is_addressed(hit, evidence)
    )


def sure(for_it: float, against_it: float) -> float:
    """How sure a weight of cues makes one, against those that say otherwise: never certain, never hopeless."""
    return round((for_it + 0.5) / (for_it + against_it + 1.25), 3)


def _is_core(proposals: tuple[Hit[Cue], ...], evidence: Evidence) -> bool:
    words = len(evidence.reading.words)
    return proposals[0].first <= max(6, words // 3) or len(proposals) > 1


def _is_addressed(hit: Hit[Cue], evidence: Evidence) -> bool:
    return any(
        0 < hit.first - asked.last <= _ADDRESSED_WITHIN and asked.clause == hit.clause
        for asked in evidence.hits("addressed", "addressed")
    )


def _distance(people: list[Hit[Cue]], acts: tuple[Hit[Cue], ...]) -> int:
    """How many words lie between the nearest of these people and an act told; far when there are none."""
    if not people:
        return 1_000_000
    gaps = (max(act.first - person.last, person.first - act.last, 0) for person in people for act in acts)
    return min(gaps, default=0)


def _quoted(people: list[Hit[Cue]], evidence: Evidence) -> tuple[Reason, ...]:
    return (quote(evidence.reading, people[0], "accused_post", people[0].meaning.value),)
