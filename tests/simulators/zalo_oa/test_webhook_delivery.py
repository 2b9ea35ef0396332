"""Delivery: signed, in order per citizen, again and again on the ladder, and cancelled in the end."""

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from simulators.zalo_oa.app import create_app
from simulators.zalo_oa.simulator import Simulator
from tests.simulators.zalo_oa.scene import HOA, HandClock, Receiver, settings

APP_ID = b"4187308559620713842"
KEY = b"vi-du-oa-secret-chi-de-kiem-thu"
LADDER_S = [30, 300, 900, 1800, 3600]


async def say(browser: httpx.AsyncClient, text: str = "Xin chào", user_id: str = HOA) -> None:
    await browser.post("/say", json={"user_id": user_id, "text": text})


async def test_a_webhook_carries_the_published_headers_and_a_digest_of_its_bytes(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    await say(browser, "Tôi muốn hỏi về hộ tịch ở phường Láng")
    await simulator.sender.deliver_due()
    (request,) = receiver.requests
    digest = hashlib.sha256(APP_ID + request.content + receiver.bodies[0]["timestamp"].encode() + KEY).hexdigest()
    assert request.headers["x-zevent-signature"] == f"mac={digest}"
    assert request.headers["x-zevent-server"] == "OA OpenAPI"
    assert request.headers["user-agent"] == "ZaloWebhook"
    assert request.headers["content-type"] == "application/json"
    assert "num_retry" not in request.headers
    assert "hộ tịch".encode() in request.content


async def test_a_webhook_is_sent_again_on_the_ladder_with_the_same_bytes_and_then_cancelled(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver, clock: HandClock
) -> None:
    receiver.status = 500
    await say(browser)
    await simulator.sender.deliver_due()
    for gap_s in LADDER_S:
        assert simulator.outgoing.is_registered
        clock.advance(gap_s - 0.001)
        sent_before = len(receiver.requests)
        await simulator.sender.deliver_due()
        assert len(receiver.requests) == sent_before
        clock.advance(0.001)
        await simulator.sender.deliver_due()
        assert len(receiver.requests) == sent_before + 1
    assert len({request.content for request in receiver.requests}) == 1
    assert [request.headers.get("num_retry") for request in receiver.requests] == [None, "1", "2", "3", "4", "5"]
    assert not simulator.outgoing.is_registered
    (delivery,) = (await browser.get("/deliveries")).json()
    assert (delivery["state"], len(delivery["attempts"])) == ("failed", 6)


@pytest.mark.parametrize("status", [201, 202, 204, 302, 401, 503])
async def test_only_200_is_success(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver, status: int
) -> None:
    receiver.status = status
    await say(browser)
    await simulator.sender.deliver_due()
    (delivery,) = (await browser.get("/deliveries")).json()
    assert (delivery["state"], delivery["attempts"][0]["status"]) == ("pending", status)


async def test_an_answer_after_the_time_limit_is_no_answer(platform: Callable[..., FastAPI], clock: HandClock) -> None:
    async def never(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        return httpx.Response(200)

    app = create_app(settings(webhook_time_limit_s=0.02), now_ms=clock, webhook_transport=httpx.MockTransport(never))
    simulator: Simulator = app.state.simulator
    simulator.citizen_acts.write(simulator.citizens.met(HOA), "Xin chào")
    await simulator.sender.deliver_due()
    ((delivery, attempts),) = simulator.outgoing.latest(1)
    assert (delivery.state, attempts[0].status) == ("pending", None)


async def test_a_time_factor_shortens_the_ladder(platform: Callable[..., FastAPI], receiver: Receiver) -> None:
    simulator: Simulator = platform(time_factor=0).state.simulator
    receiver.status = 500
    simulator.citizen_acts.write(simulator.citizens.met(HOA), "Xin chào")
    await simulator.sender.deliver_due()
    assert len(receiver.requests) == 6


async def test_one_citizens_events_go_in_order_and_a_failed_one_holds_nobody_back(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver, clock: HandClock
) -> None:
    def refuse_first() -> None:
        receiver.status = 500 if len(receiver.requests) == 1 else 200

    receiver.fails = refuse_first
    for text in ("một", "hai", "ba"):
        await say(browser, text)
    await simulator.sender.deliver_due()
    clock.advance(30)
    await simulator.sender.deliver_due()
    assert [body["message"]["text"] for body in receiver.bodies] == ["một", "hai", "ba", "một"]


async def test_a_slow_answer_to_one_citizen_does_not_delay_another(clock: HandClock) -> None:
    answered: list[bytes] = []
    other_done = asyncio.Event()

    async def slow_for_hoa(request: httpx.Request) -> httpx.Response:
        if HOA.encode() in request.content:
            await asyncio.wait_for(other_done.wait(), 5)
        else:
            other_done.set()
        answered.append(request.content)
        return httpx.Response(200)

    app = create_app(settings(), now_ms=clock, webhook_transport=httpx.MockTransport(slow_for_hoa))
    simulator: Simulator = app.state.simulator
    for user_id in (HOA, "5520871934460218853"):
        simulator.citizen_acts.write(simulator.citizens.met(user_id), "Xin chào")
    await simulator.sender.deliver_due()
    assert [HOA.encode() in content for content in answered] == [False, True]


async def test_a_cancelled_registration_sends_nothing_until_renewed_and_then_posts_the_sample(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver, clock: HandClock
) -> None:
    receiver.status = 500
    await say(browser, "lần đầu")
    await simulator.sender.deliver_due()
    for gap_s in LADDER_S[:-1]:
        clock.advance(gap_s)
        await simulator.sender.deliver_due()
    await say(browser, "còn chờ")
    clock.advance(LADDER_S[-1])
    await simulator.sender.deliver_due()
    await say(browser, "khi đã huỷ")
    receiver.requests.clear()
    receiver.status = 200
    clock.advance(10_000)
    await simulator.sender.deliver_due()
    assert receiver.requests == []
    assert (await browser.post("/webhook/register")).json() == {"registered": True}
    await simulator.sender.deliver_due()
    assert sorted(body["message"]["text"] for body in receiver.bodies) == ["This is testing message", "còn chờ"]


async def test_waiting_webhooks_and_the_conversation_survive_a_restart(
    tmp_path: Path, clock: HandClock, receiver: Receiver
) -> None:
    kept, transport = settings(data_dir=tmp_path), httpx.MockTransport(receiver)
    receiver.status = 503
    first: Simulator = create_app(kept, now_ms=clock, webhook_transport=transport).state.simulator
    first.citizen_acts.write(first.citizens.met(HOA), "Đừng quên tôi")
    first.citizen_acts.write(first.citizens.met("8000000000000000001", "Bùi Đức Thắng"), "Tôi nữa")
    await first.sender.deliver_due()
    await first.sender.close()
    first.database.close()

    receiver.status = 200
    clock.advance(30)
    second: Simulator = create_app(kept, now_ms=clock, webhook_transport=transport).state.simulator
    await second.sender.deliver_due()
    before, after = receiver.requests[:2], receiver.requests[2:]
    assert {request.content for request in after} == {request.content for request in before}
    assert [request.headers.get("num_retry") for request in receiver.requests] == [None, None, "1", "1"]
    assert [each.text for each in second.messages.of_citizen(HOA, 10)] == ["Đừng quên tôi"]
    citizen = second.citizens.get("8000000000000000001")
    assert citizen is not None
    assert citizen.name == "Bùi Đức Thắng"
    second.database.close()


async def test_a_person_can_send_a_waiting_webhook_now_or_take_it_off(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    receiver.status = 500
    await say(browser, "một")
    await say(browser, "hai")
    await simulator.sender.deliver_due()
    second, first = (await browser.get("/deliveries")).json()
    receiver.status = 200
    await browser.post(f"/deliveries/{first['id']}/send-now")
    await browser.post(f"/deliveries/{second['id']}/discard")
    assert (await browser.post(f"/deliveries/{second['id']}/send-now")).status_code == 404
    await simulator.sender.deliver_due()
    assert [each["state"] for each in (await browser.get("/deliveries")).json()] == ["discarded", "delivered"]


async def test_while_the_application_lives_webhooks_leave_by_themselves(app: FastAPI, receiver: Receiver) -> None:
    simulator: Simulator = app.state.simulator
    async with app.router.lifespan_context(app):
        simulator.citizen_acts.write(simulator.citizens.met(HOA), "Xin chào")
        async with asyncio.timeout(5):
            while not receiver.requests:
                await simulator.pulse.wait_beyond(simulator.pulse.revision, 1)
    assert receiver.names == ["user_send_text"]


async def test_without_an_address_events_are_kept_unsent(platform: Callable[..., FastAPI], receiver: Receiver) -> None:
    simulator: Simulator = platform(webhook_url="").state.simulator
    simulator.citizen_acts.write(simulator.citizens.met(HOA), "Xin chào")
    await simulator.sender.deliver_due()
    ((delivery, _),) = simulator.outgoing.latest(1)
    assert (delivery.state, receiver.requests) == ("unsent", [])


async def test_the_mini_app_is_told_at_its_own_address(platform: Callable[..., FastAPI], receiver: Receiver) -> None:
    simulator: Simulator = platform(mini_app_webhook_url="http://receiver.test/mini").state.simulator
    simulator.citizen_acts.revoke_mini_app_consent(simulator.citizens.met(HOA))
    await simulator.sender.deliver_due()
    (request,) = receiver.requests
    assert request.url.path == "/mini"
    assert len(request.headers["x-zevent-signature"]) == 64
    assert receiver.bodies[0]["userId"] == "3098847120556613947"
