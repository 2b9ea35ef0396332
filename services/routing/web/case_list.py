"""The frame of the desk: the lists with their counts, and one page of the list that is open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from libs.contracts.vocabulary import CaseState, Kind, Urgency
from libs.wording import number_in_words

from ..domain.consideration import OfficeReason
from ..parts import RoutingParts
from .mark import Due, Mark, Tone, due, state_mark
from .queue import Group, Queue
from .row import Row
from .wording import OFFICE_REASONS

PAGE: Final = 25
TOLD_AT_MOST: Final = 999
"""Nobody needs to know whether 4,000 cases wait or 5,000."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One list among the filters."""

    queue: Queue
    href: str
    count: str
    is_open: bool
    alarms: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One case in a list."""

    id: UUID
    href: str
    code: str
    state: Mark
    beginning: str
    agency: str
    field: str
    due: Due | None
    ended_at: datetime | None
    marks: tuple[Mark, ...]
    why: str
    is_open: bool


def tabs_of(groups: Sequence[Group], counts: Mapping[str, int], queue: Queue | None) -> list[tuple[str, list[Tab]]]:
    """The filters, by group."""
    return [(group.title, [_tab(one, counts.get(one.slug), queue) for one in group.queues]) for group in groups]


def _tab(queue: Queue, count: int | None, chosen: Queue | None) -> Tab:
    return Tab(
        queue=queue,
        href=queue.address or f"/desk?{urlencode({'list': queue.slug})}",
        count=count_in_words(count),
        is_open=queue == chosen,
        alarms=queue.alarming and bool(count),
    )


def count_in_words(count: int | None) -> str:
    """A count, as far as it matters; closed cases are not counted."""
    if count is None:
        return ""
    return f"{TOLD_AT_MOST}+" if count > TOLD_AT_MOST else number_in_words(count)


def lines_of(
    rows: Sequence[Row], now: datetime, parts: RoutingParts, slug: str, shown: UUID | None = None
) -> list[Line]:
    """The cases of one page of a list; `shown` is open beside it."""
    return [_line(row, now, parts, slug, shown) for row in rows]


def _line(row: Row, now: datetime, parts: RoutingParts, slug: str, shown: UUID | None) -> Line:
    state = CaseState(row["state"])
    field = row["field"]
    reason = row["office_reason"]
    return Line(
        id=row["feedback_id"],
        href=case_href(row["feedback_id"], slug),
        code=row["code"],
        state=state_mark(state, parts.words.states),
        beginning=first_line(row["beginning"]),
        agency=parts.province.directory.short_name_of(row["agency_id"]),
        field=parts.words.fields.get(field, "") if field else "",
        due=None if row["ended_at"] else due(row["act_by"], now, row["warn_at"]),
        ended_at=row["ended_at"],
        marks=marks_of(row),
        why=OFFICE_REASONS[OfficeReason(reason)] if reason and not row["ended_at"] else "",
        is_open=row["feedback_id"] == shown,
    )


def marks_of(row: Row) -> tuple[Mark, ...]:
    """What an officer must know of a case before he opens it."""
    marks = []
    if row["urgency"] == Urgency.HIGH:
        marks.append(Mark("Khẩn", "bang", Tone.LATE))
    if row["sensitive"]:
        marks.append(Mark("Nhạy cảm", "shield", Tone.SENSITIVE))
    elif row["kind"] == Kind.OFFICIAL_CONDUCT:
        marks.append(Mark("Về cán bộ", "shield", Tone.SENSITIVE))
    if row["no_head"]:
        marks.append(Mark("Chưa có người đứng đầu", "bang", Tone.SOON))
    return tuple(marks)


def first_line(text: str, at_most: int = 140) -> str:
    """The beginning of a text on one line, cut between words."""
    line = " ".join(text.split())
    if len(line) <= at_most:
        return line
    return f"{line[:at_most].rsplit(' ', 1)[0]} …"


def case_href(feedback_id: UUID, slug: str) -> str:
    """A case's page, beside the list it was opened from."""
    return f"/desk/cases/{feedback_id}" + (f"?{urlencode({'list': slug})}" if slug else "")
