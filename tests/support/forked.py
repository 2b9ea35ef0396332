"""Programs of ours for tests: forked from a process that has loaded all our code, instead of each loading it anew."""

import atexit
import json
import os
import socket
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, BinaryIO, Final

from libs.local import ChildProcess, ProcessError, wait_until
from libs.local.demo import REPOSITORY
from libs.local.process import server_environment

_LONGEST_ANSWER: Final = 100


class Forker:
    """Our side of the process that forks (`forker.py`): one for each process of tests, started when first wanted."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._folder = tempfile.TemporaryDirectory(prefix="lang-nghe-forker-")
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = ChildProcess(
                "forker",
                [sys.executable, "-m", "tests.support.forker", str(theirs.fileno())],
                log_file=Path(self._folder.name) / "forker.log",
                folder=REPOSITORY,
                environment=server_environment(),
                inherits=[theirs.fileno()],
            )
            self._process = process.start()
        atexit.register(self._process.stop)

    def fork(self, log: BinaryIO, **told: Any) -> "Forked":
        """Start a program: its `words` behind `python -m`, its `environment`, `folder` and `death_signal`."""
        return Forked(self, self._ask(told, log.fileno()))

    def ending_of(self, pid: int) -> int | None:
        """How a forked process ended, as `subprocess` tells it; None while it lives."""
        ending: int | None = self._ask({"ended": pid})
        return ending

    def _ask(self, told: dict[str, Any], *descriptors: int) -> Any:
        try:
            with self._asking:
                socket.send_fds(self._socket, [json.dumps(told).encode()], descriptors)
                return json.loads(self._socket.recv(_LONGEST_ANSWER))
        except (OSError, ValueError):  # it closed its door, before the wish or instead of an answer
            wait_until(lambda: not self._process.is_alive(), 1)
            self._process.check()
            raise ProcessError("The process that forks says nothing.") from None


class Forked:
    """A process that was forked for us, with as much of `subprocess.Popen` as `ChildProcess` needs."""

    def __init__(self, forker: Forker, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._forker = forker

    def poll(self) -> int | None:
        """Its exit status, negative for a signal; None while it lives."""
        if self.returncode is None:
            self.returncode = self._forker.ending_of(self.pid)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


class ForkedChild(ChildProcess):
    """A `ChildProcess` whose program is one of ours, the words behind `python -m`. It always dies with us."""

    _forker: Forker | None = None

    def _begin(self, log: BinaryIO) -> Forked:
        forker = ForkedChild._forker = ForkedChild._forker or Forker()
        return forker.fork(
            log,
            words=self._program,
            environment=self._environment,
            folder=str(self._folder),
            death_signal=int(self._death_signal),
        )
