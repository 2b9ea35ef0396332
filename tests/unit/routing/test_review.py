"""Which classifications a person looks at, in which order, and what a decision brings about."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.contracts.events import Classified, Confidence, MatterScore
from libs.contracts.vocabulary import (
    AccusedPost,
    AgencyId,
    CaseState,
    Desk,
    Disposition,
    FeedbackId,
    Field,
    Kind,
    MatterCode,
    Nature,
    PlaceId,
    RefusalReason,
    Urgency,
)
from services.routing.classification import facts_as_labelled, proposal_of
from services.routing.domain.assignment import Assignment, NeedsOffice
from services.routing.domain.case import Case
from services.routing.domain.consideration import OfficeReason
from services.routing.domain.ending import Ending
from services.routing.domain.facts import Facts, Scored
from services.routing.domain.permission import Guard, Officer, Role
from services.routing.domain.review import (
    Decision,
    Label,
    Risk,
    effect_of,
    ending_at_once,
    is_doubted,
    reviews,
    risk_of,
)
from services.routing.province import read_province, words_of
from services.routing.web.review_view import (
    KEYS,
    Effect,
    effect_in_words,
    guesses_of,
    in_scope_words,
    matter_groups,
    sure_in_words,
)
from tests.unit.routing.hanoi import FOLDER, hanoi

D = Disposition
TODAY = datetime(2026, 11, 23, tzinfo=UTC).date()
LANG, OFFICE = AgencyId("HN-CN00199"), AgencyId("HN-VPUB")
HT01 = MatterCode("HT01")
BIRTH = Label(D.IN_SCOPE, Kind.PROCEDURE_DIFFICULTY, Nature.PHAN_ANH, Field.HO_TICH, HT01)
CONDUCT = Label(D.IN_SCOPE, Kind.OFFICIAL_CONDUCT, Nature.PHAN_ANH, Field.KHAC)


# --- which, and in what order ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sensitive", "urgency", "disposition", "risk"),
    [
        (True, Urgency.HIGH, D.SPAM_ADS, Risk.SENSITIVE),
        (True, Urgency.NORMAL, None, Risk.SENSITIVE),
        (False, Urgency.HIGH, D.SPAM_ADS, Risk.URGENT),
        (False, Urgency.HIGH, D.IN_SCOPE, Risk.URGENT),
        (False, Urgency.NORMAL, D.SPAM_ADS, Risk.DISMISSED),
        (False, Urgency.NORMAL, D.STATUS_LOOKUP, Risk.DISMISSED),
        (False, Urgency.NORMAL, D.IN_SCOPE, Risk.ORDINARY),
        (False, Urgency.NORMAL, None, Risk.ORDINARY),
    ],
)
def test_what_could_cost_more_comes_first(
    sensitive: bool, urgency: Urgency, disposition: Disposition | None, risk: Risk
) -> None:
    assert risk_of(sensitive=sensitive, urgency=urgency, disposition=disposition) is risk


def test_risks_are_in_order() -> None:
    assert sorted(Risk) == [Risk.SENSITIVE, Risk.URGENT, Risk.DISMISSED, Risk.ORDINARY]


def a_case(
    state: CaseState = CaseState.RECEIVED,
    desk: Desk = Desk.OFFICE,
    reason: OfficeReason | None = OfficeReason.NEEDS_REVIEW,
) -> Case:
    agency = OFFICE if desk in (Desk.OFFICE, Desk.OFFICE_SENSITIVE) else LANG
    case = Case(FeedbackId(UUID(int=1)), state, 1, 1, Guard(agency, desk), datetime(2026, 11, 23, tzinfo=UTC))
    return replace(case, office_reason=reason, confirmed_place=PlaceId(LANG))


DOUBTFUL = [
    OfficeReason.NOT_CLASSIFIED, OfficeReason.NOT_IN_SCOPE, OfficeReason.SENSITIVE, OfficeReason.INCOMPLETE,
    OfficeReason.NEEDS_REVIEW, OfficeReason.MATTER_UNKNOWN, OfficeReason.WROTE_AGAIN,
]  # fmt: skip


@pytest.mark.parametrize("reason", list(OfficeReason))
def test_a_case_is_reviewed_when_its_classification_is_in_doubt_not_its_agency(reason: OfficeReason) -> None:
    assert is_doubted(a_case(reason=reason)) is (reason in DOUBTFUL)


@pytest.mark.parametrize(
    ("case", "doubted"),
    [
        (a_case(CaseState.RETURNED, Desk.OFFICE_SENSITIVE, OfficeReason.SENSITIVE), True),
        (a_case(CaseState.CLASSIFIED, reason=OfficeReason.MATTER_UNKNOWN), True),
        (a_case(CaseState.OPENED, reason=None), False),
        (a_case(CaseState.RETURNED, reason=OfficeReason.RETURNED), False),
        (a_case(CaseState.IN_PROGRESS, Desk.AGENCY, OfficeReason.SENSITIVE), False),
        (a_case(CaseState.ASSIGNED, Desk.HEAD, OfficeReason.SENSITIVE), False),
        (a_case(CaseState.REFUSED), False),
    ],
    ids=["taken back", "no matter", "just opened", "returned by an agency", "at an agency", "at a head", "closed"],
)
def test_only_a_case_nobody_has_decided_about_is_reviewed(case: Case, doubted: bool) -> None:
    assert is_doubted(case) is doubted


@pytest.mark.parametrize(
    ("agency", "role", "may"),
    [
        (OFFICE, Role.OFFICE, True),
        (OFFICE, Role.HEAD, True),
        (OFFICE, Role.AUDITOR, False),
        (OFFICE, Role.HANDLER, False),
        (LANG, Role.HEAD, False),
        (LANG, Role.OFFICE, False),
    ],
)
def test_the_office_reviews_and_nobody_else(agency: AgencyId, role: Role, may: bool) -> None:
    assert reviews(Officer(uuid4(), "Mẫu", agency, frozenset({role}), of_office=agency == OFFICE)) is may


# --- labels ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("disposition", "kept"),
    [
        (D.IN_SCOPE, {"kind", "nature", "field", "matter"}),
        (D.INQUIRY, {"field"}),
        (D.STATUS_LOOKUP, {"field"}),
        (D.COMPLAINT_DENUNCIATION, set()),
        (D.SPAM_ADS, set()),
        (D.OUT_OF_SCOPE_OTHER, set()),
        (D.INSUFFICIENT, set()),
    ],
)
def test_a_label_holds_what_applies_to_its_disposition(disposition: Disposition, kept: set[str]) -> None:
    label = replace(BIRTH, disposition=disposition).applicable
    assert {name for name in ("kind", "nature", "field", "matter") if getattr(label, name) is not None} == kept


def said(disposition: Disposition = D.IN_SCOPE, **known: Any) -> Classified:
    given: dict[str, Any] = {
        "kind": Kind.PROCEDURE_DIFFICULTY,
        "field": Field.HO_TICH,
        "matters": (MatterScore(matter=HT01, score=0.61), MatterScore(matter=MatterCode("HT02"), score=0.2)),
        "confidence": Confidence(disposition=0.5, kind=0.95),
        "model_version": "test",
    }
    return Classified(
        key=UUID(int=1), feedback_id=FeedbackId(UUID(int=1)), disposition=disposition, **{**given, **known}
    )


def test_what_can_be_confirmed_is_what_triage_put_first() -> None:
    assert proposal_of(said()) == Label(D.IN_SCOPE, Kind.PROCEDURE_DIFFICULTY, None, Field.HO_TICH, HT01)
    assert proposal_of(said(D.SPAM_ADS)) == Label(D.SPAM_ADS)
    assert proposal_of(None) is None


def test_in_scope_without_a_kind_cannot_be_confirmed_the_shield_depends_on_it() -> None:
    assert proposal_of(said(kind=None)) is None


# --- effects ---------------------------------------------------------------------------------------------------------


def effect(label: Label, *, only_label: bool = False, shielded: bool = False, **known: Any) -> Effect:
    facts = facts_as_labelled(label, None, a_case())
    return effect_of(Decision(label, only_label), replace(facts, **known), hanoi(), TODAY, shielded=shielded)


def test_a_person_s_word_is_certain_and_goes_by_the_table() -> None:
    decided = effect(BIRTH)
    assert isinstance(decided, Assignment)
    assert (decided.found.agency.id, decided.found.matter) == (LANG, HT01)


def test_the_person_s_matter_alone_counts_not_what_triage_considered() -> None:
    facts = facts_as_labelled(replace(BIRTH, matter=None), said(), a_case())
    decided = effect_of(Decision(replace(BIRTH, matter=None)), facts, hanoi(), TODAY, shielded=False)
    assert isinstance(decided, NeedsOffice)
    assert decided.reason is OfficeReason.MATTER_UNKNOWN


@pytest.mark.parametrize(
    ("disposition", "reason"),
    [
        (D.SPAM_ADS, RefusalReason.TCH10),
        (D.OUT_OF_SCOPE_OTHER, RefusalReason.TCH04),
        (D.INQUIRY, RefusalReason.TCH03),
        (D.INSUFFICIENT, RefusalReason.TCH07),
    ],
)
def test_what_is_nobody_s_to_look_into_is_answered_at_once_or_only_labelled(
    disposition: Disposition, reason: RefusalReason
) -> None:
    assert effect(Label(disposition)) == Ending(reason)
    labelled = effect(Label(disposition), only_label=True)
    assert isinstance(labelled, NeedsOffice)
    assert (labelled.suggested_refusal, labelled.desk) == (reason, Desk.OFFICE)


def test_a_look_up_ends_with_its_answer_or_is_only_labelled() -> None:
    assert effect(Label(D.STATUS_LOOKUP)) == Ending(None)
    labelled = effect(Label(D.STATUS_LOOKUP), only_label=True)
    assert isinstance(labelled, NeedsOffice)
    assert (labelled.suggested_refusal, labelled.desk) == (None, Desk.OFFICE)


@pytest.mark.parametrize("disposition", [D.IN_SCOPE, D.COMPLAINT_DENUNCIATION])
def test_nothing_ends_at_once_that_needs_thought(disposition: Disposition) -> None:
    assert ending_at_once(Facts(disposition)) is None


@pytest.mark.parametrize("disposition", list(D))
@pytest.mark.parametrize("only_label", [False, True])
def test_no_case_under_suspicion_leaves_the_sensitive_desk(disposition: Disposition, only_label: bool) -> None:
    decided = effect(replace(BIRTH, disposition=disposition).applicable, only_label=only_label, sensitive=True)
    assert isinstance(decided, NeedsOffice)
    assert (decided.desk, decided.reason, decided.proposed) == (Desk.OFFICE_SENSITIVE, OfficeReason.SENSITIVE, None)


def test_a_denunciation_found_stands_on_the_sensitive_desk_with_its_refusal_suggested() -> None:
    decided = effect(Label(D.COMPLAINT_DENUNCIATION))
    assert isinstance(decided, NeedsOffice)
    assert (decided.desk, decided.suggested_refusal) == (Desk.OFFICE_SENSITIVE, RefusalReason.TCH02)


def test_a_shield_that_is_closed_is_not_opened_by_calling_it_a_procedure() -> None:
    decided = effect(BIRTH, shielded=True)
    assert isinstance(decided, NeedsOffice)
    assert (decided.reason, decided.desk) == (OfficeReason.SHIELD_STANDS, Desk.OFFICE)
    assert decided.proposed is not None
    assert decided.proposed.id == LANG


def test_conduct_goes_to_the_head_with_or_without_a_shield_before() -> None:
    known: dict[str, Any] = {"accused_units": (Scored(LANG, 0.9),), "accused_post": AccusedPost.STAFF}
    for shielded in (False, True):
        decided = effect(CONDUCT, shielded=shielded, **known)
        assert isinstance(decided, Assignment)
        assert decided.found.desk is Desk.HEAD


# --- in words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (1.0, "rất chắc, 100%"),
        (0.9, "rất chắc, 90%"),
        (0.76, "khá chắc, 76%"),
        (0.5, "chưa chắc, 50%"),
        (0.0, "phỏng đoán, 0%"),
    ],
)
def test_confidence_is_told_in_a_word_and_a_figure(share: float, words: str) -> None:
    assert sure_in_words(share) == words


def test_every_disposition_has_a_key_of_its_own() -> None:
    assert list(KEYS.values()) == list("1234567")
    assert set(KEYS) == set(D)


@cache
def parts() -> Any:
    return SimpleNamespace(province=hanoi(), words=words_of(read_province(FOLDER)))


def test_what_triage_was_unsure_of_stands_out() -> None:
    guesses = guesses_of(said(nature=None), parts())
    assert [(guess.label, guess.is_shaky) for guess in guesses] == [
        ("Đánh giá", True),
        ("Loại", False),
        ("Lĩnh vực", False),
        ("Việc", True),
        ("hoặc", True),
    ]
    assert guesses[0].sure == "chưa chắc, 50%"
    assert guesses[3].value.startswith("HT01 – ")


def test_every_matter_can_be_chosen_once_the_likely_ones_first() -> None:
    groups = matter_groups(said(), parts())
    assert [group.title for group in groups[:2]] == ["Máy đề xuất", "Chứng thực"]
    assert [code for code, _ in groups[0].matters] == ["HT01", "HT02"]
    offered = [code for group in groups for code, _ in group.matters]
    assert sorted(offered) == sorted(hanoi().competences)


def test_the_matters_of_the_field_triage_read_come_before_all_others() -> None:
    titles = [group.title for group in matter_groups(said(matters=(), field=Field.DAT_DAI), parts())]
    assert titles[0] == "Đất đai"
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize(
    ("label", "known", "words"),
    [
        (BIRTH, {}, "chuyển UBND phường Láng"),
        (
            CONDUCT,
            {"accused_units": (Scored(LANG, 0.9),), "accused_post": AccusedPost.STAFF},
            "chuyển UBND phường Láng, bàn người đứng đầu",
        ),
        (Label(D.SPAM_ADS), {}, "trả lời TCH10 – Quảng cáo, thư rác, thử nghiệm, xúc phạm"),
        (Label(D.STATUS_LOOKUP), {}, "gửi lại tình hình các phản ánh của người gửi, kết thúc hồ sơ"),
        (Label(D.STATUS_LOOKUP), {"only_label": True}, "hồ sơ ở lại Văn phòng"),
        (BIRTH, {"confirmed_place": None}, "hồ sơ ở lại Văn phòng: chưa rõ phường, xã nào"),
        (
            Label(D.COMPLAINT_DENUNCIATION),
            {},
            "bàn nhạy cảm của Văn phòng, chưa trả lời, đề xuất TCH02",
        ),
        (BIRTH, {"sensitive": True}, "bàn nhạy cảm của Văn phòng, chưa trả lời"),
    ],
)
def test_each_decision_says_beforehand_what_it_brings_about(label: Label, known: dict[str, Any], words: str) -> None:
    assert effect_in_words(effect(label, **known), parts()) == words


def test_to_say_in_scope_promises_no_more_than_it_keeps() -> None:
    told, _ = in_scope_words(a_case())
    assert told == "chọn lĩnh vực và việc, chuyển theo bảng thẩm quyền"
    told, hint = in_scope_words(replace(a_case(desk=Desk.OFFICE_SENSITIVE), sensitive=True))
    assert (told, "không tự chuyển đi" in hint) == ("bàn nhạy cảm của Văn phòng, chưa trả lời", True)
    shielded = replace(a_case(), guard=Guard(OFFICE, Desk.OFFICE, shielded=True))
    assert "chờ quyết định mở cho ai xem" in in_scope_words(shielded)[1]


def test_a_label_alone_says_that_nobody_is_answered_yet() -> None:
    told = effect_in_words(effect(Label(D.INQUIRY), only_label=True), parts())
    assert told == "hồ sơ ở lại Văn phòng, chưa trả lời, đề xuất TCH03"
