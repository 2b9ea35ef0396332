"""The front page, and the proof that the domain is ours."""

from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from libs.web import RunDep

from .look import SITE_FILE, pages_of

router = APIRouter(include_in_schema=False)


@router.get("/", response_class=HTMLResponse)
async def front_page(request: Request, run: RunDep) -> Response:
    """What this is, how to write to us, and the look-up form."""
    values: dict[str, Any] = {
        "province": run.parts.province,
        "verification": run.settings.zalo_site_verification,
        "chat_url": f"https://zalo.me/{run.settings.zalo_oa_id}",
        "code": "",
        "digits": "",
        "errors": {},
    }
    return pages_of(request).render("root.html", values)


@router.get("/zalo_verifier{code}.html", response_class=HTMLResponse)
async def prove_domain(code: str, run: RunDep) -> Response:
    """The file Zalo asks for to see that the domain is ours."""
    if not code or code != run.settings.zalo_site_verification:
        raise HTTPException(404, "Không có trang này")
    return HTMLResponse(SITE_FILE.format(code=code))
