"""The desk's pages to read: lists, search, a case, its files."""

from datetime import UTC, datetime
from typing import Annotated, Final
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from libs.blob import Damaged
from libs.runtime.log import get_logger

from ..domain.workflow import Unseen
from ..parts import RunDep
from ..sheet import file_of
from ..store import Cursor
from .case_list import case_href, lines_of
from .case_page import frame_of, show_case
from .desk_route import DeskRoute, NotThere, VisitDep
from .look import page
from .mark import legend
from .picture import picture_type
from .store import DeskStore
from .wording import DONE

log = get_logger()
router = APIRouter(include_in_schema=False, route_class=DeskRoute)

Slug = Annotated[str | None, Query(alias="list", max_length=40)]
_LONGEST_CODE: Final = 40


@router.get("/desk")
async def desk(
    request: Request, run: RunDep, visit: VisitDep, slug: Slug = None, after: str = "", done: str = ""
) -> Response:
    """One list, with all lists beside it."""
    async with run.begin() as tx:
        frame = await frame_of(visit, slug, cursor_of(after), tx)
    return page(request, "desk.html", {**frame, "done": DONE.get(done, ""), "legend": legend(run.parts.words.states)})


@router.get("/desk/search")
async def search(request: Request, run: RunDep, visit: VisitDep, q: str = "") -> Response:
    """A case by its code, or open ones by a part of it."""
    code = "".join(q.split()).upper()[:_LONGEST_CODE].replace("\0", "")
    async with run.begin() as tx:
        found = await DeskStore(tx.session).find(visit.officer, code) if len(code) >= 3 else []
        if len(found) == 1:
            return RedirectResponse(case_href(found[0]["feedback_id"], ""), 303)
        frame = await frame_of(visit, None, None, tx, searching=True)
        lines = lines_of(found, tx.now, tx.parts, "")
    return page(request, "search.html", {**frame, "asked": code, "lines": lines})


@router.get("/desk/cases/{feedback_id}")
async def case(
    request: Request, run: RunDep, visit: VisitDep, feedback_id: UUID, slug: Slug = None, done: str = ""
) -> Response:
    """One case."""
    return await show_case(request, visit, run, feedback_id, slug=slug, done=done if done in DONE else "")


@router.get("/desk/cases/{feedback_id}/files/{file_id}")
async def file(run: RunDep, visit: VisitDep, feedback_id: UUID, file_id: UUID, inline: bool = False) -> Response:
    """One file of a case: a download, or a picture on the page if its bytes are one we know."""
    async with run.begin() as tx:
        found = await file_of(feedback_id, file_id, visit.officer, tx)
    if isinstance(found, Unseen) or found["sha256"] is None:
        raise NotThere
    try:
        content = await run.blobs.read(found["sha256"])
    except (KeyError, Damaged) as error:
        log.error("file_unreadable", feedback_id=str(feedback_id), file_id=str(file_id), exc_info=error)
        raise NotThere from None
    picture = picture_type(content) if inline else None
    name = quote(found["name"], safe="")
    disposition = "inline" if picture else f"attachment; filename*=UTF-8''{name}"
    return Response(
        content,
        media_type=picture or "application/octet-stream",
        headers={
            "Content-Disposition": disposition,
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


@router.get("/desk/cases/{feedback_id}/{action}")
async def back_to_case(_visit: VisitDep, feedback_id: UUID, action: str) -> Response:  # noqa: ARG001
    """The address of a form that was sent, opened again: the case itself."""
    return RedirectResponse(case_href(feedback_id, ""), 303)


@router.get("/desk/{rest:path}")
async def nowhere(_visit: VisitDep, rest: str) -> Response:
    """Everything else."""
    if rest.strip("/"):
        raise NotThere
    return RedirectResponse("/desk", 303)


def cursor_of(after: str) -> Cursor | None:
    """Read a list's cursor; of anything else the list begins at its beginning."""
    at, _, feedback_id = after.partition(".")
    try:
        return Cursor(datetime.fromtimestamp(int(at) / 1_000_000, UTC), UUID(feedback_id))
    except (ValueError, OverflowError, OSError):
        return None
