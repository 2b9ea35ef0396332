"""The officer's session: a short-lived token signed by one service, verified by any (design: `ln_session`).

Form: base64url(JSON claims) "." base64url(Ed25519 signature). Two public keys may be valid at a time, for rotation.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

COOKIE: Final = "ln_session"
_MAX_LENGTH: Final = 2_048


@dataclass(frozen=True, slots=True)
class OfficerSession:
    """Who is signed in."""

    session_id: UUID
    officer_id: UUID
    name: str
    agency_id: str
    roles: frozenset[str]
    expires_at: datetime


class SessionSigner:
    """Issues tokens; only the service that signs officers in holds the private key."""

    def __init__(self, private_key: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(_decode(private_key))

    def sign(self, session: OfficerSession) -> str:
        """The token of a session."""
        claims = {
            "sid": str(session.session_id),
            "sub": str(session.officer_id),
            "name": session.name,
            "agency": session.agency_id,
            "roles": sorted(session.roles),
            "exp": int(session.expires_at.timestamp()),
        }
        payload = _encode(json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode())
        return f"{payload}.{_encode(self._key.sign(payload.encode()))}"

    @property
    def public_key(self) -> str:
        """The key others verify with."""
        return _encode(self._key.public_key().public_bytes_raw())


class SessionKeys:
    """Verifies tokens under the public keys in force."""

    def __init__(self, public_keys: Iterable[str]) -> None:
        self._keys = [Ed25519PublicKey.from_public_bytes(_decode(key)) for key in public_keys]

    def read(self, token: str | None, now: datetime) -> OfficerSession | None:
        """The session a token stands for; None when it is missing, altered, expired or signed by another key."""
        if not token or len(token) > _MAX_LENGTH or token.count(".") != 1:
            return None
        payload, _, signature = token.partition(".")
        try:
            if not self._signed(payload.encode(), _decode(signature)):
                return None
            claims = json.loads(_decode(payload))
            session = OfficerSession(
                UUID(claims["sid"]),
                UUID(claims["sub"]),
                str(claims["name"]),
                str(claims["agency"]),
                frozenset(claims["roles"]),
                datetime.fromtimestamp(claims["exp"], UTC),
            )
        except (ValueError, KeyError, TypeError, binascii.Error):
            return None
        return session if session.expires_at > now else None

    def _signed(self, payload: bytes, signature: bytes) -> bool:
        for key in self._keys:
            try:
                key.verify(signature, payload)
            except InvalidSignature:
                continue
            return True
        return False


def csrf_token(session: OfficerSession, secret: str) -> str:
    """What every form of a session carries, so that another site cannot post in its name."""
    return hmac.new(secret.encode(), f"csrf:{session.session_id}".encode(), hashlib.sha256).hexdigest()


def csrf_valid(session: OfficerSession, secret: str, told: str | None) -> bool:
    """Whether a form belongs to this session."""
    # Compared as bytes: of texts, compare_digest refuses all that is not ASCII.
    return hmac.compare_digest(csrf_token(session, secret).encode(), (told or "").encode(errors="replace"))


def new_private_key() -> str:
    """A fresh signing key, as settings hold it."""
    return _encode(Ed25519PrivateKey.generate().private_bytes_raw())


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
