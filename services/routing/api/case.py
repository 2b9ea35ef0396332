"""What machines read of cases. A case the caller may not know of is answered like one that does not exist."""

import hashlib
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Header, Query
from fastapi.responses import JSONResponse, Response

from libs.blob import Damaged
from libs.contracts.sealed import Contacts
from libs.contracts.vocabulary import AgencyId, CaseState
from libs.web.problem import Problem

from ..access import OfficerDep
from ..domain.workflow import NotYours, Unseen
from ..parts import RunDep
from ..sheet import NobodyKnown, file_of, sheet_of
from ..sheet import unmask as look_up_sender
from ..store import CaseList, Wanted
from .refusal import not_found, problem_of
from .shape import CaseLine, CasePage, CaseSheet, Code, Sender, UnmaskBody, cursor_after, cursor_of

router = APIRouter(prefix="/api/v1", tags=["cases"], responses={404: {}})


@router.get("/cases", response_model=CasePage)
async def cases(
    run: RunDep,
    officer: OfficerDep,
    state: CaseState | None = None,
    agency: Code | None = None,
    overdue: bool = False,
    after: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """The cases the caller may see, the most urgent first; open ones unless a state is asked for."""
    cursor = None
    if after is not None:
        try:
            cursor = cursor_of(after)
        except ValueError:
            raise Problem(422, "bad-cursor", "Tham số after không hợp lệ") from None
    async with run.begin() as tx:
        wanted = Wanted(state, AgencyId(agency) if agency else None, tx.now if overdue else None)
        rows = await CaseList(tx.session).page(officer, wanted, cursor, limit + 1)
    shown = rows[:limit]
    page = CasePage(
        cases=[CaseLine.of(row, run.parts) for row in shown],
        next=cursor_after(shown[-1]) if len(rows) > limit else None,
    )
    body = page.model_dump_json().encode()
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if if_none_match == etag:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


@router.get("/cases/{feedback_id}", response_model=CaseSheet)
async def case(feedback_id: UUID, run: RunDep, officer: OfficerDep) -> JSONResponse:
    """One case with everything but who sent it. `ETag` is the version to send back as `If-Match`."""
    async with run.begin() as tx:
        sheet = await sheet_of(feedback_id, officer, tx)
    if isinstance(sheet, Unseen):
        raise not_found()
    shown = CaseSheet.shown(sheet, run.parts)
    return JSONResponse(
        shown.model_dump(mode="json"),
        headers={"ETag": f'"{sheet.case.version}"', "Cache-Control": "no-store"},
    )


@router.get("/cases/{feedback_id}/files/{file_id}", response_class=Response)
async def file(feedback_id: UUID, file_id: UUID, run: RunDep, officer: OfficerDep) -> Response:
    """One file of a case, always as a download."""
    async with run.begin() as tx:
        found = await file_of(feedback_id, file_id, officer, tx)
    if isinstance(found, Unseen) or found["sha256"] is None:
        raise Problem(404, "file-not-found", "Không tìm thấy tệp")
    try:
        content = await run.blobs.read(found["sha256"])
    except (KeyError, Damaged):
        raise Problem(410, "file-gone", "Tệp không còn đọc được") from None
    return Response(
        content,
        media_type=found["mime"] or "application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found['name'], safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


@router.post("/cases/{feedback_id}:unmask", response_model=Sender)
async def unmask(feedback_id: UUID, body: UnmaskBody, run: RunDep, officer: OfficerDep) -> JSONResponse:
    """Who sent a case. Who looked and why is written into its timeline."""
    async with run.begin() as tx:
        found = await look_up_sender(feedback_id, officer, body.why, tx)
    match found:
        case Contacts():
            sender = Sender(full_name=found.full_name, phone=found.phone, residence=found.residence)
            return JSONResponse(sender.model_dump(), headers={"Cache-Control": "no-store"})
        case NobodyKnown():
            raise Problem(404, "sender-unknown", "Chưa có thông tin người gửi")
        case NotYours() | Unseen():
            raise problem_of(found)
