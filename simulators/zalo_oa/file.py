"""Files on the platform: citizens' photos and documents, and what the application uploaded."""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from simulators.zalo_oa.clock import DAY_MS, NowMs
from simulators.zalo_oa.database import Database
from simulators.zalo_oa.settings import SimulatorSettings

UPLOAD_LIFE_DAYS = 7
CITIZEN_FILE_LIFE_DAYS = 90  # assumed: how long the platform keeps them is not published


class Purpose(StrEnum):
    """What a file is for."""

    FROM_CITIZEN = "from_citizen"
    IMAGE = "image"  # an attachment_id
    GIF = "gif"
    DOCUMENT = "document"  # a token


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file with its content."""

    id: str
    purpose: Purpose
    name: str
    mime: str
    content: bytes
    expires_at: int


class Files:
    """Keeps files and knows their links."""

    def __init__(self, settings: SimulatorSettings, database: Database, now_ms: NowMs) -> None:
        self._settings = settings
        self._database = database
        self._now_ms = now_ms

    def keep(self, purpose: Purpose, name: str, mime: str, content: bytes) -> StoredFile:
        """Keep a file for as long as its purpose allows."""
        days = CITIZEN_FILE_LIFE_DAYS if purpose is Purpose.FROM_CITIZEN else UPLOAD_LIFE_DAYS
        kept = StoredFile(secrets.token_urlsafe(18), purpose, name, mime, content, self._now_ms() + days * DAY_MS)
        with self._database.transaction():
            self._database.execute(
                "INSERT INTO files (id, purpose, name, mime, content, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
                kept.id,
                kept.purpose,
                kept.name,
                kept.mime,
                kept.content,
                kept.expires_at,
            )
        return kept

    def get(self, file_id: str) -> StoredFile | None:
        """A file by its id, expired or not."""
        row = self._database.execute("SELECT * FROM files WHERE id = ?", file_id).fetchone()
        if row is None:
            return None
        return StoredFile(
            row["id"], Purpose(row["purpose"]), row["name"], row["mime"], row["content"], row["expires_at"]
        )

    def is_expired(self, file: StoredFile) -> bool:
        """Whether the platform would no longer accept or serve it."""
        return file.expires_at <= self._now_ms()

    def url(self, file: StoredFile) -> str:
        """Where the file can be fetched."""
        return f"{self._settings.media_url}/media/files/{file.id}/{quote(file.name)}"

    def sample_url(self, kind: str, name: str) -> str:
        """Where a built-in sample can be fetched in one of the media host's manners (see ``media``)."""
        return f"{self._settings.media_url}/media/{kind}/{quote(name)}"
