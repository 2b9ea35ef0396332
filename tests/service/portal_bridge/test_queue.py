"""What the bridge keeps for the portal, on a real database."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from libs.contracts.envelope import Event, Sealed
from libs.contracts.events import FeedbackReceived, Progressed, Refused, Resolved, Routed, SenderIdentified
from libs.contracts.vocabulary import (
    AgencyId,
    AnswerOutcome,
    CaseState,
    Channel,
    Desk,
    FeedbackId,
    RefusalReason,
    RoutedReason,
    SenderId,
)
from libs.runtime.bus import Delivery
from libs.runtime.run import Run
from libs.web.health import examine
from services.portal_bridge.app import SERVICE
from services.portal_bridge.commands import QUEUE
from services.portal_bridge.domain import Standing
from services.portal_bridge.jobs import forget, measure_queue
from services.portal_bridge.store import BridgeStore, Entry, Waiting
from services.portal_bridge.tables import cases, entries
from tests.support.clock import FixedClock
from tests.support.service import Runs
from tests.support.statements import statements_of

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
WORDS = "Tôi nộp hồ sơ đã ba tuần chưa được trả lời."


def said(event: Event, minute: int) -> Event:
    return event.said(uuid4(), START + timedelta(minutes=minute), None)


def story(feedback: UUID, *steps: Event) -> list[Event]:
    """A case from the citizen's confirmation on, each step a minute later."""
    feedback_id, sender_id = FeedbackId(feedback), SenderId(uuid4())
    first = FeedbackReceived(
        key=feedback,
        feedback_id=feedback_id,
        sender_id=sender_id,
        code="HN-PA-261123-00001-A",
        channel=Channel.ZALO,
        received_at=START,
        text=WORDS,
    )
    contacts = SenderIdentified(
        key=feedback, feedback_id=feedback_id, sender_id=sender_id, code=first.code, contacts=Sealed("gAAAA")
    )
    return [said(event, minute) for minute, event in enumerate((first, contacts, *steps))]


def routed(feedback: UUID, seq: int) -> Routed:
    return Routed(
        key=feedback,
        feedback_id=FeedbackId(feedback),
        case_seq=seq,
        agency_id=AgencyId("HN-CN00199"),
        agency_name="UBND phường Láng",
        desk=Desk.AGENCY,
        due_at=START + timedelta(days=10),
        reason=RoutedReason.ASSIGNED,
    )


def progressed(feedback: UUID, seq: int, state: CaseState) -> Progressed:
    return Progressed(key=feedback, feedback_id=FeedbackId(feedback), case_seq=seq, state=state)


def refused(feedback: UUID, seq: int, reason: RefusalReason) -> Refused:
    return Refused(key=feedback, feedback_id=FeedbackId(feedback), case_seq=seq, reason=reason)


def resolved(feedback: UUID, seq: int) -> Resolved:
    return Resolved(
        key=feedback,
        feedback_id=FeedbackId(feedback),
        case_seq=seq,
        agency_id=AgencyId("HN-CN00199"),
        agency_name="UBND phường Láng",
        outcome=AnswerOutcome.EXPLAINED,
        answer="Đã giải quyết.",
        answered_at=START,
    )


def handled_case(feedback: UUID) -> list[Event]:
    return story(
        feedback,
        progressed(feedback, 1, CaseState.RECEIVED),
        routed(feedback, 2),
        progressed(feedback, 3, CaseState.IN_PROGRESS),
        resolved(feedback, 4),
    )


async def hear(run: Run[Any], events: Sequence[Event]) -> None:
    for event in events:
        await run.consumer.hear([Delivery(event.name, event.to_bytes())])


async def queue(run: Run[Any]) -> list[Entry]:
    async with run.begin() as tx:
        return await BridgeStore(tx.session).queue(limit=1000)


async def waiting(run: Run[Any]) -> Waiting:
    async with run.begin() as tx:
        return await BridgeStore(tx.session).waiting()


async def count(run: Run[Any], table: Any) -> int:
    async with run.begin() as tx:
        return int(await tx.session.scalar(select(func.count()).select_from(table)) or 0)


@pytest.fixture
async def bridge(runs: Runs) -> Run[Any]:
    return await runs(SERVICE)


