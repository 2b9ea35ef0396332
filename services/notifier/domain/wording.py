"""The words of a notice: the province's templates, filled with what is known of the case.

A template is plain text in which `{{ name }}` stands for a value; a line with an empty value is left out; values are
put in as they are, so that an answer which holds braces stays an answer. Nothing else is a template.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from libs.contracts.vocabulary import RefusalReason
from libs.wording import day_in_words, moment_in_words

from .text import cut

_PLACEHOLDER: Final = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
_GAP: Final = re.compile(r"\n{3,}")
_BRACES: Final = re.compile(r"\{\{|\}\}|\{%|\{#")

_ALWAYS: Final = frozenset({"code", "office", "link"})
_AGENCY: Final = _ALWAYS | {"agency", "due"}
VALUES: Final = MappingProxyType(
    {
        "received": _ALWAYS | {"filed_on", "due"},
        "routed": _AGENCY,
        "routed_head": _AGENCY,
        "rerouted": _AGENCY | {"reason"},
        "reopened": _AGENCY,
        "in_progress": _AGENCY,
        "extended": _AGENCY | {"reason"},
        "answered": _AGENCY | {"answer"},
        "refused": _ALWAYS | {"reason_text", "where_to"},
        "transferred_out": _ALWAYS | {"destination", "step_on"},
        "withdrawn": _ALWAYS | {"step_on"},
        "closed": _ALWAYS | {"step_on"},
    }
)
"""The wordings this service says, each with the values it can be given."""

REFUSAL_VALUES: Final = _ALWAYS | {"complaint_body", "denunciation_body", "destination", "open_code"}
"""What the texts of refusal reasons can be given."""

_SOMEBODY: Final = "cơ quan có thẩm quyền"


class BadTemplate(ValueError):
    """A template asks for what nobody can give it; the text says what."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something the citizen may answer with one tap, or by typing its title or number."""

    title: str
    payload: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """One wording of the province."""

    text: str
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusalText:
    """What the citizen is told for one reason of refusal."""

    citizen_text: str
    where_to: str
    notify: str
    """`yes`, `short` (without where to turn) or `no`."""


@dataclass(frozen=True, slots=True)
class Province:
    """The province's words."""

    zone: ZoneInfo
    office: str
    complaint_body: str
    denunciation_body: str
    procedure_guide: str
    templates: Mapping[str, Template]
    refusals: Mapping[str, RefusalText]


@dataclass(frozen=True, slots=True)
class Step:
    """What the event that asks for a notice says."""

    at: datetime
    agency_name: str | None = None
    due_at: datetime | None = None
    answer: str = ""
    files: int = 0
    refusal: str | None = None
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What is known of the case besides."""

    code: str
    filed_at: datetime
    link: str
    agency_name: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A notice in words."""

    text: str
    options: tuple[Option, ...] = ()


def check_template(wording: str, text: str, values: Iterable[str]) -> None:
    """Refuse a template that could not be filled.

    Raises:
        BadTemplate: naming the wording and what is wrong with it.
    """
    unknown = sorted(set(_PLACEHOLDER.findall(text)) - set(values))
    if unknown:
        raise BadTemplate(f"{wording}: nothing is known as {', '.join(unknown)}")
    if _BRACES.search(_PLACEHOLDER.sub("", text)):
        raise BadTemplate(f"{wording}: only {{{{ name }}}} is understood")


def tells_citizen(refusal: RefusalText | None, explanation: str) -> bool:
    """Whether a refusal is told at all: some reasons (spam in some provinces) are not."""
    return bool(explanation.strip()) or (refusal is not None and refusal.notify != "no" and bool(refusal.citizen_text))


