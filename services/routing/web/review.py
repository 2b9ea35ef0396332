"""The review page's routes: a person looks at a doubtful classification and says, with one key, what is right."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from libs.contracts.vocabulary import Disposition, MatterCode
from libs.runtime.run import Run

from ..domain.review import Decision, Label, reviews
from ..domain.workflow import NoDraft, NotNow, NotYours, NowhereToReturn, OwnWork, Stale, Unseen
from ..parts import RoutingParts, RunDep
from ..review import DecidedAlready, Kept, NothingProposed, TakenBack, TooLate, decide, take_back
from ..store import CaseStore, ReviewQueue
from . import forms
from .case_page import Attempt, show_case
from .desk_route import DeskRoute, FormDep, NotThere, VisitDep
from .forms import Choice, Values, Wrong, checked
from .review_page import place_of, review_href, show_queue, show_review
from .session import Visit

router = APIRouter(include_in_schema=False, route_class=DeskRoute)

_NEEDED_IN_SCOPE: Final = {
    "kind": "Xin chọn loại.",
    "nature": "Xin chọn tính chất.",
    "field": "Xin chọn lĩnh vực.",
}


NotKept = DecidedAlready | NothingProposed | Stale | NotYours | NotNow | OwnWork | NoDraft | NowhereToReturn


def _reviewer(visit: VisitDep) -> Visit:
    """Who may look at classifications again; for anybody else there is no such page.

    Raises:
        NotThere: he may not.
    """
    if not reviews(visit.officer):
        raise NotThere
    return visit


ReviewerDep = Annotated[Visit, Depends(_reviewer)]


@router.get("/desk/review")
async def queue(request: Request, run: RunDep, visit: ReviewerDep, done: str = "") -> Response:
    """What waits."""
    return await show_queue(request, visit, run, done=done)


@router.get("/desk/review/{feedback_id}")
async def review(request: Request, run: RunDep, visit: ReviewerDep, feedback_id: UUID, done: str = "") -> Response:
    """One case of it."""
    return await show_review(request, visit, run, feedback_id, done=done)


@router.get("/desk/review/{feedback_id}/{action}")
async def back_to_review(_visit: ReviewerDep, feedback_id: UUID, action: str) -> Response:  # noqa: ARG001
    """The address of a form that was sent, opened again: the case itself."""
    return RedirectResponse(review_href(feedback_id), 303)


@router.post("/desk/review/{feedback_id}/undo")
async def undo(run: RunDep, visit: ReviewerDep, values: FormDep, feedback_id: UUID) -> Response:  # noqa: ARG001
    """Take the officer's own decision back."""
    form = checked(forms.UndoForm, values)
    if isinstance(form, Wrong):
        raise NotThere
    async with run.begin() as tx:
        outcome = await take_back(form.review, visit.officer, tx)
    match outcome:
        case TakenBack(decided):
            return RedirectResponse(f"{review_href(decided)}?done=undo", 303)
        case TooLate():
            return RedirectResponse(f"{review_href(None)}?done=too-late", 303)
        case Unseen():
            raise NotThere


@router.post("/desk/review/{feedback_id}/decide")
async def say(request: Request, run: RunDep, visit: ReviewerDep, values: FormDep, feedback_id: UUID) -> Response:
    """Keep what the officer decides, and open the next case."""
    return await _decide(request, run, visit, values, feedback_id, only_label=False)


@router.post("/desk/review/{feedback_id}/label")
async def only_label(request: Request, run: RunDep, visit: ReviewerDep, values: FormDep, feedback_id: UUID) -> Response:
    """The same, but the citizen is told nothing yet."""
    return await _decide(request, run, visit, values, feedback_id, only_label=True)


async def _decide(
    request: Request,
    run: Run[RoutingParts],
    visit: Visit,
    values: Values,
    feedback_id: UUID,
    *,
    only_label: bool,
) -> Response:
    form = _checked(values, run.parts)
    if isinstance(form, Wrong):
        attempt = Attempt("review", values, "Chưa ghi được, xin xem lại:", form.errors)
        return await show_review(request, visit, run, feedback_id, attempt=attempt, status=422)
    decision = None if form.decide is Choice.AS_PROPOSED else Decision(_label(form), only_label)
    async with run.begin() as tx:
        outcome = await decide(decision, feedback_id, form.version, visit.officer, tx)
        if isinstance(outcome, Kept):
            found = await CaseStore(tx.session).sheet(feedback_id)
            assert found is not None
            following = await ReviewQueue(tx.session, visit.officer).next_after(place_of(found[1]))
    if isinstance(outcome, Kept):
        return RedirectResponse(review_href(following), 303)
    if isinstance(outcome, Unseen):
        raise NotThere
    return await _not_decided(request, run, visit, values, feedback_id, outcome)


async def _not_decided(
    request: Request, run: Run[RoutingParts], visit: Visit, values: Values, feedback_id: UUID, outcome: NotKept
) -> Response:
    """Why nothing was kept; of a case whose classification is settled meanwhile, on its own page."""
    since = values.get("seen", "")
    match outcome:
        case DecidedAlready(name):
            attempt = Attempt("review", values, f"{name} vừa quyết định về hồ sơ này.")
        case NothingProposed():
            attempt = Attempt("review", values, "Máy chưa phân loại được hồ sơ này, xin chọn một mục.")
        case _:
            problem = "Hồ sơ vừa được cập nhật nên quyết định này chưa được ghi."
            seen = int(since) if since.isdecimal() and len(since) < 19 else 0
            attempt = Attempt("review", values, problem, since=seen)
    answer = await show_review(request, visit, run, feedback_id, attempt=attempt, status=409)
    if answer.status_code == 303:
        return await show_case(request, visit, run, feedback_id, attempt=attempt, status=409)
    return answer


def _checked(values: Values, parts: RoutingParts) -> forms.ReviewForm | Wrong:
    form = checked(forms.ReviewForm, values)
    if isinstance(form, Wrong) or form.decide is not Disposition.IN_SCOPE:
        return form
    errors = {name: told for name, told in _NEEDED_IN_SCOPE.items() if getattr(form, name) is None}
    if form.matter is not None and form.matter not in parts.province.competences:
        errors["matter"] = "Việc này không có trong bảng thẩm quyền."
    return Wrong(errors) if errors else form


def _label(form: forms.ReviewForm) -> Label:
    matter = MatterCode(form.matter) if form.matter else None
    return Label(Disposition(form.decide), form.kind, form.nature, form.field, matter)
