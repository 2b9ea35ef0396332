"""What testers rely on: speaking as a citizen, reading what arrived, posting arbitrary events."""

import base64
import hashlib
from typing import Any

import httpx
import pytest

from simulators.zalo_oa.simulator import Simulator
from tests.simulators.zalo_oa.scene import HOA, Receiver, text_to

NEWCOMER = "8123456789012345678"


async def test_an_unknown_citizen_is_invented_and_stays_the_same(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    body = {"user_id": NEWCOMER, "text": "Tôi là người mới", "name": "Vũ Thị Lan"}
    event = (await browser.post("/say", json=body)).json()["event"]
    await browser.post("/say", json={"user_id": NEWCOMER, "text": "Vẫn là tôi"})
    await simulator.sender.deliver_due()
    assert receiver.bodies[0] == event
    assert event["sender"]["id"] == NEWCOMER
    assert len({each["user_id_by_app"] for each in receiver.bodies}) == 1
    assert event["user_id_by_app"].isdigit()
    assert int(event["user_id_by_app"]) > 2**53
    assert simulator.citizens.met(NEWCOMER).name == "Vũ Thị Lan"


async def test_attachments_are_sent_one_event_each_with_the_text_as_caption(browser: httpx.AsyncClient) -> None:
    attachments = [{"type": "image"}, {"type": "location", "latitude": "21.0", "longitude": 105.5}, {"type": "file"}]
    body = {"user_id": HOA, "text": "Ảnh chỗ hỏng", "attachments": attachments}
    events = (await browser.post("/say", json=body)).json()["events"]
    assert [each["event_name"] for each in events] == ["user_send_image", "user_send_location", "user_send_file"]
    assert events[0]["message"]["text"] == "Ảnh chỗ hỏng"
    coordinates = events[1]["message"]["attachments"][0]["payload"]["coordinates"]
    assert coordinates == {"latitude": "21.0", "longitude": "105.5"}
    document = events[2]["message"]["attachments"][0]["payload"]
    content = (await browser.get(document["url"])).content
    assert hashlib.md5(content).hexdigest() == document["checksum"]
    assert document["size"] == str(len(content))


async def test_a_text_before_a_place_is_a_message_of_its_own(browser: httpx.AsyncClient) -> None:
    body = {"user_id": HOA, "text": "Ở đây", "attachments": [{"type": "location"}]}
    events = (await browser.post("/say", json=body)).json()["events"]
    assert [each["event_name"] for each in events] == ["user_send_text", "user_send_location"]
    assert "text" not in events[1]["message"]


@pytest.mark.parametrize(
    "kind", ["image", "file", "location", "sticker", "audio", "video", "link", "gif", "business_card"]
)
async def test_every_kind_of_attachment_can_be_sent_without_details(browser: httpx.AsyncClient, kind: str) -> None:
    event = (await browser.post("/say", json={"user_id": HOA, "attachments": [{"type": kind}]})).json()["event"]
    assert event["event_name"] == f"user_send_{kind}"
    url = event["message"]["attachments"][0]["payload"].get("url")
    assert url is None or (await browser.get(url)).status_code == 200


async def test_a_photo_of_ones_own_can_be_sent(browser: httpx.AsyncClient) -> None:
    content = base64.b64encode(b"\xff\xd8\xff own").decode()
    attachment = {"type": "image", "name": "của tôi.jpg", "content_base64": content}
    event = (await browser.post("/say", json={"user_id": HOA, "attachments": [attachment]})).json()["event"]
    answer = await browser.get(event["message"]["attachments"][0]["payload"]["url"])
    assert (answer.content, answer.headers["content-type"]) == (b"\xff\xd8\xff own", "image/jpeg")


async def test_the_media_host_misbehaves_as_asked(browser: httpx.AsyncClient) -> None:
    attachment = {"type": "image", "media": "redirect-private"}
    event = (await browser.post("/say", json={"user_id": HOA, "attachments": [attachment]})).json()["event"]
    assert "/media/redirect-private/" in event["message"]["attachments"][0]["payload"]["url"]


@pytest.mark.parametrize(
    "body",
    [
        {"user_id": HOA},
        {"user_id": "", "text": "a"},
        {"text": "a"},
        {"user_id": HOA, "text": "a", "atachments": []},
        {"user_id": HOA, "attachments": [{"type": "image", "content_base64": "***"}]},
    ],
)
async def test_a_saying_that_says_nothing_clear_is_refused(browser: httpx.AsyncClient, body: dict[str, Any]) -> None:
    assert (await browser.post("/say", json=body)).status_code == 422
    assert (await browser.get("/deliveries")).json() == []


async def test_the_outbox_lists_in_order_and_by_citizen(browser: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    for user_id in (HOA, NEWCOMER):
        await browser.post("/say", json={"user_id": user_id, "text": "Xin chào"})
    button = {"title": "Gửi đi", "type": "oa.query.show", "payload": "Gửi đi"}
    payload = {"type": "template", "payload": {"buttons": [button]}}
    await api.post("/v3.0/oa/message/cs", json=text_to(HOA, "một", attachment=payload))
    await api.post("/v3.0/oa/message/cs", json=text_to(NEWCOMER, "hai"))
    await api.post("/v3.0/oa/message/cs", json=text_to(HOA, "ba"))
    hers = (await browser.get("/outbox", params={"user_id": HOA})).json()
    assert [each["text"] for each in hers] == ["một", "ba"]
    assert hers[0]["buttons"] == [button]
    assert {"message_id", "text", "buttons", "attachments", "sent_at"} <= set(hers[0])
    assert hers[0]["sent_at"] == "2026-11-21T05:00:00.000Z"
    assert [each["text"] for each in (await browser.get("/outbox")).json()] == ["một", "hai", "ba"]


async def test_arbitrary_bytes_are_posted_as_they_are_and_signed(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    await browser.post("/faults", json={"webhook_odd_json": True, "webhook_drop": True})
    for body in (b'{ "event_name":"strange", "timestamp": 17 }', b"not json at all", b""):
        assert (await browser.post("/events", content=body)).status_code == 200
    await simulator.sender.deliver_due()
    assert [request.content for request in receiver.requests] == [
        b'{ "event_name":"strange", "timestamp": 17 }',
        b"not json at all",
        b"",
    ]
    signed = b"4187308559620713842" + receiver.requests[0].content + b"17" + b"vi-du-oa-secret-chi-de-kiem-thu"
    assert receiver.requests[0].headers["x-zevent-signature"] == f"mac={hashlib.sha256(signed).hexdigest()}"


async def test_following_and_the_rarer_acts_are_told(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    await browser.post("/follow", json={"user_id": HOA, "source": "zalo"})
    await browser.post("/follow", json={"user_id": HOA, "following": False})
    for act in ("chat_now", "share_contact", "withdraw"):
        await browser.post("/act", json={"user_id": HOA, "act": act, "contact": {"phone": "84912000999"}})
    await browser.post("/act", json={"user_id": HOA, "act": "react", "message_id": "m1"})
    await simulator.sender.deliver_due()
    assert receiver.names == [
        "follow",
        "unfollow",
        "user_click_chatnow",
        "user_submit_info",
        "user_withdraw",
        "user_reacted_message",
    ]
    assert receiver.bodies[0]["source"] == "zalo"
    assert receiver.bodies[3]["info"]["phone"] == "84912000999"


async def test_it_says_that_it_lives(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/health/live")).status_code == 200


async def test_its_surfaces_are_described_without_pages_of_other_hosts(browser: httpx.AsyncClient) -> None:
    described = (await browser.get("/openapi.json")).json()
    assert {"/say", "/outbox", "/events", "/follow", "/faults"} <= set(described["paths"])
    assert (await browser.get("/docs")).status_code == 404
