"""Which message of ours has which id on the channel, and the receipts that came before we knew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Text, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import Channel, ReceiptStatus

from ..domain.receipt import Echo
from ..tables import deliveries, early_receipts
from .shelf import Message


@dataclass(frozen=True, slots=True)
class Receipt:
    """A channel's word on a message of ours."""

    message_ref: str
    status: ReceiptStatus
    at: datetime


# Built once: these run for every message, and building a statement costs more than sending it.
_LOCK: Final = func.pg_advisory_xact_lock(func.hashtextextended(bindparam("settled", type_=Text), 0))
_SETTLE: Final = select(_LOCK)
_ADD: Final = insert(deliveries).on_conflict_do_nothing(index_elements=["channel", "message_ref"])
_COLUMNS: Final = ("message_id", "part", "channel", "message_ref", "quota", "sent_at")
_SETTLE_AS: Final = _ADD.from_select(
    _COLUMNS, select(*(bindparam(f"new_{name}", type_=deliveries.c[name].type) for name in _COLUMNS)).select_from(_LOCK)
)
_TAKE_EARLY: Final = (
    delete(early_receipts)
    .where(early_receipts.c.channel == bindparam("channel"), early_receipts.c.message_ref == bindparam("message_ref"))
    .returning(early_receipts.c.message_ref, early_receipts.c.status, early_receipts.c.at)
)


class DeliveryStore:
    """Every statement about deliveries and the receipts that concern them."""

    def __init__(self, session: AsyncSession, channel: Channel) -> None:
        self._session = session
        self._channel = channel

    async def settle(self, message_ref: str) -> None:
        """From here on nobody else settles what this id of the channel means, until the transaction ends.

        Without it a receipt and the answer it belongs to could pass each other by unseen.
        """
        await self._session.execute(_SETTLE, {"settled": f"{self._channel}:{message_ref}"})

    async def add(self, message: Message, message_ref: str, quota: str | None, at: datetime) -> None:
        """Remember under which id of the channel a part is with the citizen."""
        await self._session.execute(_ADD, self._row(message, message_ref, quota, at))

    async def settle_as(self, message: Message, message_ref: str, quota: str | None, at: datetime) -> None:
        """Settle what an id of the channel means: this part, which is with the citizen."""
        row = {f"new_{name}": value for name, value in self._row(message, message_ref, quota, at).items()}
        await self._session.execute(_SETTLE_AS, {**row, "settled": f"{self._channel}:{message_ref}"})

    def _row(self, message: Message, message_ref: str, quota: str | None, at: datetime) -> dict[str, Any]:
        values = (message.message_id, message.part, self._channel, message_ref, quota, at)
        return dict(zip(_COLUMNS, values, strict=True))

    async def keep_early(self, receipt: Receipt, sender_id: UUID, now: datetime) -> None:
        """Keep a receipt that came before the answer it belongs to."""
        await self._session.execute(
            insert(early_receipts)
            .values(
                channel=self._channel,
                message_ref=receipt.message_ref,
                status=receipt.status,
                at=receipt.at,
                sender_id=sender_id,
                kept_at=now,
            )
            .on_conflict_do_nothing(index_elements=["channel", "message_ref", "status"])
        )

    async def take_early(self, message_ref: str) -> list[Receipt]:
        """The receipts kept for a message, oldest word first; they are kept no longer."""
        found = await self._session.execute(_TAKE_EARLY, {"channel": self._channel, "message_ref": message_ref})
        taken = [Receipt(ref, ReceiptStatus(status), at) for ref, status, at in found]
        return sorted(taken, key=lambda receipt: list(ReceiptStatus).index(receipt.status))

    async def unmatched_echoes(self, sender_id: UUID) -> Sequence[Echo]:
        """Echoes to a citizen that belong to no message we know."""
        statement = select(early_receipts.c.message_ref, early_receipts.c.at).where(
            early_receipts.c.channel == self._channel,
            early_receipts.c.sender_id == sender_id,
            early_receipts.c.status == ReceiptStatus.ECHOED,
        )
        return [Echo(ref, at) for ref, at in await self._session.execute(statement)]

    async def forget_early(self, before: datetime) -> None:
        """Remove receipts nobody asked for."""
        await self._session.execute(delete(early_receipts).where(early_receipts.c.kept_at < before))
