"""Authenticated encryption for what may rest or travel only as cipher text."""

import os
from base64 import urlsafe_b64decode
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import BaseModel, SecretStr

from libs.contracts.envelope import Sealed

M = TypeVar("M", bound=BaseModel)

_FORM: Final = b"\x01"
"""First byte of what `seal_bytes` makes; a Fernet token begins with `g`."""
_SALT: Final = 16
_NONCE: Final = 12
_HEAD: Final = 1 + _SALT
_ABOUT: Final = b"lang-nghe bytes at rest"


class CannotOpen(Exception):
    """None of our keys opens it: another key, or it was altered."""


class Sealer:
    """Seals under the newest key and opens under any of them, so that keys rotate without a pause.

    What travels is a Fernet token. Bytes at rest are sealed with AES-256-GCM, ten times as fast, under a key derived
    for each process from the same keys: a random nonce then does not come twice in the life of a key.
    """

    def __init__(self, keys: Iterable[SecretStr]) -> None:
        self._keys = [key.get_secret_value() for key in keys]
        self._fernet = MultiFernet([Fernet(key.encode()) for key in self._keys])
        self._salt = os.urandom(_SALT)
        self._cipher = _cipher(self._keys[0], self._salt)

    def seal(self, plain: BaseModel) -> Sealed:
        """Seal a model, e.g. for an event."""
        return Sealed(self._fernet.encrypt(plain.model_dump_json().encode()).decode())

    def open(self, sealed: Sealed, kind: type[M]) -> M:
        """Open a sealed model.

        Raises:
            CannotOpen: it was sealed under a key we do not hold, or altered.
        """
        return kind.model_validate_json(self._open_token(sealed.encode()))

    def seal_bytes(self, plain: bytes) -> bytes:
        """Seal bytes, e.g. for a column."""
        nonce = os.urandom(_NONCE)
        return b"".join((_FORM, self._salt, nonce, self._cipher.encrypt(nonce, plain, _FORM)))

    def open_bytes(self, sealed: bytes) -> bytes:
        """Open sealed bytes.

        Raises:
            CannotOpen: it was sealed under a key we do not hold, or altered.
        """
        if not sealed.startswith(_FORM):
            return self._open_token(sealed)
        salt, nonce, cipher_text = sealed[1:_HEAD], sealed[_HEAD : _HEAD + _NONCE], sealed[_HEAD + _NONCE :]
        for key in self._keys:
            try:
                return _cipher(key, salt).decrypt(nonce, cipher_text, _FORM)
            except (InvalidTag, ValueError):
                continue
        raise CannotOpen("no key of ours opens it")

    def _open_token(self, token: bytes) -> bytes:
        try:
            return self._fernet.decrypt(token)
        except InvalidToken as error:
            raise CannotOpen("no key of ours opens it") from error


@lru_cache(maxsize=256)
def _cipher(key: str, salt: bytes) -> AESGCM:
    derived = HKDF(SHA256(), length=32, salt=salt, info=_ABOUT).derive(urlsafe_b64decode(key))
    return AESGCM(derived)
