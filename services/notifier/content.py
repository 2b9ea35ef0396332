"""What of a message rests sealed: the facts it is made from, and the words it is said in."""

from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter

from libs.seal import Sealer

from .domain.wording import Option, Step


@dataclass(frozen=True, slots=True)
class Facts:
    """What an event said, until the case is known and it can be put into words."""

    wording: str
    step: Step


@dataclass(frozen=True, slots=True)
class Words:
    """A message as the citizen reads it."""

    parts: tuple[str, ...]
    options: tuple[Option, ...] = ()
    """Buttons under the last part."""


_FACTS: Final = TypeAdapter(Facts)
_WORDS: Final = TypeAdapter(Words)


def seal_facts(sealer: Sealer, facts: Facts) -> bytes:
    """Facts as they rest."""
    return sealer.seal_bytes(_FACTS.dump_json(facts))


def open_facts(sealer: Sealer, sealed: bytes) -> Facts:
    """Facts as they were.

    Raises:
        CannotOpen: sealed under a key we do not hold.
    """
    return _FACTS.validate_json(sealer.open_bytes(sealed))


def seal_words(sealer: Sealer, words: Words) -> bytes:
    """Words as they rest."""
    return sealer.seal_bytes(_WORDS.dump_json(words))


def open_words(sealer: Sealer, sealed: bytes) -> Words:
    """Words as they are said.

    Raises:
        CannotOpen: sealed under a key we do not hold.
    """
    return _WORDS.validate_json(sealer.open_bytes(sealed))
