"""The city as five services over a real RabbitMQ, each in as many processes as wanted, behind a gateway."""

import os
import re
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from libs.local import ChildProcess, wait_until
from libs.local.demo import OFFICERS_FILE, SERVICES, seed_officers
from tests.support.city import START_LIMIT_S, City, answers, free_port
from tests.support.client import get

STOP_LIMIT_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Replica:
    """One of the processes of one service."""

    service: str
    number: int
    port: int

    @property
    def name(self) -> str:
        """What tells it apart, also its log."""
        return f"{self.service}-{self.number}"

    @property
    def url(self) -> str:
        """Its own address, past the gateway."""
        return f"http://127.0.0.1:{self.port}"


class FiveServices(City):
    """The same city, seen from outside, as the one in one process; and each of its processes can be got at."""

    def __init__(self, folder: Path, database_url: str, amqp_url: str, *, each: int = 1, **settings: str) -> None:
        super().__init__(folder, database_url, AMQP_URL=amqp_url, **settings)
        self.replicas = [Replica(service, n + 1, free_port()) for service in SERVICES for n in range(each)]
        self._processes: dict[Replica, ChildProcess] = {}
        self._gateway: ChildProcess | None = None

    # ----------------------------------------------------------------------------------------------- its processes

    def prepare(self) -> None:
        """Make the schemas and what stands on the broker, seed the officers, and post the witness."""
        seed_officers(self.folder, self.secrets)
        officers = ["services.routing", "officer", "load", str(self.folder / OFFICERS_FILE)]
        self.run(*([f"services.{service}", "prepare"] for service in SERVICES), officers)
        self.administrator.watch_what_is_said(SERVICES)

    def start(self, *words: str, **settings: str) -> None:
        """Start every process that does not run, and the gateway."""
        assert not words, "each process has words of its own: start_one"
        if self._gateway is None or not self._gateway.is_alive():
            self._gateway = self._started_gateway()
        begun = [self._begin(one, (), settings) for one in self.replicas if not self.runs(one)]
        for replica in begun:
            self.wait_until_ready(replica)
        self._gateway.wait_until_ready(lambda: answers(f"{self.url}/health/ready"), START_LIMIT_S)
        self.deliver_waiting()

    def start_one(self, replica: Replica, *words: str, wait: bool = True, **settings: str) -> None:
        """Start one process: as it is, or through another program that starts it, with settings of its own."""
        self._begin(replica, words, settings)
        if wait:
            self.wait_until_ready(replica)

    def stop(self) -> None:
        """Stop everything but the phones, as an operator does."""
        self.stop_services()
        if self._gateway is not None:
            self._gateway.stop()

    def stop_services(self) -> None:
        """Tell every process to stop, and wait until all have.

        Raises: ProcessError when one does not end in time, or not as one that was told to.
        """
        self.stop_some(*self.replicas)

    def stop_some(self, *replicas: Replica) -> None:
        """Tell some processes to stop, and wait until they have.

        Raises: ProcessError when one does not end in time, or not as one that was told to.
        """
        running = [one for one in replicas if self.runs(one)]
        for replica in running:
            self._signal(replica, signal.SIGCONT)
            self._signal(replica, signal.SIGTERM)
        for replica in running:
            self._processes[replica].wait_until_done(STOP_LIMIT_S)

    def kill(self, *replicas: Replica) -> None:
        """SIGKILL, for some or for all: no goodbye."""
        for replica in replicas or self.replicas:
            self._signal(replica, signal.SIGKILL)
        for replica in replicas or self.replicas:
            self.wait_until_one_is_dead(replica)

    def freeze(self, replica: Replica) -> None:
        """SIGSTOP: it lives and does nothing, as on a machine that has no time for it."""
        self._signal(replica, signal.SIGSTOP)

    def thaw(self, replica: Replica) -> None:
        """Let it go on."""
        self._signal(replica, signal.SIGCONT)

    def of(self, service: str) -> list[Replica]:
        """The processes of one service."""
        return [one for one in self.replicas if one.service == service]

    def runs(self, replica: Replica) -> bool:
        """Whether a process runs."""
        return replica in self._processes and self._processes[replica].is_alive()

    def is_alive(self) -> bool:
        """Whether every process runs."""
        return all(self.runs(one) for one in self.replicas)

    @property
    def pids(self) -> dict[str, int]:
        """The number of each process by its name."""
        return {one.name: self._processes[one].pid for one in self.replicas if self.runs(one)}

    def wait_until_one_is_dead(self, replica: Replica, within_s: float = 30.0) -> None:
        """Wait for an end that was brought about."""
        if not wait_until(lambda: not self.runs(replica), within_s):
            raise AssertionError(f"{replica.name} still lives after {within_s:g} s")

    def wait_until_ready(self, replica: Replica) -> None:
        """Wait until a process does its work."""
        self._processes[replica].wait_until_ready(lambda: answers(f"{replica.url}/health/ready"), START_LIMIT_S)

    def log_of(self, replica: Replica) -> str:
        """Everything one of the processes has logged since the city was made."""
        return (self.folder / f"{replica.name}.log").read_text(encoding="utf-8")

    def log(self) -> str:
        """Everything all of them have logged."""
        return "".join(path.read_text(encoding="utf-8") for path in self._logs())

    def _logs(self) -> Iterator[Path]:
        return (path for one in self.replicas if (path := self.folder / f"{one.name}.log").exists())

    def _begin(self, replica: Replica, words: Sequence[str], settings: dict[str, str]) -> Replica:
        prefix = replica.service.upper()
        own = {f"{prefix}_LISTEN_PORT": str(replica.port), f"{prefix}_ROOT_PATH": f"/{replica.service}"}
        environment = self.environment | own | settings
        program = words or ["-m", f"services.{replica.service}", "serve"]
        self._processes[replica] = self._child(replica.name, program, environment).start()
        return replica

    def _started_gateway(self) -> ChildProcess:
        addresses = [f"{one.service}={one.url}" for one in self.replicas]
        return self._child(
            "gateway", ["-m", "libs.local.gateway", "--port", str(self.port), *addresses], self.environment
        ).start()

    def _signal(self, replica: Replica, number: signal.Signals) -> None:
        if self.runs(replica):
            os.kill(self._processes[replica].pid, number)

    # ------------------------------------------------------------------------------------------------ what it tells

    def health(self, replica: Replica) -> tuple[int, dict[str, Any]]:
        """Whether a process wants requests, and what it says of itself."""
        answer = get(f"{replica.url}/health/ready")
        return answer.status_code, answer.json()

    def is_called_alive(self, replica: Replica) -> bool:
        """Whether a process says that it lives."""
        return answers(f"{replica.url}/health/live")

    def metrics_of(self, service: str) -> list[str]:
        """What each process of a service counts."""
        return [get(f"{one.url}/metrics").text for one in self.of(service)]

    def metric(self, replica: Replica, name: str) -> float | None:
        """One number of a process, by its name without the service's: `bus_up`, `outbox_parked`."""
        told = get(f"{replica.url}/metrics").text
        found = re.search(rf"^{replica.service}_{re.escape(name)} (\S+)$", told, re.MULTILINE)
        return float(found[1]) if found else None
