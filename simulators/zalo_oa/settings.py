"""Every knob the simulator reads from its environment, prefix ``ZALO_SIM_``.

The ids and keys below are invented and belong to nobody; they are those of the sample events.
"""

import ipaddress
from pathlib import Path

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class SimulatorSettings(BaseSettings):
    """How one simulated platform is set up."""

    model_config = SettingsConfigDict(env_prefix="ZALO_SIM_", frozen=True, populate_by_name=True, extra="ignore")

    host: str = "127.0.0.1"
    allow_other_hosts: bool = False  # only for a container's own network, where loopback reaches nobody
    port: PositiveInt = 9000
    public_url: str = ""  # what media links begin with; http://127.0.0.1:<port> when empty
    data_dir: Path | None = Field(default=None, validation_alias="ZALO_SIM_DATA")  # None: forget all on exit

    app_id: str = "4187308559620713842"
    app_secret: str = "vi-du-app-secret-chi-de-kiem-thu"  # noqa: S105 - invented, like everything here
    oa_id: str = "2740116598031175526"
    oa_name: str = "Văn phòng UBND Thành phố"
    oa_secret_key: str = "vi-du-oa-secret-chi-de-kiem-thu"  # noqa: S105
    redirect_uri: str = ""  # the address registered for consent; empty accepts any

    webhook_url: str = ""  # for example http://127.0.0.1:8000/intake/webhooks/zalo; empty keeps events unsent
    webhook_time_limit_s: PositiveFloat = 2.0
    time_factor: NonNegativeFloat = 1.0  # multiplies the waits between redeliveries
    mini_app_webhook_url: str = ""
    mini_app_key: str = "vi-du-miniapp-open-api-key"

    access_token: str = ""  # the first pair; a used refresh token is not revived by a restart
    refresh_token: str = ""
    access_token_life_s: PositiveInt = 90_000
    refresh_token_life_s: PositiveInt = 90 * 24 * 3600

    text_limit: PositiveInt = 2000  # code points after NFC
    button_title_limit: PositiveInt = 35  # code points
    requests_per_minute: PositiveInt = 4000
    zns_daily_quota: PositiveInt = 500
    templates: Path | None = None  # JSON list of template declarations; see README.md

    @model_validator(mode="after")
    def _stay_on_this_machine(self) -> "SimulatorSettings":
        if not self.allow_other_hosts and not _is_loopback(self.host):
            raise ValueError("the simulator listens on loopback only; ZALO_SIM_ALLOW_OTHER_HOSTS=true lifts this")
        return self

    @property
    def media_url(self) -> str:
        """Where this simulator's own links begin, without a closing slash."""
        return (self.public_url or f"http://127.0.0.1:{self.port}").rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
