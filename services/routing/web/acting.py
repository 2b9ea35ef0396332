"""What officers do at the desk: each form becomes one of the commands the API has too, and nothing else."""

from collections.abc import Callable
from typing import Any, Final, assert_never
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel

from libs.contracts.sealed import Contacts
from libs.contracts.vocabulary import AgencyId, AnswerOutcome, MatterCode
from libs.runtime.run import Run
from libs.runtime.tx import Tx

from ..casework import (
    Accept,
    Answer,
    Approve,
    Assign,
    Command,
    Done,
    KindNeeded,
    NotAssignable,
    Outcome,
    Refuse,
    Return,
    SendBack,
    Submit,
    act,
)
from ..domain.permission import Action, may_see
from ..domain.shield import LeaderAccused
from ..domain.workflow import NoDraft, NotNow, NotYours, NowhereToReturn, OwnWork, Stale, Unseen
from ..parts import RoutingParts, RunDep
from ..sheet import NobodyKnown, sheet_of, unmask
from ..store import CaseStore
from . import forms
from .case_list import case_href
from .case_page import Attempt, show_case
from .desk_route import DeskRoute, FormDep, NotThere, VisitDep
from .forms import Values, Wrong, checked
from .look import page
from .refusal_text import refusal_text
from .session import Visit
from .store import DeskStore, Unsent
from .wording import OUTCOMES

router = APIRouter(include_in_schema=False, route_class=DeskRoute)

_KEPT_AT_MOST: Final = 20_000


def _assign(form: forms.AssignForm) -> Assign:
    matter = MatterCode(form.matter) if form.matter else None
    return Assign(AgencyId(form.agency_id), form.note, form.kind, matter, is_complex=form.complex)


_FORMS: Final[dict[str, tuple[type[BaseModel], Callable[[Any], Command]]]] = {
    "accept": (forms.AcceptForm, lambda _: Accept()),
    "return": (forms.ReturnForm, lambda form: Return(form.note)),
    "assign": (forms.AssignForm, _assign),
    "approve": (forms.ApproveForm, lambda _: Approve()),
    "send-back": (forms.SendBackForm, lambda form: SendBack(form.note)),
    "refuse": (forms.RefuseForm, lambda form: Refuse(form.reason, form.explanation, form.note)),
}


@router.get("/desk/cases/{feedback_id}/approve")
async def before_approving(request: Request, run: RunDep, visit: VisitDep, feedback_id: UUID) -> Response:
    """What goes to the citizen, once more: it cannot be taken back."""
    async with run.begin() as tx:
        sheet = await sheet_of(feedback_id, visit.officer, tx)
        if isinstance(sheet, Unseen):
            raise NotThere
        # By the name the citizen's message bears: this is what goes out.
        agency = tx.parts.province.directory.short_name_of(sheet.case.agency_id)
    if Action.APPROVE not in sheet.actions:
        return RedirectResponse(case_href(feedback_id, ""), 303)
    answer = sheet.answers[0]
    values = {
        "sheet": sheet,
        "answer": answer,
        "outcome": OUTCOMES[AnswerOutcome(answer["outcome"])],
        "agency": agency,
        "last_step": _last_step(sheet.timeline),
    }
    return page(request, "approve.html", values)


@router.post("/desk/cases/{feedback_id}/answer")
async def answer(request: Request, run: RunDep, visit: VisitDep, values: FormDep, feedback_id: UUID) -> Response:
    """Save a revision of the answer and, if asked, hand it to whoever approves it. Nothing typed is ever lost."""
    await _keep(feedback_id, visit, values, run)
    form = checked(forms.AnswerForm, values)
    if isinstance(form, Wrong):
        return await _again(request, visit, run, feedback_id, "answer", values, form)
    submits = values.get("do") == "submit"
    async with run.begin() as tx:
        outcome = await act(Answer(form.outcome, form.text), feedback_id, form.version, visit.officer, tx)
        if isinstance(outcome, Done):
            await DeskStore(tx.session).drop_unsent(feedback_id, visit.officer.id)
            if submits:
                outcome = await act(Submit(), feedback_id, outcome.version, visit.officer, tx)
        seen = await _still_seen(feedback_id, visit, tx)
    return await _after(request, visit, run, feedback_id, "submit" if submits else "save", values, outcome, seen)


