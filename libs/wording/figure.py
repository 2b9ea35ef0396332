"""Numbers and sizes as Vietnamese writing has them: a point between thousands, a comma before decimals."""

from typing import Final

_SWAPPED: Final = str.maketrans(",.", ".,")


def number_in_words(number: float) -> str:
    """A count or measure: `1.234,5`."""
    return f"{number:,}".translate(_SWAPPED)


def size_in_words(size_bytes: int) -> str:
    """How large a file is, to the nearest figure that matters: `340 kB`, `1,2 MB`."""
    if size_bytes < 1_000_000:
        return f"{max(size_bytes // 1_000, 1)} kB"
    return f"{number_in_words(round(size_bytes / 1_000_000, 1))} MB"
