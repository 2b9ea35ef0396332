"""A comparison of two models in words and figures, for the person who decides whether the new one is adopted."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from .domain.comparison import Against, Comparison

_MOST_CHANGES: Final = 12
_COLUMNS: Final = "{:<52}{:>9}{:>9}{:>9}{:>9}{:>9}"


def report_of(comparison: Comparison, since: datetime) -> str:
    """The whole report. It quotes nobody: cases stand in it by their id."""
    return "\n".join(_lines(comparison, since)) + "\n"


def _lines(comparison: Comparison, since: datetime) -> Iterator[str]:
    yield f"At work: {comparison.old}"
    yield f"New:     {comparison.new}"
    yield f"{comparison.texts} texts received since {since:%Y-%m-%d %H:%M}; both decided, nothing was stored or said."
    yield ""
    yield _COLUMNS.format("", "texts", "at work", "new", "gained", "lost")
    for name, pair in comparison.fates.items():
        yield _COLUMNS.format(name, comparison.texts, pair.old, pair.new, pair.gained, pair.lost)
    for decision, changes in comparison.changes.items():
        yield ""
        yield f"{decision}: {changes.total()} of {comparison.decided[decision]} change"
        for (before, after), count in changes.most_common(_MOST_CHANGES):
            yield f"{count:>8}  {before} -> {after}"
    yield ""
    yield from _against_officers(comparison)
    yield ""
    yield from _gravest(comparison)


def _against_officers(comparison: Comparison) -> Iterator[str]:
    labelled = comparison.right["disposition"].of
    if not labelled:
        yield "No officer has decided about any of these texts: whether a change is for the better cannot be told."
        return
    yield _COLUMNS.format("as officers decided", "labels", "at work", "new", "mended", "spoilt")
    for decision, one in comparison.right.items():
        yield _row(f"{decision} right", one)
    yield ""
    yield _COLUMNS.format("against what officers decided", "labels", "at work", "new", "more", "fewer")
    yield _row("in scope, ended without a person", comparison.lost_feedback)
    yield _row("complaint or denunciation, not held back", comparison.let_through)
    yield "Labels a model was trained with flatter it: `train --labels` tells how it does on those it had not seen."


def _row(name: str, one: Against) -> str:
    return _COLUMNS.format(name, one.of, one.pair.old, one.pair.new, one.pair.gained, one.pair.lost)


def _gravest(comparison: Comparison) -> Iterator[str]:
    if not comparison.gravest:
        yield "No disposition changes, nobody's protection is lost."
        return
    yield "Would change most gravely; read these cases at the desk first:"
    for change, feedback_id in comparison.gravest:
        yield f"  {feedback_id}  {change}"
