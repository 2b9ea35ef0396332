"""One throw-away RabbitMQ for a whole test run, shared by all its processes, each test in a virtual host of its own.

Begun, joined and left like the PostgreSQL of a run; started only when a test asks for it. Where there can be none, the
reason is kept for all processes of the run, so that it is looked for once.
"""

import base64
import os
import secrets
import shutil
import tempfile
import urllib.request
from pathlib import Path
from typing import NoReturn, Self
from urllib.parse import quote, unquote, urlsplit

from libs.local import LocalError
from libs.local.lock import FileLock
from libs.local.rabbitmq import PrivateRabbitMQ
from tests.support.postgres import programs_folder, tests_folder

NAMED_VARIABLE = "TEST_AMQP_URL"
MANAGEMENT_VARIABLE = "TEST_AMQP_MANAGEMENT_URL"

_MANAGEMENT_LIMIT_S = 10.0


class NoRabbitMQError(Exception):
    """There is no RabbitMQ for this run; the text says why, and what to do."""


class RunRabbitMQ:
    """The RabbitMQ of one test run; `begin` makes a run, `join` brings another process of it in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = _server_of(folder)
        self._part = FileLock(folder / "users")
        self._refusal = folder / "refusal"

    @classmethod
    def begin(cls) -> Self:
        base = tests_folder()
        with FileLock(base / "rabbitmq-lock"):
            folder = Path(tempfile.mkdtemp(prefix="rabbitmq-run-", dir=base))
            folder.chmod(0o711)
            return cls.join(folder)

    @classmethod
    def join(cls, folder: Path) -> Self:
        run = cls(folder)
        run._part.take(shared=True, wait=True)
        return run

    def start(self) -> PrivateRabbitMQ:
        """Give the running node: started now, if this is the first process to need it or somebody has killed it.

        Raises: NoRabbitMQError
        """
        with FileLock(self.folder / "starting"):
            self._raise_refusal()
            # Asked by its process, not by a connection: the node may be busy, or a test may have frozen it.
            if self.server.pid is None:
                _clear_killed_runs(self.folder.parent)
                try:
                    self.server.start()
                except LocalError as error:
                    self._refuse(str(error))
        return self.server

    def own_node(self) -> PrivateRabbitMQ:
        """Start a node for this process alone, which dies with it.

        Raises: NoRabbitMQError
        """
        self._raise_refusal()
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        try:
            return PrivateRabbitMQ(
                self.folder, name=f"rabbitmq-of-{worker}", programs=programs_folder(), durable=False
            ).start()
        except LocalError as error:
            self._refuse(str(error))

    def new_vhost(self) -> str:
        """Make an empty virtual host of this process's own and give its address, on the named server or our own.

        Raises: NoRabbitMQError
        """
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        name = f"lang-nghe-test-{worker}-{secrets.token_hex(6)}"
        if named := os.environ.get(NAMED_VARIABLE):
            self._raise_refusal()
            try:
                address = add_vhost(named, name)
            except OSError as error:
                self._refuse(
                    f"{NAMED_VARIABLE} is set, but no virtual host can be made there ({error}). Tests need its "
                    f"management plugin, at {MANAGEMENT_VARIABLE} (now {_management(named)}), and a user with the tag "
                    f"administrator; or unset {NAMED_VARIABLE} to have a private RabbitMQ."
                )
            with (self.folder / "vhosts").open("a") as vhosts:
                vhosts.write(f"{name}\n")
            return address
        return self.start().add_vhost(name)

    def delete_vhost(self, address: str) -> None:
        """Remove one of those virtual hosts; what is not removed goes when the run ends."""
        name = unquote(urlsplit(address).path[1:])
        if named := os.environ.get(NAMED_VARIABLE):
            delete_vhost(named, name)
        elif self.server.pid is not None:
            self.server.delete_vhost(name)

    def refusal(self) -> str | None:
        """Why there is none, if one was wanted and could not be had."""
        return self._refusal.read_text(encoding="utf-8") if self._refusal.exists() else None

    def leave(self) -> None:
        """Go; the last one stops the node and removes everything."""
        self._part.release()
        with FileLock(self.folder.parent / "rabbitmq-lock"):
            _clear_if_deserted(self.folder)

    def _raise_refusal(self) -> None:
        if reason := self.refusal():
            raise NoRabbitMQError(reason)

    def _refuse(self, reason: str) -> NoReturn:
        self._refusal.write_text(reason, encoding="utf-8")
        raise NoRabbitMQError(reason)


def add_vhost(server: str, name: str) -> str:
    """Make a virtual host on a named server by its management interface and give its address."""
    user = quote(unquote(urlsplit(server).username or "guest"), safe="")
    _manage(server, "PUT", f"/api/vhosts/{quote(name, safe='')}", b"{}")
    rights = b'{"configure": ".*", "write": ".*", "read": ".*"}'
    _manage(server, "PUT", f"/api/permissions/{quote(name, safe='')}/{user}", rights)
    return urlsplit(server)._replace(path=f"/{quote(name, safe='')}").geturl()


def delete_vhost(server: str, name: str) -> None:
    """Remove a virtual host of ours from a named server."""
    _manage(server, "DELETE", f"/api/vhosts/{quote(name, safe='')}", None)


def _management(server: str) -> str:
    return os.environ.get(MANAGEMENT_VARIABLE) or f"http://{urlsplit(server).hostname}:15672"


def _manage(server: str, method: str, path: str, body: bytes | None) -> None:
    parts = urlsplit(server)
    pair = f"{unquote(parts.username or 'guest')}:{unquote(parts.password or 'guest')}"
    headers = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{_management(server)}{path}", data=body, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=_MANAGEMENT_LIMIT_S):
        pass


def _server_of(run_folder: Path) -> PrivateRabbitMQ:
    return PrivateRabbitMQ(run_folder, programs=programs_folder(), durable=False, outlives_us=True)


def _clear_killed_runs(base: Path) -> None:
    with FileLock(base / "rabbitmq-lock"):
        for folder in base.glob("rabbitmq-run-*"):
            _clear_if_deserted(folder)


def _clear_if_deserted(folder: Path) -> None:
    if not folder.exists():
        return
    users = FileLock(folder / "users")
    if users.take():
        _server_of(folder).kill()
        vhosts = folder / "vhosts"
        if (named := os.environ.get(NAMED_VARIABLE)) and vhosts.exists():
            _delete_vhosts(named, vhosts.read_text().split())
        shutil.rmtree(folder)
    users.release()


def _delete_vhosts(server: str, names: list[str]) -> None:
    for name in names:
        try:
            delete_vhost(server, name)
        except OSError:
            continue  # its test has removed it, or the server has gone
