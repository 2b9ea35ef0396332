"""The conversation's words, in their order, and nothing that answers a machine."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from libs.contracts.events import ChannelReceipt
from libs.contracts.vocabulary import ReceiptStatus
from libs.runtime.tx import Tx
from services.notifier.domain.attempt import SendOutcome, Sent
from services.notifier.domain.message import MessageState
from services.notifier.parts import CHANNEL
from services.notifier.sending import Envelope, record, take_next
from services.notifier.store.message import MessageStore
from services.notifier.store.recipient import RecipientStore
from services.notifier.store.shelf import Message
from tests.service.notifier.scene import HOA, Scene, names_of
from tests.support.service import eventually


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 3, 1), (3, 2, 1)])
async def test_replies_are_read_in_their_order_whatever_order_they_come_in(
    at_work: Scene, order: Sequence[int]
) -> None:
    await at_work.knows_citizen()
    for seq in order:
        await at_work.hears(at_work.reply(seq, f"Câu {seq}."))
        await at_work.sends()
    assert at_work.zalo.texts() == ["Câu 1.", "Câu 2.", "Câu 3."]


async def test_a_missing_reply_holds_the_others_up_for_ten_seconds_and_is_still_said_when_it_comes(
    at_work: Scene,
) -> None:
    await at_work.knows_citizen()
    await at_work.hears(at_work.reply(2, "Câu 2."), at_work.reply(3, "Câu 3."))
    await at_work.passes(seconds=9)
    assert at_work.zalo.texts() == []
    await at_work.passes(seconds=2)
    assert at_work.zalo.texts() == ["Câu 2.", "Câu 3."]
    await at_work.hears(at_work.reply(1, "Câu 1."), at_work.reply(4, "Câu 4."))
    await at_work.sends()
    assert at_work.zalo.texts()[2:] == ["Câu 1.", "Câu 4."]


async def test_a_message_being_retried_is_not_overtaken_however_many_replies_come(known: Scene) -> None:
    known.zalo.suffers(api_429=1)
    await known.hears(known.routed(2))
    await known.sends()
    await known.hears(*(known.reply(seq, f"Câu {seq}.") for seq in range(1, 56)))
    for _ in range(6):
        await known.passes(seconds=2)
    texts = known.zalo.texts()
    assert "UBND phường Láng" in texts[0]
    assert texts[1:] == [f"Câu {seq}." for seq in range(1, 56)]


async def test_a_reply_before_the_citizen_is_known_waits_for_the_address(at_work: Scene) -> None:
    await at_work.hears(at_work.reply(1, "Xin chào."))
    await at_work.sends()
    await at_work.knows_citizen()
    await at_work.sends()
    assert at_work.zalo.texts() == ["Xin chào."]


async def test_options_stand_under_the_text_once_and_as_buttons(at_work: Scene) -> None:
    await at_work.knows_citizen()
    await at_work.hears(at_work.reply(1, "Ông/bà chọn gì?\n1. Gửi đi\n2. Sửa lại", "Gửi đi", "Sửa lại"))
    await at_work.sends()
    (message,) = at_work.zalo.simulator.messages.received_by(HOA, None)
    assert message.text == "Ông/bà chọn gì?\n1. Gửi đi\n2. Sửa lại"
    assert [button["title"] for button in message.buttons] == ["Gửi đi", "Sửa lại"]


async def test_buttons_zalo_will_not_have_cost_the_citizen_nothing(at_work: Scene) -> None:
    await at_work.knows_citizen()
    await at_work.hears(at_work.reply(1, "Ông/bà chọn gì?", "Một tiêu đề dài hơn ba mươi lăm ký tự nhiều lắm"))
    await at_work.sends()
    assert at_work.zalo.texts() == ["Ông/bà chọn gì?\n1. Một tiêu đề dài hơn ba mươi lăm ký tự nhiều lắm"]


async def test_receipts_bring_a_reply_forward_and_never_cause_a_message(at_work: Scene) -> None:
    await at_work.knows_citizen()
    await at_work.hears(at_work.reply(1, "Xin chào."))
    await at_work.sends()
    receipts = await at_work.zalo.receipts(at_work.sender)
    assert names_of(receipts)[:2] == ["echoed", "delivered"]
    for _ in range(3):  # our own words come back as events, again and again (F47)
        await at_work.hears(*receipts)
        await at_work.sends()
    assert at_work.zalo.texts() == ["Xin chào."]
    assert [outcome for _, outcome, _ in await at_work.outcomes()] == ["sent", "delivered"]


async def test_receipts_that_come_before_the_answer_is_written_down_are_kept(
    at_work: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await at_work.knows_citizen()
    await at_work.hears(at_work.reply(1, "Xin chào."))
    zalo = at_work.run.parts.zalo
    original = zalo.send_text

    async def send_and_hear_receipts_first(*arguments: Any) -> SendOutcome:
        outcome = await original(*arguments)
        await at_work.receives()
        return outcome

    monkeypatch.setattr(zalo, "send_text", send_and_hear_receipts_first)
    await at_work.sends()
    assert [outcome for _, outcome, _ in await at_work.outcomes()] == ["sent", "delivered"]


async def test_a_receipt_and_its_answer_written_down_at_the_same_moment_find_each_other(at_work: Scene) -> None:
    await at_work.knows_citizen()
    for seq in range(1, 13):
        await at_work.hears(at_work.reply(seq, "Xin chào."))
        async with at_work.run.begin() as tx:
            (recipient,) = await RecipientStore(tx.session).claim(
                CHANNEL, tx.now, timedelta(seconds=60), uuid4(), limit=1
            )
            envelope = await take_next(tx, recipient, uuid4())
        assert envelope is not None
        await _record_while_receipt_comes(at_work, envelope, f"ma-{seq}")
        at_work.clock.advance(timedelta(seconds=61))
    assert [outcome for _, outcome, _ in await at_work.outcomes()] == ["sent", "delivered"] * 12


async def _record_while_receipt_comes(scene: Scene, envelope: Envelope, ref: str) -> None:
    receipt = ChannelReceipt(
        key=uuid4(), channel=CHANNEL, message_ref=ref, status=ReceiptStatus.DELIVERED, at=scene.clock.now()
    )

    async def write_down() -> None:
        async with scene.run.begin() as tx:
            await record(tx, envelope, Sent(ref))

    await asyncio.gather(write_down(), scene.hears(receipt))


async def test_an_echo_of_what_somebody_typed_is_nobody_s_message(at_work: Scene) -> None:
    await at_work.knows_citizen()
    citizen = at_work.zalo.simulator.citizens.get(HOA)
    assert citizen is not None
    at_work.zalo.simulator.oa_acts.type_in_console(citizen, "Tôi là cán bộ.")
    await at_work.receives()
    await at_work.sends()
    assert at_work.zalo.texts() == ["Tôi là cán bộ."]
    assert await at_work.outcomes() == []


async def test_two_processes_never_send_one_citizen_s_messages_twice_or_out_of_order(at_work: Scene) -> None:
    other = await at_work.replica()
    people = [(f"70000000000000000{number}", uuid4()) for number in range(5)]
    for user_id, sender in people:
        at_work.zalo.meets(user_id)
        at_work.sender = sender
        await at_work.knows_citizen(user_id)
        for seq in range(1, 6):
            await at_work.hears(at_work.reply(seq, f"Câu {seq}."))
    await asyncio.gather(at_work.sends(), at_work.sends(other))
    for _ in range(5):  # a bucket of twenty a second fills again
        await at_work.passes(seconds=1)
    for user_id, _ in people:
        assert at_work.zalo.texts(user_id) == [f"Câu {seq}." for seq in range(1, 6)]


async def test_replies_two_processes_hear_at_the_same_moment_do_not_wait_for_one_another(at_work: Scene) -> None:
    other = await at_work.replica()
    await at_work.knows_citizen()
    for seq in range(1, 25, 2):
        await asyncio.gather(
            at_work.hears(at_work.reply(seq + 1, f"Câu {seq + 1}.")),
            at_work.hears(at_work.reply(seq, f"Câu {seq}."), run=other),
        )
    assert {message.not_before for message in await at_work.stored()} == {at_work.clock.now()}


async def test_whoever_writes_a_try_down_sees_what_another_process_made_of_the_message(at_work: Scene) -> None:
    await at_work.knows_citizen()
    await at_work.hears(at_work.reply(1, "Xin chào."))
    (message,) = await at_work.stored()

    async def seen() -> Message | None:
        async with at_work.run.begin() as tx:
            return await MessageStore(tx.session).lock_with_citizen(message.message_id)

    async with at_work.run.begin() as tx:
        await RecipientStore(tx.session).lock(at_work.sender)
        looking = asyncio.create_task(seen())
        await eventually(partial(_somebody_waits, tx))
        await MessageStore(tx.session).change(message.message_id, state=MessageState.SENT, not_before=None)
    found = await looking
    assert found is not None
    assert found.state is MessageState.SENT


async def _somebody_waits(tx: Tx[Any]) -> bool:
    return bool(await tx.session.scalar(text("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")))
