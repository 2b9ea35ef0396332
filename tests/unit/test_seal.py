"""Sealed is sealed; keys rotate."""

import pytest
from cryptography.fernet import Fernet
from pydantic import BaseModel, SecretStr

from libs.seal import CannotOpen, Sealer


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


def test_bytes_sealed_as_a_token_still_open() -> None:
    token = Fernet(OLD.get_secret_value()).encrypt(b"x")
    assert Sealer([NEW, OLD]).open_bytes(token) == b"x"


def test_the_same_bytes_are_never_sealed_alike() -> None:
    one, other = Sealer([OLD]), Sealer([OLD])
    assert len({sealer.seal_bytes(b"x") for sealer in (one, one, other)}) == 3
    assert other.open_bytes(one.seal_bytes(b"x")) == b"x"


def test_foreign_cipher_text_cannot_be_opened() -> None:
    for sealed in (Sealer([OLD]).seal_bytes(b"x"), Sealer([OLD]).seal(Guest(name="Hoa")).encode()):
        with pytest.raises(CannotOpen):
            Sealer([NEW]).open_bytes(sealed)


def test_what_was_altered_or_cut_at_any_place_cannot_be_opened() -> None:
    sealer = Sealer([OLD])
    sealed = sealer.seal_bytes(b"mot hai ba")
    for place in range(len(sealed)):
        altered = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        for wrong in (altered, sealed[:place]):
            with pytest.raises(CannotOpen):
                sealer.open_bytes(wrong)
