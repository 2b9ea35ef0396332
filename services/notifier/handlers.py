"""One function per event heard. Whatever comes early is kept; nothing heard here is answered to a channel's echo."""

from libs.contracts.events import (
    ChannelReceipt,
    Progressed,
    Refused,
    ReplyRequested,
    Resolved,
    Routed,
    SenderIdentified,
)
from libs.contracts.sealed import ReplyBody
from libs.runtime.bus import Subscriptions
from libs.runtime.tx import Tx

from .ahead import channel_of, lock_and_read
from .domain.queue import reply_arrives
from .domain.wording import Option, Said
from .heard import of_progressed, of_refused, of_resolved, of_routed
from .owing import owe_notice, owe_reply, put_into_words
from .parts import CHANNEL, NotifierParts
from .receiving import clear_up, receive
from .store.case import CaseStore
from .store.delivery import DeliveryStore, Receipt
from .store.message import MessageStore
from .store.recipient import RecipientStore
from .store.reply import ReplyStore
from .telling import tell

subscriptions = Subscriptions("notifier")
subscriptions.ahead(lock_and_read)


@subscriptions.on(SenderIdentified)
async def on_sender_identified(event: SenderIdentified, tx: Tx[NotifierParts]) -> None:
    """Learn how a citizen is reached and whose a case is; notices that waited for that are put into words."""
    store = MessageStore(tx.session)
    if event.feedback_id is not None and event.code is not None:
        case = await CaseStore(tx.session).identified(
            event.feedback_id, event.sender_id, event.code, event.occurred_at, tx.now
        )
        if case is not None:
            for message in await store.waiting_for_case(event.feedback_id):
                await put_into_words(tx, message, case)
    recipient = await RecipientStore(tx.session).wrote(
        event.sender_id, event.occurred_at, tx.now, channel_of(tx, event.address), event.address
    )
    await store.release_held(event.sender_id, tx.now, reachable=recipient.channel == CHANNEL)
    tx.wake("send_due")


@subscriptions.on(ReplyRequested)
async def on_reply_requested(event: ReplyRequested, tx: Tx[NotifierParts]) -> None:
    """Say the conversation's next words, in their order; the citizen wrote, so what was held may go too."""
    body = tx.parts.sealer.open(event.body, ReplyBody)
    store, replies = MessageStore(tx.session), ReplyStore(tx.session)
    recipient = await RecipientStore(tx.session).wrote(event.sender_id, event.occurred_at, tx.now)
    unsaid = await replies.unsaid(event.sender_id, event.seq)
    ready = unsaid.ready
    if unsaid.held:
        for stale in await store.supersede(unsaid.stale, "conversation_went_on"):
            tell(tx, stale, stale.state, stale.reason)
        await store.release_held(event.sender_id, tx.now, reachable=recipient.channel == CHANNEL)
        ready = await replies.ready(event.sender_id)
    arrived = reply_arrives(recipient.next_reply_seq, event.seq, ready)
    said = Said(body.text, tuple(Option(button.title, button.payload, button.url) for button in body.buttons))
    await owe_reply(tx, event.event_id, event.sender_id, event.seq, said, arrived)
    await replies.free(event.sender_id, arrived.free & ready, tx.now)


@subscriptions.on(ChannelReceipt)
async def on_channel_receipt(event: ChannelReceipt, tx: Tx[NotifierParts]) -> None:
    """Bring a message forward, or keep the word until we know whose it is. Never a reason to write to anybody."""
    receipt = Receipt(event.message_ref, event.status, event.at)
    deliveries = DeliveryStore(tx.session, event.channel)
    await RecipientStore(tx.session).lock(event.key)  # the key is the sender
    await deliveries.settle(event.message_ref)
    found = await MessageStore(tx.session).lock_delivered(event.channel, event.message_ref)
    if found is not None:
        await receive(tx, *found, receipt)
        return
    await deliveries.keep_early(receipt, event.key, tx.now)
    await clear_up(tx, event.key)


@subscriptions.on(Routed)
async def on_routed(event: Routed, tx: Tx[NotifierParts]) -> None:
    """Tell the citizen who answers and by when."""
    await owe_notice(tx, of_routed(event))


@subscriptions.on(Progressed)
async def on_progressed(event: Progressed, tx: Tx[NotifierParts]) -> None:
    """Tell the citizen of a step they should know."""
    await owe_notice(tx, of_progressed(event))


@subscriptions.on(Refused)
async def on_refused(event: Refused, tx: Tx[NotifierParts]) -> None:
    """Tell the citizen why not, and where to turn."""
    await owe_notice(tx, of_refused(event, tx.parts.province))


@subscriptions.on(Resolved)
async def on_resolved(event: Resolved, tx: Tx[NotifierParts]) -> None:
    """Bring the citizen the answer."""
    await owe_notice(tx, of_resolved(event))
