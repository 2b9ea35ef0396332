"""The host behind attachment links: well-behaved, slow, huge, missing, lying about its type, redirecting."""

import asyncio
import mimetypes
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from simulators.zalo_oa.simulator import SimulatorDep

SAMPLES: Final = Path(__file__).parent / "sample"
SAMPLE_PHOTO: Final = "bang-niem-yet.jpg"
SAMPLE_DOCUMENT: Final = "don-de-nghi.pdf"
SLOW_PIECES: Final = 30
HUGE_PIECE: Final = 64 * 1024

router = APIRouter(prefix="/media")


@router.get("/files/{file_id}/{name}")
async def stored(simulator: SimulatorDep, file_id: str, name: str) -> Response:  # noqa: ARG001 - for readers of links
    """A file a citizen or the application gave to the platform."""
    file = simulator.files.get(file_id)
    if file is None or simulator.files.is_expired(file):
        return Response(status_code=404)
    return Response(file.content, media_type=file.mime, headers={"X-Content-Type-Options": "nosniff"})


@router.get("/sample/{name}")
async def sample(name: str) -> Response:
    """A built-in file, as it should be."""
    return _built_in(name)


@router.get("/slow/{name}")
async def slow(simulator: SimulatorDep, name: str) -> Response:
    """The same file, a little at a time."""
    whole = _built_in(name)
    if whole.status_code != 200:
        return whole
    body, pause_s = bytes(whole.body), simulator.faults.options.media_slow_s / SLOW_PIECES
    size = -(-len(body) // SLOW_PIECES)

    async def pieces() -> AsyncIterator[bytes]:
        for begin in range(0, len(body), size):
            await asyncio.sleep(pause_s)
            yield body[begin : begin + size]

    return StreamingResponse(pieces(), media_type=whole.media_type, headers={"Content-Length": str(len(body))})


@router.get("/huge/{name}")
async def huge(simulator: SimulatorDep, name: str) -> Response:
    """A file that does not say how long it is and does not end for a long time."""
    left = simulator.faults.options.media_huge_bytes
    whole = _built_in(name)

    async def pieces(left: int) -> AsyncIterator[bytes]:
        yield bytes(whole.body)[:left]
        left -= len(whole.body)
        while left > 0:
            yield b"\0" * min(HUGE_PIECE, left)
            left -= HUGE_PIECE

    return StreamingResponse(pieces(left), media_type=whole.media_type or "image/jpeg")


@router.get("/missing/{name}")
async def missing(name: str) -> Response:  # noqa: ARG001
    """Nothing."""
    return Response(status_code=404)


@router.get("/wrong-type/{name}")
async def wrong_type(name: str) -> Response:
    """A page that calls itself a picture."""
    return Response(
        b"<!doctype html><title>x</title><script>document.title='x'</script>",
        media_type=mime_of(name),
    )


@router.get("/redirect/{name}")
async def redirect(simulator: SimulatorDep, name: str) -> Response:
    """The same file, somewhere else on this host."""
    return RedirectResponse(simulator.files.sample_url("sample", name), status_code=302)


@router.get("/redirect-private/{name}")
async def redirect_private(simulator: SimulatorDep, name: str) -> Response:  # noqa: ARG001
    """An address inside somebody's own network."""
    return RedirectResponse(simulator.faults.options.media_private_target, status_code=302)


def mime_of(name: str) -> str:
    """The type a file's name promises, telephones' voice messages included."""
    if name.lower().endswith(".amr"):
        return "audio/amr"
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _built_in(name: str) -> Response:
    path = SAMPLES / name
    if path.parent != SAMPLES or not path.is_file():
        return Response(status_code=404)
    return Response(path.read_bytes(), media_type=mime_of(name))
