"""What happened to a case, and what the citizen was told of it, in sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from libs.contracts.vocabulary import (
    Channel,
    Desk,
    Disposition,
    Field,
    Kind,
    Notice,
    NoticeOutcome,
    RefusalReason,
)

from ..domain.consideration import OfficeReason
from ..parts import RoutingParts
from .mark import Mark, Tone
from .row import Row
from .wording import (
    CHANNELS,
    DESKS,
    DISPOSITIONS,
    KINDS,
    NOTICE_OUTCOMES,
    NOTICE_TROUBLE,
    NOTICES,
    OFFICE_REASONS,
    STEPS,
)

_CITIZENS = frozenset({"opened", "supplemented"})


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the timeline."""

    id: int
    at: datetime
    title: str
    who: str
    more: str
    note: str


def steps_of(timeline: Sequence[Row], parts: RoutingParts) -> list[Step]:
    """The timeline, the newest on top."""
    return [_step(row, parts) for row in reversed(timeline)]


def _step(row: Row, parts: RoutingParts) -> Step:
    what, agency_id = row["what"], row["agency_id"]
    if row["by_name"]:
        who = row["by_name"]
        if agency_id:
            who += f", {parts.province.directory.short_name_of(agency_id)}"
    else:
        who = "Người gửi" if what in _CITIZENS else "Tự động"
    return Step(
        row["id"], row["at"], STEPS.get(what, what), who, _more(what, row["detail"] or {}, parts), row["note"] or ""
    )


def _more(what: str, detail: Mapping[str, Any], parts: RoutingParts) -> str:
    match what:
        case "opened":
            return f"Gửi qua {CHANNELS[Channel(detail['channel'])]}" if "channel" in detail else ""
        case "routed":
            name = parts.province.directory.short_name_of(detail.get("agency_id", ""))
            return f"{name} (chưa có người đứng đầu)" if detail.get("no_head") else name
        case "at_office" | "stays_at_office":
            reason, desk = detail.get("reason"), detail.get("desk")
            told = [OFFICE_REASONS[OfficeReason(reason)]] if reason else []
            return "; ".join([*told, *([DESKS[Desk(desk)]] if desk else [])])
        case "reviewed":
            return _as_labelled(detail, parts)
        case "refused":
            code = detail.get("reason")
            return f"{code} – {parts.words.refusal_reasons[RefusalReason(code)]}" if code else ""
        case "drafted" | "submitted" | "approved" | "sent_back":
            return f"Bản {detail['revision']}" if "revision" in detail else ""
        case "supplemented":
            files = detail.get("files", 0)
            return f"Kèm {files} tệp" if files else ""
    return ""


def _as_labelled(detail: Mapping[str, Any], parts: RoutingParts) -> str:
    told = [DISPOSITIONS[Disposition(detail["disposition"])]] if "disposition" in detail else []
    told += [KINDS[Kind(detail["kind"])]] if "kind" in detail else []
    told += [parts.words.fields[Field(detail["field"])]] if "field" in detail else []
    return "; ".join([*told, *([detail["matter"]] if "matter" in detail else [])])


@dataclass(frozen=True, slots=True)
class Told:
    """One message to the citizen, and how it ended."""

    at: datetime
    title: str
    outcome: Mark
    detail: str


def told_of(notices: Sequence[Row]) -> list[Told]:
    """The messages to the citizen, the newest on top; a code only where somebody must look into it."""
    return [_told(row, NoticeOutcome(row["outcome"])) for row in reversed(notices)]


def _told(row: Row, outcome: NoticeOutcome) -> Told:
    code = row["detail"] if outcome in NOTICE_TROUBLE else None
    return Told(row["at"], NOTICES[Notice(row["notice"])], _outcome(outcome), code or "")


def _outcome(outcome: NoticeOutcome) -> Mark:
    if outcome in NOTICE_TROUBLE:
        return Mark(NOTICE_OUTCOMES[outcome], "bang", Tone.LATE if outcome is NoticeOutcome.FAILED else Tone.SOON)
    if outcome is NoticeOutcome.SUPERSEDED:
        return Mark(NOTICE_OUTCOMES[outcome], "minus")
    return Mark(NOTICE_OUTCOMES[outcome], "check", Tone.DONE)
