"""Looks at a page for whoever cannot see, cannot point, or cannot read grey on grey: axe-core under WCAG 2.2 AA."""

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

from tests.browser.conftest import Window

RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
_LOOK: Final = """rules => axe.run(document, {
    runOnly: {type: 'tag', values: rules}, resultTypes: ['violations'], elementRef: false,
})"""


@cache
def _axe() -> str:
    # The wheel brings Deque's axe-core (MPL-2.0) as it was published; nothing of it is in this repository.
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def barriers(page: Page) -> list[str]:
    """What shuts somebody out of a page: the rule, what it asks for, and where."""
    page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate(_LOOK, list(RULES))
    return [
        f"{rule['id']}: {rule['help']}: {node['target'][0]}\n{node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@dataclass
class Inspection:
    """One person's way through our pages, each looked at as it stands; told together at the end."""

    window: Window
    pictures: Path
    found: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def look(self, name: str) -> None:
        """Look at the page that is open now, with everything that can be unfolded unfolded, and keep a picture."""
        page = self.window.page
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        self.window.fits()
        self.found += [f"{name}: {barrier}" for barrier in barriers(page)]
        self.seen.append(name)
        page.screenshot(path=self.pictures / f"{name}-{self.window.width}.png", full_page=True)

    def report(self) -> str:
        """Everything found."""
        return "\n\n".join(self.found)
