"""`make demo`: the whole city on this machine, with a fake phone, the desk, and a real PostgreSQL.

`make demo` runs it in one process; `make demo BUS=rabbitmq` in five, over a real RabbitMQ, behind a small gateway. Each
way has a folder of its own in `LANG_NGHE_DATA`: secrets, data, files and logs are made once and kept for all starts.
"""

import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from libs.local.demo_city import (
    OFFICERS_FILE,
    REPOSITORY,
    SERVICES,
    START_LIMIT_S,
    Part,
    city_environment,
    database_addresses,
    embedded_part,
    phone_environment,
    phone_part,
    preparation,
    seed_officers,
    service_parts,
)
from libs.local.demo_officer import OFFICERS, password_name
from libs.local.demo_secret import new_secrets
from libs.local.error import LocalError
from libs.local.folder import data_root, make_folder, make_root
from libs.local.lock import FileLock
from libs.local.port import ADDRESS
from libs.local.postgres import PrivatePostgres
from libs.local.rabbitmq import PrivateRabbitMQ
from libs.local.secret import keep_secrets

__all__ = [
    "OFFICERS_FILE",
    "REPOSITORY",
    "SERVICES",
    "city_environment",
    "phone_environment",
    "run",
    "seed_officers",
]

PREPARE_LIMIT_S: Final = 120.0
MEMORY: Final = "memory"
RABBITMQ: Final = "rabbitmq"


_WAYS: Final = {
    MEMORY: ": five services in one process, on a real PostgreSQL",
    RABBITMQ: ": five services in five processes, over a real RabbitMQ and a real PostgreSQL",
}


class DemoError(LocalError):
    """The demo cannot start; the text says what to do."""


def main() -> int:
    """Run until Ctrl-C or SIGTERM; 1 with a sentence when it could not start or something in it died."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    try:
        run(_port("PORT", 8000), _port("ZALO_SIM_PORT", 9000), stopping, os.environ.get("BUS") or MEMORY)
    except LocalError as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    return 0


def run(port: int, phone_port: int, stopping: threading.Event, bus: str = MEMORY) -> None:
    """Start everything in order, say where it is, watch it, stop it in the opposite order.

    Raises: LocalError when something cannot start, or died.
    """
    if bus not in (MEMORY, RABBITMQ):
        raise DemoError(f"BUS={bus} is unknown: make demo, or make demo BUS={RABBITMQ}")
    root = data_root()
    make_root(root)
    own = root if bus == MEMORY else root / f"demo-{bus}"
    make_root(own)
    folder = own / "demo"
    make_folder(folder, 0o700)
    lock = FileLock(folder / "lock")
    if not lock.take():
        raise DemoError(
            f"A demo runs on {own} already: {lock.read_note().get('links', 'it is just starting')}. "
            f"Stop that one first (Ctrl-C where it was started), or set LANG_NGHE_DATA to another folder."
        )
    with lock, contextlib.ExitStack() as running:
        for taken in (port, phone_port):
            _refuse_taken(taken)
        links = f"http://{ADDRESS}:{phone_port}/ (phone), http://{ADDRESS}:{port}/desk (desk)"
        lock.write_note({"links": links})
        secrets = keep_secrets(folder / "secrets.env", new_secrets())
        seed_officers(folder, secrets)
        running.callback(_tell, "Stopped.")
        _tell("PostgreSQL ...")
        postgres = running.enter_context(PrivatePostgres(own, programs=root / "programs"))
        environment = city_environment(folder, port, phone_port, secrets, database_addresses(postgres, secrets))
        phone = phone_part(folder, port, phone_port, secrets)
        running.enter_context(phone.process)
        if bus == MEMORY:
            _tell("The city: its schemas, the province's tables, the phone ...")
            parts = [embedded_part(folder, port, environment)]
        else:
            _tell("RabbitMQ ...")
            rabbitmq = running.enter_context(PrivateRabbitMQ(own, programs=root / "programs"))
            environment["AMQP_URL"] = rabbitmq.url()
            _tell("Schemas, queues and the province's tables ...")
            with preparation(folder, environment) as preparing:
                preparing.wait_until_done(PREPARE_LIMIT_S)
            _tell("Five services, the gateway, the phone ...")
            parts = service_parts(folder, port, environment)
        for part in parts:
            running.enter_context(part.process)
        _watch([phone, *parts], lambda: _say_where(port, phone_port, secrets, folder, bus), stopping)
        _tell("Stopping ...")


def _watch(parts: Sequence[Part], say_where: Callable[[], None], stopping: threading.Event) -> None:
    for part in parts:
        part.wait_until_ready(START_LIMIT_S)
    say_where()
    while not stopping.wait(0.5):
        for part in parts:
            part.process.check()


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


def _say_where(port: int, phone_port: int, secrets: Mapping[str, str], folder: Path, bus: str) -> None:
    rows = "\n".join(
        f"    {officer.login:<16}{secrets[password_name(officer.login)]:<20}{officer.name}, {officer.about}"
        for officer in OFFICERS
    )
    _tell(
        f"""
Lắng Nghe is running{_WAYS[bus]}.

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
