"""Authenticated encryption for what may rest or travel only as cipher text."""

from collections.abc import Iterable
from typing import TypeVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import BaseModel, SecretStr

from libs.contracts.envelope import Sealed

M = TypeVar("M", bound=BaseModel)


class CannotOpen(Exception):
    """None of our keys opens it: another key, or it was altered."""


class Sealer:
    """Seals under the newest key and opens under any of them, so that keys rotate without a pause."""

    def __init__(self, keys: Iterable[SecretStr]) -> None:
        self._fernet = MultiFernet([Fernet(key.get_secret_value().encode()) for key in keys])

    def seal(self, plain: BaseModel) -> Sealed:
        """Seal a model, e.g. for an event."""
        return Sealed(self._fernet.encrypt(plain.model_dump_json().encode()).decode())

    def open(self, sealed: Sealed, kind: type[M]) -> M:
        """Open a sealed model.

        Raises:
            CannotOpen: it was sealed under a key we do not hold, or altered.
        """
        return kind.model_validate_json(self.open_bytes(sealed.encode()))

    def seal_bytes(self, plain: bytes) -> bytes:
        """Seal bytes, e.g. for a column."""
        return self._fernet.encrypt(plain)

    def open_bytes(self, sealed: bytes) -> bytes:
        """Open sealed bytes.

        Raises:
            CannotOpen: it was sealed under a key we do not hold, or altered.
        """
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken as error:
            raise CannotOpen("no key of ours opens it") from error
