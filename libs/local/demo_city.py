"""The city's processes on one machine: their settings, made of the demo's secrets and of where everything is."""

import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from libs.local.demo_officer import OFFICERS, password_name
from libs.local.folder import write_private
from libs.local.port import ADDRESS, free_port
from libs.local.postgres import PrivatePostgres
from libs.local.process import ChildProcess, server_environment

REPOSITORY: Final = Path(__file__).resolve().parents[2]
SERVICES: Final = ("intake", "triage", "routing", "notifier", "portal_bridge")
OFFICERS_FILE: Final = "officers.jsonl"
START_LIMIT_S: Final = 60.0

_PREPARE: Final = ("services.embedded", "prepare")
_SERVE: Final = ("services.embedded",)


@dataclass(frozen=True, slots=True)
class Part:
    """A process of the city, and where it says that it does its work."""

    process: ChildProcess
    port: int
    health: str = "/health/ready"

    def wait_until_ready(self, limit_s: float) -> None:
        """Wait for it.

        Raises: ProcessError with the end of its log when it dies before that, or needs longer than the limit.
        """
        self.process.wait_until_ready(self._answers, limit_s)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{ADDRESS}:{self.port}{self.health}", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def phone_part(folder: Path, port: int, phone_port: int, secrets: Mapping[str, str]) -> Part:
    """The simulated Zalo."""
    settings = phone_environment(folder, port, phone_port, secrets)
    return Part(_child("zalo_oa", folder, ["-m", "simulators.zalo_oa"], settings), phone_port, "/health/live")


def embedded_part(folder: Path, port: int, environment: Mapping[str, str]) -> Part:
    """All five services in one process, which first prepares their schemas and the officers: imports are paid once."""
    words = _in_turn([*_preparations(folder), _SERVE])
    return Part(_child("city", folder, words, environment), port)


def preparation(folder: Path, environment: Mapping[str, str]) -> ChildProcess:
    """What makes schemas, queues and officers ready before the services start one by one."""
    return _child("prepare", folder, _in_turn(_preparations(folder)), environment)


def service_parts(folder: Path, port: int, environment: Mapping[str, str]) -> list[Part]:
    """The five services as processes of their own, and the gateway in front of them."""
    ports = {service: free_port() for service in SERVICES}
    parts = [
        Part(
            _child(service, folder, ["-m", f"services.{service}", "serve"], _settings_of(service, ports, environment)),
            ports[service],
        )
        for service in SERVICES
    ]
    replicas = [f"{service}=http://{ADDRESS}:{ports[service]}" for service in SERVICES]
    words = ["-m", "libs.local.gateway", "--port", str(port), *replicas]
    return [*parts, Part(_child("gateway", folder, words, server_environment()), port)]


def _settings_of(service: str, ports: Mapping[str, int], environment: Mapping[str, str]) -> dict[str, str]:
    """What a service needs, and nothing of the others: not their secrets, and no address that may change a schema."""
    foreign = tuple(f"{other.upper()}_" for other in SERVICES if other != service)
    mine = service.upper()
    owner = ("ADMIN_DATABASE_URL", f"{mine}_OWNER_DATABASE_URL")
    kept = {name: told for name, told in environment.items() if not name.startswith(foreign) and name not in owner}
    return kept | {f"{mine}_LISTEN_PORT": str(ports[service]), f"{mine}_ROOT_PATH": f"/{service}"}


def _preparations(folder: Path) -> list[Sequence[str]]:
    return [_PREPARE, ("services.routing", "officer", "load", str(folder / OFFICERS_FILE))]


def _in_turn(programs: Sequence[Sequence[str]]) -> list[str]:
    return ["-m", "libs.local.commands", json.dumps(programs)]


def _child(name: str, folder: Path, words: Sequence[str], environment: Mapping[str, str]) -> ChildProcess:
    program: list[str | Path] = [sys.executable, *words]
    return ChildProcess(name, program, log_file=folder / f"{name}.log", folder=REPOSITORY, environment=environment)


