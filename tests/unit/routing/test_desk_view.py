"""What the desk shows of a case: marked text, deadlines, banners, drafts. All pure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.vocabulary import AccusedPost, AgencyId, CaseState, Desk, FeedbackId, Kind, RefusalReason
from services.routing.domain.case import Case
from services.routing.domain.permission import Guard
from services.routing.web.banner import banner_of
from services.routing.web.case_list import count_in_words, first_line, marks_of
from services.routing.web.case_page import draft_of
from services.routing.web.evidence import quoted
from services.routing.web.mark import Tone, due, legend, state_mark
from services.routing.web.picture import picture_type
from services.routing.web.receiver import groups, likely
from services.routing.web.refusal_text import refusal_text
from services.routing.web.store import Unsent
from tests.unit.routing.hanoi import hanoi

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
TODAY = NOW.date()
LANG = AgencyId("HN-CN00199")
OFFICE_ID = AgencyId("HN-VPUB")
TEXT = "Tôi nộp giấy khai sinh ở phường Láng đã ba tuần mà chưa được trả."


# --- the citizen's words ---------------------------------------------------------------------------------------------


def reason(decision: str, words: str, **known: Any) -> dict[str, Any]:
    start = TEXT.index(words) if words in TEXT else 0
    return {"decision": decision, "words": words, "start": start, "end": start + len(words), **known}


def test_quoted_words_are_marked_where_they_stand_and_numbered_as_they_come() -> None:
    stretches, quotes = quoted(TEXT, [reason("place", "phường Láng"), reason("matter", "giấy khai sinh")])
    assert [(quote.number, quote.words, quote.led_to) for quote in quotes] == [
        (1, "giấy khai sinh", ("việc",)),
        (2, "phường Láng", ("nơi xảy ra",)),
    ]
    assert [(stretch.text, stretch.ending) for stretch in stretches if stretch.quoted] == [
        ("giấy khai sinh", (1,)),
        ("phường Láng", (2,)),
    ]


def test_the_same_words_for_two_decisions_are_one_quote() -> None:
    _, (quote,) = quoted(TEXT, [reason("matter", "giấy khai sinh"), reason("field", "giấy khai sinh")])
    assert quote.led_to == ("việc", "lĩnh vực")


def test_words_the_assistant_quoted_are_told_apart() -> None:
    said = {**reason("sensitive", "phường Láng"), "rule": "assistant"}
    _, (quote,) = quoted(TEXT, [reason("place", "phường Láng"), said])
    assert quote.led_to == ("nơi xảy ra", "nhạy cảm (mô hình trợ giúp gợi ý, cần người xem lại)")


def test_words_that_do_not_stand_where_they_are_said_to_are_not_marked() -> None:
    wrong = [
        reason("place", "phường Láng", start=0, end=11),
        reason("place", "phường Láng", start=None, end=None),
        reason("place", "phường Láng", start=60, end=999),
        {"decision": "kind", "words": ""},
    ]
    (stretch,), quotes = quoted(TEXT, wrong)
    assert (stretch.text, stretch.quoted, quotes) == (TEXT, False, ())


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6))
def test_marking_never_changes_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    reasons = [{"decision": "kind", "words": text[a:b], "start": a, "end": b} for a, b in spans]
    stretches, quotes = quoted(text, reasons)
    assert "".join(stretch.text for stretch in stretches) == text
    ends = sorted(number for stretch in stretches for number in stretch.ending)
    assert ends == [quote.number for quote in quotes]


# --- marks and deadlines ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "warn_at", "words", "tone"),
    [
        pytest.param(NOW + timedelta(days=3, hours=1), None, "còn 3 ngày", Tone.CALM, id="far"),
        pytest.param(NOW + timedelta(days=3), NOW, "còn 3 ngày", Tone.SOON, id="warned"),
        pytest.param(NOW + timedelta(hours=5), None, "còn 5 giờ", Tone.SOON, id="today"),
        pytest.param(NOW - timedelta(days=2), NOW - timedelta(days=5), "quá hạn 2 ngày", Tone.LATE, id="late"),
    ],
)
def test_a_deadline_is_told_in_words_and_by_shape(
    at: datetime, warn_at: datetime | None, words: str, tone: Tone
) -> None:
    told = due(at, NOW, warn_at)
    assert (told.words, told.tone) == (words, tone)
    assert bool(told.shape) == (tone is not Tone.CALM)


def test_every_state_has_a_word_and_a_shape_of_its_own() -> None:
    words = {state: state.value for state in CaseState}
    assert {state_mark(state, words).word for state in CaseState} == {mark.word for mark in legend(words)}
    shapes = [mark.shape for mark in legend(words)]
    assert all(shapes)
    assert len(set(shapes)) == len(shapes)


def test_marks_say_what_must_be_known_before_opening() -> None:
    row = {"urgency": "high", "sensitive": False, "kind": Kind.OFFICIAL_CONDUCT, "no_head": True}
    assert [mark.word for mark in marks_of(row)] == ["Khẩn", "Về cán bộ", "Chưa có người đứng đầu"]
    assert [mark.word for mark in marks_of({**row, "urgency": "normal", "sensitive": True, "no_head": False})] == [
        "Nhạy cảm"
    ]


@pytest.mark.parametrize(
    ("count", "words"),
    [(None, ""), (0, "0"), (999, "999"), (1_000, "999+")],
    ids=["not counted", "none", "many", "cap"],
)
def test_counts_go_as_far_as_anybody_counts(count: int | None, words: str) -> None:
    assert count_in_words(count) == words


def test_the_first_line_of_a_text_is_cut_between_words() -> None:
    assert first_line("Tôi  nộp\ngiấy") == "Tôi nộp giấy"
    assert first_line("một hai ba bốn", at_most=9) == "một hai …"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xd8\xff\xe0jfif", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"GIF89a", "image/gif"),
        (b"RIFF0000WEBPVP8 ", "image/webp"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", None),
        (b"<html><img>", None),
        (b"", None),
    ],
    ids=["jpeg", "png", "gif", "webp", "svg", "html", "empty"],
)
def test_only_pictures_without_script_are_shown_on_a_page(content: bytes, kind: str | None) -> None:
    assert picture_type(content) == kind


# --- banner ----------------------------------------------------------------------------------------------------------


def a_case(desk: Desk, agency: AgencyId = LANG, **known: Any) -> Case:
    guard = Guard(agency, desk, shielded=True, accused=frozenset({LANG}), accused_post=AccusedPost.STAFF)
    case = Case(FeedbackId(UUID(int=1)), CaseState.ASSIGNED, 1, 0, guard, NOW, kind=Kind.OFFICIAL_CONDUCT)
    return replace(case, **known)


@pytest.mark.parametrize(
    ("case", "title", "words"),
    [
        pytest.param(a_case(Desk.HEAD), "Phản ánh về cán bộ", "người đứng đầu UBND phường Láng", id="head"),
        pytest.param(
            a_case(Desk.AGENCY, AgencyId("HN-SNV25")), "Phản ánh về cán bộ", "đơn vị bị phản ánh không xem", id="agency"
        ),
        pytest.param(
            a_case(Desk.AGENCY),
            "Phản ánh về cán bộ",
            "cán bộ khác của UBND phường Láng không xem được nữa",
            id="itself",
        ),
        pytest.param(
            a_case(Desk.OFFICE_SENSITIVE, sensitive=True), "Hồ sơ nhạy cảm", "Chỉ cán bộ Văn phòng", id="sensitive"
        ),
    ],
)
def test_a_shielded_case_says_who_can_see_it_and_why(case: Case, title: str, words: str) -> None:
    banner = banner_of(case, hanoi().directory)
    assert banner is not None
    assert banner.title == title
    assert words in banner.who
    assert banner.why


def test_a_leader_and_an_empty_head_s_desk_are_said() -> None:
    guard = replace(a_case(Desk.HEAD).guard, accused_post=AccusedPost.LEADER, no_head=True)
    banner = banner_of(a_case(Desk.HEAD, guard=guard), hanoi().directory)
    assert banner is not None
    assert banner.title == "Phản ánh về lãnh đạo"
    assert "chưa có tài khoản người đứng đầu" in banner.who


def test_an_ordinary_case_has_no_banner() -> None:
    case = a_case(Desk.AGENCY, guard=Guard(LANG, Desk.AGENCY), kind=Kind.PROCEDURE_DIFFICULTY)
    assert banner_of(case, hanoi().directory) is None


# --- drafts ----------------------------------------------------------------------------------------------------------


def a_sheet(*answers: dict[str, Any], **row: Any) -> Any:
    return SimpleNamespace(case=SimpleNamespace(agency_id=LANG), answers=answers, row=row)


SAVED = {"agency_id": LANG, "outcome": "accepted", "text": "Bản đã lưu.", "written_at": NOW}


@pytest.mark.parametrize(
    ("answers", "unsent", "expected"),
    [
        pytest.param([], None, ("", "", False, ""), id="nothing yet"),
        pytest.param([SAVED], None, ("accepted", "Bản đã lưu.", False, ""), id="saved"),
        pytest.param([], Unsent(None, "đang gõ", NOW), ("", "đang gõ", True, ""), id="typing the first"),
        pytest.param(
            [SAVED],
            Unsent("explained", "đang gõ", NOW + timedelta(minutes=1)),
            ("explained", "đang gõ", True, ""),
            id="typing after a revision",
        ),
        pytest.param(
            [SAVED],
            Unsent("explained", "đang gõ", NOW - timedelta(minutes=1)),
            ("accepted", "Bản đã lưu.", False, "đang gõ"),
            id="a colleague saved meanwhile",
        ),
        pytest.param(
            [SAVED],
            Unsent("accepted", "Bản đã lưu.", NOW),
            ("accepted", "Bản đã lưu.", False, ""),
            id="nothing new typed",
        ),
        pytest.param([{**SAVED, "agency_id": OFFICE_ID}], None, ("", "", False, ""), id="another agency's answer"),
    ],
)
def test_what_an_officer_typed_is_never_lost(
    answers: list[Any], unsent: Unsent | None, expected: tuple[Any, ...]
) -> None:
    draft = draft_of(a_sheet(*answers), unsent)
    assert (draft.outcome, draft.text, draft.unsaved_at is not None, draft.set_aside) == expected


# --- refusing and assigning ------------------------------------------------------------------------------------------

TCH02 = {
    "citizen_text": "Nội dung này là tố cáo.",
    "where_to": "Ông/bà có thể gửi tới {{ denunciation_body }}.",
    "notify": "yes",
}
FACTS = {"denunciation_body_name": "Thanh tra Thành phố"}


@pytest.mark.parametrize(
    ("row", "explanation", "lines"),
    [
        pytest.param(TCH02, "", ["Nội dung này là tố cáo.", "Ông/bà có thể gửi tới Thanh tra Thành phố."], id="plain"),
        pytest.param(
            TCH02,
            "Xin lưu ý.",
            ["Nội dung này là tố cáo.", "Xin lưu ý.", "Ông/bà có thể gửi tới Thanh tra Thành phố."],
            id="with the officer's words",
        ),
        pytest.param({**TCH02, "notify": "short"}, "", ["Nội dung này là tố cáo."], id="short"),
        pytest.param(
            {**TCH02, "citizen_text": "Trùng mã {{ open_code }}."},
            "Trùng việc đã gửi.",
            ["Trùng việc đã gửi.", "Ông/bà có thể gửi tới Thanh tra Thành phố."],
            id="what nobody knows is left out",
        ),
    ],
)
def test_a_refusal_is_shown_as_the_citizen_will_read_it(
    row: dict[str, str], explanation: str, lines: list[str]
) -> None:
    text = refusal_text(RefusalReason.TCH02, row, explanation, "HN-PA-1", FACTS)
    assert text.splitlines() == ["Mã HN-PA-1: phản ánh của ông/bà chưa được thụ lý.", *lines]


def test_a_refusal_nobody_is_told_of_shows_nothing() -> None:
    assert refusal_text(RefusalReason.TCH10, {**TCH02, "notify": "no"}, " ", "HN-PA-1", FACTS) == ""


def test_the_likely_agencies_come_first_each_once_and_only_today_s() -> None:
    said = {
        "places": [{"place_id": "HN-CN00199"}, {"place_id": "HN-CO00199"}],
        "accused_unit": [{"agency_id": "HN-SNV25"}, {"agency_id": "TW-GONE"}],
    }
    sheet = a_sheet(proposed_agency=None, place_id="HN-CN00199", classification=said)
    found = likely(sheet, hanoi().directory, TODAY)
    assert [(one.id, one.name) for one in found][:1] == [("HN-CN00199", "UBND phường Láng (nơi xảy ra)")]
    assert ("HN-SNV25", "Sở Nội vụ (đơn vị được nêu)") in [(one.id, one.name) for one in found]
    assert len({one.id for one in found}) == len(found)


def test_agencies_to_choose_from_are_in_force_grouped_and_in_vietnamese_order() -> None:
    directory = hanoi().directory
    ids = ["HN-CN00199", "HN-CN00004", "HN-CO00199", "HN-SNV25", "HN", "HN-SNGV", "HN-CN10465"]
    found = {group.title: [one.name for one in group.receivers] for group in groups(ids, directory, TODAY)}
    assert found == {"Sở, ngành": ["Sở Nội vụ"], "UBND phường": ["Ba Đình", "Láng"], "UBND xã": ["Hồng Sơn"]}
