"""Events that come in batches leave behind what they would one by one, in a few statements."""

import asyncio
import random
from collections.abc import Callable, Sequence
from itertools import permutations

import pytest
from sqlalchemy import text

from libs.contracts.envelope import Event, Sealed
from libs.contracts.events import SenderIdentified
from libs.contracts.vocabulary import CaseState, RoutedReason, SenderId
from services.notifier.domain.message import MessageState
from services.notifier.store.message import MessageStore
from tests.service.notifier.batch import (
    Story,
    anything,
    befell,
    forget_everything,
    hear,
    hear_each,
    kept,
    receipts_of,
)
from tests.service.notifier.scene import DUE, Scene
from tests.support.service import eventually
from tests.support.statements import statements_of


async def _same(scene: Scene, events: Sequence[Event], before: Sequence[Event] = (), seed: int | None = None) -> None:
    """Hear events one by one, then in one batch, each time after the same others."""
    told = []
    for way in (hear_each, hear):
        await forget_everything(scene)
        await hear_each(scene, before)
        if seed is not None:
            await befell(scene, random.Random(seed))
            if way is hear_each:
                events = [*events, *receipts_of(Story(scene, seed), await kept(scene))]
        with statements_of(scene.run) as sent:
            await way(scene, events)
        assert not [one for one in sent if "SAVEPOINT" in one], "no event failed"
        told.append(await kept(scene))
    one_by_one, together = told
    for table in one_by_one:
        assert [row for row in together[table] if row not in one_by_one[table]] == [], table
    assert together == one_by_one


@pytest.mark.parametrize("seed", range(12))
async def test_a_batch_of_anything_leaves_what_its_events_leave_one_by_one(at_work: Scene, seed: int) -> None:
    story = Story(at_work, seed)
    people = [story.person(number) for number in range(5)]
    before = anything(story, people, 30 * (seed % 3))
    await _same(at_work, anything(story, people, 20 + 7 * seed), before, seed)


@pytest.mark.parametrize("order", list(permutations(range(4))))
async def test_the_steps_of_a_case_in_one_batch_are_told_as_each_of_them_stood(
    at_work: Scene, order: Sequence[int]
) -> None:
    story = Story(at_work)
    person, other = story.person(1), story.person(2)
    events = story.said(
        person.filed(),
        person.progressed(1, CaseState.RECEIVED),
        person.routed(2),
        person.routed(3, "Sở Tư pháp", reason=RoutedReason.TRANSFERRED, due_at=DUE.replace(day=20)),
    )
    others = story.said(other.progressed(1, CaseState.RECEIVED), other.filed(), other.progressed(2, CaseState.CLOSED))
    await _same(at_work, [*(events[place] for place in order), *others])


@pytest.mark.parametrize("order", list(permutations((1, 2, 3, 4))))
async def test_replies_in_one_batch_stand_in_their_order_whatever_order_they_come_in(
    at_work: Scene, order: Sequence[int]
) -> None:
    story = Story(at_work)
    person = story.person()
    replies = story.said(*(person.reply(seq, f"Câu {seq}.") for seq in order))
    await _same(at_work, replies[1:], replies[:1])
    await _same(at_work, replies)


async def test_replies_that_were_held_count_for_those_that_come_after_them_in_one_batch(at_work: Scene) -> None:
    story = Story(at_work)
    person = story.person()
    early = story.said(person.address(), *(person.reply(seq, f"Câu {seq}.") for seq in (2, 3)))
    late = story.said(*(person.reply(seq, f"Câu {seq}.") for seq in (1, 4, 6, 5)))
    told = []
    for way in (hear_each, hear):
        await forget_everything(at_work)
        await hear_each(at_work, early)
        async with at_work.run.begin() as tx:
            for message in await at_work.stored():
                held = {"state": MessageState.HELD, "reason": "zalo:-230", "not_before": None}
                await MessageStore(tx.session).change(message.message_id, **held)
        await way(at_work, late)
        told.append(await kept(at_work))
    assert told[1] == told[0]
    assert [row["next_reply_seq"] for row in told[1]["recipients"]] == [7]
    assert {row["not_before"] for row in told[1]["messages"]} == {at_work.clock.now()}


