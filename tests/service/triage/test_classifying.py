"""Feedback comes in, what it is about goes out: once per event, whatever the order."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from libs.contracts.envelope import Event
from libs.contracts.events import FeedbackSupplemented
from libs.contracts.vocabulary import Disposition, FeedbackId, SupplementReason
from libs.runtime.bus import Delivery
from services.triage.store import Received, TriageStore
from services.triage.tables import classifications, feedbacks, supplements
from tests.service.triage.desk import BIRTH, LANG, Desk, ids_of
from tests.support.statements import statements_of


async def test_a_feedback_is_classified_with_its_reasons(desk: Desk) -> None:
    await desk.hear(desk.received(BIRTH))
    (said,) = await desk.said()
    assert (said.feedback_id, said.key) == (desk.feedback_id, desk.feedback_id)
    assert (said.disposition, said.field, ids_of(said.matters, "matter")) == ("in_scope", "ho_tich", ["HT01", "CA01"])
    assert ids_of(said.places, "place_id") == [LANG]
    assert all(BIRTH[one.start : one.end] == one.words for one in said.reasons if one.start is not None)
    assert said.model_version == desk.run.parts.classifier.model_version


async def test_the_same_event_twice_is_decided_once(desk: Desk) -> None:
    event = desk.received(BIRTH)
    await desk.hear(event, event)
    assert len(await desk.said()) == 1
    assert len(await desk.rows(classifications)) == 1


async def test_what_a_citizen_adds_is_decided_together_with_what_was_said(desk: Desk) -> None:
    await desk.hear(desk.received("cán bộ một cửa quát tôi"))
    desk.later(minutes=10)
    await desk.hear(desk.supplemented("ở phường Láng, hẹn ba lần không trả kết quả"))
    first, second = await desk.said()
    assert first.accused_unit == ()
    assert ids_of(second.accused_unit, "agency_id") == [LANG]
    assert not second.needs_review


async def test_an_answer_to_a_question_is_classified_even_when_it_changes_nothing(desk: Desk) -> None:
    await desk.hear(desk.received("alo"), desk.supplemented("?"))
    assert [one.disposition for one in await desk.said()] == [Disposition.INSUFFICIENT, Disposition.INSUFFICIENT]


async def test_a_supplement_that_comes_first_waits_for_its_feedback(desk: Desk) -> None:
    early = desk.supplemented("ở phường Láng, hẹn ba lần không trả kết quả")
    await desk.hear(early)
    assert await desk.said() == []
    await desk.hear(desk.received("cán bộ một cửa quát tôi"))
    (said,) = await desk.said()
    assert ids_of(said.accused_unit, "agency_id") == [LANG]


async def test_supplements_are_read_in_the_order_they_were_said(desk: Desk) -> None:
    start = desk.clock.now()
    second = desk.supplemented("hai", at=start + timedelta(minutes=2))
    first = desk.supplemented("một", at=start + timedelta(minutes=1))
    await desk.hear(second, first, desk.received("không"))
    async with desk.run.begin() as tx:
        kept = await TriageStore(tx.session).receive(Received(desk.feedback_id, start, None, "không", start))
    assert kept.texts == ("không", "một", "hai")


async def test_a_file_or_a_blank_changes_nothing(desk: Desk) -> None:
    await desk.hear(desk.received(BIRTH))
    await desk.hear(desk.supplemented("", SupplementReason.FILE), desk.supplemented("  \n"))
    assert len(await desk.said()) == 1
    assert await desk.rows(supplements) == []


async def test_the_commune_its_sender_confirmed_wins(desk: Desk) -> None:
    await desk.hear(desk.received("cán bộ phường Đống Đa quát tôi", place_id=LANG))
    (said,) = await desk.said()
    assert ids_of(said.places, "place_id") == [LANG]
    assert ids_of(said.accused_unit, "agency_id") == [LANG]


async def test_the_day_counted_is_the_province_s(desk: Desk) -> None:
    # 18:00 UTC on 30 June 2025 is already 1 July in Hà Nội: the ward of the new map.
    text = "cán bộ UBND phường Láng quát tôi, hẹn ba lần không trả kết quả"
    received = desk.received(text).model_copy(update={"received_at": datetime.fromisoformat("2025-06-30T18:00Z")})
    await desk.hear(received)
    (said,) = await desk.said()
    assert ids_of(said.accused_unit, "agency_id") == [LANG]


async def test_what_was_decided_is_kept_without_the_citizen_s_words(desk: Desk) -> None:
    text = "cán bộ một cửa phường Láng quát tôi, hẹn ba lần không trả kết quả"
    await desk.hear(desk.received(text))
    (row,) = await desk.rows(classifications)
    (said,) = await desk.said()
    assert (row["feedback_id"], row["disposition"], row["decided_at"]) == (
        desk.feedback_id,
        "in_scope",
        desk.clock.now(),
    )
    assert row["decision"]["accused_unit"] == [{"agency_id": LANG, "score": 0.9}]
    kept = json.dumps(row["decision"], ensure_ascii=False)
    quoted = {one.words for one in said.reasons if one.words}
    assert quoted
    assert not [words for words in quoted if words in kept]
    assert [(one["start"], one["end"]) for one in row["decision"]["reasons"]] == [
        (one.start, one.end) for one in said.reasons
    ]


async def test_texts_are_kept_for_as_long_as_the_settings_say(desk: Desk) -> None:
    await desk.hear(desk.received(BIRTH))
    (row,) = await desk.rows(feedbacks)
    days = desk.run.parts.settings.keep_texts_days
    assert (row["text"], row["forget_at"]) == (BIRTH, desk.clock.now() + timedelta(days=days))


@pytest.mark.usefixtures("unhurried")
async def test_many_at_once_come_to_the_same_as_one_by_one_with_few_statements(desk: Desk) -> None:
    told: list[Event] = []
    for number in range(30):
        one = replace(desk, feedback_id=FeedbackId(uuid4()))
        received, added = one.received(BIRTH), one.supplemented("tôi đã đi ba lần")
        told += {0: [received], 1: [received, received], 2: [added, received]}[number % 3]
    with statements_of(desk.run) as sent:
        await desk.run.consumer.hear([Delivery(event.name, event.to_bytes()) for event in told])
    # What came with a supplement is read again, in its order; all else is written together.
    assert len(sent) <= 6 + 10 * 7, len(sent)
    said = await desk.said()
    kept = await desk.rows(classifications)
    assert len(said) == len(kept)
    last = {one.feedback_id: one for one in said}
    assert len(last) == 30
    alone = replace(desk, feedback_id=FeedbackId(uuid4()))
    await alone.hear(alone.supplemented("tôi đã đi ba lần"), alone.received(BIRTH))
    expected = (await desk.said())[-1]
    both = {event.feedback_id for event in told if isinstance(event, FeedbackSupplemented)}
    assert all(last[feedback_id].reasons == expected.reasons for feedback_id in both if feedback_id is not None)
