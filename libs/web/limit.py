"""How long a request's body may be: nobody's memory is filled by strangers."""

from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problem import Problem, answer

_TOO_LONG: Final = "Nội dung gửi quá lớn"


class BodyLimit:
    """Refuses a body that is too long: unread when its length is told, else at the byte too many."""

    def __init__(self, app: ASGIApp, at_most_bytes: int) -> None:
        self._app = app
        self._at_most = at_most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or not."""
        headers = dict(scope["headers"]) if scope["type"] == "http" else {}
        told = headers.get(b"content-length", b"")
        if told.isdigit() and int(told) > self._at_most:
            # The rest is not wanted: the connection ends here.
            too_long = Problem(413, "too-long", _TOO_LONG, headers={"Connection": "close"})
            await answer(Request(scope), too_long)(scope, receive, send)
        elif b"transfer-encoding" in headers:
            await self._app(scope, self._counting(receive), send)
        else:
            await self._app(scope, receive, send)

    def _counting(self, receive: Receive) -> Receive:
        came = 0

        async def receive_some() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > self._at_most:
                raise HTTPException(413, _TOO_LONG, headers={"Connection": "close"})
            return message

        return receive_some
