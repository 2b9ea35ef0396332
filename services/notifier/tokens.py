"""The one refresher of the account's tokens: single-use refresh tokens leave no room for two.

Begin (row locked) → call Zalo without a transaction → record before use. Whoever dies in between leaves
`refresh_began_at` behind, which the next look turns into an alarm within a minute.

Source: reference of the Zalo platform, section 4.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from libs.contracts.vocabulary import Channel
from libs.runtime.log import get_logger
from libs.runtime.run import Run
from libs.runtime.tx import Tx
from libs.seal import Sealer

from .clients import RefreshLost, RefreshNotSent, RefreshOutcome, RefreshRefused, Renewed, ZaloOAuth
from .domain.token import (
    AnswerLost,
    Fresh,
    NeedsPerson,
    Refresh,
    TokenAlarm,
    TokenRules,
    TokenStep,
    Underway,
    next_step,
)
from .store.channel import StoredTokens, TokenStore

log = get_logger()

FIRST_LIFE: Final = timedelta(hours=25)
"""Assumed of a pair a person gave us; when it is wrong, Zalo's refusal of the token tells."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a call is made with; the generation tells whether somebody renewed it meanwhile."""

    value: str
    generation: int


async def put_pair(store: TokenStore, sealer: Sealer, pair: tuple[str, str], now: datetime) -> None:
    """Store the access and refresh token a person got by consent in place of whatever there was."""
    access, refresh = (sealer.seal_bytes(token.encode()) for token in pair)
    if await store.put_first(access, refresh, issued_at=now, expires_at=now + FIRST_LIFE):
        return
    stored = await store.read(lock=True)
    await store.change(
        access_token=access,
        refresh_token=refresh,
        generation=0 if stored is None else stored.pair.generation + 1,
        issued_at=now,
        expires_at=now + FIRST_LIFE,
        refresh_began_at=None,
        last_refresh_at=None,
        alarm=None,
        alarm_at=None,
    )


class Tokens:
    """Keeps the account's pair of tokens alive."""

    def __init__(self, app_id: str, oa_id: str, oauth: ZaloOAuth, sealer: Sealer, rules: TokenRules) -> None:
        self._account = (app_id, oa_id)
        self._oauth = oauth
        self._sealer = sealer
        self._rules = rules
        # Fifty messages that find the token dead ask one after the other; the first renews, the rest find it renewed.
        self._one_at_a_time = asyncio.Lock()

    async def put_first(self, tx: Tx[Any], access: str, refresh: str) -> None:
        """Store the very first pair; a stored one is newer, for refresh tokens are used once."""
        await self._store(tx).put_first(
            self._seal(access), self._seal(refresh), issued_at=tx.now, expires_at=tx.now + FIRST_LIFE
        )

    async def current(self, tx: Tx[Any]) -> AccessToken | None:
        """The access token to use now, also while a person is being asked for a new pair."""
        stored = await self._store(tx).read()
        return None if stored is None else self._access(stored)

    async def alarm(self, tx: Tx[Any]) -> TokenAlarm | None:
        """Why a person must look, if one must."""
        stored = await self._store(tx).read()
        return TokenAlarm.MISSING if stored is None else stored.pair.alarm

    async def keep_fresh(self, run: Run[Any]) -> None:
        """Renew the pair when it is old enough, and notice a renewal that never ended."""
        async with self._one_at_a_time:
            await self._step(run, dead_generation=None)

    async def after_refusal(self, run: Run[Any], generation: int) -> AccessToken | None:
        """A newer access token than the one Zalo has just refused; none when there is none to be had now."""
        async with self._one_at_a_time:
            return await self._step(run, dead_generation=generation)

    async def accepted(self, tx: Tx[Any], channel: Channel) -> None:
        """Zalo took a message: the channel is in use again, and an alarm that it refuses the token is over."""
        await self._store(tx).accepted(channel)

    async def _step(self, run: Run[Any], dead_generation: int | None) -> AccessToken | None:
        async with run.begin() as tx:
            store = self._store(tx)
            stored = await store.read(lock=True)
            if stored is None:
                return None
            dead = dead_generation is not None
            if dead and stored.pair.generation != dead_generation:
                return self._access(stored)
            step = next_step(stored.pair, tx.now, self._rules, dead=dead)
            await self._prepare(store, tx, stored, step)
        if not isinstance(step, Refresh):
            return None
        outcome = await self._oauth.refresh(self._sealer.open_bytes(stored.refresh_token).decode())
        return await self._record(run, stored.pair.generation, outcome)

    async def _prepare(self, store: TokenStore, tx: Tx[Any], stored: StoredTokens, step: TokenStep) -> None:
        match step:
            case Refresh():
                await store.change(refresh_began_at=tx.now)
            case AnswerLost():
                log.error("token_refresh_never_ended", generation=stored.pair.generation)
                await store.change(
                    refresh_began_at=None, last_refresh_at=tx.now, alarm=TokenAlarm.ANSWER_LOST, alarm_at=tx.now
                )
            case NeedsPerson(alarm) if alarm is not stored.pair.alarm:
                await store.change(alarm=alarm, alarm_at=tx.now)
            case Fresh() | Underway() | NeedsPerson():
                pass

    async def _record(self, run: Run[Any], generation: int, outcome: RefreshOutcome) -> AccessToken | None:
        async with run.begin() as tx:
            store = self._store(tx)
            stored = await store.read(lock=True)
            if stored is None or stored.pair.generation != generation:
                # A person put in another pair meanwhile: theirs is the newer.
                return None if stored is None else self._access(stored)
            match outcome:
                case Renewed():
                    return await self._renewed(store, tx, generation, outcome)
                case RefreshNotSent(code):
                    log.warning("token_refresh_not_sent", code=code)
                    await store.change(refresh_began_at=None)
                case RefreshLost(code) | RefreshRefused(code):
                    lost = isinstance(outcome, RefreshLost)
                    alarm = TokenAlarm.ANSWER_LOST if lost else TokenAlarm.REFUSED
                    log.error("token_refresh_failed", code=code, alarm=alarm)
                    await store.change(refresh_began_at=None, last_refresh_at=tx.now, alarm=alarm, alarm_at=tx.now)
        return None

    async def _renewed(self, store: TokenStore, tx: Tx[Any], generation: int, pair: Renewed) -> AccessToken:
        values: dict[str, Any] = {
            "access_token": self._seal(pair.access_token),
            "generation": generation + 1,
            "issued_at": tx.now,
            "expires_at": tx.now + pair.lives,
            "refresh_began_at": None,
            "last_refresh_at": tx.now,
        }
        if pair.refresh_token is None:
            values |= {"alarm": TokenAlarm.ANSWER_LOST, "alarm_at": tx.now}
        else:
            values |= {"refresh_token": self._seal(pair.refresh_token), "alarm": None, "alarm_at": None}
        await store.change(**values)
        log.info("token_renewed", generation=generation + 1)
        return AccessToken(pair.access_token, generation + 1)

    def _access(self, stored: StoredTokens) -> AccessToken:
        return AccessToken(self._sealer.open_bytes(stored.access_token).decode(), stored.pair.generation)

    def _seal(self, token: str) -> bytes:
        return self._sealer.seal_bytes(token.encode())

    def _store(self, tx: Tx[Any]) -> TokenStore:
        return TokenStore(tx.session, *self._account)

    async def close(self) -> None:
        """Close its connections."""
        await self._oauth.close()