def say(wording: str, step: Step, case: CaseFacts, province: Province, answer_limit: int) -> Said:
    """Put a notice into words.

    Units:  `answer_limit` in code points; a longer answer is cut at a sentence and continued at the case's page.
    Raises:
        BadTemplate: the province has no such wording or it asks for an unknown value (`prepare` checks both), or what
            is known is not enough to say what happened.
    """
    template = province.templates.get(wording)
    if template is None:
        raise BadTemplate(f"{wording}: the province has no such wording")
    told = _Told(wording, step, case, province, answer_limit)
    text = fill(template.text, {name: _VALUE_OF[name](told) for name in _names(template.text) if name in _VALUE_OF})
    # The first line says whose case it is and what happened: without it a notice would only puzzle.
    if case.code not in text:
        raise BadTemplate(f"{wording}: too little is known to say it")
    return Said(text, template.options)


def fill(text: str, values: Mapping[str, str]) -> str:
    """A template with its values; lines that lack one are left out.

    Raises:
        BadTemplate: it asks for a value that is not there at all.
    """

    lines = []
    for pieces in _lines(text):
        names = pieces[1::2]
        missing = [name for name in names if name not in values]
        if missing:
            raise BadTemplate(f"nothing is known as {', '.join(missing)}")
        found = [values[name].strip() for name in names]
        if all(found):
            filled = list(pieces)
            filled[1::2] = found
            lines.append("".join(filled))
    return _GAP.sub("\n\n", "\n".join(lines)).strip()


@lru_cache(maxsize=256)
def _lines(text: str) -> tuple[tuple[str, ...], ...]:
    """The lines of a template: words and names in turn."""
    return tuple(tuple(_PLACEHOLDER.split(line)) for line in text.strip().splitlines())


@lru_cache(maxsize=256)
def _names(text: str) -> frozenset[str]:
    return frozenset(_PLACEHOLDER.findall(text))


class _Told(NamedTuple):
    """All that is known of what is said."""

    wording: str
    step: Step
    case: CaseFacts
    province: Province
    answer_limit: int


def _answer(told: _Told) -> str:
    return cut(told.step.answer, told.answer_limit)


def _link(told: _Told) -> str:
    # The page is worth a line only when there is more than the chat can hold.
    answer = told.step.answer
    is_all = told.wording == "answered" and not told.step.files and _answer(told) == cut(answer, len(answer) + 1)
    return "" if is_all else told.case.link


def _destination(told: _Told) -> str:
    return told.step.agency_name or _SOMEBODY


def _reason_text(told: _Told) -> str:
    refusal = told.province.refusals.get(told.step.refusal or "")
    if refusal is None:
        return told.step.explanation
    parts = (fill(refusal.citizen_text, _refusal_values(told)), told.step.explanation.strip())
    return "\n".join(part for part in parts if part)


def _where_to(told: _Told) -> str:
    refusal = told.province.refusals.get(told.step.refusal or "")
    if refusal is None or refusal.notify == "short":
        return ""
    return fill(refusal.where_to, _refusal_values(told))


def _refusal_values(told: _Told) -> dict[str, str]:
    return {
        "code": told.case.code,
        "office": told.province.office,
        # A question is sent to the guide of procedures, everything else to the case's own page.
        "link": told.province.procedure_guide if told.step.refusal == RefusalReason.TCH03 else told.case.link,
        "complaint_body": told.province.complaint_body,
        "denunciation_body": told.province.denunciation_body,
        "destination": _destination(told),
        "open_code": "",
    }


def _due(told: _Told) -> str:
    at = told.step.due_at or told.case.due_at
    return "" if at is None else moment_in_words(at, told.province.zone)


_VALUE_OF: Final[Mapping[str, Callable[[_Told], str]]] = {
    "code": lambda told: told.case.code,
    "office": lambda told: told.province.office,
    "agency": lambda told: told.step.agency_name or told.case.agency_name or told.province.office,
    "due": _due,
    "filed_on": lambda told: day_in_words(told.case.filed_at, told.province.zone),
    "step_on": lambda told: day_in_words(told.step.at, told.province.zone),
    "answer": _answer,
    "link": _link,
    "reason": lambda told: told.step.explanation,
    "reason_text": _reason_text,
    "where_to": _where_to,
    "destination": _destination,
}
