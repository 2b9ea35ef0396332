"""Uploads and what the application may read."""

import json
from typing import Any

import httpx
import pytest

from tests.simulators.zalo_oa.scene import HOA, HandClock, text_to

JPEG = b"\xff\xd8\xff\xe0" + b"0" * 100
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100
GIF = b"GIF89a" + b"0" * 100


async def upload(api: httpx.AsyncClient, kind: str, name: str, content: bytes) -> dict[str, Any]:
    answer = await api.post(f"/v2.0/oa/upload/{kind}", files={"file": (name, content)})
    told: dict[str, Any] = answer.json()
    assert answer.status_code == 200
    return told


@pytest.mark.parametrize(
    ("kind", "name", "content", "code"),
    [
        ("image", "a.jpg", JPEG, 0),
        ("image", "a.png", PNG, 0),
        ("image", "a.jpg", GIF, -201),
        ("image", "a.jpg", JPEG + bytes(1024 * 1024), -210),
        ("gif", "a.gif", GIF, 0),
        ("gif", "a.gif", PNG, -201),
        ("file", "a.pdf", b"%PDF-1.7", 0),
        ("file", "a.csv", b"a,b", 0),
        ("file", "a.xlsx", b"PK", -201),
        ("file", "a.pdf", bytes(5 * 1024 * 1024 + 1), -210),
        ("file", "a.pdf", b"", -201),
    ],
)
async def test_an_upload_is_judged_by_kind_and_size(
    api: httpx.AsyncClient, kind: str, name: str, content: bytes, code: int
) -> None:
    told = await upload(api, kind, name, content)
    assert told["error"] == code
    if code == 0:
        assert set(told["data"]) == {"token" if kind == "file" else "attachment_id"}


async def test_an_upload_without_a_file_is_refused(api: httpx.AsyncClient) -> None:
    assert (await api.post("/v2.0/oa/upload/image", data={"x": "y"})).json()["error"] == -201


async def test_an_uploaded_picture_and_document_reach_the_citizen(
    browser: httpx.AsyncClient, api: httpx.AsyncClient
) -> None:
    await browser.post("/say", json={"user_id": HOA, "text": "Xin chào"})
    picture = (await upload(api, "image", "sơ đồ.jpg", JPEG))["data"]["attachment_id"]
    document = (await upload(api, "file", "Mẫu CT01.pdf", b"%PDF-1.7"))["data"]["token"]
    element = {"media_type": "image", "attachment_id": picture}
    media = {"type": "template", "payload": {"template_type": "media", "elements": [element]}}
    for message in (
        {"text": "Sơ đồ", "attachment": media},
        {"attachment": {"type": "file", "payload": {"token": document}}},
    ):
        answer = await api.post("/v3.0/oa/message/cs", json={"recipient": {"user_id": HOA}, "message": message})
        assert answer.json()["error"] == 0
    shown, paper = [each["attachments"][0] for each in (await browser.get("/outbox")).json()]
    assert (await browser.get(shown["payload"]["url"])).content == JPEG
    assert paper["payload"]["name"] == "Mẫu CT01.pdf"
    assert (await browser.get(paper["payload"]["url"])).content == b"%PDF-1.7"


async def test_an_upload_expires_after_seven_days(
    browser: httpx.AsyncClient, api: httpx.AsyncClient, clock: HandClock
) -> None:
    token = (await upload(api, "file", "a.pdf", b"%PDF-1.7"))["data"]["token"]
    clock.advance(7 * 24 * 3600)
    form = {"refresh_token": "refresh-1", "app_id": "4187308559620713842", "grant_type": "refresh_token"}
    secret = {"secret_key": "vi-du-app-secret-chi-de-kiem-thu"}
    access = (await browser.post("/v4/oa/access_token", headers=secret, data=form)).json()["access_token"]
    await browser.post("/say", json={"user_id": HOA, "text": "Xin chào"})
    message = {"attachment": {"type": "file", "payload": {"token": token}}}
    body = {"recipient": {"user_id": HOA}, "message": message}
    answer = await api.post("/v3.0/oa/message/cs", json=body, headers={"access_token": access})
    assert answer.json()["error"] == -100


async def read(api: httpx.AsyncClient, path: str, **asked: Any) -> dict[str, Any]:
    answer = await api.get(path, params={"data": json.dumps(asked)})
    told: dict[str, Any] = answer.json()
    assert answer.status_code == 200
    return told


async def test_a_citizens_details_have_the_phone_as_a_number(
    browser: httpx.AsyncClient, api: httpx.AsyncClient
) -> None:
    await browser.post("/say", json={"user_id": HOA, "text": "Xin chào"})
    told = (await read(api, "/v3.0/oa/user/detail", user_id=HOA))["data"]
    assert told["display_name"] == "Nguyễn Thị Hoa"
    assert told["user_last_interaction_date"] == "21/11/2026"
    assert told["shared_info"]["phone"] == 84912000678
    assert told["user_is_follower"] is False


async def test_the_account_tells_its_followers(browser: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    await browser.post("/follow", json={"user_id": HOA})
    told = (await api.get("/v2.0/oa/getoa")).json()["data"]
    assert (told["oa_id"], told["num_follower"]) == ("2740116598031175526", 1)


async def test_a_conversation_is_read_newest_first_in_pages(browser: httpx.AsyncClient, api: httpx.AsyncClient) -> None:
    for text in ("một", "hai"):
        await browser.post("/say", json={"user_id": HOA, "text": text})
    await api.post("/v3.0/oa/message/cs", json=text_to(HOA, "ba"))
    page = await read(api, "/v2.0/oa/conversation", user_id=HOA, offset=0, count=2)
    assert [(each["src"], each["message"]) for each in page["data"]] == [(0, "ba"), (1, "hai")]
    rest = await read(api, "/v2.0/oa/conversation", user_id=HOA, offset=2, count=10)
    assert [each["message"] for each in rest["data"]] == ["một"]
    (chat,) = (await read(api, "/v2.0/oa/listrecentchat", offset=0, count=10))["data"]
    assert (chat["message"], chat["from_id"], chat["to_id"]) == ("ba", "2740116598031175526", HOA)


@pytest.mark.parametrize(
    ("path", "asked", "code"),
    [
        ("/v3.0/oa/user/detail", {"user_id": "1"}, -201),
        ("/v2.0/oa/conversation", {"user_id": "1"}, -201),
        ("/v2.0/oa/conversation", {"user_id": HOA, "count": 11}, -210),
        ("/v2.0/oa/listrecentchat", {"offset": -1}, -201),
        ("/v2.0/oa/listrecentchat", {"count": 0}, -201),
    ],
)
async def test_reading_beyond_the_limits_is_refused(
    api: httpx.AsyncClient, path: str, asked: dict[str, Any], code: int
) -> None:
    assert (await read(api, path, **asked))["error"] == code


async def test_reading_needs_its_question_in_json(api: httpx.AsyncClient) -> None:
    for asked in ("", "x", "[]"):
        assert (await api.get("/v3.0/oa/user/detail", params={"data": asked})).json()["error"] == -201
