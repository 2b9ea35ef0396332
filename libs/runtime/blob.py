"""Files by their SHA-256. `file:` here; an object store in a cluster has the same four verbs."""

import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import anyio


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


class FolderBlobStore:
    """A folder of this machine, two levels deep. A file appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, chunks: AsyncIterator[bytes], limit_bytes: int) -> Stored:
        """Write beside, flush to disk, rename: a crash leaves at most a temporary file."""
        await anyio.to_thread.run_sync(lambda: self._folder.mkdir(parents=True, exist_ok=True, mode=0o750))
        digest, size = hashlib.sha256(), 0
        handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=".incoming-")
        try:
            async with await anyio.open_file(handle, "wb") as file:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > limit_bytes:
                        raise TooBig(f"more than {limit_bytes} bytes")
                    digest.update(chunk)
                    await file.write(chunk)
                await file.flush()
                await anyio.to_thread.run_sync(os.fsync, handle)
            target = self._path(digest.hexdigest())
            await anyio.to_thread.run_sync(self._settle, Path(temporary), target)
        except BaseException:
            await anyio.Path(temporary).unlink(missing_ok=True)
            raise
        return Stored(digest.hexdigest(), size)

    @staticmethod
    def _settle(temporary: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        temporary.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    async def read(self, sha256: str) -> bytes:
        """The bytes, checked against their name."""
        try:
            content = await anyio.Path(self._path(sha256)).read_bytes()
        except FileNotFoundError as error:
            raise KeyError(sha256) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Damaged(sha256)
        return content

    async def delete(self, sha256: str) -> None:
        """Remove a file; no matter whether it was there."""
        await anyio.Path(self._path(sha256)).unlink(missing_ok=True)

    def _path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise KeyError(sha256)
        return self._folder / sha256[:2] / sha256[2:4] / sha256


def open_blob_store(blob_url: str) -> BlobStore:
    """The store a `BLOB_URL` names.

    Raises:
        ValueError: a scheme this version does not know.
    """
    parts = urlsplit(blob_url)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        raise ValueError(f"BLOB_URL: scheme {parts.scheme!r} is not known; use file:///folder")
    return FolderBlobStore(Path(unquote(parts.path)))
