"""What the tests of the simulator play with: a clock moved by hand, and our side of the webhook."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from simulators.zalo_oa.settings import SimulatorSettings

SATURDAY_NOON = 1_795_237_200_000  # 21/11/2026 12:00 in Hà Nội
HOA = "6143092758814407315"
WEBHOOK_URL = "http://receiver.test/webhooks/zalo"


@dataclass
class HandClock:
    """Milliseconds since 1970 that pass only when a test says so."""

    now: int = SATURDAY_NOON

    def __call__(self) -> int:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += round(seconds * 1000)


@dataclass
class Receiver:
    """Our side of the webhook: remembers what came and answers with a status, or not at all."""

    status: int = 200
    fails: Callable[[], None] | None = None
    requests: list[httpx.Request] = field(default_factory=list)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.fails is not None:
            self.fails()
        return httpx.Response(self.status, text="")

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.content) for request in self.requests]

    @property
    def names(self) -> list[str]:
        return [body["event_name"] for body in self.bodies]


def settings(**changes: Any) -> SimulatorSettings:
    return SimulatorSettings(
        **{"webhook_url": WEBHOOK_URL, "access_token": "access-1", "refresh_token": "refresh-1", **changes}
    )


def text_to(user_id: str, text: str = "Đã nhận.", **more: Any) -> dict[str, Any]:
    """The body of a consultation message."""
    return {"recipient": {"user_id": user_id}, "message": {"text": text, **more}}