async def test_a_notice_that_leaves_while_a_batch_waits_for_it_is_not_superseded(at_work: Scene) -> None:
    story = Story(at_work)
    person, other = story.person(1), story.person(2)
    await hear(at_work, story.said(person.filed(), person.progressed(1, CaseState.RECEIVED), other.filed()))
    (received,) = await at_work.stored()
    async with at_work.run.begin() as tx:
        await MessageStore(tx.session).change(received.message_id, state=MessageState.SENDING, tries=1)
        hearing = asyncio.create_task(hear(at_work, story.said(person.routed(2), other.routed(2))))
        waits = text("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
        await eventually(lambda: tx.session.scalar(waits))
    await hearing
    assert [message.state for message in await at_work.stored()] == ["sending", "ready", "ready"]
    assert await at_work.outcomes() == []


async def test_what_is_said_late_in_a_long_batch_follows_what_was_said_early(at_work: Scene) -> None:
    story = Story(at_work)
    person = story.person()
    await _same(at_work, story.said(*(person.reply(seq, f"Câu {seq}.") for seq in range(1, 52))))
    steps = story.said(*(person.progressed(seq, CaseState.IN_PROGRESS) for seq in range(1, 51)), person.routed(51))
    await _same(at_work, steps, story.said(person.filed()))


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(lambda person: [person.address()], id="an address"),
        pytest.param(lambda person: [person.filed()], id="a case"),
        pytest.param(lambda person: [person.reply(2, "Xin chào.")], id="a reply"),
        pytest.param(lambda person: [person.progressed(1, CaseState.RECEIVED)], id="received"),
        pytest.param(lambda person: [person.routed(2)], id="routed"),
        pytest.param(lambda person: [person.routed(4, "Sở Tư pháp")], id="routed anew"),
        pytest.param(
            lambda person: [person.progressed(1, CaseState.RECEIVED), person.routed(2)], id="received, then routed"
        ),
        pytest.param(
            lambda person: [person.routed(2), person.progressed(1, CaseState.RECEIVED), person.filed()], id="late case"
        ),
        pytest.param(
            lambda person: [person.filed(), person.reply(2, "Xin chào."), person.routed(2)], id="case, reply, routed"
        ),
    ],
)
@pytest.mark.parametrize("known", [False, True])
@pytest.mark.usefixtures("unhurried")
async def test_fifty_events_cost_a_few_statements(
    at_work: Scene, kind: Callable[[Scene], list[Event]], known: bool
) -> None:
    story = Story(at_work)
    people = [story.person(number) for number in range(50)]
    events = [event for person in people for event in kind(person)][:50]
    if known:
        for person in people:
            await hear(at_work, story.said(person.address(), person.filed(), person.reply(1, "Xin chào.")))
            await hear(at_work, story.said(person.progressed(1, CaseState.RECEIVED), person.routed(3)))
    with statements_of(at_work.run) as sent:
        await hear(at_work, story.said(*events))
    assert len(sent) <= 11


async def test_an_event_that_fails_takes_nothing_from_its_batch(at_work: Scene) -> None:
    story = Story(at_work)
    people = [story.person(number) for number in range(4)]
    events = story.said(*(person.filed() for person in people), *(person.routed(2) for person in people))
    (bad,) = story.said(
        SenderIdentified(key=people[0].feedback, sender_id=SenderId(people[0].sender), address=Sealed("gAAAA"))
    )
    await hear_each(at_work, events)
    alone = await kept(at_work)
    await forget_everything(at_work)
    await hear(at_work, [*events, bad])
    assert await kept(at_work) == alone


async def test_two_processes_hear_batches_of_the_same_cases_and_citizens_at_the_same_moment(at_work: Scene) -> None:
    other = await at_work.replica()
    story = Story(at_work)
    people = [story.person(number) for number in range(30)]
    await hear(at_work, story.said(*(person.filed() for person in people)))
    received = story.said(*(person.progressed(1, CaseState.RECEIVED) for person in people))
    routed = story.said(*(person.routed(2) for person in people))
    odd, even = (story.said(*(person.reply(seq, "Một câu.") for person in people)) for seq in (1, 2))
    theirs = Scene(at_work.runs, at_work.clock, at_work.zalo, other)
    await asyncio.gather(hear(at_work, [*received, *even]), hear(theirs, [*odd, *routed]))
    stored = await at_work.stored()
    assert len(stored) == 120
    for person in people:
        notices = {str(message.notice): message for message in stored if message.feedback_id == person.feedback}
        assert notices["received"].state == MessageState.SUPERSEDED
        assert notices["routed"].state == MessageState.READY
    replies = [message for message in stored if message.seq is not None]
    assert {message.not_before for message in replies} == {at_work.clock.now()}
    assert {row["next_reply_seq"] for row in (await kept(at_work))["recipients"]} == {3}
