"""How the desk's pages look: their templates, and the words and figures in them."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

from fastapi import Request, Response

from libs.ui import Pages
from libs.wording import clock_in_words, date_in_words, day_in_words, moment_in_words, phone_in_words

from ..domain.calendar import ZONE

_HERE: Final = Path(__file__).parent
STATIC: Final = _HERE / "static"


@lru_cache(maxsize=4)
def _pages(root_path: str) -> Pages:
    pages = Pages(_HERE / "templates", f"{root_path}/static", STATIC)
    pages.filter("day", partial(day_in_words, zone=ZONE))
    pages.filter("moment", partial(moment_in_words, zone=ZONE))
    pages.filter("clock", partial(clock_in_words, zone=ZONE))
    pages.filter("date", lambda at: date_in_words(at.astimezone(ZONE)))
    pages.filter("day_of_form", _day_of_form)
    pages.filter("phone", phone_in_words)
    pages.filter("action", lambda word: word.replace("-", "_"))
    pages.filter("iso", lambda at: at.astimezone(ZONE).isoformat(timespec="minutes"))
    return pages


def page(
    request: Request,
    template: str,
    values: Mapping[str, Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """One page; whoever is signed in is known to its frame."""
    visit = getattr(request.state, "visit", None)
    pages = _pages(str(request.scope["root_path"]))
    return pages.render(template, {"visit": visit, **values}, status, headers)


def _day_of_form(at: datetime) -> str:
    """The day as administrative forms write it: `ngày 03 tháng 02 năm 2026`."""
    local = at.astimezone(ZONE)
    return f"ngày {local:%d} tháng {local:%m} năm {local:%Y}"
