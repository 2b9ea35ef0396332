"""What stands beyond the part of a long text that is read: an accusation at the end of a long letter is not missed.

Only words strong enough to hold a text back by themselves are looked for; where one stands, its surroundings are read
like any other text. The text goes to a person in any case: this decides to which desk.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from libs.contracts.vocabulary import Disposition
from libs.places import fold

from .decision import Reason
from .evidence import CueBook
from .phrase import GAP, NUMBER
from .reading import LONGEST_READ
from .row import CueRow
from .sensitivity import sensitive
from .wording import Wording

LONGEST_LOOKED_AT: Final = 50_000
"""Code points. Source: what `/api/v1/classify` accepts at most."""
_STRONG: Final = 3
_PIECE: Final = 1_000
_OVERLAP: Final = 100
_PIECES_READ: Final = 5
# No Vietnamese word has these, and folding them one by one is slow: thousands of emoji must not cost a second.
_NO_LETTERS: Final = re.compile("[\u3000-\U0010ffff]+")


class Beyond:
    """The words that hold a text back, looked for where nothing else is read."""

    def __init__(self, rows: Iterable[CueRow], wording: Wording, cues: CueBook) -> None:
        self._words = tuple(sorted({fold(row.words) for row in rows if _holds_back(row)}))
        self._wording = wording
        self._cues = cues

    def held(self, text: str) -> tuple[Reason, ...]:
        """The words beyond `LONGEST_READ` that say a text must be held back; none of a text read whole."""
        for start in self._suspects(text):
            evidence = self._cues.find(self._wording.read(text[start : start + _PIECE]))
            _, because = sensitive(evidence, Disposition.IN_SCOPE)
            # A leader's mere name holds back a text that tells of nothing else; of a piece that is not known.
            told = [one for one in because if one.rule != "leader"]
            if told:
                return tuple(replace(one, start=_moved(one.start, start), end=_moved(one.end, start)) for one in told)
        return ()

    def _suspects(self, text: str) -> Iterator[int]:
        found = 0
        for start in range(LONGEST_READ - _OVERLAP, min(len(text), LONGEST_LOOKED_AT), _PIECE - _OVERLAP):
            if start + _OVERLAP >= len(text) or found == _PIECES_READ:
                return
            piece = fold(_NO_LETTERS.sub(" ", text[start : start + _PIECE]))
            if any(words in piece for words in self._words):
                found += 1
                yield start


def _holds_back(row: CueRow) -> bool:
    about = row.decision == "sensitive" or row.value == Disposition.COMPLAINT_DENUNCIATION
    return about and row.pattern == "phrase" and row.weight >= _STRONG and not {GAP, NUMBER} & {*row.words.split()}


def _moved(place: int | None, by: int) -> int | None:
    return None if place is None else place + by
