"""Programs of ours that run beside us: started with a log file each, watched, and stopped by their own number."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, Self

from libs.local.account import Account
from libs.local.error import LocalError

_TETHER = Path(__file__).with_name("tether.py")
_LOOK_EVERY_S = 0.02
_LOG_KEPT_BYTES = 10_000_000
_LOG_LINES_SHOWN = 15

Stopping = Sequence[tuple[signal.Signals, float]]
"""Signals to send in turn, each with the seconds a program gets to obey it."""


class ProcessError(LocalError):
    """A program of ours did not start, or ended on its own; the text carries the last lines of its log."""


@dataclass(frozen=True, slots=True)
class ProcessMark:
    """A process told apart from a later one that got the same number."""

    pid: int
    started: int
    """In clock ticks since the machine started."""

    @classmethod
    def of(cls, pid: int) -> Self | None:
        """Mark a living process; None when there is none, or only a zombie."""
        try:
            # The second field is the program's name in brackets and may itself hold spaces and brackets.
            state, *fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return None if state in "ZX" else cls(pid, int(fields[18]))

    def is_alive(self) -> bool:
        """Whether this very process still runs."""
        return ProcessMark.of(self.pid) == self


def wait_until(condition: Callable[[], bool], limit_s: float) -> bool:
    """Look again and again until the condition holds; False when it still does not after the limit."""
    deadline = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_EVERY_S)
    return True


def state_of(pid: int) -> str | None:
    """Say what the system notes about a process: `R` runs, `S` waits, `T` is frozen …; None when there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None


def processes_in(folder: Path, program: str) -> list[int]:
    """Find the processes of a program whose working folder is this one, and nobody else's."""
    try:
        there = folder.stat()
    except FileNotFoundError:
        return []
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            name = (process / "exe").readlink().name.removesuffix(" (deleted)")
            if name == program and os.path.samestat((process / "cwd").stat(), there):
                found.append(int(process.name))
        except OSError:
            continue  # it has just ended, or belongs to somebody else
    return sorted(found)


def server_environment() -> dict[str, str]:
    """The environment of a private server: none of the caller's settings (`PGHOST`, `PGDATA`, a locale) reach it."""
    kept = ("PATH", "LD_LIBRARY_PATH")  # the second because some Pythons do not start without it
    return {name: os.environ[name] for name in kept if name in os.environ} | {"LC_ALL": "C"}


class Running(Protocol):
    """What is needed of a started process; `subprocess.Popen` has it."""

    pid: int
    returncode: int | None

    def poll(self) -> int | None:
        """Its exit status, negative for a signal; None while it lives."""

    def send_signal(self, number: int, /) -> None:
        """Send a signal, unless it has ended."""


