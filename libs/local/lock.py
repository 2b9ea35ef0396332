"""Who is using a folder: a lock the kernel takes back from the dead, and a note that says whose it is."""

import fcntl
import json
import os
from pathlib import Path
from typing import Any


class FileLock:
    """A lock on a file, for processes that must not do the same thing at once.

    It is `flock`, so it belongs to the open file and not to the process: a child that inherits the descriptor holds the
    lock on after we close ours. Therefore we only ever close, since unlocking would unlock for the child as well.
    The file itself stays: deleting it would let two processes lock two files of the same name.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def take(self, *, shared: bool = False, wait: bool = False) -> bool:
        """Take the lock, or answer False when another holds it; with `wait` not before it is ours."""
        if self._descriptor is None:
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            self._descriptor = os.open(self.path, flags, 0o600)
        try:
            how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
            fcntl.flock(self._descriptor, how if wait else how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Let go of our part of the lock; one that a child inherited stays held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def fileno(self) -> int:
        """The descriptor to hand to a child that shall hold the lock for as long as it lives."""
        assert self._descriptor is not None, "take the lock first"
        return self._descriptor

    def write_note(self, note: dict[str, Any]) -> None:
        """Leave word for whoever finds the lock taken."""
        os.ftruncate(self.fileno(), 0)
        os.pwrite(self.fileno(), json.dumps(note).encode(), 0)

    def read_note(self) -> dict[str, Any]:
        """What the holder left; empty when there is nothing yet, or half a line."""
        try:
            note = json.loads(self.path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return note if isinstance(note, dict) else {}

    def __enter__(self) -> "FileLock":
        self.take(wait=True)
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
