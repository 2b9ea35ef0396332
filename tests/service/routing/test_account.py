"""Accounts of officers and tokens of systems."""

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from services.routing import account
from services.routing import tables as t
from services.routing.domain.permission import Role
from tests.service.routing.city import LANG, OFFICE, City

PASSWORD = "một mật khẩu ví dụ"


async def test_a_password_is_kept_as_argon2_alone(city: City) -> None:
    async with city.run.begin() as tx:
        await account.add_officer("mau.lang", "Lê Thị Mẫu", PASSWORD, LANG, [Role.HANDLER], tx)
        row = (await tx.session.execute(select(t.officers))).mappings().one()
    assert row["password_hash"].startswith("$argon2id$")
    assert PasswordHasher().verify(row["password_hash"], PASSWORD)
    assert (row["agency_id"], row["roles"], row["active"]) == (LANG, ["handler"], True)


@pytest.mark.parametrize(
    ("agency", "roles", "password", "why"),
    [
        pytest.param(LANG, [Role.OFFICE], PASSWORD, "may be office", id="the Office's role elsewhere"),
        pytest.param(LANG, [Role.HANDLER, Role.AUDITOR], PASSWORD, "may be auditor", id="an auditor elsewhere"),
        pytest.param("HN-D001", [Role.HEAD], PASSWORD, "in force", id="an agency that is gone"),
        pytest.param("HN-NOBODY", [Role.HEAD], PASSWORD, "in force", id="an agency nobody lists"),
        pytest.param(LANG, [], PASSWORD, "at least one role", id="no role"),
        pytest.param(LANG, [Role.HEAD], "ngắn", "at least 12", id="a short password"),
    ],
)
async def test_an_account_that_would_do_harm_is_not_made(
    city: City, agency: str, roles: list[Role], password: str, why: str
) -> None:
    async with city.run.begin() as tx:
        with pytest.raises(account.BadAccount, match=why):
            await account.add_officer("mau", "Mẫu", password, agency, roles, tx)


async def test_a_login_belongs_to_one_officer(city: City) -> None:
    async with city.run.begin() as tx:
        await account.add_officer("mau", "Mẫu", PASSWORD, LANG, [Role.HEAD], tx)
    with pytest.raises(account.BadAccount, match="in use"):
        async with city.run.begin() as tx:
            await account.add_officer("mau", "Người khác", PASSWORD, OFFICE, [Role.OFFICE], tx)


async def test_a_token_is_not_kept_and_lets_nobody_in_once_revoked(city: City) -> None:
    system = await city.system(LANG, Role.HANDLER)
    token = system.headers["Authorization"].removeprefix("Bearer ")
    async with city.run.begin() as tx:
        row = (await tx.session.execute(select(t.api_tokens))).mappings().one()
    assert token not in str(dict(row))
    assert (await system.get("/cases")).status_code == 200
    async with city.run.begin() as tx:
        await account.revoke_token(system.id, tx)
    assert (await system.get("/cases")).status_code == 401
    async with city.run.begin() as tx:
        with pytest.raises(account.BadAccount):
            await account.revoke_token(system.id, tx)


async def test_closing_an_unknown_login_is_said(city: City) -> None:
    async with city.run.begin() as tx:
        with pytest.raises(account.BadAccount, match="nobody"):
            await account.close_officer("khong-ai", tx)
