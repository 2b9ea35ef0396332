"""A private PostgreSQL for one machine: real, on loopback only, made and started without installing anything.

Linux only: it looks into /proc to tell its own processes from everybody else's.
"""

import os
import socket
import subprocess
from pathlib import Path
from typing import Self
from urllib.parse import quote

from libs.local.account import Account, server_account
from libs.local.folder import data_root, make_folder, make_root, write_private
from libs.local.lock import FileLock
from libs.local.postgres_data import STOPPING, SUPERUSER, PostgresData, PostgresError
from libs.local.postgres_wheel import Programs, copy_programs
from libs.local.process import ChildProcess, ProcessError, ProcessMark, server_environment, wait_until
from libs.local.secret import new_password

ADDRESS = "127.0.0.1"

_PORT_ATTEMPTS = 3
_PORT_WAS_TAKEN = "could not create any TCP/IP sockets"

_SETTINGS = {
    "cluster_name": "lang-nghe",
    "listen_addresses": ADDRESS,
    "unix_socket_directories": "",  # a socket's path may have 107 bytes, and nobody promises us a short folder
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # Statements, and the errors about them, quote what citizens wrote: none of that enters the log.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# Survives the death of any process, but not of the machine. synchronous_commit stays on: without it a killed server
# loses what it has confirmed.
_THROW_AWAY_SETTINGS = {"fsync": "off", "full_page_writes": "off"}


class AlreadyRunningError(PostgresError):
    """A server runs on the same data, and whoever started it is still there."""


class PrivatePostgres:
    """One PostgreSQL with data of its own, for the demo and for tests.

    Everything lies in `root/name`; `root` is `LANG_NGHE_DATA` unless given, and `programs` is where the copied programs
    are kept. `durable=False` is for data nobody will miss. The server dies with the process that started it, unless
    `outlives_us`; then any process with the same `root` and `name` may ask for `url()` and `stop()` it.
    """

    def __init__(
        self,
        root: Path | None = None,
        *,
        name: str = "postgres",
        programs: Path | None = None,
        durable: bool = True,
        outlives_us: bool = False,
        start_limit_s: float = 60.0,
    ) -> None:
        self._root = (root or data_root()).absolute()
        self.folder = self._root / name
        self.log_file = self.folder / "server.log"
        self._data = PostgresData(self.folder / "data")
        self._password_file = self.folder / "password"
        self._programs_folder = programs or self._root / "programs"
        self._durable = durable
        self._outlives_us = outlives_us
        self._start_limit_s = start_limit_s
        self._lock = FileLock(self.folder / "lock")
        self._server: ChildProcess | None = None

    def start(self) -> Self:
        """Start the server on the data of the last time, making both if there are none; returns when it answers.

        Raises: AlreadyRunningError, or another LocalError that says what to do.
        """
        make_root(self._root)
        make_folder(self.folder, 0o711 if os.geteuid() == 0 else 0o700)
        try:
            self._claim()
            account = server_account(self._data.path)
            programs = copy_programs(self._programs_folder)
            version = programs.version(account)
            if not self._data.exists():
                self._create(programs, account)
            self._password()
            self._data.refuse_other_version(version)
            self._data.forget_killed_server()
            self._launch(programs, account)
        finally:
            # From here on the server itself holds the lock: it inherited it.
            self._lock.release()
        return self

    def stop(self) -> None:
        """Stop the server: fast, then at once, then by force; nothing happens when none runs."""
        if self._server is not None:
            self._server.stop()
            self._server = None
        for number, limit_s in STOPPING:
            if not self._data.signal(number):
                return
            wait_until(lambda: not self._data.processes(), limit_s)

    def is_running(self) -> bool:
        """Whether a server on this data takes connections, whoever started it."""
        return self._data.is_ready(self._lock.read_note().get("port"))

    @property
    def pid(self) -> int | None:
        """The number of the server's first process; None when it does not run."""
        return self._data.postmaster()

    def url(self, database: str = SUPERUSER, *, role: str = SUPERUSER, password: str | None = None) -> str:
        """Give the address for a database and a role; for the superuser the password is filled in.

        Raises: PostgresError when the server does not run.
        """
        port = self._port()
        if role == SUPERUSER and password is None:
            password = self._password()
        secret = "" if password is None else f":{quote(password, safe='')}"
        return f"postgresql://{quote(role, safe='')}{secret}@{ADDRESS}:{port}/{quote(database, safe='')}"

    def execute(self, sql: str, database: str = SUPERUSER) -> str:
        """Run statements as the superuser and give the answer, columns parted by `|`: for setting up and for tests.

        Raises: PostgresError with the server's words when a statement fails.
        """
        psql = [str(copy_programs(self._programs_folder).path("psql")), "--no-psqlrc", "--quiet", "--no-align"]
        psql += ["--tuples-only", "--set=ON_ERROR_STOP=1", f"--host={ADDRESS}", f"--port={self._port()}"]
        psql += [f"--username={SUPERUSER}", f"--dbname={database}"]
        environment = server_environment() | {"PGPASSWORD": self._password(), "PGCLIENTENCODING": "UTF8"}
        done = subprocess.run(
            psql, input=sql, capture_output=True, encoding="utf-8", env=environment, cwd=self.folder, check=False
        )
        if done.returncode != 0:
            raise PostgresError(f"PostgreSQL refused: {done.stderr.strip()}")
        return done.stdout.rstrip("\n")

    def _port(self) -> int:
        if not self.is_running():
            raise PostgresError(f"No PostgreSQL runs on {self.folder}: start it first.")
        return int(self._lock.read_note()["port"])

    def _password(self) -> str:
        try:
            return self._password_file.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise PostgresError(
                f"{self._password_file} is missing, and the data beside it opens with it only."
            ) from None

    def _create(self, programs: Programs, account: Account) -> None:
        # The password is kept before the data that needs it: dying in between leaves nothing locked away.
        if not self._password_file.exists():
            write_private(self._password_file, new_password())
        self._data.create(programs, account, self._password(), durable=self._durable, lock=self._lock.fileno())

    # -- One server at a time -----------------------------------------------------------------------------------------

    def _claim(self) -> None:
        """Take the lock of the folder, clearing away the remains of a server whose starter has died."""
        if not self._take_unless_in_use():
            self._clear_remains()
        if strangers := self._data.processes():
            raise AlreadyRunningError(
                f"A PostgreSQL that was started by other means (process {strangers[0]}) works in {self._data.path}. "
                f"Stop it first."
            )
        if self._server is not None:  # ours of the last time, dead by now: let the system forget it
            self._server.stop()
            self._server = None
        self._leave_note(self._lock.read_note().get("port"), is_up=False)

    def _leave_note(self, port: int | None, *, is_up: bool) -> None:
        us = ProcessMark.of(os.getpid())
        assert us is not None, "we are alive"
        starter = {"pid": us.pid, "started": us.started, "is_outlived": self._outlives_us}
        # The port stays in the note when the server has stopped, to be the same the next time.
        self._lock.write_note({"starter": starter, "is_up": is_up, "port": port})

    def _take_unless_in_use(self) -> bool:
        if self._lock.take():
            return True
        note = self._lock.read_note()
        starter = note.get("starter", {"pid": 0, "started": 0, "is_outlived": False})
        starter_lives = ProcessMark(starter["pid"], starter["started"]).is_alive()
        advice = "Stop that one first (Ctrl-C where it was started), or set LANG_NGHE_DATA to another folder."
        if not note.get("is_up"):
            if starter_lives:
                raise AlreadyRunningError(f"Process {starter['pid']} is starting PostgreSQL on {self.folder}. {advice}")
            return False
        server = self._data.postmaster()
        if server is not None and (starter_lives or starter["is_outlived"]):
            raise AlreadyRunningError(
                f"PostgreSQL runs on {self.folder} already: process {server} at {ADDRESS}:{note['port']}, "
                f"started by process {starter['pid']}. {advice}"
            )
        return False

    def _clear_remains(self) -> None:
        # The starter died and its server is ending, or the server was killed and its children are. Whoever else takes
        # the lock meanwhile is found by looking at the note anew before each signal and at each turn of the wait.
        for number, limit_s in STOPPING:
            self._data.signal(number)
            if wait_until(self._take_unless_in_use, limit_s):
                return
        raise PostgresError(
            f"{self._lock.path} is held, though nothing here seems to use it. "
            f"Does another machine or container share the folder? Stop it there."
        )

    # -- The server's process -----------------------------------------------------------------------------------------

    def _launch(self, programs: Programs, account: Account) -> None:
        port = _free_port(self._lock.read_note().get("port"))
        for attempts_left in reversed(range(_PORT_ATTEMPTS)):
            try:
                server = self._launch_on(port, programs, account)
                break
            except ProcessError as error:
                # Somebody took the port between our look and the server's.
                if _PORT_WAS_TAKEN not in str(error) or not attempts_left:
                    raise PostgresError(str(error)) from error
                port = _free_port(None)
        self._leave_note(port, is_up=True)
        if self._outlives_us:
            server.let_go()
        else:
            self._server = server

    def _launch_on(self, port: int, programs: Programs, account: Account) -> ChildProcess:
        self._leave_note(port, is_up=False)
        server = self._server_process(programs, account, port)
        try:
            server.start().wait_until_ready(lambda: self._data.is_ready(port), self._start_limit_s)
        except BaseException:
            server.stop()
            raise
        return server

    def _server_process(self, programs: Programs, account: Account, port: int) -> ChildProcess:
        settings = _SETTINGS | ({} if self._durable else _THROW_AWAY_SETTINGS) | {"port": str(port)}
        options = [part for name, setting in settings.items() for part in ("-c", f"{name}={setting}")]
        return ChildProcess(
            "PostgreSQL",
            [programs.path("postgres"), "-D", self._data.path, *options],
            log_file=self.log_file,
            folder=self.folder,
            environment=server_environment(),
            account=account,
            stopping=STOPPING,
            outlives_us=self._outlives_us,
            inherits=[self._lock.fileno()],
        )

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def _free_port(remembered: int | None) -> int:
    """The port of the last time if nobody has it now, else one the system picks."""
    for wanted in (remembered or 0, 0):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((ADDRESS, wanted))
            except OSError:
                continue
            return int(trial.getsockname()[1])
    raise PostgresError(f"No port is free on {ADDRESS}.")
