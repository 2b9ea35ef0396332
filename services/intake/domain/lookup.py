"""What the chat says about a case: code, state, who, by when, always in this order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from libs.wording import day_in_words, moment_in_words

from .conversation.outcome import LookUp, Reply, Step
from .conversation.state import Prompt, State
from .conversation.wording import Texts
from .spoken import LOCAL

_LISTED_AT_MOST: Final = 8


@dataclass(frozen=True, slots=True)
class CaseTold:
    """A case as the tracking copy has it."""

    code: str
    state: str
    """In words, as a citizen reads it."""
    step_at: datetime
    agency: str = ""
    due_at: datetime | None = None
    """The promised moment, while an answer is still owed."""
    is_own: bool = False
    """Sent from this account, or the last digits of its telephone number were given."""


def told_status(
    step: Step, sought: LookUp, cases: Sequence[CaseTold], *, now: datetime, texts: Texts, link: str
) -> Step:
    """The step completed with the answer to a look-up. `cases` are the one with the code sought, or all of the citizen.

    `link` is the address of the look-up page.
    Another person's case shows its public part only: state, agency, date. Source: domain rules 3.2.
    """
    if sought.code is None:
        return _own_cases(step, cases, now, texts, link)
    case = next((case for case in cases if case.code == sought.code), None)
    if case is None:
        return _said(step, texts, "lookup_none", now)
    if case.is_own:
        return _with(step, _standing(case, now, texts, link))
    if sought.last_digits:
        return _said(step, texts, "lookup_wrong_phone", now)
    return _said(_with(step, _standing(case, now, texts, link="")), texts, "lookup_needs_code", now)


def answered(code: str, others: Sequence[CaseTold], texts: Texts) -> Reply:
    """The answer to a feedback that turned out to be a look-up: where the citizen's other cases stand."""
    return texts.reply("lookup_answered", {"code": code, "codes": "; ".join(_listed(others))})


def _own_cases(step: Step, cases: Sequence[CaseTold], now: datetime, texts: Texts, link: str) -> Step:
    if not cases:
        return _said(step, texts, "lookup_nothing_filed", now)
    if len(cases) == 1:
        return _with(step, _standing(cases[0], now, texts, link))
    return _with(step, texts.reply("lookup_list", {"codes": "\n".join(_listed(cases))}))


def _listed(cases: Sequence[CaseTold]) -> list[str]:
    """Each with its state, what moved last first."""
    newest = sorted(cases, key=lambda case: case.step_at, reverse=True)[:_LISTED_AT_MOST]
    return [f"{case.code} – {case.state}" for case in newest]


def _standing(case: CaseTold, now: datetime, texts: Texts, link: str) -> Reply:
    late = case.due_at is not None and bool(case.agency) and case.due_at < now
    return texts.reply(
        "lookup_late" if late else "lookup_found",
        {
            "code": case.code,
            "state": case.state,
            "step_on": day_in_words(case.step_at, LOCAL),
            "agency": case.agency,
            "due": moment_in_words(case.due_at, LOCAL) if case.due_at else "",
            "link": f"{link}?ma={case.code}" if link else "",
        },
    )


def _said(step: Step, texts: Texts, key: str, now: datetime) -> Step:
    """A message of its own; its choices are offered only when no question of a draft stands."""
    conversation = step.conversation
    choices = texts.message(key).choices if conversation.state is State.IDLE else ()
    if choices:
        shown = tuple(choice.choice_id for choice in choices)
        step = replace(step, conversation=replace(conversation, prompt=Prompt(key, shown, now)))
    return _with(step, texts.reply(key, {}, choices))


def _with(step: Step, reply: Reply) -> Step:
    return replace(step, replies=(*step.replies, reply))
