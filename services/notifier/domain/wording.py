"""The words of a notice: the province's templates, filled with what is known of the case.

A template is plain text in which `{{ name }}` stands for a value; a line with an empty value is left out; values are
put in as they are, so that an answer which holds braces stays an answer. Nothing else is a template.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from libs.contracts.vocabulary import RefusalReason
from libs.wording import day_in_words, moment_in_words

from .text import cut

_PLACEHOLDER: Final = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
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
    answer = cut(step.answer, answer_limit)
    is_whole = answer == cut(step.answer, len(step.answer) + 1)
    reason_text, where_to = _refusal(step, case, province)
    values = {
        "code": case.code,
        "office": province.office,
        "agency": step.agency_name or case.agency_name or province.office,
        "due": _moment(step.due_at or case.due_at, province.zone),
        "filed_on": day_in_words(case.filed_at, province.zone),
        "step_on": day_in_words(step.at, province.zone),
        "answer": answer,
        # The page is worth a line only when there is more than the chat can hold.
        "link": case.link if wording != "answered" or step.files or not is_whole else "",
        "reason": step.explanation,
        "reason_text": reason_text,
        "where_to": where_to,
        "destination": step.agency_name or _SOMEBODY,
    }
    text = fill(template.text, values)
    # The first line says whose case it is and what happened: without it a notice would only puzzle.
    if case.code not in text:
        raise BadTemplate(f"{wording}: too little is known to say it")
    return Said(text, template.options)


def fill(text: str, values: Mapping[str, str]) -> str:
    """A template with its values; lines that lack one are left out.

    Raises:
        BadTemplate: it asks for a value that is not there at all.
    """

    def line_of(line: str) -> str | None:
        names = _PLACEHOLDER.findall(line)
        missing = [name for name in names if name not in values]
        if missing:
            raise BadTemplate(f"nothing is known as {', '.join(missing)}")
        if any(not values[name].strip() for name in names):
            return None
        return _PLACEHOLDER.sub(lambda match: values[match[1]].strip(), line)

    lines = [filled for line in text.strip().splitlines() if (filled := line_of(line)) is not None]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _refusal(step: Step, case: CaseFacts, province: Province) -> tuple[str, str]:
    refusal = province.refusals.get(step.refusal or "")
    if refusal is None:
        return step.explanation, ""
    values = {
        "code": case.code,
        "office": province.office,
        # A question is sent to the guide of procedures, everything else to the case's own page.
        "link": province.procedure_guide if step.refusal == RefusalReason.TCH03 else case.link,
        "complaint_body": province.complaint_body,
        "denunciation_body": province.denunciation_body,
        "destination": step.agency_name or _SOMEBODY,
        "open_code": "",
    }
    reason_text = "\n".join(part for part in (fill(refusal.citizen_text, values), step.explanation.strip()) if part)
    return reason_text, "" if refusal.notify == "short" else fill(refusal.where_to, values)


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    return "" if at is None else moment_in_words(at, zone)
