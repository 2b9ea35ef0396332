"""A second opinion: a feedback that earns one, the triage that asks for it, and what came of it."""

from collections.abc import Awaitable, Callable
from typing import Final

from services.triage.tables import assistant_questions
from tests.service.triage.desk import Desk

ADVERT: Final = "Vay nhanh 50 triệu, giải ngân trong ngày, gọi 0912 345 678. Lên phường Láng bị đuổi về thì liên hệ"
PUSHED: Final = "Lên phường Láng bị đuổi về"

Sit = Callable[..., Awaitable[Desk]]


async def outcomes(desk: Desk) -> list[str | None]:
    """What came of each question; nothing yet where it is still open."""
    return [row["outcome"] for row in await desk.rows(assistant_questions)]


def counted(desk: Desk, outcome: str) -> float:
    """How often the meter has counted an outcome."""
    return desk.run.metrics.registry.get_sample_value("triage_advice_total", {"outcome": outcome}) or 0.0
