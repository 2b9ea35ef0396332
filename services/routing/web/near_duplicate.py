"""The cases that say nearly the same, as a case's page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from libs.contracts.vocabulary import RefusalReason

from ..domain.likeness import sent_before
from ..parts import RoutingParts
from ..sheet import Sheet
from .case_list import case_href
from .mark import Mark, state_mark
from .refusal_text import with_open_code
from .row import Row


@dataclass(frozen=True, slots=True)
class NearLine:
    """One case that says nearly the same."""

    code: str
    href: str
    state: Mark
    agency: str
    received_at: datetime
    same_sender: bool


@dataclass(frozen=True, slots=True)
class Repeat:
    """A refusal filled in for the officer: the sender waits for an answer to the same already."""

    reason: str
    code: str
    href: str
    explanation: str
    note: str


def near_lines(sheet: Sheet, parts: RoutingParts, slug: str = "") -> tuple[NearLine, ...]:
    """The cases an officer looks at before he decides about this one."""
    return tuple(
        NearLine(
            code=one.code,
            href=case_href(one.feedback_id, slug),
            state=state_mark(one.state, parts.words.states),
            agency=parts.province.directory.short_name_of(one.agency_id),
            received_at=one.received_at,
            same_sender=bool(one.same_sender),
        )
        for one in sheet.near_duplicates
    )


def repeat_of(sheet: Sheet, refusal_texts: Mapping[str, Row]) -> Repeat | None:
    """What the officer would write by hand to refuse a case as sent before; the machine only offers it."""
    before = sent_before(sheet.case.received_at, sheet.near_duplicates)
    if before is None:
        return None
    return Repeat(
        reason=RefusalReason.TCH08.value,
        code=before.code,
        href=case_href(before.feedback_id, ""),
        explanation=with_open_code(refusal_texts[RefusalReason.TCH08], before.code),
        note=f"Trùng với {before.code}.",
    )
