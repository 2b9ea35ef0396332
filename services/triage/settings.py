"""Every knob of triage."""

from pathlib import Path
from typing import Annotated

from pydantic import (
    AliasChoices,
    Field,
    HttpUrl,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.runtime.settings import RuntimeSettings

from .domain import Policy
from .domain.likeness import Thresholds
from .domain.premises import may_be_sent_to

Share = Annotated[float, Field(ge=0.0, le=1.0)]

_REPOSITORY = Path(__file__).resolve().parents[2]


class ReviewSettings(BaseSettings):
    """How sure each decision must be to go on without a person; a share between 0 and 1."""

    model_config = SettingsConfigDict(env_prefix="TRIAGE_", extra="ignore", frozen=True)

    review_below_disposition: Share = 0.47
    review_below_kind: Share = 0.5
    review_below_field: Share = 0.4
    review_below_matter: Share = 0.5
    review_below_unit: Share = 0.6
    review_dismissal_above: Share = 0.05
    """How probable an ordinary feedback may be in a text that is dismissed without a person."""
    review_answer_above: Share = 0.07
    """The same for a question or a look-up that is answered without a person."""
    sensitive_from: Share = 0.1
    """How probable a complaint or denunciation must be for a text to be held back."""

    @property
    def policy(self) -> Policy:
        """As the rules take them."""
        return Policy(
            disposition=self.review_below_disposition,
            kind=self.review_below_kind,
            field=self.review_below_field,
            matter=self.review_below_matter,
            unit=self.review_below_unit,
            dismissed_in_scope=self.review_dismissal_above,
            answered_in_scope=self.review_answer_above,
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
    near_duplicate_days: PositiveInt = 30
    """How far back a feedback is compared with those that say nearly the same."""
    near_duplicate_letters: Share = 0.85
    """How much of the letters of two texts must be the same, in the same order, to call them near duplicates."""
    near_duplicate_contained: Share = 0.8
    """Or how many of the shorter one's runs of three words the longer one must have."""

    assistant_model: str = ""
    """What the endpoint calls the model that is asked."""
    assistant_key: SecretStr | None = None
    assistant_key_file: Path | None = None
    """Or a file that holds the key."""
    assistant_ca_file: Path | None = None
    """The certificates that vouch for the endpoint, where the city issues its own."""
    assistant_url: HttpUrl | None = None
    """Where an assistant model on the city's premises answers, up to and with `/v1`. None: nobody is asked."""
    assistant_timeout_s: PositiveFloat = 8.0
    """Time limit of one call."""
    assistant_below: Share = 0.75
    """Decisions less sure than this are shown to the assistant; dismissals always are."""
    assistant_parallel: PositiveInt = 2
    """Calls of each process at the same time."""

    @field_validator("assistant_url")
    @classmethod
    def _stays_inside(cls, url: HttpUrl | None, others: ValidationInfo) -> HttpUrl | None:
        if url is None:
            return None
        if url.username or url.password or url.query or url.fragment:
            raise ValueError("no key, ? or # may stand in it; a key belongs into TRIAGE_ASSISTANT_KEY_FILE")
        if not may_be_sent_to(url.scheme, url.host or ""):
            raise ValueError("citizens' words go over https, or to a loopback or private address, nowhere else")
        if not others.data.get("assistant_model"):
            raise ValueError("TRIAGE_ASSISTANT_MODEL must say which model is asked there")
        if others.data.get("assistant_key") and others.data.get("assistant_key_file"):
            raise ValueError("of TRIAGE_ASSISTANT_KEY and TRIAGE_ASSISTANT_KEY_FILE one is enough: which is meant?")
        return url

    @property
    def likeness(self) -> Thresholds:
        """As the comparison takes them."""
        return Thresholds(letters=self.near_duplicate_letters, contained=self.near_duplicate_contained)


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
