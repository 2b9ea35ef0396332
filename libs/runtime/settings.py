"""Every knob a service has in common. Services extend these classes; nothing else reads the environment."""

from pathlib import Path
from typing import Any, Final, Literal

from pydantic import HttpUrl, NonNegativeFloat, PositiveFloat, PositiveInt, SecretStr
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

SHARED: Final = frozenset(
    {
        "province",
        "provinces_dir",
        "public_url",
        "blob_url",
        "amqp_url",
        "database_url",
        "admin_database_url",
        "contact_keys",
        "lookup_key",
        "officer_session_public_keys",
        "log_level",
        "log_format",
        "listen_host",
        "listen_port",
        "drain_s",
    }
)
"""Settings that may be given once for all services, without a prefix; a prefixed one overrides."""

_REPOSITORY: Final = Path(__file__).resolve().parents[2]


class _SharedEnvironment(EnvSettingsSource):
    """The unprefixed variables of `SHARED`, below the prefixed ones."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        super().__init__(settings_cls, env_prefix="")

    def __call__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__call__().items() if name in SHARED}


class RuntimeSettings(BaseSettings):
    """What any service needs to run."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    database_url: SecretStr
    """`postgresql+asyncpg://<svc>_svc:…@host/db`: reads and writes the service's own schema, nothing else."""
    owner_database_url: SecretStr | None = None
    """`<svc>_owner`: migrates; only `prepare` needs it."""
    admin_database_url: SecretStr | None = None
    """A role that may create roles: only `prepare` uses it, to create the two roles and the schema once."""
    database_pool_size: PositiveInt = 8
    database_wait_s: PositiveFloat = 0.8
    """How long to wait for a free connection or a locked row before saying busy."""
    database_statement_s: PositiveFloat = 15.0

    amqp_url: SecretStr | None = None
    province: str = "hanoi"
    provinces_dir: Path = _REPOSITORY / "provinces"
    public_url: HttpUrl
    """Where people reach the city, e.g. `https://phananh.hanoi.gov.vn`; links in messages start with it."""
    listen_host: str = "127.0.0.1"
    listen_port: PositiveInt = 8000
    drain_s: NonNegativeFloat = 0.0
    """How long to go on serving after being asked to stop, while whoever sends requests learns of it."""
    body_limit_bytes: PositiveInt = 1_048_576
    """The longest body of a request that is read."""
    root_path: str = ""
    """The prefix an ingress strips, e.g. `/routing`."""
    blob_url: str
    """`file:///var/lib/…`: where files live, named by their SHA-256."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"
    relay_poll_s: PositiveFloat = 1.0
    relay_lease_s: PositiveFloat = 5.0
    has_replicas: bool = True
    """Other processes of this service may run: those that do not lead the relay ring for the one that does."""
    inbox_keep_days: PositiveInt = 30

    @property
    def province_dir(self) -> Path:
        """The folder with everything this province decides."""
        return self.provinces_dir / self.province

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic-settings'
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then prefixed variables, then the shared ones."""
        return init_settings, env_settings, _SharedEnvironment(settings_cls)
