"""What the rules see in a text, as numbers beside its words: cues, procedures, links, how it is typed."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from .evidence import Evidence
from .normal import Token
from .office import Offices
from .topic import Topic

_MOST_WEIGHT: Final = 6.0
_MASKS: Final = ("<link>", "<phone>", "<money>", "<code>", "<date>")
_SYLLABLE: Final = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?"
)
_SYMBOL: Final = re.compile(r"[^\w\s]|_")
_FLOOD: Final = re.compile(r"([^\s.])\1{5}")
_LONGEST_TAIL: Final = 3
_LENGTHS: Final = (0, 2, 4, 7, 12, 20, 40, 80, 160)


def scores_of(tokens: tuple[Token, ...], evidence: Evidence, topic: Topic, offices: Offices) -> Mapping[str, float]:
    """The scores of one text, each between 0 and 1; what is not named is 0."""
    text = evidence.reading.text
    scores = {f"cue {decision} {value}": evidence.weight(decision, value) for decision, value in evidence.found}
    scores = {name: min(weight, _MOST_WEIGHT) / _MOST_WEIGHT for name, weight in scores.items() if weight}
    scores.update((f"topic {field}", share) for field, share in topic.fields)
    if offices.acting is not None:
        scores["office"] = 1.0
    if offices.named is not None:
        scores["office named"] = 1.0
    return {**scores, **_typing(text, tokens)}


def _typing(text: str, tokens: tuple[Token, ...]) -> dict[str, float]:
    """How long a text is, how it is typed, and whether it is made of words at all."""
    count = len(tokens) or 1
    plain = {token.plain for token in tokens}
    foreign = sum(_is_foreign(token.plain) for token in tokens) / count
    typed = {
        f"longer than {max(length for length in _LENGTHS if length <= len(tokens))}": 1.0,
        f"foreign {int(foreign * 5)}": 1.0,
        "masked": sum(token.plain[0] == "<" for token in tokens) / count,
        "said again": 1 - len(plain) / count,
        "capitals": sum(map(str.isupper, text)) / (len(text) or 1),
        "symbols": len(_SYMBOL.findall(text)) / (len(text) or 1),
        "lines": min(text.count("\n"), 4) / 4,
        "question": float("?" in text),
        "ends in a question": float("?" in text.rstrip()[-_LONGEST_TAIL:]),
        "exclamation": float("!" in text),
        "flood": float(_FLOOD.search(text) is not None),
    }
    return {**typed, **{mask: 1.0 for mask in _MASKS if mask in plain}}


@lru_cache(maxsize=16_384)
def _is_foreign(word: str) -> bool:
    """Whether a word without marks cannot be a Vietnamese syllable."""
    return word[0] != "<" and _SYLLABLE.fullmatch(word) is None
