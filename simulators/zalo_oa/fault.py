"""What can be made to go wrong, switched on and off while the simulator runs."""

from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, NonNegativeInt, PositiveInt

from simulators.zalo_oa.pulse import Pulse

UNTIL_SWITCHED_OFF: Final = -1


class Fault(StrEnum):
    """A switch: how many more times it strikes, or -1 for every time until switched off."""

    WEBHOOK_DUPLICATE = "webhook_duplicate"
    WEBHOOK_REORDER = "webhook_reorder"
    WEBHOOK_DROP = "webhook_drop"
    WEBHOOK_DELAY = "webhook_delay"
    WEBHOOK_WRONG_SIGNATURE = "webhook_wrong_signature"
    WEBHOOK_WRONG_APP_ID = "webhook_wrong_app_id"
    WEBHOOK_ODD_JSON = "webhook_odd_json"
    WEBHOOK_UNKNOWN_EVENT = "webhook_unknown_event"
    WEBHOOK_UNKNOWN_FIELDS = "webhook_unknown_fields"
    WEBHOOK_NO_USER_ID_BY_APP = "webhook_no_user_id_by_app"
    WEBHOOK_NUMBER_TIMESTAMP = "webhook_number_timestamp"
    WEBHOOK_OVERSIZED = "webhook_oversized"
    API_500 = "api_500"
    API_429 = "api_429"
    API_SILENCE = "api_silence"
    API_SLOW_DRIP = "api_slow_drip"
    API_ANSWER_LOST = "api_answer_lost"
    API_RATE_LIMITED = "api_rate_limited"
    OAUTH_ANSWER_LOST = "oauth_answer_lost"
    OAUTH_SLOW = "oauth_slow"
    OAUTH_NUMBER_EXPIRES_IN = "oauth_number_expires_in"


class Act(StrEnum):
    """Something that happens at once instead of waiting for the next occasion."""

    WEBHOOK_CONSOLE_SAMPLE = "webhook_console_sample"
    TOKEN_EXPIRED_NOW = "token_expired_now"  # noqa: S105


TITLES: Final[dict[Fault | Act, str]] = {
    Fault.WEBHOOK_DUPLICATE: "Gửi sự kiện hai lần",
    Fault.WEBHOOK_REORDER: "Đảo thứ tự hai sự kiện liền nhau",
    Fault.WEBHOOK_DROP: "Bỏ mất sự kiện",
    Fault.WEBHOOK_DELAY: "Gửi sự kiện chậm",
    Fault.WEBHOOK_WRONG_SIGNATURE: "Chữ ký sai",
    Fault.WEBHOOK_WRONG_APP_ID: "Sai mã ứng dụng trong thân",
    Fault.WEBHOOK_ODD_JSON: "JSON có khoảng trắng và ký tự thoát",
    Fault.WEBHOOK_UNKNOWN_EVENT: "Kèm một sự kiện lạ",
    Fault.WEBHOOK_UNKNOWN_FIELDS: "Thêm trường lạ",
    Fault.WEBHOOK_NO_USER_ID_BY_APP: "Thiếu user_id_by_app",
    Fault.WEBHOOK_NUMBER_TIMESTAMP: "Thời điểm là số",
    Fault.WEBHOOK_OVERSIZED: "Thân quá lớn",
    Act.WEBHOOK_CONSOLE_SAMPLE: "Gửi mẫu thử của trang quản trị",
    Fault.API_500: "Trả lời lỗi 500",
    Fault.API_429: "Trả lời lỗi 429",
    Fault.API_SILENCE: "Im lặng rồi ngắt, không thực hiện",
    Fault.API_SLOW_DRIP: "Trả lời nhỏ giọt",
    Fault.API_ANSWER_LOST: "Đã thực hiện nhưng mất câu trả lời",
    Fault.API_RATE_LIMITED: "Quá giới hạn mỗi phút (-32)",
    Act.TOKEN_EXPIRED_NOW: "Cho mã truy cập hết hạn ngay (-220)",
    Fault.OAUTH_ANSWER_LOST: "Đổi mã xong nhưng mất câu trả lời",
    Fault.OAUTH_SLOW: "Cấp mã chậm",
    Fault.OAUTH_NUMBER_EXPIRES_IN: "expires_in là số",
}


class Options(BaseModel):
    """How the platform behaves when nothing goes wrong, and how strong each fault is."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    echo: bool = True  # oa_send_* after each message of the account
    received: bool = True  # user_received_message
    seen: bool = True  # user_seen_message
    follow_required: bool = False  # -213 for citizens who do not follow
    quota_members: bool = True  # the optional quota in answers to sends
    zns_night: bool = False  # -133 between 22:00 and 06:00; sources disagree whether the rule still holds
    zns_known_phones_only: bool = False  # -118 for numbers none of the citizens here has
    templates_declared_only: bool = False  # -109 for template ids nobody declared
    delay_s: NonNegativeFloat = 5.0
    reorder_hold_s: NonNegativeFloat = 3.0  # a held event goes out after this even if none overtakes it
    oversized_bytes: PositiveInt = 1_200_000
    silence_s: NonNegativeFloat = 30.0
    drip_s: NonNegativeFloat = 8.0  # the whole answer takes this long
    oauth_slow_s: NonNegativeFloat = 12.0
    media_slow_s: NonNegativeFloat = 30.0
    media_huge_bytes: PositiveInt = 60_000_000
    media_private_target: str = "http://10.0.0.1/noi-bo"


class UnknownSwitch(ValueError):
    """A name that is neither a fault, nor an act, nor an option."""


class Faults:
    """The switchboard."""

    def __init__(self, pulse: Pulse) -> None:
        self._pulse = pulse
        self._left: dict[Fault, int] = {}
        self.options = Options()

    def take(self, fault: Fault) -> bool:
        """Whether the fault strikes this time; a counted one then has one strike less."""
        left = self._left.get(fault, 0)
        if left > 0:
            self._left[fault] = left - 1
            self._pulse.beat()
        return left != 0

    def left(self) -> dict[str, int]:
        """Every switch with the strikes it has left."""
        return {fault.value: self._left.get(fault, 0) for fault in Fault}

    def switch(self, changes: dict[str, Any]) -> list[Act]:
        """Set switches and options by name, all or none; returns the acts the caller must now perform.

        A switch takes a number, or true for "until switched off" and false for off.

        Raises: UnknownSwitch for a name nobody knows; ValueError for a value that does not fit.
        """
        left, options, acts = dict(self._left), self.options.model_dump(), []
        for name, value in changes.items():
            if name in set(Act):
                if value:
                    acts.append(Act(name))
            elif name in set(Fault):
                left[Fault(name)] = _strikes(value)
            elif name in Options.model_fields:
                options[name] = value
            else:
                raise UnknownSwitch(name)
        self.options = Options.model_validate(options)
        self._left = left
        self._pulse.beat()
        return acts

    def clear(self) -> None:
        """Everything as on the first day."""
        self._left = {}
        self.options = Options()
        self._pulse.beat()


class Strikes(BaseModel):
    """How often a switch strikes."""

    count: NonNegativeInt


def _strikes(value: object) -> int:
    if value is True or value == UNTIL_SWITCHED_OFF:
        return UNTIL_SWITCHED_OFF
    if value is False or value is None:
        return 0
    return Strikes.model_validate({"count": value}).count
