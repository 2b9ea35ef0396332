"""Equality of personal values without the values: the one place that computes a keyed hash of them.

HMAC-SHA-256(LOOKUP_KEY, kind ‖ normalised value). The key never leaves intake and is not rotated in place.
"""

import hmac

from pydantic import SecretStr

from libs.contracts.vocabulary import Channel

from .domain.dedupe import DedupeKey


class LookupKeys:
    """Turns what must be found again, but not be readable, into 32 bytes."""

    def __init__(self, lookup_key: SecretStr) -> None:
        self._key = lookup_key.get_secret_value().encode()

    def sender(self, channel: Channel, address: str) -> bytes:
        """Of a citizen's address on a channel."""
        return self._of("sender", channel, address)

    def phone(self, phone: str) -> bytes:
        """Of a telephone number as `normalise_phone` gives it."""
        return self._of("phone", phone)

    def happening(self, channel: Channel, key: DedupeKey) -> bytes:
        """Of what makes two deliveries of a channel the same event."""
        return self._of("event", channel, *key)

    def guess(self, against: str, value: str) -> bytes:
        """Of a code, or of the network address somebody tries from: what wrong tries are counted under."""
        return self._of("guess", against, value)

    @property
    def code_key(self) -> bytes:
        """The key of the permutation behind public codes."""
        return self._of("public-code")

    def _of(self, kind: str, *parts: str) -> bytes:
        # Each part behind its length, so that no two lists of parts run together into the same bytes.
        told = "".join([f"{len(part)}:{part}" for part in (kind, *parts)])
        return hmac.digest(self._key, told.encode("utf-8", "surrogatepass"), "sha256")
