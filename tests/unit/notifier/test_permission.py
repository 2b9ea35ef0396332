"""Whether a citizen may be written to now."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.notifier.domain.local_time import QuietHours
from services.notifier.domain.permission import Contact, Go, HeldBack, NotBefore, PermissionRules, may_write

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
QUIET = QuietHours(time(22), time(6), HANOI)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=HANOI)
MIDNIGHT = datetime(2026, 11, 23, 0, 0, tzinfo=HANOI)
MORNING = datetime(2026, 11, 23, 6, 0, tzinfo=HANOI)
BILLED = PermissionRules(QUIET)
FREE_ONLY = PermissionRules(QUIET, send_billed=False)


def wrote(ago: timedelta | None, now: datetime = NOON, *, closed: bool = False) -> Contact:
    return Contact(None if ago is None else now - ago, now if closed else None)


@pytest.mark.parametrize(
    ("contact", "rules", "expected"),
    [
        pytest.param(wrote(timedelta(hours=47)), BILLED, Go(), id="free"),
        pytest.param(wrote(timedelta(hours=49)), BILLED, Go(), id="billed and allowed"),
        pytest.param(wrote(timedelta(hours=49)), FREE_ONLY, HeldBack("billed_window"), id="billed and not wanted"),
        pytest.param(wrote(timedelta(days=8)), BILLED, Go(), id="perhaps closed: asked once"),
        pytest.param(wrote(None), FREE_ONLY, Go(), id="nothing known"),
        pytest.param(wrote(timedelta(days=8), closed=True), BILLED, HeldBack("window"), id="known to be closed"),
    ],
)
def test_windows(contact: Contact, rules: PermissionRules, expected: object) -> None:
    assert may_write(contact, NOON, rules, is_reply=False, begun=False) == expected


@pytest.mark.parametrize(
    ("ago", "is_reply", "begun", "expected"),
    [
        pytest.param(timedelta(hours=5), False, False, NotBefore(MORNING), id="a notice waits for the morning"),
        pytest.param(None, False, False, NotBefore(MORNING), id="also when nothing is known"),
        pytest.param(timedelta(minutes=30), False, False, Go(), id="who wrote just now is awake"),
        pytest.param(timedelta(hours=5), True, False, Go(), id="a reply is never late"),
        pytest.param(timedelta(hours=5), False, True, Go(), id="a message half way out is finished"),
    ],
)
def test_nobody_is_woken(ago: timedelta | None, is_reply: bool, begun: bool, expected: object) -> None:
    assert may_write(wrote(ago, MIDNIGHT), MIDNIGHT, BILLED, is_reply=is_reply, begun=begun) == expected
