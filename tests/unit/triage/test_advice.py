"""What an assistant model says is believed only in one shape and with words of the text; it only ever adds caution."""

import json
import unicodedata
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.vocabulary import Disposition
from services.triage.domain import Decision
from services.triage.domain.advice import Advice, Doubt, Outcome, advice_in, doubt_of, is_worth_asking, sent_of
from services.triage.domain.decision import Confidence
from services.triage.domain.mask import masked, pieces
from services.triage.domain.policy import DISMISSING
from tests.unit.triage.hanoi import LANG, TODAY, trained

TEXT = "Ông Bảy phường Láng bảo gọi 0912 345 678 rồi đưa phong bì mới ký, cccd 001099012345."
ADVERT = "Vay nhanh 50 triệu, giải ngân trong ngày, gọi 0912 345 678"


def an_answer(**said: Any) -> str:
    return json.dumps({"disposition": "in_scope", "sensitive": False, "quote": "đưa phong bì", **said})


def a_decision(disposition: Disposition, sure: float = 0.9, **decided: Any) -> Decision:
    return Decision(disposition, Confidence(sure), "linear-1+2", **decided)


class TestSending:
    def test_numbers_that_lead_to_a_person_are_not_sent(self) -> None:
        assert sent_of(TEXT).text == "Ông Bảy phường Láng bảo gọi 0xxxxxxxxx rồi đưa phong bì mới ký, cccd 00000."

    def test_decomposed_letters_are_sent_composed_and_found_again_where_they_were_typed(self) -> None:
        typed = unicodedata.normalize("NFD", TEXT)
        sent = sent_of(typed)
        assert sent.text == sent_of(TEXT).text
        advice = advice_in(an_answer(), sent)
        assert isinstance(advice, Advice)
        assert unicodedata.normalize("NFC", typed[advice.start : advice.end]) == "đưa phong bì"

    @given(st.text(alphabet="aăắ\u0301\u0323x 09.-@:/\nđ😀", max_size=80))
    def test_every_letter_sent_has_its_place_in_the_text(self, text: str) -> None:
        sent = sent_of(text)
        assert sent.text == unicodedata.normalize("NFC", masked(text))
        assert len(sent.places) == len(sent.text)
        assert all(0 <= start < end <= len(text) for start, end in sent.places)
        assert list(sent.places) == sorted(sent.places)

    @given(st.text(alphabet="0123456789 .-/xaô@:", max_size=60))
    def test_pieces_cover_the_text_without_a_gap(self, text: str) -> None:
        found = [*pieces(text)]
        assert [piece.start for piece in found] == [0, *(piece.end for piece in found[:-1])]
        assert found[-1].end == len(text)


class TestBelieving:
    def test_the_words_quoted_are_found_where_the_citizen_wrote_them(self) -> None:
        advice = advice_in(an_answer(quote="gọi 0xxxxxxxxx rồi"), sent_of(TEXT))
        assert isinstance(advice, Advice)
        assert TEXT[advice.start : advice.end] == "gọi 0912 345 678 rồi"

    def test_half_of_what_was_not_sent_stands_for_the_whole(self) -> None:
        text = "xem https://vi-du.vn/a?b=1 rồi đưa phong bì"
        advice = advice_in(an_answer(quote="xem https"), sent_of(text))
        assert isinstance(advice, Advice)
        assert text[advice.start : advice.end] == "xem https://vi-du.vn/a?b=1"

    @pytest.mark.parametrize(
        "content",
        [
            "",
            "không rõ",
            "null",
            "[]",
            '{"disposition": "in_scope"',
            "```json\n" + an_answer() + "\n```",
            an_answer() + an_answer(),
            json.dumps({"disposition": "in_scope", "sensitive": False}),
            an_answer(disposition="dismiss"),
            an_answer(disposition=None),
            an_answer(sensitive="true"),
            an_answer(sensitive=1),
            an_answer(quote=""),
            an_answer(quote=["đưa phong bì"]),
            an_answer(quote="đưa phong bì" * 20),
            an_answer(needs_review=False),
            an_answer(refuse="TCH10"),
            "[" * 100_000,
            '{"disposition": "in_scope", "sensitive": false, "quote": "\\ud800"}',
        ],
        ids=lambda content: content[:40],
    )
    def test_any_other_shape_is_no_advice(self, content: str) -> None:
        assert advice_in(content, sent_of(TEXT)) is Outcome.UNREADABLE

    @pytest.mark.parametrize(
        "quote",
        [
            "nhận 20 triệu",
            "Đưa phong bì",
            "đưa  phong bì",
            "đưa phong",  # whole words: this one is, the next are not
            "ưa phong bì",
            "đưa phong b",
            "0912 345 678",
            "001099012345",
            " ",
            "\n",
        ],
    )
    def test_words_that_do_not_stand_in_what_was_sent_make_it_no_advice(self, quote: str) -> None:
        found = advice_in(an_answer(quote=quote), sent_of(TEXT))
        assert isinstance(found, Advice) if quote == "đưa phong" else found is Outcome.UNFOUNDED

    @given(st.text(max_size=300))
    def test_no_answer_at_all_can_break_anything(self, content: str) -> None:
        assert isinstance(advice_in(content, sent_of(TEXT)), Outcome)
        assert isinstance(advice_in(an_answer(quote=content), sent_of(TEXT)), Advice | Outcome)


