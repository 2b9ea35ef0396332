"""The tokens of the account: an access token that expires, a refresh token that works exactly once."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Literal

from simulators.zalo_oa.clock import NowMs
from simulators.zalo_oa.database import Database
from simulators.zalo_oa.settings import SimulatorSettings

CODE_LIFE_S = 600


@dataclass(frozen=True, slots=True)
class Pair:
    """What a successful token call hands out."""

    access_token: str
    refresh_token: str


TokenState = Literal["valid", "expired", "unknown"]


class Tokens:
    """Issues, rotates and checks tokens."""

    def __init__(self, settings: SimulatorSettings, database: Database, now_ms: NowMs) -> None:
        self._settings = settings
        self._database = database
        self._now_ms = now_ms
        self._seed()

    def state_of(self, access_token: str) -> TokenState:
        """Whether an access token is good now; older ones stay good until they expire (an assumption)."""
        row = self._database.execute("SELECT expires_at FROM access_tokens WHERE token = ?", access_token).fetchone()
        if row is None:
            return "unknown"
        return "valid" if row["expires_at"] > self._now_ms() else "expired"

    def expire_all(self) -> None:
        """Let every access token end now; refresh tokens stay good."""
        with self._database.transaction():
            self._database.execute("UPDATE access_tokens SET expires_at = min(expires_at, ?)", self._now_ms())

    def consent(self, challenge: str) -> str:
        """A code for a person's consent: ten minutes, once."""
        code = secrets.token_urlsafe(24)
        with self._database.transaction():
            self._database.execute(
                "INSERT INTO consent_codes (code, challenge, expires_at) VALUES (?, ?, ?)",
                code,
                challenge,
                self._now_ms() + CODE_LIFE_S * 1000,
            )
        return code

    def exchange(self, code: str, verifier: str) -> Pair | None:
        """A first pair for a consent code; None when it is unknown, used, too old or not proven."""
        with self._database.transaction():
            row = self._database.execute(
                "UPDATE consent_codes SET used_at = ?1 WHERE code = ?2 AND used_at IS NULL AND expires_at > ?1"
                " RETURNING challenge",
                self._now_ms(),
                code,
            ).fetchone()
            if row is None or (row["challenge"] and row["challenge"] != code_challenge(verifier)):
                return None
            return self._issue()

    def refresh(self, refresh_token: str) -> Pair | None:
        """A new pair for a refresh token, which is dead from now on; None when it was not good."""
        with self._database.transaction():
            used = self._database.execute(
                "UPDATE refresh_tokens SET used_at = ?1 WHERE token = ?2 AND used_at IS NULL AND expires_at > ?1",
                self._now_ms(),
                refresh_token,
            ).rowcount
            return self._issue() if used else None

    def _seed(self) -> None:
        # Once only: after a restart the stored state wins, or a used refresh token would live again.
        with self._database.transaction():
            now = self._now_ms()
            if self._settings.access_token:
                self._database.execute(
                    "INSERT OR IGNORE INTO access_tokens (token, expires_at) VALUES (?, ?)",
                    self._settings.access_token,
                    now + self._settings.access_token_life_s * 1000,
                )
            if self._settings.refresh_token:
                self._database.execute(
                    "INSERT OR IGNORE INTO refresh_tokens (token, expires_at) VALUES (?, ?)",
                    self._settings.refresh_token,
                    now + self._settings.refresh_token_life_s * 1000,
                )

    def _issue(self) -> Pair:
        now = self._now_ms()
        pair = Pair(f"sim-access-{secrets.token_urlsafe(32)}", f"sim-refresh-{secrets.token_urlsafe(32)}")
        self._database.execute(
            "INSERT INTO access_tokens (token, expires_at) VALUES (?, ?)",
            pair.access_token,
            now + self._settings.access_token_life_s * 1000,
        )
        self._database.execute(
            "INSERT INTO refresh_tokens (token, expires_at) VALUES (?, ?)",
            pair.refresh_token,
            now + self._settings.refresh_token_life_s * 1000,
        )
        return pair


def code_challenge(verifier: str) -> str:
    """The challenge that proves a verifier: base64url of its SHA-256, without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
