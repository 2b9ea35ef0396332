"""Consultation messages: who may be written to, what may be written, and what the citizen receives."""

from typing import Any

import httpx
import pytest

from simulators.zalo_oa.simulator import Simulator
from tests.simulators.zalo_oa.scene import HOA, HandClock, Receiver, text_to

CS = "/v3.0/oa/message/cs"
BINH = "5520871934460218853"
DAY_S = 24 * 3600


async def say(browser: httpx.AsyncClient, text: str = "Xin chào", user_id: str = HOA) -> dict[str, Any]:
    answer = await browser.post("/say", json={"user_id": user_id, "text": text})
    event: dict[str, Any] = answer.json()["event"]
    return event


async def test_a_text_reaches_the_phone_under_the_id_the_answer_names(
    browser: httpx.AsyncClient, api: httpx.AsyncClient
) -> None:
    await say(browser)
    answer = await api.post(CS, json=text_to(HOA, "Chúng tôi đã nhận.", quote_message_id=""))
    told = answer.json()
    assert (answer.status_code, told["error"], told["message"]) == (200, 0, "Success")
    assert told["data"]["user_id"] == HOA
    assert told["data"]["sent_time"].isdigit()
    (received,) = (await browser.get("/outbox", params={"user_id": HOA})).json()
    assert received["message_id"] == told["data"]["message_id"]
    assert received["text"] == "Chúng tôi đã nhận."


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        pytest.param({}, -216, id="no token"),
        pytest.param({"access_token": "somebody else's"}, -216, id="unknown token"),
        pytest.param({"access-token": "access-1"}, -216, id="a hyphen for the underscore"),
        pytest.param({"Authorization": "Bearer access-1"}, -216, id="a bearer token"),
        pytest.param({"access_token": "access-1", "appsecret_proof": "00"}, -242, id="a wrong proof"),
    ],
)
async def test_a_send_without_the_right_token_is_refused(
    browser: httpx.AsyncClient, headers: dict[str, str], code: int
) -> None:
    await say(browser)
    answer = await browser.post(CS, json=text_to(HOA), headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (200, code)
    assert "data" not in answer.json()
    assert (await browser.get("/outbox")).json() == []


QUERY = {"type": "oa.query.show", "title": "Gửi đi", "payload": "Gửi đi"}


def with_payload(payload: dict[str, Any], text: str | None = "Xin chọn") -> dict[str, Any]:
    message: dict[str, Any] = {"attachment": {"type": "template", "payload": payload}}
    if text is not None:
        message["text"] = text
    return message


@pytest.mark.parametrize(
    ("message", "code"),
    [
        pytest.param({"text": "a" * 2000}, 0, id="as long as allowed"),
        pytest.param({"text": "a" * 2001}, -210, id="one character too long"),
        pytest.param({"text": "e\u0302" * 2000}, 0, id="decomposed letters count once"),
        pytest.param({"text": "   "}, -201, id="nothing but blanks"),
        pytest.param({}, -201, id="no text"),
        pytest.param({"text": 5}, -201, id="a number for a text"),
        pytest.param(with_payload({"buttons": [QUERY] * 5}), 0, id="five buttons"),
        pytest.param(with_payload({"buttons": [QUERY] * 6}), -210, id="six buttons"),
        pytest.param(with_payload({"template_type": "button", "buttons": [QUERY]}), 0, id="the other spelling"),
        pytest.param(with_payload({"buttons": [{**QUERY, "title": "x" * 36}]}), -210, id="a long title"),
        pytest.param(with_payload({"buttons": [{**QUERY, "payload": "x" * 1001}]}), -210, id="a long payload"),
        pytest.param(with_payload({"buttons": [{**QUERY, "payload": {}}]}), -201, id="a payload of another kind"),
        pytest.param(with_payload({"buttons": [{**QUERY, "type": "oa.unknown"}]}), -201, id="an unknown button"),
        pytest.param(
            with_payload({"buttons": [{"type": "oa.open.url", "title": "Mở", "payload": {"url": "javascript:x"}}]}),
            -201,
            id="a link that is none",
        ),
        pytest.param(with_payload({"template_type": "carousel", "elements": [{}]}), -233, id="an unknown template"),
        pytest.param({"attachment": {"type": "video", "payload": {}}}, -233, id="an unknown attachment"),
        pytest.param({"attachment": {"type": "file", "payload": {"token": "none"}}}, -201, id="no such file"),
        pytest.param(
            with_payload({"template_type": "request_user_info", "elements": [{"title": "Liên hệ"}]}, None),
            0,
            id="a request for contact details",
        ),
        pytest.param(
            with_payload({"template_type": "request_user_info", "elements": [{"title": "a"}, {"title": "b"}]}, None),
            -210,
            id="two requests at once",
        ),
    ],
)
async def test_each_form_of_a_message_has_its_answer(
    browser: httpx.AsyncClient, api: httpx.AsyncClient, message: dict[str, Any], code: int
) -> None:
    await say(browser)
    answer = await api.post(CS, json={"recipient": {"user_id": HOA}, "message": message})
    assert (answer.status_code, answer.json()["error"]) == (200, code)
    assert len((await browser.get("/outbox")).json()) == (1 if code == 0 else 0)


@pytest.mark.parametrize(
    "body",
    [b"", b"not json", b"[]", b"{}", b'{"recipient":{"user_id":1},"message":{"text":"a"}}', b'{"recipient":"x"}'],
)
async def test_a_body_that_is_none_is_refused_politely(api: httpx.AsyncClient, body: bytes) -> None:
    answer = await api.post(CS, content=body)
    assert (answer.status_code, answer.json()["error"]) == (200, -201)


@pytest.mark.parametrize(("days", "code"), [(2.5, 0), (7, 0), (7.01, -230)])
async def test_a_citizen_may_be_written_to_for_seven_days(
    browser: httpx.AsyncClient, api: httpx.AsyncClient, clock: HandClock, simulator: Simulator, days: float, code: int
) -> None:
    await say(browser)
    simulator.citizens.last_interaction_was(HOA, clock.now - round(days * DAY_S * 1000))
    assert (await api.post(CS, json=text_to(HOA))).json()["error"] == code


async def test_receipts_do_not_open_the_window_but_following_does(
    browser: httpx.AsyncClient, api: httpx.AsyncClient, simulator: Simulator
) -> None:
    assert (await api.post(CS, json=text_to(BINH))).json()["error"] == -230
    await browser.post("/follow", json={"user_id": BINH})
    assert (await api.post(CS, json=text_to(BINH))).json()["error"] == 0
    await browser.post("/age", json={"user_id": BINH, "hours": 24 * 8})
    (message,) = (await browser.get("/outbox", params={"user_id": BINH})).json()
    simulator.citizen_acts.look(simulator.citizens.met(BINH), [message["message_id"]])
    assert (await api.post(CS, json=text_to(BINH))).json()["error"] == -230


async def test_nobody_can_write_to_a_stranger(api: httpx.AsyncClient) -> None:
    answer = (await api.post(CS, json=text_to("9223372036854775807"))).json()
    assert answer == {"error": -201, "message": "user_id is invalid"}


async def test_following_can_be_required(browser: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    await say(browser)
    await browser.post("/faults", json={"follow_required": True})
    assert (await api.post(CS, json=text_to(HOA))).json()["error"] == -213
    await browser.post("/follow", json={"user_id": HOA})
    assert (await api.post(CS, json=text_to(HOA))).json()["error"] == 0


async def test_the_quota_may_be_missing(browser: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    await say(browser)
    assert "quota" in (await api.post(CS, json=text_to(HOA))).json()["data"]
    await browser.post("/faults", json={"quota_members": False})
    assert "quota" not in (await api.post(CS, json=text_to(HOA))).json()["data"]


async def test_a_sent_message_comes_back_as_echo_and_receipts_in_this_order(
    browser: httpx.AsyncClient, api: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    await say(browser)
    message_id = (await api.post(CS, json=text_to(HOA))).json()["data"]["message_id"]
    await simulator.sender.deliver_due()
    assert receiver.names == ["user_send_text", "oa_send_text", "user_received_message", "user_seen_message"]
    echo, received, seen = (body["message"] for body in receiver.bodies[1:])
    assert echo["msg_id"] == received["msg_id"] == message_id
    assert seen["msg_ids"] == [message_id]
    assert "admin_id" not in receiver.bodies[1]["sender"]


async def test_somebody_at_the_page_has_not_seen_a_message_before_the_page_shows_it(
    browser: httpx.AsyncClient, api: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    await browser.post("/say", json={"user_id": HOA, "text": "Xin chào", "by": "page"})
    message_id = (await api.post(CS, json=text_to(HOA))).json()["data"]["message_id"]
    await simulator.sender.deliver_due()
    assert "user_seen_message" not in receiver.names
    for _ in range(2):  # seen twice is told once
        await browser.post(f"/phone/{HOA}/seen", json={"message_ids": [message_id]})
    await simulator.sender.deliver_due()
    assert receiver.names.count("user_seen_message") == 1


@pytest.mark.parametrize(
    ("option", "missing"),
    [("echo", "oa_send_text"), ("received", "user_received_message"), ("seen", "user_seen_message")],
)
async def test_echo_and_receipts_can_be_switched_off(
    browser: httpx.AsyncClient,
    api: httpx.AsyncClient,
    simulator: Simulator,
    receiver: Receiver,
    option: str,
    missing: str,
) -> None:
    await browser.post("/faults", json={option: False})
    await say(browser)
    await api.post(CS, json=text_to(HOA))
    await simulator.sender.deliver_due()
    expected = {"user_send_text", "oa_send_text", "user_received_message", "user_seen_message"} - {missing}
    assert set(receiver.names) == expected


async def test_a_tapped_query_button_comes_back_as_a_text(
    browser: httpx.AsyncClient, api: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    await say(browser)
    hidden = {"type": "oa.query.hide", "title": "Tra cứu", "payload": "#tracuu"}
    phone = {"type": "oa.open.phone", "title": "Gọi", "payload": {"phone_code": "842438000000"}}
    message = with_payload({"buttons": [QUERY, hidden, phone]})
    sent = await api.post(CS, json={"recipient": {"user_id": HOA}, "message": message})
    tap = {"user_id": HOA, "message_id": sent.json()["data"]["message_id"]}
    for button in ("Gửi đi", "Tra cứu", "Gọi"):
        await browser.post("/tap", json={**tap, "button": button})
    assert (await browser.post("/tap", json={**tap, "button": "Không có"})).status_code == 404
    await simulator.sender.deliver_due()
    texts = [body["message"]["text"] for body in receiver.bodies if body["event_name"] == "user_send_text"]
    assert texts == ["Xin chào", "Gửi đi", "#tracuu"]
    page = (await browser.get("/phone/snapshot")).json()
    shown = [each["text"] for each in page["citizens"][0]["messages"] if each["side"] == "citizen"]
    assert shown == ["Xin chào", "Gửi đi"]


async def test_staff_at_the_console_are_named_in_the_echo(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    await browser.post("/console/say", json={"user_id": HOA, "text": "Chị chờ một chút ạ."})
    await simulator.sender.deliver_due()
    assert receiver.bodies[0]["event_name"] == "oa_send_text"
    assert receiver.bodies[0]["sender"]["admin_id"].isdigit()


async def test_beyond_the_limit_of_the_minute_nothing_is_done(
    browser: httpx.AsyncClient, api: httpx.AsyncClient, clock: HandClock, simulator: Simulator
) -> None:
    await say(browser)
    first = await api.get("/v2.0/oa/getoa")
    assert (first.headers["x-ratelimit-limit"], first.headers["x-ratelimit-remain"]) == ("4000", "3999")
    await browser.post("/faults", json={"api_rate_limited": 1})
    refused = await api.post(CS, json=text_to(HOA))
    assert refused.json()["error"] == -32
    assert refused.headers["x-ratelimit-remain"] == "0"
    assert (await browser.get("/outbox")).json() == []


async def test_a_template_message_goes_by_user_id_without_a_window(
    browser: httpx.AsyncClient, api: httpx.AsyncClient
) -> None:
    values = {"ho_ten": "Trần Văn Bình", "ma": "HN-PA-1"}
    body = {"user_id": BINH, "template_id": "412207", "template_data": values}
    answer = (await api.post("/v3.0/oa/message/template", json=body)).json()
    assert answer["error"] == 0
    (received,) = (await browser.get("/outbox", params={"user_id": BINH})).json()
    assert received["message_id"] == answer["data"]["message_id"]
    assert "HN-PA-1" in received["text"]
    assert received["template"]["template_data"] == values


async def test_an_otp_template_does_not_go_by_user_id(browser: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    await browser.post("/templates", json={"template_id": "77", "name": "Mã", "kind": "otp", "text": "<ma>"})
    body = {"user_id": BINH, "template_id": "77", "template_data": {"ma": "1"}}
    assert (await api.post("/v3.0/oa/message/template", json=body)).json()["error"] == -249


async def test_the_old_way_of_sending_is_closed_but_reactions_go(
    browser: httpx.AsyncClient, api: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    event = await say(browser)
    assert (await api.post("/v2.0/oa/message", json=text_to(HOA))).json()["error"] == -240
    action = {"react_icon": "/-strong", "react_message_id": event["message"]["msg_id"]}
    body = {"recipient": {"user_id": HOA}, "sender_action": action}
    assert (await api.post("/v2.0/oa/message", json=body)).json()["error"] == 0
    await simulator.sender.deliver_due()
    assert receiver.names[-1] == "oa_reacted_message"
