"""Errors for machines: application/problem+json (RFC 9457), never with the caller's data in them."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from libs.runtime.db import is_busy, is_conflict
from libs.runtime.log import get_logger

log = get_logger()


class Problem(Exception):
    """A refusal a caller is told about."""

    def __init__(
        self, status: int, kind: str, title: str, detail: str = "", headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(kind)
        self.status = status
        self.kind = kind
        self.title = title
        self.detail = detail
        self.headers = headers or {}
        self.more = more

    def response(self) -> JSONResponse:
        """As it goes over the wire."""
        content = {"type": f"urn:problem:{self.kind}", "title": self.title, "status": self.status}
        if self.detail:
            content["detail"] = self.detail
        return JSONResponse(
            {**content, **self.more},
            status_code=self.status,
            headers=self.headers,
            media_type="application/problem+json",
        )


ProblemPage = Callable[[Request, Problem], Response]


def busy() -> Problem:
    """The database cannot take it now; nothing was done."""
    return Problem(503, "busy", "Đang bận, xin thử lại sau", headers={"Retry-After": "1"})


def answer(request: Request, problem: Problem) -> Response:
    """As a page where the service has one and a person's browser asks, else as a problem."""
    page: ProblemPage | None = request.app.state.run.service.problem_page
    # Browsers name text/html; programs ask for JSON or for anything.
    if page is not None and "text/html" in request.headers.get("accept", ""):
        return page(request, problem)
    return problem.response()


def install(app: FastAPI) -> None:
    """Answer every error of an app as a problem, or as a page."""

    @app.exception_handler(Problem)
    async def _problem(request: Request, problem: Problem) -> Response:
        return answer(request, problem)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        problem = Problem(
            error.status_code, f"http-{error.status_code}", str(error.detail), headers=dict(error.headers or {})
        )
        return answer(request, problem)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        # Where and what is wrong, never the value: it may be somebody's phone number.
        wrong = [{"where": ".".join(str(part) for part in e["loc"]), "what": e["type"]} for e in error.errors()]
        return answer(request, Problem(422, "invalid", "Nội dung gửi chưa hợp lệ", errors=wrong))


def answer_unexpected(path: str, error: Exception) -> Problem:
    """What a caller is told when something broke: busy if the work may simply be sent again."""
    if is_busy(error) or is_conflict(error):
        log.warning("request_busy", path=path, exc_info=error)
        return busy()
    log.error("request_failed", path=path, exc_info=error)
    return Problem(500, "unexpected", "Có lỗi ngoài dự kiến, chúng tôi đã ghi nhận")
