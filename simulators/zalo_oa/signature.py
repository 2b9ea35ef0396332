"""The digests the platform puts on what it posts.

Source: the published webhook recipes; see README.md, "Facts and where they come from".
"""

import hashlib
import hmac
import json
from collections.abc import Mapping


def oa_digest(app_id: str, body: bytes, timestamp: str, oa_secret_key: str) -> str:
    """The hexadecimal digest of an Official Account webhook: a plain SHA-256, not an HMAC."""
    return hashlib.sha256(app_id.encode() + body + timestamp.encode() + oa_secret_key.encode()).hexdigest()


def mini_app_digest(event: Mapping[str, object], key: str) -> str:
    """The digest of a Mini App webhook: values in the order of their names, then the key."""
    values = (event[name] for name in sorted(event))
    joined = "".join(value if isinstance(value, str) else _as_json(value) for value in values)
    return hashlib.sha256((joined + key).encode()).hexdigest()


def secret_proof(app_secret: str, access_token: str) -> str:
    """What the header ``appsecret_proof`` must hold for a token."""
    return hmac.new(app_secret.encode(), access_token.encode(), hashlib.sha256).hexdigest()


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
