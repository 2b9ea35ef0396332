"""One private server on one folder: who may start it, what its starter left when it died, and who is told to wait."""

import os
from pathlib import Path
from typing import Any, Protocol

from libs.local.error import LocalError
from libs.local.folder import make_folder, make_root
from libs.local.lock import FileLock
from libs.local.port import ADDRESS
from libs.local.process import ProcessMark, Stopping, wait_until


class AlreadyRunningError(LocalError):
    """A server runs on the same data, and whoever started it is still there."""


class ClaimError(LocalError):
    """The folder of a server is held by somebody we cannot see."""


class ServerProcesses(Protocol):
    """The processes that work on a server's data, and nobody else's."""

    def first(self) -> int | None:
        """The number of the server's first process; None when it does not run."""

    def processes(self) -> list[int]:
        """All of them, also those a killed server left behind."""

    def signal(self, number: int) -> bool:
        """Signal the server, or what it left; False when there is nobody."""


class Claim:
    """The lock on a server's folder: taken to start it, inherited by the server, and taken back from the dead.

    The note in it says who started the server and on which port; both stay readable when it has stopped.
    """

    def __init__(
        self, server: str, folder: Path, processes: ServerProcesses, *, stopping: Stopping, outlives_us: bool
    ) -> None:
        self._server = server
        self._folder = folder
        self._processes = processes
        self._stopping = stopping
        self._outlives_us = outlives_us
        self._lock = FileLock(folder / "lock")

    def take(self) -> None:
        """Take the folder (made if there is none), clearing away the remains of a server whose starter has died.

        Raises: AlreadyRunningError, ClaimError, FolderError
        """
        make_root(self._folder.parent)
        make_folder(self._folder, 0o711 if os.geteuid() == 0 else 0o700)
        if not self._take_unless_in_use():
            self._clear_remains()
        if strangers := self._processes.processes():
            raise AlreadyRunningError(
                f"A {self._server} that was started by other means (process {strangers[0]}) works in {self._folder}. "
                f"Stop it first."
            )
        self.leave_note(is_up=False, **self.ports())

    def release(self) -> None:
        """Let go; a server that was started meanwhile holds the lock on, for it inherited it."""
        self._lock.release()

    def fileno(self) -> int:
        """What the server inherits."""
        return self._lock.fileno()

    def ports(self) -> dict[str, int]:
        """The ports of the server, by the name it gave them; those of the last time when it does not run."""
        return {name: int(port) for name, port in self._lock.read_note().get("ports", {}).items()}

    def leave_note(self, *, is_up: bool, **ports: int) -> None:
        """Say who starts the server, and where it is."""
        us = ProcessMark.of(os.getpid())
        assert us is not None, "we are alive"
        starter = {"pid": us.pid, "started": us.started, "is_outlived": self._outlives_us}
        self._lock.write_note({"starter": starter, "is_up": is_up, "ports": ports})

    def _take_unless_in_use(self) -> bool:
        if self._lock.take():
            return True
        note = self._lock.read_note()
        starter: dict[str, Any] = note.get("starter", {"pid": 0, "started": 0, "is_outlived": False})
        starter_lives = ProcessMark(starter["pid"], starter["started"]).is_alive()
        advice = "Stop that one first (Ctrl-C where it was started), or set LANG_NGHE_DATA to another folder."
        if not note.get("is_up"):
            if starter_lives:
                raise AlreadyRunningError(
                    f"Process {starter['pid']} is starting {self._server} on {self._folder}. {advice}"
                )
            return False
        server = self._processes.first()
        if server is not None and (starter_lives or starter["is_outlived"]):
            raise AlreadyRunningError(
                f"{self._server} runs on {self._folder} already: process {server} at "
                f"{ADDRESS}:{note['ports']['server']}, started by process {starter['pid']}. {advice}"
            )
        return False

    def _clear_remains(self) -> None:
        # The starter died and its server is ending, or the server was killed and its children are. Whoever else takes
        # the lock meanwhile is found by looking at the note anew before each signal and at each turn of the wait.
        for number, limit_s in self._stopping:
            self._processes.signal(number)
            if wait_until(self._take_unless_in_use, limit_s):
                return
        raise ClaimError(
            f"{self._lock.path} is held, though nothing here seems to use it. "
            f"Does another machine or container share the folder? Stop it there."
        )


def stop_processes(processes: ServerProcesses, stopping: Stopping) -> None:
    """Stop a server that anybody may have started: asked first, then forced; nothing happens when none runs."""
    for number, limit_s in stopping:
        if not processes.signal(number):
            return
        wait_until(lambda: not processes.processes(), limit_s)
