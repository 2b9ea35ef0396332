"""Every knob of triage."""

from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, Field, PositiveInt
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.runtime.settings import RuntimeSettings

from .domain import Policy

Share = Annotated[float, Field(ge=0.0, le=1.0)]

_REPOSITORY = Path(__file__).resolve().parents[2]


class ReviewSettings(BaseSettings):
    """How sure each decision must be to go on without a person; a share between 0 and 1."""

    model_config = SettingsConfigDict(env_prefix="TRIAGE_", extra="ignore", frozen=True)

    review_below_disposition: Share = 0.5
    review_below_kind: Share = 0.5
    review_below_field: Share = 0.4
    review_dismissal_above: Share = 0.05
    """How probable an ordinary feedback may be in a text that is dismissed without a person."""
    sensitive_from: Share = 0.1
    """How probable a complaint or denunciation must be for a text to be held back."""

    @property
    def policy(self) -> Policy:
        """As the rules take them."""
        return Policy(
            disposition=self.review_below_disposition,
            kind=self.review_below_kind,
            field=self.review_below_field,
            dismissed_in_scope=self.review_dismissal_above,
            sensitive_from=self.sensitive_from,
        )


class TriageSettings(ReviewSettings, RuntimeSettings):
    """What triage needs to run; variables begin with `TRIAGE_`."""

    # Of several bases pydantic keeps the last one's prefix, so it is said again.
    model_config = SettingsConfigDict(env_prefix="TRIAGE_")

    keep_texts_days: PositiveInt = 90
    """How long after the last word of a feedback its text is kept, to be decided again when the citizen adds to it."""
    forget_at_once: PositiveInt = 500
    """Feedbacks whose texts are deleted in one transaction."""


class OfflineSettings(ReviewSettings):
    """What `classify` on the command line needs: no database, the province's files alone."""

    province: str = Field("hanoi", validation_alias=AliasChoices("TRIAGE_PROVINCE", "PROVINCE"))
    provinces_dir: Path = Field(
        _REPOSITORY / "provinces", validation_alias=AliasChoices("TRIAGE_PROVINCES_DIR", "PROVINCES_DIR")
    )

    @property
    def province_dir(self) -> Path:
        """The folder with everything this province decides."""
        return self.provinces_dir / self.province
