"""The database restarts, dies, refuses work at random, or has no room: honest answers, and it heals. F14, F16, F17."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import pytest

from libs.local import PrivatePostgres
from libs.local.demo import SERVICES
from tests.faults.figures import Figures, ms, s
from tests.faults.length import FULL, lasting
from tests.faults.load import Load
from tests.faults.stories import Stories
from tests.faults.waiting import in_time
from tests.support.citizen import Citizen
from tests.support.five_services import FiveServices
from tests.support.history import Historian
from tests.support.small_disk import SmallDisk

pytestmark = pytest.mark.faults

AWAY_S: Final = lasting(4, 12)
HEALED_S: Final = 10.0
FAILING_S: Final = lasting(6, 20)
AT_ONCE_S: Final = 3.0 if FULL else 6.0
"""A webhook waits one second for its commit; a busy machine may add to it, a hang would add far more."""


def _stop(database: PrivatePostgres) -> None:
    database.stop()


def _kill(database: PrivatePostgres) -> None:
    pid = database.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize(
    "end", [pytest.param(_stop, id="stopped"), pytest.param(_kill, id="killed", marks=pytest.mark.campaign)]
)
def test_f14_while_the_database_restarts_the_only_refusal_is_503_and_all_heals_by_itself(
    city: FiveServices,
    database: PrivatePostgres,
    somebody: Callable[[], Citizen],
    historian: Historian,
    figures: Figures,
    end: Callable[[PrivatePostgres], None],
) -> None:
    pids = city.pids
    with Stories(somebody), Load(city, historian) as load:
        load.goes_on_for(1)
        end(database)
        try:
            load.goes_on_for(AWAY_S)
            for replica in city.replicas:
                assert city.health(replica)[0] == 503
                assert city.is_called_alive(replica)
        finally:
            database.start()
        back_at = time.monotonic()
        load.goes_on_for(HEALED_S)
    assert load.statuses() == {200, 503}
    late = max(one.at for one in load.refused()) - back_at
    figures["webhooks taken again after"] = s(max(late, 0.0))
    assert late < HEALED_S
    assert set(load.pages) <= {200, 503}
    assert city.pids == pids, "nothing was restarted"
    historian.ledger_holds(120)
    figures["refused with 503, and taken when sent again"] = f"{len(load.refused())} of {len(load.answers)}"


def test_f16_with_one_transaction_in_twenty_failing_by_deadlock_or_serialisation_the_ledger_holds(
    city: FiveServices, somebody: Callable[[], Citizen], historian: Historian, figures: Figures
) -> None:
    with _failing_at_random(city), Stories(somebody), Load(city, historian) as load:
        load.goes_on_for(FAILING_S)
        # Turns gather what a busy machine leaves waiting: it changes rows by fewer statements, so it is given longer.
        assert in_time(lambda: _failed(city) > 10, FAILING_S * 10), "next to nothing failed"
    failed = _failed(city)
    assert load.statuses() <= {200, 503}
    historian.ledger_holds(120)
    figures["transactions that failed"] = f"{failed}"
    figures["webhooks, 99 of 100 within"] = ms(load.p99_s())


def test_f17_with_the_disk_full_webhooks_are_refused_and_taken_again_when_there_is_room(
    city: FiveServices,
    database: PrivatePostgres,
    disk: SmallDisk,
    historian: Historian,
    figures: Figures,
) -> None:
    if not disk.is_small:
        pytest.skip("only root can make a disk so small that it may be filled")
    with Load(city, historian) as load:
        load.goes_on_for(1)
        disk.fill()
        full_at = time.monotonic()
        try:
            assert in_time(lambda: 503 in load.statuses(since=full_at), AWAY_S * 10), "there was room all the time"
            load.goes_on_for(AWAY_S)
        finally:
            disk.make_room()
        if not database.is_running():
            # Without room for its log PostgreSQL ends itself; whoever watches over it starts it again.
            database.start()
        back_at = time.monotonic()
        load.goes_on_for(HEALED_S)
    assert load.statuses() == {200, 503}
    assert max(one.attempt.took_s for one in load.refused()) < AT_ONCE_S
    late = max(one.at for one in load.refused()) - back_at
    assert late < HEALED_S
    figures["refused with 503, and taken when sent again"] = f"{len(load.refused())} of {len(load.answers)}"
    figures["webhooks taken again after"] = s(max(late, 0.0))
    historian.ledger_holds(120)


@contextmanager
def _failing_at_random(city: FiveServices) -> Iterator[None]:
    """Of the statements that change what matters most, four in a usual transaction, one in eighty fails."""
    tables = ["intake.channel_events", "intake.conversations", "routing.cases", "notifier.messages"]
    tables += [f"{service}.{table}" for service in SERVICES for table in ("inbox", "outbox")]
    change = city.administrator.rows
    change(_FAILURE)
    for table in tables:
        change(
            f"CREATE TRIGGER failing BEFORE INSERT OR UPDATE ON {table} FOR EACH STATEMENT"
            " EXECUTE FUNCTION witness.fail()"
        )
    try:
        yield
    finally:
        for table in tables:
            change(f"DROP TRIGGER failing ON {table}")


def _failed(city: FiveServices) -> int:
    failed: int = city.administrator.one("SELECT last_value FROM witness.failed")
    return failed


_FAILURE: Final = """
DO $$ BEGIN
    CREATE SEQUENCE IF NOT EXISTS witness.failed;
    GRANT USAGE ON SEQUENCE witness.failed TO PUBLIC;
    CREATE OR REPLACE FUNCTION witness.fail() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $fail$ BEGIN
        IF random() < 0.0125 THEN
            PERFORM nextval('witness.failed');
            IF random() < 0.5 THEN
                RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01';
            END IF;
            RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001';
        END IF;
        RETURN NULL;
    END $fail$;
END $$
"""
