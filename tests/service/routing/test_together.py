"""Many events at once: they come to the same as one by one, and ask the database a few times in all."""

import asyncio
from collections.abc import Sequence
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from libs.contracts import Event
from libs.contracts.envelope import Sealed
from libs.contracts.events import AgencyScore, Attachment, FeedbackSupplemented, MessageOutcome, SenderIdentified
from libs.contracts.vocabulary import (
    AgencyId,
    CaseState,
    FeedbackId,
    FileKind,
    FileState,
    Kind,
    Notice,
    NoticeOutcome,
    SenderId,
    SupplementReason,
)
from libs.runtime.bus import Delivery
from libs.runtime.consumer import Consumer
from libs.runtime.ids import uuid7
from libs.runtime.tables import runtime_tables
from services.routing import tables as t
from services.routing.app import SERVICE
from services.routing.jobs import stand_unclassified
from tests.service.routing.city import LANG, MINUTE, OFFICE, City, classification, received
from tests.support.clock import FixedClock
from tests.support.service import Runs
from tests.support.statements import statements_of

KEPT = (t.cases, t.classifications, t.assignments, t.contacts, t.case_files, t.supplements, t.timeline, t.notices)
RUNTIME = runtime_tables(t.metadata)
AT_ONCE = 50
FEW = 8
"""Statements for one kind of event, however many come: the inbox, the locks, and one for each table written."""


async def hear_together(consumer: Consumer, told: Sequence[Event]) -> None:
    await consumer.hear([Delivery(event.name, event.to_bytes()) for event in told])


async def everything(city: City) -> dict[str, Any]:
    """What routing kept and said, each case's in its order."""
    found: dict[str, Any] = {}
    async with city.run.begin() as tx:
        assert (await tx.session.execute(select(RUNTIME.deferred_events.c.reason))).all() == []
        for table in KEPT:
            rows = await tx.session.execute(select(table).order_by(*table.primary_key.columns))
            kept = [{name: value for name, value in row.items() if name != "id"} for row in rows.mappings()]
            found[table.name] = sorted(kept, key=lambda row: row["feedback_id"])
    said = [(event.name, event.model_dump(exclude={"event_id", "trace"})) for event in await city.said()]
    found["said"] = sorted(said, key=lambda one: one[1]["feedback_id"])
    return found


def differing(one: dict[str, Any], other: dict[str, Any]) -> list[Any]:
    """The first few rows that are not the same in both."""
    assert {name: len(rows) for name, rows in one.items()} == {name: len(rows) for name, rows in other.items()}
    pairs = ((name, *pair) for name, rows in one.items() for pair in zip(rows, other[name], strict=True))
    return [pair for pair in pairs if pair[1] != pair[2]][:3]


def a_file(state: FileState) -> Attachment:
    return Attachment(file_id=UUID(int=7), name="anh.jpg", kind=FileKind.IMAGE, state=state)


def a_story(city: City, number: int) -> list[Event]:
    """All that may be told of one case, some of it twice."""
    feedback_id, now = uuid7(), city.clock.now()
    code = f"HN-PA-261123-{number:05d}"
    first = classification(feedback_id, sensitive=number % 7 == 6)
    accused = (AgencyScore(agency_id=AgencyId(LANG), score=0.9),)
    conduct = classification(feedback_id, kind=Kind.OFFICIAL_CONDUCT, accused_unit=accused)
    later = [classification(feedback_id, sensitive=True), conduct, classification(feedback_id)][number % 3]
    pending = (a_file(FileState.PENDING),)
    opening = received(feedback_id, code=code, place_id=None if number % 5 == 4 else LANG, attachments=pending)
    again = received(feedback_id, code=f"{code}-X", text="lần nữa")
    added = FeedbackSupplemented(
        feedback_id=FeedbackId(feedback_id),
        sender_id=SenderId(UUID(int=9)),
        reason=SupplementReason.CITIZEN,
        text="Tôi xin bổ sung.",
        attachments=(a_file(FileState.READY),),
    )
    told = [(opening, 0), (first, 0), (later, 1), (again, 0), (added, 1)]
    return [event.said(uuid4(), now + minutes * MINUTE, None) for event, minutes in told]


@pytest.mark.parametrize("parts", [(5,), (2, 2, 1), (1, 4)], ids=str)
async def test_in_every_order_many_come_to_the_same_as_one_by_one(
    city: City, runs: Runs, parts: tuple[int, ...]
) -> None:
    orders = list(permutations(range(5)))
    stories = [a_story(city, number) for number in range(len(orders))]
    told = [[story[place] for place in order] for story, order in zip(stories, orders, strict=True)]
    for event in (event for story in told for event in story):
        await hear_together(city.run.consumer, [event])
    one_by_one = await everything(city)
    assert {case["state"] for case in one_by_one["cases"]} >= {"assigned", "classified", "received", "returned"}
    await runs.bench.empty(SERVICE)

    begun = 0
    for part in parts:
        batch = [event for story in told for event in story[begun : begun + part]]
        with statements_of(city.run) as sent:
            await hear_together(city.run.consumer, batch)
        assert not any("SAVEPOINT" in one for one in sent), "nothing failed"
        begun += part
    assert differing(await everything(city), one_by_one) == []
    await hear_together(city.run.consumer, [event for story in told for event in story])
    assert differing(await everything(city), one_by_one) == []


