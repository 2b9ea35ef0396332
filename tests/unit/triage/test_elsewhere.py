"""Whose business a text is that is not handled here."""

from datetime import date

import pytest

from libs.contracts.vocabulary import Disposition, RefusalReason
from services.triage.domain.elsewhere import refusal_of
from services.triage.domain.rules import Rules
from tests.unit.triage.hanoi import rows

RULES = Rules(rows())
OUTSIDE = Disposition.OUT_OF_SCOPE_OTHER
R = RefusalReason


def told(text: str, disposition: Disposition = OUTSIDE) -> RefusalReason | None:
    return refusal_of(RULES.see(text, date(2026, 11, 23)).evidence, disposition)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Đường vào thôn nhiều ổ gà, đèn đường hỏng cả tuần", R.TCH04),
        ("xe cho rac dau trong ngo mui hoi lam", R.TCH04),
        ("Vợ chồng tôi ly hôn, giờ tranh chấp căn nhà", R.TCH05),
        ("Chủ trọ giữ tiền cọc không trả", R.TCH05),
        ("Ngân hàng trừ phí thẻ tín dụng vô lý", R.TCH12),
        ("nha mang cat wifi 3 ngay nay", R.TCH12),
    ],
)
def test_the_words_tell_where_it_belongs(text: str, reason: RefusalReason) -> None:
    assert told(text) is reason


@pytest.mark.parametrize(
    "text",
    [
        "Chúc mừng năm mới cả nhà",
        "Hàng xóm mở nhạc",
        "Ngân hàng đứng tên, ổ gà trước cửa, rồi tranh chấp nhau",
        "Cảm ơn anh bảo vệ ngân hàng đã giúp mẹ tôi",
    ],
    ids=["nothing of it", "a hint alone", "several", "thanks"],
)
def test_where_they_do_not_nobody_is_sent_anywhere(text: str) -> None:
    assert told(text) is None


def test_only_what_is_not_handled_here_is_sent_elsewhere() -> None:
    for disposition in set(Disposition) - {OUTSIDE}:
        assert told("Đường nhiều ổ gà, đèn đường hỏng", disposition) is None