async def test_nothing_is_queued_before_a_person_or_rule_decided(bridge: Run[Any]) -> None:
    feedback = uuid4()
    await hear(bridge, story(feedback, progressed(feedback, 1, CaseState.RECEIVED)))
    assert await queue(bridge) == []
    assert (await waiting(bridge)).held_entries == 3


async def test_a_routed_case_waits_in_the_order_of_its_steps(bridge: Run[Any]) -> None:
    await hear(bridge, handled_case(uuid4()))
    assert [entry.name.split(".")[-2] for entry in await queue(bridge)] == [
        "received",
        "identified",
        "progressed",
        "routed",
        "progressed",
        "resolved",
    ]


async def test_all_orders_of_arrival_give_the_same_queue(bridge: Run[Any], runs: Runs) -> None:
    first, second = uuid4(), uuid4()
    tale = handled_case(first) + [
        said(event, 30)
        for event in story(second, refused(second, 1, RefusalReason.TCH04), progressed(second, 2, CaseState.CLOSED))
    ]
    seen = set()
    for seed in range(8):
        shuffled = list(tale)
        Random(seed).shuffle(shuffled)
        await hear(bridge, shuffled)
        seen.add(tuple((entry.event_id, entry.case_seq) for entry in await queue(bridge)))
        await runs.bench.empty(SERVICE)
    assert len(seen) == 1
    assert len(seen.pop()) == len(tale)


@pytest.mark.parametrize("reason", [RefusalReason.TCH01, RefusalReason.TCH02, RefusalReason.TCH10])
@pytest.mark.parametrize("seed", range(3))
async def test_a_complaint_a_denunciation_and_spam_leave_nothing_but_a_trace(
    bridge: Run[Any], reason: RefusalReason, seed: int
) -> None:
    feedback = uuid4()
    tale = story(
        feedback,
        progressed(feedback, 1, CaseState.RECEIVED),
        routed(feedback, 2),
        refused(feedback, 3, reason),
        progressed(feedback, 4, CaseState.CLOSED),
    )
    Random(seed).shuffle(tale)
    await hear(bridge, tale)
    assert await count(bridge, entries) == 0
    assert (await waiting(bridge)).deleted_cases == 1
    assert (await waiting(bridge)).came_back == 0


async def test_a_withdrawn_case_is_deleted(bridge: Run[Any]) -> None:
    feedback = uuid4()
    await hear(bridge, story(feedback, routed(feedback, 1), progressed(feedback, 2, CaseState.WITHDRAWN)))
    assert await count(bridge, entries) == 0


async def test_every_other_refusal_is_queued(bridge: Run[Any]) -> None:
    feedback = uuid4()
    await hear(bridge, story(feedback, refused(feedback, 1, RefusalReason.TCH12)))
    assert [entry.name for entry in await queue(bridge)][-1] == "feedback.refused.v1"


async def test_what_is_delivered_twice_waits_once(bridge: Run[Any]) -> None:
    tale = handled_case(uuid4())
    await hear(bridge, tale + tale)
    assert await count(bridge, entries) == len(tale)


async def test_two_replicas_hearing_one_case_at_once_lose_nothing(bridge: Run[Any], runs: Runs) -> None:
    other = await runs(SERVICE)
    tale = handled_case(uuid4())
    await asyncio.gather(hear(bridge, tale[::2]), hear(other, tale[1::2]))
    assert [entry.case_seq for entry in await queue(bridge)] == [0, 0, 1, 2, 3, 4]


async def test_what_rests_is_sealed(bridge: Run[Any]) -> None:
    await hear(bridge, handled_case(uuid4()))
    bodies = b"".join(entry.body for entry in await queue(bridge))
    assert WORDS.encode() not in bodies
    opened = [bridge.parts.sealer.open_bytes(entry.body) for entry in await queue(bridge)]
    assert FeedbackReceived.from_bytes(opened[0]).text == WORDS


async def test_a_case_nothing_was_heard_of_for_two_years_is_removed_queued_or_not(runs: Runs) -> None:
    clock = FixedClock(START + timedelta(days=731))
    bridge = await runs(SERVICE, clock=clock)
    old, young = uuid4(), uuid4()
    await hear(bridge, handled_case(old))
    await hear(bridge, [said(event, 60 * 24 * 30) for event in handled_case(young)])
    assert await forget(bridge) is False
    assert {entry.feedback_id for entry in await queue(bridge)} == {young}
    late = said(progressed(old, 9, CaseState.CLOSED), 60 * 24 * 800)
    await hear(bridge, [late])
    async with bridge.begin() as tx:
        standing = await tx.session.scalar(select(cases.c.standing).where(cases.c.feedback_id == old))
    assert standing == Standing.DELETED
    assert (await waiting(bridge)).queued_cases == 1


