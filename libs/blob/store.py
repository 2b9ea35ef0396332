"""What a place for files promises, whichever it is."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol


class TooBig(Exception):
    """More bytes came than allowed; nothing was kept."""


class Damaged(Exception):
    """The stored bytes no longer match their name."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is safe on disk."""

    sha256: str
    size_bytes: int


class BlobStore(Protocol):
    """Keeps files under the SHA-256 of their bytes: storing twice is storing once."""

    async def put(self, chunks: AsyncIterator[bytes], limit_bytes: int) -> Stored:
        """Store a stream.

        Raises:
            TooBig: it is longer than `limit_bytes`.
        """
        ...

    async def read(self, sha256: str) -> bytes:
        """The bytes, checked against their name.

        Raises:
            KeyError: no such file.
            Damaged: the bytes were altered.
        """
        ...

    async def delete(self, sha256: str) -> None:
        """Remove a file; no matter whether it was there."""
        ...
