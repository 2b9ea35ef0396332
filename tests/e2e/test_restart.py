"""Stopped and started again: everything is where it was."""

from collections.abc import Callable

from tests.support.citizen import BIRTH, CONSENT, NAME_AND_PHONE, RESIDENCE, SUMMARY, Citizen
from tests.support.city import City
from tests.support.officer import ANSWER, AgencySystem, Browser


def test_after_a_restart_every_conversation_goes_on_where_it_was(
    city: City,
    somebody: Callable[[], Citizen],
    systems: dict[str, AgencySystem],
    browser: Callable[[str], Browser],
) -> None:
    filed, asked, answered = somebody(), somebody(), somebody()
    code = filed.files(BIRTH)
    filed.hears_where_it_went(code)
    asked.asks(BIRTH, CONSENT)
    asked.asks("tôi đồng ý", NAME_AND_PHONE)
    answered.comes_to_summary(BIRTH)
    clerk, desk = systems["clerk"], browser("lang.canbo")
    case = clerk.cases()[code]["id"]
    clerk.does(case, "accept")
    clerk.does(case, "answer", outcome="accepted", text=ANSWER)

    city.stop()
    assert not city.is_alive()
    while_away = len(asked.messages)
    asked.says(f"{asked.name}, {asked.phone}")
    city.start()

    asked.hears(RESIDENCE, after=while_away)
    asked.asks("ngay nơi xảy ra việc", SUMMARY)
    second = answered.confirms(BIRTH)
    assert second != code
    assert code in filed.asks("tra cứu", code).text
    assert f"Họ tên: {asked.name}" in asked.messages[-1].text, "what was sealed before is opened after"
    assert "Đăng xuất" in desk.open("/desk").text, "who was signed in still is"
    assert clerk.case(case)["answers"][0]["text"] == ANSWER
    clerk.does(case, "submit")
    systems["approver"].does(case, "approve")
    filed.hears(lambda message: ANSWER in message.text)
