"""A shadow run: what the model at work and another one decide about the same texts, counted side by side."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from libs.contracts.vocabulary import Disposition, FeedbackId, Kind

from .decision import Decision
from .label import DECISIONS, Label
from .policy import DISMISSING, ENDING

MOST_NAMED: Final = 20
"""Cases that are named so that a person can read them before a model is adopted."""

Fate = Callable[[Decision], bool]
Change = Callable[[Decision, Decision], bool]


def is_ended_alone(decision: Decision) -> bool:
    """Whether nobody looks before the citizen is refused, or sent to read on elsewhere."""
    return decision.disposition in ENDING and not decision.needs_review


FATES: Final[Mapping[str, Fate]] = {
    "a person looks": lambda decision: decision.needs_review,
    "ended without a person": is_ended_alone,
    "held back as sensitive": lambda decision: decision.sensitive,
}
"""What becomes of a feedback after it is decided."""

_IN_SCOPE: Final = Disposition.IN_SCOPE
GRAVITY: Final[Mapping[str, Change]] = {
    "in scope, now ended without a person": lambda old, new: old.disposition is _IN_SCOPE and is_ended_alone(new),
    "held back as sensitive, now not": lambda old, new: old.sensitive and not new.sensitive,
    "in scope, now dismissed once a person has looked": lambda old, new: (
        old.disposition is _IN_SCOPE and new.disposition in DISMISSING
    ),
    "conduct of an official, now not": lambda old, new: (
        old.kind is Kind.OFFICIAL_CONDUCT and new.disposition is _IN_SCOPE and new.kind is not Kind.OFFICIAL_CONDUCT
    ),
    "another disposition, and no person looks any more": lambda old, new: (
        old.disposition is not new.disposition and old.needs_review and not new.needs_review
    ),
    "another disposition": lambda old, new: old.disposition is not new.disposition,
}
"""What a change may do to a citizen, the gravest first."""
_RANKS: Final = {change: rank for rank, change in enumerate(GRAVITY)}


@dataclass(slots=True)
class Pair:
    """How many texts it holds of: with the model at work, with the new one, with only one of the two."""

    old: int = 0
    new: int = 0
    gained: int = 0
    lost: int = 0

    def add(self, *, old: bool, new: bool) -> None:
        """Count one text."""
        self.old += old
        self.new += new
        self.gained += new and not old
        self.lost += old and not new


@dataclass(slots=True)
class Against:
    """Of so many texts that officers labelled, those of which something holds."""

    of: int = 0
    pair: Pair = field(default_factory=Pair)


def _pairs() -> dict[str, Pair]:
    return {name: Pair() for name in FATES}


@dataclass(slots=True)
class Comparison:
    """Two models beside each other; `add` counts one text."""

    old: str
    new: str
    """The versions that were compared."""
    texts: int = 0
    fates: dict[str, Pair] = field(default_factory=_pairs)
    decided: Counter[str] = field(default_factory=Counter)
    """Texts about which both models took a decision."""
    changes: dict[str, Counter[tuple[str, str]]] = field(
        default_factory=lambda: {decision: Counter() for decision in DECISIONS}
    )
    right: dict[str, Against] = field(default_factory=lambda: {decision: Against() for decision in DECISIONS})
    lost_feedback: Against = field(default_factory=Against)
    """Of those officers called in scope: ended without a person."""
    let_through: Against = field(default_factory=Against)
    """Of those officers called a complaint or denunciation: not held back."""
    gravest: list[tuple[str, FeedbackId]] = field(default_factory=list)
    """What changes most gravely, with the case; the gravest first, `MOST_NAMED` at most."""

    def add(self, feedback_id: FeedbackId, old: Decision, new: Decision, label: Label | None) -> None:
        """Count what both models say about one text, and what an officer said."""
        self.texts += 1
        for name, holds in FATES.items():
            self.fates[name].add(old=holds(old), new=holds(new))
        for decision in DECISIONS:
            before, after = getattr(old, decision), getattr(new, decision)
            if before is not None and after is not None:
                self.decided[decision] += 1
                if before != after:
                    self.changes[decision][before, after] += 1
        if label is not None:
            self._measure(old, new, label)
        self._name(feedback_id, old, new)

    def _measure(self, old: Decision, new: Decision, label: Label) -> None:
        for decision in DECISIONS:
            said = label.of(decision)
            if said is not None:
                _count(self.right[decision], getattr(old, decision) == said, getattr(new, decision) == said)
        if label.disposition is _IN_SCOPE:
            _count(self.lost_feedback, is_ended_alone(old), is_ended_alone(new))
        if label.disposition is Disposition.COMPLAINT_DENUNCIATION:
            _count(self.let_through, not old.sensitive, not new.sensitive)

    def _name(self, feedback_id: FeedbackId, old: Decision, new: Decision) -> None:
        change = next((name for name, is_so in GRAVITY.items() if is_so(old, new)), None)
        if change is not None:
            self.gravest.append((change, feedback_id))
            self.gravest.sort(key=lambda one: (_RANKS[one[0]], one[1]))
            del self.gravest[MOST_NAMED:]

    def in_figures(self) -> dict[str, Any]:
        """Everything that was counted, to be kept as JSON beside the model."""
        return {
            "old": self.old,
            "new": self.new,
            "texts": self.texts,
            "fates": {name: _figures(pair) for name, pair in self.fates.items()},
            "changes": {
                decision: [[before, after, count] for (before, after), count in changes.most_common()]
                for decision, changes in self.changes.items()
            },
            "right": {decision: _against(one) for decision, one in self.right.items()},
            "lost_feedback": _against(self.lost_feedback),
            "let_through": _against(self.let_through),
            "gravest": [[change, str(feedback_id)] for change, feedback_id in self.gravest],
        }


def _count(against: Against, old: bool, new: bool) -> None:
    against.of += 1
    against.pair.add(old=old, new=new)


def _figures(pair: Pair) -> dict[str, int]:
    return {"old": pair.old, "new": pair.new, "gained": pair.gained, "lost": pair.lost}


def _against(one: Against) -> dict[str, int]:
    return {"of": one.of, **_figures(one.pair)}
