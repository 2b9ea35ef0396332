"""Why the model decided so: the words that weighed most, verbatim, merged to what an officer can read."""

from collections.abc import Sequence
from typing import Final

from .decision import Reason
from .linear import Read
from .rules import Seen

_MOST: Final = 3
_LONGEST: Final = 6
_LEAST_SHARE: Final = 0.35
_CARRIES_ON: Final = 0.2


Span = tuple[int, int]


def strongest(read: Read, text: str, phrases: Sequence[Span], decision: str, label: str) -> list[Reason]:
    """The pieces of the text that spoke loudest for a label, in the order of the text."""
    weights = read.weight_of_tokens(decision, label)
    loudest = max(weights, default=0.0)
    if loudest <= 0:
        return []
    loud = [index for index, weight in enumerate(weights) if weight >= _LEAST_SHARE * loudest]
    tokens = read.features.tokens
    taken: set[int] = set()
    spans: list[Span] = []
    for index in sorted(loud, key=lambda one: (-weights[one], one)):
        if len(spans) == _MOST:
            break
        if index not in taken:
            first, last = _around(index, weights, taken, _CARRIES_ON * loudest)
            taken.update(range(first, last + 1))
            spans.append((first, last))
    quotes = [
        _to_a_phrase(tokens[first].start, tokens[last].end, phrases)
        if first < last
        else _to_a_phrase(*_with_a_neighbour(first, read, weights), phrases)
        for first, last in sorted(spans)
    ]
    return [Reason(decision, label, text[start:end], start, end) for start, end in _apart(quotes)]


def phrases_of(seen: Seen) -> list[Span]:
    """Where the rules found words that mean something together."""
    cues = [(hit.start, hit.end) for hits in seen.evidence.found.values() for hit in hits]
    return cues + [(naming.hit.start, naming.hit.end) for naming in seen.topic.namings]


def _to_a_phrase(start: int, end: int, phrases: Sequence[Span]) -> Span:
    """Widened to the longest phrase that shares words with a quote: half a phrase says nothing to an officer."""
    touching = [(first, after) for first, after in phrases if first < end and start < after]
    first, after = max(touching, key=lambda one: one[1] - one[0], default=(start, end))
    return min(start, first), max(end, after)


def _with_a_neighbour(index: int, read: Read, weights: list[float]) -> Span:
    """A syllable alone is seldom a Vietnamese word: quoted with the louder one beside it."""
    tokens = read.features.tokens
    beside = [one for one in (index - 1, index + 1) if 0 <= one < len(tokens)]
    other = max(beside, key=lambda one: weights[one], default=index)
    first, last = min(index, other), max(index, other)
    return tokens[first].start, tokens[last].end


def _apart(quotes: list[Span]) -> list[Span]:
    """In order, those that share words made one."""
    apart: list[Span] = []
    for start, end in sorted(quotes):
        if apart and start < apart[-1][1]:
            apart[-1] = apart[-1][0], max(end, apart[-1][1])
        else:
            apart.append((start, end))
    return apart


def _around(index: int, weights: list[float], taken: set[int], least: float) -> Span:
    """The words beside the loudest one that still speak, so that a phrase is quoted whole."""
    first = last = index
    while last - first + 1 < _LONGEST:
        before = weights[first - 1] if first > 0 and first - 1 not in taken else 0.0
        after = weights[last + 1] if last + 1 < len(weights) and last + 1 not in taken else 0.0
        if max(before, after) < least:
            break
        if before > after:
            first -= 1
        else:
            last += 1
    return first, last
