"""The same way through the real desk: sign-in, pages and forms as a browser without JavaScript sends them."""

from collections.abc import Callable

from libs.local import wait_until
from tests.support.citizen import BIRTH, Citizen
from tests.support.city import City
from tests.support.officer import ANSWER, Browser


def test_one_officer_accepts_and_drafts_another_approves_and_the_phone_shows_the_answer(
    citizen: Citizen, browser: Callable[[str], Browser]
) -> None:
    code = citizen.files(BIRTH)
    notice = citizen.hears_where_it_went(code)
    clerk, approver = browser("lang.canbo"), browser("lang.lanhdao")
    listed = clerk.open("/desk?list=new")
    assert code in listed.text
    page = clerk.finds(code)
    assert BIRTH in page.text
    assert "quy tắc đã đạt" in page.text, "why it is here"
    assert _promised(notice.text) in page.text, "the same date as the citizen was told"
    assert citizen.name not in page.html
    assert citizen.phone[1:] not in page.html

    accepted = clerk.sends(page.form("/accept"))
    assert "Đang xử lý" in accepted.text
    citizen.hears(lambda message: code in message.text and "đang" in message.text)
    kept = clerk.sends(accepted.form("/answer"), outcome="accepted", text=ANSWER[:60], do="save")
    assert ANSWER[:60] in kept.form("/answer").fields["text"]
    handed_over = clerk.sends(kept.form("/answer"), outcome="accepted", text=ANSWER, do="submit")
    assert "Chờ" in handed_over.text
    assert "/approve" not in handed_over.html, "nobody approves his own words"

    waiting = approver.open("/desk?list=approval")
    assert code in waiting.text
    case = approver.finds(code)
    before = approver.open(next(link for link in case.links if link.endswith("/approve")))
    assert ANSWER in before.text
    done = approver.sends(before.form("/approve"))
    assert done.status == 200
    answer = citizen.hears(lambda message: ANSWER in message.text)
    assert code in answer.text
    assert wait_until(lambda: "Tin đã báo người gửi" in approver.finds(code).text, 10)


def test_a_form_without_the_sessions_token_changes_nothing(citizen: Citizen, browser: Callable[[str], Browser]) -> None:
    code = citizen.files(BIRTH)
    citizen.hears_where_it_went(code)
    clerk = browser("lang.canbo")
    form = clerk.finds(code).form("/accept")
    for token in ("", "0" * 64):
        assert clerk.sends(form, csrf=token).status == 403
    assert clerk.finds(code).form("/accept"), "still to be accepted"


def test_a_page_left_open_does_not_undo_what_somebody_else_did(
    citizen: Citizen, browser: Callable[[str], Browser]
) -> None:
    code = citizen.files(BIRTH)
    citizen.hears_where_it_went(code)
    clerk, head = browser("lang.canbo"), browser("lang.chutich")
    left_open = clerk.finds(code).form("/accept")
    head.sends(head.finds(code).form("/accept"))
    late = clerk.sends(left_open)
    assert late.status == 409
    assert "vừa được cập nhật" in late.text


def test_nobody_sees_the_desk_without_signing_in(city: City) -> None:
    nobody = Browser(city)
    try:
        assert nobody.open("/desk").form("/desk/sign-in")
        form = nobody.open("/desk/sign-in").form("/desk/sign-in")
        wrong = nobody.sends(form, login="lang.canbo", password="khong-phai-mat-khau")
        assert wrong.status == 403
        assert "chưa đúng" in wrong.text
        assert nobody.open("/desk").form("/desk/sign-in"), "still outside"
    finally:
        nobody.close()


def test_who_signs_out_is_out(browser: Callable[[str], Browser]) -> None:
    clerk = browser("lang.canbo")
    stolen = dict(clerk.http.cookies)
    clerk.sends(clerk.open("/desk").form("/desk/sign-out"))
    clerk.http.cookies.update(stolen)
    assert clerk.open("/desk").form("/desk/sign-in"), "a copy of the cookie opens nothing"


def _promised(text: str) -> str:
    """The promised day as written: `15/12/2026`."""
    return text.partition("sẽ trả lời trước")[2].partition(".")[0].rpartition(" ")[2]
