"""A citizen who is not content with an answer writes so, and is answered again."""

from tests.support.citizen import BIRTH, WHAT_OF_IT, Citizen
from tests.support.officer import ANSWER, LANG, AgencySystem, when_there

AGAIN = "Đơn vị đã gọi điện xin lỗi và trả giấy khai sinh tận nhà sáng nay; sự việc được rút kinh nghiệm toàn đơn vị."


def test_what_is_added_to_an_answered_feedback_is_read_and_answered(
    citizen: Citizen, systems: dict[str, AgencySystem]
) -> None:
    clerk, approver, office = systems["clerk"], systems["approver"], systems["office"]
    code = citizen.files(BIRTH)
    citizen.hears_where_it_went(code)
    case = clerk.cases()[code]["id"]
    _answers(case, ANSWER, clerk, approver)
    citizen.hears(lambda message: code in message.text and "ngay trong buổi" in message.text)

    told = citizen.asks("Quy định này vẫn gây khó cho nhà tôi, giấy tờ điện tử không dùng được", WHAT_OF_IT)
    assert "đang giải quyết" not in told.text
    citizen.asks("bổ sung", "Chúng tôi đã thêm nội dung này")
    opened = when_there(lambda: (one := office.cases().get(code)) and one["state"] == "received" and one)
    assert office.case(opened["id"])["office_reason"] == "added_after_end"
    assert office.case(case)["supplements"][0]["text"].startswith("Quy định này")

    office.does(case, "assign", agency_id=LANG, note="Người gửi cho biết vẫn còn khó")
    when_there(lambda: code in clerk.cases())
    _answers(case, AGAIN, clerk, approver)
    citizen.hears(lambda message: code in message.text and "rút kinh nghiệm" in message.text)


def _answers(case: str, text: str, clerk: AgencySystem, approver: AgencySystem) -> None:
    clerk.does(case, "accept")
    clerk.does(case, "answer", outcome="accepted", text=text)
    clerk.does(case, "submit")
    approver.does(case, "approve")
