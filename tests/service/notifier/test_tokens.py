"""The account's tokens: renewed by one, before they are needed, and never quietly lost."""

import argparse
import asyncio
import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from libs.runtime.run import Run
from libs.runtime.service import Check
from libs.web.health import examine
from services.notifier.commands import TOKENS
from services.notifier.domain.token import TokenAlarm
from services.notifier.jobs import keep_tokens_fresh
from services.notifier.parts import NotifierParts
from services.notifier.tables import channel_tokens
from tests.service.notifier.scene import Scene, scene
from tests.support.service import Runs


async def pair(run: Run[NotifierParts]) -> Any:
    """The stored pair as it rests."""
    async with run.begin() as tx:
        return (await tx.session.execute(select(channel_tokens))).one()


async def access_token(run: Run[NotifierParts]) -> str:
    async with run.begin() as tx:
        token = await run.parts.tokens.current(tx)
    assert token is not None
    return token.value


async def token_check(run: Run[NotifierParts]) -> Check:
    return next(check for check in await examine(run) if check.name == "zalo_token")


def alarms(run: Run[NotifierParts]) -> float | None:
    return run.metrics.registry.get_sample_value("notifier_alarm", {"what": "zalo_token"})


async def test_fifty_messages_that_find_the_token_dead_cause_one_refresh_and_none_is_lost(runs: Runs) -> None:
    busy = await scene(runs, send_parallel=25, send_per_s=1000.0)
    other = await busy.replica(send_parallel=25, send_per_s=1000.0)
    people = [f"70000000000000000{number:02d}" for number in range(50)]
    for user_id in people:
        busy.zalo.meets(user_id)
        busy.sender = uuid4()
        await busy.knows_citizen(user_id)
        await busy.hears(busy.reply(1, "Xin chào."))
    busy.zalo.suffers(token_expired_now=True)
    await asyncio.gather(busy.sends(), busy.sends(other))
    for _ in range(3):  # whoever met the refresh under way comes back
        await busy.passes(seconds=5)
    assert [busy.zalo.texts(user_id) for user_id in people] == [["Xin chào."]] * 50
    assert (await pair(busy.run)).generation == 1
    assert (await pair(busy.run)).alarm is None


async def test_whoever_waited_for_the_refresh_goes_on_with_the_new_token_at_once(runs: Runs) -> None:
    busy = await scene(runs, send_parallel=20, send_per_s=1000.0)
    people = [f"70000000000000000{number:02d}" for number in range(20)]
    for user_id in people:
        busy.zalo.meets(user_id)
        busy.sender = uuid4()
        await busy.knows_citizen(user_id)
        await busy.hears(busy.reply(1, "Xin chào."))
    busy.zalo.suffers(token_expired_now=True)
    await busy.sends()
    assert len(busy.zalo.texts(None)) == 20


async def test_the_token_is_renewed_at_twenty_hours_and_the_old_one_never_used_again(at_work: Scene) -> None:
    await at_work.knows_citizen()
    at_work.clock.advance(timedelta(hours=19, minutes=59))
    await keep_tokens_fresh(at_work.run)
    assert await access_token(at_work.run) == "access-1"
    at_work.clock.advance(timedelta(minutes=2))
    await keep_tokens_fresh(at_work.run)
    assert await access_token(at_work.run) != "access-1"
    at_work.zalo.meets("6143092758814407315")
    await at_work.hears(at_work.reply(1, "Xin chào."))
    await at_work.sends()
    assert at_work.zalo.texts() == ["Xin chào."]
    assert alarms(at_work.run) == 0


async def test_two_refreshers_refresh_once(at_work: Scene) -> None:
    other = await at_work.replica()
    at_work.clock.advance(timedelta(hours=21))
    await asyncio.gather(*(keep_tokens_fresh(run) for run in (at_work.run, other) * 3))
    assert (await pair(at_work.run)).generation == 1
    assert (await pair(at_work.run)).alarm is None


async def test_a_lost_answer_alarms_and_the_old_token_goes_on(at_work: Scene) -> None:
    await at_work.knows_citizen()
    at_work.zalo.suffers(oauth_answer_lost=1)
    at_work.clock.advance(timedelta(hours=20))
    await keep_tokens_fresh(at_work.run)
    assert alarms(at_work.run) == 1
    assert (await token_check(at_work.run)) == Check("zalo_token", "degraded", "answer_lost")
    at_work.zalo.meets("6143092758814407315")
    await at_work.hears(at_work.reply(1, "Xin chào."))
    await at_work.sends()
    assert at_work.zalo.texts() == ["Xin chào."]
    for _ in range(10):  # the doubtful refresh token is left alone
        at_work.clock.advance(timedelta(minutes=10))
        await keep_tokens_fresh(at_work.run)
    assert (await pair(at_work.run)).generation == 0


