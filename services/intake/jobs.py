"""Work nobody waits for: reading what belongs to no conversation, and forgetting what is no longer needed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_OID, uuid5

from libs.contracts.events import ChannelReceipt
from libs.contracts.vocabulary import Channel
from libs.runtime.run import Run
from libs.runtime.tx import Tx
from libs.seal import CannotOpen

from .domain.json_body import NotAnObject, read_object
from .domain.zalo import read
from .domain.zalo_event import Receipt, ZaloEvent
from .parts import IntakeParts
from .store import ArrivalStore, FileStore, TrackingStore

_AT_ONCE: Final = 200
_TRY_AGAIN_AFTER: Final = timedelta(minutes=10)


async def read_receipts(run: Run[IntakeParts]) -> bool:
    """Pass on what Zalo reports of our messages; note everything else that belongs to no conversation."""
    async with run.begin() as tx:
        store = ArrivalStore(tx.session)
        unread = await store.claim_unaddressed(tx.now, _AT_ONCE)
        receipts: list[tuple[Receipt, datetime]] = []
        for event in unread:
            try:
                raw = run.parts.sealer.open_bytes(event.body)
            except CannotOpen:
                # A key is missing on this machine; the event waits for it.
                await store.postpone(event.event_id, tx.now + _TRY_AGAIN_AFTER)
                continue
            told = _read(raw, run.parts, event.received_at)
            if isinstance(told, Receipt):
                receipts.append((told, event.received_at))
            await store.done(event.event_id, type(told).__name__, tx.now)
        await _pass_on(tx, receipts)
    return len(unread) == _AT_ONCE


def _read(raw: bytes, parts: IntakeParts, received_at: datetime) -> ZaloEvent:
    body = read_object(raw)
    assert not isinstance(body, NotAnObject), "only objects are let in"
    return read(body, parts.account, received_at)


async def _pass_on(tx: Tx[IntakeParts], receipts: Sequence[tuple[Receipt, datetime]]) -> None:
    """Say each receipt under its citizen: an echo is all that tells whether a lost answer meant a delivery."""
    keys = {receipt.recipient: tx.parts.keys.sender(Channel.ZALO, receipt.recipient) for receipt, _ in receipts}
    senders = await ArrivalStore(tx.session).senders(keys.values())
    for receipt, received_at in receipts:
        for ref in receipt.message_refs:
            tx.emit(
                ChannelReceipt(
                    key=senders.get(keys[receipt.recipient]) or uuid5(NAMESPACE_OID, f"{Channel.ZALO}:{ref}"),
                    channel=Channel.ZALO,
                    message_ref=ref,
                    status=receipt.status,
                    at=receipt.at or received_at,
                )
            )


async def forget(run: Run[IntakeParts]) -> bool:
    """Remove keys of events no channel will repeat, and counts of guesses whose window has passed."""
    async with run.begin() as tx:
        window = timedelta(hours=run.settings.lookup_window_h)
        await TrackingStore(tx.session).forget_guesses(tx.now - window)
        before = tx.now - timedelta(days=run.settings.event_keys_keep_days)
        return await ArrivalStore(tx.session).forget_keys(before, limit=5_000) == 5_000


async def measure_files(run: Run[IntakeParts]) -> None:
    """Tell how long the longest waiting file has waited."""
    async with run.begin() as tx:
        since = await FileStore(tx.session).oldest_pending()
        run.parts.meters.oldest_file.set((tx.now - since).total_seconds() if since else 0)
