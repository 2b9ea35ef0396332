"""Tokens: strings for numbers, errors as HTTP 200, refresh tokens that die when used."""

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from simulators.zalo_oa.app import create_app
from tests.simulators.zalo_oa.scene import HOA, HandClock, settings, text_to

SECRET = {"secret_key": "vi-du-app-secret-chi-de-kiem-thu"}
APP_ID = "4187308559620713842"


def refresh_form(token: str) -> dict[str, str]:
    return {"refresh_token": token, "app_id": APP_ID, "grant_type": "refresh_token"}


async def refresh(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post("/v4/oa/access_token", headers=SECRET, data=refresh_form(token))


async def test_a_refresh_hands_out_a_new_pair_and_a_life_in_a_string(browser: httpx.AsyncClient) -> None:
    answer = await refresh(browser, "refresh-1")
    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "refresh_token", "expires_in"}
    assert answer.json()["expires_in"] == "90000"


async def test_a_used_refresh_token_is_dead_and_the_new_one_lives(browser: httpx.AsyncClient) -> None:
    first = (await refresh(browser, "refresh-1")).json()
    again = await refresh(browser, "refresh-1")
    assert again.status_code == 200
    assert again.json()["error"] == -14014
    assert set(again.json()) == {"error", "error_name", "error_reason", "error_description", "ref_doc"}
    assert "access_token" in (await refresh(browser, first["refresh_token"])).json()


async def test_a_refresh_token_ends_after_three_months(browser: httpx.AsyncClient, clock: HandClock) -> None:
    clock.advance(90 * 24 * 3600)
    assert (await refresh(browser, "refresh-1")).json()["error"] == -14014


@pytest.mark.parametrize("header", ["secret-key", "secretkey"])
async def test_the_secret_counts_only_under_its_own_spelling(browser: httpx.AsyncClient, header: str) -> None:
    answer = await browser.post(
        "/v4/oa/access_token", headers={header: SECRET["secret_key"]}, data=refresh_form("refresh-1")
    )
    assert answer.json()["error"] == -14002
    assert "access_token" in (await refresh(browser, "refresh-1")).json()


async def test_a_lost_answer_burns_the_refresh_token(browser: httpx.AsyncClient) -> None:
    await browser.post("/faults", json={"oauth_answer_lost": 1})
    with pytest.raises(httpx.RemoteProtocolError):
        await refresh(browser, "refresh-1")
    assert (await refresh(browser, "refresh-1")).json()["error"] == -14014


async def test_the_life_can_arrive_as_a_number(browser: httpx.AsyncClient) -> None:
    await browser.post("/faults", json={"oauth_number_expires_in": 1})
    assert (await refresh(browser, "refresh-1")).json()["expires_in"] == 90000


async def test_a_slow_answer_still_rotates(browser: httpx.AsyncClient) -> None:
    await browser.post("/faults", json={"oauth_slow": 1, "oauth_slow_s": 0.01})
    assert "access_token" in (await refresh(browser, "refresh-1")).json()


async def test_an_access_token_expires_after_its_life_and_the_refreshed_one_works(
    browser: httpx.AsyncClient, clock: HandClock
) -> None:
    await browser.post("/say", json={"user_id": HOA, "text": "Xin chào"})
    clock.advance(90_000)
    old = await browser.post("/v3.0/oa/message/cs", headers={"access_token": "access-1"}, json=text_to(HOA))
    assert (old.status_code, old.json()["error"]) == (200, -220)
    token = (await refresh(browser, "refresh-1")).json()["access_token"]
    new = await browser.post("/v3.0/oa/message/cs", headers={"access_token": token}, json=text_to(HOA))
    assert new.json()["error"] == 0


async def test_consent_leads_back_with_a_code_that_works_once_with_its_verifier(browser: httpx.AsyncClient) -> None:
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {"redirect_uri": "http://127.0.0.1:8000/cb", "code_challenge": challenge, "state": "s1"}
    page = await browser.get("/v4/oa/permission", params={"app_id": APP_ID, **asked})
    assert "mô phỏng" in page.text
    back = await browser.post("/v4/oa/permission", data=asked)
    told = parse_qs(urlsplit(back.headers["location"]).query)
    assert told["state"] == ["s1"]
    assert told["oa_id"] == ["2740116598031175526"]
    form = {"code": told["code"][0], "app_id": APP_ID, "grant_type": "authorization_code", "code_verifier": verifier}
    first = await browser.post("/v4/oa/access_token", headers=SECRET, data=form)
    again = await browser.post("/v4/oa/access_token", headers=SECRET, data=form)
    assert first.json()["access_token"]
    assert "access_token" not in again.json()


async def test_a_code_without_its_verifier_gives_nothing(browser: httpx.AsyncClient) -> None:
    asked = {"redirect_uri": "http://127.0.0.1:8000/cb", "code_challenge": "x" * 43}
    back = await browser.post("/v4/oa/permission", data=asked)
    code = parse_qs(urlsplit(back.headers["location"]).query)["code"][0]
    form = {"code": code, "app_id": APP_ID, "grant_type": "authorization_code", "code_verifier": "wrong"}
    answer = await browser.post("/v4/oa/access_token", headers=SECRET, data=form)
    assert answer.json()["error"] < 0


async def test_consent_goes_back_only_to_the_registered_address(platform: Callable[..., FastAPI]) -> None:
    app = platform(redirect_uri="http://127.0.0.1:8000/cb")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://zalo.test") as client:
        answer = await client.post("/v4/oa/permission", data={"redirect_uri": "http://elsewhere.test/"})
    assert answer.json()["error"] == -14003


async def test_a_restart_does_not_revive_the_first_refresh_token(tmp_path: Path, clock: HandClock) -> None:
    answers = []
    for _ in range(2):
        app = create_app(settings(data_dir=tmp_path), now_ms=clock)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://zalo.test") as client:
            answers.append((await refresh(client, "refresh-1")).json())
        app.state.simulator.database.close()
    assert "access_token" in answers[0]
    assert answers[1]["error"] == -14014
