"""The review page put together: one doubtful classification, what can be decided about it, and the queue beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import RowMapping

from libs.contracts.events import Classified
from libs.contracts.vocabulary import Disposition, Urgency
from libs.runtime.run import Run
from libs.runtime.tx import Tx

from ..classification import facts_as_labelled, proposal_of
from ..domain.calendar import local_day
from ..domain.case import Case
from ..domain.ending import Ending
from ..domain.permission import Action, may_see
from ..domain.review import Decision, Label, Settled, effect_of, is_doubted, risk_of
from ..domain.workflow import Unseen
from ..parts import RoutingParts
from ..review import said_of
from ..sheet import sheet_of
from ..store import CaseStore, Place, ReviewQueue, ReviewStore
from . import wording as w
from .case_list import PAGE, Line, case_href, count_in_words, lines_of, tabs_of
from .case_page import Attempt, counts_of, news_of
from .case_view import view_of
from .desk_route import NotThere
from .look import page
from .mark import Mark, Tone
from .near_duplicate import near_lines
from .queue import REVIEW, groups_for, with_review
from .refusal_text import refusal_text
from .review_view import (
    KEYS,
    Effect,
    Way,
    effect_in_words,
    guesses_of,
    in_scope_words,
    label_in_words,
    matter_groups,
)
from .session import Visit
from .store import DeskStore

_TOLD: Final = frozenset({"Nơi xảy ra", "Bị phản ánh", "Chưa gửi xong"})
"""Facts of the case's page that matter here; what triage guessed is told with its confidence."""
_DROPPED: Final = Mark("Quyết định trước chưa được ghi", "back", Tone.SOON)


def review_href(feedback_id: UUID | None) -> str:
    """A case on the review page, or the queue."""
    return f"{REVIEW.address}/{feedback_id}" if feedback_id else REVIEW.address


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One case of the queue, with what triage takes it for."""

    line: Line
    proposed: str


@dataclass(frozen=True, slots=True)
class Undoable:
    """An officer's own decision that has not taken effect yet."""

    review_id: UUID
    feedback_id: UUID
    code: str
    label: str
    effect: str
    seconds: int


async def show_queue(request: Request, visit: Visit, run: Run[RoutingParts], *, done: str = "") -> Response:
    """The queue, with how many wait."""
    async with run.begin() as tx:
        values = {
            **await _frame_of(visit, tx),
            "undoable": await _undoable(visit, tx),
            "done": w.DONE.get(done, ""),
        }
    return page(request, "reviews.html", values)


async def show_review(
    request: Request,
    visit: Visit,
    run: Run[RoutingParts],
    feedback_id: UUID,
    *,
    done: str = "",
    attempt: Attempt | None = None,
    status: int = 200,
) -> Response:
    """One case on the review page; one whose classification is in no doubt is shown on its own page.

    Raises:
        NotThere: the officer may not know of it, or there is none.
    """
    async with run.begin() as tx:
        sheet = await sheet_of(feedback_id, visit.officer, tx)
        if isinstance(sheet, Unseen):
            raise NotThere
        if Action.CLASSIFY not in sheet.actions or not is_doubted(sheet.case):
            return RedirectResponse(case_href(feedback_id, ""), 303)
        view, said = view_of(sheet, tx.parts, tx.now), said_of(sheet.row)
        reviews = ReviewStore(tx.session)
        waiting = await reviews.waiting_for(feedback_id)
        values = {
            **await _frame_of(visit, tx, sheet.row),
            "case": view,
            "near": near_lines(sheet, tx.parts),
            "facts": [fact for fact in view.facts if fact.label in _TOLD],
            "guesses": guesses_of(said, tx.parts) if said else (),
            "attempt": attempt,
            "news": news_of(view.steps, attempt),
            "undoable": await _undoable(visit, tx),
            "done": w.DONE.get(done, ""),
            "decided_by": waiting.by.name if waiting else "",
            "before": _before(await reviews.latest_of(feedback_id)),
            **await _ways(sheet.case, sheet.row, said, tx),
            "in_scope": _in_scope(sheet.case, said, attempt, tx.parts),
        }
    return page(request, "review.html", values, status)


def place_of(row: RowMapping) -> Place:
    """Where a case stands in the queue."""
    disposition = Disposition(row["disposition"]) if row["disposition"] else None
    risk = risk_of(sensitive=row["sensitive"], urgency=Urgency(row["urgency"]), disposition=disposition)
    return Place(risk.value, row["act_by"], row["feedback_id"])


