"""What a citizen's browser is shown when there is no page, or none can be made now."""

from typing import Final

from fastapi import Request, Response

from libs.web.problem import Problem

from .look import pages_of

_NOT_THERE: Final = (
    "Không có trang này",
    "Đường dẫn có thể bị thiếu chữ hoặc đã cũ. Xin ông/bà xem lại, hoặc đi tiếp từ một trong hai trang dưới đây.",
)
_TOO_LONG: Final = (
    "Nội dung gửi quá lớn",
    "Xin ông/bà gửi ngắn hơn; ảnh và tệp xin gửi trong cuộc trò chuyện trên Zalo.",
)
_BUSY: Final = ("Đang bận", "Hệ thống đang bận trong chốc lát. Xin ông/bà tải lại trang sau ít phút.")
_BROKEN: Final = ("Có lỗi ngoài dự kiến", "Chúng tôi đã ghi nhận lỗi này và đang xem. Xin ông/bà thử lại sau.")
_NOT_READ: Final = ("Nội dung gửi chưa đọc được", "Xin ông/bà quay lại trang trước và gửi lại.")
_WORDS: Final = {404: _NOT_THERE, 405: _NOT_THERE, 413: _TOO_LONG, 503: _BUSY}


def problem_page(request: Request, problem: Problem) -> Response:
    """A page in words people know, with a way on."""
    title, advice = _WORDS.get(problem.status, _BROKEN if problem.status >= 500 else _NOT_READ)
    values = {"title": title, "advice": advice}
    return pages_of(request).render("problem.html", values, problem.status, problem.headers)
