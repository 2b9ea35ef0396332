"""Who gets a case: one agency, or the Office's desk with the reason; every rule considered is told."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from libs.contracts.vocabulary import CaseState, Desk, Disposition, Kind, RefusalReason
from libs.places import Agency

from .competence import competent_agency
from .consideration import Considered, Found, OfficeReason, Rule, RuleConsidered
from .ending import suggested_refusal
from .facts import Facts
from .province import Province
from .shield import accused_agency


@dataclass(frozen=True, slots=True)
class Assignment:
    """One agency answers."""

    found: Found
    rules: tuple[RuleConsidered, ...]


@dataclass(frozen=True, slots=True)
class NeedsOffice:
    """A person at the Office decides."""

    reason: OfficeReason
    desk: Desk
    rules: tuple[RuleConsidered, ...]
    proposed: Agency | None = None
    """The agency the rules would lead to if the doubt were settled."""
    suggested_refusal: RefusalReason | None = None

    @property
    def state(self) -> CaseState:
        """What is known is settled and only the agency is missing, or the classification itself is in doubt."""
        return CaseState.RECEIVED if self.reason in ABOUT_THE_CASE_ITSELF else CaseState.CLASSIFIED


def assign(facts: Facts, province: Province, on: date) -> Assignment | NeedsOffice:
    """Choose the one agency that answers for a case on the day of assignment, or say why a person must choose.

    Source: design, section 4; domain rules 5.2.
    """
    considered = Considered()
    _gates(facts, considered)
    search = accused_agency if facts.kind is Kind.OFFICIAL_CONDUCT else competent_agency
    found = search(facts, province, on, considered)
    rules = tuple(considered.rules)
    if considered.obstacle is None and found is not None:
        return Assignment(found, rules)
    return NeedsOffice(
        considered.obstacle or OfficeReason.NEEDS_REVIEW,
        Desk.OFFICE_SENSITIVE if facts.suspected_denunciation else Desk.OFFICE,
        rules,
        # An agency must not be one click away from a denunciation that may name it.
        proposed=found.agency if found is not None and not facts.suspected_denunciation else None,
        suggested_refusal=suggested_refusal(facts),
    )


ABOUT_THE_CASE_ITSELF: Final = frozenset(
    {
        OfficeReason.NOT_CLASSIFIED,
        OfficeReason.NOT_IN_SCOPE,
        OfficeReason.SENSITIVE,
        OfficeReason.INCOMPLETE,
        OfficeReason.NEEDS_REVIEW,
        OfficeReason.WROTE_AGAIN,
    }
)

_DISPOSITIONS: Final = {
    Disposition.IN_SCOPE: "phản ánh, kiến nghị về thủ tục hành chính hoặc về cán bộ, thuộc phạm vi tiếp nhận",
    Disposition.INQUIRY: "câu hỏi, đề nghị hướng dẫn",
    Disposition.STATUS_LOOKUP: "tra cứu tình hình hồ sơ",
    Disposition.COMPLAINT_DENUNCIATION: "khiếu nại hoặc tố cáo",
    Disposition.SPAM_ADS: "quảng cáo, thư rác",
    Disposition.OUT_OF_SCOPE_OTHER: "việc ngoài phạm vi tiếp nhận",
    Disposition.INSUFFICIENT: "chưa đủ rõ để xử lý",
}


def _gates(facts: Facts, considered: Considered) -> None:
    """What must hold before a machine may assign at all; the shield first."""
    safe = not facts.suspected_denunciation
    because = "Không có" if safe else "Có"
    because += " dấu hiệu khiếu nại, tố cáo hoặc nội dung làm lộ người gửi."
    considered.gate(Rule.NOT_SENSITIVE, safe, because, OfficeReason.SENSITIVE)
    in_scope = facts.disposition is Disposition.IN_SCOPE
    because = f"Nội dung được đánh giá là {_DISPOSITIONS[facts.disposition]}."
    considered.gate(Rule.IN_SCOPE, in_scope, because, OfficeReason.NOT_IN_SCOPE)
    because = "Người gửi chưa gửi xong nội dung." if facts.incomplete else "Người gửi đã xác nhận nội dung."
    considered.gate(Rule.COMPLETE, not facts.incomplete, because, OfficeReason.INCOMPLETE)
    because = "Bộ phân loại chưa đủ chắc chắn." if facts.needs_review else "Bộ phân loại đủ chắc chắn."
    considered.gate(Rule.CERTAIN, not facts.needs_review, because, OfficeReason.NEEDS_REVIEW)
