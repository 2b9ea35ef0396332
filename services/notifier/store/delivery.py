"""Which message of ours has which id on the channel, and the receipts that came before we knew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import Channel, ReceiptStatus

from ..domain.receipt import Echo
from ..tables import deliveries, early_receipts
from .message import Message


@dataclass(frozen=True, slots=True)
class Receipt:
    """A channel's word on a message of ours."""

    message_ref: str
    status: ReceiptStatus
    at: datetime


class DeliveryStore:
    """Every statement about deliveries and the receipts that concern them."""

    def __init__(self, session: AsyncSession, channel: Channel) -> None:
        self._session = session
        self._channel = channel

    async def settle(self, message_ref: str) -> None:
        """From here on nobody else settles what this id of the channel means, until the transaction ends.

        Without it a receipt and the answer it belongs to could pass each other by unseen.
        """
        key = func.hashtextextended(f"{self._channel}:{message_ref}", 0)
        await self._session.execute(select(func.pg_advisory_xact_lock(key)))

    async def add(self, message: Message, message_ref: str, quota: str | None, at: datetime) -> None:
        """Remember under which id of the channel a part is with the citizen."""
        await self._session.execute(
            insert(deliveries)
            .values(
                message_id=message.message_id,
                part=message.part,
                channel=self._channel,
                message_ref=message_ref,
                quota=quota,
                sent_at=at,
            )
            .on_conflict_do_nothing(index_elements=["channel", "message_ref"])
        )

    async def of(self, message_ref: str) -> tuple[UUID, int] | None:
        """The message and its part that the channel calls so."""
        statement = select(deliveries.c.message_id, deliveries.c.part).where(
            deliveries.c.channel == self._channel, deliveries.c.message_ref == message_ref
        )
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else (row[0], row[1])

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
        statement = (
            delete(early_receipts)
            .where(early_receipts.c.channel == self._channel, early_receipts.c.message_ref == message_ref)
            .returning(early_receipts.c.message_ref, early_receipts.c.status, early_receipts.c.at)
        )
        taken = [Receipt(ref, ReceiptStatus(status), at) for ref, status, at in await self._session.execute(statement)]
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
