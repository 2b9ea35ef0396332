"""Signing in at the desk: who gets in, for how long, and how patient it is with guesses."""

from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from libs.ui.session import COOKIE, SessionKeys
from services.routing import tables as t
from services.routing.account import add_officer, close_officer
from services.routing.app import SERVICE
from services.routing.domain.permission import Role
from services.routing.web import sign_in
from services.routing.web.session import keys_of
from tests.service.routing.browser import PASSWORD, SIGN_IN, Browser, at_desk, form_to, officer, words
from tests.service.routing.city import LANG, MINUTE, OFFICE, City
from tests.support.clock import FixedClock
from tests.support.service import Runs

UNKNOWN_OR_WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng."


def cookie_of(answer: httpx.Response) -> Any:
    """The session's cookie as the server set it."""
    for header in answer.headers.get_list("set-cookie"):
        cookie = SimpleCookie(header)
        if COOKIE in cookie:
            return cookie[COOKIE]
    return None


async def test_the_right_password_opens_the_desk(city: City) -> None:
    await officer(city, "canbo", LANG, Role.HANDLER)
    browser = Browser(city.run)
    answer = await browser.sign_in(" canbo ", next_page="/desk?list=late")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk?list=late")
    cookie = cookie_of(answer)
    assert (cookie["path"], cookie["samesite"], cookie["httponly"], cookie["secure"]) == ("/", "lax", True, "")
    page = await browser.get("/desk?list=late")
    assert (page.status_code, "Cán bộ canbo" in words(page)) == (200, True)


async def test_where_people_come_over_tls_the_cookie_travels_over_tls_only(runs: Runs, clock: FixedClock) -> None:
    run = await runs(SERVICE, clock=clock, public_url="https://phananh.example.vn")
    await officer(City(run, clock, httpx.AsyncClient()), "canbo", LANG, Role.HANDLER)
    browser = Browser(run)
    browser.http.base_url = "https://phananh.example.vn"
    assert cookie_of(await browser.sign_in("canbo"))["secure"] is True


async def test_any_service_can_verify_who_is_signed_in(city: City) -> None:
    browser = await at_desk(city, "canbo", LANG, Role.HANDLER, Role.AGENCY_FOCAL)
    signer = keys_of(city.run.settings).signer
    session = SessionKeys([signer.public_key]).read(browser.http.cookies[COOKIE], city.clock.now())
    assert session is not None
    assert (session.agency_id, session.roles) == (LANG, {"handler", "agency_focal"})
    assert session.expires_at == city.clock.now() + 15 * MINUTE


