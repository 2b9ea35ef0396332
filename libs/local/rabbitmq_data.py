"""The data folder of a private RabbitMQ: its settings, and which process works in it."""

import contextlib
import os
import shutil
import signal
from pathlib import Path
from typing import Final

from libs.local.account import Account
from libs.local.error import LocalError
from libs.local.folder import make_folder, write_private
from libs.local.port import ADDRESS
from libs.local.process import processes_in, server_environment
from libs.local.rabbitmq_package import Programs
from libs.local.secret import new_password

USER: Final = "lang-nghe"

# Erlang ends in good order on SIGTERM: queues close their files, and the next start reads nothing anew.
STOPPING: Final = ((signal.SIGTERM, 15.0), (signal.SIGKILL, 5.0))

_NODE: Final = "rabbit@localhost"
_FOLDERS: Final = ("home", "log", "mnesia", "settings")


class RabbitMQError(LocalError):
    """The private RabbitMQ cannot be made, started or asked."""


class RabbitMQData:
    """One data folder. Only a node that works in this very folder is ever looked at or signalled."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._version = path / "version"

    def make(self, account: Account, version: str) -> None:
        """Make the folder, or make sure that these programs may open what is in it; a half-made one is begun anew.

        Raises: RabbitMQError when another major version wrote it; FolderError
        """
        if self._version.exists():
            made_by = self._version.read_text(encoding="utf-8").strip()
            if made_by.split(".")[0] != version.split(".")[0]:
                raise RabbitMQError(
                    f"{self.path} was made by RabbitMQ {made_by}, the programs are {version}. Use the old ones "
                    f"(LANG_NGHE_RABBITMQ={made_by.split('.')[0]}), or put the folder aside: it holds only messages "
                    f"under way, which their senders' outboxes repeat until somebody has confirmed them."
                )
        else:
            with contextlib.suppress(FileNotFoundError):
                shutil.rmtree(self.path / "mnesia")
        make_folder(self.path, 0o700, account)
        for name in _FOLDERS:
            make_folder(self.path / name, 0o700, account)
        cookie = self.path / "home" / ".erlang.cookie"
        if not cookie.exists():
            write_private(cookie, new_password(), account)

    def is_made(self) -> bool:
        """Whether a node has once come up on it."""
        return self._version.exists()

    def mark_made(self, version: str) -> None:
        """Remember who made it, now that the first start has succeeded."""
        if not self.is_made() or self._version.read_text(encoding="utf-8").strip() != version:
            write_private(self._version, version)

    def write_settings(self, account: Account, port: int, password: str, *, durable: bool) -> None:
        """Write what the node reads when it starts. User and password count at the first start only."""
        lines = (
            f"listeners.tcp.1 = {ADDRESS}:{port}",
            f"default_user = {USER}",
            f"default_pass = {password}",
            "log.console = true",
            "log.console.level = warning",
            "log.file = false",
            # Half a gigabyte is preallocated otherwise.
            "raft.wal_max_size_bytes = 67108864",
        )
        settings = self.path / "settings"
        write_private(settings / "rabbitmq.conf", "".join(f"{line}\n" for line in lines), account)
        write_private(settings / "enabled_plugins", "[].\n", account)
        # Survives the death of any process, but not of the machine.
        advanced = "[].\n" if durable else "[{ra, [{wal_sync_method, none}]}].\n"
        write_private(settings / "advanced.config", advanced, account)

    def environment(self, programs: Programs, distribution_port: int) -> dict[str, str]:
        """Everything the node is told by its environment: each path of its own, so that it touches no other server."""
        settings = self.path / "settings"
        names = {
            "BASE": self.path,
            "MNESIA_BASE": self.path / "mnesia",
            "LOG_BASE": self.path / "log",
            "CONFIG_FILE": settings / "rabbitmq.conf",
            "ADVANCED_CONFIG_FILE": settings / "advanced.config",
            "GENERATED_CONFIG_DIR": settings,
            "ENABLED_PLUGINS_FILE": settings / "enabled_plugins",
            "PID_FILE": settings / "pid",
            "CONF_ENV_FILE": "/dev/null",
            "NODENAME": _NODE,
            "LOG": "-color",
            "NODE_IP_ADDRESS": ADDRESS,
            "SCHEDULER_BIND_TYPE": "u",  # not bound to processors: it shares them with everything else here
            # RabbitMQ looks itself up with Erlang's own module once, which therefore learns the port, too.
            "SERVER_ADDITIONAL_ERL_ARGS": f"{programs.without_epmd} -erl_epmd_port {distribution_port}"
            " -kernel inet_dist_use_interface {127,0,0,1}",
        }
        return (
            self.client_environment(programs, distribution_port)
            | {f"RABBITMQ_{name}": str(value) for name, value in names.items()}
            | {
                "ERL_CRASH_DUMP": str(self.path / "log" / "erl_crash.dump"),
                "RUNNING_UNDER_SYSTEMD": "true",  # makes the script become the node, instead of watching over it
            }
        )

    def client_environment(self, programs: Programs, distribution_port: int) -> dict[str, str]:
        """What an Erlang needs to reach the node: the cookie in its home, and the one port."""
        return (
            server_environment()
            | programs.environment()
            | {"HOME": str(self.path / "home"), "RABBITMQ_DIST_PORT": str(distribution_port)}
        )

    def first(self) -> int | None:
        """The number of the node's process; None when it does not run."""
        return next(iter(self.processes()), None)

    def processes(self) -> list[int]:
        """The Erlang processes that work in this folder, and nobody else's."""
        return processes_in(self.path, "beam.smp")

    def signal(self, number: int) -> bool:
        """Signal the node, waking it if it was frozen; False when there is none."""
        pids = self.processes()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
                if number != signal.SIGSTOP:
                    os.kill(pid, signal.SIGCONT)
        return bool(pids)
