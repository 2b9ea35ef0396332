"""What the desk takes in: forms, addresses to go on to, and patience with who guesses passwords."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.contracts.vocabulary import AnswerOutcome
from services.routing.web import forms
from services.routing.web.forms import Wrong, checked
from services.routing.web.sign_in_form import onward_to
from services.routing.web.throttle import ADDRESS, FORGOTTEN_AFTER, LOGIN, Tries

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
CASE = "/desk/cases/0193a3c2-0000-7000-8000-000000000001"
REVIEW = "/desk/review/0193a3c2-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    ("asked", "page"),
    [
        ("/desk", "/desk"),
        ("/desk?list=late&after=17.a", "/desk?list=late&after=17.a"),
        (CASE, CASE),
        (f"{CASE}/answer", CASE),
        (f"{REVIEW}/decide", REVIEW),
        ("", "/desk"),
        ("//evil.example", "/desk"),
        ("/desk//evil.example", "/desk"),
        ("/desk/../intake", "/desk"),
        ("/desk\\evil.example", "/desk"),
        ("https://evil.example/desk", "/desk"),
        ("/deskevil", "/desk"),
        ("/desk\r\nSet-Cookie: a=b", "/desk"),
        ("javascript:alert(1)", "/desk"),
        ("/desk/sign-in?next=/desk/sign-in", "/desk"),
        ("/desk?" + "a" * 3_000, "/desk"),
    ],
)
def test_after_signing_in_one_stays_at_the_desk(asked: str, page: str) -> None:
    assert onward_to(asked).page == page


def test_a_form_is_carried_along_for_an_action_only_and_without_its_secrets() -> None:
    sent = {"text": "Đã giải quyết.", "version": "3", "csrf": "x", "password": "y", "next": "z"}
    assert onward_to(f"{CASE}/answer", sent).kept == {"text": "Đã giải quyết.", "version": "3"}
    assert onward_to(CASE, sent).kept == {}
    assert onward_to(f"{REVIEW}/decide", {"decide": "spam_ads", "csrf": "x"}).kept == {"decide": "spam_ads"}


# --- forms --------------------------------------------------------------------------------------------------------

ANSWER = {"version": "3", "outcome": "accepted", "text": "UBND phường đã trả giấy khai sinh cho gia đình."}


def test_a_form_is_read_as_it_is_meant() -> None:
    form = checked(forms.AnswerForm, {**ANSWER, "csrf": "x", "do": "submit"})
    assert isinstance(form, forms.AnswerForm)
    assert (form.version, form.outcome, form.text) == (3, AnswerOutcome.ACCEPTED, ANSWER["text"])


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"text": " "}, "text", "Xin viết câu trả lời."),
        ({"text": "Ngắn quá."}, "text", "Câu trả lời cần ít nhất 20 ký tự, nói rõ đã làm gì."),
        ({"text": "a" * 20_001}, "text", "Nội dung dài quá 20.000 ký tự."),
        (
            {"text": "UBND phường đã trả giấy\0 khai sinh."},
            "text",
            "Nội dung này có ký tự không dùng được. Xin sửa lại.",
        ),
        ({"outcome": ""}, "outcome", "Xin chọn kết quả giải quyết."),
        ({"outcome": "granted"}, "outcome", "Xin chọn một trong các mục có sẵn."),
        ({"version": "x"}, "version", "Nội dung này có ký tự không dùng được. Xin sửa lại."),
    ],
    ids=["blank", "short", "long", "NUL", "no outcome", "unknown outcome", "no number"],
)
def test_what_is_wrong_with_a_form_is_said_in_words(changes: dict[str, Any], field: str, words: str) -> None:
    assert checked(forms.AnswerForm, {**ANSWER, **changes}) == Wrong({field: words})


# --- patience -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failed", "seconds"), [(0, 0), (4, 0), (5, 5), (6, 10), (7, 20), (12, 640), (13, 900), (10_000, 900)]
)
def test_waits_grow_with_every_failure_up_to_a_quarter_of_an_hour(failed: int, seconds: int) -> None:
    assert LOGIN.wait_after(failed) == timedelta(seconds=seconds)


def test_an_office_behind_one_address_is_given_more_tries_than_one_login() -> None:
    assert ADDRESS.free > LOGIN.free


def test_a_quiet_hour_wipes_the_slate() -> None:
    tries = Tries(9, NOW, NOW + timedelta(minutes=1))
    assert tries.one_more(NOW + timedelta(minutes=2), LOGIN).failed == 10
    assert tries.one_more(NOW + FORGOTTEN_AFTER + timedelta(seconds=1), LOGIN).failed == 1
    assert LOGIN.longest_wait < FORGOTTEN_AFTER, "waiting must not wipe it"


def test_whoever_is_blocked_waits_until_the_moment_comes() -> None:
    tries = Tries(4, NOW).one_more(NOW, LOGIN)
    assert tries.blocked(NOW)
    assert tries.blocked_until == NOW + timedelta(seconds=5)
    assert not tries.blocked(NOW + timedelta(seconds=5))
