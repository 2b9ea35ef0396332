"""Many events for the notifier at once, and what its tables hold afterwards, told without ids made by chance."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from libs.contracts.envelope import Event
from libs.contracts.events import ChannelReceipt, MessageOutcome
from libs.contracts.vocabulary import CaseState, Channel, ReceiptStatus, RefusalReason, RoutedReason
from libs.runtime.bus import Delivery
from services.notifier.app import SERVICE
from services.notifier.content import open_facts, open_words
from services.notifier.domain.message import MessageState
from services.notifier.tables import cases, deliveries, early_receipts, messages, recipients
from tests.service.notifier.scene import DUE, MORNING, Scene


class Story:
    """Made-up citizens and cases, the same for the same number."""

    def __init__(self, scene: Scene, seed: int = 0) -> None:
        self._scene = scene
        self.chance = random.Random(seed)

    def uuid(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    def person(self, number: int = 0) -> Scene:
        """A citizen with a case, in the scene of the others."""
        code = f"HN-PA-261123-{number:05}-K"
        return replace(self._scene, sender=self.uuid(), feedback=self.uuid(), code=code)

    def said(self, *events: Event) -> list[Event]:
        """Events as they leave their speakers, at times a little apart."""
        early = timedelta(seconds=1)
        return [event.said(self.uuid(), MORNING - self.chance.randrange(300) * early, None) for event in events]


async def hear(scene: Scene, events: Iterable[Event]) -> None:
    """Events arrive in one batch."""
    await scene.run.consumer.hear([Delivery(event.name, event.to_bytes()) for event in events])


async def hear_each(scene: Scene, events: Iterable[Event]) -> None:
    """Events arrive one by one, in the order in which a batch is handled."""
    for event in sorted(events, key=lambda event: event.key):
        await hear(scene, [event])


async def kept(scene: Scene) -> dict[str, Any]:
    """What the tables hold: words opened, messages called by the event that caused them."""
    sealer = scene.run.parts.sealer
    told: dict[str, Any] = {}
    async with scene.run.begin() as tx:
        named = select(messages.c.message_id, messages.c.caused_by)
        called = {row.message_id: row.caused_by for row in await tx.session.execute(named)}
        for table, by in (
            (cases, "feedback_id"),
            (recipients, "sender_id"),
            (messages, "caused_by"),
            (deliveries, "message_ref"),
            (early_receipts, "message_ref"),
        ):
            rows = [dict(row) for row in (await tx.session.execute(select(table))).mappings()]
            for row in rows:
                for chance in ("delivery_id", "receipt_id"):
                    row.pop(chance, None)
                if "message_id" in row:
                    row["message_id"] = called[row["message_id"]]
                if row.get("body"):
                    row["body"] = open_words(sealer, row["body"])
                if row.get("facts"):
                    row["facts"] = open_facts(sealer, row["facts"])
            told[table.name] = sorted(rows, key=lambda row: str(row[by]))
        outbox, inbox = scene.run.tables.outbox, scene.run.tables.inbox
        told["inbox"] = sorted(await tx.session.scalars(select(inbox.c.event_id)))
        bodies = await tx.session.scalars(select(outbox.c.body).order_by(outbox.c.id))
        said = [MessageOutcome.from_bytes(body) for body in bodies]
        told["said"] = [(one.caused_by, one.notice, one.outcome, one.detail, one.key, one.at) for one in said]
        born = select(messages.c.caused_by).order_by(messages.c.sender_id, messages.c.created_at, messages.c.message_id)
        told["order"] = list(await tx.session.scalars(born))
    return told


async def forget_everything(scene: Scene) -> None:
    """Begin anew with empty tables."""
    await scene.runs.bench.empty(SERVICE)


async def befell(scene: Scene, chance: random.Random) -> None:
    """Some of the messages had different fates meanwhile."""
    fates: Sequence[dict[str, Any]] = (
        {},
        {},
        {"state": MessageState.SENT, "not_before": None, "part": 1},
        {"state": MessageState.UNCERTAIN, "not_before": None, "lost": 2, "attempted_at": MORNING, "tries": 2},
        {"state": MessageState.HELD, "not_before": None, "reason": "zalo:-230"},
        {"state": MessageState.HELD, "not_before": None, "reason": "no_address"},
        {"state": MessageState.HELD, "not_before": MORNING + timedelta(days=1), "reason": "quota"},
        {"state": MessageState.SENDING, "tries": 1, "attempted_at": MORNING},
    )
    async with scene.run.begin() as tx:
        ready = messages.c.state == MessageState.READY
        rows = (await tx.session.execute(select(messages).where(ready).order_by(messages.c.caused_by))).all()
        for row in rows:
            fate = chance.choice(fates)
            if fate:
                mine = messages.c.message_id == row.message_id
                await tx.session.execute(update(messages).where(mine).values(**fate))
            if fate.get("part"):
                sent = {"message_id": row.message_id, "part": 0, "channel": Channel.ZALO, "sent_at": MORNING}
                await tx.session.execute(insert(deliveries).values(message_ref=f"ma-{row.caused_by}", **sent))
        if rows:
            closed = recipients.c.sender_id == chance.choice(rows).sender_id
            await tx.session.execute(
                update(recipients).where(closed).values(closed_at=MORNING - timedelta(seconds=chance.randrange(300)))
            )


def anything(story: Story, people: Sequence[Scene], number: int) -> list[Event]:
    """Events of any kind, in any order."""
    chance = story.chance
    replies = dict.fromkeys((id(person) for person in people), 0)
    found: list[Event] = []
    for _ in range(number):
        person = chance.choice(people)
        replies[id(person)] += 1
        at = chance.choice((1, 1, 2, 2, 3, 4, 5))
        due = chance.choice((None, DUE, DUE + timedelta(days=at)))
        state = chance.choice((CaseState.RECEIVED, CaseState.RECEIVED, *CaseState))
        reason = chance.choice(list(RoutedReason))
        ref = f"ma-{story.uuid()}"
        kinds: list[Event] = [
            person.filed(),
            person.address(),
            person.reply(replies[id(person)], f"Câu {replies[id(person)]}."),
            person.reply(chance.randrange(1, 9), "Một câu."),
            person.routed(at, f"Sở {chance.randrange(3)}", reason=reason, due_at=DUE + timedelta(days=at)),
            person.progressed(at, state, due_at=due, agency_name=chance.choice((None, "UBND phường Láng"))),
            person.progressed(1, CaseState.RECEIVED, due_at=due),
            person.routed(2),
            person.resolved(at),
            person.refused(at, RefusalReason.TCH03, chance.choice(("", "Vì thế."))),
            ChannelReceipt(
                key=person.sender, channel=Channel.ZALO, message_ref=ref, status=ReceiptStatus.ECHOED, at=MORNING
            ),
        ]
        found += story.said(chance.choice(kinds))
    return found


def receipts_of(story: Story, told: dict[str, Any]) -> list[Event]:
    """Receipts for what has a delivery."""
    of = {row["caused_by"]: row["sender_id"] for row in told["messages"]}
    return [
        one
        for row in told["deliveries"]
        for one in story.said(
            ChannelReceipt(
                key=of[row["message_id"]],
                channel=Channel.ZALO,
                message_ref=row["message_ref"],
                status=story.chance.choice(list(ReceiptStatus)),
                at=MORNING,
            )
        )
    ]
