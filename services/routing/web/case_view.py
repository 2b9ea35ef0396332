"""One case as its page shows it: text first, then why it is here, by when, and what happened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from libs.contracts.vocabulary import (
    AnswerOutcome,
    ApplicantType,
    CaseState,
    Channel,
    Desk,
    Disposition,
    Field,
    FileKind,
    FileState,
    Kind,
    MatterCode,
    Nature,
    RefusalReason,
    Visibility,
)
from libs.wording import size_in_words

from ..domain.calendar import local_day
from ..domain.consideration import OfficeReason, Rule
from ..domain.workflow import CLOSED_STATES
from ..parts import RoutingParts
from ..sheet import Sheet
from . import wording as w
from .banner import Banner, banner_of
from .case_list import marks_of
from .evidence import Quote, Stretch, quoted
from .history import Step, Told, steps_of, told_of
from .mark import Due, Mark, due, state_mark
from .row import Row

_REMARKS: Final = frozenset({Rule.CONFIRMED, Rule.UNDER_THE_CITY, Rule.ACCUSED_IS_STAFF})
"""Rules that change how a case is given, not whether."""


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file the citizen attached, or where its fetching stands."""

    name: str
    href: str
    about: str
    ready: bool
    failed: bool
    shown: bool
    """A picture that is on the page itself."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what a case is about."""

    label: str
    value: str
    doubt: str = ""
    """What is not certain about it."""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule of the assignment."""

    title: str
    held: bool
    because: str
    is_remark: bool


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of the answer."""

    number: int
    outcome: str
    text: str
    standing: str
    note: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything on the page but forms and frame."""

    id: UUID
    code: str
    version: int
    state: Mark
    is_open: bool
    marks: tuple[Mark, ...]
    agency: str
    agency_in_full: str
    desk: str
    due: Due | None
    accept_by: Due | None
    banner: Banner | None
    office_reason: str
    received_at: datetime
    channel: str
    stretches: tuple[Stretch, ...]
    quotes: tuple[Quote, ...]
    supplements: tuple[Row, ...]
    files: tuple[FileLine, ...]
    location: str
    facts: tuple[Fact, ...]
    rules: tuple[RuleLine, ...]
    chosen_by_person: bool
    refusal: str
    revisions: tuple[Revision, ...]
    told: tuple[Told, ...]
    steps: tuple[Step, ...]
    may_unmask: bool
    last_step: int
    """The newest line of the timeline: a form tells it back, so that what happened since can be shown."""


def view_of(sheet: Sheet, parts: RoutingParts, now: datetime) -> CaseView:
    """A case as its page shows it."""
    row, case = sheet.row, sheet.case
    stretches, quotes = quoted(row["text"], (row["classification"] or {}).get("reasons", ()))
    is_open = case.state not in CLOSED_STATES
    directory = parts.province.directory
    assigned = case.state is CaseState.ASSIGNED and row["accept_by"] is not None
    return CaseView(
        id=case.feedback_id,
        code=row["code"],
        version=case.version,
        state=state_mark(case.state, parts.words.states),
        is_open=is_open,
        marks=marks_of(row),
        agency=directory.short_name_of(case.agency_id),
        agency_in_full=directory.name_of(case.agency_id),
        desk="người đứng đầu trực tiếp xử lý" if case.guard.desk is Desk.HEAD and is_open else "",
        due=due(row["act_by"], now, row["warn_at"]) if is_open else None,
        accept_by=due(row["accept_by"], now) if assigned else None,
        banner=banner_of(case, directory),
        office_reason=_office_reason(row) if is_open else "",
        received_at=case.received_at,
        channel=w.CHANNELS[Channel(row["channel"])],
        stretches=stretches,
        quotes=quotes,
        supplements=tuple(sheet.supplements),
        files=tuple(_file(file, case.feedback_id) for file in sheet.files),
        location=_location(row["location"]),
        facts=_facts(sheet, parts),
        rules=tuple(_rule(rule) for rule in row["rules"]),
        chosen_by_person=bool(sheet.assignments) and sheet.assignments[-1]["by"] is not None,
        refusal=_refusal(row["refusal_reason"], parts),
        revisions=tuple(_revision(answer) for answer in sheet.answers),
        told=tuple(told_of(sheet.notices)),
        steps=tuple(steps_of(sheet.timeline, parts)),
        may_unmask=sheet.may_unmask,
        last_step=sheet.timeline[-1]["id"] if sheet.timeline else 0,
    )


def _office_reason(row: Row) -> str:
    # Of a sensitive case the banner says it already.
    reason = OfficeReason(row["office_reason"]) if row["office_reason"] else None
    return "" if reason in (None, OfficeReason.SENSITIVE) else w.OFFICE_REASONS[reason]


def _rule(rule: Row) -> RuleLine:
    which = Rule(rule["rule"])
    return RuleLine(w.RULES[which], rule["held"], rule["because"], which in _REMARKS)


def _facts(sheet: Sheet, parts: RoutingParts) -> tuple[Fact, ...]:
    row, words = sheet.row, parts.words
    unconfirmed = "chưa xác nhận" if row["unconfirmed"] else ""
    facts = [
        Fact("Nơi xảy ra", *_place(row, parts)),
        Fact("Việc", _matter(row, parts), unconfirmed if row["matter"] else ""),
        Fact("Lĩnh vực", words.fields[Field(row["field"])] if row["field"] else ""),
        Fact("Loại", _kind(row)),
        Fact("Đánh giá", w.DISPOSITIONS[Disposition(row["disposition"])] if row["disposition"] else ""),
        Fact("Bị phản ánh", _accused(sheet, parts)),
        Fact("Người gửi là", w.APPLICANTS[ApplicantType(row["applicant_type"])]),
        Fact("Công khai", w.VISIBILITIES[Visibility(row["visibility"])]),
        Fact("Lưu ý", "Cơ quan ngành dọc: chuyển kèm công văn phối hợp" if row["covering_note"] else ""),
        Fact("Chưa gửi xong", "Người gửi chưa xác nhận nội dung" if row["incomplete"] else ""),
    ]
    return tuple(fact for fact in facts if fact.value)


def _place(row: Row, parts: RoutingParts) -> tuple[str, str]:
    if not row["place_id"]:
        return "Chưa rõ", ""
    commune = parts.province.directory.gazetteer.commune(row["place_id"])
    name = commune.full_name if commune else str(row["place_id"])
    return name, "" if row["confirmed_place"] else "đọc từ nội dung, người gửi chưa xác nhận"


def _matter(row: Row, parts: RoutingParts) -> str:
    if not row["matter"]:
        return "Chưa rõ"
    name = matter_name(MatterCode(row["matter"]), parts)
    return name if name == row["matter"] else f"{row['matter']} – {name}"


def matter_name(matter: MatterCode, parts: RoutingParts) -> str:
    """What the province's table calls a matter."""
    rows = parts.province.competences.get(matter, ())
    return rows[0].name if rows else matter


