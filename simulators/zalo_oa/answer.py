"""The two envelopes of the API: everything arrives as HTTP 200, the code inside tells what happened."""

from fastapi import Request
from fastapi.responses import JSONResponse

from simulators.zalo_oa.refusal import Refusal


def done(told: object) -> JSONResponse:
    """Success, with what the caller wanted to know."""
    return JSONResponse({"data": told, "error": 0, "message": "Success"})


def refused(code: int, reason: str) -> JSONResponse:
    """Refusal, without ``data``."""
    return JSONResponse({"error": code, "message": reason})


async def answer_refusal(_request: Request, refusal: Exception) -> JSONResponse:
    """Answer a refusal raised on the way."""
    assert isinstance(refusal, Refusal)
    return refused(refusal.code, refusal.reason)


async def read_json(request: Request) -> dict[str, object]:
    """The JSON object a caller sent.

    Raises: Refusal when it is none.
    """
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal.of("body")
    return body