def seed_officers(folder: Path, secrets: Mapping[str, str]) -> None:
    """Write the demo's accounts down as routing's `officer load` reads them."""
    rows = (officer.row(secrets[password_name(officer.login)]) for officer in OFFICERS)
    write_private(folder / OFFICERS_FILE, "".join(f"{row}\n" for row in rows))


def database_addresses(postgres: PrivatePostgres, secrets: Mapping[str, str]) -> dict[str, str]:
    """Where each service finds its schema: as the role that serves, as the one that migrates, as administrator once."""
    addresses = {"ADMIN_DATABASE_URL": postgres.url()}
    for service in SERVICES:
        for prefix, role in (("", "svc"), ("OWNER_", "owner")):
            password = secrets[f"{service}_{role}_password".upper()]
            addresses[f"{service.upper()}_{prefix}DATABASE_URL"] = postgres.url(
                role=f"{service}_{role}", password=password
            )
    return addresses


def city_environment(
    folder: Path, port: int, phone_port: int, secrets: Mapping[str, str], addresses: Mapping[str, str]
) -> dict[str, str]:
    """Every setting the city needs, and nothing of the caller's."""
    environment = server_environment() | {
        name: secrets[name]
        for name in ("CONTACT_KEYS", "LOOKUP_KEY", "OFFICER_SESSION_PUBLIC_KEYS", "ROUTING_SESSION_PRIVATE_KEY")
    }
    environment |= {name: url.replace("postgresql://", "postgresql+asyncpg://", 1) for name, url in addresses.items()}
    for service in ("INTAKE", "NOTIFIER"):
        environment[f"{service}_ZALO_APP_ID"] = secrets["ZALO_APP_ID"]
        environment[f"{service}_ZALO_OA_ID"] = secrets["ZALO_OA_ID"]
    phone = f"http://{ADDRESS}:{phone_port}"
    return environment | {
        "PORT": str(port),
        "PUBLIC_URL": f"http://{ADDRESS}:{port}",
        "BLOB_URL": (folder / "files").as_uri(),
        "PROVINCE": os.environ.get("PROVINCE", "hanoi"),
        "INTAKE_ZALO_OA_SECRET_KEY": secrets["ZALO_OA_SECRET_KEY"],
        "INTAKE_MEDIA_PRIVATE_HOSTS": f"{ADDRESS}:{phone_port}",
        "NOTIFIER_ZALO_APP_SECRET": secrets["ZALO_APP_SECRET"],
        "NOTIFIER_ZALO_ACCESS_TOKEN": secrets["ZALO_ACCESS_TOKEN"],
        "NOTIFIER_ZALO_REFRESH_TOKEN": secrets["ZALO_REFRESH_TOKEN"],
        "NOTIFIER_ZALO_API_URL": phone,
        "NOTIFIER_ZALO_OAUTH_URL": phone,
    }


def phone_environment(folder: Path, port: int, phone_port: int, secrets: Mapping[str, str]) -> dict[str, str]:
    """Every setting the simulated Zalo needs: its part of the secrets."""
    names = ("APP_ID", "APP_SECRET", "OA_ID", "OA_SECRET_KEY", "ACCESS_TOKEN", "REFRESH_TOKEN")
    return server_environment() | {
        **{f"ZALO_SIM_{name}": secrets[f"ZALO_{name}"] for name in names},
        "ZALO_SIM_PORT": str(phone_port),
        "ZALO_SIM_DATA": str(folder / "zalo_oa"),
        "ZALO_SIM_WEBHOOK_URL": f"http://{ADDRESS}:{port}/intake/webhooks/zalo",
        # Redelivery after 3 s, 30 s, 90 s …: nobody watches a demo for an hour.
        "ZALO_SIM_TIME_FACTOR": "0.1",
    }
