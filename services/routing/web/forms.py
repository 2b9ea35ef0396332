"""What a form may hold, and what is told to whoever filled it in when it may not."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, ConfigDict, PositiveInt, ValidationError

from libs.contracts.vocabulary import AnswerOutcome, Disposition, Field, Kind, Nature, RefusalReason
from libs.wording import number_in_words

from ..api.shape import Code, Line, MaybeLine, Prose

LARGEST_BODY: Final = 512 * 1024
_MOST_FIELDS: Final = 40

Values = Mapping[str, str]
F = TypeVar("F", bound=BaseModel)


class TooLarge(Exception):
    """A form larger than any of ours."""


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a posted form; of one sent twice, the last.

    Raises:
        TooLarge: nobody fills in so much.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise TooLarge
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise TooLarge from error
    # A browser ends lines with CR LF; the text was typed with LF, and its length is counted so.
    return {name: value.replace("\r\n", "\n") for name, value in pairs}


@dataclass(frozen=True, slots=True)
class Wrong:
    """A form that cannot be accepted as it is: what is wrong, by field, in words."""

    errors: Mapping[str, str]


def checked(form: type[F], values: Values) -> F | Wrong:
    """A form as it is meant, or what is wrong with it. Empty fields count as not given."""
    given = {name: value for name, value in values.items() if name in form.model_fields and value.strip()}
    try:
        return form(**given)
    except ValidationError as error:
        return Wrong(
            {str(e["loc"][0]): _in_words(str(e["loc"][0]), e["type"], e.get("ctx") or {}) for e in error.errors()}
        )


class _Form(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class _Acting(_Form):
    version: PositiveInt


class AcceptForm(_Acting):
    """Tiếp nhận."""


class ReturnForm(_Acting):
    """Trả lại."""

    note: Line


class AssignForm(_Acting):
    """Chuyển cơ quan."""

    agency_id: Code
    note: Line
    kind: Kind | None = None
    matter: Code | None = None
    complex: bool = False


class AnswerForm(_Acting):
    """Soạn trả lời."""

    outcome: AnswerOutcome
    text: Prose


class ApproveForm(_Acting):
    """Duyệt."""


class SendBackForm(_Acting):
    """Yêu cầu làm lại."""

    note: Line


class RefuseForm(_Acting):
    """Không thụ lý."""

    reason: RefusalReason
    explanation: MaybeLine = ""
    note: Line | None = None


class Choice(StrEnum):
    """What can be pressed on the review page beside a disposition."""

    AS_PROPOSED = "as_proposed"


class ReviewForm(_Acting):
    """Xem lại phân loại."""

    decide: Choice | Disposition
    kind: Kind | None = None
    nature: Nature | None = None
    field: Field | None = None
    matter: Code | None = None


class UndoForm(_Form):
    """Hoàn tác."""

    review: UUID


class UnmaskForm(_Form):
    """Xem thông tin người gửi."""

    why: Line


_MISSING: Final = {
    "note": "Xin ghi lý do.",
    "why": "Xin ghi lý do cần xem.",
    "agency_id": "Xin chọn cơ quan.",
    "outcome": "Xin chọn kết quả giải quyết.",
    "text": "Xin viết câu trả lời.",
    "reason": "Xin chọn lý do không thụ lý.",
}


def _in_words(field: str, kind: str, limits: Mapping[str, Any]) -> str:
    match kind:
        case "missing":
            return _MISSING.get(field, "Xin điền mục này.")
        case "string_too_short":
            return f"Câu trả lời cần ít nhất {limits['min_length']} ký tự, nói rõ đã làm gì."
        case "string_too_long":
            return f"Nội dung dài quá {number_in_words(limits['max_length'])} ký tự."
        case "enum":
            return "Xin chọn một trong các mục có sẵn."
        case _:
            return "Nội dung này có ký tự không dùng được. Xin sửa lại."
