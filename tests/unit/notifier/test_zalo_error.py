"""The table of refusals agrees with the reference, row by row."""

import pytest

from services.notifier.domain.zalo_error import ErrorClass, verdict

# Source: reference of the Zalo platform, 3.7, column "class".
REFERENCE = {
    "retry": [-32, -200, -214, -234],
    "token": [-124, -216, -220],
    "quota": [-211, -218],
    "permanent": [-100, -201, -210, -217, -227, -233, -237, -238, -241, -244, -248, -249, -403],
    "person": [-204, -205, -209, -212, -219, -221, -224, -235, -240, -242, -320, -321],
    "wait": [-213, -230, -232, -305, -311],
}


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind, codes in REFERENCE.items() for code in codes])
def test_a_code_has_the_class_of_the_reference(kind: str, code: int) -> None:
    assert verdict(code, "").kind == ErrorClass(kind)


def test_an_unknown_code_is_permanent_and_alarms() -> None:
    got = verdict(-9999, "something new")
    assert (got.kind, got.alarm) == (ErrorClass.PERMANENT, True)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("OA has not been granted this permission", ErrorClass.PERSON),
        ("Out of article quota", ErrorClass.QUOTA),
        ("", ErrorClass.PERSON),
    ],
)
def test_223_means_two_things_told_apart_by_its_message(message: str, kind: ErrorClass) -> None:
    assert verdict(-223, message).kind is kind


@pytest.mark.parametrize("message", ["App reached limit call api", "Official Account reached limit call api"])
def test_32_pauses_all_sending_whoever_s_limit_it_is(message: str) -> None:
    got = verdict(-32, message)
    assert (got.kind, got.everyone) == (ErrorClass.RETRY, True)