async def test_two_changes_of_a_case_in_one_breath_are_kept_in_their_order(city: City) -> None:
    """Those of other columns do not overtake: the first case is taken back before the second is even routed."""
    given, new = sorted([uuid7(), uuid7()])
    await hear_together(city.run.consumer, [received(given).said(uuid4(), city.clock.now(), None)])
    await city.hear(classification(given))
    events = [
        classification(given, sensitive=True).said(uuid4(), city.clock.now() + MINUTE, None),
        received(new).said(uuid4(), city.clock.now(), None),
        classification(new).said(uuid4(), city.clock.now(), None),
        classification(new, sensitive=True).said(uuid4(), city.clock.now() + MINUTE, None),
    ]
    await hear_together(city.run.consumer, events)
    for feedback_id, version in ((given, 3), (new, 3)):
        case = await city.case(feedback_id)
        assert (case["state"], case["agency_id"], case["version"]) == ("returned", OFFICE, version)
        assert [getattr(one, "case_seq", 0) for one in await city.said(feedback_id)] == [1, 2, 3]
        (assignment,) = await city.rows(t.assignments, feedback_id)
        assert assignment["ended_at"] is not None


async def test_one_that_cannot_be_kept_takes_none_of_the_others_with_it(city: City) -> None:
    cases = sorted(uuid7() for _ in range(6))
    events = [event for one in cases for event in (classification(one), received(one))]
    events[5] = received(cases[2], text="\x00")  # PostgreSQL keeps no such character
    with capture_logs():  # drawing what went wrong takes longer than all else
        await hear_together(city.run.consumer, [event.said(uuid4(), city.clock.now(), None) for event in events])
    for feedback_id in cases:
        found = await city.rows(t.cases, feedback_id)
        assert [case["state"] for case in found] == ([] if feedback_id == cases[2] else ["assigned"])
        assert len(await city.rows(t.classifications, feedback_id)) == 1


async def test_two_replicas_that_hear_of_the_same_cases_never_wait_in_a_ring(
    city: City, runs: Runs, clock: FixedClock
) -> None:
    other = await runs(SERVICE, clock=clock)
    cases = [uuid7() for _ in range(60)]
    for_one: list[Event] = []
    for_other: list[Event] = []
    for number, one in enumerate(cases):
        both = [received(one), classification(one)]
        for_one.append(both[number % 2].said(uuid4(), clock.now(), None))
        for_other.append(both[1 - number % 2].said(uuid4(), clock.now(), None))
    with statements_of(city.run) as sent, statements_of(other) as sent_by_other:
        await asyncio.gather(hear_together(city.run.consumer, for_one), hear_together(other.consumer, for_other))
    assert not any("SAVEPOINT" in one for one in [*sent, *sent_by_other]), "nothing failed"
    for one in cases:
        assert (await city.case(one))["state"] == "assigned"
        assert [event.case_seq for event in await city.said(one)] == [1, 2]


@pytest.mark.usefixtures("unhurried")
async def test_a_batch_of_ordinary_events_needs_few_statements(city: City) -> None:
    cases = [uuid7() for _ in range(AT_ONCE)]
    quick = [uuid7() for _ in range(AT_ONCE)]
    batches: dict[str, list[Event]] = {
        "received": [received(one) for one in cases],
        "identified": [
            SenderIdentified(feedback_id=one, sender_id=SenderId(uuid7()), contacts=Sealed("x")) for one in cases
        ],
        "classified": [classification(one) for one in cases],
        "outcome": [
            MessageOutcome(
                feedback_id=one,
                key=one,
                message_id=uuid7(),
                notice=Notice.RECEIVED,
                outcome=NoticeOutcome.SENT,
                at=city.clock.now(),
                caused_by=uuid4(),
            )
            for one in cases
        ],
        "classified first": [classification(one) for one in quick],
        "received then": [received(one) for one in quick],
    }
    for what, events in batches.items():
        told = [event.said(uuid4(), city.clock.now(), None) for event in events]
        with statements_of(city.run) as sent:
            await hear_together(city.run.consumer, told)
        assert len(sent) <= FEW, (what, len(sent), sent)
    for one in (*cases, *quick):
        assert (await city.case(one))["state"] == "assigned"

    silent = [received(uuid7()).said(uuid4(), city.clock.now(), None) for _ in range(AT_ONCE)]
    await hear_together(city.run.consumer, silent)
    city.clock.advance(3 * MINUTE)
    with statements_of(city.run) as sent:
        await stand_unclassified(city.run)
    assert len(sent) <= FEW, sent
    assert (await city.case(silent[0].key))["state"] == CaseState.RECEIVED
