"""An officer's browser at the desk: keeps cookies, reads forms from pages, sends them as they stand there."""

import html
import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import httpx
from argon2 import PasswordHasher
from fastapi import FastAPI

from libs.contracts.vocabulary import AgencyId
from libs.runtime.ids import uuid7
from libs.runtime.run import Run
from libs.web import create_app
from services.routing.domain.permission import Role
from services.routing.parts import RoutingParts
from services.routing.store import Account, AccountStore
from tests.service.routing.city import LANG, OFFICE, City

PASSWORD = "mat-khau-vi-du"
SIGN_IN = "/desk/sign-in"


@dataclass
class Form:
    """One form of a page."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""))
            self.forms.append(self._form)
        name = given.get("name", "")
        if self._form is None or (not name and tag != "option"):
            return
        if tag == "input" and (given.get("type") not in ("radio", "checkbox") or "checked" in given):
            self._form.fields[name] = given.get("value", "")
        elif tag == "textarea":
            self._area = name
            self._form.fields[name] = ""
        elif tag == "select":
            self._select = name
            self._form.fields[name] = ""
        elif tag == "option" and "selected" in given:
            self._form.fields[self._select] = given["value"]

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            self._form.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "textarea" and self._form is not None:
            # A browser leaves out the line break a text area begins with.
            self._form.fields[self._area] = self._form.fields[self._area].removeprefix("\n")
            self._area = ""


def forms_of(page: httpx.Response) -> list[Form]:
    """The forms of a page, filled in as they are shown."""
    reader = _Reader()
    reader.feed(page.text)
    return reader.forms


def form_to(page: httpx.Response, action: str) -> Form:
    """The one form of a page that is sent to an address ending so."""
    (found,) = [form for form in forms_of(page) if form.action.partition("#")[0].endswith(action)]
    return found


def words(page: httpx.Response) -> str:
    """What a page says, without its markup."""
    shown = re.sub(r"<textarea[^>]* hidden>.*?</textarea>", " ", page.text, flags=re.S)
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", shown, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


@lru_cache(maxsize=4)
def _app(run: Run[RoutingParts]) -> FastAPI:
    return create_app(run)


class Browser:
    """One browser; nobody is signed in yet."""

    def __init__(self, run: Run[RoutingParts], address: str = "198.51.100.7") -> None:
        transport = httpx.ASGITransport(app=_app(run), client=(address, 4711))
        self.http = httpx.AsyncClient(transport=transport, base_url="http://routing.test")

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.http.get(path, params=params or None)

    async def post(self, path: str, values: dict[str, Any], **headers: str) -> httpx.Response:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.post(path, data=values, headers={"sec-fetch-site": "same-origin", **told})

    async def sign_in(self, login: str, password: str = PASSWORD, next_page: str = "/desk") -> httpx.Response:
        page = await self.get(SIGN_IN, next=next_page)
        fields = form_to(page, SIGN_IN).fields
        return await self.post(SIGN_IN, {**fields, "login": login, "password": password})

    async def case(self, feedback_id: UUID, **params: Any) -> httpx.Response:
        return await self.get(f"/desk/cases/{feedback_id}", **params)

    async def send(self, page: httpx.Response, action: str, **values: Any) -> httpx.Response:
        """Send one of a page's forms with some fields filled in anew."""
        form = form_to(page, action)
        return await self.post(form.action, {**form.fields, **values})

    async def do(self, feedback_id: UUID, action: str, **values: Any) -> httpx.Response:
        """Open a case and send one of its forms."""
        return await self.send(await self.case(feedback_id), f"/{action}", **values)

    async def csrf(self) -> str:
        """The token of this browser's session."""
        return form_to(await self.get("/desk"), "/desk/sign-out").fields["csrf"]


@cache
def _quick_hash() -> str:
    """A hash of `PASSWORD` that is verified at once: real ones take time on purpose."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


async def officer(city: City, login: str, agency_id: str, *roles: Role) -> UUID:
    """Make an account with a login one can type."""
    account = Account(uuid7(), f"Cán bộ {login}", AgencyId(agency_id), frozenset(roles))
    async with city.run.begin() as tx:
        await AccountStore(tx.session).add_officer(account, login, _quick_hash(), tx.now)
    return account.id


async def at_desk(city: City, login: str, agency_id: str, *roles: Role) -> Browser:
    """A browser in which a new officer is signed in."""
    await officer(city, login, agency_id, *roles)
    browser = Browser(city.run)
    answer = await browser.sign_in(login)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    return browser


async def handler(city: City) -> Browser:
    """Who works on Láng's cases."""
    return await at_desk(city, "canbo", LANG, Role.HANDLER, Role.AGENCY_FOCAL)


async def approver(city: City) -> Browser:
    """Who approves Láng's answers."""
    return await at_desk(city, "lanhdao", LANG, Role.APPROVER)


async def office(city: City) -> Browser:
    """Who decides at the Office."""
    return await at_desk(city, "vanphong", OFFICE, Role.OFFICE)
