"""The officer's session: only what routing signed, only while it is fresh."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from libs.ui.session import OfficerSession, SessionKeys, SessionSigner, csrf_token, csrf_valid, new_private_key

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SIGNER = SessionSigner(new_private_key())
SESSION = OfficerSession(
    UUID(int=1), UUID(int=2), "Trần Thị Mai", "HN-CN00199", frozenset({"handler"}), NOW + timedelta(minutes=15)
)


def test_a_signed_session_is_read_back_as_it_was() -> None:
    assert SessionKeys([SIGNER.public_key]).read(SIGNER.sign(SESSION), NOW) == SESSION


def test_two_keys_are_valid_while_they_rotate() -> None:
    newer = SessionSigner(new_private_key())
    keys = SessionKeys([newer.public_key, SIGNER.public_key])
    assert keys.read(SIGNER.sign(SESSION), NOW) == keys.read(newer.sign(SESSION), NOW) == SESSION


def test_an_expired_session_is_none() -> None:
    assert SessionKeys([SIGNER.public_key]).read(SIGNER.sign(SESSION), SESSION.expires_at) is None


@pytest.mark.parametrize(
    "token",
    [None, "", "a.b", "." * 5, "x" * 5000, SessionSigner(new_private_key()).sign(SESSION), "é.à", "e30.e30"],
    ids=["missing", "empty", "short", "dots", "long", "another key", "not ascii", "empty claims"],
)
def test_what_we_did_not_sign_is_none(token: str | None) -> None:
    assert SessionKeys([SIGNER.public_key]).read(token, NOW) is None


def test_claims_that_were_altered_are_none() -> None:
    other = SIGNER.sign(replace(SESSION, roles=frozenset({"office"})))
    forged = f"{other.partition('.')[0]}.{SIGNER.sign(SESSION).partition('.')[2]}"
    assert SessionKeys([SIGNER.public_key]).read(forged, NOW) is None


def test_a_form_of_another_session_is_refused() -> None:
    token = csrf_token(SESSION, "secret")
    assert csrf_valid(SESSION, "secret", token)
    assert not csrf_valid(replace(SESSION, session_id=UUID(int=9)), "secret", token)
    assert not csrf_valid(SESSION, "secret", None)
