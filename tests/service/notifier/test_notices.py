"""What a citizen reads on the phone as their case goes its way."""

import random
from datetime import timedelta
from uuid import uuid4

import pytest

from libs.contracts.vocabulary import CaseState, RefusalReason, RoutedReason
from libs.runtime.bus import Delivery
from services.notifier.jobs import tell_unreachable
from tests.service.notifier.scene import Scene


async def test_the_citizen_is_told_who_answers_and_by_when(known: Scene) -> None:
    await known.hears(known.routed(2))
    await known.sends()
    (text,) = known.zalo.texts()
    assert text.splitlines()[0] == f"Mã {known.code}: phản ánh của ông/bà đã được chuyển tới UBND phường Láng."
    assert "17:30 Thứ Ba 15/12/2026" in text
    assert await known.outcomes() == [("routed", "sent", None)]


async def test_received_is_not_said_when_routing_was_quick(known: Scene) -> None:
    await known.hears(known.progressed(1, CaseState.RECEIVED), known.routed(2))
    await known.passes(minutes=5)
    assert len(known.zalo.texts()) == 1
    assert ("received", "superseded", "by:routed") in await known.outcomes()


async def test_received_is_said_after_a_minute_when_nothing_followed(known: Scene) -> None:
    await known.hears(known.progressed(1, CaseState.RECEIVED))
    await known.passes(seconds=59)
    assert known.zalo.texts() == []
    await known.passes(seconds=2)
    assert "đã tiếp nhận phản ánh của ông/bà ngày Thứ Hai 23/11/2026" in known.zalo.texts()[0]


async def test_a_reply_is_not_held_up_by_the_minute_a_notice_waits(known: Scene) -> None:
    await known.hears(known.progressed(1, CaseState.RECEIVED), known.reply(1, "Xin chào."))
    await known.sends()
    assert known.zalo.texts() == ["Xin chào."]


async def test_a_notice_that_comes_before_its_sender_is_kept_and_sent(at_work: Scene) -> None:
    await at_work.hears(at_work.routed(2))
    await at_work.sends()
    assert at_work.zalo.texts() == []
    await at_work.knows_case()
    await at_work.sends()
    await at_work.knows_citizen()
    await at_work.sends()
    assert len(at_work.zalo.texts()) == 1


async def test_whoever_cannot_be_reached_is_told_of_and_written_to_later(at_work: Scene) -> None:
    await at_work.hears(at_work.routed(2))
    at_work.clock.advance(timedelta(minutes=11))
    await tell_unreachable(at_work.run)
    await tell_unreachable(at_work.run)
    assert await at_work.outcomes() == [("routed", "held", "unknown_sender")]
    await at_work.knows_case()
    at_work.clock.advance(timedelta(minutes=11))
    await tell_unreachable(at_work.run)
    await tell_unreachable(at_work.run)
    assert (await at_work.outcomes())[1:] == [("routed", "held", "no_address")]
    at_work.zalo.meets("6143092758814407315")
    await at_work.knows_citizen()
    await at_work.sends()
    assert len(at_work.zalo.texts()) == 1
    assert (await at_work.outcomes())[2:] == [("routed", "sent", None)]


async def test_every_event_is_told_once_however_often_it_is_heard(known: Scene) -> None:
    event = known.routed(2).said(uuid4(), known.clock.now(), None)
    for _ in range(3):
        await known.run.consumer.hear([Delivery(event.name, event.to_bytes())])
        await known.sends()
    assert len(known.zalo.texts()) == 1


async def test_work_on_the_case_is_told_once(known: Scene) -> None:
    for seq in (3, 4, 5):
        await known.hears(known.progressed(seq, CaseState.IN_PROGRESS))
        await known.sends()
    assert len(known.zalo.texts()) == 1
    assert [detail for _, outcome, detail in await known.outcomes() if outcome == "superseded"] == ["already_told"] * 2


async def test_the_agency_known_from_an_earlier_step_is_named_in_whatever_order_they_came(known: Scene) -> None:
    await known.hears(known.progressed(3, CaseState.IN_PROGRESS), known.routed(2))
    await known.sends()
    assert len(known.zalo.texts()) == 2
    assert "UBND phường Láng" in known.zalo.texts()[0]


@pytest.mark.parametrize(
    ("reason", "first_line"),
    [
        (RoutedReason.TRANSFERRED, "nay do Sở Tư pháp giải quyết"),
        (RoutedReason.REOPENED, "được xem lại theo đề nghị của ông/bà"),
    ],
)
async def test_a_second_agency_is_told_as_such(known: Scene, reason: RoutedReason, first_line: str) -> None:
    await known.hears(known.routed(2))
    await known.sends()
    await known.hears(known.routed(5, "Sở Tư pháp", reason=reason))
    await known.sends()
    assert first_line in known.zalo.texts()[1]


async def test_an_answer_comes_whole_and_says_how_to_see_it_again(known: Scene) -> None:
    await known.hears(known.resolved(6))
    await known.sends()
    (message,) = known.zalo.simulator.messages.received_by(None, None)
    assert "Giấy khai sinh đã được cấp." in message.text
    assert message.text.endswith("Gõ mã này bất cứ lúc nào để xem lại.")
    assert list(message.buttons) == [], "no button that nobody would act upon"


async def test_a_long_answer_comes_in_parts_and_nothing_comes_between_them(known: Scene) -> None:
    answer = "\n\n".join(f"Đoạn {number}. " + "Nội dung trả lời. " * 40 for number in range(1, 8))
    await known.hears(known.resolved(6, answer), known.reply(1, "Xin chào."))
    await known.sends()
    texts = known.zalo.texts()
    assert texts[0] == "Xin chào."
    assert len(texts) > 2
    assert all(len(text) <= 2000 for text in texts)
    assert [number for number in range(1, 8) if f"Đoạn {number}." in "".join(texts[1:])] == [1, 2, 3, 4, 5, 6, 7]
    assert texts[-1].endswith("Gõ mã này bất cứ lúc nào để xem lại.")
    assert await known.outcomes() == [("reply", "sent", None), ("answered", "sent", None)]


async def test_a_denunciation_is_told_where_to_go(known: Scene) -> None:
    await known.hears(known.refused(2, RefusalReason.TCH02))
    await known.sends()
    assert "Thanh tra Thành phố Hà Nội" in known.zalo.texts()[0]


async def test_a_look_up_that_reached_the_case_is_answered_by_intake_alone(known: Scene) -> None:
    await known.hears(
        known.progressed(1, CaseState.RECEIVED), known.progressed(2, CaseState.CLOSED, reason="status_lookup")
    )
    await known.passes(minutes=5)
    assert known.zalo.texts() == []


async def test_whatever_order_a_case_s_events_come_in_the_same_notices_are_read(known: Scene) -> None:
    read = set()
    for seed in range(4):
        events = [
            known.progressed(1, CaseState.RECEIVED),
            known.routed(2),
            known.progressed(3, CaseState.IN_PROGRESS),
            known.progressed(4, CaseState.EXTENDED, due_at=known.clock.now()),
            known.filed(),
            known.resolved(5),
        ]
        random.Random(seed).shuffle(events)
        before = len(known.zalo.texts())
        known.feedback = uuid4()
        await known.hears(*(event.model_copy(update={"feedback_id": known.feedback}) for event in events))
        await known.passes(minutes=2)
        read.add(tuple(known.zalo.texts()[before:]))
    assert len(read) == 1
    assert len(read.pop()) == 1
