"""A private RabbitMQ for one machine: real, on loopback only, made and started without installing anything.

One port for messages and one for `execute`; no epmd, no web interface. Linux only, like the private PostgreSQL.
"""

import signal
import socket
from pathlib import Path
from typing import Self
from urllib.parse import quote

from libs.local.account import Account, server_account
from libs.local.claim import Claim, stop_processes
from libs.local.folder import data_root, write_private
from libs.local.port import ADDRESS, free_port
from libs.local.process import ChildProcess, ProcessError, state_of, wait_until
from libs.local.rabbitmq_client import ask, erlang_text
from libs.local.rabbitmq_data import STOPPING, USER, RabbitMQData, RabbitMQError
from libs.local.rabbitmq_package import Programs, find_programs
from libs.local.secret import new_password

_PORT_ATTEMPTS = 3
_PORT_WAS_TAKEN = "eaddrinuse"
_STARTED = " completed with "
_ANSWER_LIMIT_S = 2.0
_FREEZE_LIMIT_S = 5.0
_USUAL_MEMORY_SHARE = 0.4


class PrivateRabbitMQ:
    """One RabbitMQ node with data of its own, for `make demo BUS=rabbitmq` and for tests.

    Everything lies in `root/name`; `root` is `LANG_NGHE_DATA` unless given, and `programs` is where unpacked programs
    are kept. `version` chooses a major one ("3", "4"); else LANG_NGHE_RABBITMQ does, else the machine's own is taken.
    `durable=False` is for data nobody will miss. The node dies with the process that started it, unless `outlives_us`;
    then any process with the same `root` and `name` may ask for `url()` and `stop()` it.
    """

    def __init__(
        self,
        root: Path | None = None,
        *,
        name: str = "rabbitmq",
        programs: Path | None = None,
        version: str | None = None,
        durable: bool = True,
        outlives_us: bool = False,
        start_limit_s: float = 120.0,
    ) -> None:
        self._root = (root or data_root()).absolute()
        self.folder = self._root / name
        self.log_file = self.folder / "server.log"
        self._data = RabbitMQData(self.folder / "data")
        self._password_file = self.folder / "password"
        self._programs_folder = programs or self._root / "programs"
        self._wanted = version
        self._durable = durable
        self._outlives_us = outlives_us
        self._start_limit_s = start_limit_s
        self._claim = Claim("RabbitMQ", self.folder, self._data, stopping=STOPPING, outlives_us=outlives_us)
        self._server: ChildProcess | None = None

    def start(self) -> Self:
        """Start the node on the data and port of the last time, making both if there are none; returns when it answers.

        Raises: AlreadyRunningError, or another LocalError that says what to do.
        """
        try:
            self._claim.take()
            self._forget_dead_server()
            account = server_account(self._data.path)
            programs = self._programs()
            self._data.make(account, programs.version)
            if not self._password_file.exists() and not self._data.is_made():
                write_private(self._password_file, new_password())
            self._launch(programs, account)
            self._data.mark_made(programs.version)
        finally:
            # From here on the node itself holds the lock: it inherited it.
            self._claim.release()
        return self

    def stop(self) -> None:
        """Stop the node in good order, then by force; nothing happens when none runs."""
        stop_processes(self._data, STOPPING)
        self._forget_dead_server()

    def kill(self) -> None:
        """Kill the node without a warning; `start` brings it back, with all it confirmed in queues that `settle`d."""
        stop_processes(self._data, ((signal.SIGKILL, 10.0),))
        self._forget_dead_server()

    def freeze(self) -> None:
        """Stop the node's clock: connections stay open and nobody answers, until `thaw`.

        Raises: RabbitMQError when it does not run, or goes on running.
        """
        if not self._data.signal(signal.SIGSTOP) or not wait_until(self._is_frozen, _FREEZE_LIMIT_S):
            raise RabbitMQError(f"The RabbitMQ of {self.folder} cannot be frozen: it does not run.")

    def thaw(self) -> None:
        """Let a frozen node go on where it was."""
        self._data.signal(signal.SIGCONT)

    def is_running(self) -> bool:
        """Whether a node on this data takes connections, whoever started it; a frozen one does not."""
        port = self._claim.ports().get("server")
        return self.pid is not None and port is not None and _speaks_amqp(port)

    @property
    def pid(self) -> int | None:
        """The number of the node's process; None when it does not run."""
        return self._data.first()

    @property
    def port(self) -> int:
        """Where it takes connections; the port of the last time when it does not run.

        Raises: RabbitMQError when it was never started.
        """
        port = self._claim.ports().get("server")
        if port is None:
            raise RabbitMQError(f"No RabbitMQ was ever started on {self.folder}: start it first.")
        return port

    def url(self, vhost: str = "/") -> str:
        """Give the address of a virtual host, with user and password.

        Raises: RabbitMQError when the node was never started.
        """
        return f"amqp://{USER}:{quote(self._password(), safe='')}@{ADDRESS}:{self.port}/{quote(vhost, safe='')}"

    def add_vhost(self, name: str) -> str:
        """Make an empty virtual host and give its address."""
        user, vhost, everything = erlang_text(USER), erlang_text(name), erlang_text(".*")
        self.execute(
            f"ok = rabbit_vhost:add({vhost}, {user}), ok = rabbit_auth_backend_internal:set_permissions("
            f"{user}, {vhost}, {everything}, {everything}, {everything}, {user})."
        )
        return self.url(name)

    def delete_vhost(self, name: str) -> None:
        """Remove a virtual host with everything in it."""
        self.execute(f"rabbit_vhost:delete({erlang_text(name)}, {erlang_text(USER)}).")

    def queue_lengths(self, vhost: str = "/") -> dict[str, int]:
        """Say how many messages wait in each queue, those out for delivery not counted: for tests and for looking."""
        listed = self.execute(
            r"iolist_to_binary([[element(4, amqqueue:get_name(Queue)), $\t,"
            r" integer_to_binary(element(2, rabbit_amqqueue:stat(Queue))), $\n]"
            f" || Queue <- rabbit_amqqueue:list({erlang_text(vhost)})])."
        )
        return {name: int(waiting) for name, waiting in (line.split("\t") for line in listed.splitlines())}

    def settle(self) -> None:
        """Make sure that the quorum queues declared until now survive a `kill`: for tests.

        RabbitMQ 3.10 to 4.0 write down that a queue exists half a second after declaring it. Killed before that, the
        node brings it back empty and without a leader, and confirms nothing that is sent to it, for ever.
        """
        self.execute("ok = dets:sync(ra_directory_reverse).")

    def set_limit(self, *, memory: float = _USUAL_MEMORY_SHARE) -> None:
        """Set the share of the machine's memory above which publishers are held back; 0 holds them back now."""
        self.execute(f"ok = vm_memory_monitor:set_vm_memory_high_watermark({float(memory)}).")

    def alarms(self) -> frozenset[str]:
        """What the node is short of and holds publishers back for: `memory`, `disk`, or nothing."""
        listed = self.execute("[What || {{resource_limit, What, _}, _} <- rabbit_alarm:get_alarms()].")
        return frozenset(word for word in listed.strip("[]").split(",") if word)

    def execute(self, expression: str, limit_s: float = 30.0) -> str:
        """Evaluate an Erlang expression inside the node and give what it prints: for setting up and for tests.

        Raises: RabbitMQError when the node does not run, refuses, or does not answer within the limit.
        """
        distribution = self._claim.ports().get("distribution")
        if self.pid is None or distribution is None:
            raise RabbitMQError(f"No RabbitMQ runs on {self.folder}: start it first.")
        return ask(self._data, self._programs(), distribution, expression, limit_s)

    def _programs(self) -> Programs:
        return find_programs(self._programs_folder, self._wanted)

    def _password(self) -> str:
        try:
            return self._password_file.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise RabbitMQError(
                f"{self._password_file} is missing, and the data beside it opens with it only. Put {self.folder} aside."
            ) from None

    # -- The node's process -------------------------------------------------------------------------------------------

    def _forget_dead_server(self) -> None:
        if self._server is not None:  # ours of the last time, dead by now: let the system forget it
            self._server.stop()
            self._server = None

    def _launch(self, programs: Programs, account: Account) -> None:
        port = free_port(self._claim.ports().get("server"))
        for attempts_left in reversed(range(_PORT_ATTEMPTS)):
            ports = {"server": port, "distribution": free_port()}
            try:
                server = self._launch_on(ports, programs, account)
                break
            except ProcessError as error:
                # Somebody took a port between our look and the node's.
                if _PORT_WAS_TAKEN not in str(error) or not attempts_left:
                    raise RabbitMQError(str(error)) from error
                port = free_port()
        self._claim.leave_note(is_up=True, **ports)
        if self._outlives_us:
            server.let_go()
        else:
            self._server = server

    def _launch_on(self, ports: dict[str, int], programs: Programs, account: Account) -> ChildProcess:
        self._claim.leave_note(is_up=False, **ports)
        self._data.write_settings(account, ports["server"], self._password(), durable=self._durable)
        server = ChildProcess(
            "RabbitMQ",
            [programs.server],
            log_file=self.log_file,
            folder=self._data.path,
            environment=self._data.environment(programs, ports["distribution"]),
            account=account,
            stopping=STOPPING,
            # Nobody will miss the data; and a frozen node would not hear anything gentler.
            death_signal=None if self._durable else signal.SIGKILL,
            outlives_us=self._outlives_us,
            inherits=[self._claim.fileno()],
        )
        try:
            # It takes connections a moment earlier, but cannot yet be stopped in good order.
            server.start().wait_until_ready(lambda: server.has_said(_STARTED), self._start_limit_s)
        except BaseException:
            server.stop()
            raise
        return server

    def _is_frozen(self) -> bool:
        return self.pid is not None and state_of(self.pid) == "T"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def _speaks_amqp(port: int) -> bool:
    """Whether something there greets a client as AMQP 0-9-1 demands."""
    try:
        with socket.create_connection((ADDRESS, port), timeout=_ANSWER_LIMIT_S) as connection:
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            return bool(connection.recv(1) == b"\x01")
    except OSError:
        return False
