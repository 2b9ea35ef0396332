"""A citizen in the chat, from the webhook to what the notifier is asked to send."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from libs.contracts.events import ReplyRequested
from libs.contracts.sealed import ReplyBody
from services.intake.conversing import move_conversations
from services.intake.tables import runtime
from tests.service.intake.conftest import Door
from tests.service.intake.posting import CITIZEN, Post, message, signed
from tests.support.clock import FixedClock

STORY = "Tôi đi làm khai sinh cho con ở phường Láng ba lần, cán bộ cứ hẹn mãi không trả"


@dataclass
class Chat:
    """One citizen of a running intake."""

    door: Door
    clock: FixedClock
    citizen: str = CITIZEN
    sent: int = 0
    read: set[UUID] = field(default_factory=set)

    async def post(self, event_name: str = "user_send_text", *, ago_s: float = 0, **change: Any) -> None:
        """One event as Zalo posts it, sent just now or some seconds ago."""
        self.sent += 1
        stamp = str(int((self.clock.now().timestamp() - ago_s) * 1000) - 500 + self.sent)
        told = {"event_name": event_name, "sender": {"id": self.citizen}, "timestamp": stamp, **change}
        body = message("", f"m{self.citizen[-4:]}-{self.sent}", **told)
        answer = await self.door.post(signed(body, stamp))
        assert answer.status_code == 200

    async def write(self, text: str, *, ago_s: float = 0) -> None:
        ref = f"m{self.citizen[-4:]}-{self.sent + 1}"
        await self.post(ago_s=ago_s, message={"text": text, "msg_id": ref})

    async def send_photo(self, url: str = "https://f1.zdn.vn/anh.jpg") -> None:
        ref = f"m{self.citizen[-4:]}-{self.sent + 1}"
        attachment = {"type": "image", "payload": {"thumbnail": url, "url": url}}
        await self.post("user_send_image", message={"text": "", "msg_id": ref, "attachments": [attachment]})

    async def say(self, *texts: str) -> list[str]:
        """Write, let the worker move, and read what comes back."""
        self.clock.advance(timedelta(seconds=10))
        for text in texts:
            await self.write(text)
        await self.settle()
        return await self.answers()

    async def settle(self) -> None:
        """Until the worker has nothing more to do now."""
        while await move_conversations(self.door.run):
            pass

    async def events(self, kind: type) -> list[Any]:
        """The events of one kind that were said, in order."""
        async with self.door.run.begin() as tx:
            rows = await tx.session.execute(
                select(runtime.outbox.c.body).where(runtime.outbox.c.name == kind.name).order_by(runtime.outbox.c.id)
            )
            return [kind.from_bytes(row[0]) for row in rows]

    async def answers(self) -> list[str]:
        """The texts of replies not read before, in their order."""
        replies: list[ReplyRequested] = await self.events(ReplyRequested)
        fresh = sorted((one for one in replies if one.event_id not in self.read), key=lambda one: one.seq)
        self.read |= {one.event_id for one in fresh}
        return [self.door.run.parts.sealer.open(one.body, ReplyBody).text for one in fresh]

    async def rows(self, table: Any) -> list[Any]:
        async with self.door.run.begin() as tx:
            return list(await tx.session.execute(select(table)))

    async def file_one(self) -> str:
        """A whole feedback; the reply with its code."""
        await self.say(STORY)
        await self.say("đồng ý")
        await self.say("Nguyễn Thị Hoa 0912345678")
        await self.say("số 5 ngõ 12 Chùa Láng, phường Láng")
        return (await self.say("1"))[0]


def staff_message(chat: Chat, text: str) -> Post:
    """What Zalo posts when somebody types in the OA console."""
    stamp = str(int(chat.clock.now().timestamp() * 1000))
    body = json.loads(json.dumps(message(text, "staff-1", event_name="oa_send_text", timestamp=stamp)))
    body["sender"], body["recipient"] = body["recipient"] | {"admin_id": "77"}, {"id": chat.citizen}
    return signed(body, stamp)