async def _frame_of(visit: Visit, tx: Tx[RoutingParts], shown: RowMapping | None = None) -> dict[str, Any]:
    """The filters, the queue and the way to its neighbours."""
    offered = groups_for(visit.officer, visit.agency_name)
    counts = await counts_of(offered, visit, tx)
    queue = ReviewQueue(tx.session, visit.officer)
    rows = await queue.page(None, PAGE)
    here = place_of(shown) if shown is not None else None
    if here is not None and here.feedback_id not in {row["feedback_id"] for row in rows}:
        rows = await queue.page(here, PAGE)
    return {
        "tabs": tabs_of(with_review(offered), counts, REVIEW),
        "queue": None,
        "about": REVIEW.about,
        "filled_by": REVIEW.filled_by,
        "amount": count_in_words(counts[REVIEW.slug]),
        "lines": [_line(row, tx.now, tx.parts, here.feedback_id if here else None) for row in rows],
        "next_href": review_href(await queue.next_after(here)) if here else "",
        "previous_href": review_href(before) if here and (before := await queue.before(here)) else "",
        "now": tx.now,
    }


def _line(row: RowMapping, now: datetime, parts: RoutingParts, shown: UUID | None) -> ReviewLine:
    (line,) = lines_of([row], now, parts, "", shown)
    marks = (*line.marks, _DROPPED) if row["dropped"] else line.marks
    proposed = w.DISPOSITIONS[Disposition(row["proposed"])] if row["proposed"] else "chưa phân loại"
    return ReviewLine(replace(line, href=review_href(line.id), marks=marks), proposed)


async def _undoable(visit: Visit, tx: Tx[RoutingParts]) -> Undoable | None:
    """What the officer decided last, while it can be taken back."""
    waiting = await ReviewStore(tx.session).newest_by(visit.officer.id)
    if waiting is None:
        return None
    found = await CaseStore(tx.session).sheet(waiting.feedback_id)
    if found is None or not may_see(visit.officer, found[0].guard):
        return None
    case, row = found
    effect = _effect(waiting.decision, case, said_of(row), tx)
    left = (waiting.takes_effect_at - tx.now).total_seconds()
    label = label_in_words(waiting.decision.label, tx.parts)
    words = effect_in_words(effect, tx.parts)
    return Undoable(waiting.id, waiting.feedback_id, row["code"], label, words, max(0, round(left)))


def _effect(decision: Decision, case: Case, said: Classified | None, tx: Tx[RoutingParts]) -> Effect:
    facts = facts_as_labelled(decision.label, said, case)
    return effect_of(decision, facts, tx.parts.province, local_day(tx.now), shielded=case.guard.shielded)


async def _ways(case: Case, row: RowMapping, said: Classified | None, tx: Tx[RoutingParts]) -> dict[str, Any]:
    """What can be decided with one key, and what each brings about."""
    proposal = proposal_of(said)
    store = DeskStore(tx.session)
    texts, facts = await store.refusal_texts(), await store.province_facts()

    def way(key: str, value: str, label: Label, word: str) -> Way:
        effect = _effect(Decision(label), case, said, tx)
        words = effect_in_words(effect, tx.parts)
        if not isinstance(effect, Ending) or effect.refusal is None:
            return Way(key, value, word, words)
        message = refusal_text(effect.refusal, texts[effect.refusal], "", row["code"], facts)
        return Way(key, value, word, words, message, is_refusal=True)

    others = [one for one in Disposition if one is not Disposition.IN_SCOPE]
    ways = [way(KEYS[one], one.value, Label(one), w.DISPOSITIONS[one]) for one in others]
    accept = way("Enter", "as_proposed", proposal, label_in_words(proposal, tx.parts)) if proposal else None
    return {"accept": accept, "ways": ways}


def _in_scope(case: Case, said: Classified | None, attempt: Attempt | None, parts: RoutingParts) -> dict[str, Any]:
    """What the small form for feedback in scope is filled with."""
    filled: Mapping[str, str] = attempt.values if attempt else {}
    proposed = {
        "kind": said.kind if said else None,
        "nature": said.nature if said else None,
        "field": said.field if said else None,
        "matter": said.matters[0].matter if said and said.matters else None,
    }
    effect, hint = in_scope_words(case)
    return {
        "is_open": filled.get("decide") == Disposition.IN_SCOPE,
        "word": w.DISPOSITIONS[Disposition.IN_SCOPE],
        "key": KEYS[Disposition.IN_SCOPE],
        "effect": effect,
        "hint": hint,
        "kinds": {kind.value: word for kind, word in w.KINDS.items()},
        "natures": {nature.value: word for nature, word in w.NATURES.items()},
        "fields": {field.value: word for field, word in parts.words.fields.items()},
        "matters": matter_groups(said, parts),
        **{name: filled.get(name, str(value or "")) for name, value in proposed.items()},
    }


@dataclass(frozen=True, slots=True)
class Before:
    """A decision about this case that came to nothing, or was carried out."""

    by_name: str
    at: datetime
    dropped: bool


def _before(row: RowMapping | None) -> Before | None:
    if row is None or row["settled_as"] == Settled.TAKEN_BACK:
        return None
    return Before(row["by_name"], row["settled_at"], row["settled_as"] == Settled.CASE_CHANGED)
