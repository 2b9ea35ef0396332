"""What the handlers of many events are about to need, locked and read in a few statements."""

from collections.abc import Sequence
from uuid import UUID

from libs.contracts.envelope import Event
from libs.contracts.events import Progressed, Refused, ReplyRequested, Resolved, Routed, SenderIdentified
from libs.contracts.sealed import ChannelAddress, Sealed
from libs.contracts.vocabulary import Channel, Notice
from libs.runtime.tx import Tx

from .heard import of_event
from .parts import NotifierParts
from .store.case import Case, CaseStore
from .store.message import MessageStore
from .store.recipient import RecipientStore, Sign
from .store.reply import ReplyStore


async def lock_and_read(events: Sequence[Event], tx: Tx[NotifierParts]) -> None:
    """Lock the cases and the citizens of these events, then read what is kept for them."""
    heard: dict[UUID, Case] = {}
    coming: dict[UUID, list[Notice]] = {}
    signs: list[Sign] = []
    for event in events:
        match event:
            case SenderIdentified(feedback_id=feedback_id, code=code):
                if feedback_id is not None and code is not None:
                    coming.setdefault(feedback_id, [])
                    if feedback_id not in heard:
                        heard[feedback_id] = Case(feedback_id).identified(event.sender_id, code, event.occurred_at)
                channel = channel_of(tx, event.address)
                signs.append(Sign(event.sender_id, event.occurred_at, channel, event.address))
            case ReplyRequested():
                signs.append(Sign(event.sender_id, event.occurred_at))
            case Routed() | Progressed() | Refused() | Resolved():
                told = of_event(event, tx.parts.province)
                coming.setdefault(told.feedback_id, []).extend([told.notice] if told.notice else [])
                if told.feedback_id not in heard:
                    step, nothing = told.step, Case(told.feedback_id)
                    heard[told.feedback_id] = nothing.stepped(told.case_seq, step.agency_name, step.due_at)
    await CaseStore(tx.session).all_heard_of(heard, tx.now)
    await RecipientStore(tx.session).all_wrote(signs, tx.now)
    await MessageStore(tx.session).read_ahead(coming)
    await ReplyStore(tx.session).read_ahead({sign.sender_id for sign in signs})


def channel_of(tx: Tx[NotifierParts], address: Sealed | None) -> Channel | None:
    """The channel of a sealed address, which is opened once however often this is asked in a transaction."""
    if address is None:
        return None
    opened: dict[Sealed, Channel] = tx.session.info.setdefault(ChannelAddress, {})
    channel = opened.get(address)
    if channel is None:
        channel = opened[address] = tx.parts.sealer.open(address, ChannelAddress).channel
    return channel
