"""One case's page put together: the case, what can be done with it, and the list it was opened from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import Request, Response

from libs.contracts.sealed import Contacts
from libs.contracts.vocabulary import AnswerOutcome
from libs.runtime.run import Run
from libs.runtime.tx import Tx

from ..domain.calendar import local_day
from ..domain.deadline import Clock
from ..domain.permission import Action
from ..domain.review import is_doubted, reviews
from ..domain.workflow import Unseen
from ..parts import RoutingParts
from ..sheet import Sheet, sheet_of
from ..store import Cursor, ReviewQueue
from . import wording as w
from .case_list import PAGE, count_in_words, lines_of, tabs_of
from .case_view import matter_name, view_of
from .desk_route import NotThere
from .history import Step
from .look import page
from .near_duplicate import near_lines, repeat_of
from .queue import REVIEW, Group, chosen, groups_for, list_of, with_review
from .receiver import groups, likely
from .row import Row
from .session import Visit
from .store import DeskStore, Unsent
from .task import Task, task_of


@dataclass(frozen=True, slots=True)
class Attempt:
    """Something an officer tried that could not be done as he meant it: his input is kept."""

    action: str
    values: Mapping[str, str]
    problem: str
    errors: Mapping[str, str] = field(default_factory=dict)
    since: int | None = None
    """The newest line of the timeline he had seen, when somebody was quicker."""


async def frame_of(
    visit: Visit,
    slug: str | None,
    after: Cursor | None,
    tx: Tx[RoutingParts],
    shown: Row | None = None,
    *,
    searching: bool = False,
) -> dict[str, Any]:
    """The filters and one page of a list: what every page of the desk stands in. What was searched is on no list."""
    store, parts = DeskStore(tx.session), tx.parts
    offered = groups_for(visit.officer, visit.agency_name)
    counts = await counts_of(offered, visit, tx)
    if not slug and shown is not None:
        slug = list_of(offered, shown, visit.officer, tx.now)
    queue = None if searching else chosen(offered, slug, counts)
    rows = await store.page(visit.officer, queue, tx.now, after, PAGE + 1) if queue else []
    return {
        "tabs": tabs_of(with_review(offered) if reviews(visit.officer) else offered, counts, queue),
        "queue": queue,
        "amount": count_in_words(counts.get(queue.slug)) if queue else "",
        "lines": lines_of(
            rows[:PAGE], tx.now, parts, queue.slug if queue else "", shown["feedback_id"] if shown else None
        ),
        "continued": bool(after),
        "more": cursor_after(rows[PAGE - 1]) if len(rows) > PAGE else "",
        "now": tx.now,
    }


async def counts_of(offered: Sequence[Group], visit: Visit, tx: Tx[RoutingParts]) -> dict[str, int]:
    """How many cases each list holds that an officer is offered."""
    open_ones = [queue for group in offered for queue in group.queues if not queue.closed]
    counts = await DeskStore(tx.session).counts(visit.officer, open_ones, tx.now)
    if reviews(visit.officer):
        counts[REVIEW.slug] = await ReviewQueue(tx.session, visit.officer).count()
    return counts


def cursor_after(row: Row) -> str:
    """Where a page that ends with this row is continued."""
    return f"{int(row['act_by'].timestamp() * 1_000_000)}.{row['feedback_id'].hex}"


async def show_case(
    request: Request,
    visit: Visit,
    run: Run[RoutingParts],
    feedback_id: UUID,
    *,
    slug: str | None = None,
    attempt: Attempt | None = None,
    sender: Contacts | str | None = None,
    done: str = "",
    status: int = 200,
) -> Response:
    """A case's page, if the officer may know of the case.

    Raises:
        NotThere: he may not, or there is none.
    """
    async with run.begin() as tx:
        sheet = await sheet_of(feedback_id, visit.officer, tx)
        if isinstance(sheet, Unseen):
            raise NotThere
        view = view_of(sheet, tx.parts, tx.now)
        task = task_of(sheet, visit.officer.id, tx.parts)
        values = {
            **await frame_of(visit, slug, None, tx, sheet.row),
            **await _forms_of(sheet, task, visit, tx),
            "case": view,
            "task": task,
            "main_word": w.ACTIONS.get(task.main, "") if task.main else "",
            "attempt": attempt,
            "city": (await DeskStore(tx.session).province_facts()).get("short_name", ""),
            "news": news_of(view.steps, attempt),
            "sender": sender,
            "done": w.DONE.get(done, ""),
            "saved": done == "save",
            "near": near_lines(sheet, tx.parts, slug or ""),
            "reviewable": Action.CLASSIFY in sheet.actions and is_doubted(sheet.case),
        }
    return page(request, "case.html", values, status)


def news_of(steps: Sequence[Step], attempt: Attempt | None) -> list[Step]:
    """What happened since the officer looked."""
    if attempt is None or attempt.since is None:
        return []
    return [step for step in steps if step.id > attempt.since]


async def _forms_of(sheet: Sheet, task: Task, visit: Visit, tx: Tx[RoutingParts]) -> dict[str, Any]:
    """What the forms of the page are filled with; only those the officer is offered."""
    store, offered = DeskStore(tx.session), {task.main, *task.beside}
    forms: dict[str, Any] = {"draft": None, "answer_outcomes": {}, "assigning": None, "refusing": None}
    if Action.ANSWER in offered:
        forms["draft"] = draft_of(sheet, await store.unsent(sheet.case.feedback_id, visit.officer.id))
        forms["answer_outcomes"] = {outcome.value: w.OUTCOMES[outcome] for outcome in AnswerOutcome}
    if Action.ASSIGN in offered:
        forms["assigning"] = _assigning(sheet, await store.agency_ids(), tx)
    if Action.REFUSE in offered:
        forms["refusing"] = {
            "reasons": {code.value: label for code, label in tx.parts.words.refusal_reasons.items()},
            "suggested": sheet.row["suggested_refusal"] or "",
            "repeat": repeat_of(sheet, await store.refusal_texts()) if sheet.near_duplicates else None,
        }
    return forms


def _assigning(sheet: Sheet, agency_ids: Sequence[str], tx: Tx[RoutingParts]) -> dict[str, Any]:
    directory, on = tx.parts.province.directory, local_day(tx.now)
    near = likely(sheet, directory, on)
    codes = sorted(tx.parts.province.competences)
    return {
        "likely": near,
        "groups": groups(agency_ids, directory, on),
        "chosen": sheet.row["proposed_agency"] or (near[0].id if len(near) == 1 else ""),
        "kind": sheet.row["kind"] or "",
        "kinds": {kind.value: word for kind, word in w.KINDS.items()},
        "matter": sheet.row["matter"] or "",
        "matters": {code: matter_name(code, tx.parts) for code in codes},
        "complex_days": tx.parts.province.clocks[Clock.REPLY_COMPLEX].amount,
    }


@dataclass(frozen=True, slots=True)
class Draft:
    """What the editor opens with."""

    outcome: str
    text: str
    unsaved_at: datetime | None = None
    """When it was typed, if it is not saved as a revision yet."""
    set_aside: str = ""
    """What the officer had typed before a colleague saved a newer revision."""


def draft_of(sheet: Sheet, unsent: Unsent | None) -> Draft:
    """The officer's unsaved words if they are the newest, else the newest revision of his agency's answer."""
    newest = sheet.answers[0] if sheet.answers else None
    saved = newest if newest is not None and newest["agency_id"] == sheet.case.agency_id else None
    if unsent is None or (saved is not None and unsent.text == saved["text"]):
        return Draft(saved["outcome"], saved["text"]) if saved is not None else Draft("", "")
    if saved is not None and saved["written_at"] > unsent.saved_at:
        return Draft(saved["outcome"], saved["text"], set_aside=unsent.text)
    return Draft(unsent.outcome or "", unsent.text, unsaved_at=unsent.saved_at)
