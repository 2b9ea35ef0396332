"""The citizens' words are deleted when they are no longer needed; what was decided stays."""

from services.triage.jobs import forget_texts
from services.triage.tables import classifications, feedbacks, supplements
from tests.service.triage.desk import BIRTH, Desk
from tests.support.service import Runs


async def test_words_are_deleted_after_their_time_and_decisions_stay(desk: Desk) -> None:
    await desk.hear(desk.received(BIRTH), desk.supplemented("bổ sung: nhà ở ngõ 8"))
    desk.later(days=90, seconds=-1)
    await forget_texts(desk.run)
    assert [row["text"] for row in await desk.rows(feedbacks)] == [BIRTH]
    desk.later(seconds=1)
    await forget_texts(desk.run)
    (row,) = await desk.rows(feedbacks)
    assert (row["text"], row["forgotten_at"]) == (None, desk.clock.now())
    assert await desk.rows(supplements) == []
    assert len(await desk.rows(classifications)) == 2


async def test_a_feedback_that_goes_on_is_remembered_longer(desk: Desk) -> None:
    await desk.hear(desk.received(BIRTH))
    desk.later(days=60)
    await desk.hear(desk.supplemented("phường vẫn chưa giải quyết"))
    desk.later(days=60)
    await forget_texts(desk.run)
    assert [row["text"] for row in await desk.rows(feedbacks)] == [BIRTH]


async def test_what_is_added_after_that_is_still_decided_and_forgotten_in_its_turn(desk: Desk) -> None:
    await desk.hear(desk.received(BIRTH))
    desk.later(days=91)
    await forget_texts(desk.run)
    await desk.hear(desk.supplemented("ông Dũng cán bộ phường đã nhận của tôi 15 triệu"))
    assert [one.sensitive for one in await desk.said()] == [False, True]
    desk.later(days=91)
    await forget_texts(desk.run)
    assert await desk.rows(supplements) == []


async def test_many_texts_are_deleted_in_batches(desk: Desk, runs: Runs) -> None:
    for _ in range(3):
        await desk.hear(desk.received(BIRTH))
        desk.feedback_id = type(desk)(desk.run, desk.clock, desk.http).feedback_id
    desk.later(days=91)
    small = await runs(desk.run.service, clock=desk.clock, forget_at_once=2)
    assert [await forget_texts(small), await forget_texts(small)] == [True, False]
    assert [row["text"] for row in await desk.rows(feedbacks)] == [None, None, None]
