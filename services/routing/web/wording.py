"""What the desk calls things, for officers. States, fields and refusal reasons are the province's own words."""

from collections.abc import Mapping
from typing import Final

from libs.contracts.vocabulary import (
    AccusedPost,
    AnswerOutcome,
    ApplicantType,
    Channel,
    Desk,
    Disposition,
    Kind,
    Nature,
    Notice,
    NoticeOutcome,
    Visibility,
)

from ..domain.consideration import OfficeReason, Rule
from ..domain.permission import Action

KINDS: Final[Mapping[Kind, str]] = {
    Kind.PROCEDURE_DIFFICULTY: "Vướng mắc về thủ tục, quy định",
    Kind.OFFICIAL_CONDUCT: "Hành vi, thái độ của cán bộ",
}
NATURES: Final[Mapping[Nature, str]] = {Nature.PHAN_ANH: "Phản ánh", Nature.KIEN_NGHI: "Kiến nghị"}
DISPOSITIONS: Final[Mapping[Disposition, str]] = {
    Disposition.IN_SCOPE: "Thuộc phạm vi tiếp nhận",
    Disposition.INQUIRY: "Câu hỏi, đề nghị hướng dẫn",
    Disposition.STATUS_LOOKUP: "Hỏi tình hình hồ sơ",
    Disposition.COMPLAINT_DENUNCIATION: "Có dấu hiệu khiếu nại, tố cáo",
    Disposition.SPAM_ADS: "Quảng cáo, thư rác",
    Disposition.OUT_OF_SCOPE_OTHER: "Ngoài phạm vi tiếp nhận",
    Disposition.INSUFFICIENT: "Chưa đủ rõ",
}
CHANNELS: Final[Mapping[Channel, str]] = {
    Channel.ZALO: "Zalo",
    Channel.WEB: "Trang web",
    Channel.HOTLINE: "Đường dây nóng",
    Channel.ONE_STOP: "Bộ phận một cửa",
    Channel.PORTAL: "Cổng Dịch vụ công Quốc gia",
}
APPLICANTS: Final[Mapping[ApplicantType, str]] = {
    ApplicantType.CITIZEN: "Người dân",
    ApplicantType.ORGANISATION: "Tổ chức",
    ApplicantType.BUSINESS: "Doanh nghiệp",
    ApplicantType.STATE_BODY: "Cơ quan nhà nước",
}
VISIBILITIES: Final[Mapping[Visibility, str]] = {
    Visibility.PUBLIC: "Đồng ý công khai, không nêu tên",
    Visibility.PRIVATE: "Không đồng ý công khai",
}
OUTCOMES: Final[Mapping[AnswerOutcome, str]] = {
    AnswerOutcome.ACCEPTED: "Chấp nhận",
    AnswerOutcome.PARTLY_ACCEPTED: "Chấp nhận một phần",
    AnswerOutcome.NOT_ACCEPTED: "Không chấp nhận",
    AnswerOutcome.EXPLAINED: "Giải thích, hướng dẫn",
}
POSTS: Final[Mapping[AccusedPost, str]] = {
    AccusedPost.STAFF: "Cán bộ, công chức",
    AccusedPost.LEADER: "Lãnh đạo đơn vị",
    AccusedPost.UNKNOWN: "Chưa rõ chức vụ",
}
DESKS: Final[Mapping[Desk, str]] = {
    Desk.AGENCY: "bàn cơ quan",
    Desk.HEAD: "bàn người đứng đầu",
    Desk.OFFICE: "bàn Văn phòng",
    Desk.OFFICE_SENSITIVE: "bàn nhạy cảm của Văn phòng",
}
RULES: Final[Mapping[Rule, str]] = {
    Rule.NOT_SENSITIVE: "Không nhạy cảm",
    Rule.IN_SCOPE: "Thuộc phạm vi",
    Rule.COMPLETE: "Đã gửi xong",
    Rule.CERTAIN: "Phân loại chắc chắn",
    Rule.MATTER_KNOWN: "Rõ việc",
    Rule.PLACE_KNOWN: "Rõ nơi",
    Rule.AGENCY_NAMED: "Rõ cơ quan được nêu",
    Rule.ACCUSED_UNIT_KNOWN: "Rõ đơn vị bị phản ánh",
    Rule.VALID_ON_DAY: "Cơ quan đang hoạt động",
    Rule.ONE_AGENCY: "Chỉ một cơ quan",
    Rule.INSIDE_CITY: "Trong thành phố",
    Rule.BELOW_CITY_LEVEL: "Dưới cấp thành phố",
    Rule.UNDER_THE_CITY: "Thuộc thành phố quản lý",
    Rule.ACCUSED_IS_STAFF: "Không phải lãnh đạo",
    Rule.CONFIRMED: "Thẩm quyền đã xác nhận",
}
OFFICE_REASONS: Final[Mapping[OfficeReason, str]] = {
    OfficeReason.NOT_CLASSIFIED: "Chưa phân loại được tự động",
    OfficeReason.NOT_IN_SCOPE: "Có thể không thuộc phạm vi tiếp nhận",
    OfficeReason.SENSITIVE: "Có dấu hiệu khiếu nại, tố cáo hoặc có thể làm lộ người gửi",
    OfficeReason.INCOMPLETE: "Người gửi chưa gửi xong",
    OfficeReason.WROTE_AGAIN: "Người gửi nhắn lại sau khi hệ thống đã tự trả lời",
    OfficeReason.ADDED_AFTER_END: "Người gửi viết thêm sau khi hồ sơ đã kết thúc",
    OfficeReason.NEEDS_REVIEW: "Phân loại tự động chưa chắc chắn",
    OfficeReason.MATTER_UNKNOWN: "Chưa rõ việc gì",
    OfficeReason.PLACE_UNKNOWN: "Chưa rõ phường, xã nào",
    OfficeReason.AGENCY_NOT_NAMED: "Chưa rõ cơ quan được nêu",
    OfficeReason.ACCUSED_UNIT_UNKNOWN: "Chưa rõ cán bộ thuộc đơn vị nào",
    OfficeReason.ACCUSED_LEADER: "Phản ánh về lãnh đạo, cần quyết định nơi giải quyết",
    OfficeReason.SEVERAL_COMPETENT: "Nhiều cơ quan cùng có thẩm quyền",
    OfficeReason.SEVERAL_SUCCESSORS: "Đơn vị cũ có nhiều đơn vị kế thừa",
    OfficeReason.NO_SUCCESSOR: "Cơ quan đã thôi hoạt động, không có nơi kế thừa",
    OfficeReason.CITY_LEVEL: "Việc ở cấp thành phố",
    OfficeReason.OUTSIDE_CITY: "Cơ quan ngoài thành phố",
    OfficeReason.RETURNED: "Đơn vị trả lại",
    OfficeReason.SHIELD_STANDS: "Trước được coi là việc của cán bộ, nay là việc thủ tục: cần quyết định mở cho ai xem",
}
NOTICES: Final[Mapping[Notice, str]] = {
    Notice.REPLY: "Tin trả lời trong hội thoại",
    Notice.RECEIVED: "Báo đã tiếp nhận",
    Notice.ROUTED: "Báo cơ quan giải quyết và thời hạn",
    Notice.IN_PROGRESS: "Báo đang giải quyết",
    Notice.EXTENDED: "Báo gia hạn",
    Notice.ANSWERED: "Gửi câu trả lời",
    Notice.REFUSED: "Báo không thụ lý",
    Notice.TRANSFERRED_OUT: "Báo đã chuyển ngoài thành phố",
    Notice.WITHDRAWN: "Báo đã rút",
    Notice.CLOSED: "Báo kết thúc",
}
NOTICE_OUTCOMES: Final[Mapping[NoticeOutcome, str]] = {
    NoticeOutcome.SENT: "Đã gửi",
    NoticeOutcome.UNCERTAIN: "Đã gửi, chưa rõ có tới",
    NoticeOutcome.DELIVERED: "Đã tới máy người dân",
    NoticeOutcome.SEEN: "Người dân đã xem",
    NoticeOutcome.SUPERSEDED: "Không gửi, tin sau đã thay",
    NoticeOutcome.HELD: "Đang giữ, chưa được phép gửi",
    NoticeOutcome.FAILED: "Gửi không được",
}
NOTICE_TROUBLE: Final = frozenset({NoticeOutcome.HELD, NoticeOutcome.FAILED, NoticeOutcome.UNCERTAIN})
STEPS: Final[Mapping[str, str]] = {
    "opened": "Mở hồ sơ",
    "routed": "Chuyển cơ quan",
    "at_office": "Đưa về Văn phòng",
    "stays_at_office": "Ở lại Văn phòng",
    "accepted": "Tiếp nhận xử lý",
    "returned": "Trả lại vì không đúng thẩm quyền",
    "drafted": "Lưu dự thảo trả lời",
    "submitted": "Trình duyệt",
    "approved": "Duyệt, gửi người dân",
    "sent_back": "Yêu cầu làm lại",
    "refused": "Không thụ lý",
    "look_up_answered": "Trả lời tra cứu, kết thúc",
    "unmasked": "Xem thông tin người gửi",
    "supplemented": "Người gửi bổ sung",
    "shield_closed": "Thu hẹp người được xem",
    "classified_again": "Phân loại lại",
    "reviewed": "Xem lại phân loại",
    "review_dropped": "Không ghi quyết định phân loại vì hồ sơ đã thay đổi",
}
"""What the timeline's codes mean."""
DECISIONS: Final[Mapping[str, str]] = {
    "disposition": "phạm vi",
    "kind": "loại",
    "nature": "tính chất",
    "field": "lĩnh vực",
    "matter": "việc",
    "place": "nơi xảy ra",
    "accused_unit": "đơn vị bị phản ánh",
    "accused_post": "chức vụ",
    "sensitive": "nhạy cảm",
    "urgency": "khẩn",
    "refusal": "nơi tiếp nhận khác",
}
"""What triage's quoted words led to."""
QUOTED_BY: Final[Mapping[str, str]] = {"assistant": "mô hình trợ giúp gợi ý, cần người xem lại"}
"""Who quoted them, where an officer should know: a rule's name to words."""
DONE: Final[Mapping[str, str]] = {
    "accept": "Đã tiếp nhận. Người gửi được báo là đang giải quyết.",
    "return": "Đã trả lại Văn phòng kèm lý do. Người gửi không được báo việc này.",
    "assign": "Đã chuyển cơ quan. Thời hạn trả lời tính từ bây giờ, người gửi được báo.",
    "save": "Đã lưu dự thảo.",
    "submit": "Đã trình duyệt.",
    "approve": "Đã duyệt. Câu trả lời đang được gửi tới người dân.",
    "send-back": "Đã yêu cầu làm lại kèm lý do.",
    "refuse": "Đã trả lời không thụ lý. Người gửi được báo lý do và nơi cần đến.",
    "discard": "Đã bỏ nội dung chưa lưu.",
    "too-late": "Quyết định phân loại đã có hiệu lực hoặc đã được bỏ, không hoàn tác được nữa.",
    "undo": "Đã hoàn tác, chưa có gì được ghi. Xin quyết định lại.",
}
"""What an officer is told once it is done, by what the page's address says."""

ACTIONS: Final[Mapping[Action, str]] = {
    Action.ACCEPT: "Tiếp nhận xử lý",
    Action.ANSWER: "Soạn trả lời",
    Action.APPROVE: "Duyệt câu trả lời",
    Action.ASSIGN: "Chuyển cơ quan",
    Action.REFUSE: "Không thụ lý",
}
"""The main actions, as the head of a case's page names them."""
