"""A feedback is told together with those that said nearly the same before it; nobody merges anything."""

import asyncio
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert

from libs.contracts.envelope import Event
from libs.contracts.events import Classified, FeedbackReceived
from libs.contracts.vocabulary import FeedbackId
from libs.places import fold
from libs.runtime.bus import Delivery
from services.triage.jobs import forget_texts
from services.triage.store.fingerprint import MOST_OF_A_BAND
from services.triage.tables import classifications, feedbacks, fingerprints
from tests.service.triage.desk import BIRTH, Desk
from tests.support.service import Runs
from tests.support.statements import statements_of

TWICE = "Tôi nộp hồ sơ khai sinh cho con ở phường Láng ba tuần chưa được trả, đã đi lại bốn lần mà ai cũng bảo chờ."
OTHER = "Đường vào ngõ 12 tối om cả tháng nay, đèn hỏng không ai sửa, người già đi lại rất khó."
ADVERT = "Vay tiền nhanh trong ngày không cần thế chấp, lãi suất thấp nhất thị trường, nhắn tin là có."


def another(desk: Desk, at: int = 0) -> Desk:
    """Another citizen; the ids follow the numbers, so that events of one batch come in this order."""
    return replace(desk, feedback_id=FeedbackId(UUID(int=at) if at else uuid4()))


async def told(desk: Desk, feedback_id: FeedbackId) -> Classified:
    """What was said of a feedback last."""
    return [one for one in await desk.said() if one.feedback_id == feedback_id][-1]


async def wrote(desk: Desk, text: str) -> FeedbackId:
    """Somebody writes, a minute after the last."""
    desk.later(minutes=1)
    author = another(desk)
    await author.hear(author.received(text))
    return author.feedback_id


async def test_what_was_said_before_is_told_the_most_alike_first(desk: Desk) -> None:
    longer = await wrote(
        desk, TWICE + " Hôm nay tôi lên lại, cán bộ vẫn nói là chưa có kết quả, xin hỏi bao giờ mới có."
    )
    same = await wrote(desk, fold(TWICE))
    await wrote(desk, OTHER)
    asked = await wrote(desk, TWICE)
    assert (await told(desk, asked)).near_duplicates == (same, longer)
    assert (await told(desk, longer)).near_duplicates == (), "what came later is not told again"


async def test_at_most_five_are_told_and_of_equals_the_newest(desk: Desk) -> None:
    senders = [await wrote(desk, ADVERT) for _ in range(8)]
    assert (await told(desk, senders[-1])).near_duplicates == tuple(reversed(senders[2:7]))


async def test_a_short_word_of_thanks_is_like_nobody_s(desk: Desk) -> None:
    for _ in range(2):
        feedback_id = await wrote(desk, "cảm ơn nhiều nhé")
        assert (await told(desk, feedback_id)).near_duplicates == ()
    assert await desk.rows(fingerprints) == []


async def test_one_form_of_words_for_two_procedures_is_not_the_same(desk: Desk) -> None:
    frame = "Tôi nộp hồ sơ {} ở phường Láng từ ngày 3/11 đến nay chưa được trả, đã đi lại bốn lần, ai cũng bảo chờ."
    marriage = await wrote(desk, frame.format("đăng ký kết hôn"))
    birth = await wrote(desk, frame.format("khai sinh cho con"))
    again = await wrote(desk, frame.format("khai sinh cho cháu"))
    assert (await told(desk, birth)).near_duplicates == ()
    assert (await told(desk, again)).near_duplicates == (birth,) != (marriage,)


async def test_what_was_said_long_ago_is_not_looked_for(desk: Desk) -> None:
    first = await wrote(desk, TWICE)
    desk.later(days=desk.run.parts.settings.near_duplicate_days, minutes=-1)
    second = await wrote(desk, TWICE)
    assert (await told(desk, second)).near_duplicates == (first,)
    third = await wrote(desk, TWICE)
    assert (await told(desk, third)).near_duplicates == (second,)


async def test_with_what_was_added_it_is_looked_for_as_a_whole_and_as_it_was(desk: Desk) -> None:
    first = another(desk)
    await first.hear(first.received(BIRTH))
    later = await wrote(desk, OTHER)
    added = first.supplemented(OTHER)
    await first.hear(added, added)
    assert (await told(desk, first.feedback_id)).near_duplicates == (later,)
    whole, as_it_was = await wrote(desk, f"{BIRTH}\n{fold(OTHER)}"), await wrote(desk, BIRTH)
    assert (await told(desk, whole)).near_duplicates == (later, first.feedback_id)
    assert first.feedback_id in (await told(desk, as_it_was)).near_duplicates


@pytest.mark.usefixtures("unhurried")
async def test_what_was_added_in_the_same_batch_counts_at_once_and_what_was_there_still_leads_to_it(desk: Desk) -> None:
    first, later = another(desk, 1), another(desk, 2)
    await first.hear(first.received(BIRTH))
    long = "\n".join([TWICE, ADVERT, OTHER])
    events: list[Event] = [first.supplemented(long), later.received(BIRTH)]
    await desk.run.consumer.hear([Delivery(event.name, event.to_bytes()) for event in events])
    assert (await told(desk, later.feedback_id)).near_duplicates == (first.feedback_id,)


