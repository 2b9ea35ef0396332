"""What is surely no feedback: the citizen reads at once where to turn, and a person reads whoever writes again."""

from tests.support.citizen import BIRTH, CONSENT, SUMMARY, WHAT_OF_IT, Citizen
from tests.support.officer import AgencySystem, when_there

PITCH = "Nhận làm sổ đỏ trọn gói tại phường Láng, cam kết 15 ngày có sổ, giá rẻ nhất, tư vấn miễn phí"
BANK = "Ngân hàng ở phường Láng trừ phí thẻ tín dụng của tôi vô lý, gọi tổng đài không ai nghe máy"
LOOK_UP = "Cho em hỏi hồ sơ khai sinh nộp hôm thứ hai ở phường Láng đã giải quyết tới đâu rồi ạ"


def files_another(citizen: Citizen, text: str) -> str:
    """File a new matter beside one already filed; its code."""
    citizen.asks(text, WHAT_OF_IT)
    citizen.asks("việc mới", CONSENT)
    citizen.asks("tôi đồng ý", SUMMARY)
    return citizen.confirms(text)


def refused(citizen: Citizen, code: str) -> str:
    """What the citizen reads when a feedback is not handled here."""
    return citizen.hears(lambda message: code in message.text and "chưa được thụ lý" in message.text).text


def test_a_bank_s_customer_reads_where_to_turn_and_a_person_reads_what_is_added(
    citizen: Citizen, systems: dict[str, AgencySystem]
) -> None:
    office = systems["office"]
    code = citizen.files(BANK)
    told = refused(citizen, code)
    assert "trả lời tự động" in told
    assert "nhắn lại tại đây, cán bộ sẽ đọc" in told
    assert office.cases(state="refused")[code]["state"] == "refused"

    citizen.asks("Ý tôi là nhờ thành phố can thiệp việc này", WHAT_OF_IT)
    citizen.asks("bổ sung", "Chúng tôi đã thêm nội dung này")
    case = when_there(lambda: office.cases().get(code))
    assert (case["state"], office.case(case["id"])["office_reason"]) == ("received", "wrote_again")


def test_who_writes_again_is_read_by_a_person(citizen: Citizen, systems: dict[str, AgencySystem]) -> None:
    refused(citizen, citizen.files(PITCH))
    again = files_another(citizen, PITCH.replace("sổ đỏ", "hộ chiếu"))
    office = systems["office"]
    case = when_there(lambda: (one := office.cases().get(again)) and one["state"] == "received" and one)
    assert office.case(case["id"])["office_reason"] == "wrote_again"


def test_who_asks_where_a_case_stands_reads_it_at_once(citizen: Citizen) -> None:
    first = citizen.files(BIRTH)
    citizen.hears_where_it_went(first)
    second = files_another(citizen, LOOK_UP)
    told = citizen.hears(lambda message: second in message.text and first in message.text).text
    assert f"{first} – " in told
    assert not [one for one in citizen.messages if second in one.text and "chưa được thụ lý" in one.text]
