"""Two relays and a great heap of events: one leads, it is killed, another freezes; nothing is lost or mixed up. F05."""

import time
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import pytest

from libs.contracts.events import ChannelReceipt
from libs.contracts.vocabulary import Channel, ReceiptStatus
from libs.local import wait_until
from libs.runtime.ids import uuid7
from tests.faults.figures import Figures, s
from tests.faults.length import lasting
from tests.faults.rabbitmq.conftest import leader_of
from tests.faults.waiting import in_time
from tests.support.five_services import FiveServices
from tests.support.history import Historian
from tests.support.ledger import first_published

pytestmark = pytest.mark.faults

EVENTS: Final = int(lasting(8_000, 10_000))
KEYS: Final = 200
TAKEN_OVER_S: Final = 20.0
DONE_S: Final = 120.0
LEFT: Final = "SELECT count(*) FROM intake.outbox"
HEAP: Final = """
    INSERT INTO intake.outbox (event_id, name, key, body, created_at)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bytea[], $5::timestamptz[])
"""


def test_f05_of_ten_thousand_events_and_two_relays_none_is_lost_and_each_key_keeps_its_order(
    city: FiveServices, historian: Historian, figures: Figures
) -> None:
    historian.wait_until_quiet()
    leader = leader_of(city, "intake")
    began = time.monotonic()
    heap = _heap_up(city)
    assert wait_until(lambda: city.administrator.one(LEFT) < EVENTS, TAKEN_OVER_S)
    city.kill(leader)
    assert city.administrator.one(LEFT) > 0, "killed too late"
    second = next(one for one in city.of("intake") if one != leader)
    assert wait_until(lambda: city.metric(second, "relay_leads") == 1.0, TAKEN_OVER_S), "nobody took over"
    city.freeze(second)
    try:
        assert city.administrator.one(LEFT) > 0, "frozen too late"
        city.start_one(leader)
        assert in_time(lambda: city.metric(leader, "relay_leads") == 1.0, TAKEN_OVER_S), "nobody took over"
    finally:
        city.thaw(second)
    assert in_time(lambda: city.administrator.one(LEFT) == 0, DONE_S), "the heap stays"
    figures["published and heard, with one relay killed and one frozen, within"] = s(time.monotonic() - began)
    history = historian.ledger_holds(DONE_S)
    first = first_published(history)
    for events in heap.values():
        places = [first[str(one.event_id)] for one in events]
        assert places == sorted(places), "an event was published before an earlier one of its key"
    figures["published"] = f"{len(history.published)} times in all, for {len(history.spoken)} events of the whole run"


def _heap_up(city: FiveServices) -> dict[UUID, list[ChannelReceipt]]:
    """As many events as there would be receipts, of two hundred people; by their key."""
    keys = [uuid7() for _ in range(KEYS)]
    events = [_receipt(keys[number % KEYS], number) for number in range(EVENTS)]
    city.administrator.rows(
        HEAP,
        [one.event_id for one in events],
        [one.name for one in events],
        [one.key for one in events],
        [one.to_bytes() for one in events],
        [one.occurred_at for one in events],
    )
    return {key: [one for one in events if one.key == key] for key in keys}


def _receipt(sender: UUID, number: int) -> ChannelReceipt:
    now = datetime.now(UTC)
    ref, status = f"{number:020}", ReceiptStatus.SEEN
    return ChannelReceipt(key=sender, channel=Channel.ZALO, message_ref=ref, status=status, at=now).said(
        uuid7(), now, None
    )