async def test_a_refresher_that_dies_after_zalo_rotated_is_noticed_within_a_minute(at_work: Scene) -> None:
    at_work.clock.advance(timedelta(hours=20))
    tokens = at_work.run.parts.tokens
    original = tokens._oauth.refresh

    async def rotate_and_die(refresh_token: str) -> Any:
        await original(refresh_token)
        raise ConnectionResetError

    tokens._oauth.refresh = rotate_and_die  # type: ignore[method-assign]
    with pytest.raises(ConnectionResetError):
        await keep_tokens_fresh(at_work.run)
    successor = await at_work.replica()
    for _ in range(5):
        at_work.clock.advance(timedelta(seconds=10))
        await keep_tokens_fresh(successor)
    assert alarms(successor) == 1
    assert (await pair(successor)).alarm == TokenAlarm.ANSWER_LOST
    assert await access_token(successor) == "access-1"


async def test_when_the_refresh_token_is_refused_a_person_is_called_and_nothing_loops(at_work: Scene) -> None:
    await at_work.knows_citizen()
    await at_work.run.parts.tokens._oauth.refresh("refresh-1")  # somebody else used it up
    at_work.zalo.suffers(token_expired_now=True)
    await at_work.hears(at_work.reply(1, "Xin chào."))
    calls = 0
    original = at_work.run.parts.tokens._oauth.refresh

    async def count(refresh_token: str) -> Any:
        nonlocal calls
        calls += 1
        return await original(refresh_token)

    at_work.run.parts.tokens._oauth.refresh = count  # type: ignore[method-assign]
    await at_work.sends()
    for _ in range(20):
        await at_work.passes(minutes=3)
    assert calls == 1
    await keep_tokens_fresh(at_work.run)
    assert (await token_check(at_work.run)).detail == "refused"
    assert [row.state for row in await at_work.stored()] == ["ready"]


async def test_a_new_pair_from_a_person_sets_everything_going_again(
    at_work: Scene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await at_work.knows_citizen()
    renewed = await at_work.run.parts.tokens._oauth.refresh("refresh-1")
    at_work.zalo.suffers(token_expired_now=True)
    await at_work.hears(at_work.reply(1, "Xin chào."))
    await at_work.sends()
    new = await at_work.run.parts.tokens._oauth.refresh(renewed.refresh_token)  # type: ignore[union-attr, arg-type]
    for name, value in _environment(at_work.run).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{new.access_token}\n{new.refresh_token}\n"))  # type: ignore[union-attr]
    assert await asyncio.to_thread(TOKENS.run, argparse.Namespace(act="set")) == 0
    assert "access" not in capsys.readouterr().out
    await at_work.passes(minutes=30)
    assert at_work.zalo.texts() == ["Xin chào."]
    assert (await token_check(at_work.run)).state == "ok"


async def test_one_line_is_not_a_pair(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("chi-mot-dong\n"))
    assert TOKENS.run(argparse.Namespace(act="set")) == 2
    assert "two lines" in capsys.readouterr().err


async def test_the_first_pair_of_the_settings_never_replaces_a_stored_one(at_work: Scene) -> None:
    at_work.clock.advance(timedelta(hours=20))
    await keep_tokens_fresh(at_work.run)
    restarted = await at_work.replica(zalo_access_token="access-0", zalo_refresh_token="refresh-0")
    assert await access_token(restarted) == await access_token(at_work.run) != "access-0"


async def test_without_any_pair_nothing_is_sent_and_a_person_is_called(runs: Runs) -> None:
    mute = await scene(runs, zalo_access_token=None, zalo_refresh_token=None)
    await mute.knows_citizen()
    await mute.hears(mute.reply(1, "Xin chào."))
    await mute.sends()
    await keep_tokens_fresh(mute.run)
    assert alarms(mute.run) == 1
    assert (await token_check(mute.run)).detail == "missing"
    assert [row.state for row in await mute.stored()] == ["ready"]


async def test_tokens_rest_sealed(at_work: Scene) -> None:
    row = await pair(at_work.run)
    assert b"access-1" not in row.access_token
    assert b"refresh-1" not in row.refresh_token
    assert at_work.run.parts.sealer.open_bytes(row.refresh_token) == b"refresh-1"


def _environment(run: Run[NotifierParts]) -> dict[str, str]:
    """The variables that give a command the settings of a running notifier."""
    settings = run.settings
    plain = ("public_url", "blob_url", "zalo_app_id", "zalo_oa_id")
    secret = {
        "database_url": settings.database_url,
        "contact_keys": settings.contact_keys[0],
        "zalo_app_secret": settings.zalo_app_secret,
    }
    values = {name: str(getattr(settings, name)) for name in plain}
    values |= {name: value.get_secret_value() for name, value in secret.items()}
    return {f"NOTIFIER_{name.upper()}": value for name, value in values.items()}