def _kind(row: Row) -> str:
    kind = w.KINDS[Kind(row["kind"])] if row["kind"] else "Chưa rõ"
    return f"{w.NATURES[Nature(row['nature'])]}: {kind}" if row["nature"] else kind


def _accused(sheet: Sheet, parts: RoutingParts) -> str:
    guard = sheet.case.guard
    if not guard.shielded:
        return ""
    # A unit that was renamed or merged is named as it was and as it is: one of them is in force today.
    on, directory = local_day(sheet.case.received_at), parts.province.directory
    names = sorted({heir.short_name for unit in guard.accused for heir in directory.heirs(unit, on)})
    return f"{w.POSTS[guard.accused_post]}: {'; '.join(names) or 'chưa rõ đơn vị'}"


def _file(file: Row, feedback_id: UUID) -> FileLine:
    state = FileState(file["state"])
    ready = state is FileState.READY and bool(file["sha256"])
    about = {FileState.PENDING: "đang tải", FileState.FAILED: "không tải được từ Zalo"}.get(state)
    return FileLine(
        name=file["name"],
        href=f"/desk/cases/{feedback_id}/files/{file['file_id']}",
        about=about or ("" if file["size_bytes"] is None else size_in_words(file["size_bytes"])),
        ready=ready,
        failed=state is FileState.FAILED,
        shown=ready and FileKind(file["kind"]) is FileKind.IMAGE,
    )


def _location(location: Mapping[str, Any] | None) -> str:
    return f"{location['latitude']:.5f}, {location['longitude']:.5f}" if location else ""


def _refusal(code: str | None, parts: RoutingParts) -> str:
    return f"{code} – {parts.words.refusal_reasons[RefusalReason(code)]}" if code else ""


def _revision(answer: Row) -> Revision:
    standing = "dự thảo"
    for column, word in (("submitted_at", "đã trình"), ("sent_back_at", "bị trả lại"), ("approved_at", "đã duyệt")):
        if answer[column]:
            standing = word
    outcome = w.OUTCOMES[AnswerOutcome(answer["outcome"])]
    return Revision(answer["revision"], outcome, answer["text"], standing, answer["sent_back_note"] or "")
