"""An endpoint of the OpenAI kind that answers as a test wants it, and the triage that asks it."""

import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

import httpx

from libs.runtime.service import Service
from services.triage.app import SERVICE
from services.triage.parts import build_parts

ON: Final[dict[str, Any]] = {"assistant_url": "http://127.0.0.1:9/v1", "assistant_model": "vi-du-7b"}

Answer = Callable[[httpx.Request], Awaitable[httpx.Response]]


def says(quote: str, disposition: str = "in_scope", *, sensitive: bool = False, **more: Any) -> Answer:
    """Always the same judgement."""
    return says_exactly(json.dumps({"disposition": disposition, "sensitive": sensitive, "quote": quote, **more}))


def says_exactly(content: str) -> Answer:
    """Always the same words."""

    async def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"choices": [{"message": {"content": content}}]})

    return answer


def fails_with(status: int) -> Answer:
    """Always the same failure."""

    async def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status)

    return answer


@dataclass
class Endpoint:
    """What it answers, and everything it was asked."""

    answer: Answer
    texts: list[str] = field(default_factory=list)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        _, user = json.loads(request.content)["messages"]
        self.texts.append("\n".join(user["content"].split("\n")[1:-1]))
        return await self.answer(request)

    @property
    def service(self) -> Service:
        """Triage that reaches this endpoint without a network."""
        return replace(SERVICE, parts=partial(build_parts, transport=httpx.MockTransport(self)))

    @contextmanager
    def answering(self, answer: Answer) -> Iterator[None]:
        """Answer otherwise for a while."""
        before, self.answer = self.answer, answer
        try:
            yield
        finally:
            self.answer = before
