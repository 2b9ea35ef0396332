"""The whole city as real processes: the embedded one and the simulated Zalo, on a database of the test's own."""

import json
import os
import secrets as random
import signal
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import httpx
from sqlalchemy.engine import make_url

from libs.local import ChildProcess, wait_until
from libs.local.demo import OFFICERS_FILE, REPOSITORY, SERVICES, city_environment, phone_environment, seed_officers
from libs.local.demo_officer import password_name
from libs.local.demo_secret import new_secrets
from tests.support.administrator import Administrator
from tests.support.client import client, get
from tests.support.forked import ForkedChild

START_LIMIT_S: Final = 60.0
REDELIVERY_FACTOR: Final = "0.02"
"""The simulated Zalo redelivers after 0.6 s, 6 s, 18 s … instead of 30 s, 5 min, 15 min …"""


class City:
    """One city under test. `kill` is SIGKILL; `start` again finds everything as it was."""

    def __init__(self, folder: Path, database_url: str, **settings: str) -> None:
        self.folder = folder
        self.secrets = {name: make() for name, make in new_secrets().items()}
        self.port, self.phone_port = free_port(), free_port()
        self.url, self.phone_url = f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.phone_port}"
        self.database_url = database_url
        addresses = self._addresses()
        self.environment = city_environment(folder, self.port, self.phone_port, self.secrets, addresses) | settings
        self.administrator = Administrator(database_url)
        self.phone = client(self.phone_url)
        self.web = client(self.url)
        phone_settings = phone_environment(folder, self.port, self.phone_port, self.secrets)
        phone_settings["ZALO_SIM_TIME_FACTOR"] = REDELIVERY_FACTOR
        self._phone = self._child("zalo_oa", ["-m", "simulators.zalo_oa"], phone_settings)
        self._city: ChildProcess | None = None

    def _addresses(self) -> dict[str, str]:
        # Roles belong to the whole server, which several test processes share: each city has its own.
        prefix = f"c{random.token_hex(3)}"
        admin = make_url(self.database_url)
        addresses = {"ADMIN_DATABASE_URL": self.database_url}
        for service in SERVICES:
            for word, role in (("", "svc"), ("OWNER_", "owner")):
                url = admin.set(username=f"{prefix}_{service}_{role}", password=prefix)
                addresses[f"{service.upper()}_{word}DATABASE_URL"] = url.render_as_string(hide_password=False)
        return addresses

    def _child(self, name: str, words: Sequence[str], environment: Mapping[str, str]) -> ChildProcess:
        dash_m, *program = words
        assert dash_m == "-m"
        log_file = self.folder / f"{name}.log"
        return ForkedChild(name, program, log_file=log_file, folder=REPOSITORY, environment=environment)

    # ----------------------------------------------------------------------------------------------- its processes

    def prepare(self) -> None:
        """Make the schemas, load the province's rows, seed the officers, and post the witness."""
        seed_officers(self.folder, self.secrets)
        officers = ["services.routing", "officer", "load", str(self.folder / OFFICERS_FILE)]
        self.run(["services.embedded", "prepare"], officers)
        self.administrator.watch_what_is_said(SERVICES)

    def run(self, *programs: Sequence[str]) -> str:
        """Run programs of ours to their end, each as the words behind `python -m`; what they printed."""
        log_file = self.folder / "commands.log"
        log_file.unlink(missing_ok=True)
        words = ["-m", "libs.local.commands", json.dumps([list(program) for program in programs])]
        with self._child("commands", words, self.environment) as child:
            child.wait_until_done(START_LIMIT_S)
        return log_file.read_text(encoding="utf-8")

    def start_phone(self) -> None:
        """Start the simulated Zalo."""
        self._phone.start()
        self._phone.wait_until_ready(lambda: answers(f"{self.phone_url}/health/live"), START_LIMIT_S)

    def start(self, *words: str, **settings: str) -> None:
        """Start the city: as it is, or through another program (`words`) that starts it, with settings of its own."""
        environment = self.environment | settings
        self._city = self._child("city", words or ["-m", "services.embedded"], environment).start()
        self._city.wait_until_ready(lambda: answers(f"{self.url}/health/ready"), START_LIMIT_S)
        self.deliver_waiting()

    @property
    def pid(self) -> int:
        """The number of the city's process."""
        assert self._city is not None
        return self._city.pid

    def is_alive(self) -> bool:
        """Whether the city's process runs."""
        return self._city is not None and self._city.is_alive()

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        if self.is_alive():
            os.kill(self.pid, signal.SIGKILL)
        self.wait_until_dead()

    def wait_until_dead(self, within_s: float = 30.0) -> None:
        """Wait for an end that was brought about."""
        if not wait_until(lambda: not self.is_alive(), within_s):
            raise AssertionError(f"the city still lives after {within_s:g} s")

    def stop(self) -> None:
        """Stop the city as an operator does; the phones stay on."""
        if self._city is not None:
            self._city.stop()

    def close(self) -> None:
        """Stop everything."""
        self.stop()
        self._phone.stop()
        self.phone.close()
        self.web.close()
        self.administrator.close()

    def log(self) -> str:
        """Everything the city has logged since it was made."""
        return (self.folder / "city.log").read_text(encoding="utf-8")

    def metrics_of(self, service: str) -> list[str]:
        """What each process that does a service's work counts."""
        return [self.web.get(f"/{service}/metrics").text]

    # --------------------------------------------------------------------------------------------- the outside world

    def zalo(self, **switches: Any) -> None:
        """Make the simulated Zalo misbehave: `city.zalo(api_answer_lost=1)`."""
        self.phone.post("/faults", json=switches).raise_for_status()

    def zalo_behaves(self) -> None:
        """End all misbehaviour."""
        self.phone.delete("/faults").raise_for_status()

    def deliveries(self, user_id: str | None = None) -> list[dict[str, Any]]:
        """The webhooks of one citizen or of all, newest first, each with its tries."""
        query = {"limit": 500} | ({"user_id": user_id} if user_id else {})
        found: list[dict[str, Any]] = self.phone.get("/deliveries", params=query).raise_for_status().json()
        return found

    def deliver_waiting(self) -> None:
        """Have Zalo repeat now what it would repeat later."""
        for delivery in self.deliveries():
            if delivery["state"] == "pending":
                self.phone.post(f"/deliveries/{delivery['id']}/send-now")

    # ---------------------------------------------------------------------------------------------------- officers

    def password(self, login: str) -> str:
        """A seeded officer's password."""
        return self.secrets[password_name(login)]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    """Whether somebody says yes at an address."""
    try:
        return get(url, timeout_s=2).status_code == 200
    except httpx.HTTPError:
        return False
