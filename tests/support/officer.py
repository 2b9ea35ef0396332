"""Officers of a city: at the desk in a browser, or an agency's own system with its token."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final, Self

import httpx

from libs.local import wait_until
from tests.support.city import City
from tests.support.client import client

ANSWER: Final = (
    "UBND phường Láng đã kiểm tra. Việc yêu cầu sổ hộ khẩu giấy là không đúng; bộ phận một cửa đã được chấn chỉnh. "
    "Mời ông/bà mang giấy chứng sinh tới nộp lại, hồ sơ được nhận ngay trong buổi."
)
LANG: Final = "HN-CN00199"
"""The ward Láng."""
OFFICE: Final = "HN-VPUB"
"""The city's Office."""
SYSTEMS: Final = {
    "clerk": (LANG, "agency_focal handler"),
    "approver": (LANG, "approver"),
    "head": (LANG, "head"),
    "office": (OFFICE, "office"),
    "auditor": (OFFICE, "auditor"),
    "stranger": ("HN-SNV25", "agency_focal handler approver"),
}
"""Whose systems take part in the stories: agency and roles."""
_TOKEN: Final = re.compile(r"\bln_[\w-]{43}")


class AgencySystem:
    """An agency's own system, acting by REST."""

    def __init__(self, city: City, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._http = client(f"{city.url}/routing/api/v1", headers=headers)

    def cases(self, **query: Any) -> dict[str, dict[str, Any]]:
        """The cases this system is shown, by their codes."""
        page = self._http.get("/cases", params={"limit": 200, **query}).raise_for_status().json()
        return {case["code"]: case for case in page["cases"]}

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def asks(self, method: str, address: str, body: object = None) -> httpx.Response:
        """Ask an address as the API's description gives it."""
        return self._http.request(method, address.removeprefix("/api/v1"), json=body, headers={"If-Match": '"1"'})

    def explains(self, question: dict[str, Any]) -> httpx.Response:
        """Ask who would answer."""
        return self._http.post("/assignments:explain", json=question)

    def case(self, feedback_id: str) -> dict[str, Any]:
        """One case as this system sees it."""
        sheet: dict[str, Any] = self._http.get(f"/cases/{feedback_id}").raise_for_status().json()
        return sheet

    def tries(self, feedback_id: str, action: str, version: int = 1, **body: Any) -> httpx.Response:
        """Try to do something with a case; whatever the answer."""
        path, headers = f"/cases/{feedback_id}:{action}", {"If-Match": f'"{version}"'}
        return self._http.post(path, json=body or None, headers=headers)

    def does(self, feedback_id: str, action: str, **body: Any) -> dict[str, Any]:
        """Do something with a case as it stands now."""
        answer = self.tries(feedback_id, action, self.case(feedback_id)["version"], **body)
        assert answer.status_code == 200, f"{action}: {answer.status_code} {answer.text}"
        done: dict[str, Any] = answer.json()
        return done


def when_there(look: Callable[[], Any]) -> Any:
    """What somebody sees, once it is there to be seen."""
    found: Any = None

    def is_there() -> bool:
        nonlocal found
        found = look()
        return bool(found)

    assert wait_until(is_there, 30)
    return found


def let_in(city: City, **systems: tuple[str, str]) -> dict[str, AgencySystem]:
    """Give agencies' systems their tokens: `let_in(city, mai=("HN-CN00199", "handler"))`; agency and roles."""
    add = ("services.routing", "token", "add")
    programs = [
        [*add, "--name", name, "--agency", agency, *(f"--role={role}" for role in roles.split())]
        for name, (agency, roles) in systems.items()
    ]
    tokens = _TOKEN.findall(city.run(*programs))
    return {name: AgencySystem(city, token) for name, token in zip(systems, tokens, strict=True)}


@dataclass(slots=True)
class Form:
    """A form of a page: where it goes, and what it already holds."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as a browser has it."""

    url: str
    status: int
    html: str

    @property
    def text(self) -> str:
        """What there is to read."""
        return _Reader.of(self.html).text

    @property
    def links(self) -> list[str]:
        """Where one can go from here."""
        return _Reader.of(self.html).links

    @property
    def brings(self) -> set[str]:
        """The style, the scripts and the pictures it needs to look as it was meant."""
        return _Reader.of(self.html).brings

    def form(self, action: str) -> Form:
        """The form that goes to an address ending so."""
        found = [one for one in _Reader.of(self.html).forms if one.action.partition("#")[0].endswith(action)]
        assert found, f"no form for {action} on {self.url} ({self.status}):\n{self.text}"
        return found[0]


class _Reader(HTMLParser):
    """Reads a page's words, links and forms."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.brings: set[str] = set()
        self._area: str | None = None
        self._silent = False

    @classmethod
    def of(cls, html: str) -> Self:
        """Read a page."""
        reader = cls()
        reader.feed(html)
        return reader

    @property
    def text(self) -> str:
        """The words, blanks as one."""
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in a link, a form or a field, or what the page brings along."""
        told = {name: value or "" for name, value in attrs}
        match tag:
            case "link":
                self.brings.add(told["href"])
            case "img" | "script" if "src" in told:
                self.brings.add(told["src"])
                self._silent = tag == "script"
            case "a" if "href" in told:
                self.links.append(told["href"])
            case "form":
                self.forms.append(Form(told.get("action", "")))
            case "input" if self.forms and told.get("type") not in ("radio", "checkbox"):
                self.forms[-1].fields[told.get("name", "")] = told.get("value", "")
            case "textarea" if self.forms:
                self._area = told.get("name", "")
                self.forms[-1].fields[self._area] = ""
            case "script" | "style":
                self._silent = True

    def handle_endtag(self, tag: str) -> None:
        """Leave a text area or something nobody reads."""
        if tag == "textarea":
            self._area = None
        if tag in ("script", "style"):
            self._silent = False

    def handle_data(self, data: str) -> None:
        """Take in words."""
        if self._area is not None and self.forms:
            self.forms[-1].fields[self._area] += data
        if not self._silent:
            self.words.append(data)


class Browser:
    """An officer at the desk: pages, forms, a cookie, and no JavaScript."""

    def __init__(self, city: City) -> None:
        self._city = city
        self.http = client(city.url, follow_redirects=True)
        self._fetched: set[str] = set()

    def open(self, address: str) -> Page:
        """Open an address."""
        return self._page(self.http.get(address))

    def sends(self, form: Form, **filled: str) -> Page:
        """Send a form with what was filled in; the page that follows."""
        values = {name: value for name, value in (form.fields | filled).items() if name}
        return self._page(self.http.post(form.action, data=values, headers={"Origin": self._city.url}))

    def signs_in(self, login: str) -> Page:
        """Sign in with a seeded account's password."""
        form = self.open("/desk/sign-in").form("/desk/sign-in")
        return self.sends(form, login=login, password=self._city.password(login))

    def finds(self, code: str) -> Page:
        """Search a case by its code."""
        return self._page(self.http.get("/desk/search", params={"q": code}))

    def _page(self, response: httpx.Response) -> Page:
        """The page, with all it brings along: a style that does not come is a page nobody can work with."""
        page = Page(str(response.url.copy_with(query=None)), response.status_code, response.text)
        for address in page.brings - self._fetched:
            brought = self.http.get(address)
            assert brought.status_code == 200, f"{page.url} brings {address}: {brought.status_code}"
            self._fetched.add(address)
        return page

    def close(self) -> None:
        """Close the browser."""
        self.http.close()


@contextmanager
def desk_of(city: City) -> Iterator[Callable[[str], Browser]]:
    """`sit_down("lang.canbo")`: that officer, signed in at the desk; all leave when the block ends."""
    opened: list[Browser] = []

    def sit_down(login: str) -> Browser:
        opened.append(Browser(city))
        page = opened[-1].signs_in(login)
        assert "Đăng xuất" in page.text, f"{login} could not sign in: {page.text}"
        return opened[-1]

    try:
        yield sit_down
    finally:
        for one in opened:
            one.close()