async def test_an_unknown_login_and_a_wrong_password_are_answered_alike(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with city.run.begin() as tx:
        for login in ("canbo", "danghi"):
            await add_officer(login, "Lê Thị Mẫu", PASSWORD, LANG, (Role.HANDLER,), tx)
        await close_officer("danghi", tx)
    verified: list[str] = []
    verify = sign_in._verify

    def counted(password_hash: str, password: str) -> bool:
        verified.append(password_hash[:30])
        return verify(password_hash, password)

    monkeypatch.setattr(sign_in, "_verify", counted)
    answers = {}
    for login, password in (("canbo", "sai-mat-khau"), ("khongco", "sai-mat-khau"), ("danghi", PASSWORD)):
        browser = Browser(city.run)
        answer = await browser.sign_in(login, password)
        assert cookie_of(answer) is None
        answers[login] = (answer.status_code, words(answer))
    assert set(answers.values()) == {(403, answers["canbo"][1])}
    assert UNKNOWN_OR_WRONG in answers["canbo"][1]
    assert len(verified) == 3, "a login nobody has takes as long as any other"
    assert len(set(verified)) == 1, "all with the same effort"


@pytest.mark.parametrize("login", ["canbo", "khongco"], ids=["known", "unknown"])
async def test_after_five_wrong_passwords_a_login_must_wait_known_or_not(city: City, login: str) -> None:
    await officer(city, "canbo", LANG, Role.HANDLER)
    for _ in range(5):
        assert (await Browser(city.run).sign_in(login, "sai-mat-khau")).status_code == 403
    blocked = await Browser(city.run, "203.0.113.9").sign_in(login, PASSWORD)
    assert (blocked.status_code, blocked.headers["retry-after"]) == (429, "6")
    assert "Xin chờ 6 giây" in words(blocked)
    assert cookie_of(blocked) is None


async def test_waits_grow_and_the_right_password_ends_them(city: City) -> None:
    await officer(city, "canbo", LANG, Role.HANDLER)
    for wait in (0, 0, 0, 0, 0, 5, 10, 20):
        city.clock.advance(timedelta(seconds=wait))
        assert (await Browser(city.run).sign_in("canbo", "sai-mat-khau")).status_code == 403
    assert (await Browser(city.run).sign_in("canbo")).headers["retry-after"] == "41"
    city.clock.advance(timedelta(seconds=40))
    assert (await Browser(city.run).sign_in("canbo")).status_code == 303
    assert (await Browser(city.run).sign_in("canbo", "sai-mat-khau")).status_code == 403, "and begins anew"


async def test_an_address_that_tries_many_logins_must_wait(city: City) -> None:
    await officer(city, "canbo", LANG, Role.HANDLER)
    for number in range(20):
        assert (await Browser(city.run).sign_in(f"thu{number}", "sai-mat-khau")).status_code == 403
    assert (await Browser(city.run).sign_in("canbo")).status_code == 429
    assert (await Browser(city.run, "203.0.113.9").sign_in("canbo")).status_code == 303, "others are not kept waiting"


async def test_an_own_account_buys_no_further_guesses(city: City) -> None:
    await officer(city, "canbo", LANG, Role.HANDLER)
    for number in range(19):
        await Browser(city.run).sign_in(f"thu{number}", "sai-mat-khau")
        assert (await Browser(city.run).sign_in("canbo")).status_code == 303
    await Browser(city.run).sign_in("thu19", "sai-mat-khau")
    assert (await Browser(city.run).sign_in("canbo")).status_code == 429


async def test_tries_are_kept_without_telling_who_tried_from_where(city: City) -> None:
    await Browser(city.run).sign_in("canbo", "sai-mat-khau")
    async with city.run.begin() as tx:
        rows = (await tx.session.execute(select(t.sign_in_tries))).all()
    assert len(rows) == 2
    assert "canbo" not in str(rows)
    assert "198.51.100" not in str(rows)


@pytest.mark.parametrize(
    "login", ["", "\0", "a" * 5_000, "' OR 1=1 --", "cán bộ"], ids=["empty", "NUL", "long", "sql", "vi"]
)
async def test_a_strange_login_is_a_wrong_one(city: City, login: str) -> None:
    answer = await Browser(city.run).sign_in(login)
    assert (answer.status_code, UNKNOWN_OR_WRONG in words(answer)) == (403, True)


async def test_a_sign_in_form_that_was_not_given_to_this_browser_is_refused(city: City) -> None:
    await officer(city, "canbo", LANG, Role.HANDLER)
    theirs = form_to(await Browser(city.run).get(SIGN_IN), SIGN_IN).fields
    browser = Browser(city.run)
    answer = await browser.post(SIGN_IN, {**theirs, "login": "canbo", "password": PASSWORD})
    assert (answer.status_code, cookie_of(answer)) == (403, None)


@pytest.mark.parametrize("asked", ["//evil.example", "https://evil.example", "/desk/../x", "/desk\\@evil.example"])
async def test_nobody_is_led_away_after_signing_in(city: City, asked: str) -> None:
    await officer(city, "canbo", LANG, Role.HANDLER)
    browser = Browser(city.run)
    assert (await browser.sign_in("canbo", next_page=asked)).headers["location"] == "/desk"
    again = await browser.get(SIGN_IN, next=asked)
    assert (again.status_code, again.headers["location"]) == (303, "/desk")


async def test_signing_out_ends_the_session_also_for_a_copy_of_its_cookie(city: City) -> None:
    browser = await at_desk(city, "canbo", LANG, Role.HANDLER)
    copy = Browser(city.run)
    copy.http.cookies.update(browser.http.cookies)
    assert (await copy.get("/desk")).status_code == 200
    answer = await browser.send(await browser.get("/desk"), "/desk/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/sign-in?out=1")
    assert cookie_of(answer)["max-age"] == "0"
    for one in (browser, copy):
        assert (await one.get("/desk")).headers["location"] == SIGN_IN


async def test_a_session_is_renewed_while_its_officer_is_at_work_and_ends_when_he_is_not(city: City) -> None:
    browser = await at_desk(city, "canbo", LANG, Role.HANDLER)
    assert cookie_of(await browser.get("/desk")) is None, "a fresh token needs no renewing"
    for _ in range(3):
        city.clock.advance(14 * MINUTE)
        assert cookie_of(await browser.get("/desk")) is not None
    city.clock.advance(40 * MINUTE)
    assert (await browser.get("/desk")).status_code == 200, "a pause over a long answer"
    city.clock.advance(61 * MINUTE)
    assert (await browser.get("/desk")).headers["location"] == SIGN_IN


async def test_no_session_lasts_longer_than_ten_hours(city: City) -> None:
    browser = await at_desk(city, "canbo", LANG, Role.HANDLER)
    for _ in range(20):
        city.clock.advance(29 * MINUTE)
        assert (await browser.get("/desk")).status_code == 200
    city.clock.advance(21 * MINUTE)
    assert (await browser.get("/desk")).headers["location"] == SIGN_IN


async def test_a_closed_account_is_out_at_once(city: City) -> None:
    browser = await at_desk(city, "canbo", LANG, Role.HANDLER)
    async with city.run.begin() as tx:
        await close_officer("canbo", tx)
    assert (await browser.get("/desk")).headers["location"] == SIGN_IN


async def test_a_change_of_roles_holds_at_once(city: City) -> None:
    browser = await at_desk(city, "canbo", OFFICE, Role.OFFICE)
    assert "Nhạy cảm" in words(await browser.get("/desk"))
    async with city.run.begin() as tx:
        await tx.session.execute(update(t.officers).values(roles=["admin"]))
    page = await browser.get("/desk")
    assert "không có quyền xem hồ sơ" in words(page)
    assert cookie_of(page) is not None, "and other services learn it with the next token"


@pytest.mark.parametrize("token", ["", "x.y", "é", "a" * 5_000], ids=["empty", "short", "not ascii", "long"])
async def test_a_cookie_that_is_none_of_ours_is_no_session(city: City, token: str) -> None:
    browser = Browser(city.run)
    answer = await browser.http.get("/desk", headers={"cookie": f"{COOKIE}={token}".encode()})
    assert (answer.status_code, answer.headers["location"]) == (303, SIGN_IN)


async def test_a_token_of_another_key_is_no_session(runs: Runs, city: City, clock: FixedClock) -> None:
    browser = await at_desk(city, "canbo", LANG, Role.HANDLER)
    stranger = await runs(SERVICE, clock=clock, session_private_key="A" * 43)
    other = Browser(stranger)
    other.http.cookies.update(browser.http.cookies)
    assert (await other.get("/desk")).status_code == 303
    rotated = await runs(
        SERVICE,
        clock=clock,
        session_private_key="A" * 43,
        officer_session_public_keys=keys_of(city.run.settings).signer.public_key,
    )
    while_rotating = Browser(rotated)
    while_rotating.http.cookies.update(browser.http.cookies)
    assert (await while_rotating.get("/desk")).status_code == 200
