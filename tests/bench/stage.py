"""Where measurements happen: a folder, a PostgreSQL and processes of their own; nothing of it stays."""

import os
import secrets as random
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import httpx
from sqlalchemy.engine import make_url

from libs.local import ChildProcess, PrivatePostgres
from libs.local.demo import REPOSITORY, SERVICES, city_environment
from libs.local.demo_secret import new_secrets
from tests.support.city import free_port
from tests.support.client import get
from tests.support.postgres import programs_folder, temporary_folder

S = TypeVar("S", bound=AbstractContextManager[Any])

START_LIMIT_S: Final = 90.0
_TICKS: Final = os.sysconf("SC_CLK_TCK")


class Stage:
    """Servers and programs of one measurement. PostgreSQL flushes every commit to disk, as in service."""

    def __init__(self, name: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"lang-nghe-bench-{name}-", dir=temporary_folder()))
        # PostgreSQL may run as another user, who passes through here.
        self.folder.chmod(0o711)
        self.secrets = {name: make() for name, make in new_secrets().items()}
        self.port, self.phone_port = free_port(), free_port()
        self._open = ExitStack()

    def postgres(self, name: str = "postgres", environment: Mapping[str, str] | None = None) -> PrivatePostgres:
        """A durable server with its usual settings."""
        return self.keep(PrivatePostgres(self.folder, name=name, programs=programs_folder(), environment=environment))

    def keep(self, server: S) -> S:
        """Start a server that is stopped with the stage."""
        self._open.enter_context(server)
        return server

    def environment(self, database_url: str, **settings: str) -> dict[str, str]:
        """Every setting of all five services on this database."""
        addresses = {"ADMIN_DATABASE_URL": database_url}
        admin = make_url(database_url)
        prefix = f"b{random.token_hex(3)}"
        for service in SERVICES:
            for word, role in (("", "svc"), ("OWNER_", "owner")):
                url = admin.set(username=f"{prefix}_{service}_{role}", password=prefix)
                addresses[f"{service.upper()}_{word}DATABASE_URL"] = url.render_as_string(hide_password=False)
        return city_environment(self.folder, self.port, self.phone_port, self.secrets, addresses) | settings

    def child(self, name: str, words: Sequence[str], environment: Mapping[str, str]) -> ChildProcess:
        """A program of ours, as the words behind `python -m`; ended with the stage."""
        program: list[str | Path] = [sys.executable, "-m", *words]
        log_file = self.folder / f"{name}.log"
        child = ChildProcess(name, program, log_file=log_file, folder=REPOSITORY, environment=environment)
        self._open.callback(child.stop)
        return child

    def run(self, words: Sequence[str], environment: Mapping[str, str]) -> None:
        """Run a program of ours to its end."""
        child = self.child("-".join(words), words, environment)
        child.start().wait_until_done(START_LIMIT_S)

    def serve(self, name: str, words: Sequence[str], environment: Mapping[str, str], port: int) -> ChildProcess:
        """Start a program of ours that listens, and come back when it is ready."""
        child = self.child(name, words, environment).start()
        child.wait_until_ready(lambda: answers(f"http://127.0.0.1:{port}/health/ready"), START_LIMIT_S)
        return child

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: Any) -> None:
        self._open.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def answers(url: str) -> bool:
    """Whether a server says it is ready."""
    try:
        return get(url, timeout_s=2).status_code == 200
    except httpx.HTTPError:
        return False


def cpu_s(*pids: int) -> float:
    """Units: seconds of processor time these processes have used so far, children not counted."""
    used = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        used += int(fields[11]) + int(fields[12])
    return used / _TICKS


def main_thread_ms(pid: int) -> float:
    """Units: milliseconds of processor time of a process's first thread, to the nanosecond while it waits.

    Source: Linux, Documentation/scheduler/sched-stats.rst.
    """
    return int(Path(f"/proc/{pid}/schedstat").read_text("utf-8").split()[0]) / 1e6


def pss_mb(*pids: int) -> float:
    """Units: megabytes of memory these processes use, what they share counted once.

    Source: proc(5), /proc/pid/smaps_rollup.
    """
    kib = 0
    for pid in pids:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
        kib += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kib * 1024 / 1_000_000


def family(pid: int) -> list[int]:
    """A process and all that came from it and still live."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has just ended
        children.setdefault(parent, []).append(int(folder.name))
    found, ahead = [], [pid]
    while ahead:
        found.append(ahead.pop())
        ahead += children.get(found[-1], [])
    return found