@router.post("/desk/cases/{feedback_id}/draft")
async def draft(run: RunDep, visit: VisitDep, values: FormDep, feedback_id: UUID) -> Response:
    """Keep what is being typed, as the page itself asks every few moments."""
    kept = await _keep(feedback_id, visit, values, run)
    return JSONResponse({"kept": kept}, 200 if kept else 409)


@router.post("/desk/cases/{feedback_id}/discard")
async def discard(run: RunDep, visit: VisitDep, _values: FormDep, feedback_id: UUID) -> Response:
    """Throw away what was typed and not saved; the saved revision is shown again."""
    async with run.begin() as tx:
        if isinstance(await sheet_of(feedback_id, visit.officer, tx), Unseen):
            raise NotThere
        await DeskStore(tx.session).drop_unsent(feedback_id, visit.officer.id)
    return RedirectResponse(f"{case_href(feedback_id, '')}?done=discard", 303)


@router.post("/desk/cases/{feedback_id}/unmask")
async def look_at_sender(
    request: Request, run: RunDep, visit: VisitDep, values: FormDep, feedback_id: UUID
) -> Response:
    """Who sent the case, shown once; who looked and why is in the timeline."""
    form = checked(forms.UnmaskForm, values)
    if isinstance(form, Wrong):
        return await _again(request, visit, run, feedback_id, "unmask", values, form)
    async with run.begin() as tx:
        found = await unmask(feedback_id, visit.officer, form.why, tx)
    slug = values.get("list")
    match found:
        case Contacts():
            return await show_case(request, visit, run, feedback_id, slug=slug, sender=found)
        case NobodyKnown():
            unknown = "Chưa có thông tin người gửi: chưa nhận được, hoặc đã xóa theo yêu cầu của người gửi."
            return await show_case(request, visit, run, feedback_id, slug=slug, sender=unknown)
        case NotYours():
            attempt = Attempt("unmask", values, "Tài khoản này không được xem thông tin người gửi của hồ sơ này.")
            return await show_case(request, visit, run, feedback_id, slug=slug, attempt=attempt, status=403)
        case Unseen():
            raise NotThere


@router.post("/desk/cases/{feedback_id}/{action}")
async def do(
    request: Request, run: RunDep, visit: VisitDep, values: FormDep, feedback_id: UUID, action: str
) -> Response:
    """Every other thing that can be done with a case."""
    if action not in _FORMS:
        raise NotThere
    shape, command_of = _FORMS[action]
    form: Any = checked(shape, values)
    if isinstance(form, Wrong):
        return await _again(request, visit, run, feedback_id, action, values, form)
    if action == "refuse" and values.get("step") != "send":
        return await _before_refusing(request, visit, run, feedback_id, values, form)
    async with run.begin() as tx:
        outcome = await act(command_of(form), feedback_id, form.version, visit.officer, tx)
        seen = await _still_seen(feedback_id, visit, tx)
    return await _after(request, visit, run, feedback_id, action, values, outcome, seen)


async def _before_refusing(
    request: Request,
    visit: Visit,
    run: Run[RoutingParts],
    feedback_id: UUID,
    values: Values,
    form: forms.RefuseForm,
) -> Response:
    """What the citizen will read: it cannot be taken back, so it is shown first, or changed again."""
    if values.get("step") == "edit":
        return await _again(request, visit, run, feedback_id, "refuse", values, Wrong({}))
    async with run.begin() as tx:
        sheet = await sheet_of(feedback_id, visit.officer, tx)
        if isinstance(sheet, Unseen):
            raise NotThere
        store = DeskStore(tx.session)
        rows, facts = await store.refusal_texts(), await store.province_facts()
    text = refusal_text(form.reason, rows[form.reason], form.explanation, sheet.row["code"], facts)
    label = run.parts.words.refusal_reasons[form.reason]
    return page(request, "refuse.html", {"sheet": sheet, "form": form, "label": label, "text": text, "values": values})


