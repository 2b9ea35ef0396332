"""The review page in a real browser: one key, one decision; nothing fires while somebody types."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.person import Officer
from tests.support.citizen import Citizen
from tests.support.city import City

pytestmark = [pytest.mark.browser]
Open = Callable[[str], Window]

FLOODED = "đường trước nhà tôi ngập quá các anh ơi, phường Láng không ai lo, gọi mãi không ai nghe máy"
"""Not about a procedure: the machine proposes a refusal, and a person decides."""


@pytest.fixture
def citizen(city: City) -> Iterator[Citizen]:
    """Somebody who has never written before."""
    met = Citizen(city)
    yield met
    met.close()


def waits(page: Page, city: City, code: str) -> None:
    """Open the case of the queue with this code."""
    page.goto(f"{city.url}/desk/review")
    page.locator(".row", has_text=code).click()
    shown(page, code)


def shown(page: Page, code: str) -> None:
    """Wait until the page of this case takes keys."""
    expect(page.get_by_role("heading", level=1)).to_have_text(code)
    page.locator("body[data-ready]").wait_for()


def test_a_decision_is_one_key_and_another_takes_it_back(window: Open, city: City, citizen: Citizen) -> None:
    code = citizen.files(FLOODED)
    page = Officer(window("desktop"), "vanphong").page
    waits(page, city, code)

    page.keyboard.press("1")
    expect(page.locator("#review-kind input:focus")).to_have_count(1)
    page.keyboard.press("5")
    page.get_by_label("Mã hồ sơ").focus()
    for key in ("7", "u"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", level=1)).to_have_text(code)
    expect(page.locator("[data-undo]")).to_have_count(0)

    page.get_by_label("Mã hồ sơ").fill("")
    page.locator("#case-title").click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("đúng như máy")
    page.keyboard.press("5")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.keyboard.press("Enter")
    undo = page.locator("[data-undo]")
    expect(undo).to_contain_text(code)
    expect(undo).to_contain_text("trả lời TCH04")
    page.locator("body[data-ready]").wait_for()
    page.keyboard.press("u")
    shown(page, code)
    expect(page.get_by_text("Đã hoàn tác")).to_be_visible()

    page.keyboard.press("6")
    expect(undo).to_contain_text(code)
    expect(undo.locator(".until")).to_have_text("Hết thời gian hoàn tác.", timeout=30_000)
    citizen.hears(lambda message: code in message.text and "phản ánh hiện trường" in message.text)


def test_on_a_phone_and_without_scripts_every_decision_is_a_button(window: Open, city: City, citizen: Citizen) -> None:
    code = citizen.files(FLOODED)
    signed_in = Officer(window("phone"), "vanphong2")
    state = signed_in.page.context.storage_state()
    plain = signed_in.page.context.browser.new_context(  # type: ignore[union-attr]
        viewport={"width": 390, "height": 844}, java_script_enabled=False, storage_state=state
    )
    page = plain.new_page()
    page.goto(f"{city.url}/desk/review")
    page.locator(".row", has_text=code).click()
    page.get_by_role("button", name="Chưa đủ rõ", exact=True).click()
    expect(page.locator("[data-undo]")).to_contain_text(f"{code}: Chưa đủ rõ → trả lời TCH07")
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(code)
    page.locator("summary.way").click()
    page.get_by_label("Vướng mắc về thủ tục, quy định").check()
    page.get_by_label("Kiến nghị").check()
    page.get_by_label("Lĩnh vực").select_option("giao_thong")
    page.get_by_role("button", name="Ghi", exact=True).click()
    expect(page.locator("[data-undo]")).to_contain_text("hồ sơ ở lại Văn phòng: chưa rõ việc gì")
    plain.close()
