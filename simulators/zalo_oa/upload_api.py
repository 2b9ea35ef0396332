"""Uploads that later messages refer to: pictures by ``attachment_id``, documents by ``token``."""

from pathlib import PurePosixPath
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.datastructures import UploadFile

from simulators.zalo_oa.answer import done
from simulators.zalo_oa.file import Purpose
from simulators.zalo_oa.refusal import BEYOND_LIMIT, Refusal
from simulators.zalo_oa.simulator import Simulator, SimulatorDep

MIB: Final = 1024 * 1024
DOCUMENT_TYPES: Final = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv",
}

router = APIRouter(prefix="/v2.0/oa/upload")


@router.post("/image")
async def upload_image(request: Request, simulator: SimulatorDep) -> JSONResponse:
    """Keep a JPEG or PNG of at most 1 MiB for seven days."""
    name, content = await _uploaded(request, 1 * MIB)
    if content.startswith(b"\xff\xd8\xff"):
        mime = "image/jpeg"
    elif content.startswith(b"\x89PNG\r\n\x1a\n"):
        mime = "image/png"
    else:
        raise Refusal.of("file")
    return _kept(simulator, Purpose.IMAGE, name, mime, content)


@router.post("/gif")
async def upload_gif(request: Request, simulator: SimulatorDep) -> JSONResponse:
    """Keep a GIF of at most 5 MiB for seven days."""
    name, content = await _uploaded(request, 5 * MIB)
    if not content.startswith((b"GIF87a", b"GIF89a")):
        raise Refusal.of("file")
    return _kept(simulator, Purpose.GIF, name, "image/gif", content)


@router.post("/file")
async def upload_document(request: Request, simulator: SimulatorDep) -> JSONResponse:
    """Keep a document of at most 5 MiB for seven days."""
    name, content = await _uploaded(request, 5 * MIB)
    mime = DOCUMENT_TYPES.get(PurePosixPath(name).suffix.lstrip(".").lower())
    if mime is None:
        raise Refusal.of("file")
    return _kept(simulator, Purpose.DOCUMENT, name, mime, content)


async def _uploaded(request: Request, limit_bytes: int) -> tuple[str, bytes]:
    async with request.form() as form:
        upload = form.get("file")
        if not isinstance(upload, UploadFile) or not upload.filename:
            raise Refusal.of("file")
        content = await upload.read(limit_bytes + 1)
        if not content:
            raise Refusal.of("file")
        if len(content) > limit_bytes:
            raise Refusal(BEYOND_LIMIT, f"file exceeds {limit_bytes} bytes")
        return PurePosixPath(upload.filename).name, content


def _kept(simulator: Simulator, purpose: Purpose, name: str, mime: str, content: bytes) -> JSONResponse:
    kept = simulator.files.keep(purpose, name, mime, content)
    return done({"token" if purpose is Purpose.DOCUMENT else "attachment_id": kept.id})
