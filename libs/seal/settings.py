"""The keys a service opens sealed contacts with."""

from typing import Annotated

from pydantic import BaseModel, SecretStr, field_validator
from pydantic_settings import NoDecode


class SealingSettings(BaseModel):
    """Beside a service's own settings, for those that may open sealed contacts."""

    contact_keys: Annotated[tuple[SecretStr, ...], NoDecode]
    """Fernet keys, newest first, separated by commas: the first seals, all open."""

    @field_validator("contact_keys", mode="before")
    @classmethod
    def _separate(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("contact_keys")
    @classmethod
    def _at_least_one(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if not value:
            raise ValueError("at least one key is needed")
        return value
