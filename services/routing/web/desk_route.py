"""The edge of every page: who is at the desk, and what people see when something stands in the way."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from libs.web.problem import answer_unexpected, busy

from ..parts import RunDep
from ..store import StaleWrite
from .forms import TooLarge, Values, read_form
from .look import page
from .session import Visit, belongs, set_cookie, visit_of
from .sign_in_form import OUR_FIELDS, SIGN_IN, onward_to, sign_in_page


class SignInFirst(Exception):
    """Nobody is signed in."""

    def __init__(self, kept: Values | None = None) -> None:
        super().__init__()
        self.kept = kept
        """What was being sent when the session ran out."""


class NotThere(Exception):
    """There is no such page, case or file, or the officer may not know of it: the answer is the same."""


class Forged(Exception):
    """A form without this session's token."""


class DeskRoute(APIRoute):
    """Answers every hindrance with a page that says what can be done now, and renews the session."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Put the edge around a route."""
        handle = super().get_route_handler()

        async def at_the_edge(request: Request) -> Response:
            try:
                response = await handle(request)
            except Exception as error:
                response = _instead(request, error)
            visit: Visit | None = getattr(request.state, "visit", None)
            if visit is not None and visit.token is not None:
                set_cookie(response, visit.token, request.app.state.run)
            return response

        return at_the_edge


async def signed_in(request: Request, run: RunDep) -> Visit:
    """Who is at the desk.

    Raises:
        SignInFirst: nobody; what was being sent is kept if it came from a page of ours.
    """
    visit = await visit_of(request, run)
    if visit is None:
        kept = await read_form(request) if request.method == "POST" and _from_our_page(request) else None
        raise SignInFirst(kept)
    request.state.visit = visit
    return visit


VisitDep = Annotated[Visit, Depends(signed_in)]


async def posted(request: Request, visit: VisitDep, run: RunDep) -> Values:
    """The fields of a form made for this session.

    Raises:
        Forged: it carries no token of this session.
    """
    request.state.values = values = await read_form(request)
    if not belongs(visit, values.get("csrf"), run):
        raise Forged
    return values


FormDep = Annotated[Values, Depends(posted)]


def _instead(request: Request, error: Exception) -> Response:
    match error:
        case SignInFirst(kept=kept):
            return _to_sign_in(request, kept)
        case NotThere() | RequestValidationError():
            return page(request, "not_there.html", {"typed": _typed(request)}, 404)
        case Forged():
            back = onward_to(request.url.path).page
            return page(request, "forged.html", {"typed": _typed(request), "back": back}, 403)
        case TooLarge():
            return page(request, "too_large.html", {}, 413)
        case StaleWrite():
            return page(request, "busy.html", {"typed": _typed(request)}, 503, busy().headers)
    problem = answer_unexpected(request.scope["route"].path, error)
    template = "busy.html" if problem.status == busy().status else "broken.html"
    return page(request, template, {"typed": _typed(request)}, problem.status, problem.headers)


def _typed(request: Request) -> list[str]:
    """The officer's own words in a form that came to nothing: put before him again, never lost."""
    values: Values = getattr(request.state, "values", {})
    return [value for name, value in values.items() if name not in OUR_FIELDS and " " in value.strip()]


def _to_sign_in(request: Request, kept: Values | None) -> Response:
    if request.method == "POST":
        problem = "Phiên làm việc đã hết."
        if kept:
            problem += " Đăng nhập lại để gửi tiếp; nội dung ông/bà vừa nhập còn nguyên."
        return sign_in_page(request, onward_to(request.url.path, kept), problem=problem, status=403)
    query = f"?{request.url.query}" if request.url.query else ""
    address = onward_to(request.url.path + query).address
    return RedirectResponse(SIGN_IN if address == "/desk" else f"{SIGN_IN}?next={quote(address, safe='/')}", 303)


def _from_our_page(request: Request) -> bool:
    """Whether the browser says that a page of this very host sent the form; a foreign page's text is not kept."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin", "")
    return bool(origin) and origin.partition("://")[2] == request.headers.get("host")
