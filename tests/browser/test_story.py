"""The two stories as people live them: on the phone and at the desk, in a real browser, narrow and wide."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import WIDTHS, Window
from tests.browser.person import Citizen, Officer

pytestmark = [pytest.mark.browser]
Open = Callable[[str], Window]

ANSWER = (
    "UBND phường Láng đã nhận hồ sơ khai sinh của con ông/bà sáng 23/11/2026 và không yêu cầu hộ khẩu giấy nữa. "
    "Giấy khai sinh được trả trong ngày, theo Luật Hộ tịch và Luật Cư trú 2020."
)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_procedure_is_told_answered_approved_and_looked_up(window: Open, width: str, pictures: Path) -> None:
    citizen = Citizen(window(width), 0 if width == "desktop" else 2)
    citizen.say("phường Láng bắt phải có hộ khẩu giấy mới nhận hồ sơ khai sinh cho con em", "đồng ý không")
    citizen.tap("Tôi đồng ý", "họ tên và số điện thoại")
    citizen.say("Nguyễn Thị Hoa, 0912 345 678", "phường, xã nào")
    citizen.say("phường Láng", "xem lại trước khi gửi")
    citizen.say("sửa số điện thoại 0987 654 321", "Số điện thoại: 0987 654 321")
    citizen.tap("Gửi đi", "mã HN-PA")
    citizen.sees("UBND phường Láng sẽ trả lời trước")
    code = citizen.code()

    handler = Officer(window(width), "lang.canbo")
    handler.open(code)
    expect(handler.page.get_by_text("HT01").first).to_be_visible()
    handler.page.screenshot(path=pictures / f"case-{width}.png", full_page=True)
    handler.do("Tiếp nhận xử lý")
    handler.page.get_by_label("Chấp nhận", exact=True).check()
    handler.page.get_by_label("Câu trả lời gửi người dân").fill(ANSWER)
    handler.do("Trình duyệt")
    expect(handler.page.locator("article").get_by_text("Chờ duyệt kết quả").first).to_be_visible()

    approver = Officer(window(width), "lang.lanhdao")
    approver.open(code)
    expect(approver.page.locator("#task").get_by_text(ANSWER[:60])).to_be_visible()
    approver.page.locator("#task").get_by_role("link", name="Duyệt và gửi người dân").click()
    approver.window.fits()
    approver.page.get_by_role("button", name="Duyệt và gửi", exact=True).click()
    expect(approver.page.locator("article").get_by_text("Đã trả lời").first).to_be_visible()

    citizen.sees(re.escape(ANSWER[:60]))
    citizen.window.page.screenshot(path=pictures / f"phone-{width}.png")
    citizen.say(code, "Đã trả lời")

    page = window(width).page
    page.goto(f"{citizen.window.city.url}/tra-cuu")
    page.get_by_label(re.compile("Mã")).first.fill(code)
    page.locator("main button").first.click()
    expect(page.locator(".timeline > li")).to_have_count(5)
    expect(page.get_by_text(ANSWER[:40])).to_have_count(0)
    page.screenshot(path=pictures / f"look-up-{width}.png", full_page=True)


@pytest.mark.parametrize("width", WIDTHS)
def test_an_official_s_conduct_reaches_the_head_and_no_ordinary_officer(
    window: Open, width: str, pictures: Path
) -> None:
    citizen = Citizen(window(width), 1)
    told = "cán bộ một cửa phường Láng quát tôi, hẹn ba lần không trả kết quả"
    if width == "desktop":
        citizen.say(told, "đồng ý không")
        citizen.say("đồng ý", "họ tên và số điện thoại")
        citizen.say("Trần Văn Bình, 0912 000 345, ở phường Láng", "xem lại trước khi gửi")
    else:
        # The same citizen wrote an hour ago: we ask whether it belongs together, and nothing we know already.
        citizen.say(told, "bổ sung cho phản ánh đó hay một việc mới")
        citizen.tap("Việc mới", "đồng ý không")
        citizen.say("đồng ý", "xem lại trước khi gửi")
    citizen.tap("Gửi đi", "mã HN-PA")
    citizen.sees("người đứng đầu UBND phường Láng")
    code = citizen.code()

    ordinary = Officer(window(width), "lang.canbo")
    ordinary.page.get_by_label("Mã hồ sơ").fill(code)
    ordinary.page.get_by_role("button", name="Tìm").click()
    expect(ordinary.page.get_by_text("quát tôi")).to_have_count(0)

    for login in ("lang.chutich", "vanphong"):
        officer = Officer(window(width), login)
        officer.open(code)
        expect(officer.page.locator("article").first).to_contain_text("quát")
        expect(officer.page.get_by_text("Trần Văn Bình")).to_have_count(0)
        officer.page.screenshot(path=pictures / f"conduct-{login}-{width}.png", full_page=True)
        path = officer.page.url
        assert ordinary.page.goto(path).status == 404  # type: ignore[union-attr]

    officer.page.get_by_text("Đã ẩn – Xem (ghi nhật ký)").click()
    officer.page.get_by_label("Vì sao cần xem").fill("Cần hẹn người gửi đến xác minh")
    officer.page.get_by_role("button", name="Xem và ghi nhật ký").click()
    expect(officer.page.get_by_text("Trần Văn Bình").first).to_be_visible()
    officer.page.goto(path)
    expect(officer.page.get_by_text("Trần Văn Bình")).to_have_count(0)
    expect(officer.page.get_by_text("Cần hẹn người gửi đến xác minh").first).to_be_visible()
