"""`make demo`: the whole city on this machine, with a fake phone, the desk, and a real PostgreSQL.

Everything it makes lies in `LANG_NGHE_DATA`: secrets, data, files and logs are made once and kept from start to start.
"""

import os
import signal
import socket
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from libs.local.demo_officer import OFFICERS, password_name
from libs.local.demo_secret import new_secrets
from libs.local.error import LocalError
from libs.local.folder import data_root, make_folder, make_root, write_private
from libs.local.lock import FileLock
from libs.local.postgres import ADDRESS, PrivatePostgres
from libs.local.process import ChildProcess, server_environment
from libs.local.secret import keep_secrets

REPOSITORY: Final = Path(__file__).resolve().parents[2]
SERVICES: Final = ("intake", "triage", "routing", "notifier", "portal_bridge")
OFFICERS_FILE: Final = "officers.jsonl"
START_LIMIT_S: Final = 60.0
PREPARE_LIMIT_S: Final = 120.0


class DemoError(LocalError):
    """The demo cannot start; the text says what to do."""


def main() -> int:
    """Run until Ctrl-C or SIGTERM; 1 with a sentence when it could not start or something in it died."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    try:
        run(_port("PORT", 8000), _port("ZALO_SIM_PORT", 9000), stopping)
    except LocalError as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    return 0


def run(port: int, phone_port: int, stopping: threading.Event) -> None:
    """Start everything in order, say where it is, watch it, stop it in the opposite order.

    Raises: LocalError when something cannot start, or died.
    """
    root = data_root()
    make_root(root)
    folder = root / "demo"
    make_folder(folder, 0o700)
    lock = FileLock(folder / "lock")
    if not lock.take():
        raise DemoError(
            f"A demo runs on {root} already: {lock.read_note().get('links', 'it is just starting')}. "
            f"Stop that one first (Ctrl-C where it was started), or set LANG_NGHE_DATA to another folder."
        )
    with lock:
        for taken in (port, phone_port):
            _refuse_taken(taken)
        links = f"http://{ADDRESS}:{phone_port}/ (phone), http://{ADDRESS}:{port}/desk (desk)"
        lock.write_note({"links": links})
        secrets = keep_secrets(folder / "secrets.env", new_secrets())
        _tell("PostgreSQL ...")
        postgres = PrivatePostgres(root).start()
        try:
            _run_city(folder, port, phone_port, secrets, postgres, stopping)
        finally:
            _tell("Stopping ...")
            postgres.stop()


def _run_city(
    folder: Path,
    port: int,
    phone_port: int,
    secrets: Mapping[str, str],
    postgres: PrivatePostgres,
    stopping: threading.Event,
) -> None:
    environment = city_environment(folder, port, phone_port, secrets, _addresses(postgres, secrets))
    _tell("Schemas and the province's tables ...")
    with _child("prepare", folder, ["services.embedded", "prepare"], environment) as prepare:
        prepare.wait_until_done(PREPARE_LIMIT_S)
    seed_officers(folder, secrets)
    with _child(
        "officers", folder, ["services.routing", "officer", "load", str(folder / OFFICERS_FILE)], environment
    ) as load:
        load.wait_until_done(START_LIMIT_S)
    _tell("The phone and the city ...")
    phone = _child("zalo_oa", folder, ["simulators.zalo_oa"], phone_environment(folder, port, phone_port, secrets))
    city = _child("city", folder, ["services.embedded"], environment)
    with phone, city:
        phone.wait_until_ready(_answers(phone_port, "/health/live"), START_LIMIT_S)
        city.wait_until_ready(_answers(port, "/health/ready"), START_LIMIT_S)
        _say_where(port, phone_port, secrets, folder)
        while not stopping.wait(0.5):
            phone.check()
            city.check()


def seed_officers(folder: Path, secrets: Mapping[str, str]) -> None:
    """Write the demo's accounts down as routing's `officer load` reads them."""
    rows = (officer.row(secrets[password_name(officer.login)]) for officer in OFFICERS)
    write_private(folder / OFFICERS_FILE, "".join(f"{row}\n" for row in rows))


def _addresses(postgres: PrivatePostgres, secrets: Mapping[str, str]) -> dict[str, str]:
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


def _child(name: str, folder: Path, words: list[str], environment: Mapping[str, str]) -> ChildProcess:
    program: list[str | Path] = [sys.executable, "-m", *words]
    return ChildProcess(name, program, log_file=folder / f"{name}.log", folder=REPOSITORY, environment=environment)


def _answers(port: int, path: str) -> Callable[[], bool]:
    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"http://{ADDRESS}:{port}{path}", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    return answers


def _port(name: str, default: int) -> int:
    told = os.environ.get(name, "")
    return int(told) if told.isdigit() and 0 < int(told) < 65536 else default


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            raise DemoError(
                f"Port {port} is in use by another program. Choose others: make demo PORT=8100 ZALO_SIM_PORT=9100"
            ) from None


def _tell(what: str) -> None:
    print(what, flush=True)


def _say_where(port: int, phone_port: int, secrets: Mapping[str, str], folder: Path) -> None:
    rows = "\n".join(
        f"    {officer.login:<16}{secrets[password_name(officer.login)]:<20}{officer.name}, {officer.about}"
        for officer in OFFICERS
    )
    _tell(
        f"""
Lắng Nghe is running.

  the fake phone      http://{ADDRESS}:{phone_port}/
  the officers' desk  http://{ADDRESS}:{port}/desk
  look-up by code     http://{ADDRESS}:{port}/tra-cuu

  Sign in at the desk as
{rows}

  Try: write "phường Láng bắt phải có hộ khẩu giấy mới nhận hồ sơ khai sinh cho con em" on the phone.
  Logs and data: {folder}. Ctrl-C stops everything; the next start finds it again.
"""
    )


if __name__ == "__main__":
    sys.exit(main())