async def _keep(feedback_id: UUID, visit: Visit, values: Values, run: Run[RoutingParts]) -> bool:
    """Keep what an officer typed, if the answer is his to write."""
    text = values.get("text", "").replace("\0", "")
    outcome = values.get("outcome", "")
    async with run.begin() as tx:
        sheet = await sheet_of(feedback_id, visit.officer, tx)
        if isinstance(sheet, Unseen):
            raise NotThere
        if Action.ANSWER not in sheet.actions or len(text) > _KEPT_AT_MOST:
            return False
        if not text.strip():
            await DeskStore(tx.session).drop_unsent(feedback_id, visit.officer.id)
            return True
        unsent = Unsent(outcome if outcome in set(AnswerOutcome) else None, text, tx.now)
        await DeskStore(tx.session).keep_unsent(feedback_id, visit.officer.id, unsent)
    return True


async def _still_seen(feedback_id: UUID, visit: Visit, tx: Tx[RoutingParts]) -> bool:
    found = await CaseStore(tx.session).sheet(feedback_id)
    return found is not None and may_see(visit.officer, found[0].guard)


async def _again(
    request: Request,
    visit: Visit,
    run: Run[RoutingParts],
    feedback_id: UUID,
    action: str,
    values: Values,
    wrong: Wrong,
) -> Response:
    """The page once more, with what was filled in and what is wrong with it."""
    problem = "Chưa thực hiện được, xin xem lại:" if wrong.errors else ""
    attempt = Attempt(action, values, problem, wrong.errors)
    status = 422 if wrong.errors else 200
    return await show_case(request, visit, run, feedback_id, slug=values.get("list"), attempt=attempt, status=status)


async def _after(
    request: Request,
    visit: Visit,
    run: Run[RoutingParts],
    feedback_id: UUID,
    action: str,
    values: Values,
    outcome: Outcome,
    seen: bool,
) -> Response:
    slug = values.get("list", "")
    if isinstance(outcome, Done):
        # Whoever gave a case away may not know of it any more.
        there = f"/desk/cases/{feedback_id}" if seen else "/desk"
        where = "#task" if action == "save" else ""
        return RedirectResponse(f"{there}?{urlencode({'list': slug, 'done': action})}{where}", 303)
    if isinstance(outcome, Unseen):
        raise NotThere
    attempt = _attempt("answer" if action in ("save", "submit") else action, values, outcome)
    return await show_case(request, visit, run, feedback_id, slug=slug, attempt=attempt, status=409)


def _attempt(action: str, values: Values, outcome: Any) -> Attempt:
    """Why something was not done, in words; what was filled in is kept."""
    since = values.get("seen", "")
    errors: dict[str, str] = {}
    match outcome:
        case Stale() | NotNow():
            problem = "Hồ sơ vừa được cập nhật nên việc này chưa thực hiện."
            return Attempt(action, values, problem, since=int(since) if since.isdecimal() and len(since) < 19 else 0)
        case NotYours():
            problem = "Tài khoản này không được làm việc đó với hồ sơ này."
        case OwnWork():
            problem = "Người soạn câu trả lời không tự duyệt câu trả lời đó. Xin để người khác duyệt."
        case NoDraft():
            problem = "Hồ sơ chưa có dự thảo trả lời."
        case NowhereToReturn():
            problem = "Phản ánh về Văn phòng không trả lại Văn phòng."
        case KindNeeded():
            problem, errors = "Chưa thực hiện được, xin xem lại:", {"kind": "Xin chọn loại phản ánh."}
        case NotAssignable(instead):
            names = "; ".join(agency.name for agency in instead)
            told = "Cơ quan này không nhận hồ sơ." + (f" Thay vào đó: {names}." if names else "")
            problem, errors = "Chưa thực hiện được, xin xem lại:", {"agency_id": told}
        case LeaderAccused():
            told = "Không giao cho đơn vị có lãnh đạo bị phản ánh. Xin chọn Sở Nội vụ hoặc cơ quan khác."
            problem, errors = "Chưa thực hiện được, xin xem lại:", {"agency_id": told}
        case _:
            assert_never(outcome)
    return Attempt(action, values, problem, errors)


def _last_step(timeline: Any) -> int:
    return timeline[-1]["id"] if timeline else 0
