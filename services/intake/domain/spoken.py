"""What citizens are told of the files they sent, and the close of office a promise runs to, by the city's clocks."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from libs.contracts.vocabulary import FileKind

LOCAL: Final = ZoneInfo("Asia/Ho_Chi_Minh")

_FILES: Final = {
    FileKind.IMAGE: "ảnh",
    FileKind.VIDEO: "video",
    FileKind.AUDIO: "tin thoại",
    FileKind.DOCUMENT: "tệp",
}
_LOCATION: Final = "vị trí"
_OFFICE_CLOSES: Final = time(17, 30)
_SATURDAY: Final = 5


def files_in_words(kinds: Iterable[FileKind], *, with_location: bool = False) -> str:
    """What was sent beside the text: "2 ảnh, 1 tệp, vị trí"; empty when nothing was."""
    counted = Counter(kinds)
    words = [f"{counted[kind]} {word}" for kind, word in _FILES.items() if counted[kind]]
    return ", ".join([*words, _LOCATION] if with_location else words)


def end_of_working_day(after: datetime, working_days: int, days_off: Collection[date]) -> datetime:
    """The close of office some working days later; the day itself is not counted.

    Source: domain rules 2.4 (working time, the day of receipt is not counted).
    """
    day = after.astimezone(LOCAL).date()
    left = working_days
    while left > 0:
        day += timedelta(days=1)
        if day.weekday() < _SATURDAY and day not in days_off:
            left -= 1
    return datetime.combine(day, _OFFICE_CLOSES, LOCAL)
