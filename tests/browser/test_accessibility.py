"""No page of ours shuts anybody out: every one of them inspected under WCAG 2.2 AA, narrow and wide."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import WIDTHS, Window
from tests.browser.inspection import Inspection, barriers
from tests.browser.person import Officer
from tests.support.citizen import BIRTH, CONSENT, NAME_AND_PHONE, RESIDENCE, SUMMARY, Citizen
from tests.support.city import City
from tests.support.officer import ANSWER, Browser

pytestmark = [pytest.mark.browser]
Open = Callable[[str], Window]

CONDUCT = "cán bộ một cửa phường Láng quát tôi, hẹn ba lần không trả kết quả"
FLOODED = "đường trước nhà tôi ngập quá các anh ơi, phường Láng không ai lo, gọi mãi không ai nghe máy"
SORRY = "Việc này do Sở Xây dựng trả lời trên trang riêng của Sở."


@pytest.fixture
def citizen(city: City) -> Iterator[Citizen]:
    """Somebody who has never written before."""
    met = Citizen(city)
    yield met
    met.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_of_the_desk_shuts_an_officer_out(
    window: Open, width: str, city: City, citizen: Citizen, pictures: Path
) -> None:
    code = citizen.files(BIRTH)
    citizen.hears_where_it_went(code)
    stranger = Inspection(window(width), pictures)
    page = stranger.window.page
    page.goto(f"{city.url}/desk/sign-in")
    stranger.look("sign-in")
    page.fill("input[name=login]", "lang.canbo")
    page.fill("input[name=password]", "khong-phai-mat-khau")
    page.locator("main button").first.click()
    stranger.look("sign-in-wrong")

    handler = Officer(window(width), "lang.canbo")
    clerk, page = Inspection(handler.window, pictures), handler.page
    page.goto(f"{city.url}/desk?list=new")
    clerk.look("inbox")
    page.goto(f"{city.url}/desk?list=sent-back")
    clerk.look("inbox-empty")
    page.goto(f"{city.url}/desk/search?q=HN-PA-000000-00000-0")
    clerk.look("search-nothing")
    page.goto(f"{city.url}/desk/khong-co-trang-nay")
    clerk.look("not-there")
    page.goto(f"{city.url}/desk")
    handler.open(code)
    clerk.look("case-assigned")
    handler.do("Tiếp nhận xử lý")
    expect(page.get_by_label("Câu trả lời gửi người dân")).to_be_visible()
    clerk.look("answer")
    page.evaluate("document.querySelectorAll('form').forEach(form => { form.noValidate = true })")
    handler.do("Trình duyệt")
    expect(page.locator(".errors")).to_be_visible()
    clerk.look("answer-wrong")
    page.get_by_label("Chấp nhận", exact=True).check()
    page.get_by_label("Câu trả lời gửi người dân").fill(ANSWER)
    handler.do("Trình duyệt")
    expect(page.get_by_text("Đã trình duyệt.")).to_be_visible()
    clerk.look("case-submitted")

    head = Officer(window(width), "lang.lanhdao")
    approver, page = Inspection(head.window, pictures), head.page
    head.open(code)
    approver.look("case-approval")
    page.locator("#task").get_by_role("link", name="Duyệt và gửi người dân").click()
    expect(page.get_by_role("heading", name="Duyệt và gửi người dân")).to_be_visible()
    approver.look("approve")
    page.get_by_role("button", name="Duyệt và gửi", exact=True).click()
    expect(page.get_by_text("Đã duyệt.")).to_be_visible()
    approver.look("case-answered")
    for inspection in (stranger, clerk, approver):
        assert inspection.found == [], inspection.report()


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_of_the_office_shuts_an_officer_out(
    window: Open, width: str, city: City, citizen: Citizen, pictures: Path
) -> None:
    citizen.asks(CONDUCT, CONSENT)
    citizen.asks("", "ảnh", {"type": "image"})
    citizen.asks("tôi đồng ý", NAME_AND_PHONE)
    citizen.asks(f"{citizen.name}, {citizen.phone}", RESIDENCE)
    citizen.asks("ngay nơi xảy ra việc", SUMMARY)
    code = citizen.confirms(CONDUCT)
    citizen.hears_where_it_went(code)

    officer = Officer(window(width), "vanphong")
    office, page = Inspection(officer.window, pictures), officer.page
    page.goto(f"{city.url}/desk?list=at-agencies")
    office.look("office-list")
    officer.open(code)
    office.look("case-conduct")
    page.get_by_label("Vì sao cần xem").fill("Cần hẹn người gửi đến xác minh")
    page.get_by_role("button", name="Xem và ghi nhật ký").click()
    expect(page.get_by_text(citizen.name)).to_be_visible()
    office.look("case-sender")
    page.goto(page.url)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    page.get_by_label("Lý do không thụ lý").select_option("TCH05")
    page.get_by_label(re.compile("Nói thêm với người gửi")).fill(SORRY)
    page.get_by_role("button", name="Xem tin sẽ gửi").click()
    expect(page.get_by_role("heading", name=re.compile("Không thụ lý"))).to_be_visible()
    office.look("refuse")
    page.get_by_role("button", name="Gửi và đóng hồ sơ").click()
    expect(page.get_by_text("Đã trả lời không thụ lý.")).to_be_visible()
    office.look("case-refused")

    sender = Inspection(window(width), pictures)
    _look_up(sender, city, code, citizen.phone[-4:])
    expect(sender.window.page.get_by_text(SORRY)).to_be_visible()
    sender.look("look-up-refused")
    for inspection in (office, sender):
        assert inspection.found == [], inspection.report()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_review_page_shuts_no_officer_out(
    window: Open, width: str, city: City, citizen: Citizen, pictures: Path
) -> None:
    code = citizen.files(FLOODED)
    officer = Officer(window(width), "vanphong")
    office, page = Inspection(officer.window, pictures), officer.page
    officer.open(code)
    office.look("case-doubtful")
    page.goto(f"{city.url}/desk/review")
    office.look("review-queue")
    page.locator(".row", has_text=code).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(code)
    office.look("review-case")
    page.evaluate("document.querySelectorAll('form').forEach(form => { form.noValidate = true })")
    page.get_by_role("button", name="Ghi", exact=True).click()
    expect(page.locator(".errors")).to_be_visible()
    office.look("review-wrong")
    page.get_by_role("button", name="Câu hỏi, đề nghị hướng dẫn", exact=True).click()
    expect(page.locator("[data-undo]")).to_contain_text(code)
    office.look("review-kept")
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.get_by_text("Đã hoàn tác")).to_be_visible()
    office.look("review-undone")
    assert office.found == [], office.report()


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_for_citizens_shuts_anybody_out(
    window: Open, width: str, city: City, citizen: Citizen, pictures: Path
) -> None:
    code = citizen.files(BIRTH)
    citizen.hears_where_it_went(code)
    clerk, approver = Browser(city), Browser(city)
    clerk.signs_in("lang.canbo")
    clerk.sends(clerk.finds(code).form("/accept"))
    clerk.sends(clerk.finds(code).form("/answer"), outcome="accepted", text=ANSWER, do="submit")
    approver.signs_in("lang.lanhdao")
    before = approver.open(next(link for link in approver.finds(code).links if link.endswith("/approve")))
    approver.sends(before.form("/approve"))
    citizen.hears(lambda message: ANSWER in message.text)
    clerk.close()
    approver.close()

    sender = Inspection(window(width), pictures)
    page = sender.window.page
    page.goto(city.url)
    sender.look("front")
    page.goto(f"{city.url}/tra-cuu")
    sender.look("look-up")
    page.goto(f"{city.url}/tra-cuu?ma={code[:-1]}0")
    expect(page.locator(".errors")).to_be_visible()
    sender.look("look-up-wrong")
    page.goto(f"{city.url}/tra-cuu?ma={code}")
    expect(page.locator(".timeline")).to_be_visible()
    sender.look("look-up-public")
    _look_up(sender, city, code, citizen.phone[-4:])
    expect(page.get_by_text(ANSWER[:40])).to_be_visible()
    sender.look("look-up-own")
    assert sender.found == [], sender.report()


def test_the_inspection_notices_what_shuts_people_out(window: Open) -> None:
    page = window("phone").page
    page.set_content(
        '<html><head><title></title></head><body><input><p style="color: #bbb; background: #fff">Nhạt quá</p>'
        '<a href="#a" style="font-size: 8px">a</a><a href="#b" style="font-size: 8px">b</a></body></html>'
    )
    found = "\n".join(barriers(page))
    for rule in ("html-has-lang", "document-title", "label", "color-contrast", "target-size"):
        assert rule in found


def _look_up(sender: Inspection, city: City, code: str, digits: str) -> None:
    page = sender.window.page
    page.goto(f"{city.url}/tra-cuu")
    page.get_by_label("Mã phản ánh").fill(code)
    page.get_by_label(re.compile("4 số cuối")).fill(digits)
    page.get_by_role("button", name="Tra cứu").click()
    expect(page.get_by_role("heading", name=code)).to_be_visible()
