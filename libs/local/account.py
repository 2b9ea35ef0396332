"""Who the private servers run as: PostgreSQL refuses root, and so do we for whatever comes beside it."""

import os
import pwd
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from libs.local.error import LocalError

SYSTEM_USER = "lang-nghe"
FALLBACK_USER = "nobody"

_SYSTEM_PATH = "/usr/sbin:/sbin:/usr/bin:/bin"
_USERADD_FILE_LOCKED = 1  # useradd(8): "can't update password file", which another useradd causes for an instant
_USERADD_LIMIT_S = 5.0


class AccountError(LocalError):
    """There is no user the private servers could run as."""


@dataclass(frozen=True, slots=True)
class Account:
    """The user a private server runs as, and who therefore owns its data."""

    name: str
    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        """Whether it is the very user this process runs as."""
        return self.uid == os.geteuid()


def server_account(existing_data: Path) -> Account:
    """Choose who runs a server: oneself; for root the owner of the data, else a system user made for it.

    Raises: AccountError when the user has no name, or root's data belongs to somebody unknown.
    """
    if os.geteuid() != 0:
        return _own_account()
    if existing_data.exists():
        return _owner_of(existing_data)
    return _system_account()


def _own_account() -> Account:
    uid = os.geteuid()
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise AccountError(
            f"PostgreSQL does not start for user number {uid}, because the user database has no name for it. "
            f"Run this as a user with a name; in a container, let root give it one first "
            f"(useradd --uid {uid} listener); or set DATABASE_URL to a PostgreSQL of your own."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _owner_of(data: Path) -> Account:
    # Data keeps the owner it was made with, also when the system user came into being only later.
    uid = data.stat().st_uid
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        entry = None
    if entry is None or uid == 0:
        raise AccountError(
            f"{data} belongs to user number {uid}, who cannot run PostgreSQL. "
            f"Give it to a user who can: chown -R {SYSTEM_USER}: {data}"
        )
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _system_account() -> Account:
    refusal = None if _is_known(SYSTEM_USER) else _add_system_user()
    name = SYSTEM_USER if _is_known(SYSTEM_USER) else FALLBACK_USER
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise AccountError(
            f"PostgreSQL refuses to run as root, and the system user {SYSTEM_USER} could not be made: {refusal}. "
            f"Make it (useradd --system {SYSTEM_USER}), run this as an ordinary user, "
            f"or set DATABASE_URL to a PostgreSQL of your own."
        ) from None
    if name == FALLBACK_USER:
        print(
            f"The system user {SYSTEM_USER} could not be made ({refusal}): the private servers run as {name}.",
            file=sys.stderr,
        )
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _is_known(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _add_system_user() -> str | None:
    """Make the system user; answers why it could not be made."""
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:{_SYSTEM_PATH}")
    if useradd is None:
        return "there is no useradd on this machine"
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    command += ["--shell", "/usr/sbin/nologin", SYSTEM_USER]
    deadline = time.monotonic() + _USERADD_LIMIT_S
    while True:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0 or _is_known(SYSTEM_USER):
            return None
        if done.returncode != _USERADD_FILE_LOCKED or time.monotonic() > deadline:
            return " ".join(done.stderr.split()) or f"useradd ended with {done.returncode}"
        time.sleep(0.1)
