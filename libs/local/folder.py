"""Where the private servers and the demo keep what they must not lose, and who may look into it."""

import os
import pwd
import stat
from collections.abc import Mapping
from pathlib import Path

from libs.local.account import Account
from libs.local.error import LocalError

ROOT_DATA = Path("/var/lib/lang-nghe")


class FolderError(LocalError):
    """A folder cannot be made, or belongs to somebody else."""


def data_root(environment: Mapping[str, str] | None = None) -> Path:
    """Say where everything lives: `LANG_NGHE_DATA`, else `/var/lib/lang-nghe` for root, else the user's data folder.

    Raises: FolderError when the user has no home folder either.
    """
    environment = os.environ if environment is None else environment
    if chosen := environment.get("LANG_NGHE_DATA"):
        return Path(chosen).absolute()
    if os.geteuid() == 0:
        return ROOT_DATA
    # The XDG specification tells us to ignore a relative XDG_DATA_HOME.
    if (base := environment.get("XDG_DATA_HOME", "")).startswith("/"):
        return Path(base) / "lang-nghe"
    return _home(environment) / ".local" / "share" / "lang-nghe"


def _home(environment: Mapping[str, str]) -> Path:
    if (home := environment.get("HOME", "")).startswith("/"):
        return Path(home)
    try:
        return Path(pwd.getpwuid(os.geteuid()).pw_dir)
    except KeyError:
        raise FolderError("You have no home folder: set LANG_NGHE_DATA to a folder of your own.") from None


def make_root(root: Path) -> None:
    """Make the folder everything lives in: open for passing through as root, closed to others as a user.

    As root the servers' user must pass through it; what must not be seen is closed further down.

    Raises: FolderError
    """
    mode = 0o755 if os.geteuid() == 0 else 0o700
    try:
        for folder in reversed([root, *root.parents]):
            if not folder.exists():
                folder.mkdir(exist_ok=True)
                folder.chmod(mode)
    except OSError as error:
        raise _cannot_make(root, error) from error
    if not root.is_dir():
        raise FolderError(f"{root} is not a folder. Set LANG_NGHE_DATA to one.")


def make_folder(folder: Path, mode: int, account: Account | None = None) -> None:
    """Make one of our folders with this mode for its owner, or make sure that the one there is theirs.

    Raises: FolderError when it belongs to another user, or is a link into somewhere else.
    """
    owner = os.geteuid() if account is None else account.uid
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        there = folder.lstat()
        if stat.S_ISDIR(there.st_mode) and there.st_uid == os.geteuid() != owner and account is not None:
            os.chown(folder, account.uid, account.gid)
            there = folder.lstat()
        if not stat.S_ISDIR(there.st_mode) or there.st_uid != owner:
            raise FolderError(
                f"{folder} belongs to user number {there.st_uid}, not to {owner}. "
                f"Run this as that user, or set LANG_NGHE_DATA to another folder."
            )
        folder.chmod(mode)
    except OSError as error:
        raise _cannot_make(folder, error) from error


def write_private(path: Path, text: str, account: Account | None = None) -> None:
    """Put text into a file that only its owner reads (mode 0600): all of it or none, also when the power fails."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        if account is not None and not account.is_ours:
            os.fchown(descriptor, account.uid, account.gid)
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename inside the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def closed_folder(path: Path, account: Account) -> Path | None:
    """Find the folder on the way to a path that the account may not enter, for an error text that names it."""
    for folder in reversed(path.absolute().parents):
        there = folder.stat()
        if there.st_uid == account.uid:
            may_enter = there.st_mode & stat.S_IXUSR
        elif there.st_gid == account.gid:
            may_enter = there.st_mode & stat.S_IXGRP
        else:
            may_enter = there.st_mode & stat.S_IXOTH
        if not may_enter:
            return folder
    return None


def _cannot_make(folder: Path, error: OSError) -> FolderError:
    return FolderError(f"{folder} cannot be used ({error.strerror}). Set LANG_NGHE_DATA to a folder of your own.")
