"""The words services share: ids and closed sets. One word per idea; the Vietnamese beside each is in README.md."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

FeedbackId = NewType("FeedbackId", UUID)
"""One feedback, and the case routing keeps on it: the same id (UUIDv7)."""
SenderId = NewType("SenderId", UUID)
"""One citizen on one channel, known outside intake by this id alone (UUIDv7)."""
AgencyId = NewType("AgencyId", str)
"""An agency in one period of its life, e.g. `HN-CN00199` (UBND phường Láng since 2025-07-01)."""
PlaceId = NewType("PlaceId", str)
"""A commune in one period of its life. Its People's Committee has the same id as an `AgencyId`."""
MatterCode = NewType("MatterCode", str)
"""A row of the province's competence table, e.g. `HT01`."""


class Channel(StrEnum):
    """Where a feedback came in."""

    ZALO = "zalo"
    WEB = "web"
    HOTLINE = "hotline"
    ONE_STOP = "one_stop"
    PORTAL = "portal"


class ApplicantType(StrEnum):
    """Đối tượng: as on the National Public Service Portal's form (CN, TC, DN, CQ)."""

    CITIZEN = "citizen"
    ORGANISATION = "organisation"
    BUSINESS = "business"
    STATE_BODY = "state_body"


class Visibility(StrEnum):
    """Whether the sender agrees that the feedback is published (never with name, phone or address)."""

    PUBLIC = "public"
    PRIVATE = "private"


class Disposition(StrEnum):
    """What is to be done with a text at all. Source: the triage labelling guide, section 1."""

    IN_SCOPE = "in_scope"
    INQUIRY = "inquiry"
    STATUS_LOOKUP = "status_lookup"
    COMPLAINT_DENUNCIATION = "complaint_denunciation"
    SPAM_ADS = "spam_ads"
    OUT_OF_SCOPE_OTHER = "out_of_scope_other"
    INSUFFICIENT = "insufficient"


class Kind(StrEnum):
    """A difficulty with a procedure or rule, or the conduct of officials (hành vi, thái độ)."""

    PROCEDURE_DIFFICULTY = "procedure_difficulty"
    OFFICIAL_CONDUCT = "official_conduct"


class Nature(StrEnum):
    """Phản ánh tells of something; kiến nghị proposes a change."""

    PHAN_ANH = "phan_anh"
    KIEN_NGHI = "kien_nghi"


class Field(StrEnum):
    """The 22 fields of administrative procedures. Source: the triage labelling guide, section 4."""

    HO_TICH = "ho_tich"
    CHUNG_THUC = "chung_thuc"
    CU_TRU_CAN_CUOC = "cu_tru_can_cuoc"
    DAT_DAI = "dat_dai"
    XAY_DUNG = "xay_dung"
    DANG_KY_KINH_DOANH = "dang_ky_kinh_doanh"
    DAU_TU = "dau_tu"
    THUE = "thue"
    BHXH_BHYT = "bhxh_bhyt"
    LAO_DONG = "lao_dong"
    NGUOI_CO_CONG = "nguoi_co_cong"
    BAO_TRO_XA_HOI = "bao_tro_xa_hoi"
    GIAO_DUC = "giao_duc"
    Y_TE = "y_te"
    GIAO_THONG = "giao_thong"
    VAN_HOA_DU_LICH = "van_hoa_du_lich"
    TU_PHAP_LY_LICH = "tu_phap_ly_lich"
    MOI_TRUONG = "moi_truong"
    NONG_NGHIEP = "nong_nghiep"
    CONG_THUONG = "cong_thuong"
    CNTT_DVC_TRUC_TUYEN = "cntt_dvc_truc_tuyen"
    KHAC = "khac"


class AgencyLevel(StrEnum):
    """The tier an agency stands on. `central` is outside the city."""

    CITY = "city"
    DEPARTMENT = "department"
    DISTRICT = "district"
    COMMUNE = "commune"
    CENTRAL = "central"


class Urgency(StrEnum):
    NORMAL = "normal"
    HIGH = "high"


class AccusedPost(StrEnum):
    """Whose conduct a feedback is about: decides who may answer for it (domain: conduct shield)."""

    STAFF = "staff"
    LEADER = "leader"
    UNKNOWN = "unknown"


class Desk(StrEnum):
    """Where a case stands, with its agency: the second half of a case's owner."""

    AGENCY = "agency"
    HEAD = "head"
    OFFICE = "office"
    OFFICE_SENSITIVE = "office_sensitive"


class CaseState(StrEnum):
    """States of a case; the Vietnamese code of each is in the province's states.csv."""

    OPENED = "opened"
    RECEIVED = "received"
    CLASSIFIED = "classified"
    ASSIGNED = "assigned"
    RETURNED = "returned"
    IN_PROGRESS = "in_progress"
    AWAITING_CITIZEN = "awaiting_citizen"
    EXTENDED = "extended"
    AWAITING_APPROVAL = "awaiting_approval"
    SENT_BACK = "sent_back"
    ANSWERED = "answered"
    PUBLISHED = "published"
    REFUSED = "refused"
    TRANSFERRED_OUT = "transferred_out"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class RoutedReason(StrEnum):
    """Why an agency was given the case this time."""

    ASSIGNED = "assigned"
    BY_OFFICER = "by_officer"
    TRANSFERRED = "transferred"
    REOPENED = "reopened"


class RefusalReason(StrEnum):
    """Why a feedback is not handled here; texts are in the province's refusal_reasons.csv."""

    TCH01 = "TCH01"
    TCH02 = "TCH02"
    TCH03 = "TCH03"
    TCH04 = "TCH04"
    TCH05 = "TCH05"
    TCH06 = "TCH06"
    TCH07 = "TCH07"
    TCH08 = "TCH08"
    TCH09 = "TCH09"
    TCH10 = "TCH10"
    TCH11 = "TCH11"
    TCH12 = "TCH12"


class AnswerOutcome(StrEnum):
    """What an answer grants. Source: the portal contract's CHAP_NHAN … GIAI_THICH."""

    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    NOT_ACCEPTED = "not_accepted"
    EXPLAINED = "explained"


class SupplementReason(StrEnum):
    """Why a feedback grew after it was filed. `file`: a pending file was stored or given up; changes no state."""

    FILE = "file"
    CITIZEN = "citizen"


class FileKind(StrEnum):
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"


class FileState(StrEnum):
    """A citizen's file: still being fetched, stored, or given up."""

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class ReceiptStatus(StrEnum):
    """What a channel says later about a message of ours."""

    ECHOED = "echoed"
    DELIVERED = "delivered"
    SEEN = "seen"


class Notice(StrEnum):
    """A message the notifier owes a citizen: a reply in the conversation, or the step of a case it tells of."""

    REPLY = "reply"
    RECEIVED = "received"
    ROUTED = "routed"
    IN_PROGRESS = "in_progress"
    EXTENDED = "extended"
    ANSWERED = "answered"
    REFUSED = "refused"
    TRANSFERRED_OUT = "transferred_out"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class NoticeOutcome(StrEnum):
    """How a notice ended, or where it stands. `uncertain`: sent, but the channel's answer was lost."""

    SENT = "sent"
    UNCERTAIN = "uncertain"
    DELIVERED = "delivered"
    SEEN = "seen"
    SUPERSEDED = "superseded"
    HELD = "held"
    FAILED = "failed"
