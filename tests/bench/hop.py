"""How long an event is under way between two services when there is little to do."""

import time
from typing import Final

from libs.local.demo import SERVICES
from tests.bench.figure import Figure, Scope, Section, at_most, measured
from tests.bench.five import CONFIRMING, City, broker_of
from tests.bench.stage import Stage

HOW: Final = """
Ten citizens a second say yes to their prepared feedback, evenly, one by one. For each event and each service that
hears it: from the moment its row was written to the outbox (just before the speaker's commit; a trigger of the
measurement's own notes it) until the hearer opened the transaction that handled it: commit, relay, broker, delivery.
Over RabbitMQ between five processes, and in the embedded city.
""".strip()
PER_S: Final = 10
P50_MS: Final = 10
P99_MS: Final = 50


def measure(scope: Scope) -> Section:
    """The same over RabbitMQ and embedded."""
    figures: list[Figure] = []
    for name, over_broker in (("over RabbitMQ", True), ("embedded", False)):
        with Stage("hop") as stage:
            city = City(stage, stage.postgres(), broker_of(stage) if over_broker else None)
            try:
                found = [_delays_ms(city, f"{number}", scope.of(150, 40)) for number in range(scope.of(3, 1))]
            finally:
                city.close()
        halves, most = [_share(delays, 50) for delays in found], [_share(delays, 99) for delays in found]
        scope.tell(f"hop, {name}: p50 {halves[0]:.1f} ms, p99 {most[0]:.1f} ms")
        figures += [
            at_most(f"{name}: p50", halves, "ms", P50_MS),
            at_most(f"{name}: p99", most, "ms", P99_MS),
            measured(f"{name}: deliveries seen", [len(delays) for delays in found], "each time"),
        ]
    return Section("hop", "Between two services", HOW, tuple(figures))


def _delays_ms(city: City, nonce: str, cases: int) -> list[float]:
    city.prepare_drafts(nonce, cases)
    wanted = city.notices() + cases
    since = city.rows("SELECT coalesce(max(id), 0) AS id FROM witness.said")[0]["id"]
    began = time.monotonic()
    for number, one in enumerate(city.requests(nonce, range(cases), 9, CONFIRMING)):
        time.sleep(max(0.0, began + number / PER_S - time.monotonic()))
        city.post([one])
    city.wait_for(lambda: city.notices() >= wanted, "all notices")
    city.wait_for(city.is_at_rest, "the city is at rest")
    heard = " UNION ALL ".join(f"SELECT event_id, handled_at FROM {service}.inbox" for service in SERVICES)
    rows = city.rows(
        f"SELECT extract(epoch FROM handled_at - at) * 1000 AS ms FROM witness.said JOIN ({heard}) h USING (event_id)"
        " WHERE id > $1",
        since,
    )
    return sorted(float(row["ms"]) for row in rows)


def _share(delays: list[float], percent: int) -> float:
    return delays[min(len(delays) - 1, len(delays) * percent // 100)]
