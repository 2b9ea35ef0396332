"""A private PostgreSQL for one machine: real, on loopback only, made and started without installing anything.

Linux only: it looks into /proc to tell its own processes from everybody else's.
"""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Self
from urllib.parse import quote

from libs.local.account import Account, server_account
from libs.local.claim import Claim, stop_processes
from libs.local.folder import data_root, write_private
from libs.local.port import ADDRESS, free_port
from libs.local.postgres_data import STOPPING, SUPERUSER, PostgresData, PostgresError
from libs.local.postgres_wheel import Programs, copy_programs
from libs.local.process import ChildProcess, ProcessError, server_environment
from libs.local.secret import new_password

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


class PrivatePostgres:
    """One PostgreSQL with data of its own, for the demo and for tests.

    Everything lies in `root/name`; `root` is `LANG_NGHE_DATA` unless given, and `programs` is where the copied programs
    are kept. `durable=False` is for data nobody will miss. The server dies with the process that started it, unless
    `outlives_us`; then any process with the same `root` and `name` may ask for `url()` and `stop()` it. `environment`
    is added to the server's own.
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
        environment: Mapping[str, str] | None = None,
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
        self._environment = dict(environment or {})
        self._claim = Claim("PostgreSQL", self.folder, self._data, stopping=STOPPING, outlives_us=outlives_us)
        self._server: ChildProcess | None = None

    def start(self) -> Self:
        """Start the server on the data of the last time, making both if there are none; returns when it answers.

        Raises: AlreadyRunningError, or another LocalError that says what to do.
        """
        try:
            self._claim.take()
            self._forget_dead_server()
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
            self._claim.release()
        return self

    def stop(self) -> None:
        """Stop the server: fast, then at once, then by force; nothing happens when none runs."""
        stop_processes(self._data, STOPPING)
        self._forget_dead_server()

    def is_running(self) -> bool:
        """Whether a server on this data takes connections, whoever started it."""
        return self._data.is_ready(self._claim.ports().get("server"))

    @property
    def pid(self) -> int | None:
        """The number of the server's first process; None when it does not run."""
        return self._data.first()

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
        return self._claim.ports()["server"]

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
        self._data.create(programs, account, self._password(), durable=self._durable, lock=self._claim.fileno())

    # -- The server's process -----------------------------------------------------------------------------------------

    def _forget_dead_server(self) -> None:
        if self._server is not None:  # ours of the last time, dead by now: let the system forget it
            self._server.stop()
            self._server = None

    def _launch(self, programs: Programs, account: Account) -> None:
        port = free_port(self._claim.ports().get("server"))
        for attempts_left in reversed(range(_PORT_ATTEMPTS)):
            try:
                server = self._launch_on(port, programs, account)
                break
            except ProcessError as error:
                # Somebody took the port between our look and the server's.
                if _PORT_WAS_TAKEN not in str(error) or not attempts_left:
                    raise PostgresError(str(error)) from error
                port = free_port()
        self._claim.leave_note(is_up=True, server=port)
        if self._outlives_us:
            server.let_go()
        else:
            self._server = server

    def _launch_on(self, port: int, programs: Programs, account: Account) -> ChildProcess:
        self._claim.leave_note(is_up=False, server=port)
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
            environment=server_environment() | self._environment,
            account=account,
            stopping=STOPPING,
            outlives_us=self._outlives_us,
            inherits=[self._claim.fileno()],
        )

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
