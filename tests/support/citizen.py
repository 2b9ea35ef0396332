"""A citizen with a phone: writes on the simulated Zalo, waits for what comes back, remembers what was confirmed."""

import itertools
import json
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from tests.support.city import City
from tests.support.client import client

FAMILY: Final = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Dương", "Lý")
GIVEN: Final = (
    "Thảo", "Khánh", "Dũng", "Hương", "Quỳnh", "Tùng", "Huyền", "Trâm", "Phượng", "Toàn", "Thủy", "Khuê",
)  # fmt: skip
CODE: Final = re.compile(r"HN-PA-\d{6}-\d{5}-[A-Z0-9]")

BIRTH: Final = "phường Láng bắt phải có hộ khẩu giấy mới nhận hồ sơ khai sinh cho con em"
"""A difficulty with a procedure, which goes straight to the ward Láng."""
CERTIFIED: Final = "phường Láng không nhận chứng thực bản sao buổi chiều, bắt dân sáng hôm sau quay lại"
"""Another one."""

CONSENT: Final = "Ông/bà có đồng ý không?"
NAME_AND_PHONE: Final = "Để gửi đi, xin cho biết họ tên và số điện thoại"
RESIDENCE: Final = "Ông/bà ở phường, xã nào?"
SUMMARY: Final = "Xin ông/bà xem lại trước khi gửi:"
FILED: Final = "Chúng tôi đã nhận phản ánh của ông/bà, mã "
WHAT_OF_IT: Final = "là bổ sung cho phản ánh đó hay một việc mới?"

Wanted: TypeAlias = "str | Callable[[Message], bool]"
_numbers: Final = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Message:
    """Something the citizen's phone shows of ours."""

    ref: str
    kind: str
    text: str
    buttons: tuple[str, ...]
    sent_at: str

    @property
    def code(self) -> str:
        """The public code in it."""
        found = CODE.search(self.text)
        assert found is not None, f"no code in: {self.text}"
        return found[0]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The citizen told us to file this."""

    user_id: str
    event: bytes
    """The confirming event, as it was posted."""
    text: str


class Citizen:
    """One of many, told apart from all others of a run by id, name and number."""

    def __init__(self, city: City, *, look_every_s: float = 0.03) -> None:
        number = next(_numbers)
        self.user_id = str(5_100_000_000_000_000_000 + secrets.randbelow(10**17))
        # A name no other has, and no log line holds by chance.
        words = (FAMILY[number % 12], GIVEN[number // 12 % 12], GIVEN[(number + 5) % 12], GIVEN[number * 7 % 12])
        self.name = " ".join(words)
        self.phone = f"09{secrets.randbelow(10**8):08}"
        self.told: list[str] = []
        self.confirmed: list[Confirmed] = []
        self._look_every_s = look_every_s
        self._phone = client(city.phone_url)

    # --------------------------------------------------------------------------------------------------- speaking

    def says(self, text: str = "", *attachments: dict[str, Any]) -> dict[str, Any]:
        """Write one message; the event Zalo made of it, the first of several."""
        self.told.append(text)
        said = {"user_id": self.user_id, "text": text, "attachments": list(attachments)}
        answer = self._phone.post("/say", json=said).raise_for_status().json()
        event: dict[str, Any] = answer["event"]
        return event

    def does(self, act: str, **about: Any) -> None:
        """One of the rarer things: `citizen.does("react", message_id=…)`."""
        self._phone.post("/act", json={"user_id": self.user_id, "act": act, **about}).raise_for_status()

    def taps(self, message: Message, button: str) -> None:
        """Tap a button under a message."""
        tap = {"user_id": self.user_id, "message_id": message.ref, "button": button}
        self._phone.post("/tap", json=tap).raise_for_status()

    # -------------------------------------------------------------------------------------------------- listening

    @property
    def messages(self) -> list[Message]:
        """What the phone shows of ours, oldest first; what an officer typed in the console too."""
        shown = self._phone.get("/outbox", params={"user_id": self.user_id}).raise_for_status().json()
        return [
            Message(
                ref=one["message_id"],
                kind=one["kind"],
                text=one["text"] or "",
                buttons=tuple(button["title"] for button in one["buttons"] or ()),
                sent_at=one["sent_at"],
            )
            for one in shown
        ]

    def hears(self, wanted: Wanted, *, after: int = 0, within_s: float = 30.0) -> Message:
        """The first message behind the given number that is the wanted one, as soon as it is there."""
        ends = time.monotonic() + within_s
        while True:
            found = next((one for one in self.messages[after:] if _is(one, wanted)), None)
            if found is not None:
                return found
            if time.monotonic() > ends:
                break
            time.sleep(self._look_every_s)
        shown = "\n".join(f"  - {one.text}" for one in self.messages) or "  (nothing)"
        told = "\n".join(f"  > {text[:100]}" for text in self.told[-3:])
        raise AssertionError(f"not heard within {within_s:g} s: {wanted!r}\nwritten last:\n{told}\nthe phone:\n{shown}")

    def asks(self, text: str, wanted: Wanted = "", *attachments: dict[str, Any], within_s: float = 30.0) -> Message:
        """Write one message and wait for the reply to it, or for the one wanted."""
        before = len(self.messages)
        self.says(text, *attachments)
        return self.hears(wanted, after=before, within_s=within_s)

    # ------------------------------------------------------------------------------------------------ whole stories

    def comes_to_summary(self, text: str, *, within_s: float = 30.0) -> Message:
        """Tell something and answer what is asked, up to the summary."""
        self.asks(text, CONSENT, within_s=within_s)
        self.asks("tôi đồng ý", NAME_AND_PHONE, within_s=within_s)
        self.asks(f"{self.name}, {self.phone}", RESIDENCE, within_s=within_s)
        return self.asks("ngay nơi xảy ra việc", SUMMARY, within_s=within_s)

    def says_yes(self, text: str) -> bytes:
        """Say yes to the summary of `text`, and wait for nothing; the event, as it was posted."""
        event = as_posted(self.says("gửi đi"))
        self.confirmed.append(Confirmed(self.user_id, event, text))
        return event

    def confirms(self, text: str, *, within_s: float = 30.0) -> str:
        """Say yes to the summary of `text`; the code that comes back at once."""
        before = len(self.messages)
        self.says_yes(text)
        return self.hears(FILED, after=before, within_s=within_s).code

    def files(self, text: str, *, within_s: float = 30.0) -> str:
        """The whole story of one feedback, told for the first time; its code."""
        self.comes_to_summary(text, within_s=within_s)
        return self.confirms(text, within_s=within_s)

    def hears_where_it_went(self, code: str, *, within_s: float = 30.0) -> Message:
        """The notice that says who answers and by when."""
        return self.hears(lambda one: code in one.text and "đã được chuyển tới" in one.text, within_s=within_s)

    def close(self) -> None:
        """Switch the phone off."""
        self._phone.close()


def as_posted(event: dict[str, Any]) -> bytes:
    """The bytes of an event as the simulated Zalo posts them."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def _is(message: Message, wanted: Wanted) -> bool:
    return wanted in message.text if isinstance(wanted, str) else wanted(message)
