"""Accounts made on the command line, as the first one of a city is."""

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from libs.launch.cli import main
from services.routing import tables as t
from services.routing.app import SERVICE
from tests.service.routing.city import LANG, OFFICE, City
from tests.support.service import Runs

Say = Callable[..., "asyncio.Future[int]"]


@pytest.fixture
def say(city: City, runs: Runs, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Run a command beside the running service, with its settings from the environment."""
    settings = runs.bench.settings(SERVICE)
    given = {
        "ROUTING_DATABASE_URL": settings.database_url.get_secret_value(),
        "CONTACT_KEYS": settings.contact_keys[0].get_secret_value(),
        "PUBLIC_URL": str(settings.public_url),
        "BLOB_URL": settings.blob_url,
        "ROUTING_NEW_OFFICER_PASSWORD": "một mật khẩu ví dụ",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return lambda *words: asyncio.ensure_future(asyncio.to_thread(main, SERVICE, list(words)))


async def test_the_first_officer_of_a_city(say: Say, city: City, capsys: pytest.CaptureFixture[str]) -> None:
    add = ("officer", "add", "mau", "--name", "Lê Thị Mẫu", "--agency", OFFICE, "--role", "office", "--role", "head")
    assert await say(*add) == 0
    async with city.run.begin() as tx:
        officer = (await tx.session.execute(select(t.officers))).mappings().one()
    assert (officer["login"], officer["roles"]) == ("mau", ["head", "office"])
    assert await say(*add) == 2
    assert "in use" in capsys.readouterr().err
    assert await say("officer", "close", "mau") == 0


async def test_a_file_of_accounts_is_loaded_once_and_wholly(
    say: Say, city: City, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "accounts.jsonl"
    one = {"name": "Lê Thị Mẫu", "agency_id": LANG, "roles": ["head"], "password": "một mật khẩu ví dụ"}
    file.write_text("\n".join(json.dumps({**one, "login": login}) for login in ("mau.1", "mau.2")), "utf-8")
    assert [await say("officer", "load", str(file)) for _ in range(2)] == [0, 0]
    assert capsys.readouterr().out.split("\n")[:2] == ["added 2", "added 0"]
    file.write_text(json.dumps({**one, "login": "mau.3"}) + "\n" + json.dumps({**one, "login": 4}), "utf-8")
    assert await say("officer", "load", str(file)) == 2
    told = capsys.readouterr().err
    assert "line 2: login" in told
    assert "mật khẩu" not in told
    async with city.run.begin() as tx:
        assert set((await tx.session.execute(select(t.officers.c.login))).scalars()) == {"mau.1", "mau.2"}


async def test_a_token_is_shown_once_and_lets_in(say: Say, city: City, capsys: pytest.CaptureFixture[str]) -> None:
    assert await say("token", "add", "--name", "một cửa Láng", "--agency", LANG, "--role", "handler") == 0
    shown = re.fullmatch(r"(\S+) (ln_\S+)\n", capsys.readouterr().out)
    assert shown is not None
    headers = {"Authorization": f"Bearer {shown[2]}"}
    assert (await city.http.get("/api/v1/cases", headers=headers)).status_code == 200
    assert await say("token", "revoke", shown[1]) == 0
    assert (await city.http.get("/api/v1/cases", headers=headers)).status_code == 401
