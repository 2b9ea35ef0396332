"""Where the platform remembers: one small SQLite file, or memory when no folder is given."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulators.zalo_oa.pulse import Pulse

SCHEMA = """
CREATE TABLE IF NOT EXISTS citizens (
    user_id TEXT PRIMARY KEY,
    user_id_by_app TEXT NOT NULL,
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    born_on TEXT NOT NULL,
    gender TEXT NOT NULL,
    city TEXT NOT NULL,
    ward TEXT NOT NULL,
    address TEXT NOT NULL,
    is_follower INTEGER NOT NULL DEFAULT 0,
    last_interaction_at INTEGER,
    driven_by TEXT NOT NULL DEFAULT 'page',
    shown_first INTEGER NOT NULL DEFAULT 0,
    changed_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL UNIQUE,
    user_id TEXT,
    phone TEXT NOT NULL DEFAULT '',
    side TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    buttons TEXT NOT NULL,
    attachments TEXT NOT NULL,
    template TEXT NOT NULL DEFAULT '{}',
    is_hidden INTEGER NOT NULL DEFAULT 0,
    quote_message_id TEXT NOT NULL DEFAULT '',
    delivery_id INTEGER,
    sent_at INTEGER NOT NULL,
    received_at INTEGER,
    seen_at INTEGER
);
CREATE INDEX IF NOT EXISTS messages_of_citizen ON messages (user_id, id);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY,
    place REAL NOT NULL DEFAULT 0,
    lane TEXT NOT NULL,
    target TEXT NOT NULL,
    event_name TEXT NOT NULL,
    server TEXT NOT NULL,
    body BLOB NOT NULL,
    timestamp TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    is_held INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS deliveries_pending ON deliveries (lane, place) WHERE state = 'pending';
CREATE TABLE IF NOT EXISTS attempts (
    delivery_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    status INTEGER,
    took_ms REAL NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (delivery_id, number)
);
CREATE TABLE IF NOT EXISTS access_tokens (token TEXT PRIMARY KEY, expires_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS refresh_tokens (
    token TEXT PRIMARY KEY,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
);
CREATE TABLE IF NOT EXISTS consent_codes (
    code TEXT PRIMARY KEY,
    challenge TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
);
CREATE TABLE IF NOT EXISTS login_grants (
    token TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    user_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
);
CREATE TABLE IF NOT EXISTS files (
    id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    name TEXT NOT NULL,
    mime TEXT NOT NULL,
    content BLOB NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS templates (template_id TEXT PRIMARY KEY, declaration TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS ratings (
    id INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL,
    tracking_id TEXT NOT NULL,
    template_id TEXT NOT NULL,
    rate INTEGER NOT NULL,
    note TEXT NOT NULL,
    feedbacks TEXT NOT NULL,
    submitted_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS registration (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Database:
    """One connection, used by one event loop; every act is one transaction."""

    def __init__(self, folder: Path | None, pulse: Pulse) -> None:
        if folder is None:
            address = ":memory:"
        else:
            folder.mkdir(parents=True, exist_ok=True)
            address = str(folder / "zalo_oa.sqlite3")
        # Autocommit mode: transactions begin and end where transaction() says, nowhere else.
        self._connection = sqlite3.connect(address, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        # One process at a time: a second one would send the same webhooks again.
        self._connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(SCHEMA)
        self._pulse = pulse
        self._depth = 0

    def execute(self, statement: str, *values: object) -> sqlite3.Cursor:
        """Run one statement with its values."""
        return self._connection.execute(statement, values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep everything inside together or not at all; an inner one belongs to the outer one."""
        self._depth += 1
        try:
            if self._depth == 1:
                self._connection.execute("BEGIN IMMEDIATE")
            yield
            if self._depth == 1:
                self._connection.execute("COMMIT")
                self._pulse.beat()
        except BaseException:
            if self._depth == 1 and self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        finally:
            self._depth -= 1

    def close(self) -> None:
        """Let the file go, so that another process may take it."""
        self._connection.close()
