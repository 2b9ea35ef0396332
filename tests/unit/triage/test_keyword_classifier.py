"""The stories this product is for, whole; and what holds for any text at all."""

import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.contracts.vocabulary import AccusedPost, Disposition, Field, Kind, Nature
from services.triage.domain import Decision, KeywordClassifier, Policy
from services.triage.domain.reading import LONGEST_READ
from tests.unit.triage.hanoi import LANG, TODAY, classifier, decide, rows

BIRTH = "phường Láng bắt phải có hộ khẩu giấy mới nhận hồ sơ khai sinh cho con em"
RUDE = "cán bộ một cửa phường Láng quát tôi, hẹn ba lần không trả kết quả"
WORDS_OF_RULES = sorted({word for cue in rows().cues for word in cue.words.split()})


def _without_marks(text: str) -> str:
    bare = unicodedata.normalize("NFD", text).replace("đ", "d").replace("Đ", "D")
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


SPELLINGS = [
    pytest.param(lambda text: text, id="as it is"),
    pytest.param(_without_marks, id="without marks"),
    pytest.param(str.upper, id="in capitals"),
    pytest.param(lambda text: unicodedata.normalize("NFD", text), id="decomposed"),
    pytest.param(lambda text: f"🙏 Dạ thưa,\n{text} 😤", id="among other things"),
]


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_a_birth_certificate_refused_for_want_of_a_paper(spelled: object) -> None:
    decision = decide(spelled(BIRTH))  # type: ignore[operator]
    assert decision.disposition is Disposition.IN_SCOPE
    assert decision.kind is Kind.PROCEDURE_DIFFICULTY
    assert decision.nature is Nature.PHAN_ANH
    assert decision.field is Field.HO_TICH
    assert [one.matter for one in decision.matters] == ["HT01", "CA01"]
    assert [one.place_id for one in decision.places] == [LANG]
    assert not decision.sensitive
    assert not decision.needs_review


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_a_rude_official_who_keeps_nobody_s_dates(spelled: object) -> None:
    decision = decide(spelled(RUDE))  # type: ignore[operator]
    assert decision.disposition is Disposition.IN_SCOPE
    assert decision.kind is Kind.OFFICIAL_CONDUCT
    assert decision.field is Field.KHAC
    assert [one.matter for one in decision.matters] == ["HV01"]
    assert [one.agency_id for one in decision.accused_unit] == [LANG]
    assert decision.accused_post is AccusedPost.STAFF
    assert not decision.sensitive
    assert not decision.needs_review


def test_the_reasons_tell_what_was_filed_and_what_demanded() -> None:
    told = {(one.rule, one.words) for one in decide(BIRTH).reasons if one.decision == "matter"}
    assert told == {("filed:HT01", "khai sinh"), ("demanded:CA01", "hộ khẩu")}


def test_danger_is_urgent() -> None:
    assert decide("chồng tôi đang cấp cứu mà bệnh viện đòi giấy chuyển tuyến, xin giúp ngay bây giờ").urgency == "high"
    assert decide(BIRTH).urgency == "normal"


def test_a_text_longer_than_what_is_read_needs_a_person() -> None:
    long = f"{BIRTH}. " + "Tôi xin trình bày thêm. " * (LONGEST_READ // 20)
    assert decide(long).matters[0].matter == "HT01"
    assert decide(long).needs_review


def test_the_day_interprets_the_name() -> None:
    before, after = (
        classifier().decide("Sở Kế hoạch và Đầu tư ngâm hồ sơ, quá hẹn 20 ngày", day)
        for day in (date(2025, 2, 1), TODAY)
    )
    assert [one.agency_id for one in before.accused_unit] == ["HN-SKHDT"]
    assert [one.agency_id for one in after.accused_unit] == ["HN-STC25"]


def test_the_version_changes_with_any_row_and_with_nothing_else() -> None:
    given_rows = rows()
    shuffled = replace(given_rows, cues=tuple(reversed(given_rows.cues)))
    fewer = replace(given_rows, cues=given_rows.cues[1:])
    versions = [KeywordClassifier(one, Policy()).model_version for one in (given_rows, shuffled, fewer)]
    assert versions[0] == versions[1] == classifier().model_version
    assert versions[2] != versions[0]
    assert versions[0].startswith("keywords-")


def test_thresholds_decide_what_a_person_sees() -> None:
    strict = KeywordClassifier(rows(), Policy(disposition=0.99))
    assert strict.decide(BIRTH, TODAY).needs_review


HOSTILE = {
    "emoji": "😀" * 50_000,
    "one long word": "a" * 50_000,
    "marks upon marks": "a" + "\u0301" * 49_999,
    "right to left": "\u202eمرحبا " * 8_000,
    "dots": "a." * 25_000,
    "hyphens before a domain": "a-" * 20_000 + ".xyz",
    "digits": "0912 345 " * 5_000,
    "nulls": "\x00" * 50_000,
    "gaps that never close": "hẹn " * 12_000,
    "gaps that close everywhere": "hẹn 3 lần không trả " * 2_500,
    "only cues": " ".join(WORDS_OF_RULES * 10)[:50_000],
    "one commune, many times": "phường Láng " * 4_000,
    "quotes and braces": '{"text": "' * 5_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_text_is_too_much(text: str) -> None:
    assert isinstance(decide(text), Decision)


def _assert_honest(text: str, decision: Decision) -> None:
    for one in decision.reasons:
        if one.start is not None:
            assert text[one.start : one.end] == one.words != ""
        else:
            assert one.words == ""
    if decision.agency_span is not None:
        assert text[decision.agency_start : decision.agency_end] == decision.agency_span
    scores = [one.score for one in (*decision.matters, *decision.places, *decision.accused_unit)]
    sure = decision.confidence
    scores += [one for one in (sure.disposition, sure.kind, sure.nature, sure.field, sure.matter, sure.place) if one]
    assert all(0 <= one <= 1 for one in scores)
    assert len(decision.matters) <= 3
    assert (decision.kind is not None) is (decision.disposition is Disposition.IN_SCOPE)
    assert decision.sensitive or decision.disposition is not Disposition.COMPLAINT_DENUNCIATION


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_decided_and_quoted_verbatim(text: str) -> None:
    _assert_honest(text, decide(text))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS_OF_RULES) | st.sampled_from([BIRTH, RUDE, ".", "\n", "?", "20tr"]), max_size=25),
    st.sampled_from(["NFC", "NFD"]),
)
def test_any_mixture_of_the_rules_own_words_is_decided_and_quoted_verbatim(words: list[str], form: str) -> None:
    text = unicodedata.normalize(form, " ".join(words))  # type: ignore[arg-type]
    _assert_honest(text, decide(text))


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet=st.characters(categories=["L", "M", "N", "P", "Z", "S"]), max_size=200))
def test_the_same_text_is_always_decided_the_same(text: str) -> None:
    assert decide(text) == decide(text)
