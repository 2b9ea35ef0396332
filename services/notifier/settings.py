"""Every knob of the notifier."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field, HttpUrl, NonNegativeInt, PositiveFloat, PositiveInt, SecretStr
from pydantic_settings import SettingsConfigDict

from libs.runtime.settings import RuntimeSettings
from libs.seal.settings import SealingSettings

from .domain.attempt import SendRules
from .domain.local_time import QuietHours
from .domain.permission import PermissionRules
from .domain.token import TokenRules


class NotifierSettings(SealingSettings, RuntimeSettings):
    """How citizens are spoken to, and through which account."""

    model_config = SettingsConfigDict(env_prefix="NOTIFIER_")

    zalo_api_url: HttpUrl = HttpUrl("https://openapi.zalo.me")
    zalo_oauth_url: HttpUrl = HttpUrl("https://oauth.zaloapp.com")
    zalo_app_id: str
    zalo_oa_id: str
    zalo_app_secret: SecretStr
    """Of the app on developers.zalo.me: not the OA's webhook secret."""
    zalo_access_token: SecretStr | None = None
    zalo_refresh_token: SecretStr | None = None
    """The first pair; read only while none is stored, for a refresh token is used once."""
    zalo_call_s: PositiveFloat = 10.0
    """Time limit of one call."""
    zalo_text_limit: PositiveInt = 2000
    """Code points in one message. Source: reference of the Zalo platform, 3.1."""
    zalo_buttons: bool = True
    """Send buttons beside the options listed in the text; a refusal because of them is tried once more without."""

    send_per_s: PositiveFloat = 20.0
    """For each process. Source: reference of the Zalo platform, 3.6: 4,000 a minute for the whole app."""
    send_parallel: PositiveInt = 8
    lease_s: PositiveFloat = 60.0
    """How long a citizen's queue belongs to one process; longer than two calls."""
    received_after_s: NonNegativeInt = 60
    """The notice `received` is said only if nothing else follows within so long."""
    reply_gap_s: NonNegativeInt = 10
    """How long a reply waits for one with a lower number."""
    echo_wait_s: PositiveFloat = 60.0
    """How long the echo of a message whose answer was lost is awaited before the one retry."""
    give_up_after_h: PositiveInt = 72
    stopped_retry_min: PositiveInt = 15
    unreachable_after_min: PositiveInt = 10
    """After so long without knowing how to reach somebody their messages are told as held."""
    late_after_min: PositiveInt = 10
    """A message due for longer than this makes readiness `degraded`."""
    answer_limit: PositiveInt = 6000
    """Code points of an answer said in the chat; the rest is on the case's page."""

    free_window_h: PositiveInt = 48
    send_billed: bool = True
    """Also send what is billed: between the free window and the end of the permission after seven days."""
    quiet_from: time = time(22, 0)
    quiet_until: time = time(6, 0)
    """Local hours in which no notice wakes anybody; the same twice: none."""
    awake_for_min: NonNegativeInt = 60
    """Who wrote so recently is not asleep."""

    token_refresh_after_h: PositiveInt = 20
    keep_messages_days: PositiveInt = 365
    """Texts of messages. Source: chat transcript 12 months (domain rules 2.6)."""
    keep_recipients_days: PositiveInt = 730
    """Addresses nobody was written at. Source: contact data 24 months (domain rules 2.6)."""

    oauth_call_s: PositiveFloat = Field(default=20.0, lt=TokenRules().lease.total_seconds())

    def send_rules(self, zone: ZoneInfo) -> SendRules:
        """How patient the queue is."""
        return SendRules(
            zone=zone,
            echo_wait=timedelta(seconds=self.echo_wait_s),
            give_up_after=timedelta(hours=self.give_up_after_h),
            stopped_retry=timedelta(minutes=self.stopped_retry_min),
        )

    def permission_rules(self, zone: ZoneInfo) -> PermissionRules:
        """When citizens may be written to."""
        return PermissionRules(
            quiet=QuietHours(self.quiet_from, self.quiet_until, zone),
            free_for=timedelta(hours=self.free_window_h),
            send_billed=self.send_billed,
            awake_for=timedelta(minutes=self.awake_for_min),
        )

    def token_rules(self) -> TokenRules:
        """When the channel's tokens are renewed."""
        return TokenRules(refresh_after=timedelta(hours=self.token_refresh_after_h))
