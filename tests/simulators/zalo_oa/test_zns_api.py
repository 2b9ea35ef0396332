"""Template messages by phone: quotas, nights, numbers without an account, receipts, ratings."""

import hashlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from simulators.zalo_oa.simulator import Simulator
from tests.simulators.zalo_oa.scene import HOA, HandClock, Receiver

SEND = "/message/template"
HOA_PHONE = "84912000678"


def template_to(phone: str = HOA_PHONE, **changes: Any) -> dict[str, Any]:
    body = {
        "phone": phone,
        "template_id": "412207",
        "template_data": {"ho_ten": "Nguyễn Thị Hoa", "ma": "HN-PA-1"},
        "tracking_id": "hn-pa-1-traloi",
    }
    return {**body, **changes}


async def test_a_template_message_reaches_the_phone_and_its_receipt_names_the_number(
    browser: httpx.AsyncClient, api: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    answer = (await api.post(SEND, json=template_to())).json()
    assert answer["error"] == 0
    assert answer["data"]["quota"] == {"dailyQuota": "500", "remainingQuota": "499"}
    (received,) = (await browser.get("/outbox", params={"user_id": HOA})).json()
    assert received["message_id"] == answer["data"]["msg_id"]
    assert received["kind"] == "zns"
    await simulator.sender.deliver_due()
    (receipt,) = receiver.bodies
    assert receipt["recipient"]["id"] == HOA_PHONE
    assert receipt["message"]["tracking_id"] == "hn-pa-1-traloi"
    assert receiver.requests[0].headers["x-zevent-server"] == "ZNS"
    status = (await api.get("/message/status", params={"message_id": answer["data"]["msg_id"]})).json()
    assert status["data"]["status"] == 1


async def test_a_number_nobody_here_has_is_listed_by_number(browser: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    assert (await api.post(SEND, json=template_to("0987654321"))).json()["error"] == 0
    (received,) = (await browser.get("/outbox", params={"phone": "84987654321"})).json()
    assert received["user_id"] is None


async def test_a_hashed_number_finds_its_phone_and_the_receipt_names_the_hash(
    browser: httpx.AsyncClient, api: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    digest = hashlib.sha256(HOA_PHONE.encode()).hexdigest()
    body = {**template_to(), "hash_phone": digest}
    del body["phone"]
    assert (await api.post(f"{SEND}/hashphone", json=body)).json()["error"] == 0
    assert len((await browser.get("/outbox", params={"user_id": HOA})).json()) == 1
    await simulator.sender.deliver_due()
    assert receiver.bodies[0]["recipient"]["id"] == digest


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"phone": "123"}, -108, id="no phone number"),
        pytest.param({"phone": "84900000118"}, -118, id="no account"),
        pytest.param({"phone": "84900000141"}, -141, id="refused this account"),
        pytest.param({"template_id": "412209"}, -131, id="template not approved"),
        pytest.param({"template_id": None}, -109, id="no template"),
        pytest.param({"template_data": {"ma": "1"}}, -1122, id="parameter missing"),
        pytest.param({"template_data": {"ho_ten": "x" * 31, "ma": "1"}}, -1121, id="parameter too long"),
        pytest.param({"template_data": None}, -111, id="no values"),
        pytest.param({"tracking_id": "x" * 49}, -132, id="tracking id too long"),
        pytest.param({"template_id": "999", "template_data": {"ma": "1"}}, 0, id="a template not declared here"),
    ],
)
async def test_each_reason_has_its_code(api: httpx.AsyncClient, changes: dict[str, Any], code: int) -> None:
    answer = await api.post(SEND, json=template_to(**changes))
    assert (answer.status_code, answer.json()["error"]) == (200, code)


async def test_options_make_the_platform_stricter(browser: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    await browser.post("/faults", json={"templates_declared_only": True, "zns_known_phones_only": True})
    undeclared = await api.post(SEND, json=template_to(template_id="999"))
    stranger = await api.post(SEND, json=template_to("84987654321"))
    assert [undeclared.json()["error"], stranger.json()["error"]] == [-109, -118]


@pytest.mark.parametrize(("hours", "code"), [(9.99, 0), (10, -133), (17.99, -133), (18, 0)])
async def test_the_night_lasts_from_22_to_6_in_vietnam(
    browser: httpx.AsyncClient, api: httpx.AsyncClient, clock: HandClock, hours: float, code: int
) -> None:
    await browser.post("/faults", json={"zns_night": True})
    clock.advance(hours * 3600)  # from noon
    assert (await api.post(SEND, json=template_to())).json()["error"] == code


async def test_the_daily_quota_begins_anew_at_midnight_in_vietnam(
    platform: Callable[..., FastAPI], clock: HandClock
) -> None:
    app = platform(zns_daily_quota=1, access_token_life_s=10**6)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://zalo.test", headers={"access_token": "access-1"}
    ) as client:
        codes = [(await client.post(SEND, json=template_to())).json()["error"] for _ in range(2)]
        clock.advance(12 * 3600 - 1)
        codes.append((await client.post(SEND, json=template_to())).json()["error"])
        assert (await client.get("/message/quota")).json()["data"] == {"dailyQuota": 1, "remainingQuota": 0}
        clock.advance(1)
        codes.append((await client.post(SEND, json=template_to())).json()["error"])
    assert codes == [0, -144, -144, 0]


async def test_this_host_has_its_own_codes_for_tokens(
    browser: httpx.AsyncClient, api: httpx.AsyncClient, clock: HandClock
) -> None:
    assert (await browser.post(SEND, json=template_to())).json()["error"] == -124
    wrong_proof = {"appsecret_proof": "00"}
    assert (await api.post(SEND, json=template_to(), headers=wrong_proof)).json()["error"] == -1241
    clock.advance(90_000)
    assert (await api.post(SEND, json=template_to())).json()["error"] == -124


async def test_a_rating_is_posted_and_can_be_fetched(
    browser: httpx.AsyncClient, api: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    body = template_to(template_id="412208", template_data={"ma": "HN-PA-1"})
    message_id = (await api.post(SEND, json=body)).json()["data"]["msg_id"]
    rated = {"user_id": HOA, "message_id": message_id, "rate": 4, "note": "Rõ ràng", "feedbacks": ["Nhanh"]}
    assert (await browser.post("/rate", json=rated)).status_code == 200
    await simulator.sender.deliver_due()
    posted = receiver.bodies[-1]
    assert (posted["event_name"], posted["message"]["rate"]) == ("user_feedback", 4)
    assert posted["message"]["tracking_id"] == "hn-pa-1-traloi"
    for method in ("GET", "POST"):
        listed = (await api.request(method, "/rating/get", params={"template_id": "412208"})).json()["data"]
        assert (listed["total"], listed["data"][0]["msgId"]) == (1, message_id)


async def test_only_rating_templates_can_be_rated(browser: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    message_id = (await api.post(SEND, json=template_to())).json()["data"]["msg_id"]
    answer = await browser.post("/rate", json={"user_id": HOA, "message_id": message_id, "rate": 4})
    assert answer.status_code == 404


async def test_a_template_tells_what_it_needs(api: httpx.AsyncClient) -> None:
    told = (await api.get("/template/info/v2", params={"template_id": "412207"})).json()["data"]
    assert [each["name"] for each in told["listParams"]] == ["ho_ten", "ma"]
    assert set(told["listParams"][0]) == {"name", "require", "type", "maxLength", "minLength", "acceptNull"}
