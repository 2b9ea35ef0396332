"""Every knob of the portal bridge."""

from pydantic import PositiveInt, field_validator
from pydantic_settings import SettingsConfigDict

from libs.runtime.settings import RuntimeSettings
from libs.seal.settings import SealingSettings


class PortalBridgeSettings(SealingSettings, RuntimeSettings):
    """What is kept for the national portal, and for how long."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_BRIDGE_")

    enabled: bool = False
    """Pushing to the portal. Off: what is heard queues up and waits."""
    keep_days: PositiveInt = 730
    """After the last thing heard of a case. Source: contact data 24 months after closing (domain rules 2.6)."""

    @field_validator("enabled")
    @classmethod
    def _cannot_push_yet(cls, enabled: bool) -> bool:
        if enabled:
            raise ValueError(
                "pushing to the portal is not part of this version; leave it off: "
                "everything is kept in order until it can be pushed"
            )
        return enabled
