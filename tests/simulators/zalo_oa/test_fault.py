"""Faults on demand: each strikes as often as asked and does what its name says."""

import hashlib
import json
from typing import Any

import httpx
import pytest

from simulators.zalo_oa.fault import Act, Fault, Options
from simulators.zalo_oa.simulator import Simulator
from tests.simulators.zalo_oa.scene import HOA, HandClock, Receiver, text_to

CS = "/v3.0/oa/message/cs"


async def say(browser: httpx.AsyncClient, *texts: str) -> None:
    for text in texts or ("Xin chào",):
        await browser.post("/say", json={"user_id": HOA, "text": text})


def digest_is_right(request: httpx.Request) -> bool:
    timestamp = str(json.loads(request.content)["timestamp"]).encode()
    signed = b"4187308559620713842" + request.content + timestamp + b"vi-du-oa-secret-chi-de-kiem-thu"
    return request.headers["x-zevent-signature"] == f"mac={hashlib.sha256(signed).hexdigest()}"


async def posted_with(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver, **faults: Any
) -> list[dict[str, Any]]:
    assert (await browser.post("/faults", json=faults)).status_code == 200
    await say(browser)
    await simulator.sender.deliver_due()
    return receiver.bodies


async def test_the_catalogue_names_everything_that_can_be_switched(browser: httpx.AsyncClient) -> None:
    told = (await browser.get("/faults")).json()
    assert set(told["switches"]) == set(Fault)
    assert set(told["acts"]) == set(Act)
    assert set(told["options"]) == set(Options.model_fields)
    assert set(told["titles"]) == {*Fault, *Act}
    assert set(told["switches"].values()) == {0}


@pytest.mark.parametrize("changes", [{"no_such": 1}, {"api_500": -2}, {"api_500": "x"}, {"drip_s": -1}, {"echo": "?"}])
async def test_a_wrong_switch_changes_nothing(browser: httpx.AsyncClient, changes: dict[str, Any]) -> None:
    before = (await browser.get("/faults")).json()
    assert (await browser.post("/faults", json={"api_429": 1, **changes})).status_code == 422
    assert (await browser.get("/faults")).json() == before


async def test_a_counted_fault_strikes_so_often_and_a_lasting_one_until_switched_off(
    browser: httpx.AsyncClient, api: httpx.AsyncClient
) -> None:
    await browser.post("/faults", json={"api_500": 2})
    assert [(await api.get("/v2.0/oa/getoa")).status_code for _ in range(3)] == [500, 500, 200]
    await browser.post("/faults", json={"api_500": True})
    assert [(await api.get("/v2.0/oa/getoa")).status_code for _ in range(4)] == [500] * 4
    await browser.delete("/faults")
    assert (await api.get("/v2.0/oa/getoa")).status_code == 200


