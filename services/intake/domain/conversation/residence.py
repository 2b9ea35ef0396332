"""Where somebody lives, written so that a person can read it and the commune is in it."""

from libs.places import fold

from ..reading import tidy

_RESIDENCE_AT_MOST = 200


def residence_in_words(words: str, commune: str, *, renamed: bool = False) -> str:
    """The citizen's own words with the commune of today in them; the bare commune when they said no more.

    `renamed` says that they used a name the commune no longer bears.

    Units: at most 200 code points.
    """
    words = " ".join(tidy(words).split())[:_RESIDENCE_AT_MOST].strip(" ,.;:-")
    if not commune:
        return words
    bare = commune.partition(" ")[2]
    told = fold(words)
    if not renamed and len(told.split()) <= len(fold(commune).split()) + 2 and not any(sign.isdigit() for sign in told):
        return commune
    if renamed:
        return f"{words} ({commune})"
    return words if fold(bare) in told else f"{words}, {commune}"
