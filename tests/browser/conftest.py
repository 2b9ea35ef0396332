"""A whole city and a real Chromium for the stories told through pages."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from tests.support.city import City

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
WIDTHS = {"desktop": (1440, 900), "phone": (390, 844)}


@pytest.fixture(scope="session")
def city(fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """The city, prepared and started."""
    running = City(tmp_path_factory.mktemp("city"), fresh_database("browser"))
    try:
        running.prepare()
        running.start_phone()
        running.start()
        yield running
    finally:
        running.close()


@pytest.fixture(scope="session")
def browser(city: City) -> Iterator[Browser]:
    """One Chromium for all stories, started when the city is prepared: both want the main thread's event loop."""
    assert CHROMIUM, "Chromium is missing. On Debian: apt-get install chromium"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


PARTS = ("stylesheet", "script", "image", "font")
"""What a page brings along, as Chromium names it."""


class Window:
    """One person's browser: it fails the test on a script error, a request to anybody else, a part that never came."""

    def __init__(self, browser: Browser, city: City, width: str) -> None:
        wide, high = WIDTHS[width]
        self.context: BrowserContext = browser.new_context(viewport={"width": wide, "height": high}, locale="vi-VN")
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.city = city
        self.width = wide
        self.troubles: list[str] = []
        ours = (city.url, city.phone_url, "data:", "blob:")
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on(
            "request", lambda request: None if request.url.startswith(ours) else self.troubles.append(request.url)
        )

        self.page.on("response", self._came)

    def _came(self, answer: Response) -> None:
        if answer.request.resource_type in PARTS and answer.status >= 400:
            self.troubles.append(f"{answer.status} {answer.url}")

    def fits(self) -> None:
        """Nothing sticks out to the side, every image has an alternative, every field a label, one main heading."""
        self.page.wait_for_load_state("load")  # measured earlier, a page stands there without its style
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width
        assert self.page.locator("img:not([alt])").count() == 0
        assert self.page.locator("h1").count() == 1
        assert self.page.get_attribute("html", "lang") == "vi"
        unlabelled = self.page.evaluate(
            """[...document.querySelectorAll('input:not([type=hidden]), select, textarea:not([hidden])')]
               .filter(field => !field.labels?.length && !field.getAttribute('aria-label'))
               .map(field => field.outerHTML)"""
        )
        assert unlabelled == []

    def close(self) -> None:
        """Close it; nothing may have gone wrong meanwhile."""
        self.context.close()
        assert self.troubles == []


@pytest.fixture
def window(browser: Browser, city: City) -> Iterator[Callable[[str], Window]]:
    """Open a person's browser: `window("phone")` or `window("desktop")`."""
    opened: list[Window] = []

    def open_window(width: str) -> Window:
        opened.append(Window(browser, city, width))
        return opened[-1]

    yield open_window
    for one in opened:
        one.close()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots of this run go."""
    return tmp_path_factory.mktemp("pictures")
