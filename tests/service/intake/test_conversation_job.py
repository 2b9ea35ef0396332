"""The worker that moves conversations, on a real database."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from libs.contracts.events import FeedbackReceived, FeedbackSupplemented, ReplyRequested, SenderIdentified
from libs.contracts.sealed import ChannelAddress, Contacts
from libs.contracts.vocabulary import Channel, FileState
from services.intake import conversing
from services.intake.app import SERVICE
from services.intake.conversing import move_conversations
from services.intake.domain.code import CodeFound, parse_code
from services.intake.domain.conversation import State, load_conversation
from services.intake.store.conversation import ConversationStore
from services.intake.tables import (
    channel_events,
    citizens,
    consents,
    conversations,
    feedbacks,
    files,
    transcript,
)
from tests.service.intake.chat import STORY, Chat, staff_message
from tests.service.intake.conftest import Door
from tests.service.intake.posting import CITIZEN, message, signed
from tests.support.clock import FixedClock
from tests.support.service import Runs
from tests.support.settings import OA_ID


@pytest.fixture
async def chat(door: Door, clock: FixedClock) -> Chat:
    return Chat(door, clock)


async def _conversation(chat: Chat) -> Any:
    [row] = await chat.rows(conversations)
    return load_conversation(chat.door.run.parts.sealer.open_bytes(row.state))


async def _lines(chat: Chat) -> list[tuple[str, str]]:
    open_bytes = chat.door.run.parts.sealer.open_bytes
    rows = sorted(await chat.rows(transcript), key=lambda row: row.at)
    return [(row.direction, open_bytes(row.text).decode()) for row in rows]


async def test_a_feedback_goes_from_the_webhook_to_everybody_who_must_hear_of_it(chat: Chat) -> None:
    reply = await chat.file_one()
    [received] = await chat.events(FeedbackReceived)
    first, second = await chat.events(SenderIdentified)
    [feedback] = await chat.rows(feedbacks)
    [consent] = await chat.rows(consents)
    opened = chat.door.run.parts.sealer.open
    assert parse_code(reply, "HN-PA") == CodeFound(received.code)
    assert (received.text, received.place_id, received.channel) == (STORY, "HN-CN00199", Channel.ZALO)
    assert not received.incomplete
    assert opened(first.address, ChannelAddress) == ChannelAddress(channel=Channel.ZALO, address=CITIZEN)
    assert first.sender_id == second.sender_id == received.sender_id == feedback.sender_id
    assert (second.feedback_id, second.code) == (received.feedback_id, received.code)
    assert opened(second.contacts, Contacts) == Contacts(
        full_name="Nguyễn Thị Hoa",
        phone="84912345678",
        residence_place_id="HN-CN00199",
        residence="số 5 ngõ 12 Chùa Láng, phường Láng",
    )
    assert (feedback.feedback_id, feedback.code) == (received.feedback_id, received.code)
    assert feedback.phone_key == chat.door.run.parts.keys.phone("84912345678")
    assert (consent.feedback_id, consent.about, consent.given) == (received.feedback_id, "contacts", True)
    assert {row.state for row in await chat.rows(channel_events)} == {"done"}


async def test_replies_are_numbered_in_the_order_they_are_to_be_read(chat: Chat) -> None:
    await chat.file_one()
    replies = await chat.events(ReplyRequested)
    assert [reply.seq for reply in replies] == list(range(1, len(replies) + 1))


async def test_the_transcript_holds_what_both_sides_said(chat: Chat) -> None:
    answers = await chat.say("chào ạ", STORY)
    assert await _lines(chat) == [("citizen", "chào ạ"), ("citizen", STORY), *(("bot", one) for one in answers)]


async def test_what_rests_of_a_conversation_tells_nobody_what_was_said(chat: Chat) -> None:
    await chat.file_one()
    stored = ""
    for table in (conversations, transcript, feedbacks, consents, citizens):
        stored += str(await chat.rows(table))
    assert "Nguyễn Thị Hoa" not in stored
    assert "912345678" not in stored
    assert "khai sinh" not in stored
    assert CITIZEN not in stored


async def test_messages_are_taken_in_the_order_they_were_sent(chat: Chat) -> None:
    await chat.write("cuối cùng họ bảo tôi tuần sau quay lại", ago_s=1)
    await chat.write("Tôi lên phường Láng xin trích lục khai sinh", ago_s=60)
    await chat.write("họ đòi thêm ba loại giấy tờ không có trong quy định", ago_s=30)
    await chat.settle()
    conversation = await _conversation(chat)
    assert [text[:12] for text in conversation.draft.texts] == ["Tôi lên phườ", "họ đòi thêm ", "cuối cùng họ"]


async def test_an_older_message_that_arrives_later_is_added_and_answers_nothing(chat: Chat) -> None:
    await chat.say(STORY)
    await chat.write("Hôm đó còn hai người nữa cũng bị hẹn lại như tôi", ago_s=300)
    await chat.write("đồng ý", ago_s=200)
    await chat.settle()
    conversation = await _conversation(chat)
    assert "hai người nữa" in conversation.draft.text
    assert not conversation.draft.is_agreed


async def test_several_workers_move_a_conversation_once(chat: Chat, runs: Runs, clock: FixedClock) -> None:
    others = [await runs(SERVICE, clock=clock) for _ in range(2)]
    for number in range(10):
        await chat.write(f"{STORY}, lần thứ {number}")
    await asyncio.gather(*(move_conversations(run) for run in (chat.door.run, *others)))
    conversation = await _conversation(chat)
    assert len(conversation.draft.texts) == 10
    assert len(await chat.events(ReplyRequested)) == 1
    assert len(await chat.events(SenderIdentified)) == 1


async def test_a_confirmation_that_two_workers_hold_files_once(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    await chat.say(STORY)
    await chat.say("Nguyễn Thị Hoa 0912345678 phường Láng đồng ý")
    await chat.write("1")
    save, overtaken = ConversationStore.save, []

    async def save_after_another(store: ConversationStore, *args: Any) -> bool:
        if not overtaken:
            overtaken.append(True)
            async with chat.door.run.begin() as tx:
                await tx.session.execute(
                    update(conversations).values(lease_fence=conversations.c.lease_fence + 1, lease_until=None)
                )
        return await save(store, *args)

    monkeypatch.setattr(ConversationStore, "save", save_after_another)
    await chat.settle()
    assert overtaken
    assert len(await chat.events(FeedbackReceived)) == 1
    assert len(await chat.rows(feedbacks)) == 1


async def test_a_worker_that_died_gives_the_citizen_back_when_its_lease_ends(chat: Chat, clock: FixedClock) -> None:
    await chat.write(STORY)
    async with chat.door.run.begin() as tx:
        claimed = await ConversationStore(tx.session).claim(tx.now, tx.now + timedelta(seconds=20), 10)
    assert len(claimed) == 1
    await chat.settle()
    assert await chat.answers() == []
    clock.advance(timedelta(seconds=21))
    await chat.settle()
    assert len(await chat.answers()) == 1


async def test_nothing_is_half_written_when_the_database_fails(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    await chat.say(STORY)
    before = await _conversation(chat)
    await chat.write("đồng ý")

    async def fail(*_args: Any) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(ConversationStore, "write_down", fail)
        with pytest.raises(RuntimeError):
            await move_conversations(chat.door.run)
    assert await _conversation(chat) == before
    chat.clock.advance(timedelta(seconds=30))
    await chat.settle()
    assert (await _conversation(chat)).draft.is_agreed


async def test_an_event_that_cannot_be_taken_in_does_not_hold_up_its_neighbours_and_its_words_are_kept(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance = conversing.advance

    def stumble(conversation: Any, inputs: Any, **known: Any) -> Any:
        if any("vấp" in getattr(one, "text", "") for one in inputs):
            raise ZeroDivisionError
        return advance(conversation, inputs, **known)

    monkeypatch.setattr(conversing, "advance", stumble)
    await chat.write(STORY)
    await chat.write("câu này làm máy vấp")
    await chat.write("họ còn nói là hết giờ làm việc rồi")
    await chat.settle()
    assert len((await _conversation(chat)).draft.texts) == 2
    for _ in range(6):
        chat.clock.advance(timedelta(hours=1))
        await chat.settle()
    [dead] = [row for row in await chat.rows(channel_events) if row.state == "dead"]
    assert dead.outcome == "cannot_be_taken_in"
    assert ("citizen", "câu này làm máy vấp") in await _lines(chat)


async def test_photos_are_put_in_the_queue_and_travel_as_pending(chat: Chat) -> None:
    await chat.write(STORY)
    await chat.send_photo()
    await chat.send_photo("https://f1.zdn.vn/anh2.jpg")
    await chat.settle()
    assert await chat.answers() == []
    chat.clock.advance(timedelta(seconds=2))
    await chat.settle()
    assert any("2 ảnh" in answer for answer in await chat.answers())
    await chat.say("Nguyễn Thị Hoa 0912345678 phường Láng đồng ý")
    await chat.say("1")
    [received] = await chat.events(FeedbackReceived)
    assert [one.state for one in received.attachments] == [FileState.PENDING, FileState.PENDING]
    assert {row.feedback_id for row in await chat.rows(files)} == {received.feedback_id}


async def test_a_photo_after_filing_becomes_a_supplement_when_the_citizen_says_so(chat: Chat) -> None:
    await chat.file_one()
    await chat.send_photo()
    await chat.settle()
    chat.clock.advance(timedelta(seconds=2))
    await chat.settle()
    await chat.say("bổ sung")
    [received] = await chat.events(FeedbackReceived)
    [added] = await chat.events(FeedbackSupplemented)
    assert added.feedback_id == received.feedback_id
    assert len(added.attachments) == 1


async def test_an_unfinished_draft_is_filed_as_incomplete_without_contacts_that_were_not_agreed_to(chat: Chat) -> None:
    await chat.say(STORY)
    await chat.say("Nguyễn Thị Hoa 0912345678")
    chat.clock.advance(timedelta(hours=21))
    await chat.settle()
    assert any("chưa được gửi đi" in answer for answer in await chat.answers())
    chat.clock.advance(timedelta(hours=52))
    await chat.settle()
    [received] = await chat.events(FeedbackReceived)
    contacts = (await chat.events(SenderIdentified))[-1].contacts
    assert received.incomplete
    assert chat.door.run.parts.sealer.open(contacts, Contacts) == Contacts()
    assert any(received.code in answer for answer in await chat.answers())


async def test_who_declines_is_remembered_to_have_declined(chat: Chat) -> None:
    await chat.say(STORY)
    await chat.say("không đồng ý")
    [refused] = await chat.rows(consents)
    assert not refused.given
    assert refused.feedback_id is None


async def test_after_a_person_of_the_office_wrote_the_bot_is_silent(chat: Chat) -> None:
    await chat.say("chào ạ")
    await chat.door.post(staff_message(chat, "Chào bác, tôi là cán bộ trực"))
    assert await chat.say(STORY) == []
    [citizen] = await chat.rows(citizens)
    assert citizen.bot_silent_until == chat.clock.now() + timedelta(hours=12) - timedelta(seconds=10)
    assert ("staff", "Chào bác, tôi là cán bộ trực") in await _lines(chat)


async def test_the_order_to_delete_everything_is_kept_where_people_see_it(chat: Chat) -> None:
    await chat.say("chào ạ")
    stamp = str(int(chat.clock.now().timestamp() * 1000))
    body = message("", "", event_name="user_withdraw", timestamp=stamp, sender=None, recipient=None, message=None)
    await chat.door.post(signed(body | {"user_id": CITIZEN, "oa_id": OA_ID}, stamp))
    await chat.settle()
    [ordered] = [row for row in await chat.rows(channel_events) if row.state == "dead"]
    assert ordered.outcome == "erasure_ordered"


async def test_an_event_sealed_under_a_key_that_is_missing_here_waits_for_it(chat: Chat) -> None:
    await chat.write(STORY)
    await chat.write("và họ nghỉ sớm trước giờ niêm yết rất nhiều lần")
    async with chat.door.run.begin() as tx:
        [first, *_] = (await tx.session.scalars(select(channel_events.c.id).order_by(channel_events.c.id))).all()
        await tx.session.execute(update(channel_events).where(channel_events.c.id == first).values(body=b"x"))
    await chat.settle()
    states = {row.id: row.state for row in await chat.rows(channel_events)}
    assert states.pop(first) == "new"
    assert set(states.values()) == {"done"}


async def test_a_conversation_written_by_a_newer_program_is_left_alone(chat: Chat) -> None:
    await chat.say(STORY)
    sealer = chat.door.run.parts.sealer
    async with chat.door.run.begin() as tx:
        newer = sealer.seal_bytes(b'{"version": 99, "conversation": {}}')
        await tx.session.execute(update(conversations).values(state=newer))
    await chat.write("đồng ý")
    await chat.settle()
    assert [row.state for row in await chat.rows(channel_events)] == ["done", "new"]


async def test_a_damaged_conversation_begins_anew_and_the_citizen_is_answered(chat: Chat) -> None:
    await chat.say(STORY)
    async with chat.door.run.begin() as tx:
        damaged = chat.door.run.parts.sealer.seal_bytes(b"{")
        await tx.session.execute(update(conversations).values(state=damaged))
    assert len(await chat.say(STORY)) == 1
    assert (await _conversation(chat)).state is State.GATHERING


async def test_two_citizens_do_not_wait_for_each_other(chat: Chat, clock: FixedClock) -> None:
    other = Chat(chat.door, clock, citizen="6143092758814407316")
    await chat.write(STORY)
    await other.write(STORY)
    await chat.settle()
    assert len(await chat.rows(conversations)) == 2
    assert len(await chat.answers()) == 2


async def test_a_case_is_looked_up_by_its_sender_and_by_others(chat: Chat, clock: FixedClock) -> None:
    await chat.file_one()
    [received] = await chat.events(FeedbackReceived)
    [own] = await chat.say("tra cứu")
    assert own.startswith(f"Mã {received.code}: Đã gửi")
    assert f"/tra-cuu?ma={received.code}" in own
    other = Chat(chat.door, clock, citizen="6143092758814407316", read=chat.read)
    public = await other.say(received.code)
    assert public[0].startswith(f"Mã {received.code}: Đã gửi")
    assert "/tra-cuu" not in public[0]
    assert "4 số cuối" in public[1]
    assert "chưa khớp" in (await other.say(f"{received.code} 0000"))[0]
    assert "/tra-cuu" in (await other.say(f"{received.code} 5678"))[0]


async def test_last_digits_cannot_be_tried_for_ever(chat: Chat, clock: FixedClock) -> None:
    await chat.file_one()
    [received] = await chat.events(FeedbackReceived)
    other = Chat(chat.door, clock, citizen="6143092758814407316", read=chat.read)
    for number in range(chat.door.run.settings.lookup_tries_per_code):
        await other.say(f"{received.code} {number:04d}")
    assert "chưa khớp" in (await other.say(f"{received.code} 5678"))[0]


async def test_one_citizen_whose_move_cannot_be_recorded_does_not_cost_the_others_theirs(
    chat: Chat, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [Chat(chat.door, clock, citizen=f"614309275881440{number}") for number in range(3)]
    for one in (chat, *others):
        await one.write(STORY)
    unlucky = chat.door.run.parts.keys.sender(Channel.ZALO, others[1].citizen)
    save = ConversationStore.save

    async def save_unless_unlucky(store: ConversationStore, moved: Any, now: Any) -> Any:
        if any(one.claimed.sender_key == unlucky for one in moved):
            raise RuntimeError("not this one")
        return await save(store, moved, now)

    with monkeypatch.context() as patched:
        patched.setattr(ConversationStore, "save", save_unless_unlucky)
        with pytest.raises(RuntimeError):
            await move_conversations(chat.door.run)
    assert len(await chat.answers()) == 3
    clock.advance(timedelta(seconds=21))
    await chat.settle()
    assert len(await chat.answers()) == 1
