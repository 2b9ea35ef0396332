"""Why the model decided so: the words that weighed most, verbatim, merged to what an officer can read."""

from typing import Final

from .decision import Reason
from .linear import Read
from .rules import Seen

_MOST: Final = 3
_LONGEST: Final = 6
_LEAST_SHARE: Final = 0.35
_CARRIES_ON: Final = 0.2


def strongest(read: Read, seen: Seen, decision: str, label: str) -> list[Reason]:
    """The pieces of the text that spoke loudest for a label, in the order of the text."""
    weights = read.weight_of_tokens(decision, label)
    loudest = max(weights, default=0.0)
    if loudest <= 0:
        return []
    tokens = read.features.tokens
    taken: set[int] = set()
    spans: list[tuple[int, int]] = []
    for index in sorted(range(len(tokens)), key=lambda one: (-weights[one], one)):
        if len(spans) == _MOST or weights[index] < _LEAST_SHARE * loudest:
            break
        if index not in taken:
            first, last = _around(index, weights, taken, _CARRIES_ON * loudest)
            taken.update(range(first, last + 1))
            spans.append((first, last))
    text = seen.evidence.reading.text
    return [
        Reason(decision, label, text[tokens[first].start : tokens[last].end], tokens[first].start, tokens[last].end)
        for first, last in sorted(spans)
    ]


def _around(index: int, weights: list[float], taken: set[int], least: float) -> tuple[int, int]:
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
