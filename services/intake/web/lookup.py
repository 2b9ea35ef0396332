"""The look-up page: where a case stands, for everybody with its code; what was said, for its sender alone."""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from typing import Any, Final
from urllib.parse import parse_qs, quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from libs.blob import Damaged
from libs.contracts.sealed import Contacts, Sealed
from libs.runtime.run import Run
from libs.runtime.tx import Tx
from libs.web import RunDep
from libs.web.problem import Problem

from ..domain.code import CodeFound, CodeMistyped, NoCode, PortalCodeFound, parse_code
from ..domain.tracking import is_own
from ..parts import IntakeParts
from ..posted import NotRead, read_posted
from ..store import AnswerTold, FiledFeedback, TrackingStore
from .look import pages_of
from .view import CaseView, OwnView, case_view, own_view, ready_files

router = APIRouter(include_in_schema=False)

_FORM_LIMIT_BYTES: Final = 16_384
_CODE_LIMIT: Final = 200

_MISSING = "Xin nhập mã, ví dụ HN-PA-261121-48213-K. Mã nằm trong tin chúng tôi gửi khi tiếp nhận."
_MISTYPED = "Mã này có chữ hoặc số chưa đúng. Xin ông/bà xem lại từng chữ và số."
_PORTAL = "Đây là mã của Cổng Dịch vụ công Quốc gia. Xin ông/bà tra cứu mã này tại Cổng Dịch vụ công Quốc gia."
_UNKNOWN = "Chúng tôi không tìm thấy phản ánh nào với mã này. Xin ông/bà xem lại từng chữ và số của mã."
_WRONG_DIGITS = "Mã và 4 số cuối điện thoại chưa khớp. Xin thử lại, hoặc gõ mã này trên Zalo bằng tài khoản đã gửi."
_BAD_DIGITS = "Xin nhập đúng 4 chữ số cuối của số điện thoại đã khai."
_NOT_READ = "Nội dung gửi không đọc được"
_TOO_MANY = "Đã có quá nhiều lần thử chưa khớp. Xin ông/bà thử lại sau, hoặc gõ mã này trên Zalo bằng tài khoản đã gửi."


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed."""

    code: str = ""
    digits: str = ""
    file_id: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What they are answered."""

    status: int = 200
    case: CaseView | None = None
    own: OwnView | None = None
    answer: AnswerTold | None = None
    code_error: str = ""
    digits_error: str = ""


@router.get("/tra-cuu", response_class=HTMLResponse)
async def ask(request: Request, run: RunDep, ma: str = "") -> Response:
    """The form; with a code, which is no secret, also the public part."""
    asked = Asked(code=ma[:_CODE_LIMIT])
    told = await _look_up(run, asked, request) if asked.code else Told()
    return _page(request, run, asked, told)


@router.post("/tra-cuu", response_class=HTMLResponse)
async def look_up(request: Request, run: RunDep) -> Response:
    """The public part, and the sender's own when the last digits of their number are right."""
    asked = await _read_form(request, run)
    return _page(request, run, asked, await _look_up(run, asked, request))


@router.post("/tra-cuu/tep")
async def fetch_file(request: Request, run: RunDep) -> Response:
    """A file beside the answer, for the sender."""
    asked = await _read_form(request, run)
    told = await _look_up(run, asked, request)
    if told.own is None or told.answer is None:
        return _page(request, run, asked, told)
    file = next((file for file in ready_files(told.answer) if file["file_id"] == asked.file_id), None)
    try:
        content = await run.blobs.read(file["sha256"]) if file else None
    except (KeyError, Damaged):
        content = None
    if file is None or content is None:
        return _page(request, run, asked, Told(404, told.case, told.own, code_error="Chúng tôi chưa mở được tệp này."))
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file['name'], safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=file["mime"] or "application/octet-stream", headers=headers)


