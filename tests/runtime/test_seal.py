"""Sealed is sealed; keys rotate."""

import pytest
from cryptography.fernet import Fernet
from pydantic import BaseModel, SecretStr

from libs.runtime.seal import CannotOpen, Sealer


class Guest(BaseModel):
    name: str


OLD, NEW = (SecretStr(Fernet.generate_key().decode()) for _ in range(2))


def test_what_is_sealed_opens_again_and_shows_nothing() -> None:
    sealed = Sealer([OLD]).seal(Guest(name="Hoa"))
    assert "Hoa" not in sealed
    assert Sealer([OLD]).open(sealed, Guest) == Guest(name="Hoa")


def test_an_older_key_still_opens_after_rotation() -> None:
    sealed = Sealer([OLD]).seal_bytes(b"x")
    assert Sealer([NEW, OLD]).open_bytes(sealed) == b"x"


def test_altered_or_foreign_cipher_text_cannot_be_opened() -> None:
    sealed = Sealer([OLD]).seal_bytes(b"x")
    with pytest.raises(CannotOpen):
        Sealer([NEW]).open_bytes(sealed)
    with pytest.raises(CannotOpen):
        Sealer([OLD]).open_bytes(sealed[:-4] + b"AAA=")
