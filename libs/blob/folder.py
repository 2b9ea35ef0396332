"""Files in a folder of this machine."""

import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import anyio

from .store import Damaged, Stored, TooBig


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
