"""The officers' desk: its routes, and its cookie as one more way in for the API."""

from typing import Final

from libs.ui import static_router

from ..access import RECOGNISED_BY
from . import acting, pages, review, sign_in
from .look import STATIC
from .session import officer_of_cookie

# The last one answers every other address under /desk.
ROUTERS: Final = (static_router(STATIC), sign_in.router, acting.router, review.router, pages.router)

if officer_of_cookie not in RECOGNISED_BY:
    RECOGNISED_BY.append(officer_of_cookie)
