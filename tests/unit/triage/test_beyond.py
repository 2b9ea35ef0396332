"""What stands where a long text is not read any more."""

from typing import Final

from services.triage.domain.reading import LONGEST_READ
from tests.unit.triage.hanoi import TODAY, trained

PLAIN: Final = "Tôi xin kể thêm về việc nộp hồ sơ khai sinh cho con ở một cửa và chờ rất lâu. "
LONG: Final = PLAIN * (LONGEST_READ // len(PLAIN) + 20)


def test_an_accusation_at_the_end_of_a_long_letter_holds_it_back() -> None:
    text = LONG + "Xin giữ bí mật tên tôi: ông trưởng thôn nhận hối lộ của dân. " + PLAIN * 5
    decision = trained().decide(text, TODAY)
    assert decision.sensitive
    assert decision.needs_review
    quoted = [one for one in decision.reasons if one.decision == "sensitive" and one.words]
    assert quoted
    assert all(one.start is not None and one.start > LONGEST_READ for one in quoted)
    assert all(text[one.start : one.end] == one.words for one in quoted)


def test_an_accusation_across_the_end_of_what_is_read_is_found() -> None:
    words = "nhận hối lộ"
    for place in range(LONGEST_READ - 60, LONGEST_READ + 1, 5):
        text = LONG[: place - 16] + "ông trưởng thôn " + words + " " + LONG
        assert trained().decide(text, TODAY).sensitive, place


def test_more_of_the_same_holds_nothing_back() -> None:
    assert not trained().decide(LONG * 8, TODAY).sensitive