async def test_operators_see_how_much_waits_and_nothing_of_anybody(
    bridge: Run[Any], runs: Runs, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await hear(bridge, handled_case(uuid4()))
    held, denounced = uuid4(), uuid4()
    await hear(bridge, story(held))
    await hear(bridge, story(denounced, refused(denounced, 1, RefusalReason.TCH02), routed(denounced, 2)))
    await measure_queue(bridge)
    (check,) = [check for check in await examine(bridge) if check.name == "portal_queue"]
    assert check.state == "ok"
    assert "held 1 cases (2 entries)" in check.detail
    assert "queued 1 cases (6 entries" in check.detail
    assert "1 to enter by hand" in check.detail

    for name in ("database_url", "contact_keys", "public_url", "blob_url"):
        value = getattr(bridge.settings, name)
        first = value[0] if isinstance(value, tuple) else value
        secret = getattr(first, "get_secret_value", lambda first=first: str(first))()
        monkeypatch.setenv(f"PORTAL_BRIDGE_{name.upper()}", secret)
    printed = await asyncio.to_thread(_print_queue, 2)
    lines = capsys.readouterr().out.splitlines()
    assert printed == 0
    assert check.detail in lines[0]
    assert [line.split()[-1] for line in lines[1:]] == ["feedback.received.v1", "sender.identified.v1"]


def _print_queue(entries_shown: int) -> int:
    import argparse

    return QUEUE.run(argparse.Namespace(next=entries_shown))


# --- many events at once ---------------------------------------------------------------------------------------------


async def hear_together(run: Run[Any], events: Sequence[Event]) -> None:
    await run.consumer.hear([Delivery(event.name, event.to_bytes()) for event in events])


async def kept_of(run: Run[Any], feedback: UUID) -> tuple[list[Any], set[Any]]:
    """The case and its entries, without what is another each time."""
    async with run.begin() as tx:
        case = await tx.session.execute(select(*list(cases.c)[1:]).where(cases.c.feedback_id == feedback))
        found = await tx.session.execute(
            select(entries.c.name, entries.c.case_seq, entries.c.occurred_at).where(entries.c.feedback_id == feedback)
        )
        return [tuple(row) for row in case], {tuple(row) for row in found}


@pytest.mark.parametrize("seed", range(6))
async def test_many_events_at_once_come_to_the_same_as_one_by_one(bridge: Run[Any], seed: int) -> None:
    endings = (
        (lambda f: handled_case(f)),
        (lambda f: story(f, progressed(f, 1, CaseState.RECEIVED), refused(f, 2, RefusalReason.TCH01))),
        (lambda f: story(f, routed(f, 1), refused(f, 2, RefusalReason.TCH10), routed(f, 3))),
        (lambda f: [story(f)[0], story(f)[1].model_copy(update={"contacts": None})]),
        (lambda f: [story(f)[1].model_copy(update={"contacts": None, "feedback_id": f})]),
    )
    order = Random(seed)
    alone, together = [uuid4() for _ in endings], [uuid4() for _ in endings]
    for one, other, ending in zip(alone, together, endings, strict=True):
        places = order.sample(range(len(ending(one))), len(ending(one)))
        await hear(bridge, [ending(one)[place] for place in places])
        if seed % 2:
            await hear_together(bridge, [ending(other)[place] for place in places])
    if not seed % 2:
        told = [event for other, ending in zip(together, endings, strict=True) for event in ending(other)]
        await hear_together(bridge, order.sample(told, len(told)))
    for one, other in zip(alone, together, strict=True):
        assert await kept_of(bridge, one) == await kept_of(bridge, other)


@pytest.mark.usefixtures("unhurried")
async def test_many_events_at_once_need_few_statements(bridge: Run[Any]) -> None:
    told = [event for _ in range(10) for event in handled_case(uuid4())[:5]]
    with statements_of(bridge) as sent:
        await hear_together(bridge, told)
    assert len(sent) <= 8, sent
    assert (await waiting(bridge)).queued_cases == 10
