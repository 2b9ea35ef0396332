"""The classifier at work: a trained model decides what a text is about, rules find the offices and hold back what is
sensitive, and a policy says when a person must look.
"""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Final

from libs.contracts.vocabulary import Disposition, Field, Kind, Nature, PlaceId

from .advice import Doubt
from .decision import Decision, Reason
from .disposition import dispose
from .features import features_of
from .linear import Judgement, LinearModel, Read
from .policy import Policy, is_doubtful
from .reading import LONGEST_READ
from .reasons import phrases_of, strongest
from .row import ClassifierRows
from .rules import Rules, Seen
from .sensitivity import sensitive
from .verdict import WITH_FIELD, Verdict, decision_of

_OUTSIDE: Final = Disposition.OUT_OF_SCOPE_OTHER
_NOTHING: Final = Judgement(((Disposition.INSUFFICIENT.value, 1.0),))


class TrainedClassifier:
    """Built once from a province's rows and the model's bytes; then pure and safe to share between threads."""

    def __init__(self, rows: ClassifierRows, model: LinearModel, policy: Policy) -> None:
        self._rules = Rules(rows)
        self._model = model
        self._policy = policy
        self._model_version = f"{model.table.name}+{self._rules.fingerprint}"

    @property
    def model_version(self) -> str:
        """Changes with the model, with every row and with the rules."""
        return self._model_version

    def decide(self, text: str, on: date, known_place: PlaceId | None = None, doubt: Doubt | None = None) -> Decision:
        """Decide about one text written on a day, for the commune its sender confirmed, if any.

        With a doubt somebody else raised everything that follows from it is decided too, and a person must look.
        """
        seen = self._rules.see(text, on, known_place)
        read = self._model.read(features_of(seen.evidence, seen.topic, seen.offices))
        judged = _disposition(seen, read)
        verdict = self._verdict(text, seen, read, judged, doubt)
        decision = decision_of(verdict, seen, self._rules, self._model_version)

        def rules_say() -> Disposition:
            return dispose(seen.evidence, seen.topic, seen.offices).disposition

        read_whole = len(text) <= LONGEST_READ
        doubtful = is_doubtful(decision, judged, rules_say, self._policy, read_whole=read_whole)
        return replace(decision, needs_review=doubtful or doubt is not None)

    def _verdict(self, text: str, seen: Seen, read: Read, judged: Judgement, doubt: Doubt | None) -> Verdict:
        disposition = Disposition.IN_SCOPE if doubt and doubt.in_scope else Disposition(judged.label)
        loudest = partial(strongest, read, seen.evidence.reading.text, phrases_of(seen))
        reasons = [Reason("disposition", "model"), *loudest("disposition", disposition)]
        if doubt and not doubt.sensitive:
            reasons = [doubt.reason("disposition", text), *reasons]
        kind = nature = field = None
        if disposition is Disposition.IN_SCOPE:
            kind, nature = read.judge("kind"), read.judge("nature")
            reasons += loudest("kind", kind.label)
            if nature.label == Nature.KIEN_NGHI:
                reasons += loudest("nature", nature.label)
        if disposition in WITH_FIELD:
            field = read.judge("field")
            reasons += loudest("field", field.label)
            reasons += [one for one in seen.topic.reasons(seen.evidence.reading) if one.decision == "matter"]
        held, because = self._held(text, seen, judged, doubt)
        return Verdict(
            disposition=disposition,
            sure=judged.of(disposition),
            kind=Kind(kind.label) if kind else None,
            kind_sure=kind.sure if kind else None,
            nature=Nature(nature.label) if nature else None,
            nature_sure=nature.sure if nature else None,
            field=Field(field.label) if field else None,
            field_sure=field.sure if field else None,
            sensitive=held,
            reasons=tuple(reasons),
            sensitive_because=because,
        )

    def _held(self, text: str, seen: Seen, judged: Judgement, doubt: Doubt | None) -> tuple[bool, tuple[Reason, ...]]:
        """Held back when the rules see an act or a fear, or when a denunciation is not improbable enough."""
        if doubt and doubt.sensitive:
            return True, (doubt.reason("sensitive", text),)
        held, because = sensitive(seen.evidence, Disposition(judged.label))
        if not held and judged.of(Disposition.COMPLAINT_DENUNCIATION) >= self._policy.sensitive_from:
            return True, (Reason("sensitive", "may_be_a_complaint"),)
        if not held:
            because = self._rules.held_beyond(text)
        return bool(held or because), because


def _disposition(seen: Seen, read: Read) -> Judgement:
    """What the model says, but for three things the labelling guide leaves no doubt about."""
    if not read.features.tokens:
        return _NOTHING
    judged = read.judge("disposition")
    if judged.label == Disposition.INSUFFICIENT and _names_office_and_event(seen):
        judged = judged.without(Disposition.INSUFFICIENT)
    if judged.label == _OUTSIDE and _tells_of_an_office_alone(seen):
        judged = judged.without(_OUTSIDE)
    return judged


def _tells_of_an_office_alone(seen: Seen) -> bool:
    """What officials of a named office did is in scope, unless something in it is not handled here."""
    did = seen.evidence.weight("kind", Kind.OFFICIAL_CONDUCT) > 0
    return did and seen.offices.named is not None and not seen.evidence.weight("disposition", _OUTSIDE)


def _names_office_and_event(seen: Seen) -> bool:
    """A short text with an office (or a procedure) and something that happened is not too little."""
    told = any(seen.evidence.weight("kind", kind) for kind in Kind)
    return told and (seen.offices.named is not None or bool(seen.topic.matters))
