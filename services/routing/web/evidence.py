"""The citizen's text with the words that led to decisions marked, so that an officer can judge them at a glance."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .wording import DECISIONS, QUOTED_BY


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the text, and the decisions they led to."""

    number: int
    words: str
    led_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of the text, marked when it is quoted; the numbers are those of the quotes that end with it."""

    text: str
    quoted: bool = False
    ending: tuple[int, ...] = ()


def quoted(text: str, reasons: Iterable[Mapping[str, Any]]) -> tuple[tuple[Stretch, ...], tuple[Quote, ...]]:
    """The whole text in stretches, and the quotes in the order of the text.

    A reason whose words do not stand where it says is left out: nothing is marked that was not quoted verbatim.
    """
    spans: dict[tuple[int, int], list[str]] = {}
    for reason in reasons:
        start, end = reason.get("start"), reason.get("end")
        if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start < end <= len(text):
            continue
        if text[start:end] != reason.get("words"):
            continue
        decision = str(reason.get("decision", ""))
        led_to = spans.setdefault((start, end), [])
        word = DECISIONS.get(decision, decision)
        if (by := QUOTED_BY.get(str(reason.get("rule")))) is not None:
            word = f"{word} ({by})"
        if word not in led_to:
            led_to.append(word)
    ordered = sorted(spans)
    quotes = tuple(
        Quote(number, text[start:end], tuple(spans[start, end])) for number, (start, end) in enumerate(ordered, start=1)
    )
    return _stretches(text, ordered), quotes


def _stretches(text: str, spans: list[tuple[int, int]]) -> tuple[Stretch, ...]:
    """Cut at every place where a quote begins or ends: quotes may overlap."""
    cuts = sorted({0, len(text), *(place for span in spans for place in span)})
    return tuple(
        Stretch(
            text[here:there],
            any(start <= here and there <= end for start, end in spans),
            tuple(number for number, (_, end) in enumerate(spans, start=1) if end == there),
        )
        for here, there in pairwise(cuts)
    )
