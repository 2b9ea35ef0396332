"""The citizen's own profile and number, with consent."""

import httpx

from simulators.zalo_oa.signature import secret_proof
from tests.simulators.zalo_oa.scene import HOA, HandClock

SECRET = "vi-du-app-secret-chi-de-kiem-thu"


async def login(browser: httpx.AsyncClient) -> dict[str, str]:
    tokens: dict[str, str] = (await browser.post("/login", json={"user_id": HOA})).json()
    return tokens


async def test_the_profile_is_flat_and_needs_its_proof(browser: httpx.AsyncClient) -> None:
    token = (await login(browser))["access_token"]
    right = {"access_token": token, "appsecret_proof": secret_proof(SECRET, token)}
    told = (await browser.get("/v2.0/me", headers=right)).json()
    assert (told["error"], told["id"], told["name"]) == (0, "3098847120556613947", "Nguyễn Thị Hoa")
    unproven = await browser.get("/v2.0/me", headers={"access_token": token})
    assert unproven.json()["error"] != 0


async def test_a_phone_token_works_once_within_two_minutes(browser: httpx.AsyncClient, clock: HandClock) -> None:
    tokens = await login(browser)
    asked = {"access_token": tokens["access_token"], "code": tokens["phone_token"], "secret_key": SECRET}
    first = (await browser.get("/v2.0/me/info", headers=asked)).json()
    again = (await browser.get("/v2.0/me/info", headers=asked)).json()
    assert first["data"] == {"number": "84912000678"}
    assert "data" not in again
    late = await login(browser)
    clock.advance(120)
    asked = {"access_token": late["access_token"], "code": late["phone_token"], "secret_key": SECRET}
    assert "data" not in (await browser.get("/v2.0/me/info", headers=asked)).json()


async def test_an_old_user_token_is_refused(browser: httpx.AsyncClient, clock: HandClock) -> None:
    token = (await login(browser))["access_token"]
    clock.advance(3600)
    headers = {"access_token": token, "appsecret_proof": secret_proof(SECRET, token)}
    assert (await browser.get("/v2.0/me", headers=headers)).json()["error"] == 452