class ChildProcess:
    """One program started by us. It dies with us, unless `outlives_us`.

    It gets a session of its own, so that Ctrl-C reaches us alone and we stop our children in the right order; and only
    the environment it is given. `death_signal` is what the kernel sends it when we die without having stopped it; the
    first of `stopping` unless told otherwise.
    """

    def __init__(
        self,
        name: str,
        program: Sequence[str | Path],
        *,
        log_file: Path,
        folder: Path,
        environment: Mapping[str, str],
        account: Account | None = None,
        stopping: Stopping = ((signal.SIGTERM, 15.0), (signal.SIGKILL, 5.0)),
        death_signal: signal.Signals | None = None,
        outlives_us: bool = False,
        inherits: Sequence[int] = (),
    ) -> None:
        self.name = name
        self.log_file = log_file
        self._program = [str(part) for part in program]
        self._folder = folder
        self._environment = dict(environment)
        self._account = account
        self._stopping = stopping
        self._death_signal = death_signal or stopping[0][0]
        self._outlives_us = outlives_us
        self._inherits = tuple(inherits)
        self._running: Running | None = None
        self._log_starts_at = 0

    @property
    def pid(self) -> int:
        """Its number in the process table."""
        assert self._running is not None, f"{self.name} was not started"
        return self._running.pid

    def start(self) -> Self:
        """Start the program; it may still die a moment later, which `wait_until_ready` and `check` tell.

        Raises: ProcessError when it runs already, or is started where Linux would stop it too early.
        """
        if self.is_alive():
            raise ProcessError(f"{self.name} runs already, as process {self.pid}.")
        if not self._outlives_us and threading.current_thread() is not threading.main_thread():
            # Linux ties a child to the thread that started it, so it would die when that thread ends.
            raise ProcessError(f"{self.name} must be started from the main thread.")
        with _open_log(self.log_file) as log:
            self._log_starts_at = log.tell()
            self._running = self._begin(log)
        return self

    def _begin(self, log: BinaryIO) -> Running:
        switch = self._account is not None and not self._account.is_ours
        uid, gid = (self._account.uid, self._account.gid) if self._account and switch else (-1, -1)
        death_signal = 0 if self._outlives_us else int(self._death_signal)
        tether = [sys.executable, "-I", "-S", _TETHER, os.getpid(), death_signal, uid, gid]
        return subprocess.Popen(
            [*(str(part) for part in tether), *self._program],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=self._folder,
            env=self._environment,
            start_new_session=True,
            pass_fds=self._inherits,
        )

    def is_alive(self) -> bool:
        """Whether the program started last still runs."""
        return self._running is not None and self._running.poll() is None

    def check(self) -> None:
        """Make sure that it still runs.

        Raises: ProcessError with the last lines of its log when it has died.
        """
        if not self.is_alive():
            code = None if self._running is None else self._running.returncode
            raise ProcessError(f"{self.name} ended ({_ending(code)}).{self._log_excerpt()}")

    def wait_until_ready(self, is_ready: Callable[[], bool], limit_s: float) -> None:
        """Wait until the program does its work.

        Raises: ProcessError with the last lines of its log when it dies before that, or needs longer than the limit.
        """

        def is_settled() -> bool:
            self.check()
            return is_ready()

        if not wait_until(is_settled, limit_s):
            raise ProcessError(f"{self.name} was not ready after {limit_s:g} s.{self._log_excerpt()}")

    def wait_until_done(self, limit_s: float) -> None:
        """Wait for a program that is meant to end.

        Raises: ProcessError with the last lines of its log when it fails, or needs longer than the limit.
        """
        if not wait_until(lambda: not self.is_alive(), limit_s):
            self.stop()
            raise ProcessError(f"{self.name} had not ended after {limit_s:g} s.{self._log_excerpt()}")
        if self._running is None or self._running.returncode != 0:
            self.check()

    def stop(self) -> None:
        """Ask it to end, then insist, and come back when it has; nothing happens when it is gone already."""
        for number, limit_s in self._stopping:
            if self._running is None or self._running.poll() is not None:
                return
            self._running.send_signal(number)
            wait_until(lambda: not self.is_alive(), limit_s)

    def let_go(self) -> None:
        """Leave a program that outlives us to itself: somebody else will stop it."""
        if self._running is not None and self._running.poll() is None:
            # Popen warns when it is thrown away while its child runs. That is what is wanted here.
            self._running.returncode = 0
        self._running = None

    def has_said(self, words: str) -> bool:
        """Whether the words are in its log since it was started last."""
        return words in self._log()

    def _log(self) -> str:
        with self.log_file.open("rb") as log:
            log.seek(self._log_starts_at)
            return log.read().decode("utf-8", "replace")

    def _log_excerpt(self) -> str:
        lines = self._log().splitlines()[-_LOG_LINES_SHOWN:]
        shown = "".join(f"\n    {line}" for line in lines) or "\n    (nothing)"
        return f" The end of {self.log_file}:{shown}"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def _open_log(path: Path) -> BinaryIO:
    """Open a log to append to; a big one is first put aside, so that a machine left alone does not fill up."""
    if path.exists() and path.stat().st_size > _LOG_KEPT_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    return os.fdopen(descriptor, "ab")


def _ending(code: int | None) -> str:
    if code is None:
        return "never started"
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
