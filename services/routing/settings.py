"""Every knob of routing."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, Field, NonNegativeFloat, PositiveFloat, PositiveInt, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from libs.contracts.vocabulary import Disposition
from libs.runtime.settings import RuntimeSettings
from libs.seal.settings import SealingSettings

from .domain.ending import MACHINE_MAY_END

_REPOSITORY = Path(__file__).resolve().parents[2]


class RuleSettings(BaseSettings):
    """How close two candidates may be before a person must choose."""

    model_config = SettingsConfigDict(env_prefix="ROUTING_", extra="ignore", frozen=True)

    tie_margin: NonNegativeFloat = 0.1
    """Candidates of a classification whose scores differ by less cannot be told apart."""


class RoutingSettings(RuleSettings, SealingSettings, RuntimeSettings):
    """What routing needs to run; variables begin with `ROUTING_`."""

    # Of several bases pydantic keeps the last one's prefix, so it is said again.
    model_config = SettingsConfigDict(env_prefix="ROUTING_")

    session_private_key: SecretStr
    """Ed25519, base64url without padding: signs officers in."""
    officer_session_public_keys: Annotated[tuple[str, ...], NoDecode] = ()
    """Keys of sessions signed before the private key was changed, separated by commas."""
    unclassified_after_s: PositiveFloat = 120.0
    """A case triage has said nothing about for so long goes to the Office's desk."""
    review_undo_s: NonNegativeFloat = 15.0
    """How long an officer can take back what he decided on the review page."""
    ends_alone: Annotated[frozenset[Disposition], NoDecode] = MACHINE_MAY_END
    """What the machine may end without a person when triage is sure; separated by commas, empty: nothing."""
    ends_again_after_days: PositiveInt = 30
    """Whoever writes again so soon after the machine ended a case of theirs is read by a person."""
    idempotency_keep_h: PositiveInt = 48
    """How long a repeated request gets its first answer."""

    @property
    def ends_again_after(self) -> timedelta:
        """The same as a span of time."""
        return timedelta(days=self.ends_again_after_days)

    @field_validator("ends_alone", mode="before")
    @classmethod
    def _separate_dispositions(cls, value: object) -> object:
        return frozenset(one.strip() for one in value.split(",") if one.strip()) if isinstance(value, str) else value

    @field_validator("ends_alone")
    @classmethod
    def _machine_may(cls, value: frozenset[Disposition]) -> frozenset[Disposition]:
        if value - MACHINE_MAY_END:
            raise ValueError(f"only {', '.join(sorted(MACHINE_MAY_END))}")
        return value

    @field_validator("officer_session_public_keys", mode="before")
    @classmethod
    def _separate_public_keys(cls, value: object) -> object:
        return tuple(key.strip() for key in value.split(",") if key.strip()) if isinstance(value, str) else value


class OfflineSettings(RuleSettings):
    """What `explain` on the command line needs: no database, the province's files alone."""

    province: str = Field("hanoi", validation_alias=AliasChoices("ROUTING_PROVINCE", "PROVINCE"))
    provinces_dir: Path = Field(
        _REPOSITORY / "provinces", validation_alias=AliasChoices("ROUTING_PROVINCES_DIR", "PROVINCES_DIR")
    )

    @property
    def province_dir(self) -> Path:
        """The folder with everything this province decides."""
        return self.provinces_dir / self.province


class NewOfficerSettings(BaseSettings):
    """For `officer add` where nobody types, e.g. when a demonstration is set up."""

    model_config = SettingsConfigDict(env_prefix="ROUTING_", extra="ignore", frozen=True)

    new_officer_password: SecretStr | None = None