async def _read_form(request: Request, run: Run[IntakeParts]) -> Asked:
    raw = await read_posted(request, _FORM_LIMIT_BYTES, run.settings.body_within_s)
    if isinstance(raw, NotRead):
        raise Problem(raw.status, raw.reason.replace("_", "-"), _NOT_READ, headers={"Connection": "close"})
    try:
        fields = parse_qs(raw.decode("utf-8", "replace"), max_num_fields=20)
    except ValueError:
        return Asked()
    code, digits, file_id = (fields.get(name, [""])[0].strip() for name in ("code", "digits", "file_id"))
    return Asked(code[:_CODE_LIMIT], digits[:16], file_id[:64])


async def _look_up(run: Run[IntakeParts], asked: Asked, request: Request) -> Told:
    match parse_code(asked.code, run.parts.province.code_prefix):
        case CodeFound(code):
            async with run.begin() as tx:
                return await _tell(tx, run, code, asked.digits, _guesser(request))
        case PortalCodeFound():
            return Told(422, code_error=_PORTAL)
        case CodeMistyped():
            return Told(422, code_error=_MISTYPED)
        case NoCode():
            return Told(422, code_error=_MISTYPED if asked.code else _MISSING)


async def _tell(tx: Tx[IntakeParts], run: Run[IntakeParts], code: str, digits: str, guesser: str) -> Told:
    """Answer for one whole code; only wrong codes and wrong digits count against whoever tries."""
    store, settings, now = TrackingStore(tx.session), run.settings, tx.now
    by_address = tx.parts.keys.guess("address", guesser)
    window_began = now - timedelta(hours=settings.lookup_window_h)
    if await store.count_guess(by_address, now, now - timedelta(hours=1)) > settings.lookup_tries_per_address:
        return Told(429, code_error=_TOO_MANY)
    filed = await store.by_code(code)
    if filed is None:
        return Told(404, code_error=_UNKNOWN)
    standing = await store.standing(filed.feedback_id)
    case = case_view(filed, standing, await store.steps(filed.feedback_id), tx.parts.province, now)
    if digits:
        if not (digits.isascii() and digits.isdecimal() and len(digits) == 4):
            return Told(422, case, digits_error=_BAD_DIGITS)
        by_code = tx.parts.keys.guess("code", code)
        if await store.count_guess(by_code, now, window_began) > settings.lookup_tries_per_code:
            return Told(429, case, digits_error=_TOO_MANY)
        if not is_own(digits, _phone(tx.parts, filed)):
            return Told(422, case, digits_error=_WRONG_DIGITS)
        await store.forgive(by_code)
    await store.uncount(by_address)
    if not digits:
        return Told(200, case)
    answer = await store.answer(filed.feedback_id)
    own = own_view(
        _opened(tx.parts, filed.text),
        answer,
        _opened(tx.parts, answer.answer if answer else None),
        standing,
        _opened(tx.parts, standing.explanation if standing else None),
        tx.parts.province,
    )
    return Told(200, case, own, answer)


def _phone(parts: IntakeParts, filed: FiledFeedback) -> str:
    return parts.sealer.open(Sealed(filed.contacts), Contacts).phone if filed.contacts else ""


def _opened(parts: IntakeParts, sealed: bytes | None) -> str:
    return parts.sealer.open_bytes(sealed).decode() if sealed else ""


def _guesser(request: Request) -> str:
    """Who tries: a network address, or the whole network a household is given where addresses are plenty."""
    host = request.client.host if request.client else ""
    try:
        ip = ip_address(host)
    except ValueError:
        return host
    return str(IPv6Address(int(ip) >> 64 << 64)) if isinstance(ip, IPv6Address) else str(ip)


def _page(request: Request, run: Run[IntakeParts], asked: Asked, told: Told) -> Response:
    errors = {name: text for name, text in (("code", told.code_error), ("digits", told.digits_error)) if text}
    values: dict[str, Any] = {
        "province": run.parts.province,
        "code": "" if told.own else told.case.code if told.case else asked.code,
        "digits": asked.digits if told.own else "",  # only for the answer's files: never filled into the form
        "errors": errors,
        "case": told.case,
        "own": told.own,
    }
    headers = {"Retry-After": "3600"} if told.status == 429 else {}
    return pages_of(request).render("lookup.html", values, told.status, headers)
