"""What is counted of a text: words and pieces of words, exactly as in training.

Three blocks, each brought to the same length so that none drowns the others: `words` without marks (one, and two in a
row), `marked` words (the same with their marks), and `pieces` of two to five letters of a word as it is marked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from .evidence import Evidence
from .normal import Token, tokens_of
from .office import Offices
from .scores import scores_of
from .topic import Topic

EDITION: Final = 2
"""Counted up whenever the same text gives other features: a model trained before then no longer fits."""
WORTH_OF_A_SCORE: Final = 0.3
"""A score against a whole block of words, whose length is 1. Source: tried on held-out batches (0.1 to 1)."""
_SHORTEST_PIECE: Final = 2
_LONGEST_PIECE: Final = 5
_LONGEST_WORD: Final = 24


@dataclass(frozen=True, slots=True)
class Features:
    """One text as the model reads it."""

    tokens: tuple[Token, ...]
    scores: Mapping[str, float]

    def words(self) -> list[str]:
        """Words without marks, one by one, then in pairs."""
        plain = [token.plain for token in self.tokens]
        return plain + [f"{one} {after}" for one, after in pairwise(plain)]

    def marked(self) -> list[str]:
        """Words as they are marked, one by one, then in pairs."""
        marked = [token.marked for token in self.tokens]
        return marked + [f"{one} {after}" for one, after in pairwise(marked)]

    def pieces(self) -> list[str]:
        """The pieces of all words, word by word."""
        return [piece for token in self.tokens for piece in pieces_of(token.marked)]


def features_of(evidence: Evidence, topic: Topic, offices: Offices) -> Features:
    """What the model reads of a text, with what the rules have seen in it."""
    tokens = tokens_of(evidence.reading)
    return Features(tokens, scores_of(tokens, evidence, topic, offices))


def pieces_of(word: str) -> tuple[str, ...]:
    """The pieces of one word, with a blank where it begins and ends; a mask has none."""
    if word.startswith("<"):
        return ()
    padded = f" {word[:_LONGEST_WORD]} "
    return tuple(
        padded[start : start + length]
        for length in range(_SHORTEST_PIECE, _LONGEST_PIECE + 1)
        for start in range(len(padded) - length + 1)
    )
