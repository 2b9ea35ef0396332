"""What belongs to no conversation: reports on our own messages are passed on, everything else is noted."""

from pathlib import Path

from sqlalchemy import select, update

from libs.contracts.events import ChannelReceipt
from libs.contracts.vocabulary import Channel, ReceiptStatus
from services.intake.conversing import move_conversations
from services.intake.jobs import read_receipts
from services.intake.tables import channel_events, citizens, runtime
from tests.service.intake.conftest import Door
from tests.service.intake.posting import message, signed

NAMES = ("oa_send_text", "user_received_message", "user_seen_message", "user_received_message.zns")
BODIES = {path.stem: path.read_bytes() for path in Path("tests/zalo_events").glob("*.json")}


async def post(door: Door, *names: str) -> None:
    for name in names:
        stamp = BODIES[name].split(b'"timestamp":"')[1].split(b'"')[0].decode()
        assert (await door.post(signed(BODIES[name], stamp))).status_code == 200


async def told(door: Door) -> list[ChannelReceipt]:
    async with door.run.begin() as tx:
        bodies = await tx.session.scalars(select(runtime.outbox.c.body).order_by(runtime.outbox.c.id))
        return [ChannelReceipt.from_bytes(body) for body in bodies]


async def test_echo_delivery_and_sight_of_our_messages_are_passed_on_once(door: Door) -> None:
    await post(door, *NAMES, *NAMES)
    await read_receipts(door.run)
    await read_receipts(door.run)
    receipts = {(event.message_ref, event.status) for event in await told(door)}
    assert receipts == {
        ("63ecf43f0df7dba892e6", ReceiptStatus.ECHOED),
        ("63ecf43f0df7dba892e6", ReceiptStatus.DELIVERED),
        ("63ecf43f0df7dba892e6", ReceiptStatus.SEEN),
        ("a4d0243feee163bd3af2", ReceiptStatus.SEEN),
        ("15a0cc0bbb13bd4ce403", ReceiptStatus.DELIVERED),
    }
    assert len(await told(door)) == 5
    assert {event.channel for event in await told(door)} == {Channel.ZALO}


async def test_all_reports_on_one_message_share_a_key_and_so_keep_their_order(door: Door) -> None:
    await post(door, "oa_send_text", "user_received_message")
    await read_receipts(door.run)
    assert len({event.key for event in await told(door)}) == 1


async def test_reports_on_a_message_to_a_known_citizen_are_said_under_that_citizen(door: Door) -> None:
    await post(door, "user_send_text")
    await move_conversations(door.run)
    await post(door, "oa_send_text", "user_received_message.zns")
    await read_receipts(door.run)
    async with door.run.begin() as tx:
        sender_id = await tx.session.scalar(select(citizens.c.sender_id))
        rows = await tx.session.execute(
            select(runtime.outbox.c.key, runtime.outbox.c.body).where(runtime.outbox.c.name == ChannelReceipt.name)
        )
        keys = {ChannelReceipt.from_bytes(body).message_ref: key for key, body in rows}
    assert keys["63ecf43f0df7dba892e6"] == sender_id
    assert keys["15a0cc0bbb13bd4ce403"] != sender_id, "a telephone number is nobody's Zalo id"


async def test_what_has_no_effect_is_noted_and_what_a_citizen_wrote_is_left_to_the_conversation(door: Door) -> None:
    await post(
        door, "user_send_group_text", "create_group", "permission_revoked", "anonymous_send_text", "user_send_text"
    )
    await door.post(signed(message(event_name="user_send_hologram")))
    await read_receipts(door.run)
    assert await told(door) == []
    assert {(row.event_name, row.state, row.outcome) for row in await door.stored()} == {
        ("user_send_group_text", "done", "Noted"),
        ("create_group", "done", "Noted"),
        ("permission_revoked", "done", "Noted"),
        ("anonymous_send_text", "done", "AnonymousMessage"),
        ("user_send_hologram", "done", "Unknown"),
        ("user_send_text", "new", None),
    }


async def test_an_event_sealed_under_a_missing_key_waits_and_holds_up_nobody(door: Door) -> None:
    await post(door, "user_received_message")
    async with door.run.begin() as tx:
        await tx.session.execute(update(channel_events).values(body=b"gAAAAA-other"))
    await post(door, "user_seen_message")
    await read_receipts(door.run)
    sealed, seen = await door.stored()
    assert (sealed.state, sealed.attempts, sealed.next_at > sealed.received_at) == ("new", 1, True)
    assert seen.state == "done"
