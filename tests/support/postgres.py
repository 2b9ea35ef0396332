"""One throw-away PostgreSQL for a whole test run, shared by all its processes.

Each process of a run holds a shared lock for as long as it lives. The first that needs the server starts it, the last
to leave stops it. A run that was killed holds no lock any more: the next run that needs a server clears it away.
"""

import os
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Self

from libs.local import PrivatePostgres, make_folder
from libs.local.account import Account
from libs.local.folder import closed_folder
from libs.local.lock import FileLock

_ANYBODY = Account("anybody", -1, -1)


def temporary_folder() -> Path:
    """A temporary folder that the server's user may pass through, too; that of this user may be closed."""
    usual = Path(tempfile.gettempdir())
    return next((place for place in (usual, Path("/tmp")) if closed_folder(place / "any", _ANYBODY) is None), usual)


def tests_folder() -> Path:
    """Where all runs of this user keep their folders, and the copy of PostgreSQL's programs they share."""
    folder = temporary_folder() / f"lang-nghe-tests-{os.geteuid()}"
    make_folder(folder, 0o711 if os.geteuid() == 0 else 0o700)
    return folder


def programs_folder() -> Path:
    return tests_folder() / "programs"


class RunPostgres:
    """The server of one test run; `begin` makes a run, `join` brings another process of it in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = _server_of(folder)
        self._part = FileLock(folder / "users")

    @classmethod
    def begin(cls) -> Self:
        base = tests_folder()
        with FileLock(base / "lock"):
            folder = Path(tempfile.mkdtemp(prefix="run-", dir=base))
            folder.chmod(0o711)
            return cls.join(folder)

    @classmethod
    def join(cls, folder: Path) -> Self:
        run = cls(folder)
        run._part.take(shared=True, wait=True)
        return run

    def start(self) -> PrivatePostgres:
        """Give the running server: started now, if this is the first process to need it or somebody has killed it."""
        with FileLock(self.folder / "starting"):
            if not self.server.is_running():
                _clear_killed_runs(self.folder.parent)
                self.server.start()
        return self.server

    def fresh_database(self, prefix: str) -> str:
        """Make an empty database of this process's own and give its address; it goes when the run ends."""
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        name = f"{prefix}_{worker}_{secrets.token_hex(4)}"
        server = self.start()
        server.execute(f'CREATE DATABASE "{name}"')
        return server.url(name)

    def leave(self) -> None:
        """Go; the last one stops the server and removes everything."""
        self._part.release()
        with FileLock(self.folder.parent / "lock"):
            _clear_if_deserted(self.folder)


def _server_of(run_folder: Path) -> PrivatePostgres:
    return PrivatePostgres(run_folder, programs=programs_folder(), durable=False, outlives_us=True)


def _clear_killed_runs(base: Path) -> None:
    with FileLock(base / "lock"):
        for folder in base.glob("run-*"):
            _clear_if_deserted(folder)


def _clear_if_deserted(folder: Path) -> None:
    if not folder.exists():
        return
    users = FileLock(folder / "users")
    if users.take():
        _server_of(folder).stop()
        shutil.rmtree(folder)
    users.release()
