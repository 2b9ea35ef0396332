"""The review page in an officer's browser: its queue, its cases, and its buttons."""

import re
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from libs.runtime.ids import uuid7
from tests.service.routing.browser import Browser, forms_of
from tests.service.routing.city import WORDS, City, classification, received

QUEUE: Final = "/desk/review"


def address(feedback_id: UUID) -> str:
    """Where a case is reviewed."""
    return f"{QUEUE}/{feedback_id}"


async def doubtful(city: City, text: str = WORDS, **classified: Any) -> UUID:
    """A case triage is not sure of."""
    feedback_id = uuid7()
    await city.hear(received(feedback_id, text=text, received_at=city.clock.now()))
    await city.hear(classification(feedback_id, **{"needs_review": True, **classified}))
    return feedback_id


async def press(browser: Browser, feedback_id: UUID, decide: str, action: str = "decide", **more: str) -> Any:
    """Press one of the page's buttons."""
    page = await browser.get(address(feedback_id))
    form = forms_of(page)[decide_form(page)]
    return await browser.post(f"{address(feedback_id)}/{action}", {**form.fields, "decide": decide, **more})


def decide_form(page: Any) -> int:
    """Which of a page's forms decides."""
    return next(at for at, form in enumerate(forms_of(page)) if form.action.endswith("/decide"))


def listed(page: Any) -> Sequence[UUID]:
    """The cases of the queue, in order."""
    return [UUID(one) for one in re.findall(r'class="row" href="/desk/review/([0-9a-f-]{36})"', page.text)]
