"""How many webhooks a second are safe on disk, beside the same application that stores nothing, and beside nothing."""

import json
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from libs.local import PrivatePostgres
from libs.local.demo import REPOSITORY
from tests.bench.figure import Figure, Scope, Section, at_least, measured
from tests.bench.stage import Stage, cpu_s, family
from tests.bench.webhook_server import PATH
from tests.support.city import free_port

CONNECTIONS: Final = 64
SLOW_FLUSH_MS: Final = 2
_EVENTS: Final = {"bare": 15_000, "no_store": 7_000, "grouped": 6_000, "alone": 1_000}
_QUICK_SHARE: Final = 4
_WARM_UP: Final = 1_000
_SHIM: Final = Path(__file__).with_name("slow_flush.c")
_DISKS: Final = ("as it is", "slow")

HOW: Final = f"""
One process of intake behind uvicorn, PostgreSQL with its usual durable settings (every commit flushed),
{CONNECTIONS} kept connections, every body different and rightly signed. Doors compared, one after the other, several
times round: **bare** is a FastAPI route that reads the body and answers; **store a no-op** is intake's whole
application (signature, reading, sealing, meters, a line of log per request) whose events go nowhere; **grouped** is
the application as it is; **one by one** has `INTAKE_GROUP_COMMITS=false`. Conversations are not moved meanwhile:
what is measured is the door. Client, server and PostgreSQL share the machine's cores unpinned; the client is a lean
program of its own, whose processor time is shown. The slow disk is the same PostgreSQL with each `fdatasync` made to
wait {SLOW_FLUSH_MS} ms first (a preloaded function, `tests/bench/slow_flush.c`).
""".strip()


@dataclass(frozen=True, slots=True)
class _Round:
    """One door, posted to once."""

    per_s: float
    p50_ms: float
    p99_ms: float
    refused: int
    server_us: float
    database_us: float
    client_us: float


def measure(scope: Scope) -> Section:
    """Post to each door in turn, several times round, on the disk as it is and on a slow one."""
    rounds: dict[str, dict[str, list[_Round]]] = {disk: defaultdict(list) for disk in _DISKS}
    with Stage("webhook") as stage:
        doors: dict[str, dict[str, str]] = {}
        servers: dict[str, PrivatePostgres] = {"as it is": stage.postgres()}
        shim = _slow_flush(stage.folder)
        if shim is not None and not scope.is_quick:
            slow = {"LD_PRELOAD": str(shim), "SLOW_FLUSH_US": str(SLOW_FLUSH_MS * 1000)}
            servers["slow"] = stage.postgres("postgres-slow", environment=slow)
        for disk, server in servers.items():
            server.execute("CREATE DATABASE door")
            doors[disk] = stage.environment(server.url("door"))
            stage.run(["services.intake", "prepare"], doors[disk])
        for number in range(scope.of(3, 1)):
            for disk, server in servers.items():
                for name in _EVENTS if disk == "as it is" else ("no_store", "grouped", "alone"):
                    found = _post(stage, name, doors[disk], server, scope, f"{number}{name}")
                    rounds[disk][name].append(found)
                    scope.tell(f"webhook, disk {disk}, {name}: {found.per_s:.0f}/s, {found.server_us:.0f} µs")
    figures = [*_on_this_disk(rounds["as it is"]), *_on_a_slow_disk(rounds["slow"])]
    remarks = ["There was no C compiler: the slow disk was not measured."] if shim is None else []
    return Section("webhook", "Webhooks stored durably", HOW, tuple(figures), tuple(remarks))


