"""The same sent again, by the same citizen and by a neighbour: the Office sees the cases beside one another."""

from collections.abc import Callable

from tests.support.citizen import CONSENT, SUMMARY, WHAT_OF_IT, Citizen
from tests.support.officer import AgencySystem

QUEUE = (
    "phường Láng không nhận hồ sơ chứng thực di chúc buổi chiều thứ sáu, bắt dân sáng thứ hai quay lại xếp hàng từ đầu"
)


def test_what_is_sent_again_stands_beside_what_was_sent_before(
    somebody: Callable[[], Citizen], systems: dict[str, AgencySystem]
) -> None:
    citizen, neighbour = somebody(), somebody()
    first = citizen.files(QUEUE)
    citizen.hears_where_it_went(first)
    second = neighbour.files(f"{QUEUE.upper()} NHÉ")
    neighbour.hears_where_it_went(second)
    citizen.asks(f"{QUEUE}, xin trả lời", WHAT_OF_IT)
    citizen.asks("việc mới", CONSENT)
    citizen.asks("tôi đồng ý", SUMMARY)
    third = citizen.confirms(QUEUE)
    citizen.hears_where_it_went(third)

    office = systems["office"]
    cases = office.cases()
    beside = {code: office.case(cases[code]["id"])["near_duplicates"] for code in (first, second, third)}
    found = {code: {one["code"]: one["same_sender"] for one in near} for code, near in beside.items()}
    assert found == {
        first: {second: False, third: True},
        second: {first: False, third: False},
        third: {first: True, second: False},
    }
