"""Every knob of triage."""

from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, Field, PositiveInt
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.runtime.settings import RuntimeSettings

from .domain import Thresholds

Share = Annotated[float, Field(ge=0.0, le=1.0)]

_REPOSITORY = Path(__file__).resolve().parents[2]


class ReviewSettings(BaseSettings):
    """How sure each decision must be to go on without a person; a share between 0 and 1."""

    model_config = SettingsConfigDict(env_prefix="TRIAGE_", extra="ignore", frozen=True)

    review_below_disposition: Share = 0.7
    review_below_kind: Share = 0.55
    review_below_field: Share = 0.5
    review_below_matter: Share = 0.5
    review_below_unit: Share = 0.6

    @property
    def thresholds(self) -> Thresholds:
        """As the rules take them."""
        return Thresholds(
            disposition=self.review_below_disposition,
            kind=self.review_below_kind,
            field=self.review_below_field,
            matter=self.review_below_matter,
            unit=self.review_below_unit,
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
