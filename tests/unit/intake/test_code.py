"""The public code."""

from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.code import (
    CHECK_LETTERS,
    CODES_A_DAY,
    CodeFound,
    CodeMistyped,
    NoCode,
    PortalCodeFound,
    check_letter,
    local_day,
    make_code,
    parse_code,
)

PREFIX = "HN-PA"
DAY = date(2026, 11, 21)
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DIGITS = st.text("0123456789", min_size=11, max_size=11)


def test_the_code_printed_in_our_texts_is_a_valid_one() -> None:
    assert parse_code("HN-PA-261121-48213-K", PREFIX) == CodeFound("HN-PA-261121-48213-K")


def test_a_day_gives_each_of_its_codes_exactly_once() -> None:
    codes = {make_code(PREFIX, DAY, number, b"key") for number in range(CODES_A_DAY)}
    assert len(codes) == CODES_A_DAY


def test_a_day_has_no_further_code() -> None:
    for number in (-1, CODES_A_DAY):
        with pytest.raises(ValueError, match="no such code"):
            make_code(PREFIX, DAY, number, b"key")


def test_codes_of_one_hour_do_not_stand_in_a_row() -> None:
    numbers = [int(make_code(PREFIX, DAY, number, b"key")[13:18]) for number in range(1_000)]
    steps = {(second - first) % CODES_A_DAY for first, second in pairwise(numbers)}
    assert len(steps) > 950  # nothing to add to one code to get the next
    tens = [sum(low <= number < low + 10_000 for number in numbers) for low in range(0, CODES_A_DAY, 10_000)]
    assert min(tens) > 60  # and they are spread over the whole range


def test_another_day_or_another_key_gives_another_order() -> None:
    def first(day: date, key: bytes) -> list[str]:
        return [make_code(PREFIX, day, number, key)[13:18] for number in range(50)]

    assert len({*map(tuple, [first(DAY, b"a"), first(DAY, b"b"), first(date(2026, 11, 22), b"a")])}) == 3


@given(DIGITS, st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_never_fits_the_letter(digits: str, place: int, by: int) -> None:
    wrong = digits[:place] + str((int(digits[place]) + by) % 10) + digits[place + 1 :]
    assert check_letter(wrong) != check_letter(digits)


def test_no_digit_can_be_replaced_and_no_two_neighbours_changed_about() -> None:
    # The letter is the number modulo 23, so an error shows exactly when it changes that remainder: all of them do.
    for place in range(11):
        assert all(by * 10**place % 23 for by in range(1, 10))
    for place in range(10):
        assert all(by * 9 * 10**place % 23 for by in range(1, 10))
    assert len(set(CHECK_LETTERS)) == 23
    assert not set("IOQ") & set(CHECK_LETTERS)


@given(DIGITS, st.integers(0, 9))
def test_two_neighbours_changed_about_never_fit_the_letter(digits: str, place: int) -> None:
    turned = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    assert (check_letter(turned) == check_letter(digits)) == (turned == digits)


@pytest.mark.parametrize(
    "typed",
    [
        "hn-pa-261121-48213-k",
        "HN PA 261121 48213 K",
        "HNPA26112148213K",
        "hn.pa.261121.48213.k",
        "HN–PA–261121—48213‑K",
        "HN_PA_261121_48213_K",
        "Mã HN-PA-261121-48213-K.",
        "cho toi hoi ma hn pa 261121 48213 k a",
        "HN-PA-261121-48213-K\n",
        "HN - PA - 261121 - 48213 - K",
        "HN-PA-26II2I-482l3-k",
        "HN-PA-261121-48213-K?",
        "(HN-PA-261121-48213-K)",
        "261121-48213-K",
        "26112148213k",
        "số hồ sơ tôi quên, mã 261121 48213 K ạ",
        "HN-PA-261121-48213-L hay HN-PA-261121-48213-K",
    ],
)
def test_a_code_is_found_as_people_type_it(typed: str) -> None:
    assert parse_code(typed, PREFIX) == CodeFound("HN-PA-261121-48213-K")


@pytest.mark.parametrize(
    "typed",
    [
        "HN-PA-261121-48213-L",
        "HN-PA-261121-48231-K",
        "HN-PA-261121-48213",
        "HN-PA-261121-4821-K",
        "HN-PA-26112-48213-K",
        "HN-PA-261321-48213-K",
        "hn pa 261121 48213 khi nào có kết quả",
        "HN-PA-261121-48213-KK",
        "HN-PA-261121-48213-Ô",
    ],
)
def test_a_code_with_a_sign_missing_or_wrong_is_said_to_be_mistyped(typed: str) -> None:
    assert parse_code(typed, PREFIX) == CodeMistyped()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tôi ở phường Láng",
        "0912345678",
        "số điện thoại 84 912345678 a",
        "261121-48213-L",
        "26112148213",
        "H29.17-261102-0045",
        "hn pa",
        "phản ánh ở HN",
        "HNPAX26112148213K",
        "000.00.01.H26-261121-0001",
        "٢٦١١٢١٤٨٢١٣K",
    ],
)
def test_what_nobody_meant_as_a_code_is_none(text: str) -> None:
    assert parse_code(text, PREFIX) == NoCode()


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("PAKN.20260516.0256", "PAKN.20260516.0256"),
        ("mã pakn 20260516 0256 thì sao", "PAKN.20260516.0256"),
        ("PAKN20260516012345", "PAKN.20260516.012345"),
    ],
)
def test_the_portals_code_is_another_thing(typed: str, code: str) -> None:
    assert parse_code(typed, PREFIX) == PortalCodeFound(code)


def test_our_own_code_counts_before_the_portals() -> None:
    both = "PAKN.20260516.0256 và HN-PA-261121-48213-K"
    assert parse_code(both, PREFIX) == CodeFound("HN-PA-261121-48213-K")


@given(
    st.integers(0, CODES_A_DAY - 1), st.dates(date(2026, 1, 1), date(2099, 12, 31)), st.binary(min_size=1, max_size=32)
)
def test_every_code_made_is_found_again(number: int, day: date, key: bytes) -> None:
    code = make_code(PREFIX, day, number, key)
    assert parse_code(f"mã {code.lower().replace('-', ' ')}", PREFIX) == CodeFound(code)


def test_the_day_of_a_code_is_the_local_one() -> None:
    assert local_day(datetime(2026, 11, 21, 16, 59, 59, tzinfo=UTC), HANOI) == date(2026, 11, 21)
    assert local_day(datetime(2026, 11, 21, 17, 0, tzinfo=UTC), HANOI) == date(2026, 11, 22)
