"""What Python's collector of cycles is told once a process has loaded all it needs."""

import gc
from typing import Final

_NEW_OBJECTS: Final = 10_000
_YOUNG_COLLECTIONS: Final = 25
_MIDDLE_COLLECTIONS: Final = 50


def settle() -> None:
    """What was loaded stays for good: no collection walks through it, and collections are rarer.

    Cycles are few here: with Python's own thresholds (700, 10, 10) looking for them took a twentieth of a busy process.
    """
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _YOUNG_COLLECTIONS, _MIDDLE_COLLECTIONS)
