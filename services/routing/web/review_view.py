"""What the review page shows: what triage read and how sure it was, what can be decided, and what that brings about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from libs.contracts.events import Classified
from libs.contracts.vocabulary import Desk, Disposition, Field, Kind, MatterCode, RefusalReason

from ..domain.assignment import Assignment, NeedsOffice
from ..domain.case import Case
from ..domain.consideration import OfficeReason
from ..domain.ending import Ending
from ..domain.review import Label
from ..parts import RoutingParts
from . import wording as w
from .case_view import matter_name

_SURE: Final = ((0.9, "rất chắc"), (0.75, "khá chắc"), (0.5, "chưa chắc"), (0.0, "phỏng đoán"))
_SHAKY_BELOW: Final = 0.75
KEYS: Final[Mapping[Disposition, str]] = {one: str(number) for number, one in enumerate(Disposition, start=1)}
"""The key of each disposition, in the order of the page."""

Effect = Assignment | NeedsOffice | Ending


def sure_in_words(share: float) -> str:
    """A confidence as a word with its figure beside it."""
    word = next(word for least, word in _SURE if share >= least)
    return f"{word}, {share:.0%}"


@dataclass(frozen=True, slots=True)
class Guess:
    """One thing triage decided."""

    label: str
    value: str
    sure: str = ""
    is_shaky: bool = False


def guesses_of(said: Classified, parts: RoutingParts) -> tuple[Guess, ...]:
    """What triage decided, and how sure it was of each."""
    sure, fields = said.confidence, parts.words.fields
    guesses = [_guess("Đánh giá", w.DISPOSITIONS[said.disposition], sure.disposition)]
    if said.kind is not None:
        guesses.append(_guess("Loại", w.KINDS[said.kind], sure.kind))
    if said.nature is not None:
        guesses.append(_guess("Tính chất", w.NATURES[said.nature], sure.nature))
    if said.field is not None:
        guesses.append(_guess("Lĩnh vực", fields[said.field], sure.field))
    guesses += [
        _guess("Việc" if number == 0 else "hoặc", _matter(one.matter, parts), one.score)
        for number, one in enumerate(said.matters)
    ]
    return tuple(guesses)


def _guess(label: str, value: str, share: float | None) -> Guess:
    if share is None:
        return Guess(label, value)
    return Guess(label, value, sure_in_words(share), share < _SHAKY_BELOW)


def _matter(matter: MatterCode, parts: RoutingParts) -> str:
    name = matter_name(matter, parts)
    return name if name == matter else f"{matter} – {name}"


def label_in_words(label: Label, parts: RoutingParts) -> str:
    """A label on one line."""
    told = [w.DISPOSITIONS[label.disposition]]
    told += [w.KINDS[label.kind]] if label.kind else []
    told += [parts.words.fields[label.field]] if label.field else []
    told += [_matter(label.matter, parts)] if label.matter else []
    return "; ".join(told)


def effect_in_words(effect: Effect, parts: RoutingParts) -> str:
    """What a decision brings about, as said on its button."""
    match effect:
        case Assignment(found):
            head = ", bàn người đứng đầu" if found.desk is Desk.HEAD else ""
            return f"chuyển {found.agency.short_name}{head}"
        case NeedsOffice(reason=OfficeReason.SENSITIVE, suggested_refusal=code):
            suggested = f", đề xuất {code}" if code else ""
            return f"bàn nhạy cảm của Văn phòng, chưa trả lời{suggested}"
        case NeedsOffice(suggested_refusal=RefusalReason() as code):
            return f"hồ sơ ở lại Văn phòng, chưa trả lời, đề xuất {code}"
        case NeedsOffice(reason=OfficeReason.NOT_IN_SCOPE):
            return "hồ sơ ở lại Văn phòng"
        case NeedsOffice(reason=reason):
            why = w.OFFICE_REASONS[reason]
            return f"hồ sơ ở lại Văn phòng: {why[0].lower()}{why[1:]}"
        case Ending(refusal=RefusalReason() as code):
            return f"trả lời {code} – {parts.words.refusal_reasons[code]}"
        case Ending():
            return "gửi lại tình hình các phản ánh của người gửi, kết thúc hồ sơ"


def in_scope_words(case: Case) -> tuple[str, str]:
    """What it brings about to say that a case is in scope: beside its button, and at the end of its form."""
    if case.sensitive:
        return "bàn nhạy cảm của Văn phòng, chưa trả lời", "Chỉ ghi nhãn: hồ sơ nhạy cảm không tự chuyển đi."
    hint = "Đủ rõ thì hồ sơ được chuyển ngay tới cơ quan có thẩm quyền; còn thiếu gì, hồ sơ ở lại Văn phòng."
    if case.guard.shielded:
        hint += f" Nếu là “{w.KINDS[Kind.PROCEDURE_DIFFICULTY]}”, hồ sơ ở lại Văn phòng chờ quyết định mở cho ai xem."
    return "chọn lĩnh vực và việc, chuyển theo bảng thẩm quyền", hint


@dataclass(frozen=True, slots=True)
class Way:
    """One disposition to choose, with one key."""

    key: str
    value: str
    word: str
    effect: str
    message: str = ""
    """What the citizen would read."""
    is_refusal: bool = False
    """It can also be kept as a label alone."""


@dataclass(frozen=True, slots=True)
class MatterGroup:
    """Matters to choose from, under a heading."""

    title: str
    matters: tuple[tuple[str, str], ...]


def matter_groups(said: Classified | None, parts: RoutingParts) -> Sequence[MatterGroup]:
    """Every matter once: what triage considered, then those of the field it read, then all others by field."""
    considered = [one.matter for one in said.matters] if said else []
    names: dict[Field | None, str] = dict(parts.words.fields.items())
    names[None] = "Không riêng lĩnh vực nào"
    first = [said.field] if said and said.field else []
    by_field: dict[Field | None, list[MatterCode]] = {field: [] for field in (*first, *names)}
    for matter, rows in parts.province.competences.items():
        if matter not in considered:
            by_field[rows[0].field].append(matter)
    groups = [("Máy đề xuất", considered), *((names[field], matters) for field, matters in by_field.items())]
    return [
        MatterGroup(title, tuple((matter, _matter(matter, parts)) for matter in matters))
        for title, matters in groups
        if matters
    ]
