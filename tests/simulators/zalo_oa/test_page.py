"""The page with the phones."""

import asyncio
import re

import httpx

from simulators.zalo_oa.page import ROOM
from simulators.zalo_oa.simulator import Simulator
from tests.simulators.zalo_oa.scene import HOA, Receiver


async def test_the_page_says_that_it_is_a_simulation_and_loads_nothing_from_elsewhere(
    browser: httpx.AsyncClient,
) -> None:
    page = await browser.get("/")
    assert "mô phỏng" in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert loaded
    for path in loaded:
        assert path.startswith("/static/")
        assert (await browser.get(path)).status_code == 200


def test_no_file_of_the_page_names_another_host() -> None:
    for path in (*ROOM.glob("static/*"), *ROOM.glob("templates/*")):
        foreign = set(re.findall(r"https?://[\w.-]+", path.read_text())) - {"http://www.w3.org"}
        assert not foreign, path.name


async def test_three_citizens_stand_side_by_side_and_one_more_can_be_added(browser: httpx.AsyncClient) -> None:
    first = (await browser.get("/phone/snapshot")).json()["citizens"]
    assert [each["name"] for each in first] == ["Nguyễn Thị Hoa", "Trần Văn Bình", "Lê Thị Hạnh"]
    added = (await browser.post("/phone/citizens", json={})).json()["user_id"]
    citizens = (await browser.get("/phone/snapshot")).json()["citizens"]
    assert [each["user_id"] for each in citizens][3] == added
    assert int(added) > 2**53


async def test_the_page_is_told_of_news_while_it_waits(browser: httpx.AsyncClient) -> None:
    known = (await browser.get("/phone/snapshot")).json()["revision"]
    async with asyncio.timeout(5):  # without news the simulator would wait longer
        waited, _ = await asyncio.gather(
            browser.get("/phone/snapshot", params={"after": known}),
            browser.post("/say", json={"user_id": HOA, "text": "Tin mới", "by": "page"}),
        )
    news = waited.json()
    assert news["revision"] > known
    assert [each["text"] for each in news["citizens"][0]["messages"]] == ["Tin mới"]


async def test_the_phone_shows_how_far_a_message_came(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    async def told() -> str:
        snapshot = (await browser.get("/phone/snapshot")).json()
        state: str = snapshot["citizens"][0]["messages"][0]["told"]
        return state

    await browser.post("/say", json={"user_id": HOA, "text": "Xin chào", "by": "page"})
    assert await told() == "pending"
    await simulator.sender.deliver_due()
    assert await told() == "delivered"


async def test_photos_and_documents_from_this_computer_are_sent(
    browser: httpx.AsyncClient, simulator: Simulator, receiver: Receiver
) -> None:
    photo = {"file": ("ảnh.jpg", b"\xff\xd8\xff", "image/jpeg")}
    await browser.post(f"/phone/{HOA}/file", files=photo, data={"caption": "Chỗ này"})
    await browser.post(f"/phone/{HOA}/file", files={"file": ("đơn.pdf", b"%PDF", "application/pdf")})
    assert (await browser.post(f"/phone/{HOA}/file", files={"file": ("x.pdf", b"")})).status_code == 413
    assert (await browser.post("/phone/1/file", files=photo)).status_code == 404
    await simulator.sender.deliver_due()
    assert receiver.names == ["user_send_image", "user_send_file"]
    assert receiver.bodies[0]["message"]["text"] == "Chỗ này"
    assert receiver.bodies[1]["message"]["attachments"][0]["payload"]["name"] == "đơn.pdf"