class TestAsking:
    @pytest.mark.parametrize(
        ("decision", "expected"),
        [
            (a_decision(Disposition.IN_SCOPE, 0.74), True),
            (a_decision(Disposition.IN_SCOPE, 0.75), False),
            (a_decision(Disposition.STATUS_LOOKUP, 0.6), True),
            (a_decision(Disposition.SPAM_ADS, 0.99), True),
            (a_decision(Disposition.INSUFFICIENT, 1.0), True),
            (a_decision(Disposition.OUT_OF_SCOPE_OTHER, 0.6), True),
            (a_decision(Disposition.SPAM_ADS, 0.6, needs_review=True), False),
            (a_decision(Disposition.IN_SCOPE, 0.6, needs_review=True), False),
            (a_decision(Disposition.COMPLAINT_DENUNCIATION, 0.6, sensitive=True), False),
        ],
        ids=lambda value: f"{value.disposition} {value.confidence.disposition}" if isinstance(value, Decision) else "",
    )
    def test_only_what_goes_on_alone_with_little_margin_or_dismisses(self, decision: Decision, expected: bool) -> None:
        assert is_worth_asking(decision, below=0.75) is expected


class TestDoubting:
    @pytest.mark.parametrize(
        ("decided", "advised", "sensitive", "expected"),
        [
            (Disposition.SPAM_ADS, Disposition.IN_SCOPE, False, Doubt(3, 9, in_scope=True)),
            (Disposition.INQUIRY, Disposition.IN_SCOPE, False, Doubt(3, 9, in_scope=True)),
            (Disposition.SPAM_ADS, Disposition.INQUIRY, False, Doubt(3, 9)),
            (Disposition.SPAM_ADS, Disposition.IN_SCOPE, True, Doubt(3, 9, in_scope=True, sensitive=True)),
            (Disposition.IN_SCOPE, Disposition.IN_SCOPE, True, Doubt(3, 9, sensitive=True)),
            (Disposition.IN_SCOPE, Disposition.COMPLAINT_DENUNCIATION, False, Doubt(3, 9, sensitive=True)),
            (Disposition.SPAM_ADS, Disposition.COMPLAINT_DENUNCIATION, False, Doubt(3, 9, sensitive=True)),
            (Disposition.IN_SCOPE, Disposition.SPAM_ADS, True, Doubt(3, 9, sensitive=True)),
            (Disposition.IN_SCOPE, Disposition.SPAM_ADS, False, Outcome.IGNORED),
            (Disposition.IN_SCOPE, Disposition.INQUIRY, False, Outcome.IGNORED),
            (Disposition.INQUIRY, Disposition.STATUS_LOOKUP, False, Outcome.IGNORED),
            (Disposition.SPAM_ADS, Disposition.INSUFFICIENT, False, Outcome.IGNORED),
            (Disposition.SPAM_ADS, Disposition.SPAM_ADS, False, Outcome.AGREED),
        ],
    )
    def test_advice_moves_a_case_one_way_only(
        self, decided: Disposition, advised: Disposition, sensitive: bool, expected: object
    ) -> None:
        assert doubt_of(a_decision(decided), Advice(advised, sensitive, 3, 9)) == expected

    @pytest.mark.parametrize(
        "text", [ADVERT, "hồ sơ 000.00.12.H26-251107-0233", "đi làm giấy khai sinh cho con mà bị đuổi về, chán", "a b"]
    )
    def test_whatever_is_advised_caution_only_grows(self, text: str) -> None:
        before = trained().decide(text, TODAY)
        for advised, sensitive in product(Disposition, (False, True)):
            doubt = doubt_of(before, Advice(advised, sensitive, 0, 1))
            if isinstance(doubt, Doubt):
                after = trained().decide(text, TODAY, None, doubt)
                assert after.needs_review
                assert after.sensitive >= (before.sensitive or sensitive)
                assert after.disposition in (before.disposition, Disposition.IN_SCOPE)
                assert after.disposition not in DISMISSING or before.disposition in DISMISSING

    def test_a_dismissal_doubted_is_decided_like_a_feedback_with_all_that_belongs_to_it(self) -> None:
        text = "Vay nhanh 50 triệu, giải ngân trong ngày. Mà phường Láng bắt tôi nộp hộ khẩu giấy mới làm khai sinh"
        start = text.index("phường Láng")
        after = trained().decide(text, TODAY, None, Doubt(start, start + 11, in_scope=True))
        assert (after.disposition, after.needs_review, after.field) == (Disposition.IN_SCOPE, True, "ho_tich")
        assert after.kind is not None
        assert after.nature is not None
        (reason,) = [one for one in after.reasons if one.rule == "assistant"]
        assert (reason.decision, reason.words) == ("disposition", "phường Láng")

    def test_what_is_held_back_names_whom_it_accuses(self) -> None:
        text = "làm giấy khai sinh ở phường Láng, anh một cửa gợi ý gì đó mới nhanh"
        before = trained().decide(text, TODAY)
        assert not before.sensitive
        after = trained().decide(text, TODAY, None, Doubt(0, 8, sensitive=True))
        assert (after.sensitive, after.needs_review, after.disposition) == (True, True, before.disposition)
        assert [unit.agency_id for unit in after.accused_unit] == [LANG]
        assert [one.words for one in after.reasons if one.decision == "sensitive"] == [text[:8]]
