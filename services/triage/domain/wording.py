"""Abbreviations and everyday names read as the words they stand for, at the place where they were written."""

from collections.abc import Iterable

from .phrase import Lexicon, Phrase, longest
from .reading import Reading, Word, read
from .row import WordingRow


class Wording:
    """Reads "hs" as `hồ sơ` and "tách khẩu" as `tách hộ`; reasons still quote what was written."""

    def __init__(self, rows: Iterable[WordingRow]) -> None:
        self._lexicon = Lexicon(Phrase(row.written, read(row.read_as).words) for row in rows)

    def read(self, text: str) -> Reading:
        """A text's words, with what is written otherwise put into the usual words."""
        written = read(text)
        words: list[Word] = []
        after = 0
        for hit in longest(self._lexicon.find(written)):
            words.extend(written.words[after : hit.first])
            words.extend(Word(word.marked, word.plain, hit.start, hit.end, hit.clause) for word in hit.meaning)
            after = hit.last + 1
        words.extend(written.words[after:])
        return Reading(written.text, tuple(words), written.accented)
