"""A disk so small that it can be filled: made of memory, seen by us and our children alone. Only root may make one."""

import ctypes
import os
import subprocess
from pathlib import Path
from typing import Final, Self

_BALLAST: Final = "ballast"
_NEW_VIEW_OF_MOUNTS: Final = 0x0002_0000  # CLONE_NEWNS of <sched.h>


class SmallDisk:
    """A folder that is a disk of its own; an ordinary folder for those who may not make one.

    Nothing is left behind on the machine, however we end: the disk exists in our own view of what is mounted where.
    Main thread only.
    """

    def __init__(self, folder: Path, size_mb: int) -> None:
        self.folder = folder
        self._size_mb = size_mb
        self.is_small = False

    def make(self) -> Self:
        """Make it; where that is not allowed it stays an ordinary folder."""
        self.folder.mkdir(mode=0o711)
        if os.geteuid() == 0 and ctypes.CDLL(None).unshare(_NEW_VIEW_OF_MOUNTS) == 0:
            options = f"size={self._size_mb}m,mode=0711"
            private = ["mount", "--make-rprivate", "/"]
            mount = ["mount", "-t", "tmpfs", "-o", options, "lang-nghe-tests", str(self.folder)]
            self.is_small = all(_worked(command) for command in (private, mount))
        return self

    def fill(self) -> None:
        """Leave no room at all."""
        piece = bytes(4_096)
        with (self.folder / _BALLAST).open("wb", buffering=0) as file:
            try:
                while file.write(piece) == len(piece):
                    pass
            except OSError:
                return

    def make_room(self) -> None:
        """Give back what was filled."""
        (self.folder / _BALLAST).unlink(missing_ok=True)

    def throw_away(self) -> None:
        """Take it away, with everything on it."""
        if self.is_small:
            _worked(["umount", "--lazy", str(self.folder)])


def _worked(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
