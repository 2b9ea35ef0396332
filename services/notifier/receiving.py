"""What a channel said about messages of ours: receipts for those we know, echoes for one whose answer was lost."""

from uuid import UUID

from libs.runtime.tx import Tx

from .domain.message import MessageState
from .domain.receipt import after_receipt, echo_of
from .parts import CHANNEL, NotifierParts
from .store.delivery import DeliveryStore, Receipt
from .store.message import MessageStore
from .store.recipient import RecipientStore
from .store.shelf import Message
from .telling import came_to

_WHEN = {MessageState.SENT: "sent_at", MessageState.DELIVERED: "delivered_at", MessageState.SEEN: "seen_at"}


async def receive(tx: Tx[NotifierParts], message: Message, part: int, receipt: Receipt) -> None:
    """Bring a message forward when its last part did something new."""
    if part < message.parts - 1:
        return
    state = after_receipt(message.state, receipt.status)
    if state is not None:
        await came_to(tx, message, state, message.reason, **{_WHEN[state]: receipt.at})


async def arrived(tx: Tx[NotifierParts], message: Message, message_ref: str | None, *, doubled: bool) -> None:
    """A part is with the citizen: remember its id, go on to the next part or end, then hear the receipts kept."""
    last = message.part + 1 >= message.parts
    doubled = doubled or message.doubled
    detail = "possible_duplicate" if doubled else None
    if last:
        await came_to(
            tx, message, MessageState.SENT, detail, not_before=None, doubled=doubled, sent_at=tx.now, part=message.parts
        )
    else:
        await MessageStore(tx.session).change(
            message.message_id,
            state=MessageState.READY,
            reason=None,
            part=message.part + 1,
            tries=0,
            lost=0,
            doubled=doubled,
            not_before=tx.now,
        )
    if message_ref is not None:
        for receipt in await DeliveryStore(tx.session, CHANNEL).take_early(message_ref):
            changed = await MessageStore(tx.session).lock(message.message_id)
            if changed is not None:
                await receive(tx, changed, message.part, receipt)


async def clear_up(tx: Tx[NotifierParts], sender_id: UUID) -> bool:
    """Match an echo nobody asked for with the message whose answer was lost; whether that message is cleared up."""
    deliveries = DeliveryStore(tx.session, CHANNEL)
    uncertain = await MessageStore(tx.session).uncertain_of(sender_id)
    if not uncertain:
        return False
    echoes = await deliveries.unmatched_echoes(sender_id)
    for message in uncertain:
        assert message.attempted_at is not None
        echo = echo_of(message.attempted_at, echoes)
        if echo is not None:
            await deliveries.add(message, echo.message_ref, None, echo.at)
            await arrived(tx, message, echo.message_ref, doubled=message.lost > 1)
            await RecipientStore(tx.session).no_wait(sender_id)
            tx.wake("send_due")
            return True
    return False
