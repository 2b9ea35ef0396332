"""Every knob of intake. Names in the environment begin with INTAKE_; the shared ones may stand without it."""

from typing import Annotated

from pydantic import Field, PositiveFloat, PositiveInt, SecretStr, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from libs.runtime.settings import RuntimeSettings
from libs.seal.settings import SealingSettings

Id = Annotated[str, Field(min_length=1, max_length=64)]
Names = Annotated[tuple[str, ...], NoDecode]


class IntakeSettings(SealingSettings, RuntimeSettings):
    """What the front door needs to know."""

    model_config = SettingsConfigDict(env_prefix="INTAKE_")

    lookup_key: SecretStr
    """At least 32 signs. Not rotated in place: everything found by its hashes would be lost."""

    zalo_app_id: Id
    zalo_oa_id: Id
    zalo_oa_secret_key: SecretStr
    """Signs webhooks; not the app's OAuth secret."""
    zalo_former_oa_secret_key: SecretStr = SecretStr("")
    """While the key is being reset in the console: signatures under the former one still count."""
    zalo_accept_oa_id_signature: bool = False
    """Also accept signatures made with the OA's id in place of the app's; a metric tells which one matched."""
    zalo_site_verification: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,128}$")] = ""
    """The code Zalo gives to prove that the domain is ours."""

    body_within_s: PositiveFloat = 5.0
    """How long a sender may take to hand over a body."""
    store_within_s: PositiveFloat = 1.0
    """How long a webhook waits for its commit before it says busy."""
    commit_within_s: PositiveFloat = 5.0
    """How long one commit may take before its connection is given up."""
    group_commits: bool = True
    group_at_most: PositiveInt = 200
    group_linger_ms: Annotated[float, Field(ge=0, le=5)] = 1.0
    """While commits follow one another: how long to gather more before the next. A lone event never waits."""
    waiting_at_most: PositiveInt = 5_000
    """Events waiting for their commit in this process; beyond, the answer is busy at once."""
    event_keys_keep_days: Annotated[int, Field(ge=7)] = 14

    media_hosts: Names = ("zdn.vn", "zadn.vn")
    """Hosts, with their sub-domains, that citizens' files are fetched from."""
    media_private_hosts: Names = ()
    """`host:port` of this machine or network that files may also be fetched from: a simulator."""
    media_within_s: PositiveFloat = 30.0
    media_at_once: PositiveInt = 4

    conversations_at_once: PositiveInt = 50
    """Citizens one worker moves with one commit."""
    conversation_lease_s: PositiveFloat = 20.0
    """How long a worker may think before another takes the citizen over."""
    album_quiet_s: PositiveFloat = 1.5
    bot_silent_h: PositiveFloat = 12.0
    """How long the bot stays silent after a person of the office wrote."""
    draft_reminder_h: PositiveFloat = 20.0
    draft_incomplete_h: PositiveFloat = 72.0
    """When a draft nobody finished becomes a feedback for the Office."""
    join_within_h: PositiveFloat = 24.0
    """How long after filing a further message is asked about before it becomes a feedback of its own."""
    files_at_most: PositiveInt = 5

    lookup_tries_per_code: PositiveInt = 6
    """Wrong last digits of a telephone number for one code in `lookup_window_h`; there are 10,000 to guess from."""
    lookup_tries_per_address: PositiveInt = 60
    """Wrong codes or digits from one network address in an hour; a mobile network may put many people behind one."""
    lookup_window_h: PositiveFloat = 24.0

    @field_validator("media_hosts", "media_private_hosts", mode="before")
    @classmethod
    def _hosts(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().lower() for part in value.split(",") if part.strip())
        return value

    @field_validator("lookup_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < 32:
            raise ValueError("at least 32 signs are needed")
        return value

    @field_validator("zalo_oa_secret_key")
    @classmethod
    def _not_empty(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value():
            raise ValueError("without it nothing could be believed")
        return value
