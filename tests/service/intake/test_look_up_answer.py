"""A feedback that only asked where others stand: routing closes it, and its sender reads the answer here."""

from uuid import uuid4

import pytest

from libs.contracts.events import FeedbackReceived, Progressed
from libs.contracts.vocabulary import CaseState, FeedbackId
from libs.runtime.bus import Delivery
from services.intake.tables import transcript
from tests.service.intake.chat import Chat
from tests.service.intake.conftest import Door
from tests.support.clock import FixedClock


@pytest.fixture
def chat(door: Door, clock: FixedClock) -> Chat:
    return Chat(door, clock)


async def hears(chat: Chat, feedback_id: FeedbackId, state: CaseState, reason: str | None = None, seq: int = 1) -> None:
    told = Progressed(key=feedback_id, feedback_id=feedback_id, case_seq=seq, state=state, reason=reason)
    said = told.said(uuid4(), chat.clock.now(), None)
    for _ in range(2):  # the bus may bring it again
        await chat.door.run.consumer.hear([Delivery(said.name, said.to_bytes())])


async def test_its_sender_reads_where_the_others_stand_once(chat: Chat) -> None:
    await chat.file_one()
    for words in ("Phường Yên Hòa chưa trả bản sao chứng thực của tôi", "việc mới", "đồng ý", "1"):
        await chat.say(words)
    first, asked = await chat.events(FeedbackReceived)
    await hears(chat, first.feedback_id, CaseState.IN_PROGRESS)
    await chat.answers()
    before = len(await chat.rows(transcript))

    await hears(chat, asked.feedback_id, CaseState.CLOSED, "status_lookup")

    [answer] = await chat.answers()
    assert asked.code in answer
    assert f"{first.code} – Đang giải quyết" in answer
    assert "nhắn lại tại đây" in answer
    assert len(await chat.rows(transcript)) == before + 1


async def test_who_sent_nothing_else_is_told_where_papers_are_looked_up(chat: Chat) -> None:
    await chat.file_one()
    [asked] = await chat.events(FeedbackReceived)
    await chat.answers()
    await hears(chat, asked.feedback_id, CaseState.CLOSED, "status_lookup")
    [answer] = await chat.answers()
    assert "Cổng Dịch vụ công Quốc gia" in answer
    assert "Phản ánh khác" not in answer


async def test_another_closing_is_not_answered_here(chat: Chat) -> None:
    await chat.file_one()
    [received] = await chat.events(FeedbackReceived)
    await chat.answers()
    await hears(chat, received.feedback_id, CaseState.CLOSED, "done")
    await hears(chat, FeedbackId(uuid4()), CaseState.CLOSED, "status_lookup")
    assert await chat.answers() == []
