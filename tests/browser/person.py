"""The people of the stories: a citizen with a phone, an officer at the desk."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Window


class Citizen:
    """Somebody who writes on the simulated phone."""

    def __init__(self, window: Window, place: int) -> None:
        self.window = window
        page = window.page
        page.goto(window.city.phone_url)
        if window.width < 700:
            page.locator("#switcher button").nth(place).click()
            self.phone: Locator = page.locator(".handset:visible")
        else:
            self.phone = page.locator(".handset").nth(place)
        expect(self.phone).to_be_visible()

    def say(self, text: str, then: str) -> None:
        """Write one message and wait until the phone shows a reply with these words."""
        before = self.phone.get_by_text(re.compile(then)).count()
        self.phone.locator("form.composer textarea, form.composer input[type=text]").first.fill(text)
        self.phone.get_by_role("button", name="Gửi", exact=True).click()
        expect(self.phone.get_by_text(re.compile(then)).nth(before)).to_be_visible()

    def tap(self, title: str, then: str) -> None:
        """Tap the newest button with this title."""
        before = self.phone.get_by_text(re.compile(then)).count()
        self.phone.get_by_role("button", name=title).last.click()
        expect(self.phone.get_by_text(re.compile(then)).nth(before)).to_be_visible()

    def sees(self, words: str) -> None:
        """Wait until these words are on the phone."""
        expect(self.phone.get_by_text(re.compile(words)).last).to_be_visible()

    def code(self) -> str:
        """The code this citizen was given last."""
        found = re.findall(r"HN-PA-\d{6}-\d{5}-[A-Z]", self.phone.inner_text())
        return str(found[-1])


class Officer:
    """Somebody signed in at the desk."""

    def __init__(self, window: Window, login: str) -> None:
        self.window, self.page = window, window.page
        self.page.goto(f"{window.city.url}/desk")
        window.fits()
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", window.city.password(login))
        self.page.locator("main button").first.click()
        expect(self.page.get_by_text("Đăng xuất")).to_be_visible()

    def open(self, code: str) -> None:
        """Find a case by its code."""
        self.page.get_by_label("Mã hồ sơ").fill(code)
        self.page.get_by_role("button", name="Tìm").click()
        expect(self.page.get_by_role("heading", name=code)).to_be_visible()
        self.window.fits()

    def do(self, button: str) -> None:
        """Press the main button of the task."""
        self.page.locator("#task").get_by_role("button", name=button, exact=True).click()
