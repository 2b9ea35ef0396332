"""Whether a webhook body was signed by Zalo for our app.

A plain SHA-256 over app id, the bytes as received, the body's own timestamp and the OA secret key; not an HMAC.
Source: zalo.md, "Signature".
"""

import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal

from .json_body import JsonObject

_HEADER: Final = re.compile(r"\s*mac\s*=\s*([0-9a-f]{64})\s*", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """What a signature is checked with. An empty secret never matches."""

    app_id: str
    secrets: tuple[str, ...]
    """The OA secret keys that count: the present one and, while it is being reset, the former."""
    oa_id: str = ""
    """When given, a signature made with the OA's id in place of the app's is also accepted."""


@dataclass(frozen=True, slots=True)
class Signed:
    """The signature is right."""

    by: Literal["app_id", "oa_id"]
    """Which id it was made with."""


@dataclass(frozen=True, slots=True)
class NotSigned:
    """The body must not be believed."""

    reason: Literal["no_header", "bad_header", "no_secret", "no_timestamp", "mismatch"]


def verify(raw: bytes, body: JsonObject, header: str | None, keys: SigningKeys) -> Signed | NotSigned:
    """Check the signature of a webhook body over the very bytes that came; whatever is missing refuses.

    `body` is the object read from `raw`: only its timestamp is used, digits as written.
    Source: zalo.md, "Signature".
    """
    if not header:
        return NotSigned("no_header")
    form = _HEADER.fullmatch(header)
    if form is None:
        return NotSigned("bad_header")
    if not (keys.app_id and any(keys.secrets)):
        return NotSigned("no_secret")
    timestamp = body.get("timestamp")
    if not isinstance(timestamp, str) or not timestamp:
        return NotSigned("no_timestamp")
    given = form[1].lower()
    # Every candidate is compared, so that the time taken does not tell which one was right.
    matched = [by for by, expected in _candidates(raw, timestamp, keys) if hmac.compare_digest(expected, given)]
    return Signed(matched[0]) if matched else NotSigned("mismatch")


def _candidates(raw: bytes, timestamp: str, keys: SigningKeys) -> Iterator[tuple[Literal["app_id", "oa_id"], str]]:
    signers: list[tuple[Literal["app_id", "oa_id"], str]] = [("app_id", keys.app_id)]
    if keys.oa_id:
        signers.append(("oa_id", keys.oa_id))
    for by, signer in signers:
        for secret in keys.secrets:
            if secret:
                yield by, sha256(signer.encode() + raw + _bytes(timestamp) + secret.encode()).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
