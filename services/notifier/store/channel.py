"""The channel's own state: stopped or not, and the pair of tokens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from libs.contracts.vocabulary import Channel

from ..domain.token import TokenAlarm, TokenPair
from ..tables import channel_tokens, channels


@dataclass(frozen=True, slots=True)
class ChannelState:
    """Whether a channel may be used."""

    stopped_at: datetime | None = None
    retry_at: datetime | None = None
    reason: str | None = None


# Built once: these run for every message, and building a statement costs more than sending it.
_STATE: Final = select(channels.c.stopped_at, channels.c.retry_at, channels.c.reason).where(
    channels.c.channel == bindparam("channel")
)
_WORKS: Final = (
    update(channels)
    .where(channels.c.channel == bindparam("used_channel"), channels.c.retry_at.is_not(None))
    .values(stopped_at=None, retry_at=None, reason=None)
)
_ACCEPTED: Final = (
    update(channel_tokens)
    .where(
        channel_tokens.c.app_id == bindparam("of_app"),
        channel_tokens.c.oa_id == bindparam("of_oa"),
        channel_tokens.c.alarm == TokenAlarm.DEAD,
    )
    .values(alarm=None, alarm_at=None)
    .add_cte(_WORKS.cte("works"))
)


class ChannelStore:
    """Every statement about a channel being stopped or paused."""

    def __init__(self, session: AsyncSession, channel: Channel) -> None:
        self._session = session
        self._channel = channel

    async def state(self) -> ChannelState:
        """How the channel stands."""
        row = (await self._session.execute(_STATE, {"channel": self._channel})).one_or_none()
        return ChannelState() if row is None else ChannelState(*row)

    async def stop(self, now: datetime, retry_at: datetime, reason: str) -> None:
        """Nothing is sent before then, and a person must look."""
        new = insert(channels).values(channel=self._channel, stopped_at=now, retry_at=retry_at, reason=reason)
        since = func.coalesce(channels.c.stopped_at, now)
        await self._session.execute(
            new.on_conflict_do_update(
                index_elements=["channel"], set_={"stopped_at": since, "retry_at": retry_at, "reason": reason}
            )
        )

    async def pause(self, retry_at: datetime, reason: str) -> None:
        """Nothing is sent before then; nobody need look."""
        new = insert(channels).values(channel=self._channel, retry_at=retry_at, reason=reason)
        await self._session.execute(
            new.on_conflict_do_update(index_elements=["channel"], set_={"retry_at": retry_at, "reason": reason})
        )

    async def works(self) -> None:
        """It is in use again."""
        await self._session.execute(_WORKS, {"used_channel": self._channel})


@dataclass(frozen=True, slots=True)
class StoredTokens:
    """The pair as it rests: sealed, with what is known of it."""

    access_token: bytes
    refresh_token: bytes
    pair: TokenPair


class TokenStore:
    """Every statement about the account's tokens."""

    def __init__(self, session: AsyncSession, app_id: str, oa_id: str) -> None:
        self._session = session
        self._mine = (channel_tokens.c.app_id == app_id, channel_tokens.c.oa_id == oa_id)
        self._key = {"app_id": app_id, "oa_id": oa_id}

    async def read(self, *, lock: bool = False) -> StoredTokens | None:
        """The stored pair; locked, nobody else renews it meanwhile."""
        columns = channel_tokens.c
        statement = select(
            columns.access_token,
            columns.refresh_token,
            columns.generation,
            columns.issued_at,
            columns.expires_at,
            columns.refresh_began_at,
            columns.last_refresh_at,
            columns.alarm,
        ).where(*self._mine)
        row = (await self._session.execute(statement.with_for_update() if lock else statement)).one_or_none()
        if row is None:
            return None
        access, refresh, generation, issued_at, expires_at, began_at, last_at, alarm = row
        known = TokenAlarm(alarm) if alarm else None
        return StoredTokens(access, refresh, TokenPair(generation, issued_at, expires_at, began_at, last_at, known))

    async def accepted(self, channel: Channel) -> None:
        """The account was used: its channel is in use again, and an alarm that its token is dead is over."""
        used = {"of_app": self._key["app_id"], "of_oa": self._key["oa_id"], "used_channel": channel}
        await self._session.execute(_ACCEPTED, used)

    async def put_first(self, access: bytes, refresh: bytes, issued_at: datetime, expires_at: datetime) -> bool:
        """Store the first pair, unless there is one; whether it was stored."""
        statement = (
            insert(channel_tokens)
            .values(
                **self._key,
                access_token=access,
                refresh_token=refresh,
                generation=0,
                issued_at=issued_at,
                expires_at=expires_at,
            )
            .on_conflict_do_nothing()
            .returning(channel_tokens.c.generation)
        )
        return (await self._session.execute(statement)).one_or_none() is not None

    async def change(self, **values: Any) -> None:
        """Write down what became of the pair."""
        await self._session.execute(update(channel_tokens).where(*self._mine).values(**values))