async def test_a_duplicate_has_the_same_bytes(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    await posted_with(browser, simulator, receiver, webhook_duplicate=1)
    first, second = receiver.requests
    assert first.content == second.content


async def test_a_held_event_is_overtaken_by_the_next(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    await browser.post("/faults", json={"webhook_reorder": 1})
    await say(browser, "một", "hai", "ba")
    await simulator.sender.deliver_due()
    assert [body["message"]["text"] for body in receiver.bodies] == ["hai", "một", "ba"]


async def test_a_held_event_that_nobody_overtakes_goes_out_later(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver, clock: HandClock
) -> None:
    assert await posted_with(browser, simulator, receiver, webhook_reorder=1, reorder_hold_s=3) == []
    clock.advance(3)
    await simulator.sender.deliver_due()
    assert len(receiver.requests) == 1


async def test_a_dropped_event_never_leaves(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver, clock: HandClock
) -> None:
    await posted_with(browser, simulator, receiver, webhook_drop=1)
    clock.advance(10_000)
    await simulator.sender.deliver_due()
    assert receiver.requests == []
    assert (await browser.get("/deliveries")).json()[0]["state"] == "dropped"


async def test_a_delayed_event_leaves_after_the_delay(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver, clock: HandClock
) -> None:
    assert await posted_with(browser, simulator, receiver, webhook_delay=1, delay_s=5) == []
    clock.advance(5)
    await simulator.sender.deliver_due()
    assert len(receiver.requests) == 1


async def test_a_wrong_signature_is_right_again_when_the_event_is_sent_again(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver, clock: HandClock
) -> None:
    receiver.status = 401
    await posted_with(browser, simulator, receiver, webhook_wrong_signature=1)
    clock.advance(30)
    await simulator.sender.deliver_due()
    assert [digest_is_right(request) for request in receiver.requests] == [False, True]


async def test_a_foreign_app_id_is_signed_like_ours(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    (body,) = await posted_with(browser, simulator, receiver, webhook_wrong_app_id=1)
    assert body["app_id"] != "4187308559620713842"
    assert digest_is_right(receiver.requests[0])


async def test_odd_json_means_the_same_and_its_digest_is_over_the_odd_bytes(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    (body,) = await posted_with(browser, simulator, receiver, webhook_odd_json=1)
    assert body["message"]["text"] == "Xin chào"
    assert rb"ch\u00e0o" in receiver.requests[0].content
    assert receiver.requests[0].content.endswith(b"\n")
    assert digest_is_right(receiver.requests[0])


async def test_an_unknown_event_comes_beside_the_real_one(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    bodies = await posted_with(browser, simulator, receiver, webhook_unknown_event=1)
    assert [body["event_name"] for body in bodies] == ["user_send_text", "user_wave_hand"]


async def test_the_body_can_have_strange_missing_or_numeric_members(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    faults = {"webhook_unknown_fields": 1, "webhook_no_user_id_by_app": 1, "webhook_number_timestamp": 1}
    (body,) = await posted_with(browser, simulator, receiver, **faults)
    assert "field_of_tomorrow" in body
    assert "mood" in body["message"]
    assert "user_id_by_app" not in body
    assert isinstance(body["timestamp"], int)
    assert digest_is_right(receiver.requests[0])


async def test_an_oversized_body_is_as_large_as_asked(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    await posted_with(browser, simulator, receiver, webhook_oversized=1, oversized_bytes=1_100_000)
    assert len(receiver.requests[0].content) > 1_100_000


async def test_the_console_sample_is_posted_at_once(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    await browser.post("/faults", json={"webhook_console_sample": True})
    await simulator.sender.deliver_due()
    assert receiver.bodies[0]["message"] == {"msg_id": "This is message id", "text": "This is testing message"}


async def test_the_token_can_expire_now(browser: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    await say(browser)
    await browser.post("/faults", json={"token_expired_now": True})
    assert (await api.post(CS, json=text_to(HOA))).json()["error"] == -220


async def test_too_many_requests_carry_a_hint(browser: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    await browser.post("/faults", json={"api_429": 1})
    answer = await api.post(CS, json=text_to(HOA))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")


async def test_silence_executes_nothing_and_a_lost_answer_everything(
    browser: httpx.AsyncClient, api: httpx.AsyncClient
) -> None:
    await say(browser)
    await browser.post("/faults", json={"api_silence": 1, "silence_s": 0.01})
    with pytest.raises(httpx.RemoteProtocolError):
        await api.post(CS, json=text_to(HOA))
    assert (await browser.get("/outbox")).json() == []
    await browser.post("/faults", json={"api_answer_lost": 1})
    with pytest.raises(httpx.RemoteProtocolError):
        await api.post(CS, json=text_to(HOA))
    assert len((await browser.get("/outbox")).json()) == 1


async def test_a_dripping_answer_arrives_whole(browser: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    await say(browser)
    await browser.post("/faults", json={"api_slow_drip": 1, "drip_s": 0.02})
    answer = await api.post(CS, json=text_to(HOA))
    assert answer.json()["error"] == 0
    assert "x-ratelimit-remain" in answer.headers
