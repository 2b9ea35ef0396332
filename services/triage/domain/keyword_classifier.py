"""The rules alone: keywords and cues of the province's tables, each decision with its reason.

What the trained classifier is measured against in docs/triage.md.
"""

from dataclasses import replace
from datetime import date
from typing import Final

from libs.contracts.vocabulary import Disposition, Field, Kind, Nature, PlaceId

from .conduct import kind_of, nature_of
from .decision import Decision, Reason
from .disposition import dispose
from .linear import Judgement
from .policy import Policy, is_doubtful
from .reading import LONGEST_READ
from .row import ClassifierRows
from .rules import Rules, Seen
from .sensitivity import sensitive
from .verdict import WITH_FIELD, Verdict, decision_of

_PLAINLY_OTHER: Final = 0.7
_GUESSED_OTHER: Final = 0.3
_GUESSED_PLATFORM: Final = 0.5
_PLATFORM_FAILS: Final = 2


class KeywordClassifier:
    """Reads keywords and cues. Built once from rows; pure and safe to share between threads."""

    def __init__(self, rows: ClassifierRows, policy: Policy) -> None:
        self._policy = policy
        self._rules = Rules(rows)
        self._model_version = f"keywords-{self._rules.fingerprint}"

    @property
    def model_version(self) -> str:
        """Changes with every row and with the rules."""
        return self._model_version

    def decide(self, text: str, on: date, known_place: PlaceId | None = None) -> Decision:
        """Decide about one text written on a day, for the commune its sender confirmed, if any."""
        seen = self._rules.see(text, on, known_place)
        decision = decision_of(verdict_of(seen), seen, self._rules, self._model_version)
        sure = decision.confidence.disposition
        # Where the rules err, every other text is a feedback.
        judged = Judgement(((decision.disposition.value, sure), (Disposition.IN_SCOPE.value, (1 - sure) / 2)))
        read_whole = len(text) <= LONGEST_READ
        doubtful = is_doubtful(decision, judged, lambda: decision.disposition, self._policy, read_whole=read_whole)
        return replace(decision, needs_review=doubtful)


def verdict_of(seen: Seen) -> Verdict:
    """What the rules alone decide about a text."""
    evidence = seen.evidence
    standing = dispose(evidence, seen.topic, seen.offices)
    disposition = standing.disposition
    held, held_because = sensitive(evidence, disposition)
    reasons = [Reason("disposition", standing.rule), *evidence.reasons("disposition", disposition, standing.rule)]
    kind = nature = kind_sure = nature_sure = None
    if disposition is Disposition.IN_SCOPE:
        kind, kind_sure = kind_of(evidence)
        nature, nature_sure = nature_of(evidence)
        reasons += evidence.reasons("kind", kind, kind.value)
    if nature is Nature.KIEN_NGHI:
        reasons += evidence.reasons("nature", nature, "proposal", limit=2)
    field, field_sure = _field(seen, disposition, kind)
    if disposition in WITH_FIELD:
        reasons += seen.topic.reasons(evidence.reading)
    return Verdict(
        disposition=disposition,
        sure=standing.sure,
        kind=kind,
        kind_sure=kind_sure,
        nature=nature,
        nature_sure=nature_sure,
        field=field,
        field_sure=field_sure,
        sensitive=held,
        reasons=tuple(reasons),
        sensitive_because=held_because,
    )


def _field(seen: Seen, disposition: Disposition, kind: Kind | None) -> tuple[Field | None, float | None]:
    if disposition not in WITH_FIELD:
        return None, None
    if seen.topic.field is not None:
        return seen.topic.field, seen.topic.field_sure
    if seen.evidence.weight("platform", "fails") >= _PLATFORM_FAILS:
        return Field.CNTT_DVC_TRUC_TUYEN, _GUESSED_PLATFORM
    # A rude counter with no procedure named is plainly "other"; anything else without one is a guess.
    return Field.KHAC, _PLAINLY_OTHER if kind is Kind.OFFICIAL_CONDUCT else _GUESSED_OTHER
