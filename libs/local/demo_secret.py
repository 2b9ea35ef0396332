"""Every secret of the demo, and how each is made."""

import base64
import secrets
from collections.abc import Callable, Mapping
from functools import cache

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from libs.local.demo_officer import OFFICERS, password_name
from libs.local.secret import new_password


def new_secrets() -> Mapping[str, Callable[[], str]]:
    """What the demo needs, by name: made once, kept afterwards."""

    # The two halves of the key pair come from one draw; both are missing, or neither.
    @cache
    def session_key() -> Ed25519PrivateKey:
        return Ed25519PrivateKey.generate()

    return {
        "CONTACT_KEYS": lambda: Fernet.generate_key().decode(),
        "LOOKUP_KEY": lambda: secrets.token_urlsafe(32),
        "ROUTING_SESSION_PRIVATE_KEY": lambda: _text(session_key().private_bytes_raw()),
        "OFFICER_SESSION_PUBLIC_KEYS": lambda: _text(session_key().public_key().public_bytes_raw()),
        "ZALO_APP_ID": _new_id,
        "ZALO_OA_ID": _new_id,
        "ZALO_APP_SECRET": new_password,
        "ZALO_OA_SECRET_KEY": new_password,
        "ZALO_ACCESS_TOKEN": new_password,
        "ZALO_REFRESH_TOKEN": new_password,
        **{
            f"{service}_{role}_PASSWORD".upper(): new_password
            for service in ("intake", "triage", "routing", "notifier", "portal_bridge")
            for role in ("svc", "owner")
        },
        **{password_name(officer.login): _new_word for officer in OFFICERS},
    }


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _new_id() -> str:
    return str(2_000_000_000_000_000_000 + secrets.randbelow(7_000_000_000_000_000_000))


def _new_word() -> str:
    """A password a person can type: 60 bits, no signs that look alike."""
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(12))
