"""How many confirmed feedbacks a second become a notice of who answers, through five services and a broker."""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from libs.contracts.catalogue import CATALOGUE
from libs.local import ChildProcess
from libs.local.demo import SERVICES
from tests.bench.bare_service import CAUSES, TABLES
from tests.bench.figure import Scope, Section, at_least, measured
from tests.bench.five import CONFIRMING, City, broker_of
from tests.bench.stage import Stage, cpu_s
from tests.support.administrator import Administrator

HOW: Final = """
Five processes (intake, triage, routing, notifier, portal_bridge), RabbitMQ with quorum queues, PostgreSQL with its
durable settings, all on this machine. Citizens are brought to the summary of their feedback beforehand and post
«gửi đi», which intake stores while their conversations are held (leased to nobody). Then they are let go, all at once,
and the clock runs until the last citizen's `routed` notice stands in notifier's table. The notices are not sent
meanwhile. The **bare loop** is five processes of aio-pika and asyncpg alone, on the same servers: the same events (each
as long as ours) said by the same services on the same causes, delivered to the same quorum queues, each delivery noted
once in an inbox and with one row of effect, each event written to an outbox, published with confirm and deleted: no
validation, no rules, no sealing, no log. It may do as much in one commit as ours may (up to 100 deliveries that wait);
its first causes are there when the clock starts, as ours are. A trigger of the measurement's own keeps a copy of every
event said, in both.
""".strip()
_FLOOR: Final = 150
_LOOK_EVERY_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Recipe:
    """What one case makes our services say."""

    events_per_case: dict[str, float]
    bytes_each: dict[str, int]


def measure(scope: Scope) -> Section:
    """Our services and the bare loop in turn, on the same servers."""
    cases = scope.of(800, 60)
    ours: list[float] = []
    bare: list[float] = []
    cpu_ms: list[float] = []
    with Stage("pipeline") as stage:
        database, broker = stage.postgres(), broker_of(stage)
        city = City(stage, database, broker)
        try:
            city.prepare_drafts("warm", 20)
            recipe = _learn(city)
            for number in range(scope.of(9, 1)):
                city.prepare_drafts(f"p{number}", cases)
                per_s, used = _run(city, f"p{number}", cases)
                ours.append(per_s)
                cpu_ms.append(used)
                scope.tell(f"pipeline, ours: {per_s:.0f} cases/s, {used:.1f} ms of processor a case")
                database.execute(f"CREATE DATABASE bare{number}")
                url = broker.add_vhost(f"bare{number}")
                bare.append(_run_bare(stage, database.url(f"bare{number}"), url, recipe, cases))
                scope.tell(f"pipeline, bare: {bare[-1]:.0f} cases/s")
        finally:
            city.close()
    told = ", ".join(f"{count:g} × `{name}`" for name, count in sorted(recipe.events_per_case.items()))
    figures = (
        at_least("of the bare loop", [a / b * 100 for a, b in zip(ours, bare, strict=True)], "%", 40),
        at_least("cases a second", ours, "a second", _FLOOR),
        measured("the bare loop", bare, "a second"),
        measured("processor time of the five services", cpu_ms, "ms a case"),
    )
    return Section("pipeline", "From a citizen's yes to the notice", HOW, figures, (f"Said for one case: {told}.",))


def _learn(city: City) -> Recipe:
    """Let a few cases through and see what was said of them."""
    since = city.rows("SELECT coalesce(max(id), 0) AS id FROM witness.said")[0]["id"]
    cases = 20
    _run(city, "warm", cases)
    city.wait_for(city.is_at_rest, "the city is at rest")
    said = city.rows("SELECT name, length(body) AS size FROM witness.said WHERE id > $1", since)
    counts, sizes = Counter[str](), Counter[str]()
    for row in said:
        counts[row["name"]] += 1
        sizes[row["name"]] += row["size"]
    return Recipe(
        {name: round(count / cases, 2) for name, count in counts.items()},
        {name: sizes[name] // counts[name] for name in counts},
    )


def _run(city: City, nonce: str, cases: int) -> tuple[float, float]:
    """Cases a second from when all confirmations are stored to the last notice's row; processor time a case."""
    wanted = city.notices() + cases
    confirming = city.requests(nonce, range(cases), 9, CONFIRMING)
    city.hold_conversations()
    city.post(confirming[:-1])
    city.wait_for(lambda: city.unread() == cases - 1, "all but one confirmation are stored")
    used = cpu_s(*city.pids)
    began = time.monotonic()
    city.let_conversations_go()
    city.post(confirming[-1:])  # with it intake looks again
    _wait(lambda: wanted - city.notices(), cases, "all notices")
    return cases / (time.monotonic() - began), (cpu_s(*city.pids) - used) / cases * 1000


def _run_bare(stage: Stage, database_url: str, amqp_url: str, recipe: Recipe, cases: int) -> float:
    """The same through the bare loop."""
    administrator = Administrator(database_url)
    environment = stage.environment(database_url) | {
        "BARE_DATABASE_URL": database_url,
        "BARE_AMQP_URL": amqp_url,
        "BARE_RECIPE": json.dumps(_as_told(recipe)),
    }
    processes: list[ChildProcess] = []
    try:
        for sql in TABLES:
            administrator.rows(sql)
        administrator.watch_what_is_said(["public"])
        stage.run(["tests.bench.bare_service", "declare"], environment)
        for service in SERVICES:
            processes.append(stage.child(f"bare-{service}", ["tests.bench.bare_service", service], environment).start())
        ready = "SELECT count(*) FROM ready"
        _wait(lambda: len(SERVICES) - int(administrator.one(ready)), len(SERVICES), "the bare services are ready")
        began = time.monotonic()
        administrator.rows(
            "INSERT INTO confirmed (id) SELECT gen_random_uuid() FROM generate_series(1, $1::int)", cases
        )
        _wait(lambda: cases - int(administrator.one("SELECT count(*) FROM notice")), cases, "all bare notices")
        return cases / (time.monotonic() - began)
    finally:
        for process in processes:
            process.stop()
        administrator.close()


def _as_told(recipe: Recipe) -> dict[str, Any]:
    """Who says what on which cause, and who hears it: ours, and only what one case really makes them say."""
    said = {name for name, count in recipe.events_per_case.items() if round(count) >= 1}
    says: dict[str, dict[str, list[str]]] = {service: {} for service in SERVICES}
    for entry in CATALOGUE:
        name = entry.event.name
        if name in said:
            cause = CAUSES[name]
            says[entry.speaker].setdefault(cause, []).extend([name] * round(recipe.events_per_case[name]))
    hears = {service: [e.event.name for e in CATALOGUE if service in e.hearers] for service in SERVICES}
    return {"says": says, "hears": hears, "bytes": recipe.bytes_each}


def _wait(missing: Callable[[], int], of: int, what: str, limit_s: float = 120.0) -> None:
    """Look until nothing is missing; the more is, the later again: whoever counts rows takes part of the processors."""
    ends = time.monotonic() + limit_s
    while (still := missing()) > 0:
        if time.monotonic() > ends:
            raise RuntimeError(f"not after {limit_s:.0f} s: {what}")
        time.sleep(max(_LOOK_EVERY_S, still / of))
