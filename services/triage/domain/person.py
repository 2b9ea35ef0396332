"""People a text speaks of whom somebody could find: by their post, or by a name after a word of address."""

from typing import Final

from .evidence import Cue, Evidence
from .phrase import Hit
from .reading import Reading

_A_POST: Final = 2


def identifiable_people(evidence: Evidence) -> tuple[Hit[Cue], ...]:
    """The words for such people: "kế toán trường", "cô Hạnh"; not "cô ấy"."""
    return tuple(
        hit
        for hit in evidence.hits("person", "identifiable")
        if hit.meaning.weight >= _A_POST or _is_followed_by_a_name(hit, evidence.reading)
    )


def _is_followed_by_a_name(hit: Hit[Cue], reading: Reading) -> bool:
    """A capital tells a name only where its writer does not write everything in capitals."""
    following = hit.last + 1
    if following >= len(reading.words) or reading.text[hit.start : hit.end].isupper():
        return False
    word = reading.words[following]
    return word.clause == hit.clause and reading.text[word.start].isupper()
