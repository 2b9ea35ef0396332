"""The whole city as real processes: the embedded one and the simulated Zalo, on a database of the test's own."""

import json
import secrets as random
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from sqlalchemy.engine import make_url

from libs.local import ChildProcess, wait_until
from libs.local.demo import OFFICERS_FILE, REPOSITORY, SERVICES, city_environment, phone_environment, seed_officers
from libs.local.demo_officer import password_name
from libs.local.demo_secret import new_secrets

LIMIT_S: Final = 60.0


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Said:
    """A message the citizen received."""

    text: str
    buttons: list[dict[str, Any]]
    whole: dict[str, Any]


class City:
    """One city under test. `kill` is SIGKILL; `start` again finds everything as it was."""

    def __init__(self, folder: Path, database_url: str, **more: str) -> None:
        self.folder = folder
        self.secrets = {name: make() for name, make in new_secrets().items()}
        self.port, self.phone_port = free_port(), free_port()
        self.database_url = database_url
        self.environment = city_environment(folder, self.port, self.phone_port, self.secrets, self._addresses()) | more
        self._phone = self._child("zalo_oa", ["-m", "simulators.zalo_oa"], self._phone_settings())
        self._city: ChildProcess | None = None
        self.desk_url = f"http://127.0.0.1:{self.port}"
        self.phone_url = f"http://127.0.0.1:{self.phone_port}"
        self.phone = httpx.Client(base_url=self.phone_url, timeout=10, trust_env=False)

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

    def _phone_settings(self) -> dict[str, str]:
        return phone_environment(self.folder, self.port, self.phone_port, self.secrets) | {
            "ZALO_SIM_TIME_FACTOR": "0.02"
        }

    def _child(self, name: str, words: Sequence[str], environment: dict[str, str]) -> ChildProcess:
        program: list[str | Path] = [sys.executable, *words]
        return ChildProcess(
            name,
            program,
            log_file=self.folder / f"{name}.log",
            folder=REPOSITORY,
            environment=environment,
            outlives_us=False,
        )

    def prepare(self) -> None:
        """Schemas, the province's rows, officers."""
        seed_officers(self.folder, self.secrets)
        load = ["services.routing", "officer", "load", str(self.folder / OFFICERS_FILE)]
        for name, words in (("prepare", ["services.embedded", "prepare"]), ("officers", load)):
            with self._child(name, ["-m", *words], self.environment) as child:
                child.wait_until_done(LIMIT_S)

    def start_phone(self) -> None:
        """Start the simulated Zalo."""
        self._phone.start()
        self._phone.wait_until_ready(lambda: self._answers(f"{self.phone_url}/health/live"), LIMIT_S)

    def start(self, *words: str) -> None:
        """Start the city: as it is, or through another program (`words`) that starts it."""
        self._city = self._child("city", words or ["-m", "services.embedded"], self.environment).start()
        self._city.wait_until_ready(lambda: self._answers(f"{self.desk_url}/health/ready"), LIMIT_S)

    def alive(self) -> bool:
        """Whether the city's process still runs."""
        return self._city is not None and self._city.is_alive()

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        assert self._city is not None
        if self._city.is_alive():
            self._city._running.send_signal(signal.SIGKILL)  # type: ignore[union-attr]
        wait_until(lambda: not self.alive(), 10)

    def stop(self) -> None:
        """Stop as asked to."""
        if self._city is not None:
            self._city.stop()
        self._phone.stop()
        self.phone.close()

    @staticmethod
    def _answers(url: str) -> bool:
        try:
            return httpx.get(url, timeout=2, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    # -- A citizen ----------------------------------------------------------------------------------------------------

    def say(self, user_id: str, text: str, **more: Any) -> None:
        """Write one message as a citizen."""
        self.phone.post("/say", json={"user_id": user_id, "text": text, **more}).raise_for_status()

    def received(self, user_id: str) -> list[Said]:
        """What this citizen's phone shows of ours, oldest first."""
        answer = self.phone.get("/outbox", params={"user_id": user_id}).json()
        messages = answer["messages"] if isinstance(answer, dict) else answer
        return [Said(m.get("text") or "", m.get("buttons") or [], m) for m in messages]

    def wait_for(self, user_id: str, wanted: Callable[[Said], bool], *, after: int = 0, within_s: float = 30.0) -> Said:
        """The first message after the given number that is the wanted one."""
        found: list[Said] = []

        def look() -> bool:
            found[:] = [said for said in self.received(user_id)[after:] if wanted(said)]
            return bool(found)

        if not wait_until(look, within_s):
            told = json.dumps([said.text for said in self.received(user_id)], ensure_ascii=False, indent=1)
            raise AssertionError(f"not received within {within_s} s; received: {told}")
        return found[0]

    def ask(self, user_id: str, text: str, **more: Any) -> Said:
        """Write one message and wait for the reply to it."""
        before = len(self.received(user_id))
        self.say(user_id, text, **more)
        return self.wait_for(user_id, lambda _said: True, after=before)

    # -- An officer ---------------------------------------------------------------------------------------------------

    def password(self, login: str) -> str:
        """A seeded officer's password."""
        return self.secrets[password_name(login)]