def _post(
    stage: Stage, name: str, environment: Mapping[str, str], database: PrivatePostgres, scope: Scope, nonce: str
) -> _Round:
    port = free_port()
    server = stage.serve(name, ["tests.bench.webhook_server", name, str(port)], environment, port)
    events = _EVENTS[name] // scope.of(1, _QUICK_SHARE)
    try:
        _client(environment, port, _WARM_UP // scope.of(1, _QUICK_SHARE), f"{nonce}w", lambda: None)
        assert database.pid is not None
        beginning: list[float] = []

        def begin() -> None:
            beginning.extend((cpu_s(server.pid), cpu_s(*family(database.pid or 0))))

        told = _client(environment, port, events, nonce, begin)
        server_s, database_s = cpu_s(server.pid) - beginning[0], cpu_s(*family(database.pid)) - beginning[1]
    finally:
        server.stop()
    return _Round(
        per_s=told["events"] / told["seconds"],
        p50_ms=told["p50_ms"],
        p99_ms=told["p99_ms"],
        refused=told["refused"],
        server_us=server_s / events * 1e6,
        database_us=database_s / events * 1e6,
        client_us=told["cpu_s"] / events * 1e6,
    )


def _client(environment: Mapping[str, str], port: int, events: int, nonce: str, begin: Any) -> dict[str, Any]:
    words = ["-m", "tests.bench.load_client", str(port), PATH, str(CONNECTIONS), str(events), nonce]
    with subprocess.Popen(
        [sys.executable, *words],
        env=dict(environment),
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as client:
        assert client.stdin is not None
        assert client.stdout is not None
        assert client.stdout.readline() == "ready\n", "the client could not make its events"
        begin()
        client.stdin.write("\n")
        client.stdin.flush()
        told: dict[str, Any] = json.loads(client.stdout.readline())
    return told


def _slow_flush(folder: Path) -> Path | None:
    """The function to preload; None without a compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    made = folder / "slow_flush.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", str(made), str(_SHIM), "-ldl"], check=True)
    made.chmod(0o755)
    return made


def _on_this_disk(rounds: Mapping[str, list[_Round]]) -> list[Figure]:
    bare, no_store, grouped, alone = (rounds[name] for name in ("bare", "no_store", "grouped", "alone"))
    return [
        at_least("grouped, of the same with the store a no-op", _of(grouped, no_store), "%", 60),
        at_least("store a no-op, of bare", _of(no_store, bare), "%", 40),
        at_least("grouped, of one by one", [share / 100 for share in _of(grouped, alone)], "×", 2),
        measured("by the server's processor time: store a no-op, of bare", _by_processor(no_store, bare), "%"),
        measured(
            "by the server's processor time: grouped, of the store a no-op", _by_processor(grouped, no_store), "%"
        ),
        *(
            figure
            for name, rows in (("bare", bare), ("store a no-op", no_store), ("grouped", grouped), ("one by one", alone))
            for figure in _speed(name, rows)
        ),
        measured("grouped: half answered within", [r.p50_ms for r in grouped], "ms"),
        measured("grouped: 99 % answered within", [r.p99_ms for r in grouped], "ms"),
        measured("grouped: PostgreSQL's processor time", [r.database_us for r in grouped], "µs a request"),
        measured("client's processor time", [r.client_us for r in grouped], "µs a request"),
        measured("one by one: told to send again (503)", [r.refused for r in alone], "requests"),
    ]


def _on_a_slow_disk(rounds: Mapping[str, list[_Round]]) -> list[Figure]:
    if not rounds:
        return []
    no_store, grouped, alone = (rounds[name] for name in ("no_store", "grouped", "alone"))
    return [
        at_least("slow disk: grouped, of the store a no-op", _of(grouped, no_store), "%", 60),
        at_least("slow disk: grouped, of one by one", [share / 100 for share in _of(grouped, alone)], "×", 2),
        *_speed("slow disk: grouped", grouped),
        measured("slow disk: grouped, 99 % answered within", [r.p99_ms for r in grouped], "ms"),
        *_speed("slow disk: one by one", alone),
    ]


def _of(these: list[_Round], those: list[_Round]) -> list[float]:
    """Each round as a share of the same round's limit."""
    return [a.per_s / b.per_s * 100 for a, b in zip(these, those, strict=True)]


def _by_processor(these: list[_Round], those: list[_Round]) -> list[float]:
    """The same by what a request costs the server, which others at work on the machine disturb less."""
    return [b.server_us / a.server_us * 100 for a, b in zip(these, those, strict=True)]


def _speed(name: str, rows: list[_Round]) -> list[Figure]:
    return [
        measured(f"{name}: throughput", [r.per_s for r in rows], "a second"),
        measured(f"{name}: server's processor time", [r.server_us for r in rows], "µs a request"),
    ]