async def test_a_feedback_is_never_its_own_duplicate(desk: Desk) -> None:
    event = desk.received(TWICE)
    await desk.hear(event, event, desk.supplemented(TWICE))
    assert [one.near_duplicates for one in await desk.said()] == [(), ()]


async def test_what_is_kept_of_a_decision_names_them_too(desk: Desk) -> None:
    first = await wrote(desk, TWICE)
    await wrote(desk, TWICE)
    kept = [row["decision"]["near_duplicates"] for row in await desk.rows(classifications)]
    assert sorted(kept) == [[], [str(first)]]


@pytest.mark.usefixtures("unhurried")
async def test_many_at_once_find_the_same_as_one_by_one_with_three_statements_more(desk: Desk, runs: Runs) -> None:
    texts = [TWICE, fold(TWICE), OTHER, ADVERT, f"{TWICE} Mong sớm trả lời.", ADVERT, "alo", OTHER.upper()]
    before = another(desk).received(TWICE)
    await desk.hear(before)
    events: list[FeedbackReceived] = []
    for number, text in enumerate(texts * 6, start=1):
        desk.later(seconds=1)
        events.append(another(desk, number).received(text))
    with statements_of(desk.run) as sent:
        await desk.run.consumer.hear([Delivery(event.name, event.to_bytes()) for event in events])
    assert len(sent) <= 7, sent
    together = {one.feedback_id: one.near_duplicates for one in await desk.said()}
    assert together[events[0].feedback_id] == (before.feedback_id,)
    assert together[events[1].feedback_id] == (events[0].feedback_id, before.feedback_id), "two of one batch"
    assert len(together[events[-1].feedback_id]) == 5

    await runs.bench.empty(desk.run.service)
    await desk.hear(before, *events)
    assert {one.feedback_id: one.near_duplicates for one in await desk.said()} == together


async def test_another_replica_finds_what_this_one_was_told(desk: Desk, runs: Runs) -> None:
    replica = replace(desk, run=await runs(desk.run.service, clock=desk.clock))
    first = await wrote(desk, TWICE)
    second = await wrote(replica, TWICE)
    assert (await told(desk, second)).near_duplicates == (first,)


async def test_two_replicas_at_work_on_the_same_words_never_wait_for_each_other_in_a_ring(
    desk: Desk, runs: Runs
) -> None:
    replica = await runs(desk.run.service, clock=desk.clock)
    events: list[Event] = [another(desk, number).received(text) for number, text in enumerate([ADVERT, TWICE] * 10, 1)]
    bodies = [Delivery(event.name, event.to_bytes()) for event in events]
    await asyncio.gather(desk.run.consumer.hear(bodies), replica.consumer.hear(bodies[::-1]))
    said = await desk.said()
    assert len(said) == len(events) == len({one.feedback_id for one in said})


async def test_words_that_were_deleted_are_found_no_more(desk: Desk, runs: Runs) -> None:
    # Words may be kept for a shorter time than they would be looked for.
    hasty = replace(desk, run=await runs(desk.run.service, clock=desk.clock, keep_texts_days=2))
    await wrote(hasty, TWICE)
    assert await desk.rows(fingerprints) != []
    desk.later(days=2)
    await forget_texts(hasty.run)
    assert [row["text"] for row in await desk.rows(feedbacks)] == [None]
    assert await desk.rows(fingerprints) == []
    assert (await told(desk, await wrote(hasty, TWICE))).near_duplicates == ()


async def test_a_feedback_whose_words_alone_are_gone_is_not_told(desk: Desk) -> None:
    gone = await wrote(desk, TWICE)
    async with desk.run.begin() as tx:
        await tx.session.execute(feedbacks.update().where(feedbacks.c.feedback_id == gone).values(text=None))
    assert (await told(desk, await wrote(desk, TWICE))).near_duplicates == ()


async def test_fingerprints_nobody_asks_for_are_deleted_in_batches(desk: Desk, runs: Runs) -> None:
    small = await runs(desk.run.service, clock=desk.clock, forget_at_once=1)
    for _ in range(2):
        await wrote(desk, TWICE)
    desk.later(days=desk.run.parts.settings.near_duplicate_days)
    assert [await forget_texts(small) for _ in range(3)] == [True, True, False]
    assert await desk.rows(fingerprints) == []
    assert [row["text"] for row in await desk.rows(feedbacks)] == [TWICE, TWICE], "the words stay longer"


async def test_of_a_chain_letter_sent_by_thousands_only_the_newest_are_looked_at(desk: Desk) -> None:
    oldest = await wrote(desk, ADVERT)
    bands, at = [row["band"] for row in await desk.rows(fingerprints)], desk.later(seconds=1)
    others = [
        {"feedback_id": FeedbackId(uuid4()), "received_at": at, "band": band}
        for band in bands
        for _ in range(MOST_OF_A_BAND)
    ]
    kept = [{"feedback_id": one["feedback_id"], "forget_at": at, "text": OTHER} for one in others]
    async with desk.run.begin() as tx:
        await tx.session.execute(insert(feedbacks), kept)
        await tx.session.execute(insert(fingerprints), others)
    desk.later(minutes=1)
    asked = await wrote(desk, ADVERT)
    # Each of those in between shares one band, the oldest all of them: whoever looked at all would have told it.
    assert (await told(desk, asked)).near_duplicates == ()
    assert (await told(desk, await wrote(desk, ADVERT))).near_duplicates == (asked,) != (oldest,)
